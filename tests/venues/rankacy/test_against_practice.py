"""Rankacy's client on the real practice exchange: every call, answered by code that shares none with it, without a fault or a flaw."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.domain.cs2 import SIDES, Match, MatchStatus, OddsKey, Question, Season, Snapshot
from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.feed import Page
from app.domain.secret import Secret
from app.practice.faults import CallFault, Error, Faults
from app.practice.wire.application import Wire
from app.practice.wire.rankacy import new_api_key
from app.services.feed.ports import FeedVenue
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.rankacy.clock import moment
from app.venues.rankacy.venue import Keys, Rankacy
from tests.practice.kit import KEYS
from tests.venues.exchange import Floor, Watched

KEY = new_api_key()


class League(Floor):
    def __init__(self) -> None:
        super().__init__()
        self.faults_of_wire = Faults()
        keys = msgspec.structs.replace(KEYS, rankacy_key=KEY)
        self.wire = Wire(self.exchange, keys, self.clock, host="127.0.0.1", port=4321, faults=self.faults_of_wire)

    @asynccontextmanager
    async def feed(self, key: str = KEY) -> AsyncIterator[Rankacy]:
        venue = Rankacy(clock=self.seconds, connect=lambda url: Http(url, transport=Watched(self)), sleep=self.sleep)
        await venue.point(practice("http://127.0.0.1:4321"), Keys(Environment.PRACTICE, Secret(key)))
        try:
            yield venue
        finally:
            await venue.close()

    def at(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)


@pytest.fixture(scope="module")
def league() -> League:
    """One for all that only ask: a world takes a second to make."""
    return League()


@pytest.fixture
def own_league() -> League:
    """One whose time a test moves."""
    return League()


async def live(venue: FeedVenue) -> Match:
    page = await venue.matches(status=MatchStatus.LIVE)
    assert page.rows
    return page.rows[0]


async def active(venue: FeedVenue) -> Season:
    return next(season for season in (await venue.seasons()).rows if season.is_active)


def is_sound(page: Page[Match]) -> bool:
    return not page.faults and not any(match.flaws for match in page.rows)


async def test_whose_the_key_is_and_what_is_priced(league: League) -> None:
    async with league.feed() as venue:
        partner = await venue.ping()
        markets = await venue.markets()
    assert partner.time is not None
    assert abs(partner.time - league.at()) <= timedelta(seconds=1)
    assert [(market.code, market.sides) for market in markets] == [(question, SIDES[question]) for question in Question]


async def test_the_lobby_is_whole_page_by_page_and_nothing_in_it_is_odd(league: League) -> None:
    async with league.feed() as venue:
        whole = await venue.matches()
        found: list[Match] = []
        while len(found) < min(whole.total, 60):
            page = await venue.matches(limit=20, offset=len(found))
            assert is_sound(page)
            assert page.total == whole.total
            found += page.rows
    assert is_sound(whole)
    assert len({match.id for match in found}) == len(found)
    assert found[: len(whole.rows)] == list(whole.rows)[: len(found)]
    assert whole.invalidated_by


@pytest.mark.parametrize("status", MatchStatus)
async def test_the_lobby_can_be_asked_for_one_status(league: League, status: MatchStatus) -> None:
    async with league.feed() as venue:
        page = await venue.matches(status=status)
    assert page.rows
    assert {match.status for match in page.rows} == {status}


async def test_only_what_changed_since_is_listed(league: League) -> None:
    async with league.feed() as venue:
        before = await venue.matches(updated_since=league.at() - timedelta(days=400))
        assert before.total > 0
        after = await venue.matches(updated_since=league.at() + timedelta(days=1))
    assert (after.total, after.rows) == (0, ())


async def test_a_season_has_its_matches_its_queue_and_its_standings(league: League) -> None:
    async with league.feed() as venue:
        season = await active(venue)
        page = await venue.matches(season_id=season.id)
        queue = await venue.upcoming(season_id=season.id)
        standings = await venue.standings(season.id)
    assert {match.season_id for match in page.rows} == {season.id}
    assert queue.rows
    assert not queue.faults
    assert standings.season == season
    assert [row.rank for row in standings.rows] == sorted(row.rank for row in standings.rows)
    assert not standings.faults


async def test_a_live_match_has_its_rounds_its_odds_and_their_history(league: League) -> None:
    async with league.feed() as venue:
        match = await live(venue)
        detail = await venue.match(match.id)
        odds = await venue.odds(match.id)
        assert not odds.faults
        assert [snapshot.flaws for snapshot in odds.snapshots if snapshot.flaws] == []
        for snapshot in odds.snapshots:
            history = await venue.history(snapshot.key)
            assert history.points
            assert history.dropped == 0
    assert detail.match.flaws == ()
    assert detail.rounds[-1].events
    assert {snapshot.key.question for snapshot in odds.snapshots} == set(Question)


async def test_a_finished_match_adds_up(league: League) -> None:
    async with league.feed() as venue:
        page = await venue.matches(status=MatchStatus.FINISHED, limit=10)
        for match in page.rows:
            assert (await venue.match(match.id)).match.flaws == ()


async def test_polling_by_the_recipe_hears_of_every_price(own_league: League) -> None:
    """Whatever is newest at the end was told by some poll."""
    async with own_league.feed() as venue:
        told = await venue.changes()
        assert told.server_time
        board: dict[OddsKey, Snapshot] = {one.key: one for one in told.snapshots}
        for _ in range(60):
            own_league.pass_time(1.5)
            told = await venue.changes(told.server_time)
            assert not told.faults
            assert not told.is_full
            assert not any(one.flaws for one in told.snapshots)
            board |= {one.key: one for one in told.snapshots}
        match = await live(venue)
        newest = await venue.odds(match.id)
    for one in newest.snapshots:
        assert (board[one.key].sides, board[one.key].updated_at) == (one.sides, one.updated_at)


async def test_an_overlap_tells_again_what_was_told(own_league: League) -> None:
    async with own_league.feed() as venue:
        first = await venue.changes()
        own_league.pass_time(3)
        second = await venue.changes(first.server_time)
        again = await venue.changes(second.server_time, overlap=4)
    assert second.snapshots
    assert set(second.snapshots) <= set(again.snapshots)


async def test_a_full_page_is_said(league: League) -> None:
    async with league.feed() as venue:
        told = await venue.changes(limit=2)
    assert (len(told.snapshots), told.is_full) == (2, True)


async def test_the_feeds_time_is_its_own_and_can_be_read(league: League) -> None:
    async with league.feed() as venue:
        told = moment((await venue.changes()).server_time)
    assert told is not None
    assert abs(told - league.at()) <= timedelta(seconds=1)


async def test_the_stream_is_on_this_computer(league: League) -> None:
    async with league.feed() as venue:
        place = await venue.stream()
    assert place.embed_url.startswith("http://127.0.0.1:4321/")
    assert "parent=127.0.0.1" in place.embed_url


async def test_what_nobody_knows_is_a_refusal_in_words(league: League) -> None:
    async with league.feed() as venue:
        for call in (venue.match(10**9), venue.odds(10**9), venue.history(OddsKey(10**9, Question.MATCH)), venue.standings(10**9)):
            with pytest.raises(RefusedError, match="not found") as problem:
                await call
            assert problem.value.status == 404


async def test_what_the_feed_does_not_take_is_a_refusal_in_words(league: League) -> None:
    async with league.feed() as venue:
        match = await live(venue)
        calls = (
            venue.matches(limit=101),
            venue.matches(status="PAUSED"),
            venue.changes("yesterday"),
            venue.changes(limit=1001),
            venue.history(OddsKey(match.id, Question.ROUND)),
        )
        for call in calls:
            with pytest.raises(RefusedError) as problem:
                await call
            assert problem.value.status == 422


async def test_without_its_key_nothing_is_told(league: League) -> None:
    async with league.feed("rksb_practice_of_nobody") as venue:
        with pytest.raises(NotSentError, match="key") as problem:
            await venue.matches()
    assert problem.value.status == 401


async def test_trouble_of_the_feed_is_told_in_its_words_and_passes(league: League) -> None:
    async with league.feed() as venue:
        league.faults_of_wire.add(CallFault("rankacy.matches", Error(503, "unknown_error", "not now")))
        with pytest.raises(UnknownError, match="not now") as problem:
            await venue.matches()
        assert problem.value.status == 503
        assert (await venue.matches()).rows


def is_feed(venue: FeedVenue) -> FeedVenue:
    return venue


async def test_the_client_is_what_the_services_of_a_feed_need(league: League) -> None:
    async with league.feed() as venue:
        assert is_feed(venue) is venue
        assert venue.environment is Environment.PRACTICE
        await venue.ping()
        assert venue.latency is not None
        assert venue.answered_at == league.seconds()
