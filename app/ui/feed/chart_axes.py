"""The axes of the chart of odds: the logarithm of decimal odds, labelled in the window's format of odds, and the local time of day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil, log10
from typing import Final

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from app.domain.odds import Odds, from_probability
from app.ui.display import Display

NAMED: Final = (1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 5000)
APART: Final = 28  # pixels between two labels at least
FEWEST: Final = 3
MARGIN: Final = 14  # pixels beside a label of the odds: its tick, and air
GAP: Final = 18.0  # pixels between two labels of the time
MINUTE, HOUR, DAY = 60, 3600, 86_400
STEPS: Final = (
    1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY,
)  # fmt: skip


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

    def fit(self, low: float, high: float, size: float) -> None:
        """As wide as its widest label between these logarithms, and not narrower for every digit: it would jump."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        labels = self.tickStrings(labelled(low, high, size), 1, 1)
        widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
        wanted = 8 * ceil((widest + MARGIN) / 8)
        if self.fixedWidth is None or not self.fixedWidth - 24 <= wanted <= self.fixedWidth:
            self.setWidth(wanted)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """Round times of the local day below the chart, as many as there is room for; none is cut at an edge or touches another."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self.setStyle(hideOverlappingLabels=False)  # none overlaps

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        step = step_for(high - low, size, metrics.horizontalAdvance("00:00"), metrics.horizontalAdvance("00:00:00"))
        per_second = size / max(high - low, 1e-9)
        half = metrics.horizontalAdvance(_time_words(low, step)) / 2 / per_second
        return [(float(step), [at for at in round_times(low, high, step) if low + half <= at <= high - half])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [_time_words(value, spacing) for value in values]


def step_for(seconds: float, size: float, short: float, long: float) -> int:
    """The shortest step whose labels have room, `short` and `long` pixels wide without and with seconds."""
    per_second = size / max(seconds, 1e-9)
    return next((step for step in STEPS if step * per_second >= GAP + (long if step < MINUTE else short)), STEPS[-1])


def round_times(low: float, high: float, step: int) -> list[float]:
    """The multiples of `step` seconds by the local clock; over a change of the clock they may be an hour off a round one."""
    ahead = _ahead_of_utc((low + high) / 2)
    first = ceil((low + ahead) / step) * step - ahead
    count = int((high - first) // step) + 1 if high >= first else 0
    return [first + step * number for number in range(count)]


def _ahead_of_utc(moment: float) -> float:
    offset = datetime.fromtimestamp(moment).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _time_words(moment: float, step: float) -> str:
    at = datetime.fromtimestamp(moment)
    if step < MINUTE:
        return f"{at:%H:%M:%S}"
    return f"{at:%d %b}" if step >= DAY or (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"
