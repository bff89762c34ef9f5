"""Registering a socket: what is granted, what is refused, and how it is signed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.practice.wire.channels import MAIN_CHANNEL, event_channel, user_channel
from app.practice.wire.names import Vocabulary
from tests.practice.kit import Api, sample, shape_faults

SOCKET_ID = "123.456"


async def register(api: Api, *subscriptions: dict[str, Any], path: str = "/v4/mm/websocket") -> dict[str, Any]:
    body = {"socket_id": SOCKET_ID, "service": "pusher", "subscriptions": list(subscriptions)}
    reply = await api.post(path, body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def names(answer: dict[str, Any]) -> list[str]:
    return [each["channel_name"] for each in answer["data"]["authorized_channel"]]


async def test_the_main_and_the_private_channel_always_come(api: Api) -> None:
    answer = await register(api)

    assert names(answer) == [MAIN_CHANNEL, user_channel(api.account.user_id)]
    assert answer["data"]["rejected"] is None
    assert answer["data"]["channel_count"] == 0
    assert shape_faults(answer, sample("shape_register")) == []


async def test_every_channel_and_the_user_are_signed_for_the_socket(api: Api) -> None:
    answer = await register(api, {"type": "event", "ids": ["7"]})
    signer = api.wire.hub.signer

    for channel in answer["data"]["authorized_channel"]:
        assert signer.opens_channel(channel["auth"], SOCKET_ID, channel["channel_name"])
    user = answer["data"]["authenticated"]
    assert signer.proves_user(user["auth"], SOCKET_ID, user["user_data"])
    assert json.loads(user["user_data"]) == {"id": api.account.user_id}
    assert answer["auth"] == signer.sign_channel(SOCKET_ID, MAIN_CHANNEL)


async def test_events_and_sub_markets_have_scoped_channels(api: Api) -> None:
    answer = await register(api, {"type": "event", "ids": ["7"]}, {"type": "event_subtype", "ids": ["7:Player Points", "8:goals"]})

    scoped = answer["data"]["authorized_channel"][2:]
    assert [each["channel_name"].removeprefix(MAIN_CHANNEL) for each in scoped] == [
        "-event=7",
        "-event=7-subtype=player_points",
        "-event=8-subtype=goals",
    ]
    assert scoped[0]["scope"] == {"event_id": 7}
    assert scoped[1]["scope"] == {"event_id": 7, "sub_type": "player_points"}
    assert scoped[0]["binding_events"] == [{"name": "market_selections", "type": "market_selections"}]
    assert answer["data"]["channel_count"] == 3


async def test_tournaments_are_bound_on_the_main_channel(api: Api) -> None:
    some = await register(api, {"type": "tournament", "ids": ["109", "31"]})
    everything = await register(api, {"type": "tournament", "ids": []})

    bound = [each["name"] for each in some["data"]["authorized_channel"][0]["binding_events"]]
    assert bound == ["tournament_109", "tournament_31", "general"]
    assert len(everything["data"]["authorized_channel"][0]["binding_events"]) == len(api.exchange.tournaments()) + 1


async def test_what_cannot_be_granted_is_rejected_with_a_reason(api: Api) -> None:
    answer = await register(
        api,
        {"type": "event", "ids": ["*", "x", 7, "7:x", "9"]},
        {"type": "event_subtype", "ids": ["7", "7:", "7:*"]},
        {"type": "player", "ids": ["1"]},
        {"type": "team"},
    )

    assert [(each["id"], each["reason"]) for each in answer["data"]["rejected"]] == [
        ("*", "wildcard_not_allowed"),
        ("x", "malformed_id"),
        ("7", "malformed_id"),
        ("7:x", "malformed_id"),
        ("7", "malformed_id"),
        ("7:", "malformed_id"),
        ("7:*", "wildcard_not_allowed"),
        ("1", "unknown_type"),
        ("", "unknown_type"),
    ]
    assert answer["data"]["subscriptions"] == [{"type": "event", "ids": ["9"]}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"socket_id": "123"},
        {"socket_id": 123.456},
        {"socket_id": SOCKET_ID, "service": "ably"},
        {"socket_id": SOCKET_ID, "subscriptions": {}},
        {"socket_id": SOCKET_ID, "subscriptions": [7]},
        {"socket_id": SOCKET_ID, "subscriptions": [{"type": 7, "ids": []}]},
        {"socket_id": SOCKET_ID, "subscriptions": [{"type": "event", "ids": "7"}]},
        {"socket_id": SOCKET_ID, "channel_name": "private-service=3-device_type=5-user=somebody"},
        {"socket_id": SOCKET_ID, "channel_name": ["x"]},
    ],
)
async def test_a_bad_registration_is_refused(api: Api, body: dict[str, Any]) -> None:
    reply = await api.post("/v4/mm/websocket", body)

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_param")


async def test_the_limit_counts_every_scoped_channel_a_socket_ever_got(api: Api) -> None:
    socket = api.wire.hub.connect("app-key", "7", api.clock.now, lambda: None)

    def body(first: int, last: int) -> dict[str, Any]:
        ids = [str(event_id) for event_id in range(first, last)]
        return {"socket_id": socket.id, "subscriptions": [{"type": "event", "ids": ids}]}

    full = await api.post("/v4/mm/websocket", body(0, 400))
    same = await api.post("/v4/mm/websocket", body(300, 400))
    over = await api.post("/v4/mm/websocket", body(400, 401))
    fresh = await api.post("/v4/mm/websocket", {**body(400, 401), "socket_id": SOCKET_ID})

    assert (full.json()["data"]["channel_count"], same.json()["data"]["channel_count"]) == (400, 400)
    assert len(same.json()["data"]["authorized_channel"]) == 102
    assert (over.status_code, over.json()["error"]) == (400, "exceed_subscription_count")
    assert fresh.status_code == 200


async def test_the_last_registration_decides_a_sockets_words(api: Api) -> None:
    socket = api.wire.hub.connect("app-key", "7", api.clock.now, lambda: None)
    spoken = [socket.vocabulary]

    for path in ("/mm/pusher", "/v4/mm/websocket", "/v4/mm/pusher"):
        await api.post(path, {"socket_id": socket.id})
        spoken.append(socket.vocabulary)

    assert spoken == [Vocabulary.V4, Vocabulary.BOTH, Vocabulary.V4, Vocabulary.BOTH]


async def test_the_sample_clients_form_and_header_register_too(api: Api) -> None:
    header = {"header-subscriptions": '[{"type":"tournament","ids":["109"]}]'}

    reply = await api.http.post("/mm/pusher", data={"socket_id": SOCKET_ID}, headers=header)

    assert reply.json()["data"]["subscriptions"] == [{"type": "tournament", "ids": ["109"]}]
    assert names(reply.json())[0] == MAIN_CHANNEL


@pytest.mark.parametrize("header", ["{", '{"type":"tournament"}'])
async def test_a_header_that_is_no_list_of_subscriptions_is_refused(api: Api, header: str) -> None:
    reply = await api.http.post("/mm/pusher", data={"socket_id": SOCKET_ID}, headers={"header-subscriptions": header})

    assert reply.status_code == 400


@pytest.mark.parametrize("channel", [MAIN_CHANNEL, event_channel(7)])
async def test_a_client_librarys_call_for_one_channel_reads_the_top_level_auth(api: Api, channel: str) -> None:
    reply = await api.http.post("/mm/pusher", data={"socket_id": SOCKET_ID, "channel_name": channel})

    assert api.wire.hub.signer.opens_channel(reply.json()["auth"], SOCKET_ID, channel)
