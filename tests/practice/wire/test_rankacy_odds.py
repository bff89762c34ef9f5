"""The feed's odds: snapshots, histories, and what has changed, with the loss that a full page is."""

from __future__ import annotations

from app.practice.clock import MILLISECOND, SECOND
from app.practice.cs2.model import Market, Point, Priced
from tests.practice.kit import HandClock
from tests.practice.wire.rankacy_kit import Floor, WrittenLeague, match_row

# Snapshots


async def test_a_snapshot_has_its_markets_and_the_time_of_the_newest(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(42)]
    league.price(42, clock.now - 2 * SECOND)
    closed = Priced(market=Market.ROUND, round_number=8, is_available=False, margin="", updated_at=clock.now - SECOND, sides=())
    league.written.append((42, closed))

    odds = await floor.get("/matches/42/odds")

    assert odds.keys() == {"match_id", "updated_at", "markets", "webhook_events"}
    match, of_round = odds["markets"]
    assert match == {
        "market": "MATCH",
        "round_number": None,
        "is_available": True,
        "margin": "0.05",
        "updated_at": match["updated_at"],
        "sides": [
            {"side": "CT", "team_id": 11, "decimal_odd": "1.87"},
            {"side": "T", "team_id": 12, "decimal_odd": "1.95"},
            {"side": "DRAW", "team_id": None, "decimal_odd": "14.50"},
        ],
    }
    assert (of_round["round_number"], of_round["is_available"], of_round["margin"], of_round["sides"]) == (8, False, None, [])
    assert odds["updated_at"] == of_round["updated_at"] > match["updated_at"]


async def test_each_answer_names_the_events_that_make_it_old(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(42)]
    paths = ["/matches", "/matches/upcoming", "/matches/42", "/matches/42/odds", "/matches/42/odds/history?market=MATCH", "/odds/changes"]

    assert [(await floor.get(path))["webhook_events"] for path in paths] == [
        ["MATCH_CREATED", "MATCH_STARTED", "MATCH_FINISHED"],
        ["MATCH_CREATED"],
        ["MATCH_STARTED", "MATCH_FINISHED", "ODDS_UPDATED"],
        ["ODDS_UPDATED", "MATCH_FINISHED"],
        ["ODDS_UPDATED"],
        ["ODDS_UPDATED"],
    ]


async def test_a_match_that_was_never_priced_has_no_time_and_no_market(floor: Floor, league: WrittenLeague) -> None:
    league.listed = [match_row(42)]

    odds = await floor.get("/matches/42/odds")

    assert (odds["match_id"], odds["updated_at"], odds["markets"]) == (42, None, [])


# Histories


async def test_a_history_is_that_of_one_market_and_round(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(42)]
    league.points[42, "ROUND", 7] = [
        Point(id=5, side="CT", decimal_odd="2.10", margin="0.04", updated_at=clock.now - 5 * SECOND),
        Point(id=6, side="T", decimal_odd="1.75", margin="0.04", updated_at=clock.now - 5 * SECOND),
    ]

    history = await floor.get("/matches/42/odds/history", market="ROUND", round_number=7)

    at = history["points"][0]["updated_at"]
    assert history == {
        "match_id": 42,
        "market": "ROUND",
        "round_number": 7,
        "points": [
            {"id": 5, "side": "CT", "decimal_odd": "2.10", "margin": "0.04", "updated_at": at},
            {"id": 6, "side": "T", "decimal_odd": "1.75", "margin": "0.04", "updated_at": at},
        ],
        "webhook_events": ["ODDS_UPDATED"],
    }
    assert (await floor.get("/matches/42/odds/history", market="NEXT_ROUND", round_number=7))["points"] == []


async def test_the_history_of_a_match_takes_no_round(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(42)]
    league.points[42, "MATCH", None] = [Point(id=1, side="DRAW", decimal_odd="15.00", margin="0.05", updated_at=clock.now)]

    told = [await floor.get("/matches/42/odds/history", market="MATCH", **more) for more in ({}, {"round_number": 3})]

    assert told[0] == told[1]
    assert (told[0]["round_number"], len(told[0]["points"])) == (None, 1)


# Changes


async def test_a_change_says_whose_it_is_and_what_the_match_does(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(42, "WARMUP")]
    league.price(42, clock.now - SECOND)

    changes = await floor.get("/odds/changes")

    assert changes.keys() == {"since", "server_time", "changes", "webhook_events"}
    assert (changes["since"], changes["webhook_events"]) == (None, ["ODDS_UPDATED"])
    (change,) = changes["changes"]
    assert change.keys() == {"match_id", "match_status", "market", "round_number", "updated_at", "is_available", "sides"}
    assert (change["match_id"], change["match_status"], change["market"], len(change["sides"])) == (42, "WARMUP", "MATCH", 3)


async def test_polled_by_the_recipe_nothing_is_lost_and_nothing_told_twice(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(42)]
    league.price(42, clock.now - SECOND)
    since, heard = "", []
    for odds in ("1.88", "1.89", "1.90"):
        answer = await floor.get("/odds/changes", **({"since": since} if since else {}))
        assert answer["since"] == (since or None)
        since = answer["server_time"]
        heard += [each["sides"][0]["decimal_odd"] for each in answer["changes"]]
        clock.now += 1_500 * MILLISECOND
        league.price(42, clock.now - 700 * MILLISECOND, odds)
    heard += [each["sides"][0]["decimal_odd"] for each in (await floor.get("/odds/changes", since=since))["changes"]]

    assert heard == ["1.87", "1.88", "1.89", "1.90"]
    assert (await floor.get("/odds/changes", since=(await floor.get("/odds/changes"))["server_time"]))["changes"] == []


async def test_a_change_of_the_millisecond_it_was_asked_in_is_told_again_and_not_lost(
    floor: Floor, league: WrittenLeague, clock: HandClock
) -> None:
    league.listed = [match_row(42)]
    clock.now += MILLISECOND - clock.now % MILLISECOND + 200_000
    since = (await floor.get("/odds/changes"))["server_time"]
    league.price(42, clock.now + 300_000)
    clock.now += SECOND

    assert len((await floor.get("/odds/changes", since=since))["changes"]) == 1


async def test_the_limit_cuts_off_the_newest_and_they_are_lost(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(number) for number in range(5, 0, -1)]
    before = (await floor.get("/odds/changes"))["server_time"]
    for number in range(1, 6):
        clock.move(0.1)
        league.price(number, clock.now)
    clock.move(0.1)

    full = await floor.get("/odds/changes", since=before, limit=3)
    after = await floor.get("/odds/changes", since=full["server_time"], limit=3)

    assert [change["match_id"] for change in full["changes"]] == [1, 2, 3]
    assert after["changes"] == []
    assert len((await floor.get("/odds/changes", since=before))["changes"]) == 5


async def test_without_a_limit_there_are_two_hundred_and_never_more_than_a_thousand(
    floor: Floor, league: WrittenLeague, clock: HandClock
) -> None:
    league.listed = [match_row(1)]
    before = (await floor.get("/odds/changes"))["server_time"]
    for _ in range(1_001):
        clock.now += MILLISECOND
        league.price(1, clock.now)

    assert len((await floor.get("/odds/changes", since=before))["changes"]) == 200
    assert len((await floor.get("/odds/changes", since=before, limit=1_000))["changes"]) == 1_000


async def test_a_time_to_come_and_one_long_ago_are_answered(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(1)]
    league.price(1, clock.now)

    future = await floor.get("/odds/changes", since="2090-01-01T00:00:00Z")
    past = await floor.get("/odds/changes", since="1960-01-01T00:00:00.5Z")

    assert (future["changes"], future["since"]) == ([], "2090-01-01T00:00:00Z")
    assert (len(past["changes"]), past["since"]) == (1, "1960-01-01T00:00:00.500Z")
    assert future["server_time"] < future["since"]
