"""What may be lost, and the limits a person sets on it.

Figures are potential losses: an order risks its stake, an unknown or sending one all of it, a settled one nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import msgspec

from app.domain.ladder import Ladder
from app.domain.market import MarketKey
from app.domain.money import CEILING, ZERO
from app.domain.odds import Odds
from app.domain.order import Order


class Silence(StrEnum):
    """What the program does by itself when the private channel stays silent while orders are open."""

    ALARM = "alarm only"
    CANCEL = "cancel all orders"
    HALT = "halt and cancel all orders"


class Limits(msgspec.Struct, frozen=True):
    """One profile's limits. Amounts are money, times are seconds. Each has a floor and a ceiling that no file goes beyond (`BOUNDS`)."""

    version: int = 1
    stake: Decimal = Decimal("1000.00")
    to_win: Decimal = Decimal("10000.00")
    selection: Decimal = Decimal("2500.00")
    event: Decimal = Decimal("5000.00")
    user_order: Decimal = Decimal("500.00")
    user_event: Decimal = Decimal("1000.00")
    user_day: Decimal = Decimal("2500.00")
    user: Decimal = Decimal("2500.00")
    day: Decimal = Decimal("25000.00")
    day_loss: Decimal = Decimal("2500.00")
    unmatched_ratio: Decimal = Decimal(10)
    worse_steps: int = 10
    sanity_factor: Decimal = Decimal(4)
    own_match: Decimal = ZERO
    leap_factor: Decimal = Decimal(5)
    duplicate_seconds: int = 2
    orders_in_ten_seconds: int = 20
    orders_a_minute: int = 60
    burst_matched: Decimal = Decimal("5000.00")
    burst_seconds: int = 15
    silence_seconds: int = 10
    silence_wait: int = 20
    silence: Silence = Silence.ALARM


# Compiled in: the largest and smallest values that a file or a person can set (amounts up to the venue's own largest quantity).
_MONEY = (Decimal("1.00"), CEILING)
BOUNDS: Mapping[str, tuple[Decimal, Decimal]] = MappingProxyType(
    {
        "stake": (Decimal("1.00"), Decimal(1_000_000)),
        "to_win": _MONEY,
        "selection": _MONEY,
        "event": _MONEY,
        "user_order": _MONEY,
        "user_event": _MONEY,
        "user_day": _MONEY,
        "user": _MONEY,
        "day": _MONEY,
        "day_loss": _MONEY,
        "unmatched_ratio": (Decimal(1), Decimal(50)),
        "worse_steps": (Decimal(0), Decimal(200)),
        "sanity_factor": (Decimal("1.1"), Decimal(100)),
        "own_match": (ZERO, CEILING),
        "leap_factor": (Decimal("1.1"), Decimal(1000)),
        "duplicate_seconds": (Decimal(1), Decimal(60)),
        "orders_in_ten_seconds": (Decimal(1), Decimal(300)),
        "orders_a_minute": (Decimal(1), Decimal(1800)),
        "burst_matched": _MONEY,
        "burst_seconds": (Decimal(1), Decimal(600)),
        "silence_seconds": (Decimal(6), Decimal(300)),  # the venue's sign of health comes every five
        "silence_wait": (Decimal(0), Decimal(600)),
    }
)


def clamped(limits: Limits) -> tuple[Limits, list[str]]:
    """The limits within their bounds, and a sentence for each that was not."""
    changes: dict[str, Any] = {}
    said: list[str] = []
    for name, (low, high) in BOUNDS.items():
        value = getattr(limits, name)
        asked = Decimal(value)
        kept = min(max(asked, low), high) if asked.is_finite() else low
        if not asked.is_finite() or kept != asked:
            changes[name] = int(kept) if isinstance(value, int) else kept
            said.append(f"{name.replace('_', ' ')} cannot be {asked}: {kept:,} is used")
    return msgspec.structs.replace(limits, **changes), said


def worst_loss(orders: Iterable[Order], selection_ids: Sequence[str]) -> Decimal:
    """The most that these orders on one market can lose together, whichever selection wins and whichever rests fill.

    `selection_ids` are all the market's answers; where they are not known, or only one is, "none of ours wins" is a result too.
    """
    held = [order for order in orders if order.at_risk > 0]
    results = {*selection_ids, *(order.draft.selection_id for order in held)}
    if len(selection_ids) < _TWO_ANSWERS:
        results.add("")
    return max((_loss(held, winner) for winner in results), default=ZERO)


_TWO_ANSWERS = 2  # a question has at least so many


def _loss(held: Sequence[Order], winner: str) -> Decimal:
    """Loss if `winner` wins and everything that can still fill against us does."""
    lost = sum((order.at_risk for order in held if order.draft.selection_id != winner), ZERO)
    won = sum((order.wins for order in held if order.draft.selection_id == winner), ZERO)
    return max(lost - won, ZERO)


def by_market(orders: Iterable[Order]) -> dict[MarketKey, list[Order]]:
    found: dict[MarketKey, list[Order]] = {}
    for order in orders:
        found.setdefault(order.draft.market, []).append(order)
    return found


def staked(orders: Iterable[Order]) -> Decimal:
    """The sum at risk, without netting."""
    return sum((order.at_risk for order in orders), ZERO)


def is_sign_slip(odds: Odds, fair: Odds) -> bool:
    """Whether it looks like the right price with the wrong sign: +400 where the market says −400."""
    if odds == fair.opposite:
        return abs(odds.implied - fair.implied) > _SLIP_APART
    mirrored = abs(odds.opposite.implied - fair.implied)
    return mirrored < _SLIP_NEAR and abs(odds.implied - fair.implied) > _SLIP_APART


_SLIP_NEAR = Fraction(4, 100)  # of probability: as near as the mirrored price lies to the market
_SLIP_APART = Fraction(15, 100)  # and as far as the price itself lies from it


def payout_factor(odds: Odds, fair: Odds) -> Decimal:
    """How many times more (or less) a price pays than the market's fair one; 1 is equal, never below 1."""
    ratio = Decimal(odds.num * fair.den) / Decimal(odds.den * fair.num)
    return max(ratio, 1 / ratio)


def steps_worse(ladder: Ladder, odds: Odds, best: Odds) -> int:
    """How many rungs below the best price there is an order would still accept."""
    return max(ladder.steps(odds, best), 0)
