"""Faults of following: confirmations that never come, and a limit of channels that shrinks."""

from __future__ import annotations

import json
from typing import Any

import httpx

from app.practice.faults import CallFault, Drop, Faults, Limit, PushFault
from app.practice.wire.channels import MAIN_CHANNEL, user_channel
from app.practice.wire.push import health_push
from app.practice.wire.pusher import CHANNEL_LIMIT, Socket
from tests.practice.kit import Api

REGISTER = "/v4/mm/websocket"


def connect(api: Api) -> Socket:
    socket = api.wire.hub.connect("app-key", "7", api.clock.now, lambda: None)
    socket.outbox.clear()
    return socket


def subscribe(api: Api, socket: Socket, channel: str) -> list[Any]:
    """What the socket is told when it subscribes."""
    asked = {"event": "pusher:subscribe", "data": {"channel": channel, "auth": api.wire.hub.signer.sign_channel(socket.id, channel)}}
    api.wire.hub.receive(socket, json.dumps(asked), api.clock.now)
    told = [json.loads(frame)["event"] for frame in socket.outbox]
    socket.outbox.clear()
    return told


async def register(api: Api, socket: Socket, count: int, first: int = 1) -> httpx.Response:
    ids = [str(event_id) for event_id in range(first, first + count)]
    return await api.post(REGISTER, {"socket_id": socket.id, "service": "pusher", "subscriptions": [{"type": "event", "ids": ids}]})


def test_a_confirmation_that_is_dropped_is_never_told_and_the_channel_is_heard_all_the_same(api: Api, faults: Faults) -> None:
    faults.add(PushFault("subscribed", Drop(), skip=1))
    socket, mine = connect(api), user_channel(api.account.user_id)

    told = [subscribe(api, socket, MAIN_CHANNEL), subscribe(api, socket, mine), subscribe(api, socket, mine)]
    api.wire.hub.publish(mine, health_push(api.clock.now))

    assert told == [["pusher_internal:subscription_succeeded"], [], ["pusher_internal:subscription_succeeded"]]
    assert len(socket.outbox) == 1
    assert faults.struck["subscribed:drop"] == 1


def test_a_fault_for_every_push_leaves_confirmations_alone(api: Api, faults: Faults) -> None:
    faults.add(PushFault("*", Drop(), times=None))

    assert subscribe(api, connect(api), MAIN_CHANNEL) == ["pusher_internal:subscription_succeeded"]


async def test_a_limit_that_shrinks_is_told_and_counted_from_that_call_on(api: Api, faults: Faults) -> None:
    socket = connect(api)
    before = await register(api, socket, 150)
    faults.add(CallFault("register", Limit(100)))

    shrunk = await register(api, socket, 100, first=151)
    fitting = await register(api, connect(api), 100)

    assert before.json()["data"]["channel_limit"] == CHANNEL_LIMIT
    assert (shrunk.status_code, shrunk.json()["error"]) == (400, "exceed_subscription_count")
    assert (fitting.status_code, fitting.json()["data"]["channel_limit"]) == (200, 100)
