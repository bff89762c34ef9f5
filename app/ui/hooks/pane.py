"""A pane of the page: a frame, a head with a title and what belongs to it, and what it shows below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from app.ui.theme import Theme


class Pane(QFrame):
    """`head` is a row that begins with the title; `body` takes the rest."""

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("panel")
        self.title = QLabel(title)
        self.title.setFont(theme.font(13, bold=True))
        self._top = QFrame()
        self._top.setObjectName("hookshead")
        self.head = QHBoxLayout(self._top)
        self.head.setContentsMargins(10, 5, 8, 5)
        self.head.setSpacing(6)
        self.head.addWidget(self.title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        self.body.addWidget(self._top)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        css = self._theme.colours.css
        self._top.setStyleSheet(
            f"QFrame#hookshead {{ background: {css('surface.raised')}; border: 0; border-bottom: 1px solid {css('surface.line')}; }}"
        )


def empty_words(table: QTableView) -> QLabel:
    """The place for a sentence in the middle of a table without rows."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    inside = QVBoxLayout(table.viewport())
    inside.setContentsMargins(20, 8, 20, 8)
    inside.addWidget(label)
    return label


def line_of(*parts: QWidget | None, margins: tuple[int, int, int, int] = (10, 4, 8, 4)) -> QHBoxLayout:
    """Parts side by side; None is where what room there is goes."""
    line = QHBoxLayout()
    line.setContentsMargins(*margins)
    line.setSpacing(6)
    for part in parts:
        if part is None:
            line.addStretch(1)
        else:
            line.addWidget(part)
    return line
