"""Where the video is: in the desk, in a window of its own, or over the whole screen."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.ui.feed.stream.detached import DetachedWindow
from app.ui.feed.stream.message import Message
from app.ui.feed.stream.pane import Pane
from app.ui.feed.stream.told import BACK
from app.ui.theme import Theme

AWAY = 340  # pixels of what is said where the video was


class Placing(QObject):
    """`moved` after the video went somewhere else. While it moves it is hidden for a moment, which stops nothing."""

    moved = Signal()

    def __init__(self, pane: Pane, theme: Theme) -> None:
        super().__init__()
        self._pane = pane
        self.window = DetachedWindow("Stream")
        self.away = Message(theme)
        self.is_detached = False
        self._was_docked = True  # before it filled the screen
        self.place = ""  # of the window of its own, as it was when it was last left
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.addStretch(1)
        column.addWidget(self.away, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.away.setFixedWidth(AWAY)
        self.away.say("The video is in a window of its own", "Closing that window brings it back.", (BACK,))
        self.stack = QStackedLayout()
        self.stack.addWidget(pane)
        self.stack.addWidget(holder)
        self.away.chosen.connect(self.attach)
        self.window.closed.connect(self.attach)
        pane.controls.on_top.toggled.connect(self._keep_on_top)

    def toggle(self, title: str) -> None:
        if self.is_detached:
            self.attach()
        else:
            self.detach(title)

    def detach(self, title: str) -> None:
        if not self.is_detached:
            self.is_detached = True
            self._move(lambda: self.window.take(self._pane, title))
            self.stack.setCurrentIndex(0)

    def attach(self) -> None:
        if self.is_detached:
            self._note_place()
            self.is_detached = False
            self._was_docked = True
            self._move(lambda: self.stack.insertWidget(0, self._pane))
            self.stack.setCurrentWidget(self._pane)
            self.window.hide()

    def restore(self, place: str) -> None:
        """Where the window of its own was in an earlier run; anything else than such a place changes nothing."""
        if place and self.window.restoreGeometry(QByteArray.fromBase64(place.encode("ascii", "ignore"))):
            self.place = place

    def _note_place(self) -> None:
        """Its size when it fills the screen is nobody's choice."""
        if not self.window.isFullScreen():
            self.place = bytes(self.window.saveGeometry().toBase64().data()).decode("ascii")

    def toggle_whole_screen(self, title: str) -> None:
        if self.window.isFullScreen():
            self._leave_whole_screen()
            return
        self._was_docked = not self.is_detached
        self.detach(title)
        self.window.use_whole_screen(True)
        self._pane.screen_view.setFocus()

    def escape(self) -> None:
        """Out of the whole screen to where it was; out of its window into the desk."""
        if self.window.isFullScreen():
            self._leave_whole_screen()
        else:
            self.attach()

    def end(self) -> None:
        """The window of its own goes now: it is nobody's child."""
        if shiboken6.isValid(self.window):
            self.window.hide()
            shiboken6.delete(self.window)

    def _leave_whole_screen(self) -> None:
        was_docked = self._was_docked
        self.window.use_whole_screen(False)
        if was_docked:
            self.attach()

    def _keep_on_top(self, is_on_top: bool) -> None:
        self._move(lambda: self.window.keep_on_top(is_on_top))

    def _move(self, move: Callable[[], object]) -> None:
        self._pane.is_moving = True
        move()
        self._pane.show()
        self._pane.is_moving = False
        self._pane.controls.on_top.setVisible(self.is_detached)
        self.moved.emit()
