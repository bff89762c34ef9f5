"""A feed account from its first request on: what is read, in what case it is read again, and what a person hears of it."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.domain.cs2 import OddsKey, Question
from app.domain.errors import RefusedError, UnknownError, VenueError
from app.services.feed.attention import DETAIL
from app.services.feed.delay import CALIBRATING
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
        assert session.basics.stream_place == feed.venue.place
        assert [market.code for market in session.basics.markets] == ["MATCH"]
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
        assert feed.session.delay.estimate == pytest.approx(8, abs=DETAIL / 2)

    play(scenario)


def test_stopping_leaves_nothing_running() -> None:
    feed = play(_start)
    assert feed.failures == []


async def _start(feed: Feed) -> None:
    feed.venue.put(match())
    feed.session.start()
    feed.session.open(LIVE)
    await asyncio.sleep(0.01)


def test_while_a_person_calibrates_the_open_match_is_asked_for_each_second() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.session.start()
        feed.session.open(LIVE)
        await asyncio.sleep(10)
        feed.venue.calls.clear()
        feed.session.expect_calibration()
        await asyncio.sleep(10.5)
        assert len(feed.venue.asked("match")) in {10, 11}
        await asyncio.sleep(CALIBRATING)
        feed.venue.calls.clear()
        await asyncio.sleep(9.9)
        assert len(feed.venue.asked("match")) in {3, 4}

    play(scenario)


def test_an_open_match_that_the_feed_does_not_know_is_said_so_and_asked_for_once_a_minute() -> None:
    async def scenario(feed: Feed) -> None:
        feed.session.start()
        feed.session.open(4711)
        await asyncio.sleep(5)
        assert feed.session.why_unread(4711) == "The feed does not know match 4711: it is asked for again in 55 s."
        assert feed.session.why_unread(LIVE) == ""
        assert feed.words.count("Reading match 4711: Match not found") == 1
        feed.venue.calls.clear()
        await asyncio.sleep(300)
        assert len(feed.venue.asked("match")) == 5
        feed.venue.calls.clear()
        feed.session.reread()
        await asyncio.sleep(2)
        assert feed.venue.asked("match"), "a person asked"
        feed.venue.put(match(4711))
        await asyncio.sleep(62)
        assert feed.session.why_unread(4711) == ""
        assert 4711 in feed.matches.details

    play(scenario)


def test_an_open_match_that_cannot_be_read_says_why_and_when_it_is_asked_for_again() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.venue.always["match"] = UnknownError("The venue gave no clear answer (503)", status=503)
        feed.session.start()
        feed.session.open(LIVE)
        await asyncio.sleep(30)
        told = feed.session.why_unread(LIVE)
        assert told.startswith("Match 42 could not be read: The venue gave no clear answer (503). It is asked for again in ")
        del feed.venue.always["match"]
        await asyncio.sleep(60)
        assert feed.session.why_unread(LIVE) == ""

    play(scenario)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            UnknownError("The venue gave no clear answer (503)", status=503),
            "The standings of Autumn cup could not be read: The venue gave no",
        ),
        (RefusedError("Season not found", status=404), "The feed does not know Autumn cup: its standings are asked for again in 5"),
    ],
    ids=["503", "404"],
)
def test_standings_that_cannot_be_read_say_why_and_when_they_are_asked_for_again(problem: VenueError, words: str) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.always["standings"] = problem
        feed.session.start()
        await asyncio.sleep(2)
        feed.session.want_season(3)
        await asyncio.sleep(2)
        assert feed.session.why_no_standings(3).startswith(words)
        assert feed.session.why_no_standings(4) == ""
        feed.venue.calls.clear()
        await asyncio.sleep(55)
        assert bool(feed.venue.asked("standings")) is not isinstance(problem, RefusedError), "what is not known is not hurried"
        feed.venue.always.clear()
        await asyncio.sleep(62)
        assert feed.session.why_no_standings(3) == ""
        assert 3 in feed.matches.standings

    play(scenario)
