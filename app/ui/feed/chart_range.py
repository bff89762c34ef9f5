"""From when to when a chart of odds goes: what is drawn, what of it is in view, and how far it may be scrolled. Seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.services.feed.extents import Extent
from app.ui.feed.chart_steps import Heights

LEAST: Final = 60.0  # seconds in view where all is shown
AROUND: Final = 60.0  # seconds beyond the points that can be scrolled to
STALE_SHARE: Final = 0.25  # of the time that is shown at most for what nobody vouches for

Span = tuple[float, float]


def drawn(heights: Sequence[Heights], newest: float, extent: Extent, *, is_stale: bool) -> Span | None:
    """From the first price to the last moment that is drawn; where nobody vouches for it, a part of what is stale as well."""
    firsts = [float(each.times[0]) for each in heights if len(each.times)]
    if not firsts:
        return None
    low, high = min(firsts), last_drawn(heights, newest, extent)
    if is_stale:
        high = min(extent.edge, high + max(LEAST, (high - low) * STALE_SHARE))
    return low, max(high, low)


def last_drawn(heights: Sequence[Heights], newest: float, extent: Extent) -> float:
    """Up to when there is something drawn."""
    last = extent.last(newest)
    return last if any(line.holds for line in heights) else min(last, newest)


def shown_first(span: Span, begin: float | None) -> Span:
    """What is in view while nobody zooms: from `begin`, else all of it."""
    low, high = span if begin is None else (min(max(begin, span[0]), span[1]), span[1])
    return min(low, high - LEAST), high + (high - low) * 0.01


def bounds(span: Span) -> Span:
    """How far one may scroll."""
    low, high = span
    return min(low, high - LEAST) - AROUND, high + AROUND + (high - low) * 0.05
