"""Faults on pushes: dropped, held, repeated, out of order, late, damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.practice.exchange import Exchange
from app.practice.faults import (
    Corrupt,
    Drop,
    Duplicate,
    Faults,
    Hold,
    Late,
    PushFault,
    Reorder,
)
from app.practice.faults.pushes import FaultyHub
from app.practice.wire.application import Wire
from app.practice.wire.channels import user_channel
from app.practice.wire.pusher import Hub
from tests.practice.kit import KEYS, Api, HandClock, payload_of


class Ear:
    """A socket on the channel of an account: what it hears, as (kind, order id)."""

    def __init__(self, api: Api) -> None:
        self.socket = api.wire.hub.connect("app-key", "7", api.clock.now, lambda: None)
        channel = user_channel(api.account.user_id)
        auth = api.wire.hub.signer.sign_channel(self.socket.id, channel)
        asked = {"event": "pusher:subscribe", "data": {"channel": channel, "auth": auth}}
        api.wire.hub.receive(self.socket, json.dumps(asked), api.clock.now)
        self.socket.outbox.clear()

    def frames(self) -> list[str]:
        frames = list(self.socket.outbox)
        self.socket.outbox.clear()
        return frames

    def states(self) -> list[str]:
        """The status each order push tells; the name of any other push."""
        frames = [json.loads(frame) for frame in self.frames()]
        return [payload_of(frame)["info"]["status"] if frame["event"] == "orders" else frame["event"] for frame in frames]


@pytest.fixture
def ear(api: Api) -> Ear:
    api.wire.feed.step()
    return Ear(api)


def hub_of(api: Api) -> FaultyHub:
    assert isinstance(api.wire.hub, FaultyHub)
    return api.wire.hub


async def test_without_a_fault_an_order_is_told_inactive_and_open(api: Api, ear: Ear) -> None:
    await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive", "open"]


async def test_a_dropped_push_is_never_heard(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Drop(), skip=1))

    order = await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive"]
    inside = api.exchange.order(api.account.user_id, order["order_id"])
    assert inside is not None
    assert inside.status.value == "open"


async def test_a_held_push_is_heard_when_it_is_released(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Hold()))

    await api.rest_an_order()
    before, waiting = ear.states(), hub_of(api).waiting
    faults.release()
    api.wire.feed.step()

    assert ([state for state in before if state != "health_check"], waiting) == (["open"], 1)
    assert (ear.states(), hub_of(api).waiting) == (["inactive"], 0)


@pytest.mark.parametrize("verb", [Hold(10), Late(10)], ids=["hold", "delay"])
async def test_a_late_push_is_heard_when_its_time_has_come(api: Api, ear: Ear, faults: Faults, clock: HandClock, verb: Any) -> None:
    faults.add(PushFault("order", verb, times=2))
    faults.add(PushFault("health_check", Drop(), times=None))

    await api.rest_an_order()
    clock.move(9.5)
    api.wire.feed.step()
    early = ear.states()
    clock.move(1)
    api.wire.feed.step()

    assert (early, ear.states()) == ([], ["inactive", "open"])


async def test_a_push_is_heard_several_times(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("order", Duplicate(2)))

    await api.rest_an_order()

    assert [state for state in ear.states() if state != "health_check"] == ["inactive"] * 3 + ["open"]


async def test_two_pushes_change_places(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Reorder()))

    await api.rest_an_order()

    assert ear.states() == ["open", "inactive"]


async def test_a_push_that_waits_for_the_next_one_can_be_released(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Reorder(), skip=1))

    await api.rest_an_order()
    before = ear.states()
    faults.release()
    api.wire.feed.step()

    assert (before, ear.states()) == (["inactive"], ["open"])


async def test_the_payload_of_a_damaged_push_is_no_json(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Corrupt()))

    await api.rest_an_order()
    damaged, whole = (json.loads(frame) for frame in ear.frames())

    assert payload_of(whole)["info"]["status"] == "open"
    assert damaged["channel"] == whole["channel"]
    with pytest.raises(json.JSONDecodeError):
        payload_of(damaged)


async def test_a_damaged_frame_is_cut_in_half(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))
    faults.add(PushFault("order", Corrupt("frame")))

    await api.rest_an_order()
    damaged, _ = ear.frames()

    with pytest.raises(json.JSONDecodeError):
        json.loads(damaged)


async def test_the_heartbeat_can_stop_while_orders_are_told(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("health_check", Drop(), times=None))

    await api.rest_an_order()
    api.clock.move(30)
    api.wire.feed.step()

    assert ear.states() == ["inactive", "open"]
    assert faults.struck["health_check:drop"] >= 1


async def test_every_push_can_be_dropped(api: Api, ear: Ear, faults: Faults) -> None:
    faults.add(PushFault("*", Drop(), times=None))

    await api.rest_an_order()
    api.clock.move(30)
    api.wire.feed.step()

    assert ear.states() == []


def test_a_wire_without_faults_has_the_plain_hub(exchange: Exchange, clock: HandClock) -> None:
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)

    assert type(wire.hub) is Hub
