"""How many channels a socket may have: the most important are kept, the count is cumulative, a limit that shrinks ends no stream."""

from __future__ import annotations

import pytest

from app.domain.errors import NotSentError, RefusedError
from app.domain.events import ChannelsFollowed, FeedFault, StreamDown, StreamNotice, StreamUp, Topic, Wanted
from app.venues.follow import GAP, PATIENCE
from app.venues.line import AGAIN, HANDSHAKE
from app.venues.prophetx.registration import FIRST_GUESS
from app.venues.push import LOST
from app.venues.room import Room
from tests.venues.fakes import channel_of
from tests.venues.samples import envelope
from tests.venues.stream import Stream, following

BEAT = envelope("private_system_signal", "e30=")


def topics(count: int, first: int = 1) -> tuple[Topic, ...]:
    return tuple(Topic(event_id) for event_id in range(first, first + count))


async def followed(stream: Stream, wanted: tuple[Topic, ...]) -> ChannelsFollowed:
    """What is followed once they are wanted."""
    stream.events.clear()
    stream.follower.want(Wanted(wanted))
    told = await stream.heard(ChannelsFollowed)
    assert isinstance(told, ChannelsFollowed)
    return told


def notices(stream: Stream) -> list[str]:
    return [event.words for event in stream.events if isinstance(event, StreamNotice)]


async def test_what_does_not_fit_is_left_out_from_the_end_and_said_once() -> None:
    async with following(is_free=True) as stream:
        stream.calls.limit = 100
        wanted = topics(100)
        assert await followed(stream, wanted) == ChannelsFollowed(frozenset(wanted))
        more = (*wanted[:50], *topics(80, first=200))
        stream.events.clear()
        stream.follower.want(Wanted(more))
        await stream.pass_(GAP + 1)
        told = stream.all(ChannelsFollowed)[-1]
        assert told == ChannelsFollowed(frozenset(more[:100]), left_out=frozenset(more[100:]))
        assert notices(stream) == [
            "The venue lets 100 channels be followed: 30 of the 130 wanted are left out and read now and then instead"
        ]
        assert (stream.follower.wanted, stream.follower.followed, stream.follower.left_out) == (130, 100, 30)
        await followed(stream, more[1:])
        assert notices(stream) == []


async def test_the_union_of_all_that_a_socket_ever_had_is_never_asked_to_pass_the_limit() -> None:
    async with following(is_free=True) as stream:
        stream.calls.limit = 10
        for event_id in range(1, 60):
            stream.events.clear()
            await stream.follow(Wanted(topics(4, first=event_id)))
            await stream.pass_(GAP)
            assert stream.follower.followed == 4
            assert stream.all(StreamDown) == []
        assert all(len(union) <= 10 for union in stream.calls.unions.values())
        assert stream.follower.replaced == len(stream.sockets) - 1 >= 7
        assert stream.follower.joined <= 10


async def test_the_first_socket_asks_for_no_more_than_the_first_guess() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(FIRST_GUESS + 50))
        assert max(len(asked) for _, asked in stream.calls.asked) == FIRST_GUESS


async def beat(stream: Stream, seconds: int) -> None:
    """So many seconds on a healthy socket."""
    for _ in range(seconds):
        stream.socket.push("mine", BEAT, event="health_check")
        await stream.pass_(1)


async def test_a_limit_that_shrinks_leaves_what_is_had_alone() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(300))
        stream.calls.limit = 100
        stream.events.clear()
        stream.follower.want(Wanted(topics(310)))
        await beat(stream, 60)
        assert stream.all(StreamDown) == []
        assert stream.all(ChannelsFollowed)[-1] == ChannelsFollowed(frozenset(topics(300)), left_out=frozenset(topics(10, first=301)))
        assert len(stream.calls.asked) == 2, "what was refused is not asked for again"
        assert len(notices(stream)) == 1


async def test_a_limit_that_shrinks_from_400_to_100_ends_at_what_fits_when_another_set_is_wanted() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(300))
        stream.calls.limit = 100
        stream.events.clear()
        stream.follower.want(Wanted(topics(300, first=200)))
        await beat(stream, 60)
        assert stream.all(StreamDown) == []
        told = stream.all(ChannelsFollowed)[-1]
        assert isinstance(told, ChannelsFollowed)
        assert told.topics == frozenset(topics(75, first=200))
        assert len(told.left_out) == 225
        asked = len(stream.calls.asked)
        await beat(stream, 60)
        assert len(stream.calls.asked) == asked <= 6


async def test_a_first_registration_that_asks_for_too_much_is_halved() -> None:
    async with following(is_free=True) as stream:
        stream.calls.limit = 100
        stream.follower.want(Wanted(topics(400)))
        await stream.settle()
        while not stream.follower.is_up:
            await stream.wake()
        assert [len(asked) for _, asked in stream.calls.asked] == [400, 200, 100]
        assert stream.follower.followed == 100


async def test_a_venue_that_refuses_even_nothing_is_tried_with_pauses() -> None:
    async with following(is_free=True) as stream:
        stream.calls.refusals += [RefusedError("no", code="exceed_subscription_count", status=400)] * 20
        await stream.settle()
        for _ in range(8):
            await stream.wake()
        assert stream.naps[:4] == [0.75, 1.25, 2.25, 4.25]


@pytest.mark.parametrize(
    ("asked", "joined", "limit"),
    [(400, 0, 200), (300, 300, 150), (150, 100, 100), (400, 100, 200), (1, 0, 0), (1, 1, 0)],
)
def test_half_of_what_was_refused_but_not_less_than_what_is_had(asked: int, joined: int, limit: int) -> None:
    room = Room()
    room.refused(asked, joined)
    assert room.limit == limit


def test_the_venues_own_word_bounds_what_was_refused_and_is_believed_again_later() -> None:
    room = Room()
    room.told = 120
    assert room.limit == 120
    room.refused(120, 0)
    assert room.limit == 60
    room.lift()
    assert room.limit == 120


def test_what_is_wanted_twice_takes_one_place() -> None:
    room = Room()
    room.told = 2
    assert room.fitting((Topic(1), Topic(1), Topic(2), Topic(3))) == (Topic(1), Topic(2))


# Channels that are not had


async def test_a_missing_confirmation_delays_the_others_no_longer_than_patience() -> None:
    async with following(is_free=True) as stream:
        stream.silent.add(channel_of(Topic(3)))
        stream.follower.want(Wanted(topics(300)))
        await stream.settle()
        assert stream.events == []
        await stream.pass_(PATIENCE)
        told = stream.all(ChannelsFollowed)
        assert told == [ChannelsFollowed(frozenset(topics(300)) - {Topic(3)}, left_out=frozenset({Topic(3)}))]


async def test_a_late_confirmation_is_told() -> None:
    async with following(is_free=True) as stream:
        stream.silent.add(channel_of(Topic(3)))
        stream.follower.want(Wanted(topics(5)))
        await stream.pass_(PATIENCE)
        stream.events.clear()
        stream.socket.say("pusher_internal:subscription_succeeded", channel=channel_of(Topic(3)))
        await stream.settle()
        assert stream.all(ChannelsFollowed) == [ChannelsFollowed(frozenset(topics(5)))]


async def test_a_channel_never_confirmed_is_said_and_asked_for_again_with_fresh_auth() -> None:
    async with following(is_free=True) as stream:
        missing = channel_of(Topic(3))
        stream.silent.add(missing)
        stream.follower.want(Wanted(topics(5)))
        await stream.settle()
        await beat(stream, int(HANDSHAKE) + 1)
        (fault,) = stream.all(FeedFault)
        assert isinstance(fault, FeedFault)
        assert missing in fault.words
        assert stream.follower.is_up
        stream.silent.clear()
        await beat(stream, int(AGAIN))
        about = [(event, what) for event, what in stream.socket.sent if missing in what]
        assert [event for event, _ in about] == ["subscribe", "pusher:unsubscribe", "subscribe"]
        assert len(stream.calls.asked) == 2
        assert stream.all(ChannelsFollowed)[-1] == ChannelsFollowed(frozenset(topics(5)))
        assert len(stream.sockets) == 1


async def test_a_channel_that_stays_away_is_said_once() -> None:
    async with following(is_free=True) as stream:
        stream.silent.add(channel_of(Topic(3)))
        stream.follower.want(Wanted(topics(5)))
        await stream.settle()
        await beat(stream, 200)
        assert len(stream.all(FeedFault)) == 1
        assert len(stream.calls.asked) > 3


async def test_a_change_that_could_not_be_registered_leaves_the_line_alone_and_is_tried_again() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(2))
        stream.calls.refusals.append(NotSentError("busy"))
        stream.events.clear()
        await stream.follow(Wanted(topics(3)))
        assert notices(stream) == ["What is followed could not be changed: busy. Trying again in 0.8 s"]
        await stream.wake()
        assert stream.all(ChannelsFollowed) == [ChannelsFollowed(frozenset(topics(3)))]
        assert stream.all(StreamDown) == stream.all(StreamUp) == []


async def test_a_line_lost_while_a_change_of_it_is_registered_is_a_loss_and_nothing_else() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(2))
        stream.events.clear()
        stream.calls.registering.clear()
        await stream.follow(Wanted(topics(3)))
        stream.socket.post(LOST)
        await stream.settle()
        assert [type(event) for event in stream.events] == [StreamDown]
        stream.calls.registering.set()
        await stream.wake()
        assert stream.follower.followed == 3


async def test_after_a_while_without_trouble_the_first_pause_is_the_shortest_again() -> None:
    async with following(is_free=True) as stream:
        await followed(stream, topics(2))
        stream.calls.refusals += [NotSentError("busy")] * 3
        await stream.follow(Wanted(topics(3)))
        await beat(stream, 30)
        stream.calls.refusals.append(NotSentError("busy"))
        await stream.follow(Wanted(topics(4)))
        assert stream.naps == [0.75, 1.25, 2.25, 0.5]
