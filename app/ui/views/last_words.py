"""How the program ended the last time, where it did so by itself: one line, the folder of the report, and away with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from app.ui.theme import Theme


def show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class LastWordsBar(QFrame):
    """Hidden until `tell`; dismissed by a person only."""

    def __init__(self, theme: Theme, open_folder: Callable[[Path], object] = show_folder) -> None:
        super().__init__()
        self._theme = theme
        self._open_folder = open_folder
        self._file: Path | None = None
        self.words = QLabel()
        self.words.setFont(theme.font(13, bold=True))
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.open = QPushButton("Open the folder")
        self.dismiss = QPushButton("Dismiss")
        self.open.clicked.connect(self._open)
        self.dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.open)
        layout.addWidget(self.dismiss)
        self.dress()
        self.hide()

    def tell(self, at: datetime, words: str, file: Path) -> None:
        """`at` is aware; `file` is the report, which stays where it is."""
        self._file = file
        self.words.setText(
            f"Overround ended by itself last time ({at.astimezone():%Y-%m-%d %H:%M}): {words}\nThe report is in {file}, sent nowhere."
        )
        self.show()

    def _open(self) -> None:
        if self._file:
            self._open_folder(self._file.parent)

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours["state.warning_back"].name(), colours["state.warning"].name()
        self.setStyleSheet(
            f"LastWordsBar {{ background: {back}; border: 1px solid {ink}; border-radius: 4px; }}"
            f"QLabel {{ color: {ink}; background: transparent; }}"
        )
