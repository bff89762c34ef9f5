"""The points of a line as they are drawn: steps, for a price holds until the next one; at most a few for each column of pixels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from app.services.feed.histories import Line

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

    def steps(self, low: float, high: float, columns: int, until: float | None) -> tuple[Any, Any]:
        """What is to be drawn between `low` and `high` (seconds since 1970); nothing later than `until`, up to which the last one holds."""
        first = max(int(np.searchsorted(self.times, low, "right")) - 1, 0)
        last = int(np.searchsorted(self.times, high if until is None else min(high, until), "right")) + (until is None)
        times, heights = self.times[first:last], self.heights[first:last]
        if not len(times):
            return times, heights
        if len(times) > DENSE * columns:
            times, heights = thinned(times, heights, low, high, columns)
        if until is not None and np.isfinite(heights[-1]) and until > times[-1]:
            times, heights = np.append(times, until), np.append(heights, heights[-1])
        return np.repeat(times, 2)[1:], np.repeat(heights, 2)[:-1]


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
