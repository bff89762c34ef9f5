"""Notices that somebody is at the desk: a key or a mouse in any window of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

SIGNS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Activity(QObject):
    """Calls `touch` at each sign. It sits at the windows, where the platform's input comes in, and not at the application.

    A filter there would be asked about every timer and repaint of the program.
    """

    def __init__(self, touch: Callable[[], object], application: QGuiApplication) -> None:
        super().__init__()
        self._touch = touch
        application.focusWindowChanged.connect(self.watch)
        for window in application.topLevelWindows():
            self.watch(window)

    def watch(self, window: QWindow | None) -> None:
        """Every window that is worked in comes here by itself."""
        if isinstance(window, QObject):  # the wrapper of something that was there before may stand at a new window's address
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in SIGNS:
            self._touch()
        return False
