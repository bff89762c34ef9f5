"""How far a chart goes: up to now while the feed vouches, as late as the video, and no further than the last moment anybody vouched for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.cs2 import OddsKey, Question
from app.services.feed.extents import Extent, extent_of
from app.services.feed.feed_time import FeedTime
from tests.services.fakes import Clock
from tests.services.feed.kit import LIVE, Feed, match, snapshot

WHOLE = OddsKey(LIVE, Question.MATCH)
ROUND = OddsKey(LIVE, Question.ROUND, 13)
NEVER = float("-inf")


@pytest.fixture
def feed() -> Feed:
    made = Feed()
    made.session.open_match_id = LIVE
    made.tell(match(), snapshot(), snapshot(question=Question.ROUND), snapshot(question=Question.NEXT_ROUND, round_number=14))
    return made


def extent(feed: Feed, key: OddsKey = WHOLE) -> Extent:
    return extent_of(feed.session, key, FeedTime(feed.figures, feed.clock.monotonic, feed.clock.now))


def now(feed: Feed) -> float:
    return feed.clock.now().timestamp()


def later(feed: Feed, seconds: float) -> None:
    assert isinstance(feed.clock, Clock)
    feed.clock.move(seconds)


def test_a_price_the_feed_vouches_for_stands_until_now_by_the_feeds_clock(feed: Feed) -> None:
    feed.figures.offset = 3.0
    assert extent(feed) == Extent(now(feed) + 3, None, now(feed) + 3, None)


def test_a_price_nobody_vouches_for_stood_until_the_last_moment_somebody_did(feed: Feed) -> None:
    vouched = now(feed)
    later(feed, 100)
    assert extent(feed) == Extent(vouched + 100, None, vouched, vouched)


def test_a_price_nobody_ever_vouched_for_is_stale_from_its_own_time(feed: Feed) -> None:
    feed.session.board.forget()
    told = extent(feed)
    assert (told.held_until, told.stale_from) == (None, NEVER)
    assert told.last(50.0) == 50.0


def test_a_venue_that_is_gone_vouches_for_nothing(feed: Feed) -> None:
    vouched = now(feed)
    later(feed, 1)
    feed.session.venue_is_gone("its process ended")
    assert extent(feed).stale_from == vouched


def test_what_is_late_with_the_video_stood_as_long_as_the_video_shows(feed: Feed) -> None:
    feed.session.told.note()
    later(feed, 30)
    feed.tell()
    feed.session.delay.set_by_hand(20)
    feed.session.delay.set_spoiler_safe(True)
    edge = now(feed) - 20
    assert extent(feed) == Extent(edge, edge, edge, None)
    later(feed, 15)  # stale by now, but not yet for who sees it twenty seconds late
    assert extent(feed) == Extent(edge + 15, edge + 15, edge + 15, None)
    later(feed, 15)
    assert extent(feed).stale_from == pytest.approx(edge + 20)


class Line:
    """Prices at these times."""

    def __init__(self, *times: float) -> None:
        self.times = times


def late_panel(feed: Feed, priced: float) -> float:
    """The feed's time that a panel twenty seconds late stands at; its price was computed so many seconds before."""
    at = feed.clock.now() - timedelta(seconds=priced)
    feed.session.board.forget()
    feed.tell(snapshot(at=at))
    later(feed, 20)
    feed.session.delay.set_by_hand(20)
    feed.session.delay.set_spoiler_safe(True)
    return now(feed) - 20


@pytest.mark.parametrize("number", [3.0, 0.5])
def test_a_late_chart_ends_with_the_price_of_the_late_panel(feed: Feed, number: float) -> None:
    """A price that was computed before the moment that is shown, and heard after it, is in neither."""
    edge = late_panel(feed, priced=number)
    lines = [Line(edge - 60, edge - number, edge - 0.2), Line(edge - 60, edge - number), Line()]
    told = extent_of(feed.session, WHOLE, FeedTime(feed.figures, feed.clock.monotonic, feed.clock.now), lines)  # type: ignore[arg-type]  # their times
    assert told.edge == pytest.approx(edge)
    assert told.hidden_after is not None
    assert edge - number < told.hidden_after < edge - 0.2


def test_a_price_the_late_panel_shows_is_in_the_late_chart_though_the_clocks_are_apart(feed: Feed) -> None:
    edge = late_panel(feed, priced=-1.0)
    assert (extent(feed).edge, extent(feed).hidden_after) == (edge + 1, edge + 1)


def test_a_price_of_a_time_that_cannot_be_moves_no_chart(feed: Feed) -> None:
    edge = late_panel(feed, priced=-3.0)
    assert (extent(feed).edge, extent(feed).hidden_after) == (edge, edge)


def test_a_round_that_is_over_and_a_match_that_is_settled_hold_no_price(feed: Feed) -> None:
    assert extent(feed, ROUND).held_until is not None
    assert extent(feed, OddsKey(LIVE, Question.ROUND, 12)) == Extent(now(feed))
    feed.tell(match(round_number=14))
    assert extent(feed, ROUND) == Extent(now(feed))
    assert extent(feed, OddsKey(LIVE, Question.NEXT_ROUND, 15)).held_until is None  # not told yet
    feed.tell(match(status="FINISHED"))
    assert extent(feed) == Extent(now(feed))


def test_the_next_round_holds_under_its_own_number_and_under_that_of_the_one_being_played(feed: Feed) -> None:
    assert extent(feed, OddsKey(LIVE, Question.NEXT_ROUND, 14)).held_until is not None
    assert extent(feed, OddsKey(LIVE, Question.NEXT_ROUND, 13)).held_until is None


def test_nothing_is_drawn_after_what_may_be_shown() -> None:
    assert Extent(100.0, hidden_after=80.0, held_until=80.0).last(95.0) == 80.0
    assert Extent(100.0, held_until=90.0).last(95.0) == 95.0
    assert Extent(100.0).last(95.0) == 95.0
