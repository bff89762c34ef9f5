"""A server that speaks enough Pusher to be followed, and sends prebuilt depth messages at a given rate, each stamped as it leaves.

Run as `python -m benchmarks.sender`: prints its port as a line, then answers each line "RATE SECONDS" on stdin, once it was
carried out, with a line of JSON (`Sent`). It ends with its stdin.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from random import Random

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.frames import Message, health_frame, sequence, stream

SECOND = 1_000_000_000
HEALTH = 1 * SECOND


class Sent(msgspec.Struct, frozen=True):
    """`behind_ms` is how late a message left at worst: a reader that is too slow holds the sender up."""

    messages: int
    seconds: float
    behind_ms: float


class Line:
    """The one connection and its side of the protocol."""

    def __init__(self) -> None:
        self._socket: ServerConnection | None = None

    async def talk(self, socket: ServerConnection) -> None:
        self._socket = socket
        await _say(socket, "pusher:connection_established", data=json.dumps({"socket_id": "1.1", "activity_timeout": 30}))
        try:
            async for text in socket:
                await self._answer(socket, json.loads(text))
        except ConnectionClosed:
            return

    async def _answer(self, socket: ServerConnection, asked: dict[str, object]) -> None:
        if asked["event"] == "pusher:signin":
            await _say(socket, "pusher:signin_success", data="{}")
        elif asked["event"] == "pusher:subscribe":
            data = asked["data"]
            assert isinstance(data, dict)
            await _say(socket, "pusher_internal:subscription_succeeded", channel=data["channel"])
            await socket.send(health_frame())

    async def pump(self, messages: Iterator[Message], rate: float, seconds: float) -> Sent:
        """Send `rate` messages a second by the clock, not by the last one: who falls behind catches up."""
        assert self._socket is not None, "nobody is connected"
        start = time.monotonic_ns()
        behind, health_at = 0, start
        total = round(rate * seconds)
        for number in range(total):
            now, due = time.monotonic_ns(), start + int(number * SECOND / rate)
            while now < due:
                await asyncio.sleep((due - now) / SECOND)
                now = time.monotonic_ns()
            behind = max(behind, now - due)
            if now >= health_at:
                health_at = now + HEALTH
                await self._socket.send(health_frame())
            await self._socket.send(next(messages).frame(sequence(time.monotonic_ns())))
        return Sent(total, (time.monotonic_ns() - start) / SECOND, behind / 1e6)


async def _say(socket: ServerConnection, event: str, **more: object) -> None:
    await socket.send(json.dumps({"event": event, **more}))


async def main() -> None:
    line, messages = Line(), stream(Random(1))
    async with serve(line.talk, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        while order := await asyncio.to_thread(sys.stdin.readline):
            rate, seconds = map(float, order.split())
            sent = await line.pump(messages, rate, seconds)
            print(msgspec.json.encode(sent).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
