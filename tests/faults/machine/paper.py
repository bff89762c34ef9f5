"""The journal without its thread: the real file and the real adapter, written at once when somebody waits and else a little later."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.domain.order import Order
from app.domain.record import Entry, Intended, Resent
from app.store.journal.errors import HaltedError, JournalError, RefTakenError
from app.store.journal.file import JournalFile
from app.store.journal.lines import Line, check
from app.store.journal.opening import Opened
from app.store.journal.writer import RETRY, Writer
from app.store.recorder import Recorder

T = TypeVar("T")
FULL = "The journal cannot grow: the disk is full"


class Paper(Writer):
    """What `Writer` is, in the loop's own thread. Noted lines wait for the next one that is awaited: a crash before loses them.

    `is_full`: the disk takes nothing more. `is_dead`: the program was killed, nothing that it still does has an effect.
    """

    def __init__(self, open: Callable[[], Opened], *, heard: Callable[[str], None]) -> None:
        super().__init__(open, heard=heard)
        self._waiting: list[Line] = []
        self._retrying: asyncio.TimerHandle | None = None
        self._paper: JournalFile | None = None
        self.is_full = False
        self.is_dead = False
        self.stops_after_intent = False
        self.stopped = asyncio.Event()

    async def start(self) -> Opened:
        opened = self._open()
        self._paper = opened.file
        if self.is_full:
            self._in_trouble(FULL)
        return opened

    def note(self, line: Line) -> None:
        check(line)
        if not self.is_dead:
            self._waiting.append(line)

    async def commit(self, line: Line) -> None:
        self.note(line)
        if error := self.flush():
            raise error

    async def intend(self, line: Line) -> None:
        check(line)
        self._write(lambda file: file.intend(line))
        if self.stops_after_intent:
            self.stopped.set()
            await asyncio.Event().wait()

    async def ask(self, call: Callable[[JournalFile], T]) -> T:
        """A repeated intent comes this way too."""
        self.flush()
        found: list[T] = []
        before = self._file_now().data_version()
        self._read_or_write(call, found)
        assert before or found
        return found[0]

    async def close(self) -> None:
        self.flush()
        self.kill()

    def flush(self) -> JournalError | None:
        """Write what waits; what fails stays."""
        if self.is_dead or not self._waiting:
            return None
        try:
            self._write(lambda file: file.append(self._waiting))
        except JournalError as error:
            return error
        self._waiting = []
        return None

    def kill(self) -> None:
        if not self.is_dead and self._paper:
            self._paper.close()
        self.is_dead = True
        if self._retrying:
            self._retrying.cancel()
