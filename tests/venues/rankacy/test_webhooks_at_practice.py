"""The client's webhooks at the practice exchange, whose code shares none with it: in this process, and as one that really delivers."""

from __future__ import annotations

import asyncio
import json

import httpx
import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.examiner import examine
from app.domain.hook_faults import HookFaults
from app.domain.secret import Secret
from app.domain.signature import is_valid
from app.domain.webhook import HookEvent, Listed
from app.practice.faults import CallFault, Error, Faults
from app.practice.wire.application import Wire
from app.practice.wire.rankacy import new_api_key
from app.services.hooks.ports import HookVenue
from app.venues.hosts import partner, practice
from app.venues.http import Http
from app.venues.rankacy.venue import Keys, Rankacy
from tests.practice.child import Child
from tests.practice.kit import KEYS
from tests.practice.webhooks.kit import PATIENCE, Got, receiving
from tests.venues.exchange import Floor, Watched

EVENT, URL = "ODDS_UPDATED", "https://hooks.example.com/rankacy"
OTHER = Secret("another-secret-of-nobody")


class League(Floor):
    """A floor whose webhooks may be on this computer."""

    def __init__(self) -> None:
        super().__init__()
        self.faults_of_wire = Faults()
        self.key = new_api_key()
        keys = msgspec.structs.replace(KEYS, rankacy_key=self.key)
        self.wire = Wire(self.exchange, keys, self.clock, host="127.0.0.1", port=4321, faults=self.faults_of_wire, takes_loopback=True)

    async def venue(self) -> Rankacy:
        venue = Rankacy(clock=self.seconds, connect=lambda url: Http(url, transport=Watched(self)), sleep=self.sleep)
        await venue.point(practice("http://127.0.0.1:4321"), Keys(Environment.PRACTICE, Secret(self.key)))
        return venue


def is_hook_venue(venue: HookVenue) -> HookVenue:
    return venue


async def test_the_whole_life_of_subscriptions_at_the_practice_exchange() -> None:
    league = League()
    venue = is_hook_venue(await league.venue())
    assert await venue.webhooks() == Listed(())
    new = [await venue.register(event, "http://127.0.0.1:8765/h") for event in HookEvent]
    assert [each.subscription.event for each in new] == list(HookEvent)
    assert len({each.secret.reveal() for each in new}) == len(HookEvent)
    found = await venue.webhooks()
    assert found == Listed(tuple(each.subscription for each in new))
    assert all(each.created_at is not None and each.is_active for each in found.subscriptions)
    await venue.unregister(new[0].subscription.id)
    assert await venue.webhooks() == Listed(tuple(each.subscription for each in new[1:]))
    with pytest.raises(RefusedError, match="Webhook not found") as raised:
        await venue.unregister(new[0].subscription.id)
    assert raised.value.status == 404


@pytest.mark.parametrize(
    ("event", "url"),
    [(EVENT, "http://hooks.example.com/h"), (EVENT, "https:"), (EVENT, "https://" + "x" * 2048), ("MATCH_PAUSED", URL), ("", URL)],
)
async def test_what_the_practice_exchange_does_not_take_is_a_refusal_in_its_words(event: str, url: str) -> None:
    venue = await League().venue()
    with pytest.raises(RefusedError) as raised:
        await venue.register(event, url)
    assert raised.value.status == 422
    assert len(str(raised.value).split()) > 2
    assert await venue.webhooks() == Listed(())


async def test_trouble_of_the_practice_exchange_is_asked_once() -> None:
    league = League()
    venue = await league.venue()
    league.faults_of_wire.add(CallFault("rankacy.add_webhook", Error(503, "unknown_error", "not now")))
    with pytest.raises(UnknownError, match="not now"):
        await venue.register(EVENT, URL)
    assert len(league.asked) == 1
    assert (await venue.register(EVENT, URL)).secret


def examined(got: Got, secret: Secret) -> str:
    return examine(got.body, got.headers["x-rankacy-signature"], secret, {"another one": OTHER}).words


async def test_what_a_real_exchange_delivers_is_verified_and_its_faults_are_named() -> None:
    with Child("--stay", "--rate", "0.1", "--loopback-webhooks") as child:
        feed = child.ready["rankacy"]
        venue = Rankacy()
        await venue.point(practice(feed["url"]), Keys(Environment.PRACTICE, Secret(feed["api_key"])))
        async with receiving() as receiver, httpx.AsyncClient(base_url=feed["url"], headers={"X-API-Key": feed["api_key"]}) as http:
            new = await venue.register("MATCH_CREATED", receiver.url("/created"))
            wanted = {"count": 1, "rate": 100, "event": "MATCH_CREATED", "match_id": 5}
            for count, fault in enumerate(({}, {"upper": True}, {"corrupt": True}), 1):
                told = {"drop": False, "duplicate": 0, "delay": 0, "corrupt": False, "upper": False, **fault}
                assert (await http.post("/practice-webhooks/faults", json=told)).status_code == 200
                async with asyncio.timeout(PATIENCE):
                    while (await http.post("/practice-webhooks/burst", json=wanted)).status_code == 409:
                        continue  # the burst before has not ended
                await receiver.heard(count)
            await venue.unregister(new.subscription.id)
        await venue.close()
    good, upper, corrupt = receiver.got[:3]
    assert is_valid(good.body, good.headers["x-rankacy-signature"].encode(), new.secret)
    assert examined(good, new.secret) == "Valid: this body was signed with this secret."
    assert examined(good, OTHER).startswith("Does not match, and no mistake")
    assert "The hex is upper case" in examined(upper, new.secret)
    assert not is_valid(corrupt.body, corrupt.headers["x-rankacy-signature"].encode(), new.secret)
    assert json.loads(good.body)["match_id"] == 5
    assert new.secret.reveal() not in json.dumps([got.headers for got in receiver.got])


async def test_faults_are_switched_at_the_practice_exchange_and_what_is_told_is_how_they_stand() -> None:
    with Child("--stay", "--rate", "0.1", "--loopback-webhooks") as child:
        feed = child.ready["rankacy"]
        venue = Rankacy()
        await venue.point(practice(feed["url"]), Keys(Environment.PRACTICE, Secret(feed["api_key"])))
        wanted = HookFaults(drop=True, duplicate=3, delay=2.5, corrupt=True, upper=True)
        told = [await venue.switch_faults(faults) for faults in (None, wanted, None, HookFaults(), None)]
        await venue.close()
    assert told == [HookFaults(), wanted, wanted, HookFaults(), HookFaults()]


async def test_a_real_feed_is_never_asked_for_faults() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    venue = Rankacy(connect=lambda url: Http(url, transport=httpx.MockTransport(answer)))
    await venue.point(partner(Environment.PRODUCTION, "https://feed.example.com"), Keys(Environment.PRODUCTION, Secret("word")))
    for faults in (None, HookFaults(drop=True)):
        with pytest.raises(NotSentError, match="Only the practice exchange"):
            await venue.switch_faults(faults)
    await venue.close()
    assert asked == []
