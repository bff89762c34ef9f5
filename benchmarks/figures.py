"""Medians with their spread, ratios of pairs measured side by side, and percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """The median of some rounds, and what eight of ten of them lie between (of fewer than ten: the lowest and the highest)."""

    median: float
    low: float
    high: float

    def text(self, unit: str = "", places: int = 1) -> str:
        """A single round has no spread to show."""
        if self.low == self.high:
            return f"{self.median:,.{places}f}{unit}"
        return f"{self.median:,.{places}f}{unit} ({self.low:,.{places}f} … {self.high:,.{places}f})"


def spread(values: Sequence[float]) -> Spread:
    """ValueError for no values at all."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(round(median(values), 4), round(percentile(values, 0.1), 4), round(percentile(values, 0.9), 4))


def ratio(peer: Sequence[float], ours: Sequence[float]) -> Spread:
    """How many times ours the peer takes, round by round: neighbours in time share the machine's mood."""
    return spread([one / other for one, other in zip(peer, ours, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all values do not exceed; ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Tail(msgspec.Struct, frozen=True):
    """A distribution in three figures, in milliseconds."""

    p50: float
    p99: float
    max: float


def tail(values: Sequence[float]) -> Tail:
    """ValueError for no values."""
    return Tail(round(percentile(values, 0.5), 2), round(percentile(values, 0.99), 2), round(max(values, default=0.0), 2))
