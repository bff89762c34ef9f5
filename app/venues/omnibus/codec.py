"""Pure readings of the B2B Omnibus API's answers: bytes in, domain values out."""

from __future__ import annotations

import re
from typing import Any

from app.domain.account import Balance
from app.domain.errors import UnreadableError
from app.domain.proof import Registered
from app.venues.omnibus import wire
from app.venues.prophetx.spelling import ODD, Place, Reader
from app.venues.prophetx.values import dollars

_ID = re.compile(r"[A-Za-z0-9._:/-]{1,200}")


def _wrapped(fields: dict[str, Any]) -> dict[str, Any]:
    return fields if "data" in fields else {"data": fields}


_BALANCE_WORDS = {
    "matched_order_balance": "matched_balance",
    "matched_wager_balance": "matched_balance",
    "unmatched_order_balance": "unmatched_balance",
    "unmatched_wager_balance": "unmatched_balance",
}
_BALANCE = Reader(wire.BalanceBody, Place(inside={"data": Place(_BALANCE_WORDS)}, reshape=_wrapped))
_KEY = Reader(wire.KeyBody, Place(inside={"data": Place(texts=frozenset({"issuer_id", "key_id"}))}, reshape=_wrapped))


def read_balance(body: bytes) -> Balance:
    """With `data` around it or without. UnreadableError where an amount is missing or is none: an unknown balance, never an empty one."""
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
