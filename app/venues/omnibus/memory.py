"""When orders were placed, as far as it was seen: the B2B record is asked by that, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from app.domain.order import OrderReport

MOST: Final = 50_000  # orders that are over and are still remembered
AROUND: Final = 2  # seconds on either side of the moment that the venue told
UNSURE: Final = 120  # the same where only this computer's clock told it
SENSIBLE: Final = range(946_684_800, 4_102_444_800)  # Unix seconds of this century, in which orders are placed
TOGETHER: Final = 300  # seconds between two orders that are asked for with one request


class Span(NamedTuple):
    """Unix seconds, both included."""

    since: int
    until: int


class Memory:
    """By the venue's order id: in which span it was placed, and which orders are not over yet."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}
        self._living: set[str] = set()

    def see(self, reports: Iterable[OrderReport], span: Span | None = None) -> None:
        """Take in what the record told; `span` is what was asked for."""
        for report in reports:
            placed_in = _span(report) or self._spans.get(report.venue_order_id) or span
            if placed_in is not None:
                self._put(report, placed_in)

    def see_placed(self, report: OrderReport, now: float) -> None:
        """Take in what a submit was answered with just now."""
        self._put(report, _span(report) or Span(int(now) - UNSURE, int(now) + UNSURE))

    def span(self, order_id: str) -> Span | None:
        return self._spans.get(order_id)

    @property
    def living(self) -> frozenset[str]:
        """Orders that were not over when last seen."""
        return frozenset(self._living)

    def living_before(self, moment: int) -> list[Span]:
        """Spans in which orders that live were placed before `moment` (Unix seconds), the newest first."""
        spans = (self._spans[order_id] for order_id in self._living)
        return merged(span for span in spans if span.since < moment)

    def _put(self, report: OrderReport, span: Span) -> None:
        order_id = report.venue_order_id
        self._spans[order_id] = span
        if report.is_over:
            self._living.discard(order_id)
            self._forget_some()
        else:
            self._living.add(order_id)

    def _forget_some(self) -> None:
        """The ones that were taken in first; none that is not over."""
        surplus = len(self._spans) - len(self._living) - MOST
        if surplus > 0:
            for order_id in [one for one in self._spans if one not in self._living][: max(surplus, MOST // 10)]:
                del self._spans[order_id]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same seconds in fewer spans, the newest first; those that lie close together are one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.since - found[-1].until <= TOGETHER:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return found[::-1]


def _span(report: OrderReport) -> Span | None:
    if report.placed_at is None:
        return None
    placed = int(report.placed_at.timestamp())
    if placed not in SENSIBLE:
        return None
    return Span(placed - AROUND, placed + AROUND)
