"""Who plays in which match, as the client remembers it."""

from __future__ import annotations

import msgspec

from app.domain.environment import Environment
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.rankacy.matches import read_matches
from app.venues.rankacy.teams import MOST, Teams
from app.venues.rankacy.venue import Keys
from tests.venues.rankacy.kit import CT, MATCH, OTHER, Feed, T, changed, sample

ONE = read_matches(sample("matches")).rows[0]


def test_the_teams_of_a_match_are_known_once_it_was_told() -> None:
    teams = Teams()
    assert teams.of(ONE.id) == frozenset()
    teams.note([ONE])
    assert teams.of(ONE.id) == {CT, T}
    assert teams.of(ONE.id + 1) == frozenset()


def test_of_very_many_matches_those_told_last_are_remembered() -> None:
    teams = Teams()
    teams.note(msgspec.structs.replace(ONE, id=number) for number in range(MOST))
    teams.note([msgspec.structs.replace(ONE, id=0)])
    teams.note([msgspec.structs.replace(ONE, id=MOST)])
    assert teams.of(0)
    assert teams.of(MOST)
    assert not teams.of(1)


async def test_what_another_host_told_is_forgotten() -> None:
    """Two hosts number their matches each for themselves."""
    feed = Feed(odds=changed("odds", {("markets", 1, "sides", 0, "team_id"): OTHER}))
    async with feed.client() as venue:
        await venue.matches()
        assert (await venue.odds(MATCH)).snapshots[1].flaws
        await venue.point(practice("http://127.0.0.1:9"), Keys(Environment.PRACTICE, Secret("feed-key-of-nobody")))
        assert not (await venue.odds(MATCH)).snapshots[1].flaws
