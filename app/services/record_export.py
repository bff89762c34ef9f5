"""Writing the venue's record of orders into a file: page by page as it is read, however long it is, whole or not at all."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from app.domain.errors import VenueError
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.services.paging import Gaps, pause_of
from app.services.ports import Now, Signal
from app.services.record_rows import TITLES, Form, RecordRow, head_of, lines_of

PAUSES = 20  # in a row that the venue may ask for before a person is asked
REMEMBERED = 2_000  # newest order ids: rows shift from page to page while new ones arrive, and windows overlap
SLICE = 500  # rows written at a time of those that are there already

Sleep = Callable[[float], Awaitable[None]]
Aside = Callable[[Callable[[], Path]], Awaitable[Path]]


class RowFile(Protocol):
    """Where lines go: nothing has the file's name before `finish`. Each may raise OSError."""

    def write(self, lines: Iterable[str]) -> None: ...
    def finish(self) -> Path: ...
    def keep_part(self) -> Path: ...
    def drop(self) -> None: ...


class Stage(StrEnum):
    """STOPPED: the venue failed in the middle; it goes on from there, or a person keeps or drops what was written."""

    IDLE = "idle"
    READING = "reading"
    PAUSED = "paused"
    ENDING = "ending"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


class Job(msgspec.Struct):
    """One export: where it is. `cursor` is what is asked for next, `total` how many rows there are where that is known."""

    query: HistoryQuery
    file: RowFile
    form: Form
    is_wanted: Callable[[RecordRow], bool]
    total: int | None = None
    cursor: str = ""
    cursors: set[str] = msgspec.field(default_factory=set)
    ids: OrderedDict[str, None] = msgspec.field(default_factory=OrderedDict)


class RecordExport:
    """One at a time. `words` says what is going on or how it ended; `pages`, `read` and `rows` count pages, orders read and rows written.

    `reached` is the time of the oldest order read so far, `as_of` how far the venue's record had kept up at the first page, `gaps` what of
    the venue's pages could not be read.
    """

    def __init__(
        self,
        page: Callable[[HistoryQuery, str], Awaitable[HistoryPage]],
        row: Callable[[OrderReport], RecordRow],
        *,
        now: Now,
        sleep: Sleep,
        aside: Aside = asyncio.to_thread,
    ) -> None:
        self._page = page
        self._row = row
        self._now = now
        self._sleep = sleep
        self._aside = aside
        self._job: Job | None = None
        self.titles: Mapping[str, str] = TITLES
        self.stage = Stage.IDLE
        self.pages = self.read = self.rows = 0
        self.reached: datetime | None = None
        self.as_of: datetime | None = None
        self.gaps = Gaps()
        self.free_at: datetime | None = None
        self.words = ""
        self.changed = Signal()

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written, or waits for a person's word."""
        return self._job is not None

    @property
    def share(self) -> float | None:
        """How much is written of rows that are there already: 0 to 1. None for what is read from the venue, which never says how much
        there is; the span of time that was asked for says nothing of it, as most orders may lie in its last hour.
        """
        return None if self._job is None or self._job.total is None else self.rows / max(self._job.total, 1)

    async def everything(self, query: HistoryQuery, file: RowFile, form: Form, is_wanted: Callable[[RecordRow], bool]) -> None:
        """Read all that the filter finds, and write of it what is wanted."""
        job = self._begin(query, file, form, is_wanted)
        if job and self._write(job, head_of(form, self.titles)):
            await self._run(job)

    async def shown(self, rows: Sequence[RecordRow], file: RowFile, form: Form) -> None:
        """Write rows that are there already."""
        query = HistoryQuery(self._now())
        job = self._begin(query, file, form, lambda _row: True, len(rows))
        if not job or not self._write(job, head_of(form, self.titles)):
            return
        try:
            for first in range(0, len(rows), SLICE):
                if self._job is not job or not self._write(job, lines_of(rows[first : first + SLICE], form)):
                    return
                self.rows = min(first + SLICE, len(rows))
                self.changed()
                await asyncio.sleep(0)
            if self._job is job:
                await self._finish(job)
        finally:
            self._leave(job)

    async def go_on(self) -> None:
        """After it was stopped in the middle: from there."""
        if self._job and self.stage is Stage.STOPPED:
            await self._run(self._job)

    def cancel(self) -> None:
        """Leave no file. Nothing happens where none is being written."""
        if self._job is None or self.stage is Stage.ENDING:
            return
        self._drop(self._job)
        self._tell(Stage.IDLE, "Export cancelled: no file is left")

    def dismiss(self) -> None:
        """A person has read how it ended."""
        if self._job is None:
            self._tell(Stage.IDLE, "")

    def keep_part(self) -> None:
        """What was written before it stopped becomes a file that is called a part."""
        if self._job is None or self.stage is not Stage.STOPPED:
            return
        job, self._job = self._job, None
        try:
            path = job.file.keep_part()
        except OSError as problem:
            self._fail(job, problem)
            return
        self._tell(Stage.DONE, f"Kept {_counted(self.rows)} {self._back()} as {path}: a part of what was asked for{self._missing()}")

    # One export

    def _begin(
        self, query: HistoryQuery, file: RowFile, form: Form, is_wanted: Callable[[RecordRow], bool], total: int | None = None
    ) -> Job | None:
        if self._job is not None:
            file.drop()
            return None
        self._job = job = Job(query, file, form, is_wanted, total)
        self.pages = self.read = self.rows = 0
        self.reached = self.as_of = None
        self.gaps = Gaps()
        self._tell(Stage.READING, "")
        return job if self._job is job else None

    async def _run(self, job: Job) -> None:
        self._tell(Stage.READING, "")
        try:
            while await self._next(job):
                pass
        finally:
            self._leave(job)

    async def _next(self, job: Job) -> bool:
        """One page; whether there is another to read."""
        page = await self._patiently(job)
        if page is None or self._job is not job:
            return False  # stopped, or cancelled meanwhile
        if not self._write(job, self._lines(job, page)):
            return False
        job.cursors.add(job.cursor)
        if page.next_cursor and page.next_cursor in job.cursors:
            self._stop("the venue's record gave the same place again")
            return False
        job.cursor = page.next_cursor
        if not job.cursor:
            await self._finish(job)
            return False
        self.changed()
        return True

    async def _patiently(self, job: Job) -> HistoryPage | None:
        """The page, after as many pauses as the venue asks for; None where it stopped, or was cancelled."""
        for _ in range(PAUSES):
            try:
                return await self._page(job.query, job.cursor)
            except VenueError as problem:
                seconds, why = pause_of(problem), str(problem)
            if self._job is not job:
                return None
            if not seconds:
                self._stop(why)
                return None
            self.free_at = self._now() + timedelta(seconds=seconds)
            self._tell(Stage.PAUSED, "")
            await self._sleep(seconds)
            if self._job is not job:
                return None
            self._tell(Stage.READING, "")
        self._stop("the venue asked for one pause after the other")
        return None

    def _lines(self, job: Job, page: HistoryPage) -> list[str]:
        """What is new in a page and wanted, as lines."""
        new = [report for report in page.reports if not self._is_repeated(job, report.venue_order_id)]
        rows = [row for row in map(self._row, new) if job.is_wanted(row)]
        self.pages += 1
        self.read += len(new)
        self.rows += len(rows)
        self.reached = min(filter(None, (self.reached, *(report.placed_at for report in new))), default=None)
        self.as_of = self.as_of or page.synced_at
        self.gaps = self.gaps.and_of(page.trouble)
        return lines_of(rows, job.form)

    def _is_repeated(self, job: Job, order_id: str) -> bool:
        if not order_id:
            return False
        is_known = order_id in job.ids
        job.ids[order_id] = None
        if len(job.ids) > REMEMBERED:
            job.ids.popitem(last=False)
        return is_known

    # How it ends

    async def _finish(self, job: Job) -> None:
        self._tell(Stage.ENDING, "")
        try:
            path = await self._aside(job.file.finish)
        except OSError as problem:
            self._fail(job, problem)
            return
        self._job = None
        as_of = f", as of {self.as_of.astimezone():%H:%M:%S}" if self.as_of else ""
        flaw = ", not whole" if self.gaps.pages else ""
        self._tell(Stage.DONE, f"Saved {_counted(self.rows)}{flaw}{as_of}, as {path}{self._missing()}")

    def _write(self, job: Job, lines: Sequence[str]) -> bool:
        try:
            job.file.write(lines)
        except OSError as problem:
            self._fail(job, problem)
            return False
        return True

    def _fail(self, job: Job, problem: OSError) -> None:
        """The file cannot be written: whatever stands of it is not worth keeping."""
        self._drop(job)
        self._tell(Stage.FAILED, f"The file could not be written: {problem.strerror or problem}. Nothing of it is left")

    def _stop(self, why: str) -> None:
        self._tell(Stage.STOPPED, f"Stopped after {_pages(self.pages)}, {_counted(self.rows)} {self._back()}: {why}")

    def _drop(self, job: Job) -> None:
        self._job = None
        try:
            job.file.drop()
        except OSError as problem:
            self.words = f"A part of it could not be taken away: {problem.strerror or problem}"

    def _leave(self, job: Job) -> None:
        """Ended from outside, because the program closes, or by a mistake of ours: no file is left behind."""
        if self._job is job and self.stage is not Stage.STOPPED:
            self._drop(job)
            self._tell(Stage.FAILED, "The export was broken off: no file is left")

    def _back(self) -> str:
        return f"back to {self.reached.astimezone():%d %b %Y %H:%M}" if self.reached else "written"

    def _missing(self) -> str:
        """At the end of a sentence, what should stand in the file and does not."""
        return f". Why it is not whole: {self.gaps.words}" if self.gaps.pages else ""

    def _tell(self, stage: Stage, words: str) -> None:
        self.stage, self.words = stage, words
        if stage is not Stage.PAUSED:
            self.free_at = None
        self.changed()


def _counted(rows: int) -> str:
    return "1 order" if rows == 1 else f"{rows:,} orders"


def _pages(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages:,} pages"
