"""From chances to decimal odds with a margin, as whole hundredths."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from app.practice.cs2.model import Market

MARGIN = {Market.MATCH: 0.05, Market.ROUND: 0.04, Market.NEXT_ROUND: 0.04}
MARGIN_TEXT = {market: f"{margin:.2f}" for market, margin in MARGIN.items()}
LEAST_CHANCE = 0.004
LEAST_ODDS = 101  # hundredths


def odds_of(chances: Sequence[float], margin: float) -> tuple[int, ...]:
    """Hundredths for every chance; the implied ones add up to about 1 + margin.

    The chances are raised to a power, not multiplied: so the favourite's odds stay above 1 however sure it is.
    """
    raw = [max(LEAST_CHANCE, chance) for chance in chances]
    whole = sum(raw)
    logs = [log(chance / whole) for chance in raw]
    power = _power(logs, 1.0 + margin)
    return tuple([max(LEAST_ODDS, round(100.0 / exp(power * each))) for each in logs])


def text_of(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def shifted(chance: float, by: float) -> float:
    """A chance moved by `by` on the logit scale."""
    odds = chance * exp(by)
    return odds / (odds + 1.0 - chance)


def _power(logs: Sequence[float], total: float) -> float:
    """The power at which the chances add up to `total`, by Newton's steps (the sum is convex in it)."""
    power = 0.9
    for _ in range(6):
        terms = [exp(power * each) for each in logs]
        over = sum(terms) - total
        if abs(over) < 1e-6:
            break
        power -= over / sum([each * term for each, term in zip(logs, terms, strict=True)])
    return power
