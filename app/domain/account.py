"""Money at the venue: what is there, what is held, and what is free."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.domain.odds import Odds


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


class Trade(msgspec.Struct, frozen=True):
    """One match of one order, as the venue's own list has it. What it left out or wrote oddly is None or empty."""

    id: str
    venue_order_id: str
    odds: Odds | None
    stake: Decimal | None
    profit: Decimal | None = None
    status: str = ""
    winning: str = ""
    strike: Decimal | None = None
    matched_at: datetime | None = None


class Transaction(msgspec.Struct, frozen=True):
    """One line of the account's statement. `kind` is the venue's own word, `balance` what was there after it."""

    id: str
    kind: str
    amount: Decimal | None
    balance: Decimal | None = None
    venue_order_id: str = ""
    trade_id: str = ""
    at: datetime | None = None


class TradesPage(msgspec.Struct, frozen=True):
    """Newest first. An empty cursor ends the list; `synced_at` is how far the venue's record had kept up, `trouble` why it is not whole."""

    rows: tuple[Trade, ...]
    next_cursor: str = ""
    synced_at: datetime | None = None
    trouble: str = ""


class TransactionsPage(msgspec.Struct, frozen=True):
    rows: tuple[Transaction, ...]
    next_cursor: str = ""
    synced_at: datetime | None = None
    trouble: str = ""


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
