"""The stream's life once it is up: bursts, changes of what is wanted, silence, errors, and frames of the dead."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.domain.events import BookChanged, ChannelsFollowed, FeedFault, HealthBeat, StreamDown, StreamUp, Topic, Wanted
from app.venues.line import NO_HEALTH, SILENCE
from app.venues.prophetx.registration import read_registration
from app.venues.push import LOST
from tests.venues.samples import envelope, pushed, sample
from tests.venues.stream import CHANNELS, EVENT, MAIN, PRIVATE, PROPS, Stream, following

DEPTH = pushed("market_selections", sample("push_depth"))
BEAT = envelope("private_system_signal", "e30=")


def grants(stream: Stream, *channels: str) -> None:
    """What the next registration allows."""
    full = read_registration(sample("register"), ())
    stream.calls.registration = msgspec.structs.replace(full, grants=tuple(one for one in full.grants if one.name in channels))


async def down(stream: Stream) -> str:
    told = await stream.heard(StreamDown)
    assert isinstance(told, StreamDown)
    return told.words


async def test_a_push_on_a_joined_channel_is_read() -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.push(EVENT, DEPTH)
        await stream.heard(BookChanged)


async def test_a_burst_is_told_in_one_call_in_its_order() -> None:
    async with following() as stream:
        await stream.shake_hands()
        for _ in range(5):
            stream.socket.push(EVENT, DEPTH)
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert stream.bursts[-1] == 6
        assert isinstance(stream.events[-1], BookChanged)


@pytest.mark.parametrize("channel", ["private-somebody-else", "", "presence-x"])
async def test_a_push_on_a_channel_never_joined_is_dropped(channel: str) -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.push(channel, DEPTH)
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert not any(isinstance(event, BookChanged) for event in stream.events)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"event":5}',
        b'{"event":null,"channel":"x"}',
        b'{"channel":[]}',
        b"[" * 100_000,
        b'{"event":"x"' + b" " * 500,
    ],
)
async def test_a_frame_that_is_none_is_a_feed_fault_and_the_stream_goes_on(frame: bytes) -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.post(frame)
        await stream.heard(FeedFault)
        assert stream.follower.is_up


@pytest.mark.parametrize("data", [None, 5, [], "text"])
async def test_a_control_frame_that_cannot_be_read_is_a_feed_fault(data: object) -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.say("pusher:error", "{" if data is None else data)
        assert isinstance(await stream.heard(FeedFault), FeedFault)


async def test_a_ping_is_answered() -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.say("pusher:ping")
        await stream.sent("pong")


async def test_an_error_of_the_server_ends_the_connection_in_its_words() -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.socket.say("pusher:error", {"code": 4200, "message": "Please reconnect"})
        assert await down(stream) == "The stream ended: Please reconnect (4200)"


async def test_after_a_loss_everything_is_done_anew_on_another_socket() -> None:
    async with following() as stream:
        stream.follower.want(Wanted((Topic(19458),)))
        await stream.shake_hands()
        stream.socket.post(LOST)
        assert "lost" in await down(stream)
        assert not stream.follower.is_up
        await stream.wake()
        await stream.until(lambda: len(stream.sockets) == 2)
        await stream.shake_hands()
        assert stream.follower.is_up
        assert [asked[1] for asked in stream.calls.asked] == [frozenset({Topic(19458)})] * 2
        assert stream.calls.asked[0][0] != stream.calls.asked[1][0]
        assert stream.sockets[0].is_closed
        assert stream.follower.connects == 2


async def test_a_late_frame_of_an_old_socket_is_dropped() -> None:
    async with following() as stream:
        await stream.shake_hands()
        old = stream.socket
        old.post(LOST)
        await down(stream)
        await stream.wake()
        await stream.until(lambda: len(stream.sockets) == 2)
        await stream.shake_hands()
        old.push(EVENT, DEPTH)
        old.post(LOST)
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert not any(isinstance(event, BookChanged | StreamDown) for event in stream.events)


async def test_dropping_by_hand_gets_another_socket() -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.follower.drop()
        assert await down(stream) == "dropped"
        assert stream.naps == []
        await stream.until(lambda: len(stream.sockets) == 2)


async def test_dropping_before_there_is_a_socket_is_harmless() -> None:
    Stream().follower.drop()


async def test_silence_ends_the_connection() -> None:
    async with following() as stream:
        await stream.shake_hands()
        await stream.pass_(SILENCE - 0.5)
        assert stream.all(StreamDown) == []
        await stream.pass_(1.5)
        assert "silent for 11 s" in await down(stream)


async def test_silence_is_noticed_while_another_registration_waits() -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.calls.registering.clear()
        stream.follower.want(Wanted((Topic(7),)))
        await stream.calls.reached(2)
        await stream.pass_(SILENCE - 0.5)
        assert stream.all(StreamDown) == []
        await stream.pass_(1.5)
        assert "silent for 11 s" in await down(stream)


async def test_a_first_registration_may_take_long() -> None:
    async with following() as stream:
        stream.calls.registering.clear()
        await stream.until(lambda: stream.sockets)
        stream.socket.say("pusher:connection_established", {"socket_id": "1.1", "activity_timeout": 120})
        await stream.calls.reached(1)
        await stream.pass_(SILENCE * 2)
        stream.calls.registering.set()
        await stream.sent("pusher:signin")
        assert stream.events == []


async def test_prices_without_a_sign_of_health_end_the_connection() -> None:
    async with following() as stream:
        await stream.shake_hands()
        for _ in range(3):
            await stream.pass_(NO_HEALTH / 3)
            stream.socket.push(EVENT, DEPTH)
            await stream.heard(BookChanged)
        assert stream.follower.is_up
        await stream.pass_(1)
        assert "no sign of health for 31 s" in await down(stream)


async def test_beats_keep_a_quiet_stream_alive() -> None:
    async with following() as stream:
        await stream.shake_hands()
        for _ in range(12):
            await stream.pass_(5)
            stream.socket.push(PRIVATE, BEAT, event="health_check")
            await stream.heard(HealthBeat)
        stream.follower.want(Wanted((Topic(1),)))
        await stream.calls.reached(2)
        assert stream.follower.is_up


async def test_what_is_no_longer_granted_is_left_and_what_is_new_is_joined() -> None:
    async with following() as stream:
        grants(stream, MAIN, PRIVATE, EVENT)
        await stream.until(lambda: stream.sockets)
        stream.socket.say("pusher:connection_established", {"socket_id": "1.1"})
        await stream.sent("pusher:signin")
        stream.socket.say("pusher:signin_success")
        await stream.subscribed(MAIN, PRIVATE, EVENT)
        for channel in (MAIN, PRIVATE, EVENT):
            stream.socket.say("pusher_internal:subscription_succeeded", channel=channel)
        await stream.heard(ChannelsFollowed)
        grants(stream, MAIN, PRIVATE, PROPS)
        before = len(stream.socket.sent)
        stream.follower.want(Wanted((Topic(19458, "player_total_passing_yards"),)))
        await stream.subscribed(PROPS)
        assert stream.socket.sent[before:] == [("pusher:unsubscribe", f'{{"channel":"{EVENT}"}}'), ("subscribe", f"{PROPS} app-key:a4")]
        stream.socket.say("pusher_internal:subscription_succeeded", channel=PROPS)
        assert await stream.heard(ChannelsFollowed) == ChannelsFollowed(frozenset({Topic(19458, "player_total_passing_yards")}))


async def test_a_frame_of_a_channel_that_was_left_is_dropped() -> None:
    async with following() as stream:
        await stream.shake_hands()
        await stream.heard(ChannelsFollowed)
        grants(stream, MAIN, PRIVATE)
        stream.follower.want(Wanted((Topic(7),)))
        await stream.heard(ChannelsFollowed)
        stream.socket.push(EVENT, DEPTH)
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert not any(isinstance(event, BookChanged) for event in stream.events)


async def test_a_change_of_what_is_wanted_signs_in_no_second_time_and_is_no_new_up() -> None:
    async with following() as stream:
        await stream.shake_hands()
        await stream.heard(ChannelsFollowed)
        stream.follower.want(Wanted((Topic(7),)))
        await stream.heard(ChannelsFollowed)
        assert [event for event, _ in stream.socket.sent].count("pusher:signin") == 1
        assert not any(isinstance(event, StreamUp) for event in stream.events)


async def test_wanting_the_same_again_asks_nothing() -> None:
    async with following() as stream:
        stream.follower.want(Wanted((Topic(19458),)))
        await stream.shake_hands()
        stream.follower.want(Wanted((Topic(19458),)))
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert len(stream.calls.asked) == 1


async def test_a_repeated_confirmation_changes_nothing() -> None:
    async with following() as stream:
        await stream.shake_hands()
        for channel in CHANNELS:
            stream.socket.say("pusher_internal:subscription_succeeded", channel=channel)
        stream.socket.say("pusher:connection_established", {"socket_id": "9.9"})
        stream.socket.push(PRIVATE, BEAT, event="health_check")
        await stream.heard(HealthBeat)
        assert stream.follower.is_up


async def test_ending_the_follower_closes_its_socket() -> None:
    async with following() as stream:
        await stream.shake_hands()
        socket = stream.socket
    await asyncio.sleep(0)
    assert socket.is_closed
    assert not stream.follower.is_up
