"""A bounded timeline of one value: what it was at a time that has gone by."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, Generic, TypeVar

from app.services.feed.delay import LONGEST

T = TypeVar("T")

SPAN: Final = LONGEST + 5.0  # seconds: as late as a panel can be, and a little


class Past(Generic[T]):
    """`at(t)` is what it was then.

    Kept are `span` seconds before the newest value, one more that still held at their beginning, and never more than `most`.
    """

    def __init__(self, span: float = SPAN, most: int = 5_000) -> None:
        self._span = span
        self._most = most
        self._times: list[float] = []
        self._values: list[T] = []

    def __len__(self) -> int:
        return len(self._times)

    @property
    def first(self) -> T | None:
        """The oldest that is still known."""
        return self._values[0] if self._values else None

    @property
    def newest(self) -> T | None:
        return self._values[-1] if self._values else None

    def add(self, at: float, value: T) -> None:
        """It became this at `at`. A time before the newest one counts as the newest: what is told later is not known earlier."""
        at = max(at, self._times[-1]) if self._times else at
        self._times.append(at)
        self._values.append(value)
        held = bisect_right(self._times, at - self._span) - 1  # the one that held when the span began
        surplus = max(held, len(self._times) - self._most, 0)
        if surplus:
            del self._times[:surplus], self._values[:surplus]

    def at(self, moment: float) -> T | None:
        """None before anything was known, or where it is not known any more."""
        place = bisect_right(self._times, moment) - 1
        return self._values[place] if place >= 0 else None

    def clear(self) -> None:
        self._times.clear()
        self._values.clear()
