"""How far a chart of odds goes: up to when a price may be shown, how long the newest one stood, and from when nobody vouches for it."""

from __future__ import annotations

import msgspec

from app.domain.cs2 import OddsKey, Question
from app.services.feed.feed_time import FeedTime
from app.services.feed.session import FeedSession
from app.services.feed.told import Shown
from app.services.feed.tracks import NEVER


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


def extent_of(session: FeedSession, key: OddsKey, time: FeedTime) -> Extent:
    cut_off = session.told.feed_cut_off(key.match_id)
    hidden_after = cut_off.timestamp() if cut_off is not None else None
    now = time.now()
    edge = now if hidden_after is None else hidden_after
    shown = session.told.shown(key.match_id)
    if shown is None or not _still_stands(shown, key):
        return Extent(edge, hidden_after)
    age = session.age(key)
    vouched = now if not session.is_stale(key) else NEVER if age is None else now - age
    if vouched >= edge:
        return Extent(edge, hidden_after, edge)
    return Extent(edge, hidden_after, vouched if vouched > NEVER else None, vouched)


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
