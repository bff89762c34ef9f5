"""How far a chart of odds goes: up to when a price may be shown, how long the newest one stood, and from when nobody vouches for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

import msgspec

from app.domain.cs2 import OddsKey, Question
from app.services.feed.feed_time import FeedTime
from app.services.feed.odds_lines import Line
from app.services.feed.session import FeedSession
from app.services.feed.told import Shown
from app.services.feed.tracks import NEVER

SAME: Final = 0.001  # seconds within which two times of one price are the same
APART: Final = 2.0  # seconds by which the feed's clock may be reckoned wrongly: a price further ahead has a wrong time


class Extent(msgspec.Struct, frozen=True):
    """Times in seconds since 1970 by the feed's clock. `edge` is where time is: now, or as late as the video.

    `hidden_after`: nothing later may be shown yet (None: all may). `held_until`: the newest price stood until then (None: nothing says how
    long). `stale_from`: from then on nobody vouches for it (None: the feed does; minus infinity: it never has).
    """

    edge: float
    hidden_after: float | None = None
    held_until: float | None = None
    stale_from: float | None = None

    def last(self, newest: float) -> float:
        """Up to when lines are drawn whose newest point is at `newest`."""
        ends = newest if self.held_until is None else max(self.held_until, newest)
        return ends if self.hidden_after is None else min(ends, self.hidden_after)


def extent_of(session: FeedSession, key: OddsKey, time: FeedTime, lines: Iterable[Line] = ()) -> Extent:
    """Where a match is held back, `lines` end with the price that its panel shows: one that was heard later is hidden here too."""
    cut_off = session.told.feed_cut_off(key.match_id)
    now, shown = time.now(), session.told.shown(key.match_id)
    edge, hidden_after = now, None
    if cut_off is not None:
        edge, hidden_after = _as_the_panel(cut_off.timestamp(), _priced_at(shown, key), lines)
    if shown is None or not _still_stands(shown, key):
        return Extent(edge, hidden_after)
    age = session.age(key)
    vouched = now if not session.is_stale(key) else NEVER if age is None else now - age
    if vouched >= edge:
        return Extent(edge, hidden_after, edge)
    return Extent(edge, hidden_after, vouched if vouched > NEVER else None, vouched)


def _priced_at(shown: Shown | None, key: OddsKey) -> float | None:
    """When the price was computed that the panel shows; None where it shows none."""
    quotes = shown.quotes if shown is not None else ()
    at = next((quote.snapshot.updated_at for quote in quotes if quote is not None and quote.snapshot.key == key), None)
    return at.timestamp() if at is not None else None


def _as_the_panel(cut_off: float, priced_at: float | None, lines: Iterable[Line]) -> tuple[float, float]:
    """Where time is, and up to when prices are shown. The panel goes by when a price was heard, later than it was computed."""
    if priced_at is None or priced_at > cut_off + APART:
        return cut_off, cut_off
    places = ((line.times, bisect_right(line.times, priced_at + SAME)) for line in lines)
    later = min((times[place] for times, place in places if place < len(times)), default=float("inf"))
    return max(cut_off, priced_at), max(min(cut_off, later - SAME), priced_at)


def _still_stands(shown: Shown, key: OddsKey) -> bool:
    """Whether the question is still open: a match that is settled and a round that is over have no price that holds."""
    number = shown.match.round_number
    if shown.match.is_settled:
        return False
    if key.question is Question.MATCH:
        return True
    if any(quote is not None and quote.snapshot.key == key for quote in shown.quotes):
        return True
    return number is not None and key.round_number == number + (key.question is Question.NEXT_ROUND)
