"""Odds as the feed tells them, and what of them is no price (reliability 6.3: I-40 to I-42, I-44 to I-47)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from app.domain.cs2 import OddsKey, OddsPoint, Question, Side, SideOdds, Snapshot
from app.domain.errors import UnreadableError
from app.domain.feed import Changes
from app.domain.odds import Odds
from app.venues.rankacy.prices import read_changes, read_history, read_odds
from tests.venues.rankacy.kit import CT, MATCH, OTHER, ROUND_5, Feed, T, changed, document, packed, sample

MATCH_KEY = OddsKey(MATCH, Question.MATCH)
NEXT_6 = OddsKey(MATCH, Question.NEXT_ROUND, 6)


def moved(index: int = 1, **fields: object) -> Snapshot:
    """A market of the odds with fields replaced, 0 the match and 1 the round; its siblings are there all the same."""
    told = read_odds(changed("odds", {("markets", index, field): value for field, value in fields.items()}), MATCH)
    assert told.faults == ()
    assert len(told.snapshots) == 3
    return told.snapshots[index]


def sided(*sides: tuple[object, object, object], index: int = 1, **fields: object) -> Snapshot:
    rows = [{"side": side, "team_id": team, "decimal_odd": odds} for side, team, odds in sides]
    return moved(index, sides=rows, **fields)


def changes(*rows: dict[str, object], limit: int = 1000) -> Changes:
    return read_changes(packed({**document("changes"), "changes": rows}), limit)


ROW: dict[str, Any] = document("changes")["changes"][1]


def test_the_three_questions_are_read() -> None:
    told = read_odds(sample("odds"), MATCH)
    assert (told.match_id, told.faults, told.invalidated_by) == (MATCH, (), ("ODDS_UPDATED",))
    assert [one.key for one in told.snapshots] == [MATCH_KEY, ROUND_5, NEXT_6]
    match, this, coming = told.snapshots
    assert match == Snapshot(
        key=MATCH_KEY,
        is_available=True,
        sides=(SideOdds(Side.CT, CT, Odds(46, 25)), SideOdds(Side.T, T, Odds(13, 25)), SideOdds(Side.DRAW, None, Odds(29, 2))),
        margin=Decimal("0.05"),
        updated_at=datetime(2026, 11, 21, 10, 22, 1, tzinfo=UTC),
    )
    assert this.odds_of(Side.CT) == Odds(23, 20)
    assert (coming.is_available, coming.odds_of(Side.CT), coming.flaws) == (False, None, ())


def test_the_changes_are_read() -> None:
    told = read_changes(sample("changes"), 1000)
    assert (told.server_time, told.is_full, told.faults) == ("2026-11-21T10:22:03.421Z", False, ())
    assert [one.key for one in told.snapshots] == [MATCH_KEY, ROUND_5, NEXT_6, OddsKey(813, Question.ROUND, 11)]
    assert told.snapshots[0].match_status == "LIVE"
    assert not told.snapshots[3].is_available


def test_odds_of_another_match_than_was_asked_for_are_refused() -> None:
    with pytest.raises(UnreadableError, match="match 812, and match 811 was asked for"):
        read_odds(sample("odds"), 811)


# I-40


@pytest.mark.parametrize(
    ("margin", "kept", "words"),
    [
        ("-0.05", Decimal("-0.05"), "The margin is -0.05, below nothing"),
        ("1.5", Decimal("1.5"), "The margin is 1.5, more than 1"),
        ("NaN", None, "The margin is no figure: 'NaN'"),
        ("Infinity", None, "The margin is no figure: 'Infinity'"),
        (0.05, None, "The margin is no figure: 0.05"),
        ("", None, "The margin is no figure: ''"),
    ],
)
def test_i_40_a_margin_that_cannot_be_is_flagged(margin: object, kept: Decimal | None, words: str) -> None:
    snapshot = moved(margin=margin)
    assert (snapshot.margin, snapshot.flaws) == (kept, (words,))


@pytest.mark.parametrize("margin", ["0", "0.04", "1", None])
def test_i_40_a_margin_that_can_be_is_not(margin: object) -> None:
    assert moved(margin=margin).flaws == ()


@pytest.mark.parametrize(
    ("ct", "t", "flaws"),
    [
        ("2.10", "2.10", ("The implied probabilities add up to 0.9524, less than 1",)),
        ("1.30", "1.30", ("The implied probabilities add up to 1.5385, more than 1.5",)),
        ("2.00", "2.00", ()),
        ("1.50", "1.20", ()),
    ],
)
def test_i_40_a_book_below_1_or_above_1_and_a_half_is_flagged(ct: str, t: str, flaws: tuple[str, ...]) -> None:
    assert sided(("CT", CT, ct), ("T", T, t)).flaws == flaws


def test_the_computed_overround_is_exact_and_stands_beside_the_margin() -> None:
    snapshot = sided(("CT", CT, "2.00"), ("T", T, "1.80"), margin="0.01")
    assert snapshot.overround == Fraction(1, 2) + Fraction(5, 9)
    assert snapshot.flaws == ()


def test_a_price_that_is_not_available_is_in_no_sum() -> None:
    assert sided(("CT", CT, "2.50"), ("T", T, "2.50"), is_available=False).flaws == ()


# I-41


@pytest.mark.parametrize("market", ["MAP", "match", " ROUND", "", None, 5])
def test_i_41_a_market_that_is_not_known_is_skipped_and_said(market: object) -> None:
    told = read_odds(changed("odds", {("markets", 1, "market"): market}), MATCH)
    assert [one.key for one in told.snapshots] == [MATCH_KEY, NEXT_6]
    (fault,) = told.faults
    assert fault.startswith("A market cannot be read (")


@pytest.mark.parametrize("side", ["ct", "SPECTATOR", "", " T"])
def test_i_41_a_side_that_is_not_known_is_dropped_and_said(side: str) -> None:
    snapshot = sided(("CT", CT, "2.15"), ("T", T, "1.72"), (side, OTHER, "9.00"))
    assert [one.side for one in snapshot.sides] == [Side.CT, Side.T]
    assert snapshot.flaws[0].startswith("A side is none that is known")
    assert snapshot.odds_of(Side.T) == Odds(18, 25)


def test_i_41_a_draw_in_a_round_is_dropped_and_said() -> None:
    snapshot = sided(("CT", CT, "2.15"), ("T", T, "1.72"), ("DRAW", None, "9.00"))
    assert [one.side for one in snapshot.sides] == [Side.CT, Side.T]
    assert snapshot.flaws == ("A round has no DRAW",)


def test_i_41_a_side_that_is_missing_is_said() -> None:
    snapshot = sided(("T", T, "1.72"))
    assert snapshot.flaws == ("CT is not told",)
    assert (snapshot.odds_of(Side.CT), snapshot.odds_of(Side.T), snapshot.overround) == (None, Odds(18, 25), None)


def test_i_41_a_side_told_twice_and_alike_is_one() -> None:
    snapshot = sided(("CT", CT, "2.15"), ("T", T, "1.72"), ("CT", CT, "2.15"))
    assert [one.side for one in snapshot.sides] == [Side.CT, Side.T]
    assert snapshot.odds_of(Side.CT) == Odds(23, 20)
    assert snapshot.flaws == ("CT is told 2 times",)


def test_i_41_a_side_told_twice_and_differently_has_no_price() -> None:
    snapshot = sided(("CT", CT, "2.15"), ("T", T, "1.72"), ("CT", CT, "2.90"))
    assert snapshot.sides[0] == SideOdds(Side.CT, None, None)
    assert snapshot.flaws == ("CT is told 2 times, and not the same",)


def test_sides_come_in_one_order_whatever_the_feeds() -> None:
    snapshot = sided(("DRAW", None, "15.50"), ("T", T, "1.52"), ("CT", CT, "2.84"), index=0)
    assert [one.side for one in snapshot.sides] == [Side.CT, Side.T, Side.DRAW]


# Prices (I-05, I-10)


@pytest.mark.parametrize(
    ("odds", "words"),
    [
        ("1.00", "CT has no price: '1.00' is no odds above 1"),
        ("NaN", "CT has no price: 'NaN' is no odds above 1"),
        ("-2.15", "CT has no price: '-2.15' is no odds above 1"),
        ("2,15", "CT has no price: '2,15' is no odds above 1"),
        (2.15, "CT has no price: 2.15 is not written as text"),
        (2, "CT has no price: 2 is not written as text"),
        (None, "CT has no price: nothing is told"),
        ({}, "CT has no price: an object is not written as text"),
    ],
)
def test_i_10_what_is_no_decimal_text_above_1_is_no_price_and_said(odds: object, words: str) -> None:
    snapshot = sided(("CT", CT, odds), ("T", T, "1.72"))
    assert snapshot.odds_of(Side.CT) is None
    assert snapshot.odds_of(Side.T) == Odds(18, 25)
    assert snapshot.flaws == (words,)


@pytest.mark.parametrize("raw", [b"1e999", b"9" * 5000])
def test_i_05_a_number_beyond_all_numbers_costs_its_side_alone(raw: bytes) -> None:
    told = read_odds(changed("odds", {("markets", 1, "sides", 0, "decimal_odd"): raw}), MATCH)
    assert [one.key for one in told.snapshots] == [MATCH_KEY, ROUND_5, NEXT_6]
    assert (told.snapshots[1].odds_of(Side.CT), told.snapshots[1].odds_of(Side.T)) == (None, Odds(18, 25))
    assert told.snapshots[1].flaws[-1] == "CT is not told"


@pytest.mark.parametrize("raw", [b"NaN", b"-Infinity"])
def test_i_05_what_is_no_json_is_no_answer(raw: bytes) -> None:
    with pytest.raises(UnreadableError, match="not what it should be"):
        read_odds(changed("odds", {("markets", 1, "sides", 0, "decimal_odd"): raw}), MATCH)


@pytest.mark.parametrize("available", [None, "true", 1, "", [], {}])
def test_i_10_what_is_not_true_is_not_available(available: object) -> None:
    snapshot = moved(is_available=available)
    assert (snapshot.is_available, snapshot.odds_of(Side.CT)) == (False, None)
    assert "Whether there is a price cannot be read" in snapshot.flaws[0]


@pytest.mark.parametrize("sides", [None, {}, "CT", 5])
def test_sides_that_are_no_list_are_no_prices(sides: object) -> None:
    snapshot = moved(sides=sides)
    assert snapshot.sides == ()
    assert snapshot.flaws[0].startswith("Its sides are no list")


def test_i_06_odds_that_are_told_twice_and_differently_are_no_price() -> None:
    body = sample("odds").replace(b'"decimal_odd": "2.15"', b'"decimal_odd": "2.15", "decimal_odd": "9.15"')
    told = read_odds(body, MATCH)
    assert [one.key for one in told.snapshots] == [MATCH_KEY, NEXT_6]
    assert "decimal_odd is told twice and differently" in told.faults[0]


def test_a_market_that_is_told_twice_is_shown_once() -> None:
    body = document("odds")
    body["markets"].append({**body["markets"][1], "sides": []})
    told = read_odds(packed(body), MATCH)
    assert [one.key for one in told.snapshots] == [MATCH_KEY, ROUND_5, NEXT_6]
    assert told.snapshots[1].odds_of(Side.CT) == Odds(23, 20)
    assert told.faults == ("ROUND 5 is told twice: only the first is shown",)


# I-42


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "It is not told which round this is"),
        (0, "There can be no round 0"),
        (-1, "There can be no round -1"),
        (999, "There can be no round 999"),
    ],
)
def test_i_42_a_round_that_cannot_be_is_kept_under_its_number_and_said(number: int | None, words: str) -> None:
    snapshot = moved(round_number=number)
    assert snapshot.key == OddsKey(MATCH, Question.ROUND, number)
    assert snapshot.flaws == (words,)


@pytest.mark.parametrize("number", ["5", 5.0, True, 2**63, 10**30])
def test_i_42_a_round_that_is_no_number_is_a_fault(number: object) -> None:
    told = read_odds(changed("odds", {("markets", 1, "round_number"): number}), MATCH)
    assert [one.key for one in told.snapshots] == [MATCH_KEY, NEXT_6]
    assert len(told.faults) == 1


def test_i_42_odds_on_the_match_are_of_no_round() -> None:
    snapshot = moved(0, round_number=5)
    assert snapshot.key == MATCH_KEY
    assert snapshot.flaws == ("Odds on the match are said to be of round 5",)


def test_i_42_a_round_of_a_finished_match_is_kept() -> None:
    (snapshot,) = changes({**ROW, "match_status": "FINISHED"}).snapshots
    assert (snapshot.key, snapshot.match_status) == (ROUND_5, "FINISHED")


# I-44


def test_i_44_two_sides_of_one_team_are_no_teams() -> None:
    snapshot = sided(("CT", CT, "2.15"), ("T", CT, "1.72"))
    assert [one.team_id for one in snapshot.sides] == [None, None]
    assert snapshot.odds_of(Side.CT) == Odds(23, 20)
    assert snapshot.flaws == ("Team 34 is said to play 2 sides",)


def test_i_44_a_draw_is_no_teams() -> None:
    snapshot = sided(("CT", CT, "2.84"), ("T", T, "1.52"), ("DRAW", CT, "15.50"), index=0)
    assert [one.team_id for one in snapshot.sides] == [CT, T, None]
    assert snapshot.flaws == ("A draw is said to be a team's",)


def test_i_44_a_team_that_does_not_play_is_said_where_the_match_is_known() -> None:
    body = changed("odds", {("markets", 1, "sides", 0, "team_id"): OTHER})
    assert read_odds(body, MATCH).snapshots[1].flaws == ()
    told = read_odds(body, MATCH, lambda match_id: frozenset({CT, T}) if match_id == MATCH else frozenset())
    assert told.snapshots[1].flaws == ("Team 36 does not play in this match",)
    assert told.snapshots[0].flaws == ()


@pytest.mark.parametrize("read_first", ["matches", "match"])
async def test_i_44_the_client_knows_who_plays_from_what_it_has_read(read_first: str) -> None:
    change = ROW | {"sides": [{"side": "CT", "team_id": OTHER, "decimal_odd": "2.15"}]}
    odds = changed("odds", {("markets", 1, "sides", 0, "team_id"): OTHER})
    feed = Feed(odds=odds, changes=packed({**document("changes"), "changes": [change]}))
    async with feed.client() as venue:
        assert (await venue.odds(MATCH)).snapshots[1].flaws == ()
        await (venue.matches() if read_first == "matches" else venue.match(MATCH))
        assert (await venue.odds(MATCH)).snapshots[1].flaws == ("Team 36 does not play in this match",)
        assert "Team 36 does not play in this match" in (await venue.changes()).snapshots[0].flaws


@pytest.mark.parametrize("team", ["34", 34.0, True, -1, 2**63, {}])
def test_i_10_a_team_that_is_no_id_is_none_and_said(team: object) -> None:
    snapshot = sided(("CT", team, "2.15"), ("T", T, "1.72"))
    assert snapshot.sides[0] == SideOdds(Side.CT, None, Odds(23, 20))
    assert snapshot.flaws[0].startswith("The team on CT is no id")


# I-45, I-46


@pytest.mark.parametrize("told", ["soon", 17, "", "2026-02-30T00:00:00Z"])
def test_i_45_odds_of_no_time_are_said(told: object) -> None:
    snapshot = moved(updated_at=told)
    assert snapshot.updated_at is None
    assert snapshot.flaws[0].startswith("Its time is no time")


@pytest.mark.parametrize(
    ("rows", "limit", "is_full"), [(999, 1000, False), (1000, 1000, True), (1001, 1000, True), (0, 1, False), (1, 1, True)]
)
def test_f_r01_i_46_as_many_as_were_asked_for_may_be_too_few(rows: int, limit: int, is_full: bool) -> None:
    told = changes(*([ROW] * rows), limit=limit)
    assert (len(told.snapshots), told.is_full) == (rows, is_full)


def test_f_r01_rows_that_cannot_be_read_fill_the_page_too() -> None:
    told = changes(ROW, {"market": "MAP"}, limit=2)
    assert told.is_full
    assert len(told.snapshots) == 1


def test_i_46_changes_stay_as_they_were_told() -> None:
    late = {**ROW, "updated_at": "2026-11-21T10:21:00Z"}
    nobodys = {**ROW, "match_id": 999_999}
    told = changes(ROW, late, ROW, nobodys)
    assert [one.key.match_id for one in told.snapshots] == [MATCH, MATCH, MATCH, 999_999]
    assert told.snapshots[0] == told.snapshots[2] != told.snapshots[1]
    assert told.faults == ()


@pytest.mark.parametrize("match_id", [None, "812", 812.0, True, -1, 2**63])
def test_a_change_of_no_match_is_a_fault_and_discards_no_sibling(match_id: object) -> None:
    told = changes(ROW, {**ROW, "match_id": match_id}, ROW)
    assert len(told.snapshots) == 2
    assert told.faults[0].startswith("A change cannot be read (")


@pytest.mark.parametrize("status", [" LIVE", "FINISHED\x00", "PAUSED", None, 5])
def test_i_43_a_status_of_a_change_that_is_not_known_is_none_of_the_known(status: object) -> None:
    (snapshot,) = changes({**ROW, "match_status": status}).snapshots
    assert snapshot.match_status not in {"LIVE", "FINISHED", "WARMUP", "PREGAME"}


@pytest.mark.parametrize("told", [None, "", "now", 17, "2026-02-30T00:00:00Z", "x" * 10_000])
def test_a_time_that_is_none_is_never_sent_back(told: object) -> None:
    answer = read_changes(packed({**document("changes"), "server_time": told}), 1000)
    assert answer.server_time == ""
    assert len(answer.snapshots) == 4
    assert answer.faults[0].startswith("The feed's own time cannot be read")


@pytest.mark.parametrize("told", ["2026-11-21T10:22:03", "2026-11-21T12:22:03.123456789+02:00", "2026-11-20T24:00:00Z"])
def test_the_feeds_own_time_is_kept_in_its_own_writing(told: str) -> None:
    assert read_changes(packed({**document("changes"), "server_time": told}), 1000).server_time == told


def test_a_time_of_the_feed_that_is_told_twice_and_differently_is_refused() -> None:
    body = sample("changes").replace(b'"since"', b'"server_time": "2026-11-21T11:00:00Z", "since"')
    with pytest.raises(UnreadableError, match="server_time is told twice"):
        read_changes(body, 1000)


# I-47


def point(number: int, at: str, side: str = "CT", odds: object = "2.10", margin: object = "0.04") -> dict[str, object]:
    return {"id": number, "side": side, "decimal_odd": odds, "margin": margin, "updated_at": at}


def history(*points: object, **fields: object) -> bytes:
    return packed({**document("history"), "points": points, **fields})


def test_a_history_is_read() -> None:
    told = read_history(sample("history"), ROUND_5)
    assert (told.key, len(told.points), told.dropped) == (ROUND_5, 6, 0)
    assert told.points[0] == OddsPoint(7000, Side.CT, Odds(11, 10), datetime(2026, 11, 21, 10, 21, 50, tzinfo=UTC), Decimal("0.04"))


def test_i_47_points_that_are_not_sorted_are() -> None:
    body = history(point(3, "2026-11-21T10:00:02Z"), point(9, "2026-11-21T10:00:01Z"), point(1, "2026-11-21T10:00:02Z"))
    assert [one.id for one in read_history(body, ROUND_5).points] == [9, 1, 3]


@pytest.mark.parametrize("count", [0, 1])
def test_i_47_none_or_one_point_is_a_history(count: int) -> None:
    assert len(read_history(history(*[point(1, "2026-11-21T10:00:02Z")] * count), ROUND_5).points) == count


LATER = "2026-11-21T10:00:02Z"
ODD_POINTS: tuple[object, ...] = (
    None, 5, "x", {}, point(2, "soon"), point(2, ""), point(2, LATER) | {"updated_at": None}, point(2, LATER, "DRAW"),
    point(2, LATER, "ct"), point(2, LATER) | {"id": "2"}, point(2, LATER) | {"id": 2.0},
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD_POINTS)
def test_a_point_that_cannot_be_read_is_counted_and_discards_no_sibling(odd: object) -> None:
    told = read_history(history(point(1, "2026-11-21T10:00:01Z"), odd, point(3, "2026-11-21T10:00:03Z")), ROUND_5)
    assert ([one.id for one in told.points], told.dropped) == ([1, 3], 1)


@pytest.mark.parametrize("odds", ["1.00", 2.1, None, "NaN"])
def test_a_point_without_a_price_is_one_all_the_same(odds: object) -> None:
    told = read_history(history(point(1, "2026-11-21T10:00:01Z", odds=odds, margin=0.04)), ROUND_5)
    assert (told.points[0].odds, told.points[0].margin, told.dropped) == (None, None, 0)


def test_i_06_a_point_whose_odds_are_told_twice_and_differently_is_dropped() -> None:
    body = sample("history").replace(b'"decimal_odd": "2.00"', b'"decimal_odd": "2.00", "decimal_odd": "9.00"')
    told = read_history(body, ROUND_5)
    assert (len(told.points), told.dropped) == (5, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"match_id": 813}, "match 813, and match 812"),
        ({"market": "NEXT_ROUND"}, "market 'NEXT_ROUND', and market 'ROUND'"),
        ({"round_number": 6}, "round 6, and round 5"),
        ({"round_number": None}, "round None, and round 5"),
    ],
)
def test_the_history_of_something_else_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        read_history(history(**fields), ROUND_5)


def test_only_a_match_has_a_draw_in_its_history() -> None:
    body = history(point(1, "2026-11-21T10:00:01Z", "DRAW", "15.50"), market="MATCH", round_number=None)
    told = read_history(body, MATCH_KEY)
    assert (told.points[0].side, told.dropped) == (Side.DRAW, 0)


async def test_i_47_a_million_points_are_refused_in_words() -> None:
    one = packed(point(1_000_000, "2026-11-21T10:00:02.123456Z", odds="2.10"))
    body = b'{"match_id":812,"market":"ROUND","round_number":5,"points":[' + b",".join([one] * 400_000) + b"]}"
    assert len(body) > 32 * 1024 * 1024
    async with Feed(history=body).client() as venue:
        with pytest.raises(Exception, match="larger than 32 MB and was not read"):
            await venue.history(ROUND_5)


async def test_i_47_a_long_history_is_read_beside_the_loop() -> None:
    rows = [point(number, f"2026-11-21T10:{number // 60 % 60:02d}:{number % 60:02d}Z") for number in range(5000)]
    async with Feed(history=history(*rows)).client() as venue:
        told = await venue.history(ROUND_5)
    assert (len(told.points), told.dropped) == (5000, 0)
    assert list(told.points) == sorted(told.points, key=lambda one: (one.at, one.id))


def test_a_change_of_a_market_that_nobody_knows_is_told_apart_from_what_cannot_be_read() -> None:
    rows = [{"match_id": 42, "market": "MAP_WINNER", "round_number": None, "is_available": True, "sides": []}, {"market": "MATCH"}]
    body = msgspec.json.encode({"since": None, "server_time": "2026-04-15T10:22:03Z", "changes": rows})
    told = read_changes(body, 200)
    assert [words.split(":")[0] for words in told.unknown] == ["A change is of a market that is not known"]
    assert len(told.faults) == 1
    assert told.snapshots == ()
