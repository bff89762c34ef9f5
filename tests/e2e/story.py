"""Runs the whole program in this process against its real practice exchange in a child process, and drives it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from app import bootstrap
from app.domain.order import OrderState
from app.house import House
from app.options import Options
from app.program import Program
from app.services.session import Session
from app.ui.desk_view import DeskView
from app.ui.models.odds_grid import Line

LOOK = 0.02


class Story:
    """What a test may do with one account of a running program; every wait has an end and says what it waited for."""

    def __init__(self, program: Program, view: DeskView | None = None) -> None:
        self.program = program
        self.window = program.window
        self._view = view

    @property
    def view(self) -> DeskView:
        """The account that trades; a window of a feed alone has none."""
        return self._view or self.window.views[0]

    @property
    def session(self) -> Session:
        return self.view.session

    async def until(self, holds: Callable[[], object], words: str, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            said = (self._view or self.window.seen).notices.lines
            assert time.monotonic() < deadline, f"waited {seconds:g} s for {words}; said: {[notice.words for notice in said]}"
            await asyncio.sleep(LOOK)

    async def connected(self) -> None:
        await self.until(lambda: self.session.is_streaming and len(self.session.catalogue.events) > 10, "the stream and the events")

    async def open_quiet_event(self) -> int:
        """Open the event that starts last, and wait until its books are verified by its own channel."""
        later = [
            event for event in self.session.catalogue.events.values() if event.scheduled and not event.is_live and " at " in event.name
        ]
        event_id = max(later, key=lambda event: (str(event.scheduled), event.id)).id
        await self.open(event_id)
        return event_id

    async def open(self, event_id: int) -> None:
        self.view.open_event(event_id)
        await self.until(self.is_verified, "verified prices")

    def lines(self) -> list[Line]:
        return [row for row in self.view.grid.model.rows if isinstance(row, Line)]

    def is_verified(self) -> bool:
        return any(line.level(0) is not None and line.is_tradable for line in self.lines())

    def best_line(self) -> Line:
        return next(line for line in self.lines() if line.level(0) is not None and line.is_tradable)

    async def order(self, line: Line, stake: str, steps: int = 0) -> str:
        """Write an order at the best price, `steps` rungs above it, and press Place; our reference."""
        ticket = self.view.ticket
        self.view.grid._price_pressed(line, 0, False)
        ticket.stake.setText(stake)
        ticket.step(steps)
        await self.until(lambda: ticket.place.isEnabled() or ticket.insist.isEnabled(), "the ticket to have judged it")
        if ticket.insist.isVisible() and not ticket.insist.isChecked():
            ticket.insist.click()
        await self.until(ticket.place.isEnabled, f"a ready ticket ({ticket.objection.text()})")
        before = set(self.session.blotter.orders)
        ticket.place.click()
        await self.until(lambda: set(self.session.blotter.orders) - before, "the order on the blotter")
        return (set(self.session.blotter.orders) - before).pop()

    def state(self, ref: str) -> OrderState:
        return self.session.blotter.orders[ref].state


def play(home: Path, act: Callable[[Story], Awaitable[None]], *practice: str, keeps_state: bool = False) -> None:
    """Start the program below `home`, let `act` happen, close it; what `act` raises is raised here."""
    state = ("--state", str(home / "practice")) if keeps_state else ()
    tell(Options(home=home, practice=(*state, *practice)), act)


def tell(options: Options, act: Callable[[Story], Awaitable[None]], prepare: Callable[[House], None] = lambda _house: None) -> None:
    """The same with options of any kind; `prepare` may change the house before anything is started in it."""
    raised: list[BaseException] = []

    async def drive(program: Program) -> int:
        try:
            await act(Story(program))
        except BaseException as problem:  # noqa: BLE001 - carried out of the loop and raised again below
            raised.append(problem)
        return 0

    bootstrap.run(options, drive, prepare)
    if raised:
        raise raised[0]
