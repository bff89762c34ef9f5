"""The base of every box: a title, a sentence, room for more, and a row of buttons of which the harmless one is the default."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import Theme

WIDTH = 420


class Box(QDialog):
    """Built once and shown as often as it is needed; Escape takes the harmless way out (`reject`)."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, harmless: str, width: int = WIDTH) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.setFixedWidth(width)
        self.title = QLabel(title)
        self.title.setFont(theme.font(16, bold=True))
        self.words = QLabel()
        for label in (self.title, self.words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.harmless = QPushButton(harmless)
        self.harmless.setDefault(True)
        self.harmless.clicked.connect(self.reject)
        self.body = QVBoxLayout()
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.harmless)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        layout.addLayout(self.body)
        layout.addLayout(self._buttons)

    @property
    def is_wanted(self) -> bool:
        """Whether it is to come back where something put it away for a while; a question that was settled meanwhile is not."""
        return True

    def add_button(self, text: str, name: str = "") -> QPushButton:
        """One that does something: it stands before the harmless one and is never the default."""
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        return button

    def fit(self) -> None:
        """As high as its text takes at its width; for a box whose text changes."""
        if layout := self.layout():
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def bring(self) -> None:
        """Show it, or bring it to the front where it is open already."""
        self.show()
        self.raise_()
        self.activateWindow()
