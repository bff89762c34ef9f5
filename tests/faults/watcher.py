"""What the stream faults are tried on: a follower with its venue and its prices at a practice exchange, one clock in the test's hand.

Requests go straight to the exchange, and every connection through the proxy is one of the stream's sockets.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from random import Random
from typing import TypeVar

from app.domain.events import MarketsSeeded, Topic, VenueEvent, Wanted
from app.domain.market import MarketKey
from app.practice.clock import SECOND
from app.practice.faults import CallFault, Drop, PushFault
from app.practice.faults.script import CallVerb
from app.practice.wire.pusher import Socket
from app.services.audit import Audit
from app.services.notices import Notices
from app.services.prices import Prices
from app.venues.follow import Follower
from app.venues.hosts import practice
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import ProphetX
from app.venues.push import LOST, PushAddress, PushSocket
from tests.faults.hours import PATIENCE, Hours, Traffic
from tests.faults.house import HOST, House
from tests.faults.station import KEYS, CountedHttp, HeardSocket
from tests.practice.floor import EVENT

T = TypeVar("T", bound=VenueEvent)

GAME = Topic(EVENT)
MONEYLINE = MarketKey(EVENT, 219, Decimal(0))


_ANSWERS = (b"pusher:connection_established", b"pusher:signin_success", b"pusher:pong", b"pusher_internal:subscription_succeeded")


class AnsweredSocket(HeardSocket):
    """Says for as long as the server owes it an answer that something is under way."""

    def __init__(self, address: PushAddress, post: Callable[[bytes], None], traffic: Traffic, *, is_patient: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = post
        self._owed = 0
        self._is_patient = is_patient
        self._way = traffic
        super().__init__(address, self._heard, traffic)

    def open(self) -> None:
        self._owe(1)
        super().open()

    def send(self, event: str, data: object) -> None:
        if event != "pusher:unsubscribe":
            self._owe(1)
        super().send(event, data)

    def subscribe(self, channel: str, auth: str) -> None:
        if self._is_patient:
            self._owe(1)
        super().subscribe(channel, auth)

    def close(self) -> None:
        self._owe(-self._owed)
        self._is_patient = False
        super().close()

    def _heard(self, frame: bytes) -> None:
        """In the socket's thread."""
        self._told(frame)
        if frame == LOST or any(answer in frame for answer in _ANSWERS):
            with suppress(RuntimeError):  # this thread may outlive the test's loop
                self._loop.call_soon_threadsafe(self._answered, frame == LOST or not self._is_patient)

    def _answered(self, is_all: bool) -> None:
        self._owe(-self._owed if is_all else -min(1, self._owed))

    def _owe(self, count: int) -> None:
        self._owed += count
        self._way.under_way += count
        self._way.moved()


class Watcher:
    """`events` is all that was said, in its order; `at` when each was, in seconds since the beginning.

    `is_patient`: the clock stands still for sockets while a confirmation of theirs is under way. `is_mortal`: sockets end with
    their token.
    """

    def __init__(self, house: House, hours: Hours, traffic: Traffic) -> None:
        self.house = house
        self.hours = hours
        self.traffic = traffic
        self.events: list[VenueEvent] = []
        self.at: list[float] = []
        self.venue = ProphetX(
            clock=hours.monotonic, wall=hours.wall, emit=self._emit, connect=lambda url: CountedHttp(url, traffic), sleep=hours.sleep
        )
        self.prices = Prices(hours.monotonic)
        self.follower = Follower(
            self.venue,
            parse_push,
            self._emit,
            clock=hours.monotonic,
            wall=hours.wall,
            expires_at=lambda: self.venue.tokens.expires_at if self.is_mortal else None,
            renew=self._renew,
            dial=self._dial,
            sleep=hours.sleep,
            jitter=Random(7).random,
        )
        self._began = hours.monotonic()
        self.is_patient = True
        self.is_mortal = True

    async def point(self) -> None:
        await self.venue.point(practice(f"http://{HOST}:{self.house.direct}/partner"), KEYS)

    async def follow(self, *topics: Topic) -> None:
        """Want these, and wait until the stream has said how much of it is had. Time stands still."""
        self.events.clear()
        self.at.clear()
        self.follower.want(Wanted(topics))
        await self.until(lambda: self.follower.followed == len(set(topics)) and self.follower.is_up)
        await self.traffic.quiet()

    async def read(self) -> MarketsSeeded:
        """The books of the game as the exchange has them; nobody else hears of it."""
        reading = asyncio.ensure_future(self.venue.markets(EVENT))
        while not reading.done():
            await self.pass_(0.1)
        return reading.result()

    async def seed(self) -> None:
        """Read the books of the game."""
        self._emit([await self.read()])

    async def bet(self, price: int) -> None:
        """Somebody's order changes the book of the moneyline, and the stream tells of it if it can."""
        self.house.bob_bets(price, 1_00)
        await self.pass_(1)

    def audit(self) -> Audit:
        return Audit(self.venue, self.prices, Notices(self.hours.now), self._emit, clock=self.hours.monotonic, sleep=self.hours.sleep)

    async def compare(self, audit: Audit) -> None:
        comparing = asyncio.ensure_future(audit.compare())
        await self.flow(comparing.done)
        comparing.result()

    @property
    def is_verified(self) -> bool:
        return self.prices.freshness(MONEYLINE, is_live=True).is_verified

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def said_at(self, kind: type[VenueEvent]) -> float:
        """When the first of a kind was said."""
        return next(at for at, event in zip(self.at, self.events, strict=True) if isinstance(event, kind))

    @property
    def now(self) -> float:
        return self.hours.monotonic() - self._began

    @property
    def sockets(self) -> list[Socket]:
        """Those that the exchange has."""
        return list(self.house.wire.hub.sockets.values())

    def fault(self, call: str, do: CallVerb, times: int | None = 1) -> None:
        self.house.faults.add(CallFault(call, do, times=times))

    def drop(self, push: str, times: int | None = None, skip: int = 0) -> None:
        self.house.faults.add(PushFault(push, Drop(), skip=skip, times=times))

    # Time

    async def pass_(self, seconds: float, *, is_deaf: bool = False) -> None:
        """Let time pass, one sleeper at a time. `is_deaf`: what the exchange says does not arrive, so nobody waits for that."""
        target = self.hours.now_ns() + round(seconds * SECOND)
        while self.hours.now_ns() < target:
            await self.traffic.quiet()
            self.hours.move_to(min(self.hours.next_due or target, target))
            if self.house.step() and not is_deaf:
                await self._talked()
        await self.traffic.quiet()

    async def _talked(self) -> None:
        """Each follower has taken in what was pushed so far, and the exchange has read its answer."""
        await self.house.heard()
        await self.until(lambda: all(one.last_heard >= self.hours.now_ns() for one in self.sockets))

    async def flow(self, holds: Callable[[], object], seconds: float = 60.0, *, is_deaf: bool = False) -> None:
        """Let time pass until something holds; real time too, for what comes from another thread."""
        until = self.hours.now_ns() + round(seconds * SECOND)
        while not holds():
            assert self.hours.now_ns() < until, f"it did not come to that in {seconds:g} s: {self.events}"
            await self.pass_(0.05, is_deaf=is_deaf)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds. Time stands still."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    await self.traffic.next_move()
        except TimeoutError:
            raise AssertionError(f"it did not come to that: {self.events}") from None

    async def _renew(self) -> None:
        await self.venue.tokens.renew_ahead()

    def _dial(self, address: PushAddress, post: Callable[[bytes], None]) -> PushSocket:
        return AnsweredSocket(address, post, self.traffic, is_patient=self.is_patient)

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        for event in events:
            self.events.append(event)
            self.at.append(self.now)
            self.prices.apply(event)
        self.traffic.moved()


@asynccontextmanager
async def watching(*, is_patient: bool = True, is_mortal: bool = True) -> AsyncIterator[Watcher]:
    """A stream that is up and follows nothing yet. A mistake of the follower's fails the test."""
    hours, traffic = Hours(), Traffic()
    async with House(hours, traffic, is_proxied=True, is_stream_too=True) as house:
        watcher = Watcher(house, hours, traffic)
        watcher.is_patient, watcher.is_mortal = is_patient, is_mortal
        await watcher.point()
        running = asyncio.create_task(watcher.follower.run())
        try:
            await watcher.until(lambda: watcher.follower.is_up)
            yield watcher
            if running.done():
                running.result()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await watcher.venue.close()
