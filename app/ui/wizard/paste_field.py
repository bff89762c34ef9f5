"""Where a private key is pasted or dropped: it is handed on at once and never written into the field."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit

HINT = (
    "Paste the private key here (Ctrl+V), or drop its file.\n"
    "It begins with -----BEGIN … PRIVATE KEY-----.\nIt is read at once and not shown."
)

_LEAVING = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}  # they are the window's


class PasteField(QPlainTextEdit):
    """`pasted` with the text as UTF-8 bytes, `dropped` with a file. Nothing else can be entered, so there is nothing to undo."""

    pasted = Signal(bytes)
    dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(True)
        self.setPlaceholderText(HINT)
        self.setAccessibleName("Private key, to be pasted")
        self.setAccessibleDescription("Press Ctrl+V to paste the key from the clipboard; it is read at once and not shown")

    def take_clipboard(self) -> None:
        """What the Paste button does."""
        self.insertFromMimeData(QGuiApplication.clipboard().mimeData())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
        if files:
            self.dropped.emit(files[0])
        elif source.hasText():
            self.pasted.emit(source.text().encode("utf-8", "surrogatepass"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take_clipboard()
            return
        if event.text().isprintable() and event.text():
            event.accept()  # a key is never typed by hand
            return
        if event.key() in _LEAVING:
            event.ignore()
            return
        super().keyPressEvent(event)
