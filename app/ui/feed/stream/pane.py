"""What moves between the desk and a window of its own: the picture or a web page, and the row of controls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.feed.stream.controls import Controls
from app.ui.feed.stream.message import Message
from app.ui.feed.stream.screen import Screen
from app.ui.theme import Theme


class Pane(QFrame):
    """`key` with a key pressed on the video that means something here; `seen` when it came on screen or left it."""

    key = Signal(object)
    seen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.screen_view = Screen(theme)
        self.controls = Controls(theme)
        self.note = Message(theme)
        self.note.hide()
        self.web: QWidget | None = None
        self.is_moving = False
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.screen_view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._middle, 1)
        column.addWidget(self.note)
        column.addWidget(self.controls)

    def put_web(self, web: QWidget | None) -> None:
        """A web page instead of the picture; None: the picture again."""
        if self.web is not None:
            self._middle.removeWidget(self.web)
        self.web = web
        if web is not None:
            self._middle.insertWidget(0, web, 1)
            web.show()
        self.screen_view.setVisible(web is None)
        self.controls.use_for_web(web is not None)

    def note_below(self, title: str, words: str, buttons: Sequence[str] = ()) -> None:
        """What is to be known of the web page, which cannot be written on; an empty title takes it away."""
        self.note.setVisible(bool(title))
        if title:
            self.note.say(title, words, buttons)

    def put_beside(self, chat: QWidget) -> None:
        self._middle.addWidget(chat, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.is_moving:
            self.seen.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.is_moving:
            self.seen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the buttons did not take. Held keys are one press, but for the volume."""
        is_volume = event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}
        is_known = event.key() in KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if not is_known or (event.isAutoRepeat() and not is_volume):
            super().keyPressEvent(event)
            return
        self.key.emit(event.key())

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here win over the window's shortcuts while the video has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.ShortcutOverride:
            return super().event(event)
        if event.key() not in KEYS - {Qt.Key.Key_Escape} or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return super().event(event)
        event.accept()
        return True


KEYS = frozenset(
    {Qt.Key.Key_Space, Qt.Key.Key_P, Qt.Key.Key_M, Qt.Key.Key_F, Qt.Key.Key_D, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape}
)
