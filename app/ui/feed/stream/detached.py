"""The video in a window of its own: on top if wanted, over the whole screen if wanted, back in its pane when it is closed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

SIZE = QSize(720, 450)


class DetachedWindow(QWidget):
    """`closed` when the video is to go back. Closing it hides it: the same window serves again."""

    closed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(title)
        self.resize(SIZE)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def take(self, pane: QWidget, title: str) -> None:
        self.setWindowTitle(title)
        self._column.addWidget(pane)
        self.show()
        self.raise_()
        self.activateWindow()

    def keep_on_top(self, is_on_top: bool) -> None:
        """A flag of a shown window hides it, so it is shown again."""
        if is_on_top == bool(self.windowFlags() & Qt.WindowType.WindowStaysOnTopHint):
            return
        was_visible = self.isVisible()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, is_on_top)
        if was_visible:
            self.show()

    def use_whole_screen(self, is_whole: bool) -> None:
        if is_whole:
            self.showFullScreen()
        else:
            self.showNormal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.isFullScreen():
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The video goes back first, while it is on screen: one that is hidden is not decoded."""
        event.ignore()
        self.closed.emit()
        self.hide()
