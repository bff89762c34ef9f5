"""A door without a socket, and a receiver's process with plain sockets to attack it by."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from starlette.types import Message

from app.domain.receiving import Counts, Plan, Route, Signal, Tidings
from app.domain.secret import Secret
from app.domain.signature import signed
from app.domain.webhook import Delivery
from app.receiver.door import Door
from app.receiver.intake import Intake, Taken
from app.receiver_child import ReceiverProcess
from app.services.hooks.ports import ReceiverState

SECRET = Secret("canary-of-the-tests")
OTHER = Secret("canary-of-another")
ODDS = "ODDS_UPDATED"
PATH = "/hook"
ROUTE = Route(PATH, 18, ODDS, SECRET)
ELSEWHERE = Route("/elsewhere", 19, "MATCH_STARTED", OTHER)
NOT_HERE = Route("/away", 4, ODDS, Secret())
PLAN = Plan(0, (ROUTE, ELSEWHERE))
PORT = 8765


def body_of(match_id: int = 161, **more: object) -> bytes:
    return msgspec.json.encode({"event": ODDS, "match_id": match_id, **more})


class Clock:
    """`at` seconds; also a wall clock."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=self.at)


class Shelf:
    """A writer that takes as many as there is `room` for, and gives them their numbers when told to."""

    def __init__(self) -> None:
        self.room = 1_000_000
        self.taken: list[Taken] = []
        self.counted: Counter[tuple[str, int | None]] = Counter()  # by kind and subscription
        self.noted: Callable[[], object] = list

    def put(self, taken: Taken) -> bool:
        self.noted()
        if len(self.taken) >= self.room:
            return False
        self.taken.append(taken)
        return True

    def count(self, kind: str, subscription_id: int | None, at: datetime) -> None:
        self.counted[kind, subscription_id] += 1


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes


class Gate:
    """A door with everything that it needs, asked as a server would."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.clock = Clock()
        self.shelf = Shelf()
        self.told = 0
        self.intake = Intake(self.shelf, self._tell, self.clock)
        self.door = Door(plan, self.intake, port=PORT, clock=self.clock, now=self.clock.now)

    @property
    def counts(self) -> Counts:
        return self.intake.counts

    @property
    def last(self) -> Delivery:
        return self.shelf.taken[-1].delivery

    def write(self) -> Tidings:
        """All that was taken gets a number, from 1 on; what there is to tell."""
        taken, self.shelf.taken = self.shelf.taken, []
        self.intake.written([(one, msgspec.structs.replace(one.delivery, id=number)) for number, one in enumerate(taken, 1)])
        return self.intake.tidings()

    def _tell(self) -> None:
        self.told += 1

    async def deliver(
        self, body: bytes | None = None, *more: tuple[str, str | bytes], secret: Secret = SECRET, target: str = PATH
    ) -> Answer:
        """A genuine one."""
        body = body_of() if body is None else body
        return await self.ask([("X-Rankacy-Event", ODDS), ("X-Rankacy-Signature", signed(body, secret)), *more], [body], target=target)

    async def ask(
        self,
        headers: Sequence[tuple[str, str | bytes]] = (),
        chunks: Iterable[bytes] = (b"",),
        *,
        method: str = "POST",
        target: str = PATH,
        path: str | None = None,
        host: str | None = f"127.0.0.1:{PORT}",
        is_broken_off: bool = False,
    ) -> Answer:
        """`target` as it is in the request's line, `path` what a server makes of it."""
        raw: list[tuple[str, str | bytes]] = [] if host is None else [("host", host)]
        fields = [
            (name.lower().encode(), value if isinstance(value, bytes) else value.encode("latin-1")) for name, value in [*raw, *headers]
        ]
        scope = {
            "type": "http", "method": method, "path": target if path is None else path, "raw_path": target.encode(), "query_string": b"",
            "headers": fields, "scheme": "http", "server": ("127.0.0.1", PORT), "client": ("127.0.0.1", 9), "http_version": "1.1",
        }  # fmt: skip
        parts = list(chunks)
        asked: list[Message] = [
            {"type": "http.request", "body": part, "more_body": is_broken_off or place < len(parts) - 1} for place, part in enumerate(parts)
        ]
        said: list[Message] = []

        async def receive() -> Message:
            return asked.pop(0) if asked else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        await self.door(scope, receive, send)
        if not said:
            return Answer(0, {}, b"")
        names = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return Answer(said[0]["status"], names, b"".join(each.get("body", b"") for each in said[1:]))


class Station:
    """A receiver's process, with all that it told."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.receiver = ReceiverProcess(file)
        self.told: list[Tidings] = []
        self._heard = asyncio.Event()
        self.receiver.told.append(self._hear)
        self.receiver.changed.append(self._heard.set)

    @property
    def counts(self) -> Counts:
        return self.told[-1].counts if self.told else Counts()

    @property
    def newest(self) -> list[Delivery]:
        return [each for told in self.told for each in told.newest]

    @property
    def signals(self) -> list[Signal]:
        return [each for told in self.told for each in told.signals]

    def _hear(self, tidings: Tidings) -> None:
        self.told.append(tidings)
        self._heard.set()

    async def until(self, is_so: Callable[[], bool], seconds: float = 20.0) -> None:
        """What the receiver tells decides; TimeoutError when it never says so."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self._heard.clear()
                await self._heard.wait()

    async def open(self, plan: Plan = PLAN) -> None:
        await self.receiver.start(plan)
        assert self.receiver.state is ReceiverState.RUNNING, self.receiver.words

    async def say(self, raw: bytes, *, is_ended: bool = False, answers: int = 1) -> bytes:
        """All that is answered to these bytes, until so many answers came or it is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.receiver.port)
        said = b""
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(raw)
                await writer.drain()
                if is_ended:
                    writer.write_eof()
            with contextlib.suppress(ConnectionError):
                async with asyncio.timeout(20):
                    while len(whole(said)) < answers:
                        part = await reader.read(65536)
                        if not part:
                            break
                        said += part
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        return said

    def request(
        self,
        body: bytes | None = None,
        *more: str | bytes,
        line: str = f"POST {PATH} HTTP/1.1",
        host: str | None = None,
        signature: str | None = None,
        has_length: bool = True,
    ) -> bytes:
        """A genuine one, but for what is said otherwise; an empty `signature` leaves it out."""
        body = body_of() if body is None else body
        signature = signed(body, SECRET) if signature is None else signature
        heads: list[str | bytes] = [line, f"Host: {host or f'127.0.0.1:{self.receiver.port}'}", f"X-Rankacy-Event: {ODDS}"]
        heads += [f"X-Rankacy-Signature: {signature}"] * bool(signature)
        heads += [f"Content-Length: {len(body)}"] * has_length
        text = [head if isinstance(head, bytes) else head.encode("latin-1") for head in [*heads, *more]]
        return b"\r\n".join([*text, b"", body])


def status(answer: bytes) -> int:
    """Of the first answer; 0 where there was none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def whole(said: bytes) -> list[bytes]:
    """The answers in these bytes that came to their end."""
    found = []
    while b"\r\n\r\n" in said:
        head, _, rest = said.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        if len(rest) < length or (b"content-length:" not in head.lower() and b" 204 " not in head):
            break
        found.append(head + b"\r\n\r\n" + rest[:length])
        said = rest[length:]
    return found


@contextlib.asynccontextmanager
async def station(folder: Path, plan: Plan = PLAN) -> AsyncIterator[Station]:
    found = Station(folder / "deliveries.db")
    try:
        await found.open(plan)
        yield found
    finally:
        await found.receiver.stop()
