"""Asks before the window closes over open orders of any account in it: leave them, cancel all first, or stay."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.order import Order, OrderState
from app.services.floor import Floor
from app.services.notices import Tone
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

LONGEST = 10.0  # seconds that closing waits for cancels


class QuitBox(Box):
    """`leaving` when the window may close. `look` wants calling whenever orders moved and each second."""

    leaving = Signal()

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        floor: Floor,
        say: Callable[[str, Tone], object],
        start: Callable[[Coroutine[Any, Any, Any]], object],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(parent, theme, "Quit with open orders?", "Stay")
        self._floor = floor
        self._say_in_log = say
        self._start = start
        self._clock = clock
        self._since: float | None = None
        self._is_asked = False
        self.leave = self.add_button("Leave them and quit")
        self.cancel = self.add_button("Cancel all and quit", "danger")
        self.leave.clicked.connect(self._leave)
        self.cancel.clicked.connect(self._cancel_all)

    def speak_of(self, *, switching: bool) -> None:
        """What follows: the end of the program, or the window of another profile."""
        self.title.setText("Open another profile with orders open here?" if switching else "Quit with open orders?")
        self.leave.setText("Leave them and go on" if switching else "Leave them and quit")
        self.cancel.setText("Cancel all and go on" if switching else "Cancel all and quit")

    @property
    def is_needed(self) -> bool:
        return bool(self._floor.live())

    def begin(self) -> None:
        """Ask, or bring the question to the front."""
        if not self.isVisible():
            self._since, self._is_asked = None, False
            self.harmless.setFocus()
        self._say()
        self.bring()

    def reject(self) -> None:
        """Stay: cancels that are under way go on."""
        self._since = None
        super().reject()

    def look(self) -> None:
        """Say how it stands; while cancelling, close as soon as nothing is left or the time is up."""
        if not self.isVisible():
            return
        if self._since is not None and (self._is_done or self._clock() - self._since >= LONGEST):
            self._leave()
            return
        self._say()

    @property
    def _is_done(self) -> bool:
        return self._is_asked and not any(order.is_cancellable or order.state is OrderState.SENDING for order in self._floor.live())

    def _say(self) -> None:
        is_waiting = self._since is not None
        self.leave.setEnabled(not is_waiting)
        self.cancel.setEnabled(not is_waiting)
        orders = summary(self._floor.live())
        if self._since is not None:
            left = max(LONGEST - (self._clock() - self._since), 0)
            self.words.setText(f"Cancelling: {orders}. The window closes when nothing is left, in {left:.0f} s at the latest.")
            return
        self.words.setText(f"{orders[:1].upper()}{orders[1:]}. They stay on the venue's book when this window is gone.")

    def _cancel_all(self) -> None:
        self._since, self._is_asked = self._clock(), False
        self.look()
        self._start(self._ask_venue())

    async def _ask_venue(self) -> None:
        await self._floor.cancel_all()
        self._is_asked = True
        self.look()

    def _leave(self) -> None:
        live = self._floor.live()
        if live:
            self._say_in_log(f"The window was closed while {summary(live)}", Tone.WARNING)
        self._since = None
        self.accept()
        self.leaving.emit()


def summary(live: list[Order]) -> str:
    """`3 orders are open, 1 of unknown outcome`."""
    unknown = sum(order.state is OrderState.UNKNOWN for order in live)
    orders = "1 order is open" if len(live) == 1 else f"{len(live)} orders are open" if live else "no order is open"
    return f"{orders}, {unknown} of unknown outcome" if unknown else orders
