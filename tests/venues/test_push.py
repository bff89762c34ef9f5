"""The one wrapper of pysher against a real WebSocket server on this computer: frames over, sends in order, the end always told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve

from app.venues.push import FRAME_LIMIT, LOST, PushAddress, PushSocket, _Url


class Peer:
    """The server's end of one connection, and what the socket handed over."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[bytes] = asyncio.Queue()
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.paths: list[str] = []
        self.ended = asyncio.Event()
        self.link: ServerConnection | None = None
        self._loop = asyncio.get_running_loop()

    def post(self, frame: bytes) -> None:
        """Called in the socket's thread, which may outlive the test's loop by some seconds."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.got.put_nowait, frame)

    async def handle(self, link: ServerConnection) -> None:
        assert link.request is not None
        self.link = link
        self.paths.append(link.request.path)
        await link.send("hello")
        try:
            async for message in link:
                self.said.put_nowait(str(message))
        finally:
            self.ended.set()

    async def say(self, text: str | bytes) -> None:
        assert self.link is not None
        await self.link.send(text)

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.got.get(), 5)

    async def heard(self) -> dict[str, object]:
        told = json.loads(await asyncio.wait_for(self.said.get(), 5))
        assert isinstance(told, dict)
        return told


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[Peer, PushSocket]]:
    peer = Peer()
    async with serve(peer.handle, "127.0.0.1", 0, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        socket = PushSocket(PushAddress("app-key", host="127.0.0.1", port=port, is_secure=False), peer.post)
        socket.open()
        assert await peer.next() == b"hello"
        try:
            yield peer, socket
        finally:
            socket.close()
            await asyncio.wait_for(peer.ended.wait(), 5)


async def test_frames_are_handed_over_raw_and_in_order() -> None:
    async with connection() as (peer, _):
        for number in range(20):
            await peer.say(json.dumps({"event": "x", "data": f"−{number}"}))
        assert [json.loads(await peer.next())["data"] for _ in range(20)] == [f"−{number}" for number in range(20)]


async def test_the_path_names_the_key_and_protocol_seven() -> None:
    async with connection() as (peer, _):
        assert peer.paths[0].startswith("/app/app-key?")
        assert "protocol=7" in peer.paths[0]


async def test_what_is_sent_leaves_in_its_order() -> None:
    async with connection() as (peer, socket):
        socket.send("pusher:signin", {"auth": "a", "user_data": "u"})
        socket.subscribe("private-x", "app-key:a1")
        socket.pong()
        assert await peer.heard() == {"event": "pusher:signin", "data": {"auth": "a", "user_data": "u"}}
        assert await peer.heard() == {"event": "pusher:subscribe", "data": {"channel": "private-x", "auth": "app-key:a1"}}
        assert (await peer.heard())["event"] == "pusher:pong"


async def test_the_end_of_a_connection_is_told() -> None:
    async with connection() as (peer, _):
        assert peer.link is not None
        await asyncio.wait_for(peer.link.close(), 5)
        assert await peer.next() == LOST


async def test_a_server_that_is_not_there_is_a_loss() -> None:
    peer = Peer()
    async with serve(peer.handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    socket = PushSocket(PushAddress("app-key", host="127.0.0.1", port=port, is_secure=False), peer.post)
    socket.open()
    assert await peer.next() == LOST
    socket.close()


async def test_no_server_can_forge_a_loss() -> None:
    async with connection() as (peer, _):
        await peer.say(LOST.decode())
        await peer.say("{}")
        assert await peer.next() == b"{}"


async def test_a_frame_beyond_the_limit_is_dropped() -> None:
    async with connection() as (peer, _):
        await peer.say(" " * (FRAME_LIMIT + 1))
        await peer.say("{}")
        assert await peer.next() == b"{}"


async def test_bytes_that_are_no_text_do_not_end_the_connection() -> None:
    async with connection() as (peer, _):
        await peer.say(b"\xff\xfe")
        await peer.say("{}")
        assert [await peer.next(), await peer.next()] == [b"\xff\xfe", b"{}"]


async def test_closing_tells_the_server_and_closing_again_is_harmless() -> None:
    async with connection() as (peer, socket):
        socket.close()
        await asyncio.wait_for(peer.ended.wait(), 5)


def test_closing_before_opening_is_harmless() -> None:
    PushSocket(PushAddress("app-key", host="127.0.0.1", port=9, is_secure=False), lambda _frame: None).close()


@pytest.mark.parametrize(
    ("address", "start"),
    [
        (PushAddress("k", host="ws.venue.example"), "wss://ws.venue.example:443/app/k?"),
        (PushAddress("k", cluster="mt1"), "wss://ws-mt1.pusher.com:443/app/k?"),
        (PushAddress("k", host="127.0.0.1", port=4321, is_secure=False), "ws://127.0.0.1:4321/app/k?"),
    ],
)
def test_the_url_is_the_documented_one(address: PushAddress, start: str) -> None:
    url = _Url(address.key, cluster=address.cluster, secure=address.is_secure, port=address.port, custom_host=address.host).url
    assert url.startswith(start)
