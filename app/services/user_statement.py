"""One user's orders as the venue's record has them, by its own filter: read page by page, whole or as far as it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from app.domain.errors import VenueError
from app.domain.order import HistoryPage, HistoryQuery, Order, OrderReport, from_report
from app.services.blotter import Blotter, Names
from app.services.cancels import counted
from app.services.paging import Gaps
from app.services.ports import Now, Signal, TradingVenue

LOOKED_BACK = timedelta(days=30)  # for orders placed elsewhere: what is older is settled, or stands in a statement
MOST_PAGES = 2000  # 200,000 orders: a record that never ends is told, not read for ever


class Progress(msgspec.Struct, frozen=True):
    """How far a reading is. `rows` are the user's, `foreign` ones another's, of `nameless` ones it is not known whose they are: these two
    are left out. `reached` is the time of the oldest row of any kind so far.
    """

    pages: int = 0
    rows: int = 0
    foreign: int = 0
    nameless: int = 0
    reached: datetime | None = None
    synced_at: datetime | None = None
    gaps: Gaps = Gaps()


class UserStatement(msgspec.Struct, frozen=True):
    """A user's orders that were placed from `since` to `until`, the oldest first, as the record had them at `read_at`.

    `synced_at` is how far the venue says that its record had kept up, None where it does not say. `trouble` says why it is not whole; what
    was read until then is in it all the same.
    """

    user_id: str
    since: datetime
    until: datetime
    orders: tuple[Order, ...]
    read_at: datetime
    progress: Progress
    trouble: str = ""

    @property
    def synced_at(self) -> datetime | None:
        return self.progress.synced_at


class Adopted(msgspec.Struct, frozen=True):
    """What came of reading a user's orders onto the blotter, as a sentence; not `is_whole`: some of them may be missing. Of `nameless`
    orders the record names no user, and nor does anything here. `reach` says what was looked at, and how new it is; empty for nothing.
    """

    words: str
    nameless: int = 0
    is_whole: bool = True
    reach: str = ""


class UserRecord:
    """Reads one user's record at a time. `changed` tells of every page, of the end and of a failure, `renamed` of names found later."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, names: Names, *, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._names = lru_cache(maxsize=1024)(names)
        self._now = now
        self._is_wanted = True
        self.reading = ""  # whose record is being read
        self.progress = Progress()
        self.statement: UserStatement | None = None
        self.changed = Signal()
        self.renamed = Signal()

    def stop(self) -> None:
        """Read no further page; what was read until now stays."""
        self._is_wanted = False

    async def read(self, user_id: str, since: datetime, until: datetime) -> UserStatement | None:
        """The statement of a period; None where another one is being read.

        Orders of it that stand open, or are on the blotter, are told to the blotter; settled ones of long ago are not put there.
        """
        rows: list[OrderReport] = []

        def take(report: OrderReport) -> None:
            rows.append(report)
            self._tell(report)

        query = HistoryQuery(since, None if until >= self._now() else until, user=user_id)
        trouble = await self._pages(user_id, query, take)
        if trouble is None:
            return None
        self._names.cache_clear()
        orders = sorted(map(self._order, rows), key=lambda order: (order.placed_at, order.venue_order_id))
        self.statement = UserStatement(user_id, since, until, tuple(orders), self._now(), self.progress, trouble)
        self.changed()
        return self.statement

    def name_again(self) -> None:
        """Fill in the names of rows whose markets had not been read when the statement was."""
        statement = self.statement
        if statement is None or all(order.draft.selection_name for order in statement.orders):
            return
        self._names.cache_clear()
        orders = tuple(order if order.draft.selection_name else self._named(order) for order in statement.orders)
        if orders != statement.orders:
            self.statement = msgspec.structs.replace(statement, orders=orders)
            self.renamed()

    async def adopt(self, user_id: str, status: str = "") -> Adopted:
        """Take the user's orders of the last 30 days (of one status where it is named) onto the blotter, wherever they were placed.

        What was over before it was ever seen here stays out, as in a statement.
        """
        known = len(self._blotter.orders)
        query = HistoryQuery(self._now() - LOOKED_BACK, status=status, user=user_id)
        trouble = await self._pages(user_id, query, self._tell)
        if trouble is None:
            return Adopted(f"The record of {self.reading} is being read: wait for its end or stop it", is_whole=False)
        nameless, reach = self.progress.nameless, self._reach()
        if trouble:
            return Adopted(trouble, nameless, is_whole=False, reach=reach)
        new = len(self._blotter.orders) - known
        words = f"the venue's record of the last 30 days has {counted(self.progress.rows)}, {new:,} of them new here"
        left_out = f"; {counted(nameless)} of which it names no user {_is(nameless)} left out" if nameless else ""
        return Adopted(f"{words}{left_out}", nameless, reach=reach)

    def _reach(self) -> str:
        if not self.progress.pages:
            return ""
        synced_at = self.progress.synced_at
        as_of = f" as of {synced_at.astimezone():%H:%M:%S}" if synced_at else ", which does not say as of when"
        return f"by the venue's record{as_of}, the last {LOOKED_BACK.days} days"

    def _tell(self, report: OrderReport) -> None:
        if not report.is_over or self._blotter.knows(report):
            self._blotter.apply(report, "history")

    def _user_of(self, report: OrderReport) -> str:
        """For whom a row is, by what is known here before what it says itself; empty where neither tells."""
        known = self._blotter.spoken_of(report)
        return (known.draft.external_user if known else "") or report.user

    async def _pages(self, user_id: str, query: HistoryQuery, take: Callable[[OrderReport], object]) -> str | None:
        """Every page of a query; why it did not come to the end, empty when it did. None: another reading is under way."""
        if self.reading:
            return None
        self.reading, self.progress, self._is_wanted = user_id, Progress(), True
        self.changed()
        try:
            ended = await self._read_on(user_id, query, take)
            return _sentence(filter(None, (ended, self.progress.gaps.words)))
        finally:
            self.reading = ""
            self.changed()

    async def _read_on(self, user_id: str, query: HistoryQuery, take: Callable[[OrderReport], object]) -> str:
        cursor, seen, ids = "", {""}, set[str]()
        while self.progress.pages < MOST_PAGES:
            try:
                page = await self._venue.history_page(query, cursor)
            except VenueError as problem:
                return f"It could not be read to the end: {problem}{self._where()}"
            self._take_page(user_id, page, take, ids)
            cursor = page.next_cursor
            if cursor in seen:
                return "" if not cursor else f"The venue gave the same page again{self._where()}"
            seen.add(cursor)
            if not self._is_wanted:
                return f"It was stopped{self._where()}"
            await asyncio.sleep(0)
        return f"There is more than is ever read{self._where()}"

    def _take_page(self, user_id: str, page: HistoryPage, take: Callable[[OrderReport], object], ids: set[str]) -> None:
        """Rows may shift from page to page while new ones come; one of another user, or of nobody, is never taken for this one's."""
        fresh = [row for row in page.reports if not row.venue_order_id or row.venue_order_id not in ids]
        ids.update(row.venue_order_id for row in fresh)
        users = [self._user_of(row) for row in fresh]
        own = [row for row, user in zip(fresh, users, strict=True) if user == user_id]
        for report in own:
            take(report)
        known, nameless = self.progress, users.count("")
        times = [row.placed_at for row in fresh if row.placed_at] + ([known.reached] if known.reached else [])
        self.progress = Progress(
            known.pages + 1,
            known.rows + len(own),
            known.foreign + len(fresh) - len(own) - nameless,
            known.nameless + nameless,
            min(times, default=None),
            known.synced_at or page.synced_at,
            known.gaps.and_of(page.trouble),
        )
        self.changed()

    def _where(self) -> str:
        """How far it went, at the end of a sentence."""
        reached, rows = self.progress.reached, counted(self.progress.rows)
        if reached is None:
            return ", and nothing was read" if not self.progress.rows else f" after {rows}"
        return f" after {rows}, back to {reached.astimezone().strftime('%d %b %Y %H:%M:%S')}"

    def _order(self, report: OrderReport) -> Order:
        """What the blotter knows of it, which has the names and the prices of its matches; else what the record alone says."""
        known = self._blotter.by_venue_id(report.venue_order_id) if report.venue_order_id else None
        if known is not None:
            return known
        return self._named(from_report(report, self._now()))

    def _named(self, order: Order) -> Order:
        event, market, selection = self._names(order.draft.market, order.draft.selection_id)
        draft = msgspec.structs.replace(order.draft, event_name=event, market_name=market, selection_name=selection)
        return msgspec.structs.replace(order, draft=draft)


def _sentence(parts: Iterable[str]) -> str:
    joined = "; ".join(parts)
    return joined[:1].upper() + joined[1:]


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
