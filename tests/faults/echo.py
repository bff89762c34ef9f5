"""What the proxy's tests hold in their hands: a server that echoes, a plain client, a sleep."""

from __future__ import annotations

import asyncio

from tests.faults.proxy import End

PATIENCE = 10
"""Seconds nothing takes; only a failure waits so long."""


class HandSleep:
    """A sleep that ends when a test wakes it; how long each was to be."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._turns = asyncio.Semaphore(0)
        self._fell_asleep = asyncio.Condition()

    async def __call__(self, seconds: float) -> None:
        async with self._fell_asleep:
            self.asked.append(seconds)
            self._fell_asleep.notify_all()
        await self._turns.acquire()

    async def sleepers(self, count: int) -> None:
        """Wait until so many have fallen asleep, since the start."""
        async with self._fell_asleep:
            await asyncio.wait_for(self._fell_asleep.wait_for(lambda: len(self.asked) >= count), PATIENCE)

    def wake(self, count: int = 1) -> None:
        for _ in range(count):
            self._turns.release()


class Echo:
    """Sends back what it hears, and keeps it; `ended` is set when a client has ended, `was_reset` says how."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.ended = asyncio.Event()
        self.was_reset = False
        self.connections = 0
        self.port = 0
        self._more = asyncio.Condition()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while chunk := await reader.read(1000):
                async with self._more:
                    self.heard += chunk
                    self._more.notify_all()
                writer.write(chunk)
        except ConnectionResetError:
            self.was_reset = True
        self.ended.set()
        writer.close()

    async def has_heard(self, count: int) -> bytes:
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: len(self.heard) >= count), PATIENCE)
        return bytes(self.heard)


class Client:
    """A plain connection; no read waits for ever."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    def say(self, text: bytes) -> None:
        self.writer.write(text)

    async def hear(self, count: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(count), PATIENCE)

    async def hear_all(self) -> bytes:
        """Up to the end of the stream."""
        return await asyncio.wait_for(self._reader.read(), PATIENCE)

    def reset(self) -> None:
        End(self._reader, self.writer).reset()

    def is_told_nothing(self) -> bool:
        return not self._reader.at_eof() and self._reader.exception() is None
