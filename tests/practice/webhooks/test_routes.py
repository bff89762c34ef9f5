"""What practice has beside the venue's webhooks: its log, its switches and its floods, behind the feed's key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.practice.cs2.model import Kind
from app.practice.webhooks.record import KEPT
from app.practice.webhooks.routes import BASE, webhook_routes
from app.practice.wire.rankacy import new_api_key
from tests.practice.webhooks.kit import Post, Receiver, hang, receiving

KEY = new_api_key()
LOG, FAULTS, BURST = f"{BASE}/log", f"{BASE}/faults", f"{BASE}/burst"


@pytest.fixture
async def http(post: Post) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*webhook_routes(post.dispatcher, post.clock, KEY)])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4321", headers={"X-API-Key": KEY}) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), [("GET", LOG), ("GET", FAULTS), ("POST", FAULTS), ("POST", BURST)])
@pytest.mark.parametrize(("key", "detail"), [("", "Missing API key"), ("other", "Invalid API key"), ("\xe9", "Invalid API key")])
async def test_without_the_key_there_is_nothing(http: httpx.AsyncClient, post: Post, method: str, path: str, key: str, detail: str) -> None:
    reply = await http.request(method, path, headers={b"X-API-Key": key.encode("latin-1")}, json={"drop": True, "count": 1})

    assert (reply.status_code, reply.json()) == (401, {"detail": detail})
    assert not post.dispatcher.switches.drop


async def test_the_log_tells_of_each_delivery_and_counts_them_all(http: httpx.AsyncClient, post: Post, receiver: Receiver) -> None:
    post.add("https://hooks.test/feed")
    hook = post.add(receiver.url())
    post.happen(7)
    await post.noted(2)
    reply = await http.get(LOG)

    told = reply.json()
    assert told["counts"] == {"delivered": 1, "failed": 1, "dropped": 0, "waiting": 0}
    assert told["burst"] is None
    failed, delivered = told["deliveries"]
    assert delivered["ms"] > 0
    assert delivered | {"ms": 0} == {
        "at": "2026-11-18T11:06:40Z",
        "webhook_id": hook.id,
        "event": "ODDS_UPDATED",
        "match_id": 7,
        "target_url": hook.target_url,
        "outcome": "delivered",
        "status": 204,
        "ms": 0,
        "bytes": len(receiver.got[0].body),
        "words": "",
        "fault": "",
    }
    assert (failed["outcome"], failed["status"], failed["words"]) == ("failed", None, "Practice delivers to http:// on 127.0.0.1 only")
    assert reply.headers["cache-control"] == "no-store"
    assert hook.secret not in reply.text
    assert hook.secret not in repr(hook)


async def test_the_log_is_bounded_and_the_counts_are_not(http: httpx.AsyncClient, post: Post) -> None:
    post.add("https://hooks.test/feed")
    for match_id in range(KEPT + 5):
        post.happen(match_id)
    await post.noted(KEPT + 5)

    shown = (await http.get(LOG, params={"limit": KEPT})).json()
    assert shown["counts"]["failed"] == KEPT + 5
    assert [row["match_id"] for row in shown["deliveries"]] == list(range(5, KEPT + 5))
    assert [row["match_id"] for row in (await http.get(LOG, params={"limit": 2})).json()["deliveries"]] == [KEPT + 3, KEPT + 4]
    assert len((await http.get(LOG)).json()["deliveries"]) == 100


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "", "1.5", "9" * 5_000, "²"])
async def test_a_limit_that_is_none_is_refused(http: httpx.AsyncClient, limit: str) -> None:
    reply = await http.get(LOG, params={"limit": limit})

    assert (reply.status_code, reply.json()) == (422, {"detail": "limit cannot be used: expected a whole number from 1 to 1000"})


async def test_a_switch_that_is_not_named_stays(http: httpx.AsyncClient) -> None:
    first = await http.post(FAULTS, json={"drop": True, "duplicate": 2})
    second = await http.post(FAULTS, json={"drop": False, "delay": 1.5})

    assert first.json() == {"drop": True, "duplicate": 2, "delay": 0.0, "corrupt": False, "upper": False}
    assert second.json() == (await http.get(FAULTS)).json() == {**first.json(), "drop": False, "delay": 1.5}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"drop":1}',
        b'{"lose":true}',
        b'{"duplicate":-1}',
        b'{"duplicate":101}',
        b'{"delay":-1}',
        b'{"delay":3601}',
        b"\xff",
    ],
)
async def test_a_wish_that_is_none_changes_nothing(http: httpx.AsyncClient, body: bytes) -> None:
    reply = await http.post(FAULTS, content=body)

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("This is no wish: ")
    assert not any((await http.get(FAULTS)).json().values())


async def test_a_flood_goes_to_everyone_who_asked_for_its_kind_and_no_two_bodies_are_the_same(
    http: httpx.AsyncClient, post: Post, receiver: Receiver
) -> None:
    for path in ("/a", "/b"):
        post.add(receiver.url(path), Kind.MATCH_STARTED)
    other = post.add(receiver.url("/c"), Kind.ODDS_UPDATED)
    reply = await http.post(BURST, json={"count": 100, "rate": 5_000, "event": "MATCH_STARTED", "match_id": 9})
    got = await receiver.heard(200)
    await post.noted(200)
    told = (await http.get(LOG)).json()

    assert (reply.status_code, reply.json()) == (202, {"count": 100, "rate": 5000.0, "webhooks": 2})
    assert {path: len({each.body for each in got if f" {path} " in each.asked}) for path in ("/a", "/b")} == {"/a": 100, "/b": 100}
    assert all(b'"match_id":9' in each.body for each in got)
    assert told["counts"] == {"delivered": 200, "failed": 0, "dropped": 0, "waiting": 0}
    assert told["burst"]["wanted"] == told["burst"]["sent"] == 100
    assert post.hooks.has(other.id)


async def test_one_flood_at_a_time(http: httpx.AsyncClient, post: Post) -> None:
    async with receiving(b"", hang) as slow:
        post.add(slow.url())
        assert (await http.post(BURST, json={"count": 100_000, "rate": 1})).status_code == 202
        refused = await http.post(BURST, json={"count": 1})
        await slow.heard(1)
        post.dispatcher.close()

    assert refused.status_code == 409
    assert refused.json()["detail"].endswith("of 100,000 are sent: one flood at a time")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"count": 0},
        {"count": 100_001},
        {"count": 1.5},
        {"count": 1, "rate": 0},
        {"count": 1, "rate": 10_001},
        {"count": 1, "event": "ODDS"},
        {"count": 1, "match_id": 0},
        {"count": 1, "target_url": "http://hooks.test"},
    ],
)
async def test_a_flood_without_bounds_is_refused(http: httpx.AsyncClient, wish: dict[str, Any]) -> None:
    reply = await http.post(BURST, json=wish)

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("This is no wish: ")
    assert (await http.get(LOG)).json()["burst"] is None
