"""Deliveries dropped, doubled, late and damaged: by the script of faults, and by switches while the exchange runs."""

from __future__ import annotations

import asyncio
import json

import pytest

from app.practice.faults import Corrupt, Drop, Duplicate, Faults, FaultsError, Late, PushFault, Upper, parse_script
from app.practice.faults.script import DELIVERY, PushVerb
from app.practice.webhooks.switches import Wishes
from tests.practice.faults.kit import HandSleep
from tests.practice.webhooks.kit import Got, Post, Receiver


def switch(post: Post, faults: Faults, verb: PushVerb, way: str) -> None:
    """The same wish, in either of the two ways it can be said."""
    if way == "script":
        faults.add(PushFault(DELIVERY, verb))
        return
    match verb:
        case Duplicate(copies):
            post.dispatcher.switches.apply(Wishes(duplicate=copies))
        case Late(seconds):
            post.dispatcher.switches.apply(Wishes(delay=seconds))
        case _:
            post.dispatcher.switches.apply(Wishes(**{verb.word: True}))


WAYS = pytest.mark.parametrize("way", ["script", "switch"])


@WAYS
async def test_a_dropped_delivery_is_noted_and_not_sent(post: Post, receiver: Receiver, faults: Faults, way: str) -> None:
    post.add(receiver.url())
    switch(post, faults, Drop(), way)
    post.happen(1)
    assert await post.noted(1) == [("dropped", None, "A rehearsed fault")]
    post.dispatcher.switches.apply(Wishes(drop=False))
    post.happen(2)
    (got,) = await receiver.heard(1)

    assert json.loads(got.body)["match_id"] == 2
    assert post.dispatcher.record.entries[0].fault == "drop"


@WAYS
async def test_a_doubled_delivery_comes_with_the_same_bytes(post: Post, receiver: Receiver, faults: Faults, way: str) -> None:
    hook = post.add(receiver.url())
    switch(post, faults, Duplicate(2), way)
    post.happen()
    got = await receiver.heard(3)

    assert len({(each.body, each.headers["x-rankacy-signature"]) for each in got}) == 1
    assert got[0].is_signed_with(hook.secret)
    await post.noted(3)
    assert [entry.fault for entry in post.dispatcher.record.entries] == ["duplicate"] * 3


@WAYS
async def test_a_late_delivery_is_overtaken(post: Post, receiver: Receiver, faults: Faults, sleep: HandSleep, way: str) -> None:
    post.add(receiver.url())
    switch(post, faults, Late(30.0), way)
    post.happen(1)
    await sleep.fell_asleep.wait()
    assert post.dispatcher.waiting == 1
    post.dispatcher.switches.apply(Wishes(delay=0))
    post.happen(2)
    await receiver.heard(1)
    sleep.wake.set()
    got = await receiver.heard(2)

    assert sleep.asked == [30.0]
    assert [json.loads(each.body)["match_id"] for each in got] == [2, 1]
    await post.noted(2)
    assert post.dispatcher.waiting == 0


@WAYS
async def test_a_damaged_delivery_differs_in_one_bit_and_has_the_honest_signature(
    post: Post, receiver: Receiver, faults: Faults, way: str
) -> None:
    hook = post.add(receiver.url())
    post.happen()
    await receiver.heard(1)
    switch(post, faults, Corrupt(), way)
    post.happen()
    honest, broken = await receiver.heard(2)

    assert broken.headers["x-rankacy-signature"] == honest.headers["x-rankacy-signature"]
    assert [a ^ b for a, b in zip(honest.body, broken.body, strict=True) if a != b] == [1]
    assert honest.is_signed_with(hook.secret)
    assert not broken.is_signed_with(hook.secret)


async def test_half_a_delivery_has_the_signature_of_the_whole(post: Post, receiver: Receiver, faults: Faults) -> None:
    hook = post.add(receiver.url())
    faults.add(PushFault(DELIVERY, Corrupt("frame")))
    post.happen()
    await receiver.heard(1)
    post.happen()
    half, whole = await receiver.heard(2)

    assert whole.body.startswith(half.body)
    assert len(half.body) == len(whole.body) // 2 == int(half.headers["content-length"])
    assert Got(0, "", half.headers, whole.body).is_signed_with(hook.secret)


@WAYS
async def test_a_signature_in_capitals_is_right_but_for_them(post: Post, receiver: Receiver, faults: Faults, way: str) -> None:
    hook = post.add(receiver.url())
    switch(post, faults, Upper(), way)
    post.happen()
    (got,) = await receiver.heard(1)

    signature = got.headers["x-rankacy-signature"]
    assert signature.startswith("sha256=")
    assert signature[7:].isupper()
    assert not got.is_signed_with(hook.secret)
    assert Got(0, "", {"x-rankacy-signature": signature.lower()}, got.body).is_signed_with(hook.secret)


async def test_each_webhook_meets_the_script_by_itself(post: Post, receiver: Receiver, faults: Faults) -> None:
    for _ in range(3):
        post.add(receiver.url())
    faults.add(PushFault(DELIVERY, Drop(), skip=1))
    post.happen()
    await post.noted(3)

    assert [entry.webhook_id for entry in post.dispatcher.record.entries if entry.outcome == "dropped"] == [2]
    assert faults.struck == {"rankacy.delivery:drop": 1}


async def test_several_faults_at_once_add_up(post: Post, receiver: Receiver, faults: Faults) -> None:
    hook = post.add(receiver.url())
    post.dispatcher.switches.apply(Wishes(duplicate=1, upper=True))
    faults.add(PushFault(DELIVERY, Duplicate(1)))
    post.happen()
    got = await receiver.heard(3)
    await post.noted(3)

    assert not any(each.is_signed_with(hook.secret) for each in got)
    assert {entry.fault for entry in post.dispatcher.record.entries} == {"duplicate upper"}


async def test_what_is_late_when_the_exchange_ends_is_not_sent(post: Post, receiver: Receiver, sleep: HandSleep) -> None:
    post.add(receiver.url())
    post.dispatcher.switches.apply(Wishes(delay=5))
    post.happen()
    await sleep.fell_asleep.wait()

    post.dispatcher.close()
    sleep.wake.set()
    for _ in range(5):
        await asyncio.sleep(0)

    assert (post.dialled, receiver.connections, post.dispatcher.waiting) == ([], 0, 0)


def test_a_fault_of_all_pushes_leaves_deliveries_alone() -> None:
    faults = Faults([PushFault("*", Drop(), times=None)])

    assert faults.on_push(DELIVERY) is None
    assert faults.on_push("order") == Drop()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"push": "rankacy.delivery", "do": {"verb": "hold"}}, "cannot be held"),
        ({"push": "rankacy.delivery", "do": {"verb": "reorder"}}, "cannot be held"),
        ({"push": "order", "do": {"verb": "upper"}}, "only rankacy.delivery has a signature"),
        ({"push": "*", "do": {"verb": "upper"}}, "only rankacy.delivery has a signature"),
        ({"on": "rankacy.delivery", "do": {"verb": "lost"}}, "no call called"),
    ],
)
def test_what_cannot_be_done_to_a_delivery_is_refused_in_a_sentence(entry: dict[str, object], says: str) -> None:
    with pytest.raises(FaultsError, match=says):
        parse_script(json.dumps([entry]).encode(), "bad.json")


def test_a_script_can_name_each() -> None:
    verbs = [{"verb": "drop"}, {"verb": "duplicate"}, {"verb": "delay", "seconds": 2}, {"verb": "corrupt"}, {"verb": "upper"}]
    found = parse_script(json.dumps([{"push": "rankacy.delivery", "do": verb} for verb in verbs]).encode(), "good.json")

    assert [fault.do for fault in found] == [Drop(), Duplicate(), Late(2), Corrupt(), Upper()]
