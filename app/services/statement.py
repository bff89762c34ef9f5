"""The account's history as the venue has it: its orders, trades and transactions, read page by page while a person looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.account import Trade, Transaction
from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.order import HistoryQuery, OrderReport
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.paging import Page, Sheet
from app.services.ports import Now, TradingVenue

KINDS = (  # of transactions, in the venue's own words (contract 1.5); others are added as they are seen
    "TRADE", "PAY", "REFUND", "VOID", "PUSH", "CANCEL", "DEPOSIT", "WITHDRAW", "COMMISSION", "ADJUSTMENT_INCREASE", "ADJUSTMENT_REDUCE",
)  # fmt: skip

_WON = frozenset({"profit", "won", "manually_won"})
_LOST = frozenset({"loss", "lost", "manually_lost"})
_BACK = frozenset({"no_result", "draw", "push"})

class Names(msgspec.Struct, frozen=True):
    """What an order is on, in words; empty where nothing that was read tells it."""

    event: str = ""
    market: str = ""
    selection: str = ""


class Statement:
    """The three lists, and the names of what their rows are about."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, catalogue: Catalogue, *, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._catalogue = catalogue
        self.orders = Sheet[OrderReport, HistoryQuery](self._orders, lambda row: row.venue_order_id, now)
        self.trades = Sheet[Trade, datetime](self._trades, lambda row: row.id, now)
        self.transactions = Sheet[Transaction, str](self._transactions, lambda row: row.id, now)
        self.kinds: list[str] = list(KINDS)
        self._names: dict[str, Names] = {}
        self._guesses: dict[str, Names] = {}
        for changed in (blotter.changed, catalogue.changed, catalogue.markets_changed):
            changed.connect(self._guesses.clear)

    def names(self, report: OrderReport) -> Names:
        """What an order of the venue's record is on: from the blotter, else from what was read of its event.

        Looked up once, as tables ask for it at each paint; what is not known in full is looked up again after anything was read.
        """
        order_id = report.venue_order_id
        if not order_id:
            return self._look_up(report)
        names = self._names.get(order_id) or self._guesses.get(order_id)
        if names is None:
            names = self._look_up(report)
            (self._names if names.event and names.market and names.selection else self._guesses)[order_id] = names
        return names

    def _look_up(self, report: OrderReport) -> Names:
        known = self.names_of(report.venue_order_id)
        read = Names(*self._catalogue.names(MarketKey(report.event_id, report.market_id, report.strike), report.selection_id))
        return Names(known.event or read.event, known.market or read.market, known.selection or read.selection)

    def names_of(self, venue_order_id: str) -> Names:
        order = self._blotter.by_venue_id(venue_order_id)
        return Names(order.draft.event_name, order.draft.market_name, order.draft.selection_name) if order else Names()

    async def _orders(self, wish: HistoryQuery, cursor: str) -> Page[OrderReport]:
        page = await self._venue.history_page(wish, cursor)
        return page.reports, page.next_cursor, page.synced_at

    async def _trades(self, since: datetime, cursor: str) -> Page[Trade]:
        page = await self._venue.trades(since, cursor)
        return page.rows, page.next_cursor, page.synced_at

    async def _transactions(self, kind: str, cursor: str) -> Page[Transaction]:
        page = await self._venue.transactions(kind, cursor)
        self.kinds += sorted({row.kind for row in page.rows} - {"", *self.kinds})
        return page.rows, page.next_cursor, page.synced_at


# Sums of what has been read


class OrderSums(msgspec.Struct, frozen=True):
    stake: Decimal = ZERO
    filled: Decimal = ZERO


class TradeSums(msgspec.Struct, frozen=True):
    """`realised` is what the settled ones brought, by the venue's own result; `unread` counts rows with an amount missing."""

    stake: Decimal = ZERO
    profit: Decimal = ZERO
    realised: Decimal = ZERO
    unread: int = 0


class MoneySums(msgspec.Struct, frozen=True):
    """What came in, what went out (below zero), and how many rows have no amount that could be read."""

    came: Decimal = ZERO
    went: Decimal = ZERO
    unread: int = 0


def sum_orders(rows: Iterable[OrderReport]) -> OrderSums:
    found = list(rows)
    return OrderSums(sum((asked(row) or ZERO for row in found), ZERO), sum((row.filled or ZERO for row in found), ZERO))


def sum_trades(rows: Iterable[Trade]) -> TradeSums:
    found = list(rows)
    return TradeSums(
        sum((row.stake or ZERO for row in found), ZERO),
        sum((row.profit or ZERO for row in found), ZERO),
        sum((brought(row) or ZERO for row in found), ZERO),
        sum(row.stake is None or row.profit is None for row in found),
    )


def sum_transactions(rows: Iterable[Transaction]) -> MoneySums:
    amounts = [row.amount for row in rows]
    told = [amount for amount in amounts if amount is not None]
    came = sum((amount for amount in told if amount > 0), ZERO)
    return MoneySums(came, sum((amount for amount in told if amount < 0), ZERO), len(amounts) - len(told))


def asked(report: OrderReport) -> Decimal | None:
    """The stake that was asked for, as far as the venue's record tells."""
    return report.original if report.original is not None else report.quantity


def brought(trade: Trade) -> Decimal | None:
    """What a trade brought once its result is in; None before, or where the venue left the amount out."""
    if trade.winning in _WON:
        return trade.profit
    if trade.winning in _LOST:
        return -trade.stake if trade.stake is not None else None
    return ZERO if trade.winning in _BACK else None
