"""The idle lock's settings: on or off, after how many minutes, and its PIN."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app.domain.idle import MINUTES, IdleChoice
from app.domain.secret import Secret
from app.services.idle import IdleLock
from app.ui.theme import Theme
from app.ui.views.desk_lock import PinField
from app.ui.views.tick_box import TickBox

EXPLAINED: Final = (
    "After so long without a key or a mouse no order leaves until the PIN is typed; cancelling and the kill switch need none. "
    "The lock keeps somebody who passes by from trading here. It does not protect the files of this computer: "
    "a forgotten PIN is removed with the file pin.json in the settings folder."
)
KEPT: Final = "Kept"


class IdleLockBox(QWidget):
    """Stands by itself in any page. Every change needs the PIN that there is."""

    def __init__(self, lock: IdleLock, start: Callable[[Coroutine[Any, Any, Any]], object], theme: Theme) -> None:
        super().__init__()
        self._lock = lock
        self._start = start
        self._theme = theme
        self.title = QLabel("Idle lock")
        self.explained = QLabel(EXPLAINED)
        self.on = TickBox("Lock the desk when nobody is at it", theme)
        self.minutes = QSpinBox()
        self.current = PinField("PIN now")
        self.new = PinField("New PIN")
        self.again = PinField("New PIN again")
        self.keep = QPushButton("Keep")
        self.now = QPushButton("Lock now")
        self.answer = QLabel()
        self._lay_out()
        self._connect()
        self.dress()
        self.refresh()

    def _lay_out(self) -> None:
        self.title.setFont(self._theme.font(14, bold=True))
        self.minutes.setRange(MINUTES.start, MINUTES.stop - 1)
        self.minutes.setSuffix(" min")
        self.minutes.setAccessibleName("Minutes until the desk is locked")
        self.now.setToolTip("Lock the desk at once")
        for label in (self.title, self.explained, self.answer):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (("&After", self.minutes), ("&PIN now", self.current), ("Ne&w PIN", self.new), ("New PIN a&gain", self.again)):
            field.setMaximumWidth(220)
            self._form.addRow(text, field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.keep)
        buttons.addWidget(self.now)
        buttons.addWidget(self.answer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.title, self.explained, self.on):
            column.addWidget(widget)
        column.addLayout(self._form)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.keep.clicked.connect(self._keep)
        self.now.clicked.connect(self._lock.lock)
        for field in (self.current, self.new, self.again):
            field.returnPressed.connect(self._keep)
        self._lock.changed.connect(self.refresh)

    def let_go(self) -> None:
        """The lock lives longer than this page."""
        self._lock.changed.disconnect(self.refresh)

    def refresh(self) -> None:
        """Show what is set now; what was typed and not kept is gone."""
        if not shiboken6.isValid(self):  # the lock lives longer than a page
            return
        choice = self._lock.choice
        self.on.setChecked(choice.is_on)
        self.minutes.setValue(choice.minutes)
        self._form.setRowVisible(self.current, self._lock.has_pin)
        self.now.setEnabled(self._lock.is_on)
        for field in (self.current, self.new, self.again):
            field.clear()

    def _keep(self) -> None:
        choice = IdleChoice(self.on.isChecked(), self.minutes.value())
        current, new, again = self.current.take(), self.new.take(), self.again.take()
        if new != again:
            self._say("The two new PINs are not the same", is_good=False)
            return
        self.keep.setEnabled(False)
        self._start(self._change(choice, current, new))

    async def _change(self, choice: IdleChoice, current: Secret, new: Secret) -> None:
        try:
            words = await self._lock.change(choice, current=current, new=new)
        finally:
            self.keep.setEnabled(True)
        self._say(words or KEPT, is_good=not words)

    def _say(self, words: str, *, is_good: bool) -> None:
        self.answer.setText(words)
        self.answer.setStyleSheet(f"color: {self._theme.colours.css('state.good' if is_good else 'state.warning')};")

    def dress(self) -> None:
        self.explained.setStyleSheet(f"color: {self._theme.colours.css('text.dim')};")
