"""A feed account from its first request on: what is read, in what case it is read again, and what a person hears of it."""

from __future__ import annotations

import asyncio

import msgspec

from app.domain.cs2 import OddsKey, Question
from tests.services.feed.kit import LIVE, OTHER, Feed, event, match, play, snapshot, upcoming

WHOLE = OddsKey(LIVE, Question.MATCH)


def test_a_start_reads_everything_a_view_shows() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(), match(OTHER, "PREGAME"))
        feed.venue.queue = [upcoming()]
        feed.venue.write(snapshot())
        feed.session.start()
        await asyncio.sleep(1)
        session = feed.session
        assert [each.id for each in feed.matches.listed()] == [LIVE, OTHER]
        assert feed.matches.upcoming == (upcoming(),)
        assert [season.id for season in feed.matches.seasons] == [3]
        assert session.partner is not None
        assert session.partner.name == "Lakeside Books"
        assert session.stream_place == feed.venue.place
        assert [market.code for market in session.markets] == ["MATCH"]
        assert session.age(WHOLE) is not None
        assert not session.is_stale(WHOLE)

    play(scenario)


def test_a_plant_in_the_open_match_is_what_the_video_is_calibrated_by() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.session.start()
        feed.session.open(LIVE)
        await asyncio.sleep(5)
        known = feed.matches.details[LIVE]
        plant = event("PLANTED", "Bomb planted at B", category="plant", important=True)
        last = msgspec.structs.replace(known.rounds[-1], events=(plant, *known.rounds[-1].events))
        feed.venue.detailed[LIVE] = msgspec.structs.replace(known, rounds=(*known.rounds[:-1], last))
        await asyncio.sleep(8)
        assert "Bomb planted at B" in feed.session.delay.press()
        assert feed.session.delay.estimate is not None
        assert 4 < feed.session.delay.estimate <= 8

    play(scenario)


def test_stopping_leaves_nothing_running() -> None:
    feed = play(_start)
    assert feed.failures == []


async def _start(feed: Feed) -> None:
    feed.venue.put(match())
    feed.session.start()
    feed.session.open(LIVE)
    await asyncio.sleep(0.01)
