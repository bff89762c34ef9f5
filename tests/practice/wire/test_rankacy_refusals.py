"""What the feed refuses: no key, an unknown id, a parameter that cannot be read, another method."""

from __future__ import annotations

import pytest

from app.practice.wire.rankacy_paths import ENDPOINTS
from tests.practice.wire.rankacy_kit import Floor, WrittenLeague, match_row

PATHS = [
    endpoint.row.path.removeprefix("/api/b2b").format(match_id=number, season_id=number)
    for endpoint in ENDPOINTS
    if endpoint.row.method == "GET"
    for number in ([404, "x"] if endpoint.in_path else [0])
]


@pytest.fixture
def league() -> WrittenLeague:
    league = WrittenLeague()
    league.listed = [match_row(42)]
    return league


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("key", "detail"), [("", "Missing API key"), ("rksb_practice_other", "Invalid API key"), ("\xe9", "Invalid API key")]
)
async def test_without_the_key_nothing_else_is_looked_at(floor: Floor, path: str, key: str, detail: str) -> None:
    reply = await floor.http.get(path, headers={b"X-API-Key": key.encode("latin-1")}, params={"limit": "many"})

    assert (reply.status_code, reply.json()) == (401, {"detail": detail})


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/matches/7", "Match not found"),
        ("/matches/-1", "Match not found"),
        ("/matches/99999999999999999999999999", "Match not found"),
        ("/matches/7/odds", "Match not found"),
        ("/matches/7/odds/history?market=MATCH", "Match not found"),
        ("/seasons/7/standings", "Season not found"),
    ],
)
async def test_an_unknown_number_is_said(floor: Floor, path: str, detail: str) -> None:
    reply = await floor.http.get(path)

    assert (reply.status_code, reply.json()) == (404, {"detail": detail})


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/matches?status=live", "status"),
        ("/matches?status=", "status"),
        ("/matches?status=null", "status"),
        ("/matches?season_id=two", "season_id"),
        ("/matches?season_id=null", "season_id"),
        ("/matches?season_id=true", "season_id"),
        ("/matches?limit=0", "limit"),
        ("/matches?limit=101", "limit"),
        ("/matches?limit=1.5", "limit"),
        ("/matches?limit=", "limit"),
        ("/matches?offset=-1", "offset"),
        ("/matches?offset=NaN", "offset"),
        ("/matches?updated_since=yesterday", "updated_since"),
        ("/matches?updated_since=2026-04-15", "updated_since"),
        ("/matches?updated_since=2026-04-15T24:00:00Z", "updated_since"),
        ("/matches?updated_since=2026-02-30T10:00:00Z", "updated_since"),
        ("/matches?updated_since=2026-04-15T10:22:00+02:00", "updated_since"),  # an unquoted + is a blank
        ("/matches?updated_since=0001-01-01T00:00:00%2B02:00", "updated_since"),
        ("/matches?updated_since=1776248523", "updated_since"),
        ("/matches/upcoming?limit=101", "limit"),
        ("/matches/upcoming?offset=x", "offset"),
        ("/matches/upcoming?season_id=x", "season_id"),
        ("/matches/forty-two", "match_id"),
        ("/matches/4.5/odds", "match_id"),
        ("/matches/42/odds/history", "market"),
        ("/matches/42/odds/history?market=HALF", "market"),
        ("/matches/42/odds/history?market=ROUND", "round_number"),
        ("/matches/42/odds/history?market=NEXT_ROUND", "round_number"),
        ("/matches/42/odds/history?market=ROUND&round_number=0", "round_number"),
        ("/matches/42/odds/history?market=ROUND&round_number=x", "round_number"),
        ("/matches/42/odds/history?market=MATCH&round_number=x", "round_number"),
        ("/odds/changes?limit=0", "limit"),
        ("/odds/changes?limit=1001", "limit"),
        ("/odds/changes?since=now", "since"),
        ("/odds/changes?since=", "since"),
        ("/seasons/current/standings", "season_id"),
    ],
)
async def test_a_parameter_that_cannot_be_read_is_named_in_a_sentence(floor: Floor, path: str, names: str) -> None:
    reply = await floor.http.get(path)

    assert reply.status_code == 422
    assert reply.json().keys() == {"detail"}
    detail = reply.json()["detail"]
    assert detail.split(" ")[0] == names
    assert not set(detail) & set("$`")


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/matches?limit=0", "limit cannot be used: expected a whole number >= 1"),
        ("/matches/x", "match_id cannot be used: expected a whole number"),
        (f"/matches?status={'x' * 5_000}", "status cannot be used: expected one of its words"),
        ("/matches/42/odds/history", "market is missing"),
        ("/matches/42/odds/history?market=ROUND", "round_number is missing: the market ROUND has one"),
    ],
)
async def test_a_refusal_says_in_plain_words_what_was_wanted(floor: Floor, path: str, detail: str) -> None:
    assert (await floor.http.get(path)).json() == {"detail": detail}


async def test_a_parameter_is_refused_before_an_unknown_match_is(floor: Floor) -> None:
    assert (await floor.http.get("/matches/7/odds/history?market=ROUND")).status_code == 422


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", sorted({path for path in PATHS if "/x" not in path and path != "/webhooks"}))
async def test_everything_but_webhooks_is_only_read(floor: Floor, path: str, method: str) -> None:
    assert (await floor.http.request(method, path)).status_code == 405


async def test_the_truth_log_has_what_was_asked_and_refused(floor: Floor) -> None:
    for path in ("/matches/42", "/matches/7", "/matches?limit=0"):
        await floor.http.get(path)

    assert [(line.name, line.verdict, line.status) for line in floor.truth.lines] == [
        ("rankacy.match", "accepted", 200),
        ("rankacy.match", "data_not_found", 404),
        ("rankacy.matches", "invalid_param", 422),
    ]
