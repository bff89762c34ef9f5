"""The fault proxy: every verb, in both directions, in front of a server that echoes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random

import pytest

from tests.faults.echo import PATIENCE, Client, Echo, HandSleep
from tests.faults.proxy import FaultProxy
from tests.faults.verbs import BOTH, Blackhole, Corrupt, Delay, Fin, HalfOpen, Hold, IdleClose, Rate, Reset, Slice, Way

UP, DOWN = Way.UP, Way.DOWN


Connect = Callable[[], Awaitable[Client]]


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    echo = Echo()
    server = await asyncio.start_server(echo.meet, "127.0.0.1", 0)
    echo.port = server.sockets[0].getsockname()[1]
    yield echo
    server.close()


@pytest.fixture
def sleep() -> HandSleep:
    return HandSleep()


@pytest.fixture
async def proxy(echo: Echo, sleep: HandSleep) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", echo.port, sleep=sleep) as proxy:
        yield proxy


@pytest.fixture
async def connect(proxy: FaultProxy) -> AsyncIterator[Connect]:
    clients: list[Client] = []

    async def open_one() -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", proxy.port)))
        return clients[-1]

    yield open_one
    for client in clients:
        client.writer.transport.abort()


# Without a verb


async def test_without_a_plan_everything_passes_both_ways(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    client = await connect()
    client.say(b"x" * 200_000)

    told = await client.hear(200_000)

    connection = await proxy.connected()
    assert told == echo.heard == b"x" * 200_000
    assert connection.arrived == connection.passed == {UP: 200_000, DOWN: 200_000}


async def test_the_end_of_one_stream_leaves_the_other_open(echo: Echo, connect: Connect) -> None:
    client = await connect()
    client.say(b"question")
    client.writer.write_eof()

    assert await client.hear_all() == b"question"
    assert not echo.was_reset


async def test_a_reset_by_the_client_reaches_the_server_as_one(echo: Echo, connect: Connect) -> None:
    client = await connect()
    client.say(b"half")
    await client.hear(4)
    client.reset()

    await asyncio.wait_for(echo.ended.wait(), PATIENCE)

    assert echo.was_reset


async def test_a_server_that_is_not_there_is_a_reset(proxy: FaultProxy) -> None:
    async with FaultProxy("127.0.0.1", unused_port()) as lonely:
        reader, writer = await asyncio.open_connection("127.0.0.1", lonely.port)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


# Time


async def test_a_delay_up_keeps_what_the_client_says(echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(Delay(up=3600))
    client = await connect()
    client.say(b"order")
    await sleep.sleepers(1)
    before = bytes(echo.heard)
    sleep.wake()

    assert (before, await echo.has_heard(5)) == (b"", b"order")
    assert 3590 < sleep.asked[0] <= 3600


async def test_a_delay_down_keeps_what_the_server_says(echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(Delay(down=3600))
    client = await connect()
    client.say(b"order")
    await sleep.sleepers(1)
    connection = await proxy.connected()
    before = dict(connection.passed)
    sleep.wake()

    assert (before, bytes(echo.heard)) == ({UP: 5, DOWN: 0}, b"order")
    assert await client.hear(5) == b"order"


async def test_jitter_adds_to_a_delay_but_never_changes_the_order(echo: Echo, sleep: HandSleep) -> None:
    async with FaultProxy("127.0.0.1", echo.port, sleep=sleep, rng=Random(3)) as proxy:
        proxy.plan(Delay(up=100, jitter=3600))
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        for number in range(10):
            writer.write(b"%d" % number)
            await writer.drain()
        sleep.wake(10)
        heard = await echo.has_heard(10)
        writer.transport.abort()

    assert heard == b"0123456789"
    assert all(wait <= 3700 for wait in sleep.asked)
    assert sleep.asked[0] > 100


@pytest.mark.parametrize("way", BOTH)
async def test_a_rate_lets_a_tenth_of_a_second_through_at_a_time(
    echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep, way: Way
) -> None:
    proxy.plan(Rate(100, ways=(way,)))
    client = await connect()
    client.say(b"x" * 25)
    await sleep.sleepers(1)
    first = (await proxy.connected()).passed[way]
    sleep.wake(3)

    assert first == 10
    assert await client.hear(25) == b"x" * 25
    await sleep.sleepers(3)
    assert sleep.asked == [0.1, 0.1, 0.05]


async def test_slices_up_arrive_one_by_one(echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(Slice(2, 0.4, ways=(UP,)))
    client = await connect()
    client.say(b"abcde")
    pieces = []
    for number, count in enumerate((2, 4, 5), 1):
        await sleep.sleepers(number)
        pieces.append(await echo.has_heard(count))
        sleep.wake()

    assert pieces == [b"ab", b"abcd", b"abcde"]
    assert sleep.asked == [0.4, 0.4, 0.4]


async def test_slices_down_arrive_one_by_one(proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(Slice(2, 0.4, ways=(DOWN,)))
    client = await connect()
    client.say(b"abcd")
    await sleep.sleepers(1)
    first, waiting = await client.hear(2), (await proxy.connected()).passed[DOWN]
    sleep.wake()

    assert (first, waiting, await client.hear(2)) == (b"ab", 2, b"cd")


async def test_a_hold_ends_with_its_event_and_loses_nothing(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    released = asyncio.Event()
    proxy.plan(Hold(released, after=2))
    client = await connect()
    client.say(b"abcd")
    first = await client.hear(2)
    await echo.has_heard(4)
    before = (await proxy.connected()).passed[DOWN]
    released.set()

    assert (first, before, await client.hear(2)) == (b"ab", 2, b"cd")


async def test_a_hold_up_ends_after_its_seconds(echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(Hold(20, way=UP))
    client = await connect()
    client.say(b"abcd")
    await sleep.sleepers(1)
    before = bytes(echo.heard)
    sleep.wake()

    assert (before, await echo.has_heard(4), sleep.asked) == (b"", b"abcd", [20])


async def test_an_idle_connection_is_closed_in_an_orderly_way(echo: Echo, proxy: FaultProxy, connect: Connect, sleep: HandSleep) -> None:
    proxy.plan(IdleClose(60))
    client = await connect()
    await sleep.sleepers(1)
    client.say(b"busy")
    await client.hear(4)
    sleep.wake()
    await sleep.sleepers(2)
    still_open = client.is_told_nothing()
    sleep.wake()

    assert (still_open, await client.hear_all()) == (True, b"")
    await asyncio.wait_for(echo.ended.wait(), PATIENCE)
    assert not echo.was_reset


# Ends


async def test_a_reset_down_comes_instead_of_the_answer(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Reset(after=0, way=DOWN))
    client = await connect()
    client.say(b"order")

    with pytest.raises(ConnectionResetError):
        await client.hear_all()

    assert echo.heard == b"order"


async def test_a_reset_up_cuts_what_the_client_says(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Reset(after=3, way=UP))
    client = await connect()
    client.say(b"order")

    with pytest.raises(ConnectionResetError):
        await client.hear_all()
    await asyncio.wait_for(echo.ended.wait(), PATIENCE)

    assert (await proxy.connected()).passed[UP] == 3
    assert b"ord".startswith(echo.heard)
    assert echo.was_reset


@pytest.mark.parametrize("count", [0, 3])
async def test_a_fin_down_cuts_the_answer_short(proxy: FaultProxy, connect: Connect, count: int) -> None:
    proxy.plan(Fin(after=count, way=DOWN))
    client = await connect()
    client.say(b"order")

    assert await client.hear_all() == b"order"[:count]


async def test_a_fin_up_ends_the_request_in_its_middle(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Fin(after=3, way=UP))
    client = await connect()
    client.say(b"order")

    await asyncio.wait_for(echo.ended.wait(), PATIENCE)

    assert (bytes(echo.heard), echo.was_reset) == (b"ord", False)


async def test_a_black_hole_swallows_everything_and_tells_nobody(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Blackhole(after=2))
    client = await connect()
    client.say(b"ab")
    await client.hear(2)
    client.say(b"cd")
    client.writer.write_eof()
    connection = await proxy.connected()
    await asyncio.wait_for((await proxy.connected()).has_arrived(UP, 4), PATIENCE)

    assert (connection.arrived[UP], connection.passed[UP], bytes(echo.heard)) == (4, 2, b"ab")
    assert client.is_told_nothing()
    assert not echo.ended.is_set()


async def test_a_black_hole_down_swallows_the_answer_alone(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Blackhole(ways=(DOWN,)))
    client = await connect()
    client.say(b"order")
    await asyncio.wait_for((await proxy.connected()).has_arrived(DOWN, 5), PATIENCE)

    assert (bytes(echo.heard), (await proxy.connected()).passed[DOWN]) == (b"order", 0)
    assert client.is_told_nothing()


async def test_a_half_open_connection_has_lost_its_server_and_does_not_know(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(HalfOpen(after=2))
    client = await connect()
    client.say(b"ab")
    await client.hear(2)
    client.say(b"cd")
    await asyncio.wait_for(echo.ended.wait(), PATIENCE)
    client.say(b"ef")
    await asyncio.wait_for((await proxy.connected()).has_arrived(UP, 6), PATIENCE)

    assert bytes(echo.heard) == b"ab"
    assert client.is_told_nothing()


async def test_a_half_open_connection_may_have_lost_its_client(echo: Echo, proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(HalfOpen(way=DOWN, gone=DOWN))
    client = await connect()
    client.say(b"ab")

    with pytest.raises(ConnectionResetError):
        await client.hear_all()

    assert bytes(echo.heard) == b"ab"
    assert not echo.ended.is_set()


# Bytes


@pytest.mark.parametrize(("way", "at_server", "at_client"), [(UP, b"a\x9dc", b"a\x9dc"), (DOWN, b"abc", b"a\x9dc")])
async def test_one_byte_is_damaged(echo: Echo, proxy: FaultProxy, connect: Connect, way: Way, at_server: bytes, at_client: bytes) -> None:
    proxy.plan(Corrupt(1, way))
    client = await connect()
    client.say(b"abc")

    assert (await client.hear(3), bytes(echo.heard)) == (at_client, at_server)


# Plans


async def test_a_plan_may_be_for_one_connection_alone(proxy: FaultProxy, connect: Connect) -> None:
    proxy.plan(Fin(after=0), nth=2)
    told = []
    for number in range(1, 4):
        client = await connect()
        await proxy.connected(number)
        client.say(b"x")
        client.writer.write_eof()
        told.append(await client.hear_all())

    assert told == [b"x", b"", b"x"]


async def test_verbs_strike_one_after_the_other(proxy: FaultProxy, connect: Connect) -> None:
    released = asyncio.Event()
    proxy.plan(Fin(after=4), Hold(released, after=2), Corrupt(3))
    client = await connect()
    client.say(b"abcdef")
    first = await client.hear(2)
    released.set()

    assert (first, await client.hear_all()) == (b"ab", b"c\x9b")


async def test_two_verbs_at_one_byte_both_strike(proxy: FaultProxy, connect: Connect) -> None:
    released = asyncio.Event()
    released.set()
    proxy.plan(Hold(released), Fin())
    client = await connect()
    client.say(b"abc")

    assert await client.hear_all() == b""


async def test_a_plan_may_change_while_a_connection_is_open(proxy: FaultProxy, connect: Connect) -> None:
    first = await connect()
    await proxy.connected()
    proxy.plan(Fin())
    second = await connect()
    first.say(b"x")
    second.say(b"x")

    assert (await first.hear(1), await second.hear_all()) == (b"x", b"")


async def test_a_closed_door_refuses_new_connections_and_keeps_the_old(proxy: FaultProxy, connect: Connect) -> None:
    client = await connect()
    await proxy.connected()
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await connect()
    client.say(b"x")
    told = await client.hear(1)

    await proxy.accept()
    late = await connect()
    late.say(b"y")

    assert (told, await late.hear(1)) == (b"x", b"y")
