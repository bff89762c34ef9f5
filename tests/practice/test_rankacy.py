"""The Rankacy feed: who may read it, what it says of itself, and its one envelope for all that goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.faults import CallFault, Error, Faults, RetryAfter, Unauthorized
from app.practice.wire.application import Wire
from app.practice.wire.limits import BURST
from app.practice.wire.rankacy import new_api_key
from tests.practice.kit import KEYS, Api, HandClock

KEY = new_api_key()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def wire(exchange: Exchange, clock: HandClock, faults: Faults) -> Wire:
    return Wire(exchange, msgspec.structs.replace(KEYS, rankacy_key=KEY), clock, host="127.0.0.1", port=4321, faults=faults)


@pytest.fixture
async def http(wire: Wire) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"X-API-Key": KEY}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://practice", headers=headers) as client:
        yield client


async def test_a_ping_says_who_asks_and_what_time_it_is(http: httpx.AsyncClient, clock: HandClock) -> None:
    document = (await http.get("/api/b2b/ping")).json()

    assert document.keys() == {"status", "partner_id", "partner_name", "server_time"}
    assert (document["status"], type(document["partner_id"]), type(document["partner_name"])) == ("ok", int, str)
    told = datetime.fromisoformat(document["server_time"])
    assert told.utcoffset() == timedelta(0)
    assert told.timestamp() == clock.now // SECOND


async def test_the_three_markets_are_listed_and_a_draw_is_there_for_matches_only(http: httpx.AsyncClient) -> None:
    rows = (await http.get("/api/b2b/markets")).json()

    assert {row["code"]: row["sides"] for row in rows} == {"MATCH": ["CT", "T", "DRAW"], "ROUND": ["CT", "T"], "NEXT_ROUND": ["CT", "T"]}
    assert all(row.keys() == {"code", "name", "description", "sides"} for row in rows)


def test_a_key_is_known_by_its_beginning_and_made_anew() -> None:
    assert KEY.startswith("rksb_practice_")
    assert len(KEY) > 40
    assert new_api_key() != KEY


@pytest.mark.parametrize("path", ["ping", "markets"])
@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({"X-API-Key": ""}, "Missing API key"),
        ({"X-API-Key": "rksb_practice_other"}, "Invalid API key"),
        ({"X-API-Key": "", "Authorization": "Bearer rksb_practice_other"}, "Missing API key"),
    ],
)
async def test_without_the_key_there_is_nothing(http: httpx.AsyncClient, path: str, headers: dict[str, str], detail: str) -> None:
    reply = await http.get(f"/api/b2b/{path}", headers=headers)

    assert (reply.status_code, reply.json()) == (401, {"detail": detail})


async def test_an_exchange_without_a_key_takes_none(exchange: Exchange, clock: HandClock) -> None:
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://practice") as http:
        replies = [await http.get("/api/b2b/ping", headers=headers) for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": KEY})]

    assert [reply.status_code for reply in replies] == [401, 401, 401]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/b2b/nothing", 404), ("POST", "/api/b2b/ping", 405)])
async def test_strays_are_told_in_the_feeds_envelope(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    reply = await http.request(method, path)

    assert reply.status_code == status
    assert reply.json().keys() == {"detail"}


async def test_faults_are_told_in_the_feeds_envelope_and_strike_it_alone(http: httpx.AsyncClient, wire: Wire, faults: Faults) -> None:
    for verb in (Error(503, "unknown_error", "not now"), Unauthorized(), RetryAfter()):
        faults.add(CallFault("rankacy.ping", verb))

    replies = [await http.get("/api/b2b/ping") for _ in range(4)]

    assert [reply.status_code for reply in replies] == [503, 401, 429, 200]
    assert replies[0].json() == {"detail": "not now"}
    assert all(reply.json().keys() == {"detail"} for reply in replies[:3])
    assert (await http.get("/api/b2b/markets")).status_code == 200


async def test_the_truth_log_tells_of_a_request_without_its_key(http: httpx.AsyncClient, wire: Wire) -> None:
    await http.get("/api/b2b/ping")
    await http.get("/api/b2b/markets")
    await http.get("/api/b2b/ping", headers={"X-API-Key": "guess"})

    lines = wire.truth.lines
    assert [(line.name, line.verdict, line.status) for line in lines] == [
        ("rankacy.ping", "accepted", 200),
        ("rankacy.markets", "accepted", 200),
        ("rankacy.ping", "unauthorized", 401),
    ]
    assert KEY not in str(lines)
    assert "guess" not in str(lines)


async def test_polling_the_feed_takes_nothing_of_what_the_trading_account_may_ask(
    http: httpx.AsyncClient, wire: Wire, exchange: Exchange, clock: HandClock
) -> None:
    """The 50 requests a second are counted for each account of the Trading API; the feed's contract names no such limit."""
    trader = await Api(wire, exchange, clock).login()
    try:
        polls = [await http.get("/api/b2b/odds/changes") for _ in range(2 * BURST)]
        paths = ["/v4/mm/get_balance", "/mm/get_odds_ladder", "/mm/get_tournaments"]
        asked = [await trader.http.get(path) for path in paths]
        after = await http.get("/api/b2b/odds/changes")
    finally:
        await trader.http.aclose()

    assert {reply.status_code for reply in (*polls, *asked, after)} == {200}
