"""The points of a line as they are drawn: steps, for a price holds until the next one; at most a few for each column of pixels."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10
from typing import Any, Final

import numpy as np

from app.services.feed.extents import Extent
from app.services.feed.histories import Line

ALL: Final = Extent(float("inf"))  # nothing is hidden, and nothing says how long the newest price stood
FLATTEST: Final = log10(1.25)  # height in view, at the least: a still price is a flat line
LABELS: Final = 17  # pixels
DENSE: Final = 4  # points for each column from which on they are thinned out


class Heights:
    """A line's times, and the logarithms of its decimal odds; NaN where it is broken. A copy: the line goes on growing."""

    def __init__(self, line: Line) -> None:
        self.times = np.array(line.times, dtype=float)
        odds = np.array(line.odds, dtype=float)
        with np.errstate(invalid="ignore"):
            self.heights = np.log10(np.where(odds > 1, odds, np.nan))

    @property
    def holds(self) -> bool:
        """Whether the newest price still stands at the end."""
        return bool(len(self.heights)) and bool(np.isfinite(self.heights[-1]))

    def steps(self, low: float, high: float, columns: int, extent: Extent = ALL) -> tuple[Any, Any]:
        """What is to be drawn between `low` and `high` (seconds since 1970): a price stands until the next, the newest as `extent` says."""
        hidden_after = float("inf") if extent.hidden_after is None else extent.hidden_after
        first = max(int(np.searchsorted(self.times, low, "right")) - 1, 0)
        last = int(np.searchsorted(self.times, min(high, hidden_after), "right"))
        times, heights = self.times[first:last], self.heights[first:last]
        if not len(times):
            return times, heights
        stood = min(float(self.times[last]), hidden_after) if last < len(self.times) else extent.held_until
        if len(times) > DENSE * columns:
            times, heights = thinned(times, heights, low, high, columns)
        if stood is not None and np.isfinite(heights[-1]) and stood > times[-1]:
            times, heights = np.append(times, stood), np.append(heights, heights[-1])
        return np.repeat(times, 2)[1:], np.repeat(heights, 2)[:-1]

    def after(self, moment: float) -> float | None:
        """When the next price after that came."""
        place = int(np.searchsorted(self.times, moment, "right"))
        return float(self.times[place]) if place < len(self.times) else None

    def before(self, moment: float) -> float | None:
        place = int(np.searchsorted(self.times, moment, "left"))
        return float(self.times[place - 1]) if place else None


def zoomed(low: float, high: float, pivot: float, *, share: float, least: float) -> tuple[float, float]:
    """What is in view afterwards: `share` of what was, at least `least`. The pivot stays where it is, else the middle."""
    if not low <= pivot <= high:
        pivot = (low + high) / 2
    share = max(share, least / max(high - low, least))
    return pivot - (pivot - low) * share, pivot + (high - pivot) * share


def heights_in_view(least: float, most: float, pixels: float, *, has_labels: bool) -> tuple[float, float]:
    """The lowest and the highest logarithm in view, with room above the lines for the numbers of the rounds."""
    spare = max(FLATTEST - (most - least), 0) / 2 + max(most - least, FLATTEST) * 0.06
    low, high = least - spare, most + spare
    if has_labels and pixels > 3 * LABELS:
        high = max(high, most + (most - low) * LABELS / (pixels - LABELS))
    return low, high


def next_price(lines: Iterable[Heights], moment: float, way: int, end: float) -> float:
    """When the next price came of any of them, after (`way` 1) or before (-1) that moment; `end` where there is none."""
    told = [line.after(moment) if way > 0 else line.before(moment) for line in lines]
    known = [each for each in told if each is not None]
    return end if not known else min(known) if way > 0 else max(known)


def thinned(times: Any, heights: Any, low: float, high: float, columns: int) -> tuple[Any, Any]:
    """The first, lowest, highest and last of each column of pixels: it looks the same."""
    edges = np.linspace(low, high, columns + 1)
    starts = np.unique(np.concatenate(([0], np.searchsorted(times, edges))))
    starts = starts[starts < len(times)]
    ends = np.append(starts[1:], len(times)) - 1
    begin, end = times[starts], times[ends]
    lowest, highest = np.fmin.reduceat(heights, starts), np.fmax.reduceat(heights, starts)
    kept = np.stack((heights[starts], lowest, highest, heights[ends]), axis=1)
    return np.stack((begin, begin, begin, end), axis=1).ravel(), kept.ravel()
