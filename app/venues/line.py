"""One connection's life: greeted, signed in, subscribed, listened to, given up.

It decides nothing about others: `follow.Follower` asks it how it stands, takes it over and closes it. All times are the injected clock's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from enum import Enum
from typing import Any, Protocol, TypeVar

import msgspec

from app.domain.errors import UnknownError
from app.domain.events import FeedFault, HealthBeat, Topic, VenueEvent
from app.domain.redact import shortened
from app.venues.inbox import BEHIND, Inbox
from app.venues.prophetx import wire
from app.venues.prophetx.registration import Grant, Registration
from app.venues.push import LOST, PushAddress
from app.venues.redact import redacted

T = TypeVar("T")

SILENCE = 11.0  # seconds without any frame: two missed five-second beats and one more; looked at each second, so known within twelve
NO_HEALTH = 30.0  # seconds without a health_check, however many prices flow
HANDSHAKE = 15.0  # seconds for each of connecting, signing in and the confirmation of a channel
AGAIN = 30.0  # seconds after which a channel that was not had is asked for anew
PROOF = 5.0  # seconds in which a line that is to be relieved shows that all it was sent has arrived
SAMPLE = 200  # characters of an unreadable frame that are kept

_FRAME = msgspec.json.Decoder(wire.Frame)
_TEXT = msgspec.json.Decoder(str)
_ESTABLISHED = msgspec.json.Decoder(wire.Established)
_PUSHER_ERROR = msgspec.json.Decoder(wire.PusherError)
_ODD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Socket(Protocol):
    """What `PushSocket` offers."""

    def open(self) -> None: ...
    def send(self, event: str, data: object) -> None: ...
    def subscribe(self, channel: str, auth: str) -> None: ...
    def pong(self) -> None: ...
    def close(self) -> None: ...


Dial = Callable[[PushAddress, Callable[[bytes], None]], Socket]


class State(Enum):
    """How far a channel has come."""

    ASKED = "asked"
    JOINED = "joined"
    MISSING = "missing"


class _Channel(msgspec.Struct):
    """`since` is when it came to its state. Without a topic it is one that no socket can be without."""

    topic: Topic | None
    state: State
    since: float


class Line:
    """`emit` gets what it says, from `speak` on; before that it is kept. `stir` is called when something about it has changed.

    `topics` is what was asked for last and `union` everything that ever was, which is what the venue counts.
    """

    def __init__(
        self,
        address: PushAddress,
        parse: Callable[[msgspec.Raw], list[VenueEvent]],
        emit: Callable[[Sequence[VenueEvent]], None],
        stir: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.address = address
        self._parse = parse
        self._emit = emit
        self._stir = stir
        self._clock = clock
        self._inbox = Inbox(loop, self._take, self._flush)
        self._socket: Socket | None = None
        self._events: list[VenueEvent] = []
        self._channels: dict[str, _Channel] = {}
        self._complained: set[str] = set()
        self._established: asyncio.Future[str] = loop.create_future()
        self._signed_in: asyncio.Future[str] = loop.create_future()
        self._lost: asyncio.Future[str] = loop.create_future()
        self._awaited: tuple[float, str] | None = None
        self._asked_at = self._heard_at = self._health_at = self.began_at = self._clock()
        self._proof_at: float | None = None
        self._pings = self._pongs = 0
        self.socket_id = ""
        self.topics: frozenset[Topic] = frozenset()
        self.union: frozenset[Topic] = frozenset()
        self.relief_at: float | None = None
        self.up_at: float | None = None
        self.frames = 0

    # The way up

    async def greet(self, dial: Dial) -> None:
        """Connect. UnknownError when it is lost or takes too long, as for all that follows."""
        self._socket = dial(self.address, self._inbox.post)
        self._socket.open()
        self.socket_id = await self._within(self._established, "The stream did not answer")

    async def sign_in(self, registration: Registration) -> None:
        if registration.sign_in and not self._signed_in.done():
            self._send("pusher:signin", {"auth": registration.sign_in, "user_data": registration.user_data})
            await self._within(self._signed_in, "The stream did not sign us in")

    def subscribe(self, asked: Iterable[Topic], registration: Registration) -> None:
        """Ask for what was granted and is not joined, each channel with its own auth, and leave what is granted no more."""
        self.topics = frozenset(asked)
        self.union |= self.topics
        self._events += [FeedFault(words) for words in registration.faults if self._is_new(words)]
        granted = {grant.name: grant for grant in registration.grants}
        for name in [name for name in self._channels if name not in granted]:
            self._send("pusher:unsubscribe", {"channel": name})
            del self._channels[name]
        for grant in granted.values():
            self._join(grant)
        self._asked_at = self._clock()
        self._flush()

    def _join(self, grant: Grant) -> None:
        known = self._channels.get(grant.name)
        if known and known.state is not State.MISSING:
            return
        if known:
            self._send("pusher:unsubscribe", {"channel": grant.name})
        self._channels[grant.name] = _Channel(grant.topic, State.ASKED, self._clock())
        assert self._socket is not None
        self._socket.subscribe(grant.name, grant.auth)

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; UnknownError as soon as the line is lost, whatever `work` is waiting for."""
        task = asyncio.ensure_future(work)
        pair: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(pair, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise UnknownError(self._lost.result())
        finally:
            task.cancel()

    async def _within(self, waited: asyncio.Future[str], words: str) -> str:
        self._awaited = (self._clock() + HANDSHAKE, f"{words} within {HANDSHAKE:g} s")
        try:
            await asyncio.wait({waited, self._lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._awaited = None
        if waited.done():
            return waited.result()
        raise UnknownError(self._lost.result())

    # How it stands

    @property
    def joined(self) -> frozenset[Topic]:
        """The topics whose channels the server has confirmed."""
        return frozenset(one.topic for one in self._channels.values() if one.topic and one.state is State.JOINED)

    @property
    def own(self) -> int:
        """How many channels it has that no socket can be without."""
        return sum(one.topic is None for one in self._channels.values())

    @property
    def is_settled(self) -> bool:
        """Whether nothing that was asked for is still open."""
        return all(one.state is not State.ASKED for one in self._channels.values())

    def is_enough(self, patience: float) -> bool:
        """Settled; or, `patience` seconds after the asking, all that no socket can be without is there."""
        if self.is_settled:
            return True
        return self._clock() - self._asked_at >= patience and all(one.topic or one.state is State.JOINED for one in self._channels.values())

    @property
    def has_overdue(self) -> bool:
        """Whether a channel that was not had should be asked for again."""
        now = self._clock()
        return any(one.state is State.MISSING and now - one.since >= AGAIN for one in self._channels.values())

    @property
    def lost(self) -> str:
        """Why it is over; empty while it is not."""
        return self._lost.result() if self._lost.done() and not self._lost.cancelled() else ""

    def lose(self, words: str) -> None:
        if not self._lost.done():
            self._lost.set_result(words)
            self._stir()

    def check(self) -> None:
        """Called every second: what has taken too long is given up."""
        now = self._clock()
        if self._awaited and now >= self._awaited[0]:
            self.lose(self._awaited[1])
        for name, channel in self._channels.items():
            if channel.state is State.ASKED and now - channel.since >= HANDSHAKE:
                self._miss(name, channel, f"The stream did not confirm {name} within {HANDSHAKE:g} s")
        if self.up_at is None:
            return  # nothing is said on a socket before it is subscribed, and a first registration may take long
        if now - self._heard_at >= SILENCE:
            self.lose(f"The stream has been silent for {now - self._heard_at:.0f} s")
        if now - self._health_at > NO_HEALTH:
            self.lose(f"The stream has sent no sign of health for {now - self._health_at:.0f} s")

    def prove(self) -> bool | None:
        """Whether all that was sent to this line before the first call has arrived: what it answers to a ping comes behind it.

        None while the answer is awaited, False when it does not come.
        """
        if self._proof_at is None:
            self._proof_at = self._clock()
            self._pings += 1
            self._send("pusher:ping", {})
        if self._pongs == self._pings:
            return True
        return None if self._clock() - self._proof_at < PROOF else False

    def doubt(self) -> None:
        """Another proof is needed than the one that was asked for."""
        self._proof_at = None

    # Speaking

    def speak(self, first: Sequence[VenueEvent]) -> None:
        """This is the line now: `first` is said, then all that it has heard already. From now on silence counts."""
        self.up_at = self._heard_at = self._health_at = self._clock()
        self._events = [*first, *self._events]
        self._flush()

    def take_faults(self) -> list[VenueEvent]:
        """What a line that never spoke had to complain of."""
        faults: list[VenueEvent] = [event for event in self._events if isinstance(event, FeedFault)]
        self._events = []
        return faults

    def close(self) -> None:
        """Nothing of it is heard any more."""
        self._inbox.close()
        self._events = []
        if self._socket:
            self._socket.close()
        for waiting in (self._established, self._signed_in, self._lost):
            waiting.cancel()

    def _send(self, event: str, data: object) -> None:
        assert self._socket is not None
        self._socket.send(event, data)

    # Frames, in the loop's thread

    def _take(self, raw: bytes) -> None:
        if raw in (LOST, BEHIND):
            self.lose("The stream's connection was lost" if raw == LOST else "The stream sends more than can be read")
            return
        self._heard_at = self._clock()
        self.frames += 1
        try:
            frame = _FRAME.decode(raw)
        except _ODD as problem:
            self._events.append(FeedFault(f"a frame cannot be read: {problem}", shortened(redacted(raw), SAMPLE)))
            return
        if frame.event.startswith("pusher"):
            self._control_safely(frame)
        elif frame.channel in self._channels:
            self._events += self._parse(frame.data)

    def _flush(self) -> None:
        """A burst is over."""
        if any(isinstance(event, HealthBeat) for event in self._events):
            self._health_at = self._clock()
        if self.up_at is not None and self._events:
            events, self._events = self._events, []
            self._emit(events)

    def _control_safely(self, frame: wire.Frame) -> None:
        try:
            self._control(frame)
        except _ODD as problem:
            self._events.append(FeedFault(f"a control frame cannot be read: {problem}", frame.event))

    def _control(self, frame: wire.Frame) -> None:
        match frame.event:
            case "pusher:connection_established":
                _resolve(self._established, _ESTABLISHED.decode(_unwrapped(frame.data)).socket_id)
            case "pusher:signin_success":
                _resolve(self._signed_in, "")
            case "pusher_internal:subscription_succeeded":
                self._joined(frame.channel)
            case "pusher:subscription_error" if channel := self._channels.get(frame.channel):
                self._miss(frame.channel, channel, f"The stream refused the channel {frame.channel}")
            case "pusher:ping" if self._socket:
                self._socket.pong()
            case "pusher:pong" if self._pongs < self._pings:
                self._pongs += 1
                self._stir()
            case "pusher:error":
                told = _PUSHER_ERROR.decode(_unwrapped(frame.data))
                self.lose(f"The stream ended: {told.message or 'error'} ({told.code})")

    def _joined(self, name: str) -> None:
        channel = self._channels.get(name)
        if channel and channel.state is not State.JOINED:
            channel.state, channel.since = State.JOINED, self._clock()
            self._stir()

    def _miss(self, name: str, channel: _Channel, words: str) -> None:
        """One channel of many is said and left out for a while; without one of those that every socket has there is no line."""
        channel.state, channel.since = State.MISSING, self._clock()
        if channel.topic is None:
            self.lose(words)
        elif self._is_new(name):
            self._events.append(FeedFault(f"{words[0].lower()}{words[1:]}: it is left out, and asked for again every {AGAIN:g} s"))
            self._flush()
        self._stir()

    def _is_new(self, complaint: str) -> bool:
        is_new = complaint not in self._complained
        self._complained.add(complaint)
        return is_new


def _resolve(waiting: asyncio.Future[str], value: str) -> None:
    if not waiting.done():
        waiting.set_result(value)


def _unwrapped(data: msgspec.Raw) -> bytes:
    """Control frames carry their data as JSON, or as JSON inside a string."""
    raw = bytes(data)
    return _TEXT.decode(raw).encode() if raw[:1] == b'"' else raw
