"""Reading single matches when something says that they changed: each kind of each match at most once a second, and until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from app.domain.errors import NotSentError, RefusedError, VenueError
from app.services.feed.cycle import Alarm, Backoff, Sleep, told_wait
from app.services.ports import Monotonic
from app.services.tasks import Tasks

APART: Final = 1.0  # seconds between two readings of the same thing (reliability F-R05)
TRIES: Final = 6  # what is still wanted then is asked for again by whoever notices


class Refetch:
    """`read` reads one match. Asked for while it is being read, it is read once more: the answer on its way may be older than the reason.

    `failed` hears the failures, and that of a match that is refused as the last one.
    """

    def __init__(
        self,
        read: Callable[[int], Awaitable[None]],
        failed: Callable[[int, VenueError], None],
        tasks: Tasks,
        *,
        clock: Monotonic,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._read = read
        self._failed = failed
        self._tasks = tasks
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._running: dict[int, asyncio.Task[None]] = {}
        self._alarms: dict[int, Alarm] = {}  # of those that wait after a failure
        self._again: set[int] = set()
        self._asked_at: dict[int, float] = {}

    def ask(self, match_id: int) -> None:
        if match_id in self._running:
            self._again.add(match_id)
        else:
            self._running[match_id] = self._tasks.start(self._run(match_id))

    def is_reading(self, match_id: int) -> bool:
        return match_id in self._running

    def hurry(self) -> None:
        """The venue answers again: what failed before is tried now, but for what the venue itself put off."""
        for alarm in self._alarms.values():
            alarm.ring()

    def stop(self) -> None:
        """What is being read, or waits, is let go."""
        for task in self._running.values():
            task.cancel()

    async def _run(self, match_id: int) -> None:
        try:
            await self._until_read(match_id)
            while match_id in self._again:
                self._again.discard(match_id)
                await self._until_read(match_id)
        finally:
            self._again.discard(match_id)
            self._running.pop(match_id, None)

    async def _until_read(self, match_id: int) -> None:
        backoff = Backoff(self._chance)
        while backoff.failures < TRIES:
            await self._wait_turn(match_id)
            try:
                await self._read(match_id)
            except VenueError as problem:
                self._failed(match_id, problem)
                if isinstance(problem, RefusedError) or (isinstance(problem, NotSentError) and problem.status == 401):
                    return
                await self._wait(match_id, backoff.after(problem), told_wait(problem))
            else:
                return

    async def _wait(self, match_id: int, seconds: float, told: float) -> None:
        """After a failure. Nobody shortens the wait that the venue told."""
        if told:
            await self._sleep(seconds)
            return
        self._alarms[match_id] = Alarm(self._sleep)
        try:
            await self._alarms[match_id].wait(seconds)
        finally:
            del self._alarms[match_id]

    async def _wait_turn(self, match_id: int) -> None:
        left = self._asked_at.get(match_id, float("-inf")) + APART - self._clock()
        if left > 0:
            await self._sleep(left)
        self._again.discard(match_id)
        now = self._clock()
        self._asked_at = {one: at for one, at in self._asked_at.items() if now - at < APART}
        self._asked_at[match_id] = now
