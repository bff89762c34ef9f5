"""A Pusher server that has its messages ready as bytes, so that whoever reads them is the slower one, and that dies on request.

Run as `python -m benchmarks.flood`: prints its port as a line. Each line "FLOOD COUNT" on stdin sends that many depth messages as fast as
they are taken; "CLOSE" ends the connection. Both answer with a line of JSON (`Done`). Who joins the event's channel is told one book at
once, so that a price is live again as soon as somebody follows. It ends with its stdin.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from collections.abc import Iterator
from random import Random

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.frames import CHANNEL, Message, health_frame, sequence, stream

AT_ONCE = 64  # messages handed to the transport at a time, always whole ones: signs of health come in between
FULL = 1024 * 1024  # bytes that may wait in it
HEALTH = 2.0  # seconds between signs of health


class Done(msgspec.Struct, frozen=True):
    """When it began (monotonic ns, which all processes of the machine share), and how much was sent."""

    at: int
    messages: int = 0
    bytes: int = 0


def packed(text: str) -> bytes:
    """A text as a WebSocket frame of a server."""
    raw = text.encode()
    size = len(raw)
    if size < 126:
        return bytes((0x81, size)) + raw
    return struct.pack("!BBH", 0x81, 126, size) + raw if size < 65_536 else struct.pack("!BBQ", 0x81, 127, size) + raw


class Line:
    """The one connection and its side of the protocol."""

    def __init__(self, messages: Iterator[Message]) -> None:
        self._messages = messages
        self._socket: ServerConnection | None = None

    def frame(self) -> str:
        """The next message, with a number higher than that of any before."""
        return next(self._messages).frame(sequence(time.monotonic_ns()))

    async def talk(self, socket: ServerConnection) -> None:
        self._socket = socket
        await _say(socket, "pusher:connection_established", data=json.dumps({"socket_id": "1.1", "activity_timeout": 30}))
        beating = asyncio.create_task(self._beat(socket))
        try:
            async for text in socket:
                await self._answer(socket, json.loads(text))
        except ConnectionClosed:
            return
        finally:
            beating.cancel()

    async def _beat(self, socket: ServerConnection) -> None:
        while True:
            await asyncio.sleep(HEALTH)
            await socket.send(health_frame())

    async def _answer(self, socket: ServerConnection, asked: dict[str, object]) -> None:
        if asked["event"] == "pusher:signin":
            await _say(socket, "pusher:signin_success", data="{}")
        elif asked["event"] == "pusher:ping":
            await _say(socket, "pusher:pong", data="{}")
        elif asked["event"] == "pusher:subscribe":
            data = asked["data"]
            assert isinstance(data, dict)
            await _say(socket, "pusher_internal:subscription_succeeded", channel=data["channel"])
            if data["channel"] == CHANNEL:
                await socket.send(self.frame())

    async def flood(self, count: int) -> Done:
        """Everything is made before the first byte leaves."""
        assert self._socket is not None, "nobody is connected"
        frames = [packed(self.frame()) for _ in range(count)]
        transport = self._socket.transport
        at = time.monotonic_ns()
        for start in range(0, count, AT_ONCE):
            transport.write(b"".join(frames[start : start + AT_ONCE]))
            while True:
                if transport.get_write_buffer_size() <= FULL:
                    break
                await asyncio.sleep(0.0005)
        return Done(at, count, sum(map(len, frames)))

    async def close(self) -> Done:
        assert self._socket is not None, "nobody is connected"
        at = time.monotonic_ns()
        await self._socket.close()
        return Done(at)


async def _say(socket: ServerConnection, event: str, **more: object) -> None:
    await socket.send(json.dumps({"event": event, **more}))


async def main() -> None:
    line = Line(stream(Random(1)))
    async with serve(line.talk, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        while order := await asyncio.to_thread(sys.stdin.readline):
            verb, _, count = order.partition(" ")
            done = await (line.flood(int(count)) if verb == "FLOOD" else line.close())
            print(msgspec.json.encode(done).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
