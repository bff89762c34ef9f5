"""Faults that only a real connection can show: answers lost, never sent, sent in drops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from app.practice.faults import (
    CallFault,
    Drip,
    Faults,
    Hang,
    Lost,
)
from app.practice.server import QuietServer, open_listener, server_config
from app.practice.truth import accepted_orders
from tests.practice.faults.kit import PATIENCE, SUBMIT, HandSleep, good_order, placed
from tests.practice.kit import Api


class Place:
    """A wire served on a port."""

    def __init__(self, api: Api, running: QuietServer, port: int) -> None:
        self.api, self.running, self.port = api, running, port
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/partner", headers={"Authorization": f"Bearer {api.token}"}, timeout=PATIENCE, trust_env=False
        )

    async def open(self, body: dict[str, object]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which an order has been sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        content = json.dumps(body).encode()
        head = f"POST /partner{SUBMIT} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {self.api.token}\r\n"
        writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()
        return reader, writer

    @property
    def is_idle(self) -> bool:
        return not self.running.server_state.tasks


@pytest.fixture
async def place(api: Api) -> AsyncIterator[Place]:
    listener = open_listener("127.0.0.1", 0)
    running = QuietServer(server_config(api.wire))
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    await running.is_up.wait()
    place = Place(api, running, listener.getsockname()[1])
    yield place
    await place.http.aclose()
    api.wire.close()
    running.should_exit = True
    await serving


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if is_so():
                return
            await asyncio.sleep(0)


async def test_a_lost_answer_closes_the_connection_without_a_byte(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))

    reader, writer = await place.open(good_order(place.api))
    told = await asyncio.wait_for(reader.read(), PATIENCE)

    assert (told, len(placed(place.api))) == (b"", 1)
    await until(lambda: place.is_idle)
    writer.close()


async def test_a_client_sees_a_lost_answer_as_a_broken_protocol(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))

    with pytest.raises(httpx.RemoteProtocolError):
        await place.http.post(SUBMIT, json=good_order(place.api))
    again = await place.http.post(SUBMIT, json=good_order(place.api))

    assert (again.status_code, len(placed(place.api))) == (200, 2)


async def test_an_answer_that_never_comes_ends_when_the_client_leaves(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Hang()))

    reader, writer = await place.open(good_order(place.api))
    await until(lambda: place.api.wire.truth.lines[-1].status == "held")
    is_waiting = not place.is_idle and not reader.at_eof()
    writer.close()
    await until(lambda: place.is_idle)

    assert (is_waiting, len(placed(place.api))) == (True, 1)


async def test_who_waits_for_an_answer_is_cut_off_when_the_exchange_ends(place: Place, faults: Faults) -> None:
    faults.add(CallFault("submit", Hang()))

    reader, writer = await place.open(good_order(place.api))
    await until(lambda: place.api.wire.truth.lines[-1].status == "held")
    faults.end()
    told = await asyncio.wait_for(reader.read(), PATIENCE)

    assert told == b""
    writer.close()


async def test_a_dripping_answer_arrives_whole_in_the_end(place: Place, faults: Faults, sleep: HandSleep) -> None:
    faults.add(CallFault("submit", Drip(50, 0.4)))

    reply = await place.http.post(SUBMIT, json=good_order(place.api))

    assert reply.json()["data"]["order"]["order_id"] == next(iter(accepted_orders(place.api.wire.truth.lines).values()))[0]
    assert sleep.asked == [0.4] * -(-len(reply.content) // 50)


async def test_an_answer_drips_until_the_client_has_enough(place: Place, faults: Faults, sleep: HandSleep) -> None:
    sleep.wake.clear()
    faults.add(CallFault("submit", Drip(1, 0.4)))

    reader, writer = await place.open(good_order(place.api))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n{"), PATIENCE)
    writer.close()
    await until(lambda: place.is_idle)

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert sleep.asked == [0.4]
