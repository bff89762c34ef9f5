"""The feed's description of itself: every answer it really gives fits it, and it leaves nothing out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.practice.clock import SECOND
from app.practice.wire.rankacy_openapi import openapi
from app.practice.wire.rankacy_paths import ENDPOINTS, ROWS
from tests.practice.kit import HandClock
from tests.practice.wire.rankacy_kit import KEY, Floor, WrittenLeague, match_row, schema_faults

JSON = "application/json"


def response_schema(path: str, status: str = "200", method: str = "get") -> dict[str, Any]:
    schema: dict[str, Any] = openapi()["paths"][path][method]["responses"][status]["content"][JSON]["schema"]
    return schema


def faults_of(document: Any, path: str, status: str = "200", method: str = "get") -> list[str]:
    return list(schema_faults(document, response_schema(path, status, method), openapi()["components"]["schemas"]))


async def test_anybody_may_read_it(http: httpx.AsyncClient) -> None:
    reply = await http.get("/openapi.json", headers={"X-API-Key": ""})

    assert (reply.status_code, reply.headers["content-type"]) == (200, JSON)
    document = reply.json()
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["ApiKey"] == {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    assert document["security"] == [{"ApiKey": []}]
    assert KEY not in reply.text


def test_it_has_every_path_of_the_contract() -> None:
    assert set(openapi()["paths"]) == {
        "/api/b2b/ping",
        "/api/b2b/markets",
        "/api/b2b/matches",
        "/api/b2b/matches/upcoming",
        "/api/b2b/matches/{match_id}",
        "/api/b2b/matches/{match_id}/odds",
        "/api/b2b/matches/{match_id}/odds/history",
        "/api/b2b/odds/changes",
        "/api/b2b/stream",
        "/api/b2b/seasons",
        "/api/b2b/seasons/{season_id}/standings",
        "/api/b2b/webhooks",
        "/api/b2b/webhooks/{webhook_id}",
    }
    assert {path: set(methods) for path, methods in openapi()["paths"].items() if set(methods) != {"get"}} == {
        "/api/b2b/webhooks": {"get", "post"},
        "/api/b2b/webhooks/{webhook_id}": {"delete"},
    }
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_it_tells_each_parameter_with_its_place_range_and_default() -> None:
    def told(path: str) -> dict[str, tuple[str, bool, Any, Any, Any]]:
        rows = openapi()["paths"][path]["get"]["parameters"]
        words = ("minimum", "maximum", "default")
        return {row["name"]: (row["in"], row["required"], *(row["schema"].get(word) for word in words)) for row in rows}

    assert told("/api/b2b/matches") == {
        "status": ("query", False, None, None, None),
        "season_id": ("query", False, None, None, None),
        "updated_since": ("query", False, None, None, None),
        "limit": ("query", False, 1, 100, 20),
        "offset": ("query", False, 0, None, 0),
    }
    assert told("/api/b2b/odds/changes") == {"since": ("query", False, None, None, None), "limit": ("query", False, 1, 1000, 200)}
    assert told("/api/b2b/matches/{match_id}/odds/history") == {
        "match_id": ("path", True, None, None, None),
        "market": ("query", True, None, None, None),
        "round_number": ("query", False, 1, None, None),
    }
    assert told("/api/b2b/ping") == {}


def test_every_reference_leads_somewhere() -> None:
    document = openapi()
    schemas = document["components"]["schemas"]

    assert {reference.rpartition("/")[2] for reference in references(document)} == set(schemas)


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if not each.in_path and not each.has_body], ids=lambda each: each.row.name)
async def test_what_is_served_of_the_practice_league_is_what_it_says(http: httpx.AsyncClient, endpoint: Any) -> None:
    reply = await http.get(endpoint.row.path)

    assert reply.status_code == 200
    assert faults_of(reply.json(), endpoint.row.path) == []


async def test_every_match_of_the_practice_league_is_what_it_says(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/api/b2b/matches", params={"limit": 100})).json()["items"]
    assert {"LIVE", "FINISHED"} <= {row["status"] for row in listed}
    for status in ("LIVE", "WARMUP", "PREGAME", "FINISHED"):
        for number in [row["match_id"] for row in listed if row["status"] == status][:2]:
            for end in ("", "/odds", "/odds/history"):
                reply = await http.get(f"/api/b2b/matches/{number}{end}", params={"market": "MATCH"})
                assert faults_of(reply.json(), f"/api/b2b/matches/{{match_id}}{end}") == []


async def test_every_table_of_the_practice_league_is_what_it_says(http: httpx.AsyncClient) -> None:
    for season in (await http.get("/api/b2b/seasons")).json():
        reply = await http.get(f"/api/b2b/seasons/{season['id']}/standings")
        assert faults_of(reply.json(), "/api/b2b/seasons/{season_id}/standings") == []
        assert reply.json()["season"] == season


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/b2b/matches/{match_id}", "/api/b2b/matches/999999", "404"),
        ("/api/b2b/matches", "/api/b2b/matches?limit=0", "422"),
        ("/api/b2b/seasons/{season_id}/standings", "/api/b2b/seasons/x/standings", "422"),
    ],
)
async def test_refusals_are_what_it_says(http: httpx.AsyncClient, path: str, asked: str, status: str) -> None:
    reply = await http.get(asked)

    assert str(reply.status_code) == status
    assert faults_of(reply.json(), path, status) == []


async def test_a_row_that_is_not_what_it_says_would_be_found(floor: Floor, league: WrittenLeague, clock: HandClock) -> None:
    league.listed = [match_row(1)]
    league.price(1, clock.now - SECOND)
    document = await floor.get("/odds/changes")
    path = "/api/b2b/odds/changes"
    assert faults_of(document, path) == []

    side = document["changes"][0]["sides"][0]
    for field, wrong in (("decimal_odd", 1.87), ("decimal_odd", "1,87"), ("team_id", "11"), ("side", "ct"), ("more", 1)):
        kept = dict(side)
        side[field] = wrong
        assert len(faults_of(document, path)) == 1, field
        side.clear()
        side.update(kept)
    del side["team_id"]
    assert len(faults_of(document, path)) == 1
