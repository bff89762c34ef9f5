"""What the tests of deliveries share: a receiver on this computer that answers as it is told, and a dispatcher to it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from app.practice.cs2.model import Happened, Kind
from app.practice.faults import Faults
from app.practice.webhooks.dispatch import Dispatcher
from app.practice.webhooks.hooks import Hook, Hooks
from app.practice.webhooks.lane import Result
from app.practice.webhooks.letter import Letter
from app.practice.webhooks.pipe import Dial, Pipe, dial
from app.practice.webhooks.record import Record
from tests.practice.kit import STARTED_AT, HandClock

PATIENCE = 10
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Got(NamedTuple):
    """A delivery as it came; `connection` counts from 1, header names are in small letters."""

    connection: int
    asked: str
    headers: dict[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """Worked out anew, as the venue's page shows it."""
        expected = "sha256=" + hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, self.headers["x-rankacy-signature"])


class Receiver:
    """Answers each delivery with `answer`; `after` then happens to the connection, which otherwise stays open."""

    def __init__(self, answer: bytes = NO_CONTENT, after: Talk | None = None) -> None:
        self.answer, self.after = answer, after
        self.got: list[Got] = []
        self.connections = 0
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Event()
        self._server: asyncio.Server | None = None

    @property
    def still_open(self) -> int:
        return len(self._open)

    def url(self, path: str = "/hooks", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def start(self, host: str = "127.0.0.1") -> Receiver:
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def end(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self.rest(0)

    async def heard(self, count: int) -> list[Got]:
        """Once there are so many."""
        await self._until(lambda: len(self.got) >= count)
        return self.got

    async def rest(self, connections: int) -> None:
        """Once no more than so many connections are open."""
        await self._until(lambda: len(self._open) <= connections)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self._open.add(writer)
        try:
            while True:
                await self._take(number, reader)
                writer.write(self.answer)
                if self.after is not None:
                    await self.after(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._open.discard(writer)
            self._news.set()

    async def _take(self, number: int, reader: asyncio.StreamReader) -> None:
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append(Got(number, first, headers, body))
        self._news.set()


@asynccontextmanager
async def receiving(answer: bytes = NO_CONTENT, after: Talk | None = None, host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    receiver = await Receiver(answer, after).start(host)
    try:
        yield receiver
    finally:
        await receiver.end()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the other side leaves."""
    await reader.read()
    raise ConnectionResetError


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    raise ConnectionResetError


async def say_no_more(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Its side is closed in the same moment; then it waits for the other's."""
    writer.write_eof()
    await hang(reader, writer)


class HeardRecord(Record):
    """A record that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def note(self, letter: Letter, result: Result, now: int, *, is_dropped: bool = False) -> None:
        super().note(letter, result, now, is_dropped=is_dropped)
        self._news.set()

    async def noted(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.counts.total() < count:
                self._news.clear()
                await self._news.wait()


class Post:
    """A dispatcher over its own subscriptions, with a list of every address that it opened a connection to."""

    def __init__(self, faults: Faults | None = None, *, takes_loopback: bool = True, patience: float = PATIENCE, dial: Dial = dial) -> None:
        self.clock = HandClock()
        self.dialled: list[tuple[str, int]] = []
        self._dial = dial
        self.hooks = Hooks(takes_loopback=takes_loopback)
        self.dispatcher = Dispatcher(self.hooks, self.clock, faults, dial=self._note, patience=patience)
        self.dispatcher.record = self._record = HeardRecord()

    async def _note(self, host: str, port: int) -> Pipe:
        self.dialled.append((host, port))
        return await self._dial(host, port)

    def add(self, url: str, kind: Kind = Kind.ODDS_UPDATED, partner: int = 1) -> Hook:
        return self.hooks.add(partner, kind, url, self.clock.now)

    def happen(self, match_id: int = 42, kind: Kind = Kind.ODDS_UPDATED, at: int = STARTED_AT) -> None:
        self.dispatcher.hear(Happened(kind, match_id, at))

    @property
    def told(self) -> list[tuple[str, int | None, str]]:
        """Outcome, status and words of all that is in the log."""
        return [(entry.outcome, entry.status, entry.words) for entry in self.dispatcher.record.entries]

    async def noted(self, count: int) -> list[tuple[str, int | None, str]]:
        """Once so many deliveries have come to their end."""
        await self._record.noted(count)
        return self.told
