"""Each request of the feed: its path, exactly what it asks for, and who goes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.cs2 import OddsKey, Question
from app.domain.link import Rank
from app.venues.call import Call
from app.venues.rankacy.calls import Calls
from app.venues.rankacy.names import FEED
from tests.venues.rankacy.kit import METHODS, ROUND_5, Feed

CALLS = Calls(FEED)
AT = datetime(2026, 11, 21, 10, 22, 3, 250000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "path", "params", "rank", "name"),
    [
        (CALLS.ping(), "ping", {}, Rank.ROUTINE, "ping"),
        (CALLS.markets(), "markets", {}, Rank.ROUTINE, "markets"),
        (CALLS.seasons(), "seasons", {}, Rank.ROUTINE, "seasons"),
        (CALLS.matches("", None, None, 100, 0), "matches", {"limit": "100", "offset": "0"}, Rank.ROUTINE, "matches"),
        (
            CALLS.matches("LIVE", 5, AT, 20, 40, Rank.SEEDING),
            "matches",
            {"status": "LIVE", "season_id": "5", "updated_since": "2026-11-21T10:22:03.250000Z", "limit": "20", "offset": "40"},
            Rank.SEEDING,
            "matches",
        ),
        (CALLS.upcoming(None, 100, 0), "matches/upcoming", {"limit": "100", "offset": "0"}, Rank.ROUTINE, "upcoming"),
        (CALLS.upcoming(0, 1, 2), "matches/upcoming", {"season_id": "0", "limit": "1", "offset": "2"}, Rank.ROUTINE, "upcoming"),
        (CALLS.match(812), "matches/812", {}, Rank.SCREEN, "match"),
        (CALLS.match(812, Rank.ROUTINE), "matches/812", {}, Rank.ROUTINE, "match"),
        (CALLS.odds(812), "matches/812/odds", {}, Rank.SCREEN, "odds"),
        (CALLS.history(ROUND_5), "matches/812/odds/history", {"market": "ROUND", "round_number": "5"}, Rank.SCREEN, "history"),
        (CALLS.history(OddsKey(812, Question.MATCH)), "matches/812/odds/history", {"market": "MATCH"}, Rank.SCREEN, "history"),
        (CALLS.history(OddsKey(812, Question.MATCH, 5)), "matches/812/odds/history", {"market": "MATCH"}, Rank.SCREEN, "history"),
        (CALLS.changes("", 1000), "odds/changes", {"limit": "1000"}, Rank.ROUTINE, "changes"),
        (
            CALLS.changes("2026-11-21T10:22:03+02:00", 200),
            "odds/changes",
            {"since": "2026-11-21T10:22:03+02:00", "limit": "200"},
            Rank.ROUTINE,
            "changes",
        ),
        (CALLS.standings(5), "seasons/5/standings", {}, Rank.SCREEN, "standings"),
        (CALLS.stream(), "stream", {}, Rank.SCREEN, "stream"),
    ],
)
def test_a_request_asks_for_exactly_what_is_wanted(call: Call, path: str, params: dict[str, str], rank: Rank, name: str) -> None:
    assert (call.method, call.path, dict(call.params), call.rank) == ("GET", f"api/b2b/{path}", params, rank)
    assert CALLS.name_of(call) == name
    assert call.body is None


def test_a_time_of_another_zone_is_asked_for_in_utc() -> None:
    call = CALLS.matches("", None, AT.astimezone(timezone(timedelta(hours=2))), 100, 0)
    assert call.params["updated_since"] == "2026-11-21T10:22:03.250000Z"


@pytest.mark.parametrize("name", METHODS)
async def test_each_method_asks_its_path_once_with_the_key_in_its_header(name: str) -> None:
    feed = Feed()
    async with feed.client() as venue:
        await METHODS[name].call(venue)
    (request,) = feed.asked
    assert (request.method, request.url.path) == ("GET", f"/api/b2b/{METHODS[name].path}")
    assert request.headers["X-API-Key"] == "feed-key-of-nobody"
    assert "feed-key" not in str(request.url)


async def test_the_delta_asks_again_for_the_overlap_and_a_plus_in_a_zone_stays_one() -> None:
    feed = Feed()
    async with feed.client() as venue:
        await venue.changes()
        await venue.changes("2026-11-21T10:22:03.421Z", overlap=2.0)
        await venue.changes("2026-11-21T10:22:03+02:00", 200)
    assert [dict(request.url.params) for request in feed.asked] == [
        {"limit": "1000"},
        {"since": "2026-11-21T10:22:01.421Z", "limit": "1000"},
        {"since": "2026-11-21T10:22:03+02:00", "limit": "200"},
    ]
    assert "%2B02" in str(feed.asked[-1].url)
