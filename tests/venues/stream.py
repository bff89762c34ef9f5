"""A follower in the hands of a test: fake sockets, fake calls, a clock by hand, and waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from app.domain.events import StreamUp, VenueEvent
from app.venues.follow import Follower
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from app.venues.push import PushAddress
from tests.venues.fakes import FakeSocket, FakeStreamCalls, HandClock
from tests.venues.samples import sample

MAIN = "private-broadcast-service=3-device_type=5"
PRIVATE = "private-service=3-device_type=5-user=1234567"
EVENT = MAIN + "-event=19458"
PROPS = EVENT + "-subtype=player_total_passing_yards"
CHANNELS = (MAIN, PRIVATE, EVENT, PROPS)


class Stream:
    """One follower and everything around it."""

    def __init__(self) -> None:
        registration = msgspec.json.decode(sample("register"), type=wire.RegistrationBody).data
        self.calls = FakeStreamCalls(registration)
        self.clock = HandClock()
        self.sockets: list[FakeSocket] = []
        self.events: list[VenueEvent] = []
        self.bursts: list[int] = []
        self.naps: list[float] = []
        self._rest = asyncio.Event()
        self._news = asyncio.Event()
        self.follower = Follower(
            self.calls, parse_push, self._emit, clock=self.clock, dial=self._dial, sleep=self._sleep, jitter=lambda: 1.0
        )

    @property
    def socket(self) -> FakeSocket:
        return self.sockets[-1]

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

    async def sent(self, *what: str) -> None:
        """Wait until all these were sent on the living socket."""
        await self.until(lambda: self.sockets and set(what) <= {event for event, _ in self.socket.sent})

    async def subscribed(self, *channels: str) -> None:
        await self.until(
            lambda: self.sockets and set(channels) <= {what.split(" ")[0] for event, what in self.socket.sent if event == "subscribe"}
        )

    async def shake_hands(self) -> None:
        """Play the server's part until the stream is up."""
        await self.until(lambda: self.sockets and not self.socket.is_closed)
        self.socket.say("pusher:connection_established", {"socket_id": f"{len(self.sockets)}.1", "activity_timeout": 120})
        await self.sent("pusher:signin")
        self.socket.say("pusher:signin_success")
        await self.subscribed(*CHANNELS)
        for channel in CHANNELS:
            self.socket.say("pusher_internal:subscription_succeeded", channel=channel)
        await self.heard(StreamUp)

    def wake(self) -> None:
        """End the pause between two tries."""
        self._rest.set()

    def _dial(self, address: PushAddress, post: Callable[[bytes], None]) -> FakeSocket:
        self.sockets.append(FakeSocket(address, post, self._news.set))
        self._news.set()
        return self.sockets[-1]

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        self.events += events
        self.bursts.append(len(events))
        self._news.set()

    async def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self._news.set()
        self._rest.clear()
        await self._rest.wait()


@asynccontextmanager
async def following() -> AsyncIterator[Stream]:
    """A stream that runs until the test is over."""
    stream = Stream()
    running = asyncio.create_task(stream.follower.run())
    try:
        yield stream
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
