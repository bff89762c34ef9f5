"""What the venue tests put in place of the outside: a clock they move, a server that misbehaves on purpose, a socket, two calls."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from app.domain.errors import RefusedError
from app.domain.events import Topic
from app.venues.prophetx import wire
from app.venues.prophetx.registration import Grant, Registration
from app.venues.push import PushAddress


class HandClock:
    """Seconds that pass only when somebody sleeps or a test moves them."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Request(msgspec.Struct, frozen=True):
    """What reached the server."""

    head: bytes
    body: bytes

    @property
    def path(self) -> str:
        return self.head.split(b" ")[1].decode()


Line = Callable[["Wire"], Awaitable[None]]


class Wire:
    """One accepted connection: the request as it came, and the ways to answer it badly."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reached: list[Request]) -> None:
        self._reader = reader
        self._writer = writer
        self._reached = reached

    async def read(self) -> Request:
        """The whole request."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")]
        length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
        request = Request(head, await self._reader.readexactly(length))
        self._reached.append(request)
        return request

    async def say(self, raw: bytes) -> None:
        self._writer.write(raw)
        await self._writer.drain()

    async def answer(self, status: int = 200, body: bytes = b'{"data":{}}', **fields: str) -> None:
        lines = [f"HTTP/1.1 {status} Something", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        await self.say("\r\n".join([*lines, "", ""]).encode() + body)

    def reset(self) -> None:
        """End with RST instead of FIN."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def gone(self) -> None:
        """Return when the other side has hung up."""
        await self._reader.read()


class FaultyServer:
    """Answers each connection by a script; keeps what reached it."""

    def __init__(self, script: Line) -> None:
        self._script = script
        self._serving: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        self.base = ""

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)

    async def finish(self) -> None:
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._script(Wire(reader, writer, self.requests))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client gave up first, as some tests want it
        finally:
            writer.close()


@asynccontextmanager
async def faulty(script: Line) -> AsyncIterator[FaultyServer]:
    """A server on this computer that follows `script` on every connection; at the end every script has ended."""
    faults = FaultyServer(script)
    server = await asyncio.start_server(faults.accept, "127.0.0.1", 0)
    faults.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/partner/"
    async with server:
        yield faults
    await faults.finish()


class FakeSocket:
    """A socket that records what is sent on it and says what the test tells it to say."""

    def __init__(self, address: PushAddress, post: Callable[[bytes], None], sent: Callable[[], None]) -> None:
        self.address = address
        self.post = post
        self._told = sent
        self._id = ""
        self._silent: set[str] = set()
        self.sent: list[tuple[str, str]] = []
        self.is_open = False
        self.is_closed = False

    def answer(self, socket_id: str, silent: set[str]) -> None:
        """Play the server's part from now on, but for the channels in `silent`, whatever is in it then, and `pusher:` events."""
        self._id = socket_id
        self._silent = silent

    def open(self) -> None:
        self.is_open = True
        if self._id and "open" not in self._silent:
            self.say("pusher:connection_established", {"socket_id": self._id, "activity_timeout": 120})

    def send(self, event: str, data: object) -> None:
        self._note(event, msgspec.json.encode(data).decode())
        if self._id and event not in self._silent and event in _ANSWERS:
            self.say(_ANSWERS[event])

    def subscribe(self, channel: str, auth: str) -> None:
        self._note("subscribe", f"{channel} {auth}")
        if self._id and channel not in self._silent:
            self.say("pusher_internal:subscription_succeeded", channel=channel)

    def pong(self) -> None:
        self._note("pong", "")

    def close(self) -> None:
        self.is_closed = True

    def say(self, event: str, data: object = None, channel: str = "") -> None:
        """One frame, its data as JSON inside a string, as the protocol wants it."""
        frame: dict[str, object] = {"event": event, "data": json.dumps({} if data is None else data)}
        self.post(json.dumps(frame | ({"channel": channel} if channel else {})).encode())

    def push(self, channel: str, data: bytes, event: str = "market_selections") -> None:
        self.post(json.dumps({"event": event, "channel": channel, "data": data.decode()}).encode())

    def _note(self, event: str, what: str) -> None:
        self.sent.append((event, what))
        self._told()


_ANSWERS = {"pusher:signin": "pusher:signin_success", "pusher:ping": "pusher:pong"}


class FakeStreamCalls:
    """The two requests of a stream: answers, and what was asked. Clearing `registering` keeps a registration waiting.

    `registration` is what every socket is granted; without one, each gets exactly the channels that it asks for.
    """

    def __init__(self, registration: Registration | None) -> None:
        self.registration = registration
        self.configuration = wire.WireConfig(key="app-key", ws_host="127.0.0.1", ws_port=4321, ws_secure=False)
        self.troubles: list[Exception] = []
        self.refusals: list[Exception] = []
        self.limit = 400
        self.own: tuple[str, ...] = ("main", "mine")
        self.unions: dict[str, set[Topic]] = {}
        self.asked: list[tuple[str, frozenset[Topic]]] = []
        self.configs = 0
        self.registering = asyncio.Event()
        self.registering.set()
        self._news = asyncio.Condition()

    async def reached(self, count: int) -> None:
        """Wait until that many registrations were asked for."""
        async with asyncio.timeout(5), self._news:
            await self._news.wait_for(lambda: len(self.asked) >= count)

    async def config(self) -> wire.WireConfig:
        self.configs += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return self.configuration

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        self.asked.append((socket_id, frozenset(topics)))
        async with self._news:
            self._news.notify_all()
        await self.registering.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        return self.registration or self._granted(socket_id, topics)

    def _granted(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        """As the venue counts: all that a socket was ever given."""
        union = self.unions.get(socket_id, set()) | set(topics)
        if len(union) > self.limit:
            raise RefusedError("Too many subscriptions", code="exceed_subscription_count", status=400)
        self.unions[socket_id] = union
        named = [*((name, None) for name in self.own), *map(_named, topics)]
        grants = [Grant(name, f"app-key:{socket_id}:{name}", topic) for name, topic in named]
        return Registration(tuple(grants), f"app-key:{socket_id}", "{}", self.limit)


def _named(topic: Topic) -> tuple[str, Topic]:
    return channel_of(topic), topic


def channel_of(topic: Topic) -> str:
    return f"event={topic.event_id}" + (f"-subtype={topic.sub_type}" if topic.sub_type else "")
