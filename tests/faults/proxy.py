"""A TCP proxy on 127.0.0.1 that does to its connections what bad networks do, as a test has planned it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from random import Random
from typing import NamedTuple

from tests.faults.verbs import BOTH, Blackhole, Corrupt, Delay, Fin, HalfOpen, Hold, IdleClose, Rate, Reset, Slice, Trigger, Verb, Way

CHUNK = 65_536
MOST_WAITING = 64
"""Chunks on their way through a delay, before the proxy stops reading."""

LINGER_NOT = struct.pack("ii", 1, 0)
"""With this SO_LINGER a close is a RST."""

Sleep = Callable[[float], Awaitable[None]]


class Pace(NamedTuple):
    """How many bytes go at a time (0: all), and how long to rest after each time and after each byte."""

    size: int = 0
    gap: float = 0
    a_byte: float = 0


class End(NamedTuple):
    """One end of a proxied connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def reset(self) -> None:
        with contextlib.suppress(OSError):
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.writer.transport.abort()


class Connection:
    """One client's connection and the server's behind it. `arrived` counts what came in each way, `passed` what went out."""

    def __init__(self, verbs: tuple[Verb, ...], client: End, server: End, sleep: Sleep, rng: Random) -> None:
        self.arrived = dict.fromkeys(BOTH, 0)
        self.passed = dict.fromkeys(BOTH, 0)
        self.is_over = False
        self._verbs = verbs
        self._pending: list[Trigger] = [verb for verb in verbs if isinstance(verb, Trigger)]
        self._seen = dict.fromkeys(BOTH, 0)
        self._swallowed: set[Way] = set()
        self._ended: set[Way] = set()
        self._source = {Way.UP: client, Way.DOWN: server}
        self._sleep = sleep
        self._rng = rng
        self._more = asyncio.Condition()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            pumps = [tasks.create_task(self._pump(way)) for way in BOTH]
            watches = [tasks.create_task(self._watch_idle(verb.seconds)) for verb in self._verbs if isinstance(verb, IdleClose)]
            await asyncio.wait(pumps)
            for watch in watches:
                watch.cancel()

    async def has_arrived(self, way: Way, count: int) -> None:
        """Wait until so many bytes have come in that way, wherever they went."""
        async with self._more:
            await self._more.wait_for(lambda: self.arrived[way] >= count)

    async def closed(self) -> None:
        """Wait until both ends are closed and both peers have been told."""
        for end in self._source.values():
            with contextlib.suppress(OSError):
                await end.writer.wait_closed()

    def reset(self) -> None:
        """A RST to both ends, now."""
        self.is_over = True
        for end in self._source.values():
            end.reset()

    def fin(self) -> None:
        """Both ends are closed, now; what was written before still arrives."""
        self.is_over = True
        for end in self._source.values():
            end.writer.close()

    def half_open(self, gone: Way) -> None:
        """What lies in that direction is reset; the other end is told nothing, ever."""
        self._swallowed.update(BOTH)
        self._source[gone.back].reset()

    # One way through the proxy

    async def _pump(self, way: Way) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_WAITING)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_in(way, queue))
            tasks.create_task(self._give_out(way, queue))

    async def _take_in(self, way: Way, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        due = 0.0
        while True:
            chunk = await self._read(way)
            await self._count(way, len(chunk))
            due = max(due, asyncio.get_running_loop().time() + self._latency(way))
            await queue.put((due, chunk))
            if not chunk:
                return

    async def _count(self, way: Way, count: int) -> None:
        async with self._more:
            self.arrived[way] += count
            self._more.notify_all()

    async def _read(self, way: Way) -> bytes:
        """Empty at the end of the stream. A RST from one end is passed on to the other."""
        try:
            return await self._source[way].reader.read(CHUNK)
        except OSError:
            if way not in self._swallowed:
                self.reset()
            return b""

    async def _give_out(self, way: Way, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            due, chunk = await queue.get()
            wait = due - asyncio.get_running_loop().time()
            if wait > 0:
                await self._sleep(wait)
            if not chunk:
                return self._end(way)
            await self._pass(way, chunk)

    async def _pass(self, way: Way, chunk: bytes) -> None:
        """Let bytes through up to where the next verb strikes, and the rest as it leaves them."""
        while chunk and not self.is_over:
            verb = self._next_trigger(way)
            room = len(chunk) if verb is None else max(0, verb.after - self._seen[way])
            if chunk[:room]:
                await self._write(way, chunk[:room])
            chunk = chunk[room:]
            if chunk and verb is not None:
                self._pending.remove(verb)
                await self._strike(verb)

    def _next_trigger(self, way: Way) -> Trigger | None:
        return min((verb for verb in self._pending if verb.way is way), key=lambda verb: verb.after, default=None)

    async def _strike(self, verb: Trigger) -> None:
        match verb:
            case Reset():
                self.reset()
            case Fin():
                self.fin()
            case Blackhole():
                self._swallowed.update(verb.ways)
            case HalfOpen():
                self.half_open(verb.gone)
            case Hold(asyncio.Event() as released):
                await released.wait()
            case Hold(seconds):
                assert not isinstance(seconds, asyncio.Event)
                await self._sleep(seconds)

    async def _write(self, way: Way, chunk: bytes) -> None:
        chunk = self._corrupt(way, chunk)
        self._seen[way] += len(chunk)
        if way in self._swallowed:
            return
        pace = self._pace(way)
        size = pace.size or len(chunk)
        for start in range(0, len(chunk), size):
            piece = chunk[start : start + size]
            await self._send(way, piece)
            if pause := pace.gap + len(piece) * pace.a_byte:
                await self._sleep(pause)

    async def _send(self, way: Way, piece: bytes) -> None:
        writer = self._source[way.back].writer
        if self.is_over or writer.is_closing():
            return
        writer.write(piece)
        with contextlib.suppress(OSError):  # the reading side says so too
            await writer.drain()
        self.passed[way] += len(piece)

    def _end(self, way: Way) -> None:
        """One end has no more to say: the other is told so, and when neither has, both are closed."""
        if way in self._swallowed or self.is_over:
            return
        self._ended.add(way)
        sink = self._source[way.back].writer
        if not sink.is_closing():
            with contextlib.suppress(OSError):  # that end may be gone without anybody having been told yet
                sink.write_eof()
        if len(self._ended) == len(BOTH):
            self.fin()

    # What the verbs say

    def _latency(self, way: Way) -> float:
        delays = [verb for verb in self._verbs if isinstance(verb, Delay)]
        return sum((verb.up if way is Way.UP else verb.down) + self._rng.uniform(0, verb.jitter) for verb in delays)

    def _corrupt(self, way: Way, chunk: bytes) -> bytes:
        damaged = bytearray(chunk)
        for verb in self._verbs:
            if isinstance(verb, Corrupt) and verb.way is way and 0 <= verb.offset - self._seen[way] < len(chunk):
                damaged[verb.offset - self._seen[way]] ^= 0xFF
        return bytes(damaged)

    def _pace(self, way: Way) -> Pace:
        for verb in self._verbs:
            if isinstance(verb, Slice) and way in verb.ways:
                return Pace(verb.size, verb.gap)
            if isinstance(verb, Rate) and way in verb.ways:
                return Pace(max(1, int(verb.bytes_a_second / 10)), a_byte=1 / verb.bytes_a_second)
        return Pace()

    async def _watch_idle(self, seconds: float) -> None:
        while True:
            before = dict(self.arrived)
            await self._sleep(seconds)
            if self.arrived == before:
                return self.fin()


class FaultProxy:
    """Listens in front of `host` and `port` while its block lasts. `sleep` passes the time of delays, `rng` makes the jitter."""

    def __init__(self, host: str, port: int, *, sleep: Sleep = asyncio.sleep, rng: Random | None = None) -> None:
        self.port = 0
        self.connections: list[Connection] = []
        """In the order they were made, ended ones too."""
        self._target = (host, port)
        self._sleep = sleep
        self._rng = rng or Random(1)
        self._usual: tuple[Verb, ...] = ()
        self._for_one: dict[int, tuple[Verb, ...]] = {}
        self._accepted = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None

    def plan(self, *verbs: Verb, nth: int = 0) -> None:
        """What happens to connections made from now on; with `nth` to that one alone, counted from 1 since the proxy began."""
        if nth:
            self._for_one[nth] = verbs
        else:
            self._usual = verbs

    async def connected(self, count: int = 1) -> Connection:
        """The `count`-th connection, as soon as it is there."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.connections) >= count)
        return self.connections[count - 1]

    def refuse(self) -> None:
        """Nobody listens any longer: new connections are refused, those that are there stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def accept(self) -> None:
        """Listen, again on the same port."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def __aenter__(self) -> FaultProxy:
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.refuse()
        for connection in self.connections:
            connection.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._accepted += 1
        task = asyncio.get_running_loop().create_task(self._join(self._accepted, End(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, number: int, client: End) -> None:
        try:
            server = End(*await asyncio.open_connection(*self._target))
        except OSError:
            client.reset()
            return
        verbs = self._for_one.get(number, self._usual)
        connection = Connection(verbs, client, server, self._sleep, self._rng)
        async with self._changed:
            self.connections.append(connection)
            self._changed.notify_all()
        await connection.run()
