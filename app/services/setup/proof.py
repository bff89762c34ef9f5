"""The proof run as a view shows it: rows that tick, one after the other; again by hand or every minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from app.domain.keys import Credentials
from app.domain.profile import Profile
from app.domain.proof import ProofRow, ProofState
from app.services.ports import Monotonic, Signal
from app.services.setup.ports import Prover
from app.services.tasks import Tasks

AGAIN = 60.0  # seconds between the tries while Prophet has not taken the key yet


class ProofRun:
    """`rows` as they stand; `changed` after each. One run at a time: another start ends the one before."""

    def __init__(
        self, prover: Prover, tasks: Tasks, *, clock: Monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._prover = prover
        self._tasks = tasks
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._turn = 0
        self._next_at: float | None = None
        self.rows: tuple[ProofRow, ...] = ()
        self.is_running = False
        self.is_repeating = False
        self.changed = Signal()

    @property
    def is_good(self) -> bool:
        return bool(self.rows) and all(row.state is ProofState.GOOD for row in self.rows)

    @property
    def failed(self) -> ProofRow | None:
        """The row that did not work."""
        return next((row for row in self.rows if row.state is ProofState.FAILED), None)

    @property
    def next_in(self) -> float | None:
        """Seconds until it is tried again by itself; None when it is not."""
        return max(self._next_at - self._clock(), 0.0) if self._next_at is not None else None

    def start(self, profile: Profile, credentials: Credentials, *, is_repeating: bool = False) -> None:
        """Run now, and with `is_repeating` again each minute until all rows are good or `stop`."""
        self.stop()
        self.rows = tuple(ProofRow(title) for title in self._prover.rows(profile))
        self.is_running, self.is_repeating = True, is_repeating
        self.changed()
        turn = self._turn
        task = self._tasks.start(self._run(profile, credentials, turn))
        self._task = task if turn == self._turn else None

    def stop(self) -> None:
        """End what runs; what was found stays to be read."""
        if self._task is not None:
            self._task.cancel()
        self._end()

    def _end(self) -> None:
        self._turn += 1
        self._task, self._next_at = None, None
        self.is_running = self.is_repeating = False
        self.rows = tuple(row if row.is_over else ProofRow(row.title) for row in self.rows)
        self.changed()

    def clear(self) -> None:
        """Something was edited: what was proven is no longer."""
        self.stop()
        self.rows = ()
        self.changed()

    async def _run(self, profile: Profile, credentials: Credentials, turn: int) -> None:
        try:
            while True:
                await self._once(profile, credentials)
                if self.is_good or not self.is_repeating:
                    return
                await self._pause()
                self.rows = tuple(ProofRow(title) for title in self._prover.rows(profile))
        finally:
            if turn == self._turn:
                self._end()

    async def _once(self, profile: Profile, credentials: Credentials) -> None:
        self.is_running = True
        self.changed()
        async with aclosing(self._prover.prove(profile, credentials)) as rows:
            async for row in rows:
                self.rows = tuple(row if row.title == one.title else one for one in self.rows)
                self.changed()
        self.is_running = False
        self.changed()

    async def _pause(self) -> None:
        self._next_at = self._clock() + AGAIN
        self.changed()
        while (left := self._next_at - self._clock()) > 0:
            await self._sleep(min(left, 1.0))
            self.changed()
        self._next_at = None
