"""The Pusher protocol without a network: what each frame of a client's brings about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.practice.clock import SECOND
from app.practice.wire.channels import MAIN_CHANNEL, Signer, canonical, event_channel, sub_market_channel
from app.practice.wire.names import Vocabulary
from app.practice.wire.pusher import MOST_WAITING, Hub, Socket

SIGNER = Signer("app-key", "app-secret")
NOW = 1_795_000_000 * SECOND


class Note:
    """A message that says which channel and words it was asked for."""

    def __init__(self) -> None:
        self.encoded = 0

    def frame(self, channel: str, vocabulary: Vocabulary) -> str:
        self.encoded += 1
        return json.dumps({"event": vocabulary.value, "channel": channel, "data": "{}"})


@pytest.fixture
def hub() -> Hub:
    numbers = iter(range(1, 100))
    return Hub(SIGNER, lambda: f"{next(numbers)}.5")


def connect(hub: Hub) -> Socket:
    socket = hub.connect("app-key", "7", NOW, lambda: None)
    socket.outbox.clear()
    return socket


def say(hub: Hub, socket: Socket, event: str, data: Any, now: int = NOW) -> list[dict[str, Any]]:
    """Send a frame, give the answers."""
    hub.receive(socket, json.dumps({"event": event, "data": data}), now)
    return heard(socket)


def heard(socket: Socket) -> list[dict[str, Any]]:
    frames = [json.loads(frame) for frame in socket.outbox]
    socket.outbox.clear()
    return frames


def subscribe(hub: Hub, socket: Socket, channel: str) -> list[dict[str, Any]]:
    auth = SIGNER.sign_channel(socket.id, channel)
    return say(hub, socket, "pusher:subscribe", {"auth": auth, "channel": channel})


@pytest.mark.parametrize("protocol", ["5", "6", "7"])
def test_a_socket_is_greeted_with_its_id_and_the_activity_timeout(hub: Hub, protocol: str) -> None:
    socket = hub.connect("app-key", protocol, NOW, lambda: None)

    (greeting,) = heard(socket)
    assert greeting["event"] == "pusher:connection_established"
    assert json.loads(greeting["data"]) == {"socket_id": "1.5", "activity_timeout": 30}


@pytest.mark.parametrize(("key", "protocol", "code"), [("other", "7", 4001), ("app-key", "", 4007), ("app-key", "4", 4007)])
def test_a_wrong_key_or_protocol_is_told_and_closed(hub: Hub, key: str, protocol: str, code: int) -> None:
    socket = hub.connect(key, protocol, NOW, lambda: None)

    (error,) = heard(socket)
    assert (error["event"], error["data"]["code"]) == ("pusher:error", code)
    assert socket.close_code == code
    assert hub.sockets == {}


def test_a_signed_subscription_succeeds_without_data_and_hears_the_channel(hub: Hub) -> None:
    socket = connect(hub)

    answers = subscribe(hub, socket, MAIN_CHANNEL)
    hub.publish(MAIN_CHANNEL, Note())

    assert answers == [{"event": "pusher_internal:subscription_succeeded", "channel": MAIN_CHANNEL}]
    assert [each["channel"] for each in heard(socket)] == [MAIN_CHANNEL]


@pytest.mark.parametrize("auth", ["app-key:" + "0" * 64, "", None, 5, "app-key:ünïcode"])
def test_a_forged_signature_keeps_the_socket_open(hub: Hub, auth: object) -> None:
    socket = connect(hub)

    (error,) = say(hub, socket, "pusher:subscribe", {"auth": auth, "channel": MAIN_CHANNEL})

    assert (error["event"], error["channel"]) == ("pusher:subscription_error", MAIN_CHANNEL)
    assert (error["data"]["type"], error["data"]["status"]) == ("AuthError", 401)
    assert socket.close_code == 0
    assert not hub.is_heard(MAIN_CHANNEL)


def test_a_signature_for_another_socket_or_channel_is_forged(hub: Hub) -> None:
    first, second = connect(hub), connect(hub)
    auth = SIGNER.sign_channel(first.id, MAIN_CHANNEL)

    (other_socket,) = say(hub, second, "pusher:subscribe", {"auth": auth, "channel": MAIN_CHANNEL})
    (other_channel,) = say(hub, first, "pusher:subscribe", {"auth": auth, "channel": event_channel(5)})

    assert other_socket["event"] == other_channel["event"] == "pusher:subscription_error"


def test_a_public_channel_is_no_channel_here(hub: Hub) -> None:
    (error,) = subscribe(hub, connect(hub), "news")

    assert error["event"] == "pusher:subscription_error"


def test_subscribing_twice_is_answered_twice_and_heard_once(hub: Hub) -> None:
    socket = connect(hub)

    answers = subscribe(hub, socket, MAIN_CHANNEL) + subscribe(hub, socket, MAIN_CHANNEL)
    hub.publish(MAIN_CHANNEL, Note())

    assert len(answers) == 2
    assert len(heard(socket)) == 1


def test_an_unsubscribed_channel_falls_silent(hub: Hub) -> None:
    socket = connect(hub)
    subscribe(hub, socket, MAIN_CHANNEL)

    say(hub, socket, "pusher:unsubscribe", {"channel": MAIN_CHANNEL})
    hub.publish(MAIN_CHANNEL, Note())

    assert heard(socket) == []
    assert not hub.is_heard(MAIN_CHANNEL)


def test_a_gone_socket_is_forgotten(hub: Hub) -> None:
    socket = connect(hub)
    subscribe(hub, socket, MAIN_CHANNEL)

    hub.disconnect(socket)

    assert not hub.is_heard(MAIN_CHANNEL)
    assert hub.sockets == {}


def test_a_ping_is_answered(hub: Hub) -> None:
    (pong,) = say(hub, connect(hub), "pusher:ping", "")

    assert pong["event"] == "pusher:pong"


def test_a_signed_user_is_signed_in(hub: Hub) -> None:
    socket = connect(hub)
    user_data = '{"id":"u7"}'

    (success,) = say(hub, socket, "pusher:signin", {"auth": SIGNER.sign_user(socket.id, user_data), "user_data": user_data})

    assert success["event"] == "pusher:signin_success"
    assert json.loads(success["data"]) == {"user_data": user_data}


def test_a_forged_sign_in_closes_the_socket(hub: Hub) -> None:
    socket = connect(hub)

    (error,) = say(hub, socket, "pusher:signin", {"auth": "app-key:00", "user_data": "{}"})

    assert error["data"]["code"] == 4009
    assert socket.close_code == 4009


def test_data_may_come_as_a_json_text(hub: Hub) -> None:
    socket = connect(hub)
    auth = SIGNER.sign_channel(socket.id, MAIN_CHANNEL)

    (answer,) = say(hub, socket, "pusher:subscribe", json.dumps({"auth": auth, "channel": MAIN_CHANNEL}))

    assert answer["event"] == "pusher_internal:subscription_succeeded"


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"event":7}', '{"event":"pusher:nonsense"}', "[" * 100_000, "\ud800"])
def test_what_cannot_be_read_is_counted_and_ignored(hub: Hub, text: str) -> None:
    socket = connect(hub)

    hub.receive(socket, text, NOW)

    assert heard(socket) == []
    assert (hub.malformed, socket.close_code) == (1, 0)


def test_a_client_event_is_refused_with_4301(hub: Hub) -> None:
    socket = connect(hub)

    (error,) = say(hub, socket, "client-wave", {})

    assert error["data"]["code"] == 4301
    assert socket.close_code == 0


def test_a_silent_client_is_pinged_after_a_minute_and_closed_half_a_minute_later(hub: Hub) -> None:
    socket = connect(hub)

    hub.watch_silence(NOW + 59 * SECOND)
    early = heard(socket)
    hub.watch_silence(NOW + 60 * SECOND)
    hub.watch_silence(NOW + 61 * SECOND)
    pings = heard(socket)
    hub.watch_silence(NOW + 90 * SECOND)

    assert early == []
    assert [ping["event"] for ping in pings] == ["pusher:ping"]
    assert (heard(socket)[0]["data"]["code"], socket.close_code) == (4201, 4201)


def test_an_answered_ping_keeps_the_socket(hub: Hub) -> None:
    socket = connect(hub)
    hub.watch_silence(NOW + 60 * SECOND)

    say(hub, socket, "pusher:pong", {}, NOW + 70 * SECOND)
    hub.watch_silence(NOW + 100 * SECOND)

    assert socket.close_code == 0


def test_a_socket_too_far_behind_is_dropped_with_4100(hub: Hub) -> None:
    socket, note = connect(hub), Note()
    subscribe(hub, socket, MAIN_CHANNEL)

    for _ in range(MOST_WAITING + 1):
        hub.publish(MAIN_CHANNEL, note)
    hub.publish(MAIN_CHANNEL, note)

    (error,) = heard(socket)
    assert (error["data"]["code"], socket.close_code) == (4100, 4100)
    assert hub.sockets == {}


def test_a_message_is_encoded_once_for_each_vocabulary(hub: Hub) -> None:
    sockets, note = [connect(hub) for _ in range(4)], Note()
    for socket in sockets:
        subscribe(hub, socket, MAIN_CHANNEL)
    sockets[3].vocabulary = Vocabulary.BOTH

    hub.publish(MAIN_CHANNEL, note)

    assert note.encoded == 2
    assert [heard(socket)[0]["event"] for socket in sockets] == ["v4", "v4", "v4", "both"]


def test_going_away_closes_every_socket_with_1001(hub: Hub) -> None:
    sockets = [connect(hub) for _ in range(2)]

    hub.close_all()

    assert [socket.close_code for socket in sockets] == [1001, 1001]


@pytest.mark.parametrize(
    ("sub_type", "written"),
    [("Player Total Hits", "player_total_hits"), ("1st/2nd-half", "1st_2nd_half"), ("o'neal (pts)", "oneal_pts")],
)
def test_sub_types_have_one_canonical_form(sub_type: str, written: str) -> None:
    assert canonical(sub_type) == written
    assert sub_market_channel(7, sub_type) == f"{MAIN_CHANNEL}-event=7-subtype={written}"
