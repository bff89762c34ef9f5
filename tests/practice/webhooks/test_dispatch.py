"""What is delivered, to whom and how often; a receiver of the test verifies it by itself."""

from __future__ import annotations

import asyncio
import json

import pytest

from app.practice.clock import SECOND
from app.practice.cs2.model import Kind
from app.practice.webhooks.hooks import Hooks
from app.practice.webhooks.target import NOT_SWITCHED_ON, ONLY_HERE, place_of
from tests.practice.kit import STARTED_AT
from tests.practice.webhooks.kit import Post, Receiver, receiving


async def test_a_delivery_is_compact_json_with_its_three_headers_and_a_signature_over_its_bytes(post: Post, receiver: Receiver) -> None:
    hook = post.add(receiver.url("/hooks/odds?to=me"))
    post.happen(42, at=STARTED_AT + SECOND // 2)
    (got,) = await receiver.heard(1)

    assert got.asked == "POST /hooks/odds?to=me HTTP/1.1"
    assert got.headers.keys() == {"host", "content-type", "content-length", "x-rankacy-event", "x-rankacy-signature"}
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (got.headers["content-type"], got.headers["x-rankacy-event"]) == ("application/json", "ODDS_UPDATED")
    assert got.body == b'{"event":"ODDS_UPDATED","match_id":42,"occurred_at":"2026-11-18T11:06:40.500Z"}'
    assert got.is_signed_with(hook.secret)
    assert not got.is_signed_with(hook.secret + "\n")
    assert got.headers["x-rankacy-signature"] == got.headers["x-rankacy-signature"].lower()
    assert await post.noted(1) == [("delivered", 204, "")]


async def test_each_kind_goes_to_those_who_asked_for_it_and_each_is_signed_with_its_own_secret(post: Post, receiver: Receiver) -> None:
    hooks = {kind: post.add(receiver.url(f"/{kind}"), kind) for kind in Kind}
    twin = post.add(receiver.url("/twin"), Kind.MATCH_STARTED)
    for kind in Kind:
        post.happen(7, kind)
    await receiver.heard(5)

    secrets = {f"/{kind}": hook.secret for kind, hook in hooks.items()} | {"/twin": twin.secret}
    for got in receiver.got:
        path = got.asked.split(" ")[1]
        assert got.is_signed_with(secrets[path])
        assert got.headers["x-rankacy-event"] == json.loads(got.body)["event"] == ("MATCH_STARTED" if path == "/twin" else path[1:])
    assert len({got.asked for got in receiver.got}) == 5


async def test_odds_of_a_match_that_change_several_times_in_one_step_are_told_once_and_last(post: Post, receiver: Receiver) -> None:
    post.add(receiver.url())
    for second, match_id in enumerate((1, 2, 1, 1)):
        post.happen(match_id, at=STARTED_AT + second * SECOND)
    await post.noted(2)
    post.happen(1, at=STARTED_AT + 9 * SECOND)
    await post.noted(3)

    told = [(body["match_id"], body["occurred_at"]) for body in (json.loads(got.body) for got in receiver.got)]
    assert sorted(told[:2]) == [(1, "2026-11-18T11:06:43Z"), (2, "2026-11-18T11:06:41Z")]
    assert told[2:] == [(1, "2026-11-18T11:06:49Z")]


async def test_deliveries_that_follow_each_other_use_one_connection(post: Post, receiver: Receiver) -> None:
    post.add(receiver.url())
    for count in range(1, 6):
        post.happen(count)
        await post.noted(count)

    assert [got.connection for got in receiver.got] == [1] * 5
    assert len(post.dialled) == 1


@pytest.mark.parametrize(
    "url", ["https://hooks.test/feed", "https://127.0.0.1:8443/feed", "https://localhost/feed", "https://10.0.0.1", "https://1.1.1.1/x"]
)
async def test_what_is_not_plain_http_on_this_computer_fails_without_a_connection(post: Post, url: str) -> None:
    post.add(url)
    post.happen()

    assert await post.noted(1) == [("failed", None, ONLY_HERE)]
    assert post.dialled == []
    (entry,) = post.dispatcher.record.entries
    assert (entry.target_url, entry.ms, entry.event, entry.match_id) == (url, None, "ODDS_UPDATED", 42)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.test/",
        "http://127.0.0.1.hooks.test/",
        "http://127.0.0.1@hooks.test/",
        "http://user@127.0.0.1/",
        "http://hooks.test#@127.0.0.1/",
        "http://127.0.0.1\\@hooks.test/",
        "http://127.0.0.2/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost.hooks.test/",
        "http://127。0。0。1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "ws://127.0.0.1/",
    ],
)
def test_what_only_looks_like_this_computer_is_not_subscribed(url: str) -> None:
    assert place_of(url) is None
    with pytest.raises(Exception, match="target_url cannot be used"):
        Hooks(takes_loopback=True).add(1, Kind.ODDS_UPDATED, url, 1)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1", ("127.0.0.1", 80, "127.0.0.1", "/")),
        ("HTTP://LocalHost:8765/a b?x=ü".replace(" ", "%20"), ("127.0.0.1", 8765, "LocalHost:8765", "/a%20b?x=%C3%BC")),
        ("http://[::1]:8765/x#part", ("::1", 8765, "[::1]:8765", "/x")),
        ("http://127.0.0.1:1?to=me", ("127.0.0.1", 1, "127.0.0.1:1", "/?to=me")),
    ],
)
def test_this_computer_is_an_address_and_no_name(url: str, place: tuple[str, int, str, str]) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize("host", ["localhost", "[::1]"])
async def test_other_names_of_this_computer_are_delivered_to(post: Post, host: str) -> None:
    address = {"localhost": "127.0.0.1", "[::1]": "::1"}[host]
    async with receiving(host=address) as receiver:
        post.add(receiver.url(host=host))
        post.happen()
        (got,) = await receiver.heard(1)
        post.dispatcher.close()

    assert post.dialled == [(address, receiver.port)]
    assert got.headers["host"] == f"{host}:{receiver.port}"


async def test_without_the_switch_nothing_is_delivered_even_where_a_state_has_such_a_webhook(receiver: Receiver) -> None:
    kept: list[bytes] = []
    Hooks(kept.append, takes_loopback=True).add(1, Kind.ODDS_UPDATED, receiver.url(), 1)
    post = Post(takes_loopback=False)
    post.dispatcher.hooks = Hooks(saved=kept[-1])
    post.happen()

    assert await post.noted(1) == [("failed", None, NOT_SWITCHED_ON)]
    assert (post.dialled, receiver.connections) == ([], 0)


async def test_a_removed_webhook_hears_nothing_more(post: Post, receiver: Receiver) -> None:
    hook = post.add(receiver.url())
    kept = post.add(receiver.url("/kept"))
    post.happen(1)
    await receiver.heard(2)

    post.happen(2)  # is not sent yet
    post.hooks.remove(1, hook.id)
    post.happen(3)
    await post.noted(4)

    assert [got.asked.split(" ")[1] for got in receiver.got[2:]] == ["/kept", "/kept"]
    assert all(got.is_signed_with(kept.secret) for got in receiver.got[2:])


async def test_what_waits_for_a_receiver_is_not_sent_once_the_webhook_is_removed(post: Post) -> None:
    gate = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with receiving(b"", wait) as slow:
        hook = post.add(slow.url())
        for match_id in range(1, 21):
            post.happen(match_id)
        await slow.heard(8)
        post.hooks.remove(1, hook.id)
        gate.set()
        told = await post.noted(20)
        post.dispatcher.close()

    assert len(slow.got) == 8
    assert told.count(("failed", None, "The webhook was removed before it was sent")) == 12


async def test_nobody_who_hears_nothing_costs_anything(post: Post) -> None:
    post.add("https://hooks.test/", Kind.MATCH_CREATED)
    post.happen(1, Kind.ODDS_UPDATED)
    await asyncio.sleep(0)

    assert post.told == []
