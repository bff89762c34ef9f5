"""Reading the same thing again and again: at its pace, sooner when somebody says so, later and later while it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from app.domain.errors import NotSentError, VenueError
from app.services.ports import Monotonic
from app.services.tasks import Tasks

LEAST: Final = 1.0  # seconds between the beginnings of two readings, however often somebody says that there is news
FIRST, LONGEST = 1.0, 60.0  # seconds of back-off
PROBE: Final = 5.0  # seconds between two tries at most of what somebody looks at: prices are back as soon after the venue
LONGEST_TOLD: Final = 600.0  # seconds that the venue may make us wait

Sleep = Callable[[float], Awaitable[None]]


class Backoff:
    """How long to wait after a failure: at least a second, at most one that doubles with each up to a minute, any time between them.

    What the venue itself asks for is waited in any case. `chance` gives numbers from 0 to 1; chosen so, the tries of many programs
    do not fall together.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self.failures = 0

    def after(self, problem: VenueError, longest: float = LONGEST) -> float:
        """`longest`: less than a minute where somebody waits for it."""
        self.failures += 1
        most = min(FIRST * 2.0 ** min(self.failures, 10), longest)
        return max(FIRST + self._chance() * (most - FIRST), told_wait(problem))

    def is_over(self) -> None:
        self.failures = 0


def told_wait(problem: VenueError) -> float:
    """For how long the venue does not want to be asked, in seconds; 0 where it says nothing."""
    told = problem.retry_after if isinstance(problem, NotSentError) else None
    return min(max(told or 0.0, 0.0), LONGEST_TOLD)


class Alarm:
    """A wait that can be ended early."""

    def __init__(self, sleep: Sleep) -> None:
        self._sleep = sleep
        self._rung = asyncio.Event()

    @property
    def has_rung(self) -> bool:
        return self._rung.is_set()

    def ring(self) -> None:
        self._rung.set()

    def silence(self) -> None:
        """What rang until now is answered."""
        self._rung.clear()

    async def wait(self, seconds: float | None) -> None:
        """Until it rings (None), or for as long. A ring from before counts."""
        if seconds is None:
            await self._rung.wait()
        else:
            await self._race(seconds)
        self._rung.clear()

    async def _race(self, seconds: float) -> None:
        nap, ring = asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._rung.wait())
        try:
            await asyncio.wait({nap, ring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            ring.cancel()
            await asyncio.gather(nap, ring, return_exceptions=True)


class Cycle:
    """One reading for ever. `pause` says how long after its beginning the next one begins (None: when somebody asks).

    `failed` hears each VenueError. Held, nothing is read until it is let go. `longest` bounds the back-off: where it is less than a minute,
    the time that a failed reading took counts as waited, so that a venue which answers nothing at all is tried as often.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[None]],
        pause: Callable[[], float | None],
        failed: Callable[[VenueError], None],
        longest: Callable[[], float] = lambda: LONGEST,
        *,
        clock: Monotonic,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._read = read
        self._pause = pause
        self._failed = failed
        self._longest = longest
        self._clock = clock
        self._sleep = sleep
        self._alarm = Alarm(sleep)
        self._next_at: float | None = None
        self._free = asyncio.Event()
        self._free.set()
        self._backoff = Backoff(chance)
        self._may_at = float("-inf")  # before it, not even a person gets it asked

    @property
    def failures(self) -> int:
        """One after the other, until now."""
        return self._backoff.failures

    @property
    def next_in(self) -> float | None:
        """Seconds until it is read again; None while it is being read, is held, or waits for somebody to ask."""
        return None if self._next_at is None or not self._free.is_set() else max(self._next_at - self._clock(), 0.0)

    def soon(self) -> None:
        """There is news: the pause ends. A back-off goes on."""
        if not self._backoff.failures:
            self._alarm.ring()

    def now(self) -> None:
        """A person asks: a back-off ends too, unless the venue asked for it."""
        if self._clock() >= self._may_at:
            self._alarm.ring()

    def hold(self) -> None:
        self._free.clear()

    def let_go(self) -> None:
        """What failed before counts no more."""
        self._backoff.is_over()
        self._may_at = float("-inf")
        self._free.set()
        self._alarm.ring()

    async def run(self) -> None:
        while True:
            await self._free.wait()
            self._alarm.silence()
            began = self._clock()
            pause = await self._once(began)
            self._next_at = None if pause is None else max(self._clock() + pause, began + LEAST)
            await self._alarm.wait(pause)
            if (left := began + LEAST - self._clock()) > 0:
                await self._sleep(left)

    async def _once(self, began: float) -> float | None:
        self._next_at = None
        try:
            await self._read()
        except VenueError as problem:
            pause = self._pause_after(problem, self._clock() - began)
            self._failed(problem)
            return pause
        self._backoff.is_over()
        wanted = self._pause()
        return None if wanted is None else max(wanted - (self._clock() - began), 0.0)

    def _pause_after(self, problem: VenueError, took: float) -> float:
        longest, told = self._longest(), told_wait(problem)
        pause = self._backoff.after(problem, longest)
        if told:
            self._may_at = self._clock() + told
        return pause if longest >= LONGEST else max(pause - took, told)


class Cycles:
    """Readings of one venue that are started, stopped and tried again together; each fails by itself. `failed` hears which did, and why."""

    def __init__(
        self,
        failed: Callable[[str, VenueError], None],
        tasks: Tasks,
        *,
        clock: Monotonic,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._failed = failed
        self._tasks = tasks
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._all: list[Cycle] = []

    def add(
        self,
        what: str,
        read: Callable[[], Awaitable[None]],
        pause: Callable[[], float | None],
        longest: Callable[[], float] = lambda: LONGEST,
    ) -> Cycle:
        """`what` names it in a sentence: `the matches`."""

        def failed(problem: VenueError) -> None:
            self._failed(what, problem)

        self._all.append(Cycle(read, pause, failed, longest, clock=self._clock, sleep=self._sleep, chance=self._chance))
        return self._all[-1]

    def start(self) -> None:
        for cycle in self._all:
            self._tasks.start(cycle.run())

    def now(self) -> None:
        for cycle in self._all:
            cycle.now()

    def hold(self) -> None:
        for cycle in self._all:
            cycle.hold()

    def let_go(self) -> None:
        for cycle in self._all:
            cycle.let_go()
