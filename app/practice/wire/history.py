"""The calls that read back what an account did: orders, history, matched details, trades, statement, balance (contract 1.4, 1.5)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import Fill, Matching, Order, OrderStatus, RefusalError
from app.practice.wire.bodies import Call, query_id, query_ids, query_limit, query_word, read_id
from app.practice.wire.names import (
    BALANCE_WORDS,
    TRADE_WORDS,
    TRANSACTION_WORDS,
    Document,
    Vocabulary,
    frame_word,
    spell,
    spell_order,
    spell_trade,
)
from app.practice.wire.pages import page_below, within
from app.practice.wire.shapes import dollars, iso_ns, order_record, trade_document, transaction_document

DAY = 86_400
"""Seconds: the unit of the date parameters."""

LONGEST_CREATED = 7 * DAY
LONGEST_UPDATED = 2 * DAY
USUAL_ROWS = 20
MOST_ROWS = 100
MOST_OLD_ROWS = 1000
"""What the older clients ask for, and what a statement may have."""

MOST_DETAILS = 100

Row = TypeVar("Row")


class History:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def balance(self, call: Call) -> Document:
        balance = self._exchange.balance(call.user_id)
        document: Document = {
            "balance": dollars(balance.balance),
            "gec_balance": 0,
            "matched_order_balance": dollars(balance.matched),
            "unmatched_order_balance": dollars(balance.unmatched),
            "unmatched_order_balance_status": "succeed",
            "unmatched_order_last_synced_at": iso_ns(balance.synced_at),
        }
        return {"data": spell(document, BALANCE_WORDS, call.vocabulary)}

    def order(self, call: Call) -> Document:
        order = self._known_order(call, call.path["id"])
        return {"data": spell_order(order_record(order), call.vocabulary), "last_synced_at": iso_ns(call.now)}

    def orders(self, call: Call) -> Document:
        """The order history, newest first. At least one bound of one of the two date ranges is required."""
        wanted = _order_filter(call)
        rows, cursor = _page(call, self._exchange.orders(call.user_id), wanted, most=_most_rows(call))
        shown = [spell_order(order_record(order), call.vocabulary) for order in rows]
        data = {frame_word("orders", call.vocabulary): shown, "next_cursor": cursor}
        return {"data": data, "last_synced_at": iso_ns(call.now)}

    def matched_details(self, call: Call) -> Document:
        """The fills of `order_id` or of `order_ids`, at most 100 of them (`wager_id(s)` on the legacy paths)."""
        word = "wager_id" if call.vocabulary is Vocabulary.LEGACY else "order_id"
        if word in call.query:
            orders = [self._known_order(call, call.query[word])]
        else:
            ids = query_ids(call.query, f"{word}s", "invalid_order_id")
            if len(ids) > MOST_DETAILS:
                raise RefusalError("order_limit_exceeded")
            known = (self._exchange.order(call.user_id, each) for each in ids)
            orders = [order for order in known if order is not None]
        rows = [spell_trade(trade_document(order, fill), call.vocabulary) for order in orders for fill in order.fills]
        return {"data": {"matching_details": rows}, "last_synced_at": iso_ns(call.now)}

    def trades(self, call: Call) -> Document:
        wanted = _trade_filter(call)
        rows, cursor = _page(call, self._exchange.fills(call.user_id), wanted, most=_most_rows(call))
        shown = [spell_trade(self._trade(call, fill), call.vocabulary) for fill in rows]
        data = {frame_word("trades", call.vocabulary): shown, "next_cursor": cursor}
        return {"data": data, "last_synced_at": iso_ns(call.now)}

    def transactions(self, call: Call) -> Document:
        words = TRANSACTION_WORDS if call.vocabulary is Vocabulary.LEGACY else {}
        kind = call.query.get("transaction_type", "").upper()
        rows, cursor = _page(
            call,
            self._exchange.transactions(call.user_id),
            lambda row: kind in ("", row.kind, words.get(row.kind)),
            most=MOST_OLD_ROWS,
        )
        shown: list[Document] = [transaction_document(row) for row in rows]
        for document in shown:
            document["transaction_type"] = words.get(document["transaction_type"], document["transaction_type"])
        spelt = [spell(document, TRADE_WORDS, call.vocabulary) for document in shown]
        return {"data": {"transactions": spelt, "next_cursor": cursor}, "last_synced_at": iso_ns(call.now)}

    def _known_order(self, call: Call, order_id: str) -> Order:
        order = self._exchange.order(call.user_id, order_id)
        if order is None:
            raise RefusalError("data_not_found")
        return order

    def _trade(self, call: Call, fill: Fill) -> Document:
        return trade_document(self._known_order(call, fill.order_id), fill)


def _most_rows(call: Call) -> int:
    return MOST_OLD_ROWS if call.vocabulary is Vocabulary.LEGACY else MOST_ROWS


# Filters


def _order_filter(call: Call) -> Callable[[Order], bool]:
    created, updated = _range(call, "", LONGEST_CREATED), _range(call, "updated_at_", LONGEST_UPDATED)
    if created is None and updated is None:
        raise RefusalError("missing_date_range")
    status = query_word(call.query, "status", [each.value for each in OrderStatus])
    matching = query_word(call.query, "matching_status", [each.value for each in Matching])
    event_id = query_id(call.query, "event_id", "invalid_event_id")
    market_id = query_id(call.query, "market_id", "invalid_market_id")

    def wanted(order: Order) -> bool:
        return (
            within(order.created_at, created)
            and within(order.updated_at, updated)
            and status in ("", order.status.value)
            and matching in ("", order.matching.value)
            and event_id in (None, order.event_id)
            and market_id in (None, order.market_id)
        )

    return wanted


def _trade_filter(call: Call) -> Callable[[Fill], bool]:
    matched = _range(call, "", LONGEST_CREATED)
    word = "wager_id" if call.vocabulary is Vocabulary.LEGACY else "order_id"
    order_id = call.query.get(word, "")
    return lambda fill: within(fill.matched_at, matched) and order_id in ("", fill.order_id)


def _range(call: Call, prefix: str, longest: int) -> tuple[int, int] | None:
    """`{prefix}from` and `{prefix}to` in Unix seconds, one filled in from the other; None when neither is given."""
    first = query_id(call.query, f"{prefix}from", f"invalid_{prefix}from")
    last = query_id(call.query, f"{prefix}to", f"invalid_{prefix}to")
    if first is None and last is None:
        return None
    if last is None:
        last = max(call.now // SECOND, first or 0)
    if first is None:
        first = last - longest
    if first > last:
        raise RefusalError("from_date_greater_than_to_date")
    if last - first > longest:
        raise RefusalError("invalid_updated_at_range" if prefix else "invalid_from_to_range")
    return first, last


# Pages


def _page(call: Call, rows: Sequence[Row], wanted: Callable[[Row], bool], *, most: int) -> tuple[list[Row], str]:
    limit = query_limit(call.query, USUAL_ROWS, most)
    position = _read_cursor(call.query.get("next_cursor", ""), len(rows))
    page, below = page_below(rows, position, wanted, limit)
    return page, _write_cursor(below) if below else ""


def _write_cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"below:{position}".encode()).decode()


def _read_cursor(cursor: str, count: int) -> int:
    if not cursor:
        return count
    try:
        word, _, position = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise RefusalError("invalid_cursor") from error
    place = read_id(position, "invalid_cursor")
    if word != "below" or not 0 < place <= count:
        raise RefusalError("invalid_cursor")
    return place
