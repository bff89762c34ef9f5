"""The calls that place and cancel orders, one or twenty at a time (contract 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.practice.engine import STRATEGIES
from app.practice.exchange import Exchange
from app.practice.model import NewOrder, Order, RefusalError
from app.practice.wire.bodies import Call, read_cents, read_id, read_text, read_whole
from app.practice.wire.errors import refusal_body
from app.practice.wire.names import Document, Vocabulary, frame_word, read_word, spell_order
from app.practice.wire.shapes import order_document

MOST_IN_BATCH = 20


class Orders:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def submit(self, call: Call) -> Document:
        order = self._exchange.submit(call.user_id, read_order(call.fields(), call.vocabulary))
        return _one(order, call.vocabulary)

    def submit_many(self, call: Call) -> Document:
        """Row by row; HTTP 200 whatever became of the rows."""
        return self._each_row(call, self._submit_row)

    def cancel(self, call: Call) -> Document:
        return _one(self._cancel_row(call, call.fields()), call.vocabulary)

    def cancel_many(self, call: Call) -> Document:
        return self._each_row(call, self._cancel_row)

    def cancel_all(self, call: Call) -> Document:
        return _several(self._exchange.cancel_where(call.user_id), call.vocabulary)

    def cancel_by_event(self, call: Call) -> Document:
        event_id = read_id(call.fields().get("event_id"), "invalid_event_id")
        return _several(self._exchange.cancel_where(call.user_id, event_id=event_id), call.vocabulary)

    def cancel_by_market(self, call: Call) -> Document:
        fields = call.fields()
        event_id = read_id(fields.get("event_id"), "invalid_event_id")
        market_id = read_id(fields.get("market_id"), "invalid_market_id")
        strike_id = read_word(fields, "strike_id", call.vocabulary)
        if strike_id is not None:
            read_text(strike_id, "invalid_strike_id")
        canceled = self._exchange.cancel_where(call.user_id, event_id=event_id, market_id=market_id, strike_id=strike_id)
        return _several(canceled, call.vocabulary)

    def _submit_row(self, call: Call, row: Document) -> Order:
        return self._exchange.submit(call.user_id, read_order(row, call.vocabulary))

    def _cancel_row(self, call: Call, row: Document) -> Order:
        order_id = read_text(read_word(row, "order_id", call.vocabulary), "invalid_order_id")
        external_id = row.get("external_id")
        if external_id is not None:
            read_text(external_id, "invalid_external_id")
        return self._exchange.cancel(call.user_id, order_id, external_id)

    def _each_row(self, call: Call, act: Callable[[Call, Document], Order]) -> Document:
        succeeded, failed = each_row(
            call,
            lambda row: spell_order(order_document(act(call, row)), call.vocabulary),
            lambda error: refusal_body(error, call.vocabulary),
        )
        done, not_done = (frame_word(word, call.vocabulary) for word in ("succeed_orders", "failed_orders"))
        return {"data": {done: succeeded, not_done: failed}}


def each_row(
    call: Call, act: Callable[[Document], Document], refused: Callable[[RefusalError], Document]
) -> tuple[list[Document], list[Document]]:
    """What became of the rows of a batch, each by itself: the answers, and the refused rows with their places."""
    succeeded: list[Document] = []
    failed: list[Document] = []
    for index, row in enumerate(_rows(call)):
        try:
            succeeded.append(act(_object(row)))
        except RefusalError as error:
            failed.append({"request": row, **refused(error), "index": index})
    return succeeded, failed


def read_order(fields: Document, vocabulary: Vocabulary) -> NewOrder:
    """The order a request describes, each field of the right type. Raises the refusal of the first that is not."""
    return NewOrder(
        external_id=read_text(fields.get("external_id"), "invalid_external_id"),
        strike_id=read_text(read_word(fields, "strike_id", vocabulary), "invalid_strike_id"),
        price=read_whole(read_word(fields, "price", vocabulary), "invalid_price"),
        quantity=read_cents(read_word(fields, "quantity", vocabulary)),
        strategy=_read_strategy(fields, vocabulary),
    )


def _read_strategy(fields: Document, vocabulary: Vocabulary) -> str:
    """`order_strategy`, or the `fill_or_kill` flag another page of the vendor prints."""
    flag = fields.get("fill_or_kill", False)
    if not isinstance(flag, bool):
        raise RefusalError("invalid_param", "fill_or_kill")
    if flag:
        return "fillOrKill"
    strategy = read_word(fields, "order_strategy", vocabulary)
    if strategy is None:
        return ""
    if strategy not in STRATEGIES:
        raise RefusalError("invalid_param", "order_strategy")
    return str(strategy)


def _rows(call: Call) -> list[Any]:
    rows = call.fields().get("data")
    if not isinstance(rows, list) or not rows:
        raise RefusalError("invalid_request")
    if len(rows) > MOST_IN_BATCH:
        raise RefusalError("order_limit_exceeded")
    return rows


def _object(row: Any) -> Document:
    if not isinstance(row, dict):
        raise RefusalError("invalid_request")
    return row


def _one(order: Order, vocabulary: Vocabulary) -> Document:
    shown = spell_order(order_document(order), vocabulary)
    return {"data": {"success": True, frame_word("order", vocabulary): shown}}


def _several(orders: list[Order], vocabulary: Vocabulary) -> Document:
    shown = [spell_order(order_document(order), vocabulary) for order in orders]
    return {"data": {"success": True, frame_word("orders", vocabulary): shown}}
