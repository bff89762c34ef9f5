"""A venue's record, asked for window by window and page by page, as much as it answers at a time: what is the same at every venue."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from app.domain.errors import UnreadableError
from app.domain.events import FeedFault
from app.domain.link import Rank
from app.domain.order import History, HistoryPage, HistoryQuery, OrderReport
from app.venues.call import Call
from app.venues.prophetx.reading import Readings

DAY = 86_400
SLACK = 60  # seconds left of each limit: the venue reckons an open window up to its own now
LONGEST_CREATED = 7 * DAY - SLACK  # contract 5.3
LONGEST_TOUCHED = 2 * DAY - SLACK
ROWS_A_PAGE = 100
PAGES = 50  # of a window at most: a cursor that never ends is the venue's fault, not a reason to loop
MOST_WINDOWS = 110  # two years by creation
MOST_REQUESTS = 12  # for one page that somebody waits for: what lies behind so many empty ones is gone on with at their word
LONGEST_CURSOR = 1024  # characters
FOREIGN = "This place in the record is not one that was given"

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Some rows of the venue's record, and how many could not be read. `cursor` is as the venue gave it, of whatever type; UNSET where it
    gave none.
    """

    rows: tuple[Row, ...]
    cursor: object = ""
    synced_at: datetime | None = None
    unread: int = 0


class Window(NamedTuple):
    """Unix seconds, both ends included; without an end it reaches up to now."""

    since: int
    until: int | None


class Told(msgspec.Struct, Generic[Row], frozen=True):
    """A page with the cursor that goes on after it, empty at the end, and what keeps it from being whole."""

    rows: tuple[Row, ...]
    cursor: str
    synced_at: datetime | None
    trouble: str = ""


class Reading(NamedTuple):
    """What one window held."""

    reports: list[OrderReport]
    synced_at: datetime | None
    is_whole: bool


class Record(ABC):
    """Asks with `ask`; what cannot be read of a page is told and left out. `wall` is the venue's time in Unix seconds.

    `pages` is how many of a window are read at most, `full` from how many rows a page without a cursor may not be the last.
    """

    pages: ClassVar[int] = PAGES
    full: ClassVar[int] = ROWS_A_PAGE

    def __init__(self, ask: Callable[[Call], Awaitable[bytes]], wall: Callable[[], float], readings: Readings) -> None:
        self._ask = ask
        self._wall = wall
        self._readings = readings

    @abstractmethod
    def _request(self, query: HistoryQuery, window: Window, cursor: str) -> Call:
        """What asks for a page of orders."""

    @abstractmethod
    def _listed(self, query: HistoryQuery, body: bytes, faults: list[FeedFault]) -> Page[OrderReport]:
        """The orders of an answer; UnreadableError."""

    def _meant(self, _query: HistoryQuery, rows: tuple[OrderReport, ...]) -> tuple[OrderReport, ...]:
        """What of them the query means, where the venue cannot be asked for just that."""
        return rows

    async def orders(self, query: HistoryQuery) -> History:
        """The whole span, newest first. What was touched is read oldest window first, because an order moves to a newer one meanwhile."""
        read_at = datetime.fromtimestamp(self._wall(), UTC)
        spans, is_all = self._windows(query)
        in_turn = list(reversed(spans)) if query.is_touched else spans
        readings = [await self._window(query, span) for span in in_turn]
        newest_first = list(reversed(readings)) if query.is_touched else readings
        return History(
            each_once(report for reading in newest_first for report in reading.reports),
            min((reading.synced_at for reading in readings if reading.synced_at), default=None),
            is_whole=is_all and all(reading.is_whole for reading in readings),
            read_at=read_at,
        )

    async def orders_page(self, query: HistoryQuery, cursor: str) -> HistoryPage:
        """For somebody who looks at it."""

        def ask(window: Window, further: str) -> Call:
            return msgspec.structs.replace(self._request(query, window, further), rank=Rank.SCREEN)

        def read(body: bytes, faults: list[FeedFault]) -> Page[OrderReport]:
            return self._listed(query, body, faults)

        page = await self._page(query, cursor, ask, read, lambda rows: self._meant(query, rows))
        return HistoryPage(page.rows, page.cursor, page.synced_at, page.trouble)

    async def _page(
        self,
        query: HistoryQuery,
        cursor: str,
        ask: Callable[[Window, str], Call],
        read: Callable[[bytes, list[FeedFault]], Page[Row]],
        meant: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows,
    ) -> Told[Row]:
        """The next page that holds anything, or an empty one to go on from after so many requests.

        The cursor given back names the window, so that it may be followed at any time.
        """
        told: Told[Row] = Told((), cursor, None)
        rows: tuple[Row, ...] = ()
        troubles: dict[str, None] = {}  # each once
        for _ in range(MOST_REQUESTS):
            window, further = _place(cursor) if cursor else (windows(query, self._wall())[0], "")
            told = await self._read(ask(window, further), read, further)
            troubles |= dict.fromkeys(filter(None, [told.trouble]))
            rows, cursor = meant(told.rows), _next_place(window, told.cursor, _earlier(query, window))
            if rows or not cursor:
                break
        return Told(rows, cursor, told.synced_at, "; ".join(troubles))

    async def _read(self, call: Call, read: Callable[[bytes, list[FeedFault]], Page[Row]], asked: str) -> Told[Row]:
        page = self._readings.rows(read, await self._ask(call))
        cursor, trouble = next_cursor(page, {asked}, full=self.full)
        self._readings.tell([FeedFault(trouble)] if trouble else [])
        return Told(page.rows, cursor, page.synced_at, "; ".join(filter(None, (_left_out(page.unread), trouble))))

    def _windows(self, query: HistoryQuery) -> tuple[list[Window], bool]:
        spans = windows(query, self._wall())
        return spans[:MOST_WINDOWS], len(spans) <= MOST_WINDOWS

    async def _window(self, query: HistoryQuery, window: Window) -> Reading:
        found: list[OrderReport] = []
        faults: list[FeedFault] = []
        synced_at: datetime | None = None
        async for page in self._pages(query, window, faults):
            found += self._meant(query, page.rows)
            synced_at = min(filter(None, (synced_at, page.synced_at)), default=None)
        self._readings.tell(faults)
        return Reading(found, synced_at, is_whole=not faults)

    async def _pages(self, query: HistoryQuery, window: Window, faults: list[FeedFault]) -> AsyncGenerator[Page[OrderReport], None]:
        """A window's pages up to the last that can be reached; whatever keeps the reading from being whole is added to `faults`."""
        cursor, seen = "", {""}
        while True:
            body = await self._ask(self._request(query, window, cursor))
            page = self._readings.whole(lambda answered: self._listed(query, answered, faults), body)
            cursor, trouble = next_cursor(page, seen, self.pages, full=self.full)
            if trouble:
                faults.append(FeedFault(trouble))
            yield page
            if not cursor:
                return
            seen.add(cursor)


def windows(query: HistoryQuery, now: float) -> list[Window]:
    """The query's span in windows of the venue's length, newest first, each overlapping the next by a second."""
    start = int(query.since.timestamp())
    until = None if query.until is None else math.ceil(query.until.timestamp())
    end = int(now) if until is None else until
    spans = [Window(max(end - _longest(query), start), until)]
    while earlier := _earlier(query, spans[-1]):
        spans.append(earlier)
    return spans


def next_cursor(page: Page[Row], seen: set[str], pages: int = PAGES, *, full: int = ROWS_A_PAGE) -> tuple[str, str]:
    """The cursor to go on with, empty at the end; and a sentence where what the venue gave cannot be followed."""
    told = page.cursor
    if told is msgspec.UNSET and len(page.rows) >= full:
        return "", f"the venue's record gave a full page of {len(page.rows)} rows and no cursor: the rest was not read"
    if told is None or told is msgspec.UNSET or told == "":
        return "", ""
    if not isinstance(told, str):
        return "", "the cursor of the venue's record is no text: the rest was not read"
    if len(told) > LONGEST_CURSOR:
        return "", f"the cursor of the venue's record has {len(told)} characters: the rest was not read"
    if told in seen:
        return "", "the venue's record gave the same cursor again: the rest was not read"
    if len(seen) >= pages:
        return "", f"the venue's record goes on after {pages} pages: the rest was not read"
    return told, ""


def _left_out(rows: int) -> str:
    return f"{'1 row' if rows == 1 else f'{rows:,} rows'} of the venue's record could not be read" if rows else ""


def each_once(reports: Iterable[OrderReport]) -> list[OrderReport]:
    """Windows overlap, and orders move between them: of one that came twice, the first, which is the newer window's."""
    found: dict[str, OrderReport] = {}
    for report in reports:
        found.setdefault(report.venue_order_id, report)
    return list(found.values())


def _earlier(query: HistoryQuery, window: Window) -> Window | None:
    """The window before this one, where the query reaches back so far."""
    start = int(query.since.timestamp())
    return _before(window, start, _longest(query)) if window.since > start else None


def _before(window: Window, start: int, longest: int) -> Window:
    end = window.since + 1
    return Window(max(end - longest, start), end)


def _longest(query: HistoryQuery) -> int:
    return LONGEST_TOUCHED if query.is_touched else LONGEST_CREATED


def _next_place(window: Window, further: str, earlier: Window | None) -> str:
    if further:
        return f"{window.since}:{'' if window.until is None else window.until}:{further}"
    return f"{earlier.since}:{earlier.until}:" if earlier else ""


def _place(cursor: str) -> tuple[Window, str]:
    since, _, rest = cursor.partition(":")
    until, colon, venues_cursor = rest.partition(":")
    if not since.isdecimal() or not (until.isdecimal() or not until) or not colon:
        raise UnreadableError(FOREIGN)
    return Window(int(since), int(until) if until else None), venues_cursor
