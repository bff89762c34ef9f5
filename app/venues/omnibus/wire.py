"""Shapes of the B2B Omnibus API's answers."""

from __future__ import annotations

import msgspec


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


class KeyBody(msgspec.Struct):
    data: WireKey
