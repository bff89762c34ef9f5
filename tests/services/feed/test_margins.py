"""The feed's own margin: changes tell none, so the odds of the open match are asked for once with each new round."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise

import msgspec

from app.domain.cs2 import OddsKey, Question
from app.services.feed.refetch import APART
from tests.services.feed.kit import EVENING, LIVE, OTHER, Feed, match, play, snapshot

NEXT = OddsKey(LIVE, Question.ROUND, 14)


async def begun(feed: Feed) -> None:
    """A live match is open, another one is listed, and everything was read."""
    feed.venue.put(match(), match(OTHER))
    feed.venue.write(snapshot(margin="0.05"), snapshot(OTHER, margin="0.05"))
    feed.session.start()
    feed.session.open(LIVE)
    await asyncio.sleep(10)
    feed.venue.calls.clear()


def tell_round(feed: Feed, match_id: int = LIVE, number: int = 14, *, is_available: bool = True, price: str = "1.80") -> None:
    """The venue knows a margin of it; a page of changes tells none."""
    told = snapshot(match_id, Question.ROUND, number, ct=price, at=feed.venue.now(), is_available=is_available)
    feed.venue.write(told)
    feed.venue.newest[told.key] = msgspec.structs.replace(told, margin=Decimal("0.07"))


def margin_of(feed: Feed, key: OddsKey) -> Decimal | None:
    quote = feed.board.quote(key)
    assert quote is not None
    return quote.snapshot.margin


def test_the_margin_of_a_new_round_of_the_open_match_is_asked_for_once() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        tell_round(feed)
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,)]
        assert margin_of(feed, NEXT) == Decimal("0.07")
        tell_round(feed, price="1.85")
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,)], "the last margin that was told stands"
        assert margin_of(feed, NEXT) == Decimal("0.07")
        tell_round(feed, number=15)
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,), (LIVE,)]

    play(scenario)


def test_a_feed_that_tells_no_margin_is_asked_once_for_each_round() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        for price in ("1.80", "1.85", "1.90"):
            feed.venue.write(snapshot(LIVE, Question.ROUND, 14, ct=price, at=feed.venue.now()))
            await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,)]

    play(scenario)


def test_nothing_is_asked_for_another_match_or_for_what_has_no_price() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        tell_round(feed, OTHER)
        tell_round(feed, is_available=False)
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == []
        tell_round(feed)
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,)], "it has a price now"

    play(scenario)


def test_several_new_rounds_at_once_are_asked_for_at_most_once_a_second() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        asked_at: list[float] = []

        async def note(method: str) -> None:
            if method == "odds":
                asked_at.append(feed.clock.monotonic())

        feed.venue.before = note
        for number in range(14, 20):
            tell_round(feed, number=number)
            await asyncio.sleep(0.5)
        await asyncio.sleep(5)
        assert 2 <= len(asked_at) <= 6
        assert all(later - earlier >= APART for earlier, later in pairwise(asked_at))

    play(scenario)


def test_another_venue_process_is_asked_for_the_margin_of_the_same_round_again() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        tell_round(feed)
        await asyncio.sleep(4)
        feed.session.venue_is_gone("The venue's process ended")
        feed.venue.newest.clear()
        feed.venue.written.clear()
        feed.session.venue_is_back()
        await asyncio.sleep(10)
        feed.venue.calls.clear()
        tell_round(feed)
        await asyncio.sleep(4)
        assert feed.venue.asked("odds") == [(LIVE,)]
        assert margin_of(feed, NEXT) == Decimal("0.07")

    play(scenario)


def test_a_margin_that_comes_with_an_older_price_stands_until_another_is_told() -> None:
    feed = Feed()
    told = snapshot(ct="1.80", at=EVENING.replace(minute=1))
    feed.tell(told)
    feed.board.read(LIVE, (snapshot(margin="0.06"),), 1.0, 2.0)
    quote = feed.board.quote(told.key)
    assert quote is not None
    assert quote.snapshot.sides == told.sides
    assert quote.snapshot.margin == Decimal("0.06")
    feed.board.read(LIVE, (snapshot(margin="0.09"),), 3.0, 4.0)
    assert margin_of(feed, told.key) == Decimal("0.06"), "an older answer replaces no margin"
