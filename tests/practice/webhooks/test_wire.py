"""The whole loop: the league plays, the exchange delivers; at a real process too, over its end and beginning."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app.child import command
from app.practice import server
from app.practice.exchange import Exchange
from app.practice.webhooks.lane import KEPT_ALIVE
from app.practice.webhooks.target import NOT_SWITCHED_ON
from app.practice.wire.application import Wire
from app.practice.wire.rankacy import new_api_key
from tests.practice.child import Child
from tests.practice.kit import KEYS, HandClock
from tests.practice.webhooks.kit import PATIENCE, Receiver

KEY = new_api_key()
HOOKS, LOG = "/api/b2b/webhooks", "/practice-webhooks/log"
EVENTS = ("MATCH_CREATED", "MATCH_STARTED", "MATCH_FINISHED", "ODDS_UPDATED")


async def test_what_happens_in_the_league_is_delivered_and_found_in_the_feed_then(receiver: Receiver) -> None:
    clock = HandClock()
    exchange = Exchange(seed=7, rate=0.1, speed=100.0, started_at=clock.now)
    wire = Wire(exchange, msgspec.structs.replace(KEYS, rankacy_key=KEY), clock, host="127.0.0.1", port=1, takes_loopback=True)
    transport = httpx.ASGITransport(app=wire.app)
    secrets: dict[str, str] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1", headers={"X-API-Key": KEY}) as http:
        for event in EVENTS:
            made = await http.post(HOOKS, json={"event_type": event, "target_url": receiver.url(f"/{event}")})
            secrets[event] = made.json()["secret"]
        for _ in range(200):
            clock.move(0.3)
            wire.feed.step()
            await asyncio.sleep(0)
        while not told_all(receiver):
            await receiver.heard(len(receiver.got) + 1)
        listed = {row["match_id"]: row for row in (await http.get("/api/b2b/matches", params={"limit": 100})).json()["items"]}
    wire.close()
    async with asyncio.timeout(KEPT_ALIVE / 2):
        await receiver.rest(0)

    for got in receiver.got:
        body = json.loads(got.body)
        assert got.is_signed_with(secrets[body["event"]])
        assert got.asked == f"POST /{body['event']} HTTP/1.1"
        assert body["match_id"] in listed
        if body["event"] == "MATCH_FINISHED":
            assert listed[body["match_id"]]["status"] == "FINISHED"


def told_all(receiver: Receiver) -> bool:
    return {got.headers["x-rankacy-event"] for got in receiver.got} == set(EVENTS)


async def test_a_step_tells_of_a_matchs_odds_once(receiver: Receiver) -> None:
    clock = HandClock()
    exchange = Exchange(seed=7, rate=0.1, speed=1.0, started_at=clock.now)
    wire = Wire(exchange, msgspec.structs.replace(KEYS, rankacy_key=KEY), clock, host="127.0.0.1", port=1, takes_loopback=True)
    transport = httpx.ASGITransport(app=wire.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1", headers={"X-API-Key": KEY}) as http:
        await http.post(HOOKS, json={"event_type": "ODDS_UPDATED", "target_url": receiver.url()})
        clock.move(50)  # in one step, as after a pause
        wire.feed.step()
        changed = (await http.get("/api/b2b/odds/changes", params={"limit": 1000, "since": "2026-11-18T11:06:40Z"})).json()["changes"]
        matches = {row["match_id"] for row in changed}
        await receiver.heard(len(matches))
    wire.close()
    async with asyncio.timeout(KEPT_ALIVE / 2):
        await receiver.rest(0)

    assert len(changed) > len(matches)
    assert sorted(json.loads(got.body)["match_id"] for got in receiver.got) == sorted(matches)


def subscribe(child: Child, url: str) -> httpx.Response:
    with closing(client(child)) as http:
        return http.post(HOOKS, json={"event_type": "ODDS_UPDATED", "target_url": url})


def client(child: Child) -> httpx.Client:
    feed = child.ready["rankacy"]
    return httpx.Client(base_url=feed["url"], headers={"X-API-Key": feed["api_key"]}, trust_env=False)


def log_of(child: Child) -> Any:
    with closing(client(child)) as http:
        return http.get(LOG).json()


async def test_a_kept_webhook_is_delivered_to_after_a_restart_and_only_with_the_switch(tmp_path: Path, receiver: Receiver) -> None:
    options = ["--stay", "--rate", "5", "--state", str(tmp_path)]
    with Child(*options, "--loopback-webhooks") as first:
        made = (await asyncio.to_thread(subscribe, first, receiver.url())).json()
        first.process.kill()
        first.process.wait()
    with Child(*options, "--loopback-webhooks") as second:
        (got, *_) = await receiver.heard(len(receiver.got) + 1)
    seen = len(receiver.got)
    with Child(*options) as third:
        async with asyncio.timeout(PATIENCE):
            while not (told := await asyncio.to_thread(log_of, third))["deliveries"]:
                continue
        refused = await asyncio.to_thread(subscribe, third, receiver.url())
        kept = await asyncio.to_thread(listed, third)

    assert second.ready["rankacy"]["api_key"] == first.ready["rankacy"]["api_key"]
    assert got.is_signed_with(made["secret"])
    assert told["deliveries"][0]["words"] == NOT_SWITCHED_ON
    assert (len(receiver.got), refused.status_code) == (seen, 422)
    assert kept == [{name: made[name] for name in made if name != "secret"}]


def listed(child: Child) -> Any:
    with closing(client(child)) as http:
        return http.get(HOOKS).json()


async def test_a_flood_leaves_the_exchange_alive_and_the_exchange_ends_in_the_midst_of_it(receiver: Receiver) -> None:
    with Child("--stay", "--rate", "5", "--loopback-webhooks") as child:
        await asyncio.to_thread(subscribe, child, receiver.url())
        with closing(client(child)) as http:
            started = await asyncio.to_thread(http.post, "/practice-webhooks/burst", json={"count": 100_000, "rate": 1_000})
            await receiver.heard(500)
            ping = await asyncio.to_thread(http.get, "/api/b2b/ping")
        code, rest, complaints = await asyncio.to_thread(child.interrupt)

    assert (started.status_code, ping.status_code) == (202, 200)
    assert (code, rest, complaints) == (0, "", "")


def test_the_programs_own_exchange_delivers_to_this_computer_and_another_does_not() -> None:
    arguments = command(["--seed", "3"])

    assert server.read_options(arguments[arguments.index("practice-server") + 1 :]).loopback_webhooks
    assert not server.read_options([]).loopback_webhooks


@pytest.mark.parametrize("path", [LOG, "/practice-webhooks/faults"])
async def test_an_exchange_without_a_feed_has_no_webhooks(exchange: Exchange, clock: HandClock, path: str) -> None:
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://127.0.0.1:1") as http:
        assert (await http.get(path, headers={"X-API-Key": ""})).status_code == 404
    wire.close()
