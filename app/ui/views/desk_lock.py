"""What lies over a locked desk: a field for the PIN, and the two things that need none."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.idle import LONGEST_PIN
from app.domain.secret import Secret
from app.services.idle import IdleLock
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

WIDTH: Final = 420  # pixels of the card
DIM: Final = 205  # of 255: how much of the window behind is covered
WORDS: Final = "No order leaves while nobody is at this desk. Orders that stand go on standing. Type the PIN to go on trading."
CANCEL_ALL: Final = QKeyCombination(Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_X)

_KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.InputMethod})
_INPUT: Final = _KEYS | {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.ContextMenu,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TabletPress,
    QEvent.Type.DragEnter,
    QEvent.Type.Drop,
}


class PinField(QLineEdit):
    """A field for a PIN: nothing of it is shown. The keys of Cancel all work in it, because there is nothing to cut."""

    cancel_all = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_PIN)
        self.setAccessibleName(name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def take(self) -> Secret:
        """What was typed; the field is empty afterwards."""
        typed = Secret(self.text())
        self.clear()
        return typed

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.keyCombination() == CANCEL_ALL:
            if event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
                self.cancel_all.emit()
            event.accept()
            return True
        return super().event(event)


class DeskLockPane(QWidget):
    """A child of the window that covers all of it while the desk is locked. `tick` wants calling each second.

    While it is there, keys, mouse and shortcuts reach nothing but it and what was named to `allow`. Other windows of the program are
    hidden, those too that open only then, and come back with the PIN where they are still wanted. `stop_wanted` and `cancel_all_wanted`
    need no PIN: they lower the risk.
    """

    stop_wanted = Signal()
    cancel_all_wanted = Signal()

    def __init__(self, window: QWidget, lock: IdleLock, start: Callable[[Coroutine[Any, Any, Any]], object], theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._lock = lock
        self._start = start
        self._theme = theme
        self._actions: tuple[QAction, ...] = ()
        self._windows: tuple[QWidget, ...] = ()
        self._hidden: list[QWidget] = []
        self.card = QFrame()
        self.title = QLabel("Desk locked")
        self.words = QLabel(WORDS)
        self.field = PinField("PIN")
        self.unlock = QPushButton("Unlock")
        self.answer = QLabel()
        self.stop = QPushButton("■ Stop everything (F12)")
        self.cancel = QPushButton("✕ Cancel all")
        self._lay_out()
        self._connect()
        self.dress()
        self.hide()
        self.refresh()

    def allow(self, *allowed: QAction | QWidget) -> None:
        """Shortcuts that work without the PIN, and windows that stay usable."""
        self._actions += tuple(one for one in allowed if isinstance(one, QAction))
        self._windows += tuple(one for one in allowed if isinstance(one, QWidget))

    def _lay_out(self) -> None:
        self.setAccessibleName("The desk is locked")
        self.card.setObjectName("card")
        self.card.setFixedWidth(WIDTH)
        self.title.setFont(self._theme.font(18, bold=True))
        self.field.setPlaceholderText("PIN")
        self.stop.setObjectName("stop")
        self.cancel.setObjectName("danger")
        self.stop.setToolTip("Halt all orders and cancel until nothing is left. It needs no PIN")
        self.cancel.setToolTip("Cancel all orders (Ctrl+Shift+X). It needs no PIN")
        for label in (self.title, self.words, self.answer):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for button in (self.unlock, self.stop, self.cancel):
            button.setAutoDefault(False)
        entry, out = QHBoxLayout(), QHBoxLayout()
        entry.addWidget(self.field, 1)
        entry.addWidget(self.unlock)
        out.addWidget(self.stop)
        out.addWidget(self.cancel)
        out.addStretch(1)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(entry)
        column.addWidget(self.answer)
        column.addLayout(out)
        QGridLayout(self).addWidget(self.card, 0, 0, Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._try)
        self.unlock.clicked.connect(self._try)
        self.stop.clicked.connect(self.stop_wanted)
        self.cancel.clicked.connect(self.cancel_all_wanted)
        self.field.cancel_all.connect(self.cancel_all_wanted)
        self._lock.changed.connect(self.refresh)
        self._window.installEventFilter(self)

    # Showing

    def refresh(self) -> None:
        """Cover the window or lay it open, as the lock stands."""
        if not shiboken6.isValid(self):  # the lock lives longer than a window
            return
        if self._lock.is_locked and self.isHidden():
            self._cover()
        elif not self._lock.is_locked and not self.isHidden():
            self._lay_open()
        self._show_wait()

    def tick(self) -> None:
        if self.isHidden():
            return
        self._show_wait()
        self.raise_()
        active = QApplication.activeWindow()
        if active is not None and active is not self._window and not self._is_ours(active):
            self._window.activateWindow()
        if self._window.isActiveWindow() and not self._is_ours(QApplication.focusWidget()):
            self.field.setFocus()

    def say(self, words: str) -> None:
        """What came of a cancel or of the kill switch, which is written where nobody sees it now."""
        self.answer.setText(words)

    def _cover(self) -> None:
        self._hidden = [
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget is not self._window and widget not in self._windows
        ]
        for widget in self._hidden:
            widget.hide()
        self.field.clear()
        self.answer.clear()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.field.setFocus()
        if application := QApplication.instance():
            application.installEventFilter(self)

    def _lay_open(self) -> None:
        if application := QApplication.instance():
            application.removeEventFilter(self)
        self.hide()
        for widget in self._hidden:
            if shiboken6.isValid(widget) and widget.windowType() is not Qt.WindowType.Popup and _is_wanted(widget):
                widget.show()
        self._hidden = []

    def _put_away(self, late: QWidget) -> None:
        """A window that opened over the lock: it would have the keys of whoever wants to type the PIN."""
        late.hide()
        if late not in self._hidden:
            self._hidden.append(late)
        self._window.activateWindow()
        self.field.setFocus()

    def _show_wait(self) -> None:
        wait = self._lock.wait
        self.unlock.setEnabled(wait <= 0)
        self.unlock.setText(f"Wait {wait:.0f} s" if wait > 0 else "Unlock")

    # The PIN

    def _try(self) -> None:
        if self.unlock.isEnabled() and self.field.text():
            self._start(self._unlock(self.field.take()))

    async def _unlock(self, pin: Secret) -> None:
        self.say(await self._lock.unlock(pin))
        self._show_wait()

    # Nothing else is reached

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window and kind is QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        if not self.isVisible():  # nor in a window that was left: it has no say over the next one
            return False
        if kind is QEvent.Type.ShowToParent and isinstance(watched, QWidget) and self._is_over(watched):
            self._put_away(watched)
            return False
        if kind is QEvent.Type.Shortcut:
            return not any(watched is action for action in self._actions)
        if kind not in _INPUT or not isinstance(watched, QWidget) or self._is_ours(watched):
            return False
        if kind in _KEYS and not self._is_ours(QApplication.focusWidget()):  # what the pane itself had no use for comes by here too
            self.field.setFocus()
        return True

    def _is_over(self, widget: QWidget) -> bool:
        """Whether it is a window that may not stand over a locked desk."""
        is_tip = widget.windowType() is Qt.WindowType.ToolTip
        return widget.isWindow() and widget is not self._window and not is_tip and not self._is_ours(widget)

    def _is_ours(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget) or widget.window() in self._windows)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Tab goes round in here: what lies behind takes no keys."""
        ring = [widget for widget in (self.field, self.unlock, self.stop, self.cancel) if widget.isEnabled()]
        focused = QApplication.focusWidget()
        place = next((at for at, widget in enumerate(ring) if widget is focused), 0)
        ring[(place + (1 if is_next else -1)) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    # The look

    def paintEvent(self, event: QPaintEvent) -> None:
        back = QColor(self._theme.colours["surface.window"])
        back.setAlpha(DIM)
        QPainter(self).fillRect(event.rect(), back)

    def dress(self) -> None:
        css = self._theme.colours.css
        self.card.setStyleSheet(
            f"QFrame#card {{ background: {css('surface.panel')}; border: 1px solid {css('surface.line')}; border-radius: 8px; }}"
            f"QLabel {{ background: transparent; color: {css('text.normal')}; }}"
        )
        self.answer.setStyleSheet(f"color: {css('state.warning')};")


def _is_wanted(widget: QWidget) -> bool:
    """Whether a window that was put away has still something to say or to ask."""
    return not isinstance(widget, Box) or widget.is_wanted
