"""Work that goes on beside a loop of turns: one job of each name at a time, and every end is news."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Jobs:
    """`stir` is called when a job ends. What one raises is a mistake, and raised again by `check`."""

    def __init__(self, stir: Callable[[], None]) -> None:
        self._stir = stir
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._broken: BaseException | None = None

    def has(self, *names: str) -> bool:
        """Whether any of these is under way."""
        return any(name in self._jobs for name in names)

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin; what goes on under the same name is ended."""
        self.stop(name)
        job = self._jobs[name] = asyncio.ensure_future(work)
        job.add_done_callback(lambda ended: self._ended(name, ended))

    def stop(self, name: str) -> None:
        job = self._jobs.pop(name, None)
        if job:
            job.cancel()

    def check(self) -> None:
        if self._broken:
            raise self._broken

    async def close(self) -> None:
        jobs = list(self._jobs.values())
        for name in list(self._jobs):
            self.stop(name)
        await asyncio.gather(*jobs, return_exceptions=True)

    def _ended(self, name: str, job: asyncio.Task[None]) -> None:
        if self._jobs.get(name) is job:
            del self._jobs[name]
        if not job.cancelled() and job.exception():
            self._broken = job.exception()
        self._stir()
