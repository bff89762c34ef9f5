"""One way of following a stream, in a process of its own: `python -m benchmarks.streaming WAY WHAT SIZE` prints a `Run` as JSON.

The ways do the same work: every message of the same server is decoded down to its levels and put into a store by its market.

    ours        the program's follower (pysher once wrapped, one thread crossing), typed exact decoding, the program's `Prices`
    library     the `websockets` client in the event loop, with our decoding and our `Prices`
    shipped     pysher's own client as it comes, its callbacks, timers and logging, `json` and a dict

`throughput SIZE` counts messages a second over SIZE messages, `reconnect 0` the seconds from the server's goodbye to the next price,
`dead SECONDS` the seconds until a server that has stopped is missed, or those given when it is not by then.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec
import pysher
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.domain.events import BookChanged, StreamDown, Topic, VenueEvent, Wanted
from app.services.prices import Prices
from app.venues.follow import Follower
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.registration import Grant, Registration
from benchmarks.flood import Done
from benchmarks.frames import CHANNEL, EVENT_ID, PRIVATE

PATIENCE = 60.0
POLL = 0.002
WARM_UP = 500  # messages
AUTH = "bench:1"

_FRAME = msgspec.json.Decoder(wire.Frame)


class Way(StrEnum):
    OURS = "ours"
    LIBRARY = "library"
    SHIPPED = "shipped"


class What(StrEnum):
    THROUGHPUT = "throughput"
    RECONNECT = "reconnect"
    DEAD = "dead"


class Run(msgspec.Struct, frozen=True):
    """`figure` is messages a second or seconds; `is_capped`: it had not come to an end by then. `books` are those in the store."""

    way: Way
    what: What
    figure: float
    messages: int = 0
    frame_bytes: int = 0
    books: int = 0
    is_capped: bool = False


class Reader(Protocol):
    """One way. `count` are the messages in the store so far, `is_down` whether the loss of the socket has been noticed."""

    count: int

    @property
    def is_down(self) -> bool: ...
    @property
    def books(self) -> int: ...
    def start(self) -> None: ...
    async def stop(self) -> None: ...


class _Ours:
    """As the program builds it; its two requests are answered from memory."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._prices = Prices(time.monotonic)
        self._keys: set[object] = set()
        self._follower = Follower(self, parse_push, self._emit, clock=time.monotonic)
        self._follower.want(Wanted((Topic(EVENT_ID),)))
        self._task: asyncio.Task[None] | None = None
        self.count = 0
        self.is_down = False

    @property
    def books(self) -> int:
        return len(self._prices.take_dirty())

    def start(self) -> None:
        self._task = asyncio.create_task(self._follower.run())

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def config(self) -> wire.WireConfig:
        return wire.WireConfig("bench", ws_host="127.0.0.1", ws_port=self._port, ws_secure=False)

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        return Registration((Grant(PRIVATE, AUTH), Grant(CHANNEL, AUTH, Topic(EVENT_ID))), AUTH, "{}")

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        for event in events:
            self._prices.apply(event)
            if isinstance(event, BookChanged):
                self.count += 1
            elif isinstance(event, StreamDown):
                self.is_down = True


class _Library:
    """The library's own way to stay connected: its client is iterated over, each turn a new connection."""

    def __init__(self, port: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/app/bench?protocol=7&client=bench&version=1"
        self._prices = Prices(time.monotonic)
        self._task: asyncio.Task[None] | None = None
        self.count = 0
        self.is_down = False

    @property
    def books(self) -> int:
        return len(self._prices.take_dirty())

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async for socket in connect(self._url, compression=None, max_size=None):
            try:
                await self._follow(socket)
            except ConnectionClosed:
                self.is_down = True

    async def _follow(self, socket: ClientConnection) -> None:
        async for raw in socket:
            frame = _FRAME.decode(raw)
            if frame.event == "pusher:connection_established":
                for channel in (PRIVATE, CHANNEL):
                    await socket.send(json.dumps({"event": "pusher:subscribe", "data": {"channel": channel, "auth": AUTH}}))
            elif frame.channel == CHANNEL and frame.event == "market_selections":
                for event in parse_push(frame.data):
                    self._prices.apply(event)
                    self.count += 1


class _Shipped:
    """pysher with nothing changed. It joins its channels again itself, since a new socket is a stranger to the server."""

    def __init__(self, port: int) -> None:
        self._client = pysher.Pusher("bench", custom_host="127.0.0.1", port=port, secure=False)
        self._client.connection.bind("pusher:connection_established", self._joined)
        self._store: dict[tuple[int, int, float], Any] = {}
        self.count = 0

    @property
    def is_down(self) -> bool:
        return bool(self._client.connection.state in {"disconnected", "unavailable", "failed"})

    @property
    def books(self) -> int:
        return len(self._store)

    def start(self) -> None:
        self._client.connect()

    async def stop(self) -> None:
        """Its own `disconnect` may hang: the process ends instead."""

    def _joined(self, _data: str) -> None:
        for name in (PRIVATE, CHANNEL):
            channel = self._client.subscribe(name, AUTH)
            if name == CHANNEL:
                channel.bind("market_selections", self._take)

    def _take(self, data: str) -> None:
        push = json.loads(base64.b64decode(json.loads(data)["payload"]))
        info = push["info"]
        self._store[push["sport_event_id"], push["market_id"], info["strike"]] = info
        self.count += 1


WAYS: dict[Way, Callable[[int], Reader]] = {Way.OURS: _Ours, Way.LIBRARY: _Library, Way.SHIPPED: _Shipped}


class Server:
    """The server as a child process; leaving the block ends it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._line())

    async def order(self, words: str) -> Done:
        """Have it do something, and wait until it did."""
        self.begin(words)
        return msgspec.json.decode(await asyncio.to_thread(self._line), type=Done)

    def begin(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()

    def freeze(self) -> None:
        """From now on it neither sends nor answers; its socket stays open."""
        self._process.send_signal(signal.SIGSTOP)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextlib.contextmanager
def server() -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.flood"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


async def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL)
    return True


async def throughput(way: Way, source: Server, reader: Reader, size: int) -> Run:
    await source.order(f"FLOOD {WARM_UP}")
    before = 1 + WARM_UP  # one that came with joining
    if not await until(lambda: reader.count >= before):
        raise TimeoutError(f"{way}: {reader.count} of {before} messages to warm up with")
    source.begin(f"FLOOD {size}")
    if not await until(lambda: reader.count >= before + size):
        raise TimeoutError(f"{way}: {reader.count - before} of {size} messages")
    ended = time.monotonic_ns()
    done = msgspec.json.decode(await asyncio.to_thread(source._line), type=Done)
    return Run(way, What.THROUGHPUT, round(size / (ended - done.at) * 1e9, 1), size, done.bytes // size, reader.books)


async def reconnect(way: Way, source: Server, reader: Reader) -> Run:
    before = reader.count
    closed = await source.order("CLOSE")
    if not await until(lambda: reader.count > before):
        raise TimeoutError(f"{way}: no price since the socket was closed")
    return Run(way, What.RECONNECT, round((time.monotonic_ns() - closed.at) / 1e9, 3))


async def dead(way: Way, source: Server, reader: Reader, cap: float) -> Run:
    source.freeze()
    begun = time.monotonic()
    is_noticed = await until(lambda: reader.is_down, cap)
    return Run(way, What.DEAD, round(time.monotonic() - begun, 2), is_capped=not is_noticed)


async def main(way: Way, what: What, size: float) -> Run:
    with server() as source:
        reader = WAYS[way](source.port)
        reader.start()
        try:
            if not await until(lambda: reader.count >= 1):
                raise TimeoutError(f"{way}: no first price")
            if what is What.THROUGHPUT:
                return await throughput(way, source, reader, int(size))
            return await (reconnect(way, source, reader) if what is What.RECONNECT else dead(way, source, reader, size))
        finally:
            await reader.stop()


if __name__ == "__main__":
    print(msgspec.json.encode(asyncio.run(main(Way(sys.argv[1]), What(sys.argv[2]), float(sys.argv[3])))).decode(), flush=True)
    os._exit(0)  # threads of a pysher that waits to connect again would keep the process
