"""The stream of a venue, kept alive: connect, register, sign in, subscribe, follow, and again.

A loss is told at once (`StreamDown`), and everything after it comes from a new socket with fresh auth (`StreamUp`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from app.domain.errors import UnknownError, UnreadableError, VenueError
from app.domain.events import ChannelsFollowed, FeedFault, HealthBeat, StreamDown, StreamUp, Topic, VenueEvent, Wanted
from app.venues.inbox import Inbox
from app.venues.prophetx import wire
from app.venues.push import LOST, PushAddress, PushSocket

T = TypeVar("T")

SILENCE = 12.0  # seconds without any frame: two missed five-second beats and two more
NO_HEALTH = 30.0  # seconds without a health_check, however many prices flow
HANDSHAKE = 15.0  # seconds for each of connecting, signing in and subscribing
BACK_OFF = (0.25, 30.0)  # seconds, first and longest
SAMPLE = 200  # bytes of an unreadable frame that are kept
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_FRAME = msgspec.json.Decoder(wire.Frame)
_TEXT = msgspec.json.Decoder(str)
_ESTABLISHED = msgspec.json.Decoder(wire.Established)
_PUSHER_ERROR = msgspec.json.Decoder(wire.PusherError)


class StreamCalls(Protocol):
    """The two requests of a venue that a stream needs."""

    async def config(self) -> wire.WireConfig: ...
    async def register(self, socket_id: str, topics: Sequence[Topic]) -> wire.Registration: ...


class Socket(Protocol):
    """What `PushSocket` offers."""

    def open(self) -> None: ...
    def send(self, event: str, data: object) -> None: ...
    def subscribe(self, channel: str, auth: str) -> None: ...
    def pong(self) -> None: ...
    def close(self) -> None: ...


def address_of(config: wire.WireConfig) -> PushAddress:
    """Where the configuration points. A port and plain text are honoured for this computer only."""
    host = config.ws_host
    if host in LOOPBACK and config.ws_port:
        return PushAddress(config.key, host=host, port=config.ws_port, is_secure=config.ws_secure)
    if not host and not config.cluster:
        raise UnreadableError("The connection configuration names neither a host nor a cluster")
    return PushAddress(config.key, host=host, cluster=config.cluster)


class Follower:
    """Follows what is wanted. `emit` gets each burst's events in one call, in the loop's thread."""

    def __init__(
        self,
        calls: StreamCalls,
        parse: Callable[[msgspec.Raw], list[VenueEvent]],
        emit: Callable[[Sequence[VenueEvent]], None],
        *,
        clock: Callable[[], float],
        dial: Callable[[PushAddress, Callable[[bytes], None]], Socket] = PushSocket,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._calls = calls
        self._parse = parse
        self._emit = emit
        self._clock = clock
        self._dial = dial
        self._sleep = sleep
        self._jitter = jitter
        self._wanted = Wanted()
        self._changed = asyncio.Event()
        self._hurried = asyncio.Event()
        self._line: _Line | None = None
        self.frames = 0
        self.connects = 0

    @property
    def is_up(self) -> bool:
        return self._line is not None and self._line.is_ready

    def want(self, wanted: Wanted) -> None:
        """Replace what is followed; the stream catches up by itself."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._changed.set()

    def drop(self) -> None:
        """Give the living socket up (a person asked, or the venue is another now); a new one follows without a pause."""
        self._hurried.set()
        if self._line:
            self._line.lose("dropped")

    async def run(self) -> None:
        """Follow until cancelled."""
        tries = 0
        while True:
            was_up, words = False, ""
            try:
                await self._live()
            except VenueError as problem:
                was_up = self._line is not None and self._line.is_ready
                words = str(problem)
            finally:
                self._hang_up()
            tries = 0 if was_up else tries + 1
            pause = self._pause(tries)
            self._emit([StreamDown(words, pause)])
            await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        """Wait before the next try, unless somebody is in a hurry."""
        waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(self._sleep(pause)), asyncio.ensure_future(self._hurried.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        self._hurried.clear()

    def _pause(self, tries: int) -> float:
        """Full jitter over a doubling back-off."""
        first, longest = BACK_OFF
        return first + self._jitter() * min(first * 2.0 ** min(tries, 16), longest)

    async def _live(self) -> None:
        address = address_of(await self._calls.config())
        line = self._line = _Line(self)
        line.dial(address, self._dial)
        self.connects += 1
        socket_id = await line.within(line.established, "The stream did not answer")
        while True:
            self._changed.clear()
            wanted = self._wanted
            registration = await line.during(self._calls.register(socket_id, wanted.topics))
            await line.during(line.join(registration))
            followed = line.followed()
            self._emit([followed] if line.is_ready else [StreamUp(), followed])
            line.ready()
            await line.during(self._changed.wait())

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
            self._line = None


class _Line:
    """One connection's life. Frames of a closed line are dropped, so a late one never speaks for its successor."""

    def __init__(self, follower: Follower) -> None:
        loop = asyncio.get_running_loop()
        self._follower = follower
        self._clock = follower._clock
        self._inbox = Inbox(loop, self._take, self._flush)
        self._socket: Socket | None = None
        self._events: list[VenueEvent] = []
        self._joined: dict[str, asyncio.Future[str]] = {}
        self._scopes: dict[str, wire.Scope] = {}
        self._signed_in: asyncio.Future[str] = loop.create_future()
        self._lost: asyncio.Future[str] = loop.create_future()
        self.established: asyncio.Future[str] = loop.create_future()
        self.is_ready = False
        self._heard_at = self._health_at = self._clock()

    def dial(self, address: PushAddress, dial: Callable[[PushAddress, Callable[[bytes], None]], Socket]) -> None:
        self._socket = dial(address, self._inbox.post)
        self._socket.open()

    def close(self) -> None:
        self._inbox.close()
        if self._socket:
            self._socket.close()
        for waiting in (self.established, self._signed_in, self._lost, *self._joined.values()):
            waiting.cancel()

    def ready(self) -> None:
        """From now on silence counts, and from now on only."""
        if not self.is_ready:
            self.is_ready = True
            self._heard_at = self._health_at = self._clock()

    def lose(self, words: str) -> None:
        if not self._lost.done():
            self._lost.set_result(words)

    async def within(self, waited: asyncio.Future[str], words: str) -> str:
        """`waited`'s result, unless the line is lost or HANDSHAKE seconds pass first."""
        await asyncio.wait({waited, self._lost}, timeout=HANDSHAKE, return_when=asyncio.FIRST_COMPLETED)
        if waited.done():
            return waited.result()
        raise UnknownError(self._lost.result() if self._lost.done() else f"{words} within {HANDSHAKE:g} s")

    async def join(self, registration: wire.Registration) -> None:
        """Sign in once, then subscribe to every channel not yet joined, each with its own auth; leave those no longer granted."""
        assert self._socket is not None
        block = registration.authenticated
        if block and block.auth and not self._signed_in.done():
            self._socket.send("pusher:signin", {"auth": block.auth, "user_data": block.user_data})
            await self.within(self._signed_in, "The stream did not sign us in")
        channels = {channel.channel_name: channel for channel in registration.authorized_channel or []}
        for name in [name for name in self._joined if name not in channels]:
            self._socket.send("pusher:unsubscribe", {"channel": name})
            self._joined.pop(name).cancel()
            self._scopes.pop(name, None)
        fresh = {name: channel for name, channel in channels.items() if name not in self._joined and channel.auth}
        for name, channel in fresh.items():
            self._joined[name] = asyncio.get_running_loop().create_future()
            if channel.scope:
                self._scopes[name] = channel.scope
            self._socket.subscribe(name, channel.auth)
        for name in fresh:
            await self.within(self._joined[name], f"The stream did not confirm {name}")

    def followed(self) -> ChannelsFollowed:
        """The scopes of the channels that the server has confirmed."""
        scopes = [scope for name, scope in self._scopes.items() if self._joined[name].done()]
        return ChannelsFollowed(frozenset(Topic(scope.event_id, scope.sub_type) for scope in scopes))

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; raises as soon as the line is lost or silent, whatever `work` is waiting for."""
        task = asyncio.ensure_future(work)
        pair: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            while not task.done():
                await asyncio.wait(pair, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
                self._check()
            return task.result()
        finally:
            task.cancel()

    def _check(self) -> None:
        if self._lost.done():
            raise UnknownError(self._lost.result())
        if not self.is_ready:
            return  # nothing is said on a socket before it is subscribed, and the first registration may take long
        now = self._clock()
        if now - self._heard_at > SILENCE:
            raise UnknownError(f"The stream has been silent for {now - self._heard_at:.0f} s")
        if now - self._health_at > NO_HEALTH:
            raise UnknownError(f"The stream has sent no sign of health for {now - self._health_at:.0f} s")

    # Frames, in the loop's thread

    def _take(self, raw: bytes) -> None:
        if raw == LOST:
            self.lose("The stream's connection was lost")
            return
        self._heard_at = self._clock()
        self._follower.frames += 1
        try:
            frame = _FRAME.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            self._events.append(FeedFault(f"a frame cannot be read: {problem}", raw[:SAMPLE].decode("utf-8", "replace")))
            return
        if frame.event.startswith("pusher"):
            self._control_safely(frame)
        elif frame.channel in self._joined:
            self._events += self._follower._parse(frame.data)

    def _flush(self) -> None:
        if not self._events:
            return
        events, self._events = self._events, []
        if any(isinstance(event, HealthBeat) for event in events):
            self._health_at = self._clock()
        self._follower._emit(events)

    def _refused(self, channel: str) -> None:
        """A channel that is not ours to follow is said and left out; the others go on."""
        self._events.append(FeedFault(f"the stream refused the channel {channel}"))
        self._scopes.pop(channel, None)
        if channel in self._joined:
            _resolve(self._joined[channel], "refused")

    def _control_safely(self, frame: wire.Frame) -> None:
        try:
            self._control(frame)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            self._events.append(FeedFault(f"a control frame cannot be read: {problem}", frame.event))

    def _control(self, frame: wire.Frame) -> None:
        if frame.event == "pusher:connection_established":
            _resolve(self.established, _ESTABLISHED.decode(_unwrapped(frame.data)).socket_id)
        elif frame.event == "pusher:signin_success":
            _resolve(self._signed_in, "")
        elif frame.event == "pusher_internal:subscription_succeeded" and frame.channel in self._joined:
            _resolve(self._joined[frame.channel], "")
        elif frame.event == "pusher:subscription_error":
            self._refused(frame.channel)
        elif frame.event == "pusher:ping" and self._socket:
            self._socket.pong()
        elif frame.event == "pusher:error":
            told = _PUSHER_ERROR.decode(_unwrapped(frame.data))
            self.lose(f"The stream ended: {told.message or 'error'} ({told.code})")


def _resolve(waiting: asyncio.Future[str], value: str) -> None:
    if not waiting.done():
        waiting.set_result(value)


def _unwrapped(data: msgspec.Raw) -> bytes:
    """Control frames carry their data as JSON, or as JSON inside a string."""
    raw = bytes(data)
    return _TEXT.decode(raw).encode() if raw[:1] == b'"' else raw
