"""The B2B record of orders, asked by when they were placed, by status, matching and external user and nothing else (the guide's step 6).

There is no call for one order and none for what was changed. Both are found by reading the spans in which orders were placed: an order's
own, which is remembered from whatever told of it, else the whole reach, newest first. The record lags: what is not in it counts as not
there only when it was read whole and had kept up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from app.domain.errors import RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import FeedFault
from app.domain.order import History, HistoryPage, HistoryQuery, OrderReport
from app.domain.redact import beginning
from app.venues.call import Call
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.codec import read_orders
from app.venues.omnibus.memory import UNSURE, Memory, Span
from app.venues.prophetx.reading import Readings
from app.venues.record import Page, Reading, Record, Window, each_once, windows

BACK: Final = timedelta(days=1)  # what was placed within it is read whole whenever changes are asked for
REACH: Final = timedelta(weeks=8)  # how far back an order is looked for of which nothing is known
LATE: Final = timedelta(seconds=60)  # a not-found counts only in a record that had kept up so long after the order was placed
UNTOLD_LAG: Final = timedelta(seconds=600)  # how far a record that does not say how far it is may be behind
FRESH: Final = 30.0  # seconds for which a reading of the whole reach is good enough for the next order that is not in it
MOST_SPANS: Final = 100  # of older orders a reading of changes; the others have their turn in the next ones
APART: Final = ("canceled", "void", "wiped", "invalid")
"""The record has succeeded orders only: what a venue may list when it is asked for and not otherwise."""

UNKNOWN_WORD: Final = frozenset({400, 422})  # the refusals that say that the venue does not have a status by this name
OPEN: Final = "open"
EVER: Final = Window(0, None)  # asked for without a beginning
USUAL_ROWS: Final = 20  # a page where the parameter that asks for more does nothing: its name is not printed

BY_CHANGE: Final = "The B2B API lists orders by when they were placed, not by when they were last changed"


class _Sweep(msgspec.Struct, frozen=True):
    """A reading of a whole span; `at` is Unix seconds."""

    at: float
    kept_up: datetime
    is_whole: bool


class OrderRecord(Record):
    """Emulates what the API does not have. `note_placed` is told of every order that was answered."""

    pages: ClassVar[int] = 400
    full: ClassVar[int] = USUAL_ROWS

    def __init__(self, calls: Calls, ask: Callable[[Call], Awaitable[bytes]], wall: Callable[[], float], readings: Readings) -> None:
        super().__init__(ask, wall, readings)
        self._calls = calls
        self._memory = Memory()
        self._first_asked: dict[str, datetime] = {}
        self._swept: _Sweep | None = None
        self._untold: set[str] = set()
        self._turn = 0

    def note_placed(self, report: OrderReport) -> None:
        self._memory.see_placed(report, self._wall())

    async def orders(self, query: HistoryQuery) -> History:
        """The whole span; of what stands on the book all there is, however long ago it was placed.

        Where the venue does not say how far its record had kept up, the lag it warns of is reckoned with.
        """
        read = await (self._touched(query) if query.is_touched else self._with_apart(query))
        return msgspec.structs.replace(read, synced_at=read.synced_at or self._now() - UNTOLD_LAG)

    async def orders_page(self, query: HistoryQuery, cursor: str) -> HistoryPage:
        """RefusedError for what was changed in a span: no page of it could be told."""
        if query.is_touched:
            raise RefusedError(BY_CHANGE)
        page = await super().orders_page(query, cursor)
        self._memory.see(page.reports)
        return page

    async def order(self, order_id: str) -> OrderReport:
        """One order as the record has it.

        RefusedError (404) when it is not in it, read whole and kept up; UnreadableError when it could not be read whole; UnknownError
        when it may still turn up.
        """
        asked_at = self._first_asked.setdefault(order_id, self._now())
        span = self._memory.span(order_id)
        try:
            found = await (self._near(order_id, span) if span else self._anywhere(order_id))
        except RefusedError as problem:  # of the listing, which says nothing about the order
            raise UnknownError(f"The venue's record of orders is refused: {problem}") from problem
        if isinstance(found, OrderReport):
            self._first_asked.pop(order_id, None)
            return found
        raise _not_found(order_id, found, min(_moment(span.until), asked_at) if span else asked_at)

    # What changed

    async def _touched(self, query: HistoryQuery) -> History:
        """All that was placed in the span or a day before it, and older orders that lived when they were last seen.

        Of what is over only what changed in the span is told; what is not over does no harm.
        """
        lived, placed = self._memory.living, msgspec.structs.replace(query, since=query.since - BACK, is_touched=False)
        recent = await super().orders(placed)
        older = [await self._window(placed, Window(*span)) for span in self._spans_in_turn(int(placed.since.timestamp()))]
        reports = each_once([*recent.reports, *(report for reading in older for report in reading.reports)])
        synced = [at for at in (recent.synced_at, *(reading.synced_at for reading in older)) if at]
        is_whole = recent.is_whole and all(reading.is_whole for reading in older)
        told = [report for report in reports if report.venue_order_id in lived or _is_touched(report, query.since)]
        return History(told, min(synced, default=None), is_whole, recent.read_at)

    def _spans_in_turn(self, moment: int) -> list[Span]:
        spans = self._memory.living_before(moment)
        if len(spans) <= MOST_SPANS:
            return spans
        start = self._turn % len(spans)
        self._turn = start + MOST_SPANS
        return (spans + spans)[start : start + MOST_SPANS]

    # What is listed apart

    async def _with_apart(self, query: HistoryQuery) -> History:
        """Where no status is asked for, every one: an order that was refused or has ended is looked for as well."""
        read = await super().orders(query)
        if query.status:
            return read
        for status in self._apart():
            try:
                apart = await super().orders(msgspec.structs.replace(query, status=status))
            except RefusedError as problem:
                faults = self._untold_of(status, problem)
                self._readings.tell(faults)
                read = msgspec.structs.replace(read, is_whole=read.is_whole and not faults)
            else:
                read = _both(read, apart)
        return read

    def _apart(self) -> list[str]:
        return [status for status in APART if status not in self._untold]

    def _untold_of(self, status: str, problem: RefusedError) -> list[FeedFault]:
        """A status that the venue does not know is asked for once. Any other refusal leaves the reading not whole."""
        if problem.status in UNKNOWN_WORD:
            self._untold.add(status)
            return []
        return [FeedFault(f"the venue's record of orders that are {status} is refused: {problem}")]

    # One order

    async def _near(self, order_id: str, span: Span) -> OrderReport | _Sweep:
        """In the span in which it was placed."""
        query = HistoryQuery(_moment(span.since), _moment(span.until))
        return await self._swept_for(order_id, query, [Window(*span)])

    async def _anywhere(self, order_id: str) -> OrderReport | _Sweep:
        """In all that may be asked, the newest first; what was read on the way is remembered."""
        if self._swept and self._wall() - self._swept.at < FRESH:
            return self._swept
        query = HistoryQuery(self._now() - REACH)
        found = await self._swept_for(order_id, query, windows(query, self._wall()))
        self._swept = found if isinstance(found, _Sweep) else self._swept
        return found

    async def _swept_for(self, order_id: str, query: HistoryQuery, spans: Sequence[Window]) -> OrderReport | _Sweep:
        at, faults, synced = self._wall(), list[FeedFault](), list[datetime]()
        for status in ("", *self._apart()):
            found = await self._looked_for(order_id, msgspec.structs.replace(query, status=status), spans, faults, synced)
            if found:
                return found
        self._readings.tell(faults)
        return _Sweep(at, min(synced, default=_moment(at) - UNTOLD_LAG), is_whole=not faults)

    async def _looked_for(
        self, order_id: str, query: HistoryQuery, spans: Sequence[Window], faults: list[FeedFault], synced: list[datetime]
    ) -> OrderReport | None:
        """Page by page, no further than to the order."""
        try:
            for window in spans:
                async with aclosing(self._pages(query, window, faults)) as pages:
                    async for page in pages:
                        self._memory.see(page.rows, self._closed(window))
                        synced += [page.synced_at] if page.synced_at else []
                        for report in page.rows:
                            if report.venue_order_id == order_id:
                                return report
        except RefusedError as problem:
            if not query.status:
                raise
            faults += self._untold_of(query.status, problem)
        return None

    # Asking and reading

    def _windows(self, query: HistoryQuery) -> tuple[list[Window], bool]:
        """What stands on the book may be of any age."""
        return ([EVER], True) if query.status == OPEN and query.until is None else super()._windows(query)

    async def _window(self, query: HistoryQuery, window: Window) -> Reading:
        reading = await super()._window(query, window)
        self._memory.see(reading.reports, self._closed(window))
        return reading

    def _request(self, query: HistoryQuery, window: Window, cursor: str) -> Call:
        return self._calls.orders(query, window.since, window.until, cursor)

    def _listed(self, _query: HistoryQuery, body: bytes, faults: list[FeedFault]) -> Page[OrderReport]:
        return read_orders(body, faults)

    def _meant(self, query: HistoryQuery, rows: tuple[OrderReport, ...]) -> tuple[OrderReport, ...]:
        """No filter by event is documented; and what the parameters of the others are called is not printed: one may do nothing."""
        return tuple(report for report in rows if _fits(query, report))

    def _closed(self, window: Window) -> Span:
        now = self._wall()
        earliest = int(now - REACH.total_seconds()) if window == EVER else window.since
        return Span(earliest, int(now) + UNSURE if window.until is None else window.until)

    def _now(self) -> datetime:
        return _moment(self._wall())


def _both(read: History, apart: History) -> History:
    """Of an order that is in both, the one that was read later: it has ended meanwhile."""
    return History(
        each_once([*apart.reports, *read.reports]),
        min(filter(None, (read.synced_at, apart.synced_at)), default=None),
        read.is_whole and apart.is_whole,
        read.read_at,
    )


def _fits(query: HistoryQuery, report: OrderReport) -> bool:
    """A row that does not tell is passed on as it is: for whom it is, whoever asked must not believe from the asking alone."""
    status = report.status.replace("cancelled", "canceled")
    asked = ((query.user, report.user), (query.status, status), (query.matching, report.matching))
    return query.event_id in {None, report.event_id} and all(told in {"", wanted} for wanted, told in asked if wanted)


def _is_touched(report: OrderReport, since: datetime) -> bool:
    """Where the venue gives no time of the change, that of the placing."""
    at = report.updated_at or report.placed_at
    return not report.is_over or (at is not None and at >= since)


def _not_found(order_id: str, sweep: _Sweep, placed_at: datetime) -> VenueError:
    if not sweep.is_whole:
        return UnreadableError(f"The venue's record could not be read whole where order {beginning(order_id)} would stand")
    if sweep.kept_up <= placed_at + LATE:
        return UnknownError(
            f"The venue's record had kept up to {sweep.kept_up:%H:%M:%S} UTC only and does not have order {beginning(order_id)} yet"
        )
    return RefusedError(f"The venue's record has no order {beginning(order_id)}", code="data_not_found", status=404)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
