"""The thread between the event loop and the journal: lines go in without waiting or are awaited until they are on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar

from app.store.journal.errors import HaltedError, JournalError, RefTakenError
from app.store.journal.file import JournalFile
from app.store.journal.jobs import Ask, Caught, Intend, Job, Start, Stop, Write, resolve
from app.store.journal.lines import Line, check
from app.store.journal.opening import Opened

BACKLOG: Final = 100_000  # lines kept in memory while they cannot be written
TOGETHER: Final = 2_000  # lines in one transaction
RETRY: Final = 2.0  # seconds between two attempts to write what is kept

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Writer:
    """One journal, one thread. Lines, intents and questions are worked off in the order in which they were given.

    Lines that were noted together are committed together. What cannot be written is kept in memory and tried again with the
    next job and every `RETRY` seconds, so that cancels and reports are not lost when the disk comes back; a failed intent is not
    kept, because its order is not sent. `trouble` is empty while the journal can be written, else a sentence; it is set before
    the failure is raised. `heard` is called in the loop when trouble begins, changes or ends, and when the file had to be healed.
    """

    def __init__(self, open: Callable[[], Opened], *, heard: Callable[[str], None], retry: float = RETRY, backlog: int = BACKLOG) -> None:
        """`open` is called on the thread, again and again while it fails."""
        self.trouble = ""
        self._open = open
        self._heard = heard
        self._retry = retry
        self._limit = backlog
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        # From here on the thread's own.
        self._opened: Opened | None = None
        self._backlog: deque[Write] = deque()
        self._lost = 0
        self._error: JournalError | None = None  # of the jobs at hand

    # the loop's side

    async def start(self) -> Opened:
        """Start the thread and open the journal. JournalError when it cannot be opened; it is tried again with each job then."""
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        opened: Opened = await self._given(Start)
        return opened

    def note(self, line: Line) -> None:
        """Record it soon, after what was given before. JournalError when no journal could hold it, or after `close`."""
        check(line)
        self._put(Write(line, None))

    async def commit(self, line: Line) -> None:
        """Record it; on the disk when this returns. When it raises JournalError the line is kept and tried again."""
        check(line)
        await self._given(lambda future: Write(line, future))

    async def intend(self, line: Line, *, is_new: bool = True) -> None:
        """Record that an order is about to be sent, or with `is_new` False sent once more; on the disk when this returns.

        HaltedError, RefTakenError or another JournalError: it is not in the journal and the order must not be sent. When the
        caller is cancelled meanwhile it may or may not be there.
        """
        check(line)
        await self._given(lambda future: Intend(line, is_new, future))

    async def ask(self, call: Callable[[JournalFile], T]) -> T:
        """What `call` gives for the file, after what was given before. Its errors are raised here."""
        found: T = await self._given(lambda future: Ask(call, future))
        return found

    async def close(self) -> None:
        """Write what is left and close the file. What could not be written is lost then; `trouble` says how much."""
        if self._thread is None or self._is_closed:
            return
        await self._given(Stop)
        self._thread.join()

    async def _given(self, job: Callable[[asyncio.Future[Any]], Job]) -> Any:
        future = asyncio.get_running_loop().create_future()
        self._put(job(future))
        return await future

    def _put(self, job: Job) -> None:
        if self._is_closed:
            raise JournalError("The journal is closed")
        self._is_closed = isinstance(job, Stop)
        self._jobs.put(job)

    # the thread's side

    def _run(self) -> None:
        while True:
            jobs = self._taken()
            self._error = None
            for job in jobs:
                self._do(job)
            self._flush()
            if self.trouble and not jobs:
                self._tried(self._probe)
            if jobs and isinstance(jobs[-1], Stop):
                self._end(jobs[-1])
                return

    def _taken(self) -> list[Job]:
        """All that is waiting, at least one job; none when it is time to try again."""
        try:
            jobs = [self._jobs.get(timeout=self._retry if self.trouble else None)]
        except queue.Empty:
            return []
        with contextlib.suppress(queue.Empty):
            while len(jobs) < TOGETHER:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _do(self, job: Job) -> None:
        match job:
            case Write():
                self._backlog.append(job)
            case Intend():
                self._intend(job)
            case Ask():
                self._flush()
                self._answer(job)
            case Start():
                self._begin(job)

    def _begin(self, job: Start) -> None:
        """The file is tried at once, so that `trouble` is right before the first order."""
        error = self._tried(self._probe)
        self._settle([job.future], self._opened, None if self._opened else error)

    def _intend(self, job: Intend) -> None:
        if job.future.cancelled():
            return
        error = self._flush() or self._tried(lambda: self._file().intend(job.line, is_new=job.is_new))
        self._settle([job.future], None, error)

    def _answer(self, job: Ask) -> None:
        caught = Caught()
        with caught:
            caught.value = job.call(self._file())
        self._settle([job.future], caught.value, caught.error)

    def _flush(self) -> JournalError | None:
        """Write what is kept, oldest first; what fails stays."""
        while self._backlog:
            some = list(itertools.islice(self._backlog, TOGETHER))
            error = self._tried(partial(self._append, some))
            if error is not None:
                self._keep(error)
                return error
            for _ in some:
                self._backlog.popleft()
            self._settle([write.future for write in some], None, None)
        return None

    def _append(self, some: Iterable[Write]) -> None:
        self._file().append([write.line for write in some])

    def _probe(self) -> None:
        self._file().probe()

    def _keep(self, error: JournalError) -> None:
        """Those who wait are told; the lines stay, the oldest of too many go."""
        self._settle([write.future for write in self._backlog], None, error)
        excess = max(len(self._backlog) - self._limit, 0)
        self._lost += excess
        self._backlog = deque(Write(write.line, None) for write in itertools.islice(self._backlog, excess, None))

    def _file(self) -> JournalFile:
        if self._opened is None:
            opened = self._open()
            opened.file.heard = self._say
            self._opened = opened
            for note in opened.notes if self.trouble else ():  # whoever started it was told that it failed
                self._say(note)
        return self._opened.file

    def _tried(self, work: Callable[[], object]) -> JournalError | None:
        """Do it, and know since then whether the journal can be written.

        After a failure the other jobs at hand fail at once: each would wait for the same lock.
        """
        if self._error is not None:
            return self._error
        caught = Caught()
        with caught:
            work()
        error = caught.error
        if isinstance(error, HaltedError | RefTakenError):
            return error
        if error is not None and not isinstance(error, JournalError):
            _log.error("the journal's thread failed", exc_info=error)
            error = JournalError(f"The journal cannot be written because of a mistake in the program ({error!r})")
        self._error = error
        self._troubled_by(str(error or ""))
        return error

    def _troubled_by(self, words: str) -> None:
        if words == self.trouble:
            return
        self.trouble = words
        lost = f", but the oldest {self._lost} entries of the time when it was not are lost" if self._lost else ""
        self._say(words or f"The journal is written again{lost}")
        self._lost = self._lost if words else 0

    def _end(self, job: Stop) -> None:
        if self._backlog:
            self._troubled_by(f"{len(self._backlog)} entries could not be written before the end. {self.trouble}")
        if self._opened is not None:
            self._opened.file.close()
        self._settle([job.future], None, None)

    def _say(self, words: str) -> None:
        _log.warning("%s", words)
        self._in_loop(self._heard, words)

    def _settle(self, futures: Iterable[asyncio.Future[Any] | None], value: object, error: Exception | None) -> None:
        waiting = [future for future in futures if future is not None]
        if waiting:
            self._in_loop(resolve, waiting, value, error)

    def _in_loop(self, call: Callable[..., None], *arguments: object) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program is ending and nobody waits
            self._loop.call_soon_threadsafe(call, *arguments)
