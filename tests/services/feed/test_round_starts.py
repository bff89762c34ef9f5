"""When rounds began: read one by one, the first and then the newest first, after everything else, and only the time is kept."""

from __future__ import annotations

import asyncio

from app.domain.cs2 import OddsHistory, OddsKey, Question, Side
from app.domain.errors import UnknownError
from app.services.feed.round_starts import AGAIN, APART, KEPT, MOST, RoundStarts
from tests.services.feed.kit import EVENING, LIVE, Feed, play, point

ROUND_3 = OddsKey(LIVE, Question.ROUND, 3)


def starts_of(feed: Feed, *, may_ask: bool = True) -> RoundStarts:
    return RoundStarts(feed.venue, feed.tasks, feed.clock.monotonic, lambda: may_ask)


def price_round(feed: Feed, number: int) -> None:
    key = OddsKey(LIVE, Question.ROUND, number)
    feed.venue.points[key] = OddsHistory(key, (point(1, Side.CT, "1.5", EVENING),))


def asked(feed: Feed) -> list[int]:
    return [key.round_number for (key,) in feed.venue.asked("history") if isinstance(key, OddsKey) and key.round_number is not None]


def test_they_are_read_one_after_the_other_the_first_round_and_then_the_newest_first() -> None:
    async def scenario(feed: Feed) -> None:
        starts = starts_of(feed)
        for number in (1, 2, 3):
            price_round(feed, number)
        for _try in range(5):
            for _twice in range(2):
                starts.want(LIVE, (1, 2, 3))
            await asyncio.sleep(APART)
        assert asked(feed) == [1, 3, 2]
        assert starts.of(LIVE) == dict.fromkeys((1, 2, 3), EVENING.timestamp())

    play(scenario)


def test_what_was_answered_without_a_price_is_not_on_its_way_any_more() -> None:
    async def scenario(feed: Feed) -> None:
        starts = starts_of(feed)
        price_round(feed, 2)
        feed.venue.troubles["history"] = [UnknownError("500")]
        assert starts.unread(LIVE, (1, 2, 3)) == [1, 2, 3]
        for _try in range(3):
            starts.want(LIVE, (1, 2, 3))
            await asyncio.sleep(APART)
        assert starts.unread(LIVE, (1, 2, 3)) == [1], "1 could not be read, 3 has no price"
        starts.forget()
        assert starts.unread(LIVE, (1, 2, 3)) == [1, 2, 3]

    play(scenario)


def test_one_that_told_nothing_or_could_not_be_read_is_read_again_a_minute_later_and_holds_up_no_other() -> None:
    async def scenario(feed: Feed) -> None:
        starts = starts_of(feed)
        price_round(feed, 2)
        feed.venue.troubles["history"] = [UnknownError("500")]
        for _try in range(4):
            starts.want(LIVE, (2, 3))
            await asyncio.sleep(APART)
        assert asked(feed) == [3, 2]
        price_round(feed, 3)
        await asyncio.sleep(AGAIN)
        starts.want(LIVE, (2, 3))
        await asyncio.sleep(APART)
        assert set(starts.of(LIVE)) == {2, 3}

    play(scenario)


def test_one_that_never_tells_anything_is_asked_for_ever_more_rarely() -> None:
    async def scenario(feed: Feed) -> None:
        starts = starts_of(feed)
        for _second in range(1_800):
            starts.want(LIVE, (3,))
            await asyncio.sleep(1)
        assert len(asked(feed)) == 5  # at once, and after 1, 3, 7 and 15 minutes

    play(scenario, seconds=2_000)


def test_nothing_is_asked_while_the_venue_is_gone_and_what_is_forgotten_meanwhile_is_not_learnt() -> None:
    async def scenario(feed: Feed) -> None:
        starts_of(feed, may_ask=False).want(LIVE, (3,))
        await asyncio.sleep(0)
        assert asked(feed) == []
        price_round(feed, 3)
        starts = starts_of(feed)
        starts.want(LIVE, (3,))
        starts.forget()
        await asyncio.sleep(APART)
        assert starts.of(LIVE) == {}

    play(scenario)


def test_as_many_matches_and_rounds_as_are_kept_and_no_more() -> None:
    async def scenario(feed: Feed) -> None:
        starts = starts_of(feed)
        for number in range(KEPT + 5):
            starts.learn(number, 1, 10.0)
        assert [bool(starts.of(number)) for number in (4, 5, KEPT + 4)] == [False, True, True]
        for _try in range(10 * MOST):
            starts.want(LIVE, range(1, 1_000))
            await asyncio.sleep(APART)
        assert sorted(set(asked(feed)))[:2] == [1, 1_000 - MOST + 1]

    play(scenario, seconds=2_000)


def test_an_earlier_price_is_the_first_one_and_a_later_one_changes_nothing() -> None:
    feed = Feed()
    starts, told = starts_of(feed), []
    starts.changed.connect(lambda: told.append(dict(starts.of(LIVE))))
    for at in (20.0, 10.0, 30.0):
        starts.learn(LIVE, 3, at)
    assert told == [{3: 20.0}, {3: 10.0}]
