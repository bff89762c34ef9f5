"""The 555 prices the exchange allows, and exact arithmetic on them by rung, the index of a price in the ladder.

The steps are those of the venue's own list; negatives mirror the positives and there is no -100. Rungs grow with what a backer
wins, so the opposite of rung r (the same bet seen from the other outcome) is LAST - r and +100 is its own opposite.
"""

from __future__ import annotations

from bisect import bisect_right

# (first price, first price not in this stretch, step)
_STEPS = (
    (100, 130, 1),
    (130, 200, 2),
    (200, 500, 5),
    (500, 1000, 10),
    (1000, 2000, 50),
    (2000, 5000, 100),
    (5000, 10000, 250),
    (10000, 25001, 500),
)
_EXTRA = (2250, 2750)


def _build() -> tuple[int, ...]:
    positives = sorted({price for first, stop, step in _STEPS for price in range(first, stop, step)} | set(_EXTRA))
    return tuple([-price for price in reversed(positives) if price != 100] + positives)


LADDER = _build()
LAST = len(LADDER) - 1
RUNG = {price: rung for rung, price in enumerate(LADDER)}

# What one cent wins, as a fraction: WIN[rung] = (numerator, denominator).
WIN = tuple((price, 100) if price > 0 else (100, -price) for price in LADDER)
# The chance at which a price is fair; falls as rungs grow.
IMPLIED = tuple(den / (num + den) for num, den in WIN)
_FALLING = tuple(-chance for chance in IMPLIED)


def win_of(rung: int, stake: int) -> int:
    """Cents won by `stake` cents at that rung, rounded half up."""
    num, den = WIN[rung]
    return (2 * stake * num + den) // (2 * den)


def crosses(rung: int, other: int) -> bool:
    """Whether backers of the two opposite outcomes at these rungs can be matched: their implied chances add up to one or more."""
    return rung + other <= LAST


def rung_not_better(chance: float) -> int:
    """The best rung for a taker whose implied chance is still at least `chance` (the lowest rung when none is)."""
    return max(0, bisect_right(_FALLING, -chance) - 1)
