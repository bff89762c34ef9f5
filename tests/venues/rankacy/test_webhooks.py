"""The feed's three calls about webhooks: what is asked once, what is read of each answer, and a secret that stands in no sentence."""

from __future__ import annotations

import json
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RedirectedError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.link import Rank
from app.domain.secret import Secret
from app.domain.webhook import Listed, Subscription
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.rankacy.calls import Calls
from app.venues.rankacy.names import FEED
from app.venues.rankacy.venue import Keys, Rankacy
from app.venues.rankacy.webhooks import read_registered, read_webhooks
from tests.venues.rankacy.kit import Feed, packed

CANARY = "c4n4ry-hook-secret-of-nobody"
EVENT, URL = "ODDS_UPDATED", "https://hooks.example.com/rankacy"
MADE_AT = "2026-11-21T10:22:03.250000Z"
ROW = {"id": 17, "event_type": EVENT, "target_url": URL, "is_active": True, "created_at": MADE_AT}
AT = datetime(2026, 11, 21, 10, 22, 3, 250000, tzinfo=UTC)
CALLS = Calls(FEED)


def row(**changes: object) -> dict[str, object]:
    return {**ROW, **changes}


def made(**changes: object) -> bytes:
    return packed(row(secret=CANARY, **changes))


def feed(answer: bytes | tuple[int, bytes], path: str = "webhooks") -> Feed:
    told = Feed()
    told.bodies[path] = answer
    return told


def all_words(problem: BaseException) -> str:
    """Everything that a log or a screen could show of it, with what caused it."""
    return "".join(traceback.format_exception(problem)) + repr(problem) + str(vars(problem))


# What is asked


def test_each_request_is_what_the_page_shows() -> None:
    asked = CALLS.register(EVENT, URL)
    assert (asked.method, asked.path, asked.rank) == ("POST", "api/b2b/webhooks", Rank.SCREEN)
    assert json.loads(asked.body or b"") == {"event_type": EVENT, "target_url": URL}
    assert [CALLS.name_of(call) for call in (asked, CALLS.webhooks(), CALLS.unregister(17))] == ["webhooks", "webhooks", "webhook"]
    assert (CALLS.webhooks().method, CALLS.webhooks().path) == ("GET", "api/b2b/webhooks")
    assert (CALLS.unregister(17).method, CALLS.unregister(17).path) == ("DELETE", "api/b2b/webhooks/17")


async def test_a_subscription_is_asked_for_once_with_the_key_and_its_secret_is_kept() -> None:
    told = feed((201, made()))
    async with told.client() as venue:
        new = await venue.register(EVENT, URL)
    (request,) = told.asked
    assert (request.method, request.url.path, request.headers["Content-Type"]) == ("POST", "/api/b2b/webhooks", "application/json")
    assert request.headers["X-API-Key"] == "feed-key-of-nobody"
    assert new.subscription == Subscription(17, EVENT, URL, True, AT)
    assert new.secret.reveal() == CANARY
    assert CANARY not in repr(new)


ANSWERS: list[tuple[int, bytes, type[VenueError], str]] = [
    (422, b'{"detail":"target_url has to begin with https://"}', RefusedError, "target_url has to begin with https://"),
    (
        422,
        packed({"detail": [{"loc": ["body", "event_type"], "msg": "no such event", "input": CANARY}, {"msg": "nor that"}]}),
        RefusedError,
        "no such event; nor that",
    ),
    (422, b"<html>", RefusedError, "refused (422)"),
    (401, b'{"detail":"Invalid API key"}', NotSentError, "Invalid API key"),
    (404, b'{"detail":"Not Found"}', RefusedError, "Not Found"),
    (429, b'{"detail":"Slow down"}', NotSentError, "Slow down"),
    (500, b"Internal Server Error", UnknownError, "(500)"),
    (503, b'{"detail":"not now"}', UnknownError, "not now"),
    (307, b"", RedirectedError, "redirect (307)"),
]


@pytest.mark.parametrize(("status", "body", "kind", "words"), ANSWERS)
async def test_a_refusal_or_trouble_is_told_in_words_and_nothing_is_sent_again(
    status: int, body: bytes, kind: type[VenueError], words: str
) -> None:
    told = feed((status, body))
    async with told.client() as venue:
        with pytest.raises(VenueError) as raised:
            await venue.register(EVENT, URL)
    assert type(raised.value) is kind
    assert words in str(raised.value)
    assert CANARY not in all_words(raised.value)
    assert len(told.asked) == 1


async def test_a_connection_that_breaks_leaves_it_unknown_and_nothing_is_sent_again() -> None:
    asked: list[httpx.Request] = []

    def broken(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadError("gone")

    venue = Rankacy(connect=lambda url: Http(url, transport=httpx.MockTransport(broken)))
    await venue.point(practice("http://127.0.0.1:9"), Keys(Environment.PRACTICE, Secret("feed-key-of-nobody")))
    with pytest.raises(UnknownError):
        await venue.register(EVENT, URL)
    await venue.close()
    assert len(asked) == 1


# What is read of the answer that tells the secret


@pytest.mark.parametrize(
    "secret",
    [None, "", "   ", 7, ["x"], {"value": CANARY}, True, "x" * 1_001],
)
async def test_an_answer_without_a_secret_names_what_to_delete(secret: object) -> None:
    async with feed((201, packed(row(secret=secret)))).client() as venue:
        with pytest.raises(UnreadableError, match=r"does not tell the secret. It is subscription 17: delete it") as raised:
            await venue.register(EVENT, URL)
    assert CANARY not in all_words(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"<html>" + CANARY.encode(),
        packed([row(secret=CANARY)]),
        packed({"secret": CANARY}),
        made(id=CANARY),
        made(id=-1),
        made(id=None),
        made(target_url=[CANARY]),
        made(event_type=None),
        made()[:-1],
        made() + b"x",
        b"[" * 9999,
        b"\xff" + made(),
    ],
)
async def test_an_answer_that_cannot_be_read_says_that_it_exists_and_quotes_nothing(body: bytes) -> None:
    async with feed((201, body)).client() as venue:
        with pytest.raises(UnreadableError, match="The feed made a subscription, and its answer does not tell the secret") as raised:
            await venue.register(EVENT, URL)
    assert "Look for it in the list and delete it" in str(raised.value)
    assert CANARY not in all_words(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"event_type": "MATCH_STARTED"},
        {"target_url": "https://hooks.example.org/rankacy"},
        {"target_url": URL + "/x"},
        {"target_url": "://"},
    ],
)
async def test_another_subscription_than_was_asked_for_is_not_taken(changes: dict[str, Any]) -> None:
    async with feed((201, made(**changes))).client() as venue:
        with pytest.raises(UnreadableError, match="subscription 17") as raised:
            await venue.register(EVENT, URL)
    assert CANARY not in all_words(raised.value)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("https://Hooks.Example.com", "https://hooks.example.com/"),
        ("https://hooks.example.com:443/h", "https://hooks.example.com/h"),
        ("https://hooks.example.com/plzeň", "https://hooks.example.com/plze%C5%88"),
    ],
)
def test_an_address_that_the_feed_writes_in_its_own_way_is_the_same_and_its_secret_is_not_lost(asked: str, told: str) -> None:
    new = read_registered(made(target_url=told), EVENT, asked)
    assert (new.subscription.target_url, new.secret.reveal()) == (told, CANARY)


@pytest.mark.parametrize(
    ("changes", "is_active", "created_at"),
    [({"is_active": None}, False, AT), ({"created_at": "yesterday"}, True, None), ({"created_at": None, "more": [1]}, True, None)],
)
def test_what_only_adorns_it_costs_no_secret(changes: dict[str, Any], is_active: bool, created_at: datetime | None) -> None:
    new = read_registered(b"\xef\xbb\xbf" + made(**changes), EVENT, URL)
    assert new.secret.reveal() == CANARY
    assert (new.subscription.is_active, new.subscription.created_at) == (is_active, created_at)


def test_a_secret_is_kept_as_it_is_told_with_its_own_white_space_and_letters() -> None:
    assert read_registered(packed(row(secret=" klíč \n")), EVENT, URL).secret.reveal() == " klíč \n"


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)).map(packed)
)
def test_no_answer_makes_a_reading_raise_anything_else(body: bytes) -> None:
    with suppress(UnreadableError):
        read_webhooks(body)
    with suppress(UnreadableError):
        read_registered(body, EVENT, URL)


# The list


async def listed(rows: object) -> Listed:
    told = feed(packed(rows))
    async with told.client() as venue:
        found = await venue.webhooks()
    assert [(request.method, request.url.path) for request in told.asked] == [("GET", "/api/b2b/webhooks")]
    return found


async def test_the_list_is_read_in_its_order() -> None:
    rows = [row(), row(id=11, event_type="MATCH_FINISHED", is_active=False, created_at="2026-11-20T00:00:00Z")]
    assert await listed(rows) == Listed(
        (
            Subscription(17, EVENT, URL, True, AT),
            Subscription(11, "MATCH_FINISHED", URL, False, datetime(2026, 11, 20, tzinfo=UTC)),
        )
    )
    assert await listed([]) == Listed(())


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        [],
        {},
        row(id=None),
        row(id="seventeen"),
        row(id=-3),
        row(id=2**70),
        row(target_url=None),
        row(event_type=5),
        {key: value for key, value in ROW.items() if key != "target_url"},
    ],
)
async def test_an_odd_row_is_a_fault_in_words_and_costs_no_other(odd: object) -> None:
    found = await listed([row(id=1), odd, row(id=2)])
    assert [each.id for each in found.subscriptions] == [1, 2]
    (fault,) = found.faults
    assert fault.startswith("A webhook cannot be read")


async def test_a_row_that_is_told_twice_and_differently_within_itself_is_a_fault() -> None:
    told = feed(b'[{"id":1,"id":2,"event_type":"ODDS_UPDATED","target_url":"https://x.cz/"}]')
    async with told.client() as venue:
        found = await venue.webhooks()
    assert (found.subscriptions, len(found.faults)) == ((), 1)


async def test_an_event_that_is_not_known_is_kept_as_its_word() -> None:
    found = await listed([row(event_type="MATCH_PAUSED\n\u202e")])
    assert found.subscriptions[0].event == "MATCH_PAUSED"
    assert not found.faults


async def test_whether_it_is_active_counts_only_when_it_is_told() -> None:
    found = await listed([row(is_active=told) for told in (True, False, None, 1, "true")])
    assert [each.is_active for each in found.subscriptions] == [True, False, False, False, False]
    assert found.faults == ("Whether webhook 17 is active is not told",) * 3


async def test_a_time_that_is_none_is_a_fault_and_the_row_stays() -> None:
    found = await listed([row(created_at="yesterday")])
    assert found.subscriptions[0].created_at is None
    assert found.faults[0].startswith("The time of webhook 17 is no time")


async def test_a_secret_that_stands_in_the_list_is_shown_nowhere() -> None:
    found = await listed([row(secret=CANARY), row(id="odd", secret=CANARY), row(created_at="odd", secret=CANARY)])
    assert len(found.subscriptions) == 2
    assert CANARY not in repr(found)


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"items":[]}', b"<html>", b"[", b"[" * 9999])
async def test_what_is_no_list_is_one_error_in_words(body: bytes) -> None:
    async with feed(body).client() as venue:
        with pytest.raises(UnreadableError, match="The feed's answer is not what it should be"):
            await venue.webhooks()


async def test_many_odd_rows_are_counted_and_not_all_told() -> None:
    found = await listed([None] * 500 + [row()])
    assert len(found.subscriptions) == 1
    assert found.faults[-1] == "… and 400 more"


# Removing


@pytest.mark.parametrize("answer", [(200, b'{"message":"Webhook removed"}'), (204, b""), (200, b"<html>")])
async def test_a_removal_is_done_when_the_feed_says_so_in_any_words(answer: tuple[int, bytes]) -> None:
    told = feed(answer, "webhooks/17")
    async with told.client() as venue:
        await venue.unregister(17)
    assert [(request.method, request.url.path, request.content) for request in told.asked] == [("DELETE", "/api/b2b/webhooks/17", b"")]


async def test_removing_what_is_not_there_is_a_refusal_of_404() -> None:
    told = feed((404, b'{"detail":"Webhook not found"}'), "webhooks/17")
    async with told.client() as venue:
        with pytest.raises(RefusedError, match="Webhook not found") as raised:
            await venue.unregister(17)
    assert (raised.value.status, len(told.asked)) == (404, 1)


async def test_a_removal_that_ends_in_trouble_is_unknown_and_not_sent_again() -> None:
    told = feed((502, b""), "webhooks/17")
    async with told.client() as venue:
        with pytest.raises(UnknownError):
            await venue.unregister(17)
    assert len(told.asked) == 1
