"""Whether a venue's stream speaks: connected, signed in, subscribed, a message heard. One socket, closed at the end whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from app.domain.errors import UnknownError
from app.domain.events import FeedFault, HealthBeat, Topic, VenueEvent
from app.venues.line import Dial, Line
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.registration import Registration
from app.venues.steps import Found, StepError
from app.venues.whereabouts import address_of

T = TypeVar("T")


class StreamCalls(Protocol):
    """The two requests of a stream."""

    async def config(self) -> wire.WireConfig: ...
    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration: ...


class Patience(msgspec.Struct, frozen=True):
    """Seconds: for the host to greet, to sign us in, and to say something."""

    greet: float = 15.0
    sign_in: float = 15.0
    message: float = 15.0


class FirstMessage:
    """`ask` connects without any topic: the account's own channel carries a sign of health each five seconds."""

    def __init__(self, calls: StreamCalls, dial: Dial, clock: Callable[[], float], patience: Patience | None = None) -> None:
        self._calls = calls
        self._dial = dial
        self._clock = clock
        self._patience = patience or Patience()
        self._heard: list[VenueEvent] = []
        self._news = asyncio.Event()

    async def ask(self) -> Found:
        address = address_of(await self._calls.config())
        self._heard = []
        line = Line(address, parse_push, self._hear, lambda: None, self._clock)
        host = address.host or f"ws-{address.cluster}.pusher.com"
        try:
            return await self._listened(line, host)
        finally:
            line.close()

    async def _listened(self, line: Line, host: str) -> Found:
        started = self._clock()
        await self._greeted(line, host)
        connected = self._clock()
        registration = await line.during(self._calls.register(line.socket_id, []))
        if not registration.own:
            told = "; ".join(registration.faults)
            raise StepError(
                "The stream grants no channel of this account", "Ask the venue whether the stream is open to this account", told
            )
        refused = StepError("The stream did not sign this account in", "Test again; if it stays so, ask the venue")
        await _within(self._patience.sign_in, line.sign_in(registration), refused)
        line.subscribe([], registration)
        line.speak([])
        silent = StepError(
            f"The stream is connected, and nothing that can be read came in {self._patience.message:g} s",
            "Test again; if it stays so, ask the venue whether the stream is open to this account",
        )
        await _within(self._patience.message, line.during(self._message()), silent)
        return Found(
            f"Connected to {host} in {connected - started:.1f} s, first message ({self._kind()}) after {self._clock() - started:.1f} s",
            f"{len(registration.grants)} channels granted, limit {registration.channel_limit:,}",
        )

    async def _greeted(self, line: Line, host: str) -> None:
        words, remedy = f"No connection to the stream at {host}", "Look whether a firewall or a proxy stops WebSocket connections to it"
        try:
            await _within(self._patience.greet, line.greet(self._dial), StepError(words, remedy))
        except UnknownError as problem:
            raise StepError(words, remedy, str(problem)) from problem

    def _hear(self, events: Sequence[VenueEvent]) -> None:
        self._heard += events
        self._news.set()

    async def _message(self) -> None:
        """Until something was heard that can be read."""
        while not any(not isinstance(event, FeedFault) for event in self._heard):
            self._news.clear()
            await self._news.wait()

    def _kind(self) -> str:
        return "a sign of health" if any(isinstance(event, HealthBeat) for event in self._heard) else "news"


async def _within(seconds: float, work: Awaitable[T], otherwise: StepError) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as problem:
        raise otherwise from problem
