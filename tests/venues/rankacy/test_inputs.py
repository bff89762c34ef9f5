"""Whatever the feed answers, a call ends in values or in one of the domain's errors, and one odd row costs no other (reliability 6.1)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cs2 import SIDES, MatchDetail, OddsHistory, Snapshot
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.feed import Changes, MatchOdds
from app.venues.rankacy.codec import read_markets, read_ping, read_seasons, read_standings
from app.venues.rankacy.matches import read_match, read_matches, read_upcoming
from app.venues.rankacy.prices import read_changes, read_history, read_odds
from app.venues.rankacy.stream import read_stream
from tests.venues.rankacy.kit import MATCH, METHODS, ROUND_5, SEASON, Feed, document, outcome, packed, sample

READINGS: dict[str, Callable[[bytes], Any]] = {
    "ping": read_ping,
    "markets": read_markets,
    "matches": read_matches,
    "upcoming": read_upcoming,
    "match": lambda body: read_match(body, MATCH),
    "finished": lambda body: read_match(body, 790),
    "odds": lambda body: read_odds(body, MATCH),
    "history": lambda body: read_history(body, ROUND_5),
    "changes": lambda body: read_changes(body, 1000),
    "stream": read_stream,
    "seasons": read_seasons,
    "standings": lambda body: read_standings(body, SEASON),
}
LISTS = ("markets", "seasons")  # whose answers are lists: an empty one is one


def test_every_call_is_tried() -> None:
    assert READINGS.keys() == METHODS.keys()


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    "body", [b"", b" \n", b"null", b'"x"', b"0", b"true", b"<html>", b"[", b"\xff\xfe[\x00]\x00", b'{"x":"\\ud8"}', b"[" * 9999]
)
async def test_i_01_i_04_an_answer_of_no_shape_is_one_error_in_words(name: str, body: bytes) -> None:
    told = await outcome(body or b" ", name)
    assert isinstance(told, UnreadableError)
    assert str(told).startswith("The feed's answer is not what it should be: ")


@pytest.mark.parametrize("name", [name for name in METHODS if name not in LISTS])
@pytest.mark.parametrize("body", [b"[]", b"{}"])
async def test_i_01_an_empty_answer_is_not_one_without_rows(name: str, body: bytes) -> None:
    assert isinstance(await outcome(body, name), UnreadableError)


@pytest.mark.parametrize("name", METHODS)
def test_i_02_an_answer_that_is_cut_at_any_byte_is_one_error(name: str) -> None:
    body = json.dumps(document(name), separators=(",", ":")).encode()
    for end in range(len(body)):
        with pytest.raises(UnreadableError):
            READINGS[name](body[:end])


@pytest.mark.parametrize("name", METHODS)
def test_i_03_a_byte_order_mark_in_front_is_tolerated(name: str) -> None:
    assert READINGS[name](b"\xef\xbb\xbf" + sample(name)) == READINGS[name](sample(name))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("matches", b'"status"'),
        ("upcoming", b'"status"'),
        ("odds", b'"market"'),
        ("changes", b'"market"'),
        ("seasons", b'"name"'),
        ("standings", b'"team_name"'),
    ],
)
def test_i_04_a_byte_that_is_no_utf_8_costs_its_row_alone(name: str, field: bytes) -> None:
    body = sample(name)
    at = body.rindex(field)
    value = body.index(b": ", at) + 3
    told = READINGS[name](body[:value] + b"\xe9" + body[value:])
    good = READINGS[name](body)
    assert len(rows_of(told)) == len(rows_of(good)) - 1
    assert len(told.faults) == 1


@pytest.mark.parametrize(
    ("spelt", "shown"), [("\\ud800", "\ufffd"), ("\\udc00 x", "\ufffd x"), ("\\ud83d\\ude8b", "🚋"), ("\\\\ud800", "\\ud800")]
)
def test_i_04_half_a_letter_in_a_name_costs_nothing_but_itself(spelt: str, shown: str) -> None:
    told = read_matches(sample("matches").replace(b"Night Tram", spelt.encode() + b"\\ud800", 1))
    assert told.rows[0].teams[1].name == f"{shown}\ufffd"
    assert len(told.rows) == 3


def test_one_market_of_another_shape_costs_no_other_and_none_but_such_is_said() -> None:
    rows = document("markets")
    assert [one.code for one in read_markets(packed([rows[0], 5, {**rows[1], "sides": None}, rows[2]]))] == ["MATCH", "NEXT_ROUND"]
    with pytest.raises(UnreadableError, match="A market cannot be read"):
        read_markets(packed([5, None]))


def rows_of(told: Any) -> tuple[Any, ...]:
    return tuple(told.snapshots if isinstance(told, Changes | MatchOdds) else told.rows)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("detail", ["Match not found", [{"msg": "Match not found", "loc": ["path"]}]])
async def test_f_r03_i_12_an_objection_that_comes_with_200_is_told_in_its_words(name: str, detail: object) -> None:
    told = await outcome(packed({"detail": detail}), name)
    assert isinstance(told, UnreadableError)
    assert str(told) == "The feed answers 200 and objects: Match not found"


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotSentError),
        (403, RefusedError),
        (404, RefusedError),
        (422, RefusedError),
        (429, NotSentError),
        (500, UnknownError),
        (503, UnknownError),
    ],
)
async def test_f_r03_each_status_is_its_error_with_the_feeds_words(name: str, status: int, kind: type[VenueError]) -> None:
    feed = Feed(**{name: (status, b'{"detail":"the feeds own words"}')})
    async with feed.client() as venue:
        with pytest.raises(kind, match="the feeds own words") as problem:
            await METHODS[name].call(venue)
    assert isinstance(problem.value, (NotSentError, RefusedError, UnknownError))
    assert problem.value.status == status
    assert len(feed.asked) == 1


@pytest.mark.parametrize("body", [b"<html>no</html>", b"", b"null", b'{"detail":null}', b'{"detail":{}}', b'{"error":{}}', b"\xff"])
@pytest.mark.parametrize("status", [401, 404, 500])
async def test_i_12_an_error_without_words_has_some_all_the_same(status: int, body: bytes) -> None:
    async with Feed(odds=(status, body)).client() as venue:
        with pytest.raises(VenueError) as problem:
            await venue.odds(MATCH)
    assert len(str(problem.value)) > 5


async def test_the_words_of_an_objection_are_bounded_and_show_no_key() -> None:
    secret = "rksb_" + "live_0123456789abcdef0123456789abcdef"
    for words in (f"no partner has {secret}", f"{'very long ' * 999}{secret}"):
        async with Feed(odds=(422, packed({"detail": words}))).client() as venue:
            with pytest.raises(RefusedError) as problem:
                await venue.odds(MATCH)
        assert secret not in str(problem.value)
        assert len(str(problem.value)) <= 300


async def test_a_match_that_nobody_knows_is_a_refusal_of_404() -> None:
    async with Feed().client() as venue:
        with pytest.raises(RefusedError, match="Match not found") as problem:
            await venue.match(5)
    assert problem.value.status == 404


@pytest.mark.parametrize("number", [2**31, 2**53 + 1, 2**63 - 1])
def test_i_09_large_ids_are_kept_exact(number: int) -> None:
    told = document("matches")
    told["items"][0]["match_id"] = number
    assert read_matches(packed(told)).rows[0].id == number


# Mutations

RAW = {"@1e999": b"1e999", "@digits": b"9" * 30, "@many": b"9" * 4500, "@surrogate": b'"\\ud800"'}
ODD: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 999, 1.0, 0.5, 2**31, 2**53 + 1, 2**63, 2**64, "", "12", "1.00", "-1.5", "NaN", "1e999", "true", "LIVE",
    "FINISHED", "ROUND", "DRAW", "<b>x</b>", "\u202ex", "a\nb", "\x00", "x" * 20_000, [], {}, [[]], [None], {"id": 1}, *RAW,
)  # fmt: skip
Draw = Callable[[st.SearchStrategy[Any]], Any]


class Place(NamedTuple):
    """Where something stands in a document: the way to its holder, and its key or index there."""

    way: tuple[str | int, ...]
    key: str | int


def places(told: object, way: tuple[str | int, ...] = ()) -> Iterator[Place]:
    items = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in items:
        yield Place(way, key)
        yield from places(value, (*way, key))


def inside(told: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        told = told[step]
    return told


def any_place(told: Any, draw: Draw) -> Place | None:
    found = list(places(told))
    return draw(st.sampled_from(found)) if found else None


def drop(told: Any, draw: Draw) -> object:
    if place := any_place(told, draw):
        del inside(told, place.way)[place.key]
    return told


def retype(told: Any, draw: Draw) -> object:
    if place := any_place(told, draw):
        inside(told, place.way)[place.key] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return told


def swap(told: Any, draw: Draw) -> object:
    one, other = any_place(told, draw), any_place(told, draw)
    if one and other:
        first, second = copy.deepcopy(inside(told, one.way)[one.key]), copy.deepcopy(inside(told, other.way)[other.key])
        inside(told, one.way)[one.key] = second
        with suppress(KeyError, IndexError, TypeError):  # the first may have held the second
            inside(told, other.way)[other.key] = first
    return told


def duplicate(told: Any, draw: Draw) -> object:
    held = [place for place in places(told) if isinstance(inside(told, place.way), list)]
    if held:
        place = draw(st.sampled_from(held))
        holder = inside(told, place.way)
        holder.insert(place.key, copy.deepcopy(holder[place.key]))
    return told


def deepen(told: Any, draw: Draw) -> object:
    if place := any_place(told, draw):
        holder = inside(told, place.way)
        holder[place.key] = [holder[place.key]] if draw(st.booleans()) else {"value": holder[place.key]}
    return told


MUTATIONS = (drop, retype, swap, duplicate, deepen)


@st.composite
def bodies(draw: st.DrawFn, name: str) -> bytes:
    told: Any = document(name)
    for mutate in draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=4)):
        told = mutate(told, draw)
    body = json.dumps(told).encode()
    for mark, literal in RAW.items():
        body = body.replace(f'"{mark}"'.encode(), literal)
    return body[: draw(st.integers(0, len(body)))] if draw(st.integers(0, 9)) == 0 else body


def check(told: Any) -> None:
    """What holds of everything that was read, whatever it was read from."""
    if isinstance(told, OddsHistory):
        assert list(told.points) == sorted(told.points, key=lambda one: (one.at, one.id))
        assert all(one.side in SIDES[told.key.question] for one in told.points)
    if isinstance(told, Changes | MatchOdds):
        for snapshot in told.snapshots:
            check_snapshot(snapshot)
    if isinstance(told, MatchDetail):
        match = told.match
        assert (match.ct_team_id is None) == (match.t_team_id is None)
        assert len({one.number for one in told.rounds}) == len(told.rounds)
    faults = getattr(told, "faults", ())
    assert all(isinstance(fault, str) and len(fault) < 600 for fault in faults)


def check_snapshot(snapshot: Snapshot) -> None:
    sides = [one.side for one in snapshot.sides]
    assert sides == [side for side in SIDES[snapshot.key.question] if side in sides]
    for one in snapshot.sides:
        assert one.odds is None or one.odds.num > 0
        assert snapshot.is_available or snapshot.odds_of(one.side) is None
    if snapshot.is_available and any(one.odds is None for one in snapshot.sides):
        assert snapshot.flaws
    assert (snapshot.key.round_number is None) or snapshot.key.question != "MATCH"


@pytest.mark.parametrize("name", READINGS)
@given(st.data())
def test_a_mutated_answer_ends_in_values_that_hold_or_in_one_error(name: str, data: st.DataObject) -> None:
    with suppress(UnreadableError):
        check(READINGS[name](data.draw(bodies(name))))


@given(st.binary(max_size=60))
def test_any_bytes_end_in_values_or_in_one_error(body: bytes) -> None:
    for read in READINGS.values():
        with suppress(UnreadableError):
            check(read(body))


@pytest.mark.parametrize(
    ("name", "rows"), [("matches", "items"), ("upcoming", "items"), ("odds", "markets"), ("changes", "changes"), ("standings", "rows")]
)
@given(st.data())
def test_one_mutated_row_costs_no_sibling(name: str, rows: str, data: st.DataObject) -> None:
    told = document(name)
    good = rows_of(READINGS[name](packed(told)))
    index = data.draw(st.integers(0, len(told[rows]) - 1))
    row = {"row": told[rows][index]}
    for mutate in data.draw(st.lists(st.sampled_from((drop, retype, deepen)), min_size=1, max_size=3)):
        row = mutate(row, data.draw)
    told[rows][index] = row.get("row")
    body = json.dumps(told).encode()
    for mark, literal in RAW.items():
        body = body.replace(f'"{mark}"'.encode(), literal)
    found = rows_of(READINGS[name](body))
    for place, sibling in enumerate(good):
        if place != index:
            assert sibling in found
