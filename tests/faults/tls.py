"""TLS in front of the exchange, with whatever certificate a test wants it to show."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

HOST = "127.0.0.1"
CHUNK = 65_536


class Door:
    """Relays to a port of this computer. `show` changes the certificate; the connections that there are end with that."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self.connections = 0
        """That came to an end of the handshake."""
        self._behind = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def show(self, context: ssl.SSLContext) -> None:
        await self.shut()
        self._server = await asyncio.start_server(self._meet, HOST, self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._relay(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(HOST, self._behind)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pump(reader, there_writer))
                tasks.create_task(_pump(there_reader, writer))
        finally:
            writer.transport.abort()
            there_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.transport.abort()


def trusting(ca: trustme.CA) -> ssl.SSLContext:
    """What a client has that trusts this authority and no other."""
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def _server() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def good(ca: trustme.CA) -> ssl.SSLContext:
    context = _server()
    ca.issue_cert(HOST).configure_cert(context)
    return context


def expired(ca: trustme.CA) -> ssl.SSLContext:
    context = _server()
    now = datetime.now(UTC)
    ca.issue_cert(HOST, not_before=now - timedelta(days=30), not_after=now - timedelta(days=1)).configure_cert(context)
    return context


def of_another_name(ca: trustme.CA) -> ssl.SSLContext:
    context = _server()
    ca.issue_cert("another.example").configure_cert(context)
    return context


def of_an_unknown_authority(_ca: trustme.CA) -> ssl.SSLContext:
    return good(trustme.CA())


def self_signed(_ca: trustme.CA) -> ssl.SSLContext:
    """An authority's own certificate, shown as a server's."""
    lone = trustme.CA()
    context = _server()
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "lone.pem"
        both.write_bytes(lone.private_key_pem.bytes() + lone.cert_pem.bytes())
        context.load_cert_chain(both)
    return context
