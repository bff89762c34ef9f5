"""The stream's way up: config, connect, register, sign in, subscribe with each channel's own auth, and what may go wrong on it."""

from __future__ import annotations

import json

import msgspec
import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.events import ChannelsFollowed, FeedFault, StreamDown, StreamUp, Topic, Wanted
from app.venues.follow import SUCCESS
from app.venues.line import HANDSHAKE
from app.venues.pauses import BACK_OFF, Pauses
from app.venues.prophetx import wire
from app.venues.prophetx.registration import Registration
from app.venues.push import LOST, PushAddress
from app.venues.whereabouts import address_of
from tests.venues.stream import CHANNELS, EVENT, MAIN, PRIVATE, PROPS, following

WANTED = Wanted((Topic(19458), Topic(19458, "player_total_passing_yards")))


async def test_the_handshake_goes_in_the_documented_order() -> None:
    async with following() as stream:
        stream.follower.want(WANTED)
        await stream.shake_hands()
        events = [event for event, _ in stream.socket.sent]
        assert events == ["pusher:signin", "subscribe", "subscribe", "subscribe", "subscribe"]
        assert stream.calls.asked == [("1.1", frozenset(WANTED.topics))]
        assert stream.follower.is_up


async def test_every_channel_is_joined_with_its_own_auth() -> None:
    async with following() as stream:
        await stream.shake_hands()
        assert [what for event, what in stream.socket.sent if event == "subscribe"] == [
            f"{MAIN} app-key:a1",
            f"{PRIVATE} app-key:a2",
            f"{EVENT} app-key:a3",
            f"{PROPS} app-key:a4",
        ]


async def test_signing_in_echoes_the_registrations_block_verbatim() -> None:
    async with following() as stream:
        await stream.shake_hands()
        assert json.loads(dict(stream.socket.sent)["pusher:signin"]) == {"auth": "app-key:a5", "user_data": '{"id":"1234567"}'}


async def test_nothing_is_subscribed_before_the_sign_in_is_confirmed() -> None:
    async with following() as stream:
        await stream.until(lambda: stream.sockets)
        stream.socket.say("pusher:connection_established", {"socket_id": "1.1"})
        await stream.sent("pusher:signin")
        assert [event for event, _ in stream.socket.sent] == ["pusher:signin"]


async def test_what_is_followed_is_told_by_scope_after_the_last_confirmation() -> None:
    async with following() as stream:
        await stream.shake_hands()
        followed = await stream.heard(ChannelsFollowed)
        assert followed == ChannelsFollowed(frozenset({Topic(19458), Topic(19458, "player_total_passing_yards")}))


async def test_the_stream_is_not_up_while_a_channel_is_unconfirmed() -> None:
    async with following() as stream:
        await stream.greet()
        await stream.subscribed(*CHANNELS)
        await stream.confirm(*CHANNELS[:-1])
        stream.socket.say("pusher:ping")
        await stream.sent("pong")
        assert not stream.follower.is_up
        assert stream.events == []


async def test_a_refused_channel_is_said_and_the_others_go_on() -> None:
    async with following() as stream:
        await stream.greet()
        await stream.subscribed(*CHANNELS)
        stream.socket.say("pusher:subscription_error", {"type": "AuthError", "status": 401}, channel=PROPS)
        await stream.confirm(*CHANNELS[:-1])
        fault = await stream.heard(FeedFault)
        assert isinstance(fault, FeedFault)
        assert PROPS in fault.words
        await stream.heard(StreamUp)
        assert await stream.heard(ChannelsFollowed) == ChannelsFollowed(frozenset({Topic(19458)}))


async def test_a_registration_without_channels_is_no_stream() -> None:
    async with following() as stream:
        stream.calls.registration = Registration(faults=("the registration granted no channel",))
        await stream.until(lambda: stream.sockets)
        stream.socket.say("pusher:connection_established", {"socket_id": "1.1"})
        down = await stream.heard(StreamDown)
        assert isinstance(down, StreamDown)
        assert down.words == "The registration granted 0 channels that every socket has (the registration granted no channel)"
        assert down.retry_in > 0
        assert (stream.socket.sent, stream.socket.is_closed, stream.follower.is_up) == ([], True, False)


async def test_a_channel_that_no_socket_can_be_without_ends_the_line_when_it_is_refused() -> None:
    async with following() as stream:
        await stream.greet()
        await stream.subscribed(*CHANNELS)
        stream.socket.say("pusher:subscription_error", {"type": "AuthError", "status": 401}, channel=PRIVATE)
        down = await stream.heard(StreamDown)
        assert isinstance(down, StreamDown)
        assert PRIVATE in down.words


@pytest.mark.parametrize("problem", [NotSentError("offline"), UnknownError("no answer"), RefusedError("no"), UnreadableError("odd")])
async def test_a_failed_request_is_said_and_tried_again(problem: Exception) -> None:
    async with following() as stream:
        stream.calls.troubles.append(problem)
        assert await stream.heard(StreamDown) == StreamDown(str(problem), stream.naps[0])
        await stream.wake()
        await stream.shake_hands()
        assert stream.calls.configs == 2


async def test_the_pause_doubles_to_its_longest_and_starts_anew_after_success() -> None:
    async with following() as stream:
        stream.calls.troubles += [NotSentError("offline")] * 9
        for tries in range(1, 10):
            await stream.until(lambda count=tries: len(stream.naps) == count)  # type: ignore[misc]
            await stream.wake()
        first, longest = BACK_OFF
        assert stream.naps == [first + min(first * 2**tries, longest) for tries in range(1, 10)]
        await stream.shake_hands()
        await stream.pass_(SUCCESS)
        stream.socket.post(LOST)
        await stream.until(lambda: len(stream.naps) == 10)
        assert stream.naps[-1] == 2 * first


def test_hours_without_a_network_end_in_the_longest_pause() -> None:
    pauses = Pauses(lambda: 1.0)
    assert [pauses.next() for _ in range(2000)][-1] == sum(BACK_OFF)


async def test_a_connection_lost_in_the_handshake_is_tried_again() -> None:
    async with following() as stream:
        await stream.until(lambda: stream.sockets)
        stream.socket.post(LOST)
        down = await stream.heard(StreamDown)
        assert isinstance(down, StreamDown)
        assert "lost" in down.words
        assert stream.sockets[0].is_closed


async def test_a_server_that_does_not_greet_is_given_up() -> None:
    async with following() as stream:
        await stream.until(lambda: stream.sockets)
        await stream.pass_(HANDSHAKE)
        down = await stream.heard(StreamDown)
        assert isinstance(down, StreamDown)
        assert "did not answer within 15 s" in down.words


async def test_a_server_that_does_not_confirm_the_sign_in_is_given_up() -> None:
    async with following() as stream:
        await stream.until(lambda: stream.sockets)
        stream.socket.say("pusher:connection_established", {"socket_id": "1.1"})
        await stream.sent("pusher:signin")
        await stream.pass_(HANDSHAKE)
        down = await stream.heard(StreamDown)
        assert isinstance(down, StreamDown)
        assert "did not sign us in within 15 s" in down.words


def config(**fields: object) -> wire.WireConfig:
    return msgspec.convert({"key": "k"} | fields, wire.WireConfig)


def test_the_address_is_the_host_when_there_is_one() -> None:
    assert address_of(config(ws_host="ws.venue.example", cluster="mt1")) == PushAddress("k", host="ws.venue.example", cluster="mt1")


def test_the_address_is_the_cluster_without_a_host() -> None:
    assert address_of(config(cluster="mt1")) == PushAddress("k", cluster="mt1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_port_and_plain_text_are_honoured_on_this_computer(host: str) -> None:
    assert address_of(config(ws_host=host, ws_port=4321, ws_secure=False)) == PushAddress("k", host=host, port=4321, is_secure=False)


@pytest.mark.parametrize("host", ["ws.venue.example", "127.0.0.1.evil.example", "localhost.example", "LOCALHOST"])
def test_a_port_and_plain_text_are_ignored_everywhere_else(host: str) -> None:
    address = address_of(config(ws_host=host, ws_port=80, ws_secure=False))
    assert address.is_secure
    assert address.port == 443


def test_a_configuration_that_points_nowhere_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="neither a host nor a cluster"):
        address_of(config())
