"""Make before break: a socket whose end can be foreseen is relieved by another, without a gap and without a doubt."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.domain.errors import NotSentError, UnreadableError
from app.domain.events import BookChanged, ChannelsFollowed, HealthBeat, StreamDown, StreamNotice, StreamUp, Topic, Wanted
from app.venues.follow import AHEAD, GAP, OVERDUE
from app.venues.line import HANDSHAKE, PROOF
from app.venues.push import LOST
from app.venues.whereabouts import AGAIN, EVERY, OLD
from tests.venues.fakes import channel_of
from tests.venues.samples import envelope, pushed, sample
from tests.venues.stream import NOON, Stream, following

GAME = Topic(19458)
WANTED = Wanted((GAME,))
DEPTH = pushed("market_selections", sample("push_depth"))
BEAT = envelope("private_system_signal", "e30=")


async def up(stream: Stream) -> None:
    """Followed, and everything said about it forgotten."""
    stream.follower.want(WANTED)
    await stream.heard(ChannelsFollowed)
    stream.events.clear()


async def live(stream: Stream, seconds: float, step: float = 5.0) -> None:
    """Time passes on a healthy stream: every socket that is open beats."""
    left = seconds
    while left > 0:
        for socket in stream.sockets:
            if not socket.is_closed:
                socket.push("mine", BEAT, event="health_check")
        await stream.pass_(min(step, left))
        left -= step


def assert_relieved(stream: Stream) -> None:
    assert [socket.is_closed for socket in stream.sockets] == [True, False]
    assert stream.all(StreamUp) == [StreamUp(is_relief=True)]
    assert stream.all(StreamDown) == []
    assert stream.all(ChannelsFollowed) == [ChannelsFollowed(frozenset({GAME}))]
    assert (stream.follower.replaced, stream.follower.lost) == (1, 0)


async def test_a_socket_is_replaced_on_demand_without_a_loss() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.follower.replace()
        await stream.settle()
        assert_relieved(stream)
        assert {asked[0] for asked in stream.calls.asked} == {"1.1", "2.1"}


async def test_each_socket_joins_with_auth_of_its_own_registration() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.follower.replace()
        await stream.settle()
        auths = [[what.split(" ")[1] for event, what in socket.sent if event == "subscribe"] for socket in stream.sockets]
        assert all(auth.startswith("app-key:1.1:") for auth in auths[0])
        assert all(auth.startswith("app-key:2.1:") for auth in auths[1])


async def test_a_socket_is_relieved_ahead_of_the_end_of_its_token_with_a_renewed_one() -> None:
    async with following(is_free=True) as stream:
        stream.expires_at = NOON + 1200
        await up(stream)
        await live(stream, 1200 - AHEAD - 5)
        assert len(stream.sockets) == 1
        before = stream.renewed
        stream.expires_at = NOON + 2400
        await live(stream, 10)
        stream.events = [event for event in stream.events if not isinstance(event, HealthBeat)]
        assert_relieved(stream)
        assert stream.renewed == before + 1
        await live(stream, 600)
        assert len(stream.sockets) == 2


async def test_a_socket_ends_with_the_token_that_it_was_first_registered_with() -> None:
    async with following(is_free=True) as stream:
        stream.expires_at = NOON + 1200
        await up(stream)
        await live(stream, 600)
        stream.expires_at = NOON + 1800
        await stream.follow(Wanted((GAME, Topic(7))))
        await live(stream, 1200 - AHEAD - 600 + 1)
        assert len(stream.sockets) == 2


async def test_a_token_of_a_short_life_is_used_to_its_half() -> None:
    async with following(is_free=True) as stream:
        stream.expires_at = NOON + 60
        await up(stream)
        await live(stream, 29)
        assert len(stream.sockets) == 1
        stream.expires_at = NOON + 89
        await live(stream, 2)
        assert len(stream.sockets) == 2


async def test_the_configuration_is_read_every_half_hour_and_leaves_an_unchanged_socket_alone() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        await live(stream, 2 * EVERY + 10)
        assert stream.calls.configs == 3
        assert len(stream.sockets) == 1


@pytest.mark.parametrize("change", [{"key": "another"}, {"ws_host": "localhost"}, {"ws_port": 4322}])
async def test_a_changed_configuration_brings_up_a_new_socket_before_the_old_is_dropped(change: dict[str, object]) -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.configuration = msgspec.structs.replace(stream.calls.configuration, **change)
        await live(stream, EVERY + 5)
        stream.events = [event for event in stream.events if not isinstance(event, HealthBeat)]
        assert_relieved(stream)
        assert stream.sockets[0].address != stream.sockets[1].address


async def test_a_configuration_that_cannot_be_read_keeps_the_old_socket_and_is_said_once_it_is_old() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.troubles += [NotSentError("offline")] * 100
        await live(stream, OLD - 5)
        assert stream.all(StreamNotice) == []
        await live(stream, 7200 - OLD)
        (notice,) = stream.all(StreamNotice)
        assert isinstance(notice, StreamNotice)
        assert "45 minutes" in notice.words
        assert "offline" in notice.words
        assert len(stream.sockets) == 1
        assert stream.calls.configs > 7200 / EVERY


async def test_a_configuration_that_is_old_once_more_is_said_once_more() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        for times in (1, 2):
            stream.calls.troubles += [NotSentError("offline")] * 12
            await live(stream, EVERY + 12 * AGAIN)
            assert len(stream.all(StreamNotice)) == times
            assert (stream.follower.config_age or 0) < AGAIN + EVERY


async def test_a_configuration_that_points_elsewhere_is_said_and_not_followed() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.troubles.append(UnreadableError("ws.evil.example is not the venue's"))
        await live(stream, EVERY + AGAIN + 10)
        (notice,) = stream.all(StreamNotice)
        assert isinstance(notice, StreamNotice)
        assert "ws.evil.example" in notice.words
        assert len(stream.sockets) == 1


async def test_an_older_configuration_serves_where_a_new_one_cannot_be_read() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.troubles.append(NotSentError("offline"))
        stream.socket.post(LOST)
        await stream.heard(StreamDown)
        await stream.wake()
        assert stream.follower.is_up


async def test_the_old_socket_goes_on_speaking_until_the_new_one_takes_over() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.registering.clear()
        stream.follower.replace()
        await stream.settle()
        stream.sockets[0].push(channel_of(GAME), DEPTH)
        await stream.heard(BookChanged)
        assert [socket.is_closed for socket in stream.sockets] == [False, False]


async def test_what_the_new_socket_heard_before_it_took_over_is_said_after_it_did() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.settle()
        stream.sockets[1].push(channel_of(GAME), DEPTH)
        await stream.settle()
        assert stream.events == []
        stream.sockets[0].say("pusher:pong")
        await stream.settle()
        assert [type(event) for event in stream.events] == [StreamUp, ChannelsFollowed, BookChanged]


async def test_the_old_socket_is_heard_to_its_last_frame_before_it_is_relieved() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.settle()
        stream.sockets[0].push(channel_of(GAME), DEPTH)
        stream.sockets[0].say("pusher:pong")
        await stream.settle()
        assert [type(event) for event in stream.events] == [BookChanged, StreamUp, ChannelsFollowed]


async def test_an_old_socket_that_proves_nothing_makes_the_relief_a_loss() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.pass_(PROOF + 1)
        assert [type(event) for event in stream.events] == [StreamDown, StreamUp, ChannelsFollowed]
        assert stream.all(StreamUp) == [StreamUp(is_relief=False)]


async def test_a_pong_that_nobody_asked_for_proves_nothing() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.socket.say("pusher:pong")
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.settle()
        assert not stream.sockets[0].is_closed


async def test_late_frames_of_a_relieved_socket_say_nothing() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.follower.replace()
        await stream.settle()
        stream.events.clear()
        stream.sockets[0].push(channel_of(GAME), DEPTH)
        stream.sockets[0].post(LOST)
        await stream.settle()
        assert stream.events == []
        assert stream.follower.is_up


async def test_a_relief_that_cannot_be_made_is_said_once_and_tried_again_while_the_old_socket_goes_on() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.refusals += [NotSentError("busy")] * 4
        stream.follower.replace()
        await live(stream, 30)
        assert stream.all(StreamDown) == []
        (notice,) = stream.all(StreamNotice)
        assert isinstance(notice, StreamNotice)
        assert "busy" in notice.words
        assert [socket.is_closed for socket in stream.sockets] == [True, True, True, True, True, False]
        assert stream.all(StreamUp) == [StreamUp(is_relief=True)]
        assert sorted(stream.naps[:4]) == stream.naps[:4]


async def test_when_the_old_socket_dies_meanwhile_the_new_one_becomes_the_line() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.registering.clear()
        stream.follower.replace()
        await stream.settle()
        stream.sockets[0].post(LOST)
        await stream.settle()
        assert [type(event) for event in stream.events] == [StreamDown]
        stream.calls.registering.set()
        await stream.settle()
        assert stream.all(StreamUp) == [StreamUp(is_relief=False)]
        assert len(stream.sockets) == 2
        assert stream.follower.is_up


async def test_a_new_socket_that_is_lost_before_it_took_over_harms_nobody() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.settle()
        stream.sockets[1].post(LOST)
        await stream.settle()
        assert stream.all(StreamDown) == []
        assert stream.follower.is_up
        stream.sockets[0].say("pusher:pong")  # the answer to the first: it proves nothing for the second
        await stream.wake()
        assert [socket.is_closed for socket in stream.sockets] == [False, True, False]


async def test_a_relief_waits_for_all_confirmations_and_no_longer_than_a_handshake() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add(channel_of(GAME))
        stream.follower.replace()
        await live(stream, HANDSHAKE - 1)
        assert not stream.sockets[0].is_closed
        await live(stream, 2)
        assert stream.sockets[0].is_closed
        assert stream.all(ChannelsFollowed) == [ChannelsFollowed(left_out=frozenset({GAME}))]


async def test_what_is_wanted_while_a_relief_is_under_way_is_had_on_both() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.silent.add("pusher:ping")
        stream.follower.replace()
        await stream.settle()
        await stream.follow(Wanted((GAME, Topic(7))))
        assert Topic(7) in stream.calls.asked[-1][1]
        stream.sockets[0].say("pusher:pong")
        await stream.settle()
        assert stream.all(ChannelsFollowed)[-1] == ChannelsFollowed(frozenset({GAME, Topic(7)}))


async def test_a_relief_without_the_accounts_own_channel_leaves_the_old_socket_its_place() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.own = ("main",)
        stream.follower.replace()
        await live(stream, 10)
        (notice,) = stream.all(StreamNotice)
        assert isinstance(notice, StreamNotice)
        assert "granted 1 of 2 channels that every socket has" in notice.words
        assert not stream.sockets[0].is_closed
        assert stream.all(StreamDown) == stream.all(StreamUp) == []
        stream.calls.own = ("main", "mine")
        await live(stream, 60)
        assert stream.all(StreamUp) == [StreamUp(is_relief=True)]


@pytest.mark.parametrize("own", [("mine",), ()])
async def test_an_update_without_the_own_channels_leaves_everything_as_it_was(own: tuple[str, ...]) -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.calls.own = own
        await stream.follow(Wanted((GAME, Topic(7))))
        assert [event for event, _ in stream.socket.sent if event == "pusher:unsubscribe"] == []
        (notice,) = stream.all(StreamNotice)
        assert isinstance(notice, StreamNotice)
        assert f"granted {len(own)} of 2 channels that every socket has" in notice.words
        stream.socket.push("mine", BEAT, event="health_check")
        await stream.heard(HealthBeat)


async def test_a_socket_whose_token_had_ended_already_is_relieved_and_not_at_every_turn() -> None:
    async with following(is_free=True) as stream:
        stream.expires_at = NOON - 1
        await up(stream)
        await live(stream, OVERDUE - 1)
        assert len(stream.sockets) == 1
        stream.expires_at = NOON + 1200
        await live(stream, 2, step=1)
        assert [socket.is_closed for socket in stream.sockets] == [True, False]
        assert StreamUp(is_relief=True) in stream.events


async def test_a_follower_that_ends_by_a_mistake_says_that_nothing_is_followed_any_more() -> None:
    stream = Stream(is_free=True)
    running = asyncio.create_task(stream.follower.run())
    await up(stream)
    stream.calls.refusals.append(ZeroDivisionError("by a test"))
    await stream.follow(Wanted((Topic(7),)))
    with pytest.raises(ZeroDivisionError):
        await running
    assert stream.all(StreamDown) == [StreamDown("The stream has ended by a mistake of the program's (ZeroDivisionError: by a test)")]
    assert stream.socket.is_closed


async def test_a_follower_that_is_told_to_end_says_nothing() -> None:
    stream = Stream(is_free=True)
    running = asyncio.create_task(stream.follower.run())
    await up(stream)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stream.events == []


async def test_reliefs_keep_a_distance() -> None:
    async with following(is_free=True) as stream:
        stream.calls.limit = 1
        await up(stream)
        for event_id in range(1, 9):
            stream.follower.want(Wanted((Topic(event_id),)))
            await stream.settle()
        assert len(stream.sockets) <= 2
        await live(stream, GAP + 1, step=1)
        assert stream.all(ChannelsFollowed)[-1] == ChannelsFollowed(frozenset({Topic(8)}))


async def test_the_figures_of_a_relieved_stream() -> None:
    async with following(is_free=True) as stream:
        await up(stream)
        stream.follower.replace()
        await stream.pass_(3)
        follower = stream.follower
        assert (follower.connects, follower.replaced, follower.lost) == (2, 1, 0)
        assert (follower.wanted, follower.followed, follower.left_out, follower.joined) == (1, 1, 0, 1)
        assert follower.channel_limit == 400
        assert follower.socket_age == follower.config_age == 3
        assert follower.frames == sum(
            1 + sum(event in {"pusher:signin", "subscribe", "pusher:ping"} for event, _ in s.sent) for s in stream.sockets
        )
