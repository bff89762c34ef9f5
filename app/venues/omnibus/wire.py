"""Shapes of the B2B Omnibus API's answers and requests, in v4 words. What the Trading API has the same is taken from there."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from app.venues.prophetx import wire as trading


class WireBalance(msgspec.Struct):
    balance: msgspec.Raw
    matched_balance: msgspec.Raw
    unmatched_balance: msgspec.Raw


class BalanceBody(msgspec.Struct):
    """The guide prints it without `data` around it, and does not say whether that is all."""

    data: WireBalance


class WireKey(msgspec.Struct):
    """What the venue calls a public key that it took. Both ids look like twenty small letters and digits."""

    issuer_id: str
    key_id: str = ""


class RegisteredKey(msgspec.Struct, frozen=True):
    """One of the list of public keys. `created_at` is ISO in UTC, so that the texts are in the order of the times."""

    key_id: str
    name: str = ""
    created_at: str = ""


class KeysBody(msgspec.Struct, frozen=True):
    data: list[RegisteredKey]


class KeyBody(msgspec.Struct):
    data: WireKey


class Submission(msgspec.Struct):
    """A submit as it leaves, read back."""

    external_id: str
    external_user_id: str
    strike_id: str
    price: int
    quantity: Decimal


class Submissions(msgspec.Struct):
    """A batch as it leaves, read back."""

    data: list[Submission]


class Reply(trading.OrderReply):
    """An order may stand in it bare, which is not read as an answer without one."""

    bare_strike: object = msgspec.field(default=None, name="strike_id")
    bare_line: object = msgspec.field(default=None, name="line_id")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.order is None and (self.bare_strike is not None or self.bare_line is not None):
            raise ValueError("the order stands bare")


class ReplyBody(msgspec.Struct):
    data: Reply


class Listed(msgspec.Struct):
    """Where the cursor stands, and what it is called, no page prints."""

    orders: list[msgspec.Raw] | None
    next_cursor: object = msgspec.UNSET
    cursor: object = msgspec.UNSET
    last_synced_at: str | int | None = None


class ListedBody(msgspec.Struct):
    data: Listed
    next_cursor: object = msgspec.UNSET
    cursor: object = msgspec.UNSET
    last_synced_at: str | int | None = None
