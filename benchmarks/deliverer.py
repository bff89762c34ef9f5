"""Signed deliveries at a given rate over connections that are kept, from a process of its own.

Run as `python -m benchmarks.deliverer`: reads a `Wish` as a line of JSON from stdin, prints `Delivered`. Each body differs from all others.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter

import msgspec

from app.domain.secret import Secret
from app.domain.signature import signed
from benchmarks.figures import Tail, tail

LINES = 16
EVENT = "ODDS_UPDATED"
MATCHES = 50


class Wish(msgspec.Struct, frozen=True):
    port: int
    path: str
    secret: str
    rate: float
    seconds: float


class Delivered(msgspec.Struct, frozen=True):
    """`answers` by status, `took` in milliseconds from the first byte to the answer, `seconds` from the first to the last."""

    sent: int
    answers: dict[int, int]
    took: Tail
    seconds: float


class Sending:
    """By the clock, not by the last one: who falls behind catches up."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._total = round(wish.rate * wish.seconds)
        self._next = 0
        self._took: list[float] = []
        self._answers: Counter[int] = Counter()
        self._began = time.perf_counter()

    async def run(self) -> Delivered:
        self._began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(LINES):
                tasks.create_task(self._line())
        return Delivered(self._next, dict(self._answers), tail(self._took), round(time.perf_counter() - self._began, 2))

    async def _line(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._wish.port)
        while self._next < self._total:
            number, self._next = self._next, self._next + 1
            await asyncio.sleep(self._began + number / self._wish.rate - time.perf_counter())
            raw = self._request(number)
            at = time.perf_counter()
            writer.write(raw)
            self._answers[await _status(reader)] += 1
            self._took.append((time.perf_counter() - at) * 1000)
        writer.close()
        await writer.wait_closed()

    def _request(self, number: int) -> bytes:
        body = msgspec.json.encode({"event": EVENT, "match_id": number % MATCHES, "number": number})
        heads = (
            f"POST {self._wish.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._wish.port}",
            "Content-Type: application/json",
            f"X-Rankacy-Event: {EVENT}",
            f"X-Rankacy-Signature: {signed(body, Secret(self._wish.secret))}",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join((*heads, "", "")).encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    """Of an answer, read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
    return int(head.split(b" ", 2)[1])


if __name__ == "__main__":
    wished = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wish)
    print(msgspec.json.encode(asyncio.run(Sending(wished).run())).decode())
