"""A second server on this computer that keeps every byte it is sent; it can play a proxy that lets a connection through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.venues.http import Http


class Recorder:
    """`through` is the port that a CONNECT is let through to; without one everything is answered with `answer`."""

    def __init__(self, through: int | None = None, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") -> None:
        self.received = b""
        self.connections = 0
        self.port = 0
        self._through = through
        self._answer = answer
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.get_running_loop().create_task(self._serve(reader, writer)))

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._through is None:
                await self._keep(reader, writer)
            else:
                await self._let_through(reader, writer, self._through)
        finally:
            writer.transport.abort()

    async def _keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            self.received += chunk
            writer.write(self._answer)

    async def _let_through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self.received += await reader.readuntil(b"\r\n\r\n")
        there, way = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\nVia: a test\r\n\r\n")
        back = asyncio.get_running_loop().create_task(_pump(there, writer))
        try:
            while chunk := await reader.read(65_536):
                self.received += chunk
                way.write(chunk)
        finally:
            back.cancel()
            way.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)


@asynccontextmanager
async def recording(
    through: int | None = None, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
) -> AsyncIterator[Recorder]:
    recorder = Recorder(through, answer)
    server = await asyncio.start_server(recorder.accept, "127.0.0.1", 0)
    recorder.port = server.sockets[0].getsockname()[1]
    async with server:
        yield recorder
        await recorder.end()


async def asked(http: Http, key: str) -> int:
    """The status of one request that carries `key`; the client is closed."""
    try:
        return (await http.send("GET", "x", headers={"Authorization": f"Bearer {key}"})).status
    finally:
        await http.close()
