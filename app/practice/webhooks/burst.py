"""A flood of deliveries on demand, for whoever wants to see what a receiver does under it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec

from app.practice.clock import Clock
from app.practice.cs2.model import Happened, Kind
from app.practice.webhooks.dispatch import Dispatcher

MOST = 100_000
MOST_RATE = 10_000
TICK = 0.01
"""Seconds between two handfuls."""

MICROSECOND = 1_000


class BurstWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rate` is events a second. Each goes to every subscription of `event`; their times differ, so that no two bodies are the same."""

    count: Annotated[int, msgspec.Meta(ge=1, le=MOST)]
    rate: Annotated[float, msgspec.Meta(gt=0, le=MOST_RATE)] = 100.0
    event: Kind = Kind.ODDS_UPDATED
    match_id: Annotated[int, msgspec.Meta(ge=1)] = 1


class Burst:
    """One at a time."""

    def __init__(self, dispatcher: Dispatcher, clock: Clock) -> None:
        self._dispatcher, self._clock = dispatcher, clock
        self.wish: BurstWish | None = None
        self.sent = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._running is not None and not self._running.done()

    def start(self, wish: BurstWish) -> None:
        self.wish, self.sent = wish, 0
        self._running = self._dispatcher.start(self._run(wish))

    async def _run(self, wish: BurstWish) -> None:
        loop = asyncio.get_running_loop()
        began, at = loop.time(), 0
        while self.sent < wish.count:
            due = min(wish.count, 1 + int((loop.time() - began) * wish.rate))
            while self.sent < due:
                at = max(at + MICROSECOND, self._clock.now_ns())
                self._dispatcher.send(Happened(wish.event, wish.match_id, at))
                self.sent += 1
            await asyncio.sleep(TICK)
