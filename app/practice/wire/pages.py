"""Pages of lists that only ever grow at their end: newest first, each beginning where the one before it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.practice.clock import SECOND

Row = TypeVar("Row")


def page_below(rows: Sequence[Row], position: int, wanted: Callable[[Row], bool], limit: int) -> tuple[list[Row], int]:
    """At most `limit` wanted rows before `position`, newest first, and the position the next page begins below; 0 when this is the last.

    Rows are only ever appended, so a position stays good while new ones arrive.
    """
    page: list[Row] = []
    while position > 0:
        position -= 1
        if not wanted(rows[position]):
            continue
        if len(page) == limit:
            return page, position + 1
        page.append(rows[position])
    return page, 0


def within(at: int, bounds: tuple[int | None, int | None] | None) -> bool:
    """Whether a time (ns) lies between two whole Unix seconds, both included. None bounds nothing."""
    if bounds is None:
        return True
    first, last = bounds
    second = at // SECOND
    return (first is None or first <= second) and (last is None or second <= last)
