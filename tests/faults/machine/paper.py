"""The journal without its thread: the real file, adapter and writer, worked in the event loop, and read by an auditor of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from app.store.journal.jobs import Job, Start, Write
from app.store.journal.lines import Line
from app.store.journal.opening import Opened
from app.store.journal.writer import RETRY, Writer


class Paper(Writer):
    """A `Writer` whose jobs are done at once. What was only noted waits for the next job that is awaited: a crash before loses it.

    `is_full`: nothing can be written. `is_dead`: the program was killed, and nothing that its tasks still do has an effect.
    """

    def __init__(self, open: Callable[[], Opened], *, heard: Callable[[str], None]) -> None:
        super().__init__(open, heard=heard)
        self._retry_at: asyncio.TimerHandle | None = None
        self.is_dead = False
        self.stops_after_intent = False
        self.stopped = asyncio.Event()

    async def start(self) -> Opened:
        self._loop = asyncio.get_running_loop()
        opened: Opened = await self._given(Start)
        return opened

    async def intend(self, line: Line, *, is_new: bool = True) -> None:
        await super().intend(line, is_new=is_new)
        if self.stops_after_intent:
            self.stops_after_intent = False
            self.stopped.set()
            await asyncio.Event().wait()

    def flush(self) -> None:
        """The thread had its turn."""
        if not self.is_dead:
            self._flush()
            self._try_later()

    def fill_disk(self, *, is_full: bool) -> None:
        """From now on the file refuses, or takes, every write."""
        if self._opened is not None:
            self._opened.file._database._raw.execute(f"PRAGMA query_only={'ON' if is_full else 'OFF'}")

    def kill(self) -> None:
        if not self.is_dead and self._opened is not None:
            self._opened.file.close()
        self.is_dead = True
        if self._retry_at is not None:
            self._retry_at.cancel()

    def _put(self, job: Job) -> None:
        if self.is_dead:
            return
        self._do(job)
        if not isinstance(job, Write) or job.future is not None:
            self.flush()

    def _try_later(self) -> None:
        if self.trouble and self._loop is not None and (self._retry_at is None or self._retry_at.when() <= self._loop.time()):
            self._retry_at = self._loop.call_later(RETRY, self._again)

    def _again(self) -> None:
        self._flush()
        if self.trouble:
            self._tried(self._probe)
        self._try_later()


class Auditor:
    """Reads the file through a connection of its own: what it sees is committed."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)

    def intents(self, ref: str) -> int:
        """How often the sending of an order was written down."""
        query = "SELECT count(*) FROM entries WHERE ref = ? AND kind IN ('intended', 'resent')"
        return int(self._connection.execute(query, (ref,)).fetchone()[0])

    def is_halted(self) -> bool:
        return self._connection.execute("SELECT value FROM flags WHERE name = 'halt'").fetchone() is not None

    def close(self) -> None:
        self._connection.close()
