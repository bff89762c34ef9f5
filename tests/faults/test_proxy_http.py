"""What a client of HTTP makes of the fault proxy: which error each end is, and how often the server was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.faults.echo import PATIENCE
from tests.faults.proxy import FaultProxy
from tests.faults.verbs import Corrupt, Fin, Reset, Way

UP, DOWN = Way.UP, Way.DOWN


class Web:
    """Answers every request with "done", on connections that are kept; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.port = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(length)
                self.asked += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.meet, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    yield web
    server.close()


@pytest.fixture
async def front(web: Web) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", web.port) as proxy:
        yield proxy


@pytest.fixture
async def browser(front: FaultProxy) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{front.port}", trust_env=False, timeout=PATIENCE) as client:
        yield client


@pytest.mark.parametrize(
    ("verb", "error", "asked"),
    [
        (Reset(way=DOWN), httpx.ReadError, 1),
        (Reset(after=40, way=DOWN), httpx.ReadError, 1),
        (Fin(way=DOWN), httpx.RemoteProtocolError, 1),
        (Fin(after=40, way=DOWN), httpx.RemoteProtocolError, 1),
        (Fin(after=20, way=UP), httpx.RemoteProtocolError, 0),
        (Corrupt(0), httpx.RemoteProtocolError, 1),
    ],
    ids=["reset", "reset-in-body", "fin", "fin-in-body", "fin-in-request", "corrupt"],
)
async def test_each_end_has_its_own_error(
    web: Web, front: FaultProxy, browser: httpx.AsyncClient, verb: Reset | Fin | Corrupt, error: type[httpx.HTTPError], asked: int
) -> None:
    front.plan(verb)

    with pytest.raises(error):
        await browser.post("/order", content=b"order")

    assert web.asked == asked


async def test_a_refused_connection_never_reached_anybody(web: Web, front: FaultProxy, browser: httpx.AsyncClient) -> None:
    front.refuse()

    with pytest.raises(httpx.ConnectError):
        await browser.post("/order", content=b"order")

    assert web.asked == 0


async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(web: Web, front: FaultProxy, browser: httpx.AsyncClient) -> None:
    await browser.post("/order", content=b"one")
    connection = await front.connected()
    connection.fin()
    await asyncio.wait_for(connection.closed(), PATIENCE)
    reply = await browser.post("/order", content=b"two")

    assert (reply.text, web.asked, len(front.connections)) == ("done", 2, 2)


async def test_a_kept_connection_that_is_reset_as_the_next_request_comes_fails(
    web: Web, front: FaultProxy, browser: httpx.AsyncClient
) -> None:
    await browser.post("/order", content=b"one")
    length = (await front.connected()).arrived[UP]
    front.plan(Reset(after=length, way=UP))
    async with httpx.AsyncClient(base_url=browser.base_url, trust_env=False, timeout=PATIENCE) as other:
        await other.post("/order", content=b"one")
        with pytest.raises((httpx.ReadError, httpx.WriteError)):
            await other.post("/order", content=b"two")

    assert (web.asked, len(front.connections)) == (2, 2)
