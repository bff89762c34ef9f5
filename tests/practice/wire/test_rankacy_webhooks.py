"""Webhooks over the feed's own paths: subscribed strictly, listed without secrets, removed by whoever made them."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from app.practice.cs2.model import Kind
from app.practice.exchange import Exchange
from app.practice.faults import CallFault, Error, Faults, Lost, SeveredError
from app.practice.webhooks.hooks import MOST_HOOKS, Hooks, Kept
from app.practice.wire.application import Wire
from app.practice.wire.rankacy_answers import PARTNER_ID
from app.practice.wire.rankacy_openapi import openapi
from tests.practice.kit import KEYS, HandClock
from tests.practice.wire.rankacy_kit import KEY, Floor
from tests.practice.wire.test_rankacy_openapi import faults_of

TARGET = "https://hooks.test/feed"
PATH, ONE = "/api/b2b/webhooks", "/api/b2b/webhooks/{webhook_id}"


async def add(floor: Floor, event: object = "ODDS_UPDATED", target: object = TARGET) -> httpx.Response:
    return await floor.http.post("/webhooks", json={"event_type": event, "target_url": target})


async def test_a_new_webhook_tells_its_secret_once(floor: Floor) -> None:
    made = await add(floor)
    again = await add(floor, "MATCH_STARTED")
    listed = await floor.http.get("/webhooks")

    assert (made.status_code, again.status_code, listed.status_code) == (201, 201, 200)
    first = made.json()
    assert first.keys() == {"id", "event_type", "target_url", "is_active", "created_at", "secret"}
    assert (first["event_type"], first["target_url"], first["is_active"]) == ("ODDS_UPDATED", TARGET, True)
    assert first["created_at"].endswith("Z")
    assert len(first["secret"]) >= 32
    assert first["secret"] != again.json()["secret"]
    assert listed.json() == [{name: row[name] for name in row if name != "secret"} for row in (first, again.json())]
    for document, place in ((first, (PATH, "201", "post")), (listed.json(), (PATH, "200", "get"))):
        assert faults_of(document, *place) == []


async def test_a_removed_webhook_is_gone_and_its_number_is_not_given_again(floor: Floor) -> None:
    number = (await add(floor)).json()["id"]

    removed = await floor.http.delete(f"/webhooks/{number}")
    again = await floor.http.delete(f"/webhooks/{number}")

    assert (removed.status_code, removed.json()) == (200, {"message": "Webhook removed"})
    assert faults_of(removed.json(), ONE, "200", "delete") == []
    assert (again.status_code, again.json()) == (404, {"detail": "Webhook not found"})
    assert (await floor.http.get("/webhooks")).json() == []
    assert (await add(floor)).json()["id"] > number


@pytest.mark.parametrize(("number", "status"), [("7", 404), ("-1", 404), ("99999999999999999999999", 404), ("x", 422), ("1.5", 422)])
async def test_an_unknown_number_is_said(floor: Floor, number: str, status: int) -> None:
    reply = await floor.http.delete(f"/webhooks/{number}")

    assert (reply.status_code, reply.json().keys()) == (status, {"detail"})
    assert faults_of(reply.json(), ONE, str(status), "delete") == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/webhooks"), ("POST", "/webhooks"), ("DELETE", "/webhooks/1")])
@pytest.mark.parametrize(("key", "detail"), [("", "Missing API key"), ("rksb_practice_other", "Invalid API key")])
async def test_without_the_key_nothing_else_is_looked_at(floor: Floor, method: str, path: str, key: str, detail: str) -> None:
    kept = (await add(floor)).json()["id"]
    reply = await floor.http.request(method, path, headers={"X-API-Key": key}, content=b"nonsense")

    assert (reply.status_code, reply.json()) == (401, {"detail": detail})
    assert [row["id"] for row in (await floor.http.get("/webhooks")).json()] == [kept]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, "event_type is missing"),
        ({"event_type": "ODDS_UPDATED"}, "target_url is missing"),
        ({"event_type": "odds_updated", "target_url": TARGET}, "event_type cannot be used: expected one of its words"),
        ({"event_type": ["ODDS_UPDATED"], "target_url": TARGET}, "event_type cannot be used: "),
        ({"event_type": None, "target_url": TARGET}, "event_type cannot be used: "),
        ({"event_type": "ODDS_UPDATED", "target_url": 5}, "target_url cannot be used: expected text"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https:/"}, "target_url cannot be used: expected text of length >= 8"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https://hooks.test/" + "a" * 2_030}, "target_url cannot be used: expected text of "),
        ({"event_type": "ODDS_UPDATED", "target_url": "https://"}, "target_url cannot be used: it is no address with a host"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https:///feed"}, "target_url cannot be used: it is no address with a host"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https://hooks.test:x/feed"}, "target_url cannot be used: it is no address with"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https://[::1/feed"}, "target_url cannot be used: it is no address with a host"),
        ({"event_type": "ODDS_UPDATED", "target_url": " https://hooks.test"}, "target_url cannot be used: it holds a space"),
        ({"event_type": "ODDS_UPDATED", "target_url": "https://hooks.test/\r\nX: y"}, "target_url cannot be used: it holds a space"),
        ({"event_type": "ODDS_UPDATED", "target_url": "http://hooks.test"}, "target_url cannot be used: it has to begin with https://"),
        ({"event_type": "ODDS_UPDATED", "target_url": "http://127.0.0.1:80/"}, "target_url cannot be used: it has to begin with https://"),
        ({"event_type": "ODDS_UPDATED", "target_url": "ftp://hooks.test"}, "target_url cannot be used: it has to begin with https://"),
        ({"event_type": "ODDS_UPDATED", "target_url": "hooks.test/feed"}, "target_url cannot be used: it is no address with a host"),
    ],
)
async def test_what_cannot_be_subscribed_is_refused_in_a_sentence(floor: Floor, fields: dict[str, Any], detail: str) -> None:
    reply = await floor.http.post("/webhooks", json=fields)

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith(detail)
    assert not set(reply.json()["detail"]) & set("$`")
    assert faults_of(reply.json(), PATH, "422", "post") == []
    assert (await floor.http.get("/webhooks")).json() == []


@pytest.mark.parametrize("target", ["https://a", "https://hooks.test/" + "a" * 2_029, "HTTPS://HOOKS.TEST:8443/a?b=c#d"])
async def test_the_shortest_and_the_longest_address_are_taken(floor: Floor, target: str) -> None:
    assert (await add(floor, target=target)).json()["target_url"] == target


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        (b"", "application/json", "it is no JSON"),
        (b"{", "application/json", "it is no JSON"),
        (b"\xff\xfe", "application/json", "it is no JSON"),
        (b"[" * 100_000, "application/json", "it is no JSON"),
        (b"[]", "application/json; charset=utf-8", "it has to be an object"),
        (b"null", "application/json", "it has to be an object"),
        (b" " * 1_000_001, "application/json", "it is too long, or was cut off"),
        (b'{"event_type":"ODDS_UPDATED","target_url":"https://hooks.test"}', "text/plain", "its Content-Type has to be application/json"),
        (b"event_type=ODDS_UPDATED&target_url=https://hooks.test", "application/x-www-form-urlencoded", "its Content-Type has to be"),
    ],
)
async def test_a_body_that_is_none_is_refused_in_a_sentence(floor: Floor, body: bytes, kind: str, detail: str) -> None:
    reply = await floor.http.post("/webhooks", content=body, headers={"Content-Type": kind})

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith(f"The body cannot be used: {detail}")


async def test_the_query_is_no_part_of_the_body(floor: Floor) -> None:
    reply = await floor.http.post("/webhooks", params={"target_url": TARGET}, json={"event_type": "ODDS_UPDATED"})

    assert (reply.status_code, reply.json()) == (422, {"detail": "target_url is missing"})


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/webhooks"), ("DELETE", "/webhooks"), ("GET", "/webhooks/1"), ("POST", "/webhooks/1")]
)
async def test_there_is_no_other_way_to_change_one(floor: Floor, method: str, path: str) -> None:
    assert (await floor.http.request(method, path)).status_code == 405


def test_the_description_has_the_body_and_no_parameters() -> None:
    described = openapi()["paths"][PATH]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"]

    assert described["parameters"] == []
    assert schema["required"] == ["event_type", "target_url"]
    assert (schema["properties"]["target_url"]["minLength"], schema["properties"]["target_url"]["maxLength"]) == (8, 2048)
    assert set(described["responses"]) == {"201", "401", "422"}
    assert set(openapi()["paths"][ONE]["delete"]["responses"]) == {"200", "401", "404", "422"}
    assert set(openapi()["paths"][PATH]["get"]["responses"]) == {"200", "401"}


async def test_a_fault_before_the_deed_makes_no_webhook_and_a_lost_answer_does(floor: Floor, faults: Faults) -> None:
    faults.add(CallFault("rankacy.add_webhook", Error(503, "unknown_error")))
    faults.add(CallFault("rankacy.add_webhook", Lost()))

    assert (await add(floor)).status_code == 503
    assert (await floor.http.get("/webhooks")).json() == []
    with pytest.raises(SeveredError):
        await add(floor)
    assert len((await floor.http.get("/webhooks")).json()) == 1


async def test_another_partners_webhook_is_not_there(exchange: Exchange, clock: HandClock) -> None:
    others = Hooks()
    theirs = others.add(PARTNER_ID + 1, Kind.ODDS_UPDATED, TARGET, clock.now)
    saved: list[bytes] = []
    keys = msgspec.structs.replace(KEYS, rankacy_key=KEY)
    kept = msgspec.json.encode(Kept(theirs.id + 1, [theirs]))
    wire = Wire(exchange, keys, clock, host="127.0.0.1", port=1, save_webhooks=saved.append, saved_webhooks=kept)
    transport = httpx.ASGITransport(app=wire.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1", headers={"X-API-Key": KEY}) as http:
        listed = (await http.get(PATH)).json()
        refused = await http.delete(f"{PATH}/{theirs.id}")
        mine = (await http.post(PATH, json={"event_type": "ODDS_UPDATED", "target_url": TARGET})).json()
    wire.close()

    assert listed == []
    assert (refused.status_code, refused.json()) == (404, {"detail": "Webhook not found"})
    assert mine["id"] == theirs.id + 1
    again = Hooks(saved=saved[-1])
    assert [hook.id for hook in again.of(PARTNER_ID + 1)] == [theirs.id]
    assert [(hook.id, hook.secret) for hook in again.of(PARTNER_ID)] == [(mine["id"], mine["secret"])]


async def test_there_is_an_end_to_how_many(floor: Floor) -> None:
    for _ in range(MOST_HOOKS):
        assert (await add(floor)).status_code == 201

    refused = await add(floor)

    assert (refused.status_code, refused.json()) == (422, {"detail": "There are 100 webhooks, and practice takes no more"})


async def test_the_truth_log_tells_of_webhooks_without_their_secrets(floor: Floor) -> None:
    made = (await add(floor)).json()
    await add(floor, "nothing")
    await floor.http.delete(f"/webhooks/{made['id']}")

    assert [(line.name, line.verdict, line.status) for line in floor.truth.lines] == [
        ("rankacy.add_webhook", "accepted", 201),
        ("rankacy.add_webhook", "invalid_param", 422),
        ("rankacy.remove_webhook", "accepted", 200),
    ]
    assert made["secret"] not in str(floor.truth.lines)
