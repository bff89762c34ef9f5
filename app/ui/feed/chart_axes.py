"""The axes of the chart of odds: the logarithm of decimal odds, labelled in the window's format of odds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log10
from typing import Final

import pyqtgraph as pg

from app.domain.odds import Odds, from_probability
from app.ui.display import Display

NAMED: Final = (1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 5000)
APART: Final = 28  # pixels between two labels at least
FEWEST: Final = 3


def odds_of(decimal: float) -> Odds | None:
    """The nearest odds a person would name; None for what is no price."""
    share = 1 / Fraction(decimal).limit_denominator(10_000) if decimal > 0 else Fraction(1)
    return from_probability(share) if share < 1 else None


def labelled(low: float, high: float, size: float) -> list[float]:
    """Where labels go, as logarithms: odds that people name where there are enough of them in view, else parts of the way."""
    apart = (high - low) * min(APART / max(size, 1.0), 1 / FEWEST)
    shown: list[float] = []
    for value in map(log10, NAMED):
        if low + apart / 4 <= value <= high - apart / 4 and (not shown or value - shown[-1] >= apart):
            shown.append(value)
    if len(shown) >= FEWEST:
        return shown
    return [low + (high - low) * part / 8 for part in (1, 4, 7)]


class OddsAxis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """At the right, where the newest price is."""

    def __init__(self, display: Display) -> None:
        super().__init__(orientation="right")
        self._display = display
        self.setStyle(hideOverlappingLabels=False)  # a label at the edge counts, too

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self._display.odds(odds_of(10**value)) for value in values]

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, labelled(low, high, size))]
