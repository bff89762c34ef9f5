"""The B2B calls that place and cancel orders for a partner's users, one or twenty at a time (contract 3)."""

from __future__ import annotations

from typing import Any

from app.practice.exchange import Exchange
from app.practice.model import NewOrder, Order, RefusalError
from app.practice.wire.bodies import Call, read_cents, read_text, read_whole
from app.practice.wire.names import ORDER_WORDS, Document, Vocabulary, spell
from app.practice.wire.omnibus_errors import refusal_document
from app.practice.wire.orders import each_row
from app.practice.wire.shapes import order_document, order_record

LONGEST_USER = 100
"""Signs of an external user id."""

_STRATEGIES = ("order_strategy", "wager_strategy", "fill_or_kill")
"""What the Trading API takes and the B2B guide does not know."""


class OmnibusOrders:
    """Answers speak the guide's words (line, odds, stake) and today's at once; what stands around an order is called as today."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def submit(self, call: Call) -> Document:
        return _one(self._submit(call, call.fields()))

    def cancel(self, call: Call) -> Document:
        return _one(self._cancel(call, call.fields()))

    def submit_many(self, call: Call) -> Document:
        """Row by row; HTTP 200 whatever became of the rows."""
        succeeded, failed = each_row(call, lambda row: shown(self._submit(call, row)), refusal_document)
        return {"data": {"succeed_orders": succeeded, "failed_orders": failed}}

    def cancel_many(self, call: Call) -> Document:
        """The same."""
        succeeded, failed = each_row(call, lambda row: shown(self._cancel(call, row)), refusal_document)
        return {"data": {"succeed_orders": succeeded, "failed_orders": failed}}

    def _submit(self, call: Call, fields: Document) -> Order:
        return self._exchange.submit(call.user_id, read_order(fields))

    def _cancel(self, call: Call, fields: Document) -> Order:
        order_id = read_text(_either(fields, "order_id", "id"), "invalid_order_id")
        external_id = fields.get("external_id")
        if external_id is not None:
            read_text(external_id, "invalid_external_id")
        return self._exchange.cancel(call.user_id, order_id, external_id)


def shown(order: Order) -> Document:
    """The order of a reply. Every word stands twice; results are called as today, since a word can have one value only."""
    return _spelt(order_document(order))


def shown_record(order: Order) -> Document:
    """The order of a read."""
    return _spelt(order_record(order))


def read_order(fields: Document) -> NewOrder:
    """The order a request describes. Raises the refusal of the first field that is missing or wrong."""
    external_id = read_text(fields.get("external_id"), "invalid_external_id")
    external_user_id = read_user(fields.get("external_user_id"))
    for word in _STRATEGIES:
        if fields.get(word):
            raise RefusalError("invalid_param", word)
    return NewOrder(
        external_id=external_id,
        strike_id=read_text(_either(fields, "line_id", "strike_id"), "invalid_strike_id"),
        price=read_whole(_either(fields, "odds", "price"), "invalid_price"),
        quantity=read_cents(_either(fields, "stake", "quantity")),
        external_user_id=external_user_id,
    )


def read_user(value: object) -> str:
    """An external user id as it was sent; nobody has to have been named so before. Raises invalid_external_user_id."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_USER or not value.isprintable():
        raise RefusalError("invalid_external_user_id")
    return value


def _either(fields: Document, word: str, alias: str) -> Any:
    """What a request says under one of two names; None if absent. Raises invalid_request where they contradict each other."""
    first, second = fields.get(word), fields.get(alias)
    if first is not None and second is not None and first != second:
        raise RefusalError("invalid_request", f"{word} and {alias} are two names of one field, and say different things")
    return second if first is None else first


def _one(order: Order) -> Document:
    return {"data": {"success": True, "order": shown(order)}}


def _spelt(document: Document) -> Document:
    spelt: Document = spell(document, ORDER_WORDS, Vocabulary.BOTH)
    return spelt
