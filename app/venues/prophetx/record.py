"""The Trading API's record of orders, trades and money, in its own words; how it is walked is every venue's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from app.domain.account import TradesPage, TransactionsPage
from app.domain.events import FeedFault
from app.domain.order import HistoryQuery, OrderReport
from app.venues.call import Call
from app.venues.prophetx import codec, listings
from app.venues.prophetx.calls import Calls
from app.venues.prophetx.reading import Readings
from app.venues.record import Page, Window
from app.venues.record import Record as Walked


class Record(Walked):
    """Orders by when they were placed or last changed, trades by when they matched, and the statement."""

    def __init__(self, calls: Calls, ask: Callable[[Call], Awaitable[bytes]], wall: Callable[[], float], readings: Readings) -> None:
        super().__init__(ask, wall, readings)
        self._calls = calls

    async def trades(self, since: datetime, cursor: str) -> TradesPage:
        """By the time of the match."""
        query = HistoryQuery(since)
        page = await self._page(
            query, cursor, lambda window, further: self._calls.trades(bounds(query, window), further), listings.read_trades
        )
        return TradesPage(page.rows, page.cursor, page.synced_at, page.trouble)

    async def transactions(self, kind: str, cursor: str) -> TransactionsPage:
        page = await self._read(self._calls.transactions(kind, cursor), listings.read_transactions, cursor)
        return TransactionsPage(page.rows, page.cursor, page.synced_at, page.trouble)

    def _request(self, query: HistoryQuery, window: Window, cursor: str) -> Call:
        return self._calls.history(bounds(query, window), cursor)

    def _listed(self, _query: HistoryQuery, body: bytes, faults: list[FeedFault]) -> Page[OrderReport]:
        return codec.read_history(body, faults)


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
