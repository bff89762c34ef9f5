"""A follower in the hands of a test: fake sockets, fake calls, clocks by hand, and waiting for conditions."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from random import Random

from app.domain.events import StreamUp, VenueEvent, Wanted
from app.venues.follow import TICK, Follower
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.registration import read_registration
from app.venues.push import PushAddress
from tests.venues.fakes import FakeSocket, FakeStreamCalls
from tests.venues.samples import sample

MAIN = "private-broadcast-service=3-device_type=5"
PRIVATE = "private-service=3-device_type=5-user=1234567"
EVENT = MAIN + "-event=19458"
PROPS = EVENT + "-subtype=player_total_passing_yards"
CHANNELS = (MAIN, PRIVATE, EVENT, PROPS)
NOON = 1_795_000_000.0  # Unix seconds
TURNS = 30  # turns of the loop after which nothing follows any more from what was done


class HandClocks:
    """Two clocks that run together, until a test sets one of them; sleepers wake when they are due."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.wall_now = NOON
        self.naps: list[float] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.wall_now

    async def sleep(self, seconds: float) -> None:
        if seconds != TICK:
            self.naps.append(seconds)
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken

    def move(self, seconds: float) -> None:
        """Both go on by so much at once."""
        self.now += seconds
        self.wall_now += seconds
        while self._sleepers and self._sleepers[0][0] <= self.now + 1e-9:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)

    def next_due(self, until: float) -> float:
        return min(self._sleepers[0][0], until) if self._sleepers else until


class Stream:
    """One follower and everything around it. With `is_free` a socket is granted what it asks for, and every socket answers by itself."""

    def __init__(self, *, is_free: bool = False, seed: int | None = None) -> None:
        self.calls = FakeStreamCalls(None if is_free else read_registration(sample("register"), ()))
        self.clock = HandClocks()
        self.sockets: list[FakeSocket] = []
        self.events: list[VenueEvent] = []
        self.bursts: list[int] = []
        self.dialled_at: list[float] = []
        self.silent: set[str] = set()
        self.expires_at: float | None = None
        self.renewed = 0
        self._is_free = is_free
        self._news = asyncio.Event()
        self.follower = Follower(
            self.calls,
            parse_push,
            self._emit,
            clock=self.clock,
            wall=self.clock.wall,
            expires_at=lambda: self.expires_at,
            renew=self._renew,
            dial=self._dial,
            sleep=self.clock.sleep,
            jitter=Random(seed).random if seed is not None else lambda: 1.0,
        )

    @property
    def socket(self) -> FakeSocket:
        return self.sockets[-1]

    @property
    def naps(self) -> list[float]:
        return self.clock.naps

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 5)

    async def heard(self, kind: type[VenueEvent]) -> VenueEvent:
        """The next event of a kind, taken out of what was heard."""
        await self.until(lambda: any(isinstance(event, kind) for event in self.events))
        found = next(event for event in self.events if isinstance(event, kind))
        self.events.remove(found)
        return found

    def all(self, kind: type[VenueEvent]) -> list[VenueEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    async def settle(self) -> None:
        """Everything that follows from what was done has happened. Time stands still."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def pass_(self, seconds: float) -> None:
        """Let time pass, one sleeper at a time."""
        target = self.clock.now + seconds
        await self.settle()
        while self.clock.now < target:
            self.clock.move(self.clock.next_due(target) - self.clock.now)
            await self.settle()

    async def sent(self, *what: str) -> None:
        """Wait until all these were sent on the living socket."""
        await self.until(lambda: self.sockets and set(what) <= {event for event, _ in self.socket.sent})

    async def subscribed(self, *channels: str) -> None:
        await self.until(
            lambda: self.sockets and set(channels) <= {what.split(" ")[0] for event, what in self.socket.sent if event == "subscribe"}
        )

    async def greet(self) -> None:
        """Play the server's part up to the sign-in of the newest socket."""
        await self.until(lambda: self.sockets and not self.socket.is_closed)
        self.socket.say("pusher:connection_established", {"socket_id": f"{len(self.sockets)}.1", "activity_timeout": 120})
        await self.sent("pusher:signin")
        self.socket.say("pusher:signin_success")

    async def confirm(self, *channels: str) -> None:
        await self.subscribed(*channels)
        for channel in channels:
            self.socket.say("pusher_internal:subscription_succeeded", channel=channel)

    async def shake_hands(self) -> None:
        """Play the server's part until the stream is up."""
        await self.greet()
        await self.confirm(*CHANNELS)
        await self.heard(StreamUp)

    async def wake(self) -> None:
        """Let the pause between two tries go by."""
        await self.settle()
        await self.pass_(self.naps[-1])

    async def follow(self, wanted: Wanted) -> None:
        """Where sockets answer by themselves: want it, and have it."""
        self.follower.want(wanted)
        await self.settle()

    def _dial(self, address: PushAddress, post: Callable[[bytes], None]) -> FakeSocket:
        self.sockets.append(FakeSocket(address, post, self._news.set))
        self.dialled_at.append(self.clock.now)
        if self._is_free:
            self.sockets[-1].answer(f"{len(self.sockets)}.1", self.silent)
        self._news.set()
        return self.sockets[-1]

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        self.events += events
        self.bursts.append(len(events))
        self._news.set()

    async def _renew(self) -> None:
        self.renewed += 1


@asynccontextmanager
async def following(*, is_free: bool = False, seed: int | None = None) -> AsyncIterator[Stream]:
    """A stream that runs until the test is over. A mistake of the follower's fails the test."""
    stream = Stream(is_free=is_free, seed=seed)
    running = asyncio.create_task(stream.follower.run())
    try:
        yield stream
        if running.done():
            running.result()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
