"""The venue's request budget: so many a second over all, and each query path once a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

PER_SECOND = 50
RESERVE = 10  # of those, kept for cancels
QUERY_GAP = 1.05  # seconds between two calls of one query path; the venue's rule is one
SHORTEST = 0.001  # seconds: what is shorter than a loop's resolution is due at once, and waiters would wake each other without end


class Budget:
    """Waits until a request may leave. Cancels (`urgent`) may use the whole budget, everything else leaves a reserve."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._paths: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @property
    def left(self) -> int:
        """Requests that may still leave within the running second."""
        self._forget()
        return PER_SECOND - len(self._sent)

    async def wait(self, path: str, *, is_query: bool = False, is_urgent: bool = False) -> None:
        """Return when a request to `path` may leave now; the request is counted at that moment."""
        if not is_query:
            await self._overall(is_urgent)
            return
        async with self._paths.setdefault(path, asyncio.Lock()):
            while (free_at := self._free_at.get(path, 0.0)) > self._clock():  # the venue may ask for a pause meanwhile
                await self._until(free_at)
            await self._overall(is_urgent)
            self._free_at[path] = self._clock() + QUERY_GAP

    def hold(self, path: str, seconds: float) -> None:
        """The venue asked for a pause on `path`."""
        self._free_at[path] = max(self._free_at.get(path, 0.0), self._clock() + seconds)

    async def _overall(self, is_urgent: bool) -> None:
        kept = 0 if is_urgent else RESERVE
        while self.left <= kept:
            await self._until(self._sent[0] + 1.0)
        self._sent.append(self._clock())

    async def _until(self, moment: float) -> None:
        # Coarse timers may wake early: ask the clock again.
        while (left := moment - self._clock()) > 0:
            await self._sleep(max(left, SHORTEST))

    def _forget(self) -> None:
        # The very sum that is waited for: a difference would be rounded otherwise, and the wait would never end.
        now = self._clock()
        while self._sent and self._sent[0] + 1.0 <= now:
            self._sent.popleft()
