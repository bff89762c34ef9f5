"""The account's history as the venue has it: its trades and transactions, read page by page while a person looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.account import Trade, Transaction
from app.domain.money import ZERO
from app.services.blotter import Blotter
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
    """Both lists, and the names of what their rows are about. The record of orders is a page of its own: `services.order_record`."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, *, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self.trades = Sheet[Trade, datetime](self._trades, lambda row: row.id, now)
        self.transactions = Sheet[Transaction, str](self._transactions, lambda row: row.id, now)
        self.kinds: list[str] = list(KINDS)

    def names_of(self, venue_order_id: str) -> Names:
        order = self._blotter.by_venue_id(venue_order_id)
        return Names(order.draft.event_name, order.draft.market_name, order.draft.selection_name) if order else Names()

    async def _trades(self, since: datetime, cursor: str) -> Page[Trade]:
        page = await self._venue.trades(since, cursor)
        return Page(page.rows, page.next_cursor, page.synced_at, page.trouble)

    async def _transactions(self, kind: str, cursor: str) -> Page[Transaction]:
        page = await self._venue.transactions(kind, cursor)
        self.kinds += sorted({row.kind for row in page.rows} - {"", *self.kinds})
        return Page(page.rows, page.next_cursor, page.synced_at, page.trouble)


# Sums of what has been read


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


def brought(trade: Trade) -> Decimal | None:
    """What a trade brought once its result is in; None before, or where the venue left the amount out."""
    if trade.winning in _WON:
        return trade.profit
    if trade.winning in _LOST:
        return -trade.stake if trade.stake is not None else None
    return ZERO if trade.winning in _BACK else None
