"""Money at the venue: what is there, what is held, and what is free."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec


class Deduction(StrEnum):
    """When the venue holds an order's stake; a setting of the account (contract 1.4)."""

    ON_MATCH = "match"
    ON_PLACEMENT = "placement"


class Balance(msgspec.Struct, frozen=True):
    """Amounts as the venue states them. `is_trusted` is False when it says that its unmatched figure is not to be relied on."""

    cash: Decimal
    matched: Decimal
    unmatched: Decimal
    is_trusted: bool = True
    as_of: str = ""


def free(balance: Balance, rule: Deduction) -> Decimal:
    """What may still be matched: cash less what is held."""
    if rule is Deduction.ON_MATCH:
        return balance.cash - balance.matched
    return balance.cash - balance.matched - balance.unmatched


def formula(rule: Deduction) -> str:
    """How `free` is reckoned, in words."""
    if rule is Deduction.ON_MATCH:
        return (
            "Free = cash − matched. This account is charged when an order matches: resting orders do not reduce it, "
            "and the venue cancels what it can no longer cover."
        )
    return "Free = cash − matched − unmatched. This account is charged when an order is placed."
