"""The venue's record of orders, trades and money: asked for window by window and page by page, as much as it answers at a time."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

from app.domain.account import TradesPage, TransactionsPage
from app.domain.errors import UnreadableError
from app.domain.events import FeedFault
from app.domain.order import History, HistoryPage, HistoryQuery, OrderReport
from app.venues.prophetx import codec, listings
from app.venues.prophetx.calls import ROWS_A_PAGE, Call, Calls
from app.venues.prophetx.codec import Page
from app.venues.prophetx.reading import Readings

DAY = 86_400
SLACK = 60  # seconds left of each limit: the venue reckons an open window up to its own now
LONGEST_CREATED = 7 * DAY - SLACK  # contract 5.3
LONGEST_TOUCHED = 2 * DAY - SLACK
PAGES = 50  # of a window at most: a cursor that never ends is the venue's fault, not a reason to loop
MOST_WINDOWS = 110  # two years by creation
MOST_REQUESTS = 12  # for one page that somebody waits for: what lies behind so many empty ones is gone on with at their word
LONGEST_CURSOR = 1024  # characters
FOREIGN = "This place in the record is not one that was given"


Row = TypeVar("Row")
Bounds = Mapping[str, str]


class Window(NamedTuple):
    """Unix seconds, both ends included; without an end it reaches up to now."""

    since: int
    until: int | None


class Told(msgspec.Struct, Generic[Row], frozen=True):
    """A page with the cursor that goes on after it, empty at the end."""

    rows: tuple[Row, ...]
    cursor: str
    synced_at: datetime | None


class Reading(NamedTuple):
    """What one window held."""

    reports: list[OrderReport]
    synced_at: datetime | None
    is_whole: bool


class Record:
    """Asks with `ask`; what cannot be read of a page is told and left out."""

    def __init__(
        self,
        calls: Calls,
        ask: Callable[[Call], Awaitable[bytes]],
        wall: Callable[[], float],
        readings: Readings,
    ) -> None:
        self._calls = calls
        self._ask = ask
        self._wall = wall
        self._readings = readings

    async def orders(self, query: HistoryQuery) -> History:
        """The whole span, newest first. What was touched is read oldest window first, because an order moves to a newer one meanwhile."""
        spans, is_all = self._windows(query)
        in_turn = list(reversed(spans)) if query.is_touched else spans
        readings = [await self._window(query, span) for span in in_turn]
        newest_first = list(reversed(readings)) if query.is_touched else readings
        return History(
            _each_once(newest_first),
            min((reading.synced_at for reading in readings if reading.synced_at), default=None),
            is_whole=is_all and all(reading.is_whole for reading in readings),
        )

    async def orders_page(self, query: HistoryQuery, cursor: str) -> HistoryPage:
        page = await self._page(query, cursor, self._calls.history_page, codec.read_history)
        return HistoryPage(page.rows, page.cursor, page.synced_at)

    async def trades(self, since: datetime, cursor: str) -> TradesPage:
        """By the time of the match."""
        page = await self._page(HistoryQuery(since), cursor, self._calls.trades, listings.read_trades)
        return TradesPage(page.rows, page.cursor, page.synced_at)

    async def transactions(self, kind: str, cursor: str) -> TransactionsPage:
        page = await self._read(self._calls.transactions(kind, cursor), listings.read_transactions, cursor)
        return TransactionsPage(page.rows, page.cursor, page.synced_at)

    async def _page(
        self, query: HistoryQuery, cursor: str, call: Callable[[Bounds, str], Call], read: Callable[[bytes, list[FeedFault]], Page[Row]]
    ) -> Told[Row]:
        """The next page that holds anything, or an empty one to go on from after so many requests.

        The cursor given back names the window, so that it may be followed at any time.
        """
        told: Told[Row] = Told((), cursor, None)
        for _ in range(MOST_REQUESTS):
            window, further = _place(cursor) if cursor else (windows(query, self._wall())[0], "")
            told = await self._read(call(bounds(query, window), further), read, further)
            cursor = _next_place(window, told.cursor, _earlier(query, window))
            if told.rows or not cursor:
                break
        return Told(told.rows, cursor, told.synced_at)

    async def _read(self, call: Call, read: Callable[[bytes, list[FeedFault]], Page[Row]], asked: str) -> Told[Row]:
        page = self._readings.rows(read, await self._ask(call))
        cursor, trouble = next_cursor(page, {asked})
        self._readings.tell([FeedFault(trouble)] if trouble else [])
        return Told(page.rows, cursor, page.synced_at)

    def _windows(self, query: HistoryQuery) -> tuple[list[Window], bool]:
        spans = windows(query, self._wall())
        return spans[:MOST_WINDOWS], len(spans) <= MOST_WINDOWS

    async def _window(self, query: HistoryQuery, window: Window) -> Reading:
        found: list[OrderReport] = []
        faults: list[FeedFault] = []
        synced_at: datetime | None = None
        cursor, seen = "", {""}
        while True:
            body = await self._ask(self._calls.history(bounds(query, window), cursor))
            page = self._readings.whole(lambda answered: codec.read_history(answered, faults), body)
            found += page.rows
            synced_at = min(filter(None, (synced_at, page.synced_at)), default=None)
            cursor, trouble = next_cursor(page, seen)
            if trouble:
                faults.append(FeedFault(trouble))
            if not cursor:
                self._readings.tell(faults)
                return Reading(found, synced_at, is_whole=not faults)
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


def bounds(query: HistoryQuery, window: Window) -> dict[str, str]:
    """The parameters that ask for one window of a query."""
    prefix = "updated_at_" if query.is_touched else ""
    asked: dict[str, int | str | None] = {
        f"{prefix}from": window.since,
        f"{prefix}to": window.until,
        "status": query.status or None,
        "matching_status": query.matching or None,
        "event_id": query.event_id,
    }
    return {name: str(value) for name, value in asked.items() if value is not None}


def next_cursor(page: Page[Row], seen: set[str]) -> tuple[str, str]:
    """The cursor to go on with, empty at the end; and a sentence where what the venue gave cannot be followed."""
    told = page.cursor
    if told is msgspec.UNSET and len(page.rows) >= ROWS_A_PAGE:
        return "", f"the venue's record gave a full page of {len(page.rows)} rows and no cursor: the rest was not read"
    if told is None or told is msgspec.UNSET or told == "":
        return "", ""
    if not isinstance(told, str):
        return "", "the cursor of the venue's record is no text: the rest was not read"
    if len(told) > LONGEST_CURSOR:
        return "", f"the cursor of the venue's record has {len(told)} characters: the rest was not read"
    if told in seen:
        return "", "the venue's record gave the same cursor again: the rest was not read"
    if len(seen) >= PAGES:
        return "", f"the venue's record goes on after {PAGES} pages: the rest was not read"
    return told, ""


def _each_once(readings: list[Reading]) -> list[OrderReport]:
    """Windows overlap, and orders move between them: of one that came twice, the newer window's."""
    found: dict[str, OrderReport] = {}
    for report in (report for reading in readings for report in reading.reports):
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
