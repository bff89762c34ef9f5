"""Time that passes when a test says so: one clock for the terminal and the exchange, and the sleepers on it."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from app.practice.clock import SECOND
from tests.practice.floor import START

PATIENCE = 20.0
"""Real seconds after which a wait has failed: far beyond what any of them takes."""

LOOK = 0.005
"""Real seconds between two looks at a condition when nobody tells of a change."""

TURNS = 12
"""Turns of the loop without anything under way after which nothing will come of itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Sleeper = tuple[int, int, asyncio.Future[None]]  # due at (ns), order of arrival


class Hours:
    """A clock in a test's hand. `sleep` ends when the clock has been moved that far."""

    def __init__(self, now: int = START) -> None:
        self._now = now
        self._began = now
        self._numbers = count()
        self._sleepers: list[_Sleeper] = []

    def now_ns(self) -> int:
        """As the exchange reads it."""
        return self._now

    def monotonic(self) -> float:
        return 1000.0 + (self._now - self._began) / SECOND

    def wall(self) -> float:
        return self._now / SECOND

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._now // 1000)

    async def sleep(self, seconds: float) -> None:
        due = self._now + max(1, math.ceil(seconds * SECOND))
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (due, next(self._numbers), woken))
        await woken

    @property
    def next_due(self) -> int | None:
        """When the next sleeper wants to wake (ns)."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: int) -> None:
        """Set the clock (ns, never back) and wake whoever is due."""
        self._now = max(moment, self._now)
        while (due := self.next_due) is not None and due <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)


class Traffic:
    """What is under way outside the loop's reach (requests, the journal's thread, the stream's), so that a test can wait for its end."""

    def __init__(self) -> None:
        self.under_way = 0
        self.pongs = 0
        self._moved = asyncio.Event()

    @contextmanager
    def counted(self) -> Generator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self.moved()

    @contextmanager
    def excused(self) -> Generator[None]:
        """Something under way waits for the test's clock now, so that nobody may wait for it."""
        self.under_way -= 1
        self.moved()
        try:
            yield
        finally:
            self.under_way += 1

    def ponged(self) -> None:
        """A follower has taken in all that was pushed before the ping that it answers."""
        self.pongs += 1
        self.moved()

    def moved(self) -> None:
        """Something arrived or ended: who waits looks again."""
        self._moved.set()

    async def next_move(self) -> None:
        """Return at the next of them, or soon: other threads may have done something that nobody tells of."""
        self._moved.clear()
        try:
            async with asyncio.timeout(LOOK):
                await self._moved.wait()
        except TimeoutError:
            return

    async def quiet(self) -> None:
        """Return when nothing is under way and nothing follows from that."""
        idle = 0
        async with asyncio.timeout(PATIENCE):
            while idle < TURNS:
                if self.under_way:
                    idle = 0
                    await self.next_move()
                idle += 1
                await asyncio.sleep(0)
