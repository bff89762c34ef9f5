"""What is wrong, a line each, over the grid, with the one thing that can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from app.ui.theme import Theme

Way = tuple[str, Callable[[], None] | None]
"""What a button says and does."""


class Banner(QFrame):
    """Hidden while there is nothing to say. `use` is that of its colours."""

    def __init__(self, theme: Theme, use: str = "state.bad") -> None:
        super().__init__()
        self._theme = theme
        self._use = use
        self._call: Callable[[], None] | None = None
        self._other_call: Callable[[], None] | None = None
        self.words = QLabel()
        self.words.setFont(theme.font(13, bold=True))
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton()
        self.button.clicked.connect(self._act)
        self.other = QPushButton()
        self.other.clicked.connect(self._act_otherwise)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.other)
        self.dress()
        self.say("", None)

    def say(self, words: str, action: Way | None, other: Way | None = None) -> None:
        """`action` and `other` are what a person can do about it."""
        self.words.setText(words)
        self._other_call = other[1] if other else None
        self.other.setText(other[0] if other else "")
        self.other.setVisible(other is not None)
        self._call = action[1] if action else None
        self.button.setText(action[0] if action else "")
        self.button.setVisible(action is not None)
        self.setVisible(bool(words))

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours[f"{self._use}_back"].name(), colours[self._use].name()
        self.setStyleSheet(
            f"Banner {{ background: {back}; border: 1px solid {ink}; border-radius: 4px; }}"
            f"QLabel {{ color: {ink}; background: transparent; }}"
        )

    def _act(self) -> None:
        if self._call:
            self._call()

    def _act_otherwise(self) -> None:
        if self._other_call:
            self._other_call()
