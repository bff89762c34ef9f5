"""Small parts that several pages are made of: words in a colour, a frame, a fold, a named field."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.ui.theme import Theme

UNBROKEN: Final = 40  # signs


class Words(QLabel):
    """Plain text that wraps, in a colour by its use; it hides itself while it is empty where `is_hiding`."""

    def __init__(
        self, theme: Theme, text: str = "", *, use: str = "text.normal", size: int = 13, bold: bool = False, is_hiding: bool = False
    ) -> None:
        super().__init__(breakable(text))
        self._theme = theme
        self._use = use
        self._is_hiding = is_hiding
        self.setFont(theme.font(size, bold=bold))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setVisible(bool(text) or not is_hiding)
        theme.changed.connect(self.dress)
        self.dress()

    def say(self, text: str, use: str = "") -> None:
        text = breakable(text)
        if text != self.text():
            self.setText(text)
        if use and use != self._use:
            self._use = use
            self.dress()
        if self._is_hiding:
            self.setVisible(bool(text))

    def minimumSizeHint(self) -> QSize:
        """One line: how many there are is said by the height for the width, and guessed too high without it."""
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().height())

    def dress(self) -> None:
        css = self._theme.colours.css
        self.setStyleSheet(f"QLabel {{ color: {css(self._use)}; background: transparent; border: 0; }}"
                           f"QLabel:disabled {{ color: {css('text.faint')}; }}")  # fmt: skip


class Frame(QFrame):
    """A box with a border in a colour by its use."""

    def __init__(self, theme: Theme, edge: str = "surface.line", back: str = "surface.panel", *, width: int = 1) -> None:
        super().__init__()
        self._theme = theme
        self._edge = edge
        self._back = back
        self._width = width
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 10, 12, 10)
        self.body.setSpacing(8)
        theme.changed.connect(self.dress)
        self.dress()

    def recolour(self, edge: str, back: str) -> None:
        if (edge, back) != (self._edge, self._back):
            self._edge, self._back = edge, back
            self.dress()

    def dress(self) -> None:
        css = self._theme.colours.css
        self.setObjectName("frame")
        self.setStyleSheet(
            f"QFrame#frame {{ background: {css(self._back)}; border: {self._width}px solid {css(self._edge)}; border-radius: 6px; }}"
        )


class Fold(QWidget):
    """A line that is opened to show more; closed at first."""

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self._title = title
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setFont(theme.font(12, bold=True))
        self.head.setAccessibleName(title)
        self.inside = QWidget()
        self.body = QVBoxLayout(self.inside)
        self.body.setContentsMargins(12, 4, 0, 4)
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.inside)
        self._theme = theme
        self.head.toggled.connect(self._show)
        theme.changed.connect(self.dress_head)
        self.dress_head()
        self._show(False)

    def dress_head(self) -> None:
        edge = self._theme.colours.css("state.info")
        self.head.setStyleSheet(
            "QToolButton { border-color: transparent; background: transparent; text-align: left; padding: 3px 4px; }"
            f"QToolButton:focus {{ border: 1px solid {edge}; }}"
        )

    def _show(self, is_open: bool) -> None:
        self.head.setText(f"{'▾' if is_open else '▸'} {self._title}")
        self.head.setAccessibleDescription("open" if is_open else "closed")
        self.inside.setVisible(is_open)


def breakable(text: str) -> str:
    """A label breaks lines between words only: what has none for long, as a path or a host, gets places without width to break at."""
    return re.sub(rf"\S{{{UNBROKEN}}}(?=\S)", lambda run: f"{run.group()}\u200b", text)


def mono(size: int = 12, *, bold: bool = False) -> QFont:
    """The system's font with signs of one width, `size` in pixels."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(size)
    font.setBold(bold)
    return font


def named(title: str, field: QWidget, theme: Theme, tip: str = "") -> QWidget:
    """`field` under its name; a screen reader says the same name."""
    label = Words(theme, title, use="text.dim", size=12)
    label.setBuddy(field)
    field.setAccessibleName(title)
    if tip:
        field.setToolTip(tip)
        field.setAccessibleDescription(tip)
    return column(label, field, spacing=3)


def column(*parts: QWidget, spacing: int = 8) -> QWidget:
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        layout.addWidget(part)
    return whole


def row(*parts: QWidget, is_left: bool = True) -> QWidget:
    """Side by side; with `is_left` the rest of the line stays empty."""
    whole = QWidget()
    layout = QHBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for part in parts:
        layout.addWidget(part)
    if is_left:
        layout.addStretch(1)
    return whole


def button(text: str, tip: str = "") -> QPushButton:
    """One that Enter presses only while it has the focus."""
    made = QPushButton(text)
    made.setAccessibleName(text.rstrip("…"))
    if tip:
        made.setToolTip(tip)
        made.setAccessibleDescription(tip)
    return made


def put(field: QLineEdit, text: str) -> None:
    """Show `text` without moving the cursor of who is typing it."""
    if field.text() != text:
        field.setText(text)
