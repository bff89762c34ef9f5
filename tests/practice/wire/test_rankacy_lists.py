"""The feed's lists: matches and the queue by pages and filters, a match, seasons and tables, the video's place."""

from __future__ import annotations

from typing import Any

import pytest

from app.practice.clock import SECOND
from app.practice.cs2.model import Queued, RoundEvent, RoundState
from app.practice.cs2.model import Row as TableRow
from tests.practice.kit import STARTED_AT
from tests.practice.wire.rankacy_kit import AUTUMN, HERON, LYNX, OTTER, WINTER, Floor, WrittenLeague, match_row

SUMMARY = {
    "match_id",
    "unique_match_id",
    "map_name",
    "status",
    "team_1",
    "team_2",
    "team_1_score",
    "team_2_score",
    "ct_team_id",
    "t_team_id",
    "current_round_number",
    "season_id",
    "starts_at",
    "updated_at",
}


def ids(document: dict[str, Any]) -> list[int]:
    return [item["match_id"] for item in document["items"]]


def queued(number: int, season_id: int = WINTER.id) -> Queued:
    return Queued(
        queue_id=number,
        unique_id=f"queued-{number}",
        queued_at=STARTED_AT,
        season_id=season_id,
        season_name="Winter",
        team_1=LYNX,
        team_2=OTTER,
        status="QUEUED",
    )


# A match


async def test_a_row_has_the_contracts_fields_and_its_teams(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(42)]

    (row,) = (await floor.get("/matches"))["items"]

    assert row == {
        "match_id": 42,
        "unique_match_id": "match-42",
        "map_name": "de_quarry",
        "status": "LIVE",
        "team_1": {"id": 11, "name": "Lynx", "logo_name": "lynx"},
        "team_2": {"id": 12, "name": "Heron", "logo_name": "heron"},
        "team_1_score": 4,
        "team_2_score": 3,
        "ct_team_id": 11,
        "t_team_id": 12,
        "current_round_number": 8,
        "season_id": 2,
        "starts_at": row["starts_at"],
        "updated_at": row["updated_at"],
    }
    assert row["starts_at"].endswith("Z")
    assert row["updated_at"] > row["starts_at"]


@pytest.mark.parametrize("status", ["PREGAME", "WARMUP", "FINISHED"])
async def test_sides_are_told_of_live_matches_only(floor: Floor, league: WrittenLeague, status: str) -> None:
    league.listed = [match_row(1, status)]

    (row,) = (await floor.get("/matches"))["items"]

    assert row.keys() == SUMMARY
    assert (row["ct_team_id"], row["t_team_id"]) == (None, None)


async def test_the_detail_is_the_row_with_its_rounds_in_order_and_their_events_newest_first(floor: Floor, league: WrittenLeague) -> None:
    events = (
        RoundEvent("PLANTED", "Bomb planted at A", "plant", "0:40", True),
        RoundEvent("KILL", "Bot Ash killed Bot Oak", "", "", False),
    )
    league.listed = [match_row(42)]
    league.played[42] = [
        RoundState(number=1, ct_team_id=11, t_team_id=12, winner_team_id=12, win_reason="elimination", events=events),
        RoundState(number=2, ct_team_id=11, t_team_id=12, winner_team_id=None, win_reason=None, events=()),
    ]

    detail = await floor.get("/matches/42")

    assert detail.keys() == SUMMARY | {"season_name", "rounds", "webhook_events"}
    assert detail["season_name"] == "Winter"
    first, second = detail["rounds"]
    assert first == {
        "round_number": 1,
        "ct_team_id": 11,
        "t_team_id": 12,
        "winner_team_id": 12,
        "win_reason": "elimination",
        "events": [
            {
                "event_label": "PLANTED",
                "event_summary": "Bomb planted at A",
                "event_category": "plant",
                "event_timestamp": "0:40",
                "is_important": True,
            },
            {
                "event_label": "KILL",
                "event_summary": "Bot Ash killed Bot Oak",
                "event_category": None,
                "event_timestamp": "",
                "is_important": False,
            },
        ],
    }
    assert (second["winner_team_id"], second["win_reason"], second["events"]) == (None, None, [])


# Pages and filters


async def test_without_a_limit_a_page_has_twenty(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(number) for number in range(30, 0, -1)]

    page = await floor.get("/matches")

    assert (page["total"], page["limit"], page["offset"], ids(page)) == (30, 20, 0, list(range(30, 10, -1)))


async def test_pages_add_up_to_the_whole_list(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(number) for number in range(25, 0, -1)]

    pages = [await floor.get("/matches", limit=10, offset=offset) for offset in (0, 10, 20, 30)]

    assert [each for page in pages for each in ids(page)] == list(range(25, 0, -1))
    assert [page["total"] for page in pages] == [25] * 4
    assert ids(pages[3]) == []


async def test_a_match_that_is_created_between_two_pages_hides_none(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(number) for number in range(20, 0, -1)]
    first = await floor.get("/matches", limit=10)
    league.listed.insert(0, match_row(21))

    rest = [await floor.get("/matches", limit=10, offset=offset) for offset in (10, 20)]

    assert ids(first)[-1] == ids(rest[0])[0]
    assert {*ids(first), *ids(rest[0]), *ids(rest[1])} == set(range(1, 21))


async def test_filters_are_joined_and_the_total_counts_what_fits(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [
        match_row(4, "LIVE"),
        match_row(3, "FINISHED"),
        match_row(2, "FINISHED", season_id=AUTUMN.id),
        match_row(1, "FINISHED"),
    ]

    assert ids(await floor.get("/matches", status="FINISHED")) == [3, 2, 1]
    assert ids(await floor.get("/matches", season_id=1)) == [2]
    page = await floor.get("/matches", status="FINISHED", season_id=2, limit=1)
    assert (page["total"], ids(page)) == (2, [3])
    assert (await floor.get("/matches", season_id=99))["total"] == 0


async def test_updated_since_leaves_out_what_was_updated_at_that_very_time(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(number, updated_at=STARTED_AT + number * SECOND + 345) for number in (3, 2, 1)]
    told = {row["match_id"]: row["updated_at"] for row in (await floor.get("/matches"))["items"]}

    assert ids(await floor.get("/matches", updated_since=told[1])) == [3, 2]
    assert ids(await floor.get("/matches", updated_since=told[3])) == []


@pytest.mark.parametrize("moment", ["2026-11-18T09:06:42Z", "2026-11-18T09:06:42", "2026-11-18T10:06:42.000+01:00", "2026-11-18 09:06:42Z"])
async def test_a_time_may_come_in_any_zone_and_is_utc_without_one(floor: Floor, league: WrittenLeague, moment: str) -> None:
    at = 1_794_992_802 * SECOND
    league.listed = [match_row(2, updated_at=at + SECOND), match_row(1, updated_at=at)]

    assert ids(await floor.get("/matches", updated_since=moment)) == [2]


async def test_the_last_of_two_equal_parameters_counts_and_an_unknown_one_does_not(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(2, "FINISHED"), match_row(1)]

    assert ids(await floor.get("/matches?status=FINISHED&status=LIVE&colour=red")) == [1]


async def test_the_number_in_the_path_is_the_one_that_counts(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(42), match_row(7)]

    assert (await floor.get("/matches/42?match_id=7"))["match_id"] == 42


# The queue


async def test_the_queue_has_its_own_rows_pages_and_seasons(floor: Floor, league: WrittenLeague) -> None:
    league.queued = [queued(1), queued(2, AUTUMN.id), queued(3)]

    page = await floor.get("/matches/upcoming", limit=1, offset=1, season_id=2)

    assert (page["total"], page["limit"], page["offset"], page["webhook_events"]) == (2, 1, 1, ["MATCH_CREATED"])
    assert page["items"] == [
        {
            "queue_id": 3,
            "unique_match_id": "queued-3",
            "queued_at": page["items"][0]["queued_at"],
            "season_id": 2,
            "season_name": "Winter",
            "team_1": {"id": 11, "name": "Lynx", "logo_name": "lynx"},
            "team_2": {"id": 13, "name": "Otter", "logo_name": "otter"},
            "status": "QUEUED",
        }
    ]
    assert (await floor.get("/matches/upcoming"))["limit"] == 20


# Seasons


async def test_a_season_and_its_table(floor: Floor, league: WrittenLeague) -> None:
    league.tables[2] = [TableRow(rank=1, team=HERON, wins=3, draws=1, losses=0, points=10)]

    seasons = await floor.get("/seasons")
    table = await floor.get("/seasons/2/standings")

    assert [(each["id"], each["name"], each["is_active"]) for each in seasons] == [(1, "Autumn", False), (2, "Winter", True)]
    assert all(each.keys() == {"id", "name", "is_active", "created_at"} for each in seasons)
    row = {"rank": 1, "team_id": 12, "team_name": "Heron", "wins": 3, "draws": 1, "losses": 0, "points": 10}
    assert table == {"season": seasons[1], "rows": [row]}
    assert (await floor.get("/seasons/1/standings"))["rows"] == []


# The video


@pytest.mark.parametrize(
    ("host", "place", "parent"),
    [
        ("127.0.0.1:4321", "http://127.0.0.1:4321", "127.0.0.1"),
        ("localhost:80", "http://localhost:80", "localhost"),
        ("practice.test", "http://practice.test", "practice.test"),
        ("[::1]:4321", "http://[::1]:4321", "%3A%3A1"),
        ('127.0.0.1"><b>', "http://127.0.0.1:4321", "127.0.0.1"),
        ("user@other.test", "http://127.0.0.1:4321", "127.0.0.1"),
        ("127.0.0.1:4321/x?", "http://127.0.0.1:4321", "127.0.0.1"),
    ],
)
async def test_the_parent_of_the_video_is_the_host_that_was_asked(floor: Floor, host: str, place: str, parent: str) -> None:
    reply = await floor.http.get("/stream", headers={"Host": host})

    assert reply.json() == {
        "channel": "overround_practice",
        "embed_url": f"{place}/practice-stream/embed?channel=overround_practice&parent={parent}",
    }
