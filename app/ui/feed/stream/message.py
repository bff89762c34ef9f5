"""Words where there is no moving picture: what it is, what to do, and the buttons that do it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme

WIDEST = 420


class Message(QFrame):
    """`chosen` with the text of the button that was pressed."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("message")
        self.title = QLabel()
        self.words = QLabel()
        self.title.setFont(theme.font(14, bold=True))
        self.words.setFont(theme.font(12))
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.buttons: dict[str, QPushButton] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        layout.addLayout(self._row)
        self.dress()

    def say(self, title: str, words: str, buttons: Sequence[str] = ()) -> None:
        """Buttons are made anew only when they are others, so that the focus stays where it was."""
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        if tuple(self.buttons) != tuple(buttons):
            self._put(buttons)

    def fit(self, kept_free: int = 0) -> None:
        """In the middle of its parent, as high as its text takes; `kept_free` pixels at the lower edge stay free where that can be."""
        holder = self.parentWidget()
        if holder is None:
            return
        room = holder.rect().adjusted(0, 0, 0, -kept_free)
        width = min(WIDEST, room.width() - 12)
        layout = self.layout()
        if layout is None or width <= 0:
            return
        layout.activate()
        height = min(layout.totalHeightForWidth(width), room.height() + kept_free)
        self.setGeometry((room.width() - width) // 2, max((room.height() - height) // 2, 0), width, height)

    def dress(self) -> None:
        colours = self._theme.colours
        back, line = colours["surface.panel"], colours["surface.line"]
        self.setStyleSheet(
            f"QFrame#message {{ background: rgba({back.red()}, {back.green()}, {back.blue()}, 235);"
            f" border: 1px solid {line.name()}; border-radius: 6px; }}"
        )

    def _put(self, buttons: Sequence[str]) -> None:
        while item := self._row.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self._row.addStretch(1)
        self.buttons = {text: self._button(text) for text in buttons}
        self._row.addStretch(1)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False, text=text: self.chosen.emit(text))
        self._row.addWidget(button)
        button.show()  # else it is shown by a later event, and counts for no height until then
        return button
