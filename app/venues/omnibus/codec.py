"""Pure readings of the B2B Omnibus API's answers: bytes in, domain values out. Any of them may come with `data` around it or without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.account import Balance
from app.domain.errors import UnknownError, UnreadableError
from app.domain.events import FeedFault
from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderReport
from app.domain.proof import Registered
from app.venues.omnibus import wire
from app.venues.omnibus.names import FIELDS, Fields
from app.venues.prophetx import codec, most, places
from app.venues.prophetx.reports import report
from app.venues.prophetx.spelling import BOM, ODD, Place, Reader
from app.venues.prophetx.values import dollars, moment
from app.venues.record import Page

_ID = re.compile(r"[A-Za-z0-9._:/-]{1,200}")


def _wrapped(fields: dict[str, Any]) -> dict[str, Any]:
    return fields if "data" in fields else {"data": fields}


def _ordered(fields: dict[str, Any]) -> dict[str, Any]:
    """An order that stands bare in its answer, as an answer with an order."""
    is_bare = "order" not in fields and ("strike_id" in fields or "line_id" in fields)
    return {"success": fields.get("success"), "order": fields} if is_bare else fields


def _in_a_list(fields: dict[str, Any]) -> dict[str, Any]:
    """Orders as `data` itself."""
    fields = _wrapped(fields)
    return {**fields, "data": {"orders": fields["data"]}} if isinstance(fields["data"], list) else fields


_BALANCE_WORDS = {
    "matched_order_balance": "matched_balance",
    "matched_wager_balance": "matched_balance",
    "unmatched_order_balance": "unmatched_balance",
    "unmatched_wager_balance": "unmatched_balance",
}
_REPLY_WORDS = Place({"Success": "success", "wager": "order"}, inside={"order": places.ORDER}, reshape=_ordered)

_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])
_BALANCE = Reader(wire.BalanceBody, Place(inside={"data": Place(_BALANCE_WORDS)}, reshape=_wrapped))
_KEY = Reader(wire.KeyBody, Place(inside={"data": Place(texts=frozenset({"issuer_id", "key_id"}))}, reshape=_wrapped))
_KEYS = Reader(wire.KeysBody, Place())
_REPLY = Reader(wire.ReplyBody, Place(inside={"data": _REPLY_WORDS}, reshape=_wrapped), most.of_order)
_LISTED = Reader(wire.ListedBody, Place(inside={"data": Place({"wagers": "orders"})}, reshape=_in_a_list))


def enclosed(body: bytes) -> bytes:
    """A body with `data` around it, as the Trading API has it; what is no object stays as it is."""
    body = body.removeprefix(BOM)
    try:
        has_data = "data" in _TOP.decode(body)
    except ODD:
        return body
    return body if has_data else b'{"data":' + body + b"}"


def read_balance(body: bytes) -> Balance:
    """UnreadableError where an amount is missing or is none: an unknown balance, never an empty one."""
    row = _BALANCE.body(body).data
    try:
        return Balance(cash=dollars(row.balance), matched=dollars(row.matched_balance), unmatched=dollars(row.unmatched_balance))
    except ODD as problem:
        raise UnreadableError(f"The balance cannot be read: {problem}") from problem


def read_key(body: bytes) -> Registered:
    """The ids under which the venue took a public key; UnreadableError when they are none."""
    row = _KEY.body(body).data
    if not _ID.fullmatch(row.issuer_id) or (row.key_id and not _ID.fullmatch(row.key_id)):
        raise UnreadableError("The venue's answer names no issuer id that can be used")
    return Registered(row.issuer_id, row.key_id)


def read_keys(body: bytes) -> list[wire.RegisteredKey]:
    """What is registered, as far as it has an id that may stand in a path. UnreadableError."""
    return [key for key in _KEYS.body(body).data if _ID.fullmatch(key.key_id)]


# Orders


class Submissions:
    """What the bytes of a submit ask for, read back in the words that they were written in."""

    def __init__(self, fields: Fields = FIELDS["guide"]) -> None:
        own = {
            fields.ref: "external_id",
            fields.user: "external_user_id",
            fields.selection: "strike_id",
            fields.odds: "price",
            fields.stake: "quantity",
        }
        place = Place({**places.SUBMISSION.words, **{theirs: ours for theirs, ours in own.items() if theirs != ours}})
        self._one = Reader(wire.Submission, place)
        self._many = Reader(wire.Submissions, Place(inside={"data": place}))

    def read(self, body: bytes | None, draft: OrderDraft) -> tuple[str, OrderDraft]:
        """Our reference, and `draft` with their user, selection, odds and stake."""
        return _submitted_as(self._one.body(body or b""), draft)

    def read_many(self, body: bytes | None, drafts: Iterable[OrderDraft]) -> list[tuple[str, OrderDraft]]:
        """The same for a batch, row by row; ValueError when the rows are not as many as the drafts."""
        rows = self._many.body(body or b"").data
        return [_submitted_as(sent, draft) for sent, draft in zip(rows, drafts, strict=True)]


def _submitted_as(sent: wire.Submission, draft: OrderDraft) -> tuple[str, OrderDraft]:
    asked = msgspec.structs.replace(
        draft,
        selection_id=sent.strike_id,
        odds=from_american(sent.price),
        stake=sent.quantity,
        external_user=sent.external_user_id,
    )
    return sent.external_id, asked


def read_submitted(body: bytes, ref: str) -> OrderReport:
    """The order that a submit answered with. UnknownError when the answer proves nothing about `ref`."""
    try:
        reply = _REPLY.body(body).data
    except UnreadableError as problem:
        raise UnknownError(f"The order was answered, but unreadably: {problem}") from problem
    return codec.submitted(reply, ref)


def read_cancelled(body: bytes) -> OrderReport | None:
    """The order as cancelled, where the answer carries it."""
    row = _REPLY.body(body).data.order
    return report(row) if row else None


def read_orders(body: bytes, faults: list[FeedFault]) -> Page[OrderReport]:
    told = _LISTED.body(body)
    cursors = (told.data.next_cursor, told.data.cursor, told.next_cursor, told.cursor)
    cursor = next((one for one in cursors if one is not msgspec.UNSET), msgspec.UNSET)
    synced_at = moment(told.last_synced_at if told.last_synced_at is not None else told.data.last_synced_at)
    return codec.listed(told.data.orders, cursor, synced_at, faults)
