"""A venue's list, read page by page while a person looks at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from app.domain.errors import NotSentError, VenueError
from app.services.ports import Now, Signal

SHORT_PAUSE = 1.0  # seconds, where the venue asks for a pause and names none: its own rule is one query a second
SAME_PLACE = "the venue's record gave the same place again: the rest was not read"

Row = TypeVar("Row")
Wish = TypeVar("Wish")


class Page(NamedTuple, Generic[Row]):
    """Rows, the next cursor, how far the venue's record had kept up, and what should stand in it and does not."""

    rows: Sequence[Row]
    next_cursor: str
    synced_at: datetime | None = None
    trouble: str = ""


class Gaps(NamedTuple):
    """What keeps a list from being whole: the first page's trouble in words, and on how many pages there was any."""

    first: str = ""
    pages: int = 0

    def and_of(self, trouble: str) -> Gaps:
        return Gaps(self.first or trouble, self.pages + 1) if trouble else self

    @property
    def words(self) -> str:
        """Empty where it is whole."""
        if self.pages < 2:
            return self.first
        return f"{self.first}, and {'1 more page is' if self.pages == 2 else f'{self.pages - 1:,} more pages are'} not whole"


class Sheet(Generic[Row, Wish]):
    """One of the venue's lists, newest first, as far as it has been read. `wish` is its filter.

    One request at a time: a wish that comes meanwhile is read next, and an answer to an older one is not shown. What is shown stays
    until another answer is there: a failure takes nothing away, `trouble` says it. `resets` counts first pages, `changed` tells of all.
    `free_at`: when the venue, which asked for a pause, may be asked again. `gaps`: why what is shown is not whole.
    """

    def __init__(self, ask: Callable[[Wish, str], Awaitable[Page[Row]]], id_of: Callable[[Row], str], now: Now) -> None:
        self._ask = ask
        self._id_of = id_of
        self._now = now
        self._asked: Wish | None = None
        self._cursor = ""
        self._cursors: set[str] = set()
        self._ids: set[str] = set()
        self._failed: tuple[Wish, str] | None = None
        self.rows: list[Row] = []
        self.shown: Wish | None = None
        self.resets = 0
        self.is_reading = False
        self.trouble = ""
        self.gaps = Gaps()
        self.free_at: datetime | None = None
        self.read_at: datetime | None = None
        self.synced_at: datetime | None = None
        self.changed = Signal()

    @property
    def has_more(self) -> bool:
        """Whether the venue has older rows than those read."""
        return bool(self._cursor)

    async def reload(self, wish: Wish) -> None:
        """Read the newest rows that a filter lets through; they take the place of what is shown."""
        self._asked = wish
        if not self.is_reading:
            await self._work()

    async def more(self) -> None:
        """Read the next older page."""
        if self.shown is not None and self._cursor and not self.is_reading:
            await self._work(self.shown)

    async def again(self) -> None:
        """Ask once more for what failed last."""
        if self._failed is None:
            return
        wish, cursor = self._failed
        await (self.more() if cursor else self.reload(wish))

    async def _work(self, older_of: Wish | None = None) -> None:
        self.is_reading = True
        self.changed()
        try:
            if older_of is not None:
                await self._read(older_of, self._cursor)
            while self._asked is not None:
                wish, self._asked = self._asked, None
                await self._read(wish, "")
        finally:
            self.is_reading = False
            self.changed()

    async def _read(self, wish: Wish, cursor: str) -> None:
        """One page; a failure is kept as words."""
        try:
            page = await self._ask(wish, cursor)
        except VenueError as problem:
            self.trouble, self._failed = str(problem), (wish, cursor)
            seconds = pause_of(problem)
            self.free_at = self._now() + timedelta(seconds=seconds) if seconds else None
            return
        self.trouble, self.free_at, self._failed = "", None, None
        if self._asked is not None:
            return  # another list is wanted by now
        if not cursor:
            self._begin(wish, page.synced_at)
        self._take(page.rows)
        self.gaps = self.gaps.and_of(page.trouble)
        self._cursors.add(cursor)
        self._cursor = page.next_cursor
        if self._cursor and self._cursor in self._cursors:
            self._cursor, self.gaps = "", self.gaps.and_of(SAME_PLACE)

    def _begin(self, wish: Wish, synced_at: datetime | None) -> None:
        self.rows, self._ids, self._cursors, self.gaps = [], set(), set(), Gaps()
        self.shown, self.read_at, self.synced_at = wish, self._now(), synced_at
        self.resets += 1

    def _take(self, rows: Sequence[Row]) -> None:
        """Append what is not there yet: rows may shift from page to page while new ones arrive."""
        for row in rows:
            row_id = self._id_of(row)
            if not row_id or row_id not in self._ids:
                self._ids.add(row_id)
                self.rows.append(row)


def pause_of(problem: VenueError) -> float:
    """Seconds for which the venue wants to be left alone; nought where it asked for no pause."""
    if not isinstance(problem, NotSentError):
        return 0.0
    return problem.retry_after or (SHORT_PAUSE if problem.status == 429 else 0.0)
