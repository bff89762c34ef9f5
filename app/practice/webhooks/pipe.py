"""Bytes to and from one address of this computer. Knows at once when the other side closes, or talks without being asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

MOST_UNREAD = 262_144
"""Bytes nobody has read yet, beyond which the other side is cut off."""


class Pipe(asyncio.Protocol):
    def __init__(self) -> None:
        self.is_closed = False
        self._unread = bytearray()
        self._news = asyncio.Event()
        self._transport: asyncio.Transport | None = None

    @property
    def is_quiet(self) -> bool:
        """Open, and nothing waits to be read."""
        return not self.is_closed and not self._unread

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    async def read(self) -> bytes:
        """All there is, once there is something; empty at the end."""
        while self.is_quiet:
            self._news.clear()
            await self._news.wait()
        data = bytes(self._unread)
        self._unread.clear()
        return data

    def close(self) -> None:
        """Without waiting for what is on its way."""
        self.is_closed = True
        if self._transport is not None:
            self._transport.abort()

    # asyncio's part

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._news.set()
        if len(self._unread) > MOST_UNREAD:
            self.close()

    def eof_received(self) -> None:
        """asyncio closes the connection then, but one round of the loop later."""
        self.is_closed = True
        self._news.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_closed = True
        self._news.set()


Dial = Callable[[str, int], Awaitable[Pipe]]


async def dial(host: str, port: int) -> Pipe:
    """`host` is an address: no name is looked up. Raises OSError."""
    _, pipe = await asyncio.get_running_loop().create_connection(Pipe, host, port)
    return pipe
