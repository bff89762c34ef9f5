"""What the order faults are tried on: a terminal at a practice exchange, real sockets between them, one clock in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.risk import Limits
from app.practice.clock import SECOND
from app.practice.faults import CallFault, Drop, PushFault
from app.practice.faults.answers import Sleep
from app.practice.faults.script import CallVerb
from app.services.desk import Desk
from app.venues.hosts import practice
from app.venues.http import DEADLINE, Http
from tests.faults.hours import PATIENCE, Hours, Traffic
from tests.faults.house import House
from tests.faults.station import KEYS, Station
from tests.practice.floor import EVENT

T = TypeVar("T")

ALL_LOOKS = 330.0
"""Seconds after a sending in which the venue is asked ten times, five of which count when it does not have the order."""

MONEYLINE = MarketKey(EVENT, 219, Decimal(0))
LONGEST = 5 * SECOND  # the clock goes this far at once at most: the exchange says every so often that it is well
TICK = 0.05  # seconds that pass between two looks at a condition
LONG = 120.0  # seconds on the test's clock within which what is waited for has happened


class Floor:
    """`house` is the venue, `station` the terminal that was opened last. Time stands still but in `pass_` and `flow`."""

    def __init__(self, home: Path, house: House, hours: Hours, traffic: Traffic, stack: AsyncExitStack) -> None:
        self.home = home
        self.house = house
        self.hours = hours
        self.traffic = traffic
        self._stack = stack
        self.stations: list[Station] = []

    # Terminals

    async def open(
        self,
        *,
        home: Path | None = None,
        deadline: float = DEADLINE,
        limits: Limits | None = None,
        refs: tuple[str, ...] = (),
        connect: Callable[[str], Http] | None = None,
        is_ready: bool = True,
    ) -> Station:
        """Start a terminal; with `is_ready` wait until an order may leave and its stream is up."""
        station = Station(
            home or self.home, self.hours, self.traffic, deadline=deadline, limits=limits, refs=refs, connect=connect
        )  # fmt: skip
        self.stations.append(station)
        self._stack.push_async_callback(self.close, station)
        await station.open()
        await station.point(practice(self.house.url), KEYS)
        station.start()
        station.desk.session.open_event(EVENT)
        if is_ready:
            await self.until(lambda: station.desk.session.is_streaming and station.desk.controls.is_reconciled)
            await self.flow(lambda: self.is_ready(station))
            await self.traffic.quiet()
        return station

    async def close(self, station: Station | None = None) -> None:
        """End a terminal. A mistake of its own that it met fails the test here."""
        station = station or self.station
        if station not in self.stations:
            return
        self.stations.remove(station)
        await station.end()
        assert station.failures == []

    def is_ready(self, station: Station) -> bool:
        return station.desk.trading.objection(self.draft(stake="1.00")) is None and not station.desk.blotter.nameless_events()

    @property
    def station(self) -> Station:
        return self.stations[-1]

    @property
    def desk(self) -> Desk:
        return self.station.desk

    # Orders

    def draft(self, odds: int = 150, stake: str = "10.00", *, outcome: int = 0, market_id: int = 219) -> OrderDraft:
        key = MarketKey(EVENT, market_id, Decimal(str(self.house.floor.book(market_id).strike.strike)).normalize() + 0)
        selection = self.house.floor.strike_id(outcome, market_id)
        return OrderDraft(key, selection, from_american(odds), Decimal(stake), "Away at Home", "moneyline", "Home")

    async def place(self, draft: OrderDraft | None = None) -> Order:
        """Place and wait for how the sending ended. Time stands still."""
        return await self.desk.trading.place(draft or self.draft())

    async def rest(self, draft: OrderDraft | None = None) -> Order:
        """An order of ours that stands on the book and can be cancelled by now."""
        order = await self.place(draft)
        await self.pass_(0.5)
        resting = self.order(order.ref)
        assert resting.state is OrderState.OPEN, resting
        return resting

    def order(self, ref: str) -> Order:
        return self.station.order(ref)

    def state(self, ref: str) -> OrderState:
        return self.order(ref).state

    def denial(self, draft: OrderDraft | None = None) -> str:
        """The code of the rule that would stop an order now; empty when none does."""
        objection = self.desk.trading.objection(draft or self.draft())
        return objection.code if objection else ""

    # Faults

    def fault(self, call: str, do: CallVerb, times: int | None = 1, skip: int = 0) -> None:
        self.house.faults.add(CallFault(call, do, skip=skip, times=times))

    def deafen(self) -> None:
        """No push about orders arrives any more."""
        self.house.faults.add(PushFault("order", Drop(), times=None))

    # Time

    async def pass_(self, seconds: float, stride: float = 0) -> None:
        """Let time pass, a step or a sleeper at a time; after each all that follows from it has happened.

        With a `stride` it goes so many seconds at once, whoever wants to wake meanwhile: a computer that is busy elsewhere.
        """
        target = self.hours.now_ns() + round(seconds * SECOND)
        while True:
            await self.traffic.quiet()
            due = self.hours.now_ns() + round(stride * SECOND) if stride else self.hours.next_due or target
            self.hours.move_to(min(due, self.hours.now_ns() + LONGEST, target))
            is_over = self.hours.now_ns() >= target
            if self.house.step() or is_over:
                await self.house.heard()
            if is_over:
                break
        await self.traffic.quiet()

    async def flow(self, holds: Callable[[], object], seconds: float = LONG) -> None:
        """Let time pass until something holds, for so long at most."""
        until = self.hours.now_ns() + round(seconds * SECOND)
        while not holds():
            assert self.hours.now_ns() < until, f"it did not come to that in {seconds:g} s: {self._words()}"
            await self.pass_(TICK)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds. Time stands still."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    await self.traffic.next_move()
        except TimeoutError:
            raise AssertionError(f"it did not come to that: {self._words()}") from None

    async def while_passing(self, work: Awaitable[T], seconds: float = LONG) -> T:
        """The result of something that waits for the clock."""
        task = asyncio.ensure_future(work)
        try:
            await self.flow(task.done, seconds)
        finally:
            task.cancel()
        return task.result()

    def _words(self) -> list[str]:
        return [words for station in self.stations for words in station.said]


@asynccontextmanager
async def opened(home: Path, *, is_proxied: bool = False, is_stream_too: bool = False, lag: Sleep | None = None) -> AsyncIterator[Floor]:
    """An exchange that is open for as long as the block lasts, and no terminal at it yet. Options as of `House`."""
    hours, traffic = Hours(), Traffic()
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(House(hours, traffic, is_proxied=is_proxied, is_stream_too=is_stream_too, lag=lag))
        yield Floor(home, house, hours, traffic, stack)
