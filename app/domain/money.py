"""Money: Decimal in cents, and the one grammar in which a person may type it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from app.domain.labels import OWN, Labels

Money = Decimal
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
CEILING = Decimal(100_000_000)  # the venue's own largest quantity (contract 5.3)

_DIGITS = 18  # before the point: far above any amount, far below where Decimal's own precision ends
_STAKE = re.compile(r"\d{1,9}(\.\d{0,2})?|\.\d{1,2}", re.ASCII)


def cents(value: Decimal) -> Decimal:
    """`value` rounded to cents, halves up; ValueError when it is not a finite number, or has more digits than money can have."""
    if not value.is_finite() or value.adjusted() > _DIGITS:
        raise ValueError(f"{value} is not an amount of money")
    return value.quantize(CENT, ROUND_HALF_UP)


def money_words(value: Decimal) -> str:
    """`1,234.50`, for a sentence."""
    return f"{value:,.2f}"


def parse_stake(text: str, labels: Labels = OWN) -> Decimal:
    """An amount as typed: digits and one point, at most two decimals, no separators, whatever the locale.

    ValueError with a sentence for the screen otherwise.
    """
    clean = text.strip(" ")
    if not clean:
        raise ValueError(f"Type a {labels.stake_low}")
    if not _STAKE.fullmatch(clean):
        raise ValueError(f"A {labels.stake_low} is digits and one point: 10 or 10.50")
    amount = Decimal(clean).quantize(CENT)
    if amount <= 0:
        raise ValueError(f"A {labels.stake_low} must be more than nothing")
    if amount > CEILING:
        raise ValueError("The venue takes at most 100,000,000.00")
    return amount
