"""The program's socket, in process: the exchange's own pushes, given on promptly, late, twice, out of order or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from app.domain.events import ChannelsFollowed, OrderReported, StreamDown, StreamUp, Topic, VenueEvent, Wanted
from app.practice.wire.channels import MAIN_CHANNEL, event_channel, user_channel
from app.practice.wire.pusher import Socket
from app.venues.prophetx.pushes import parse_push
from tests.faults.machine.world import KEYS, US, World

DELAY = 0.005  # seconds from the exchange to the program
COMING_BACK = 0.5  # seconds until a lost socket is there again


class Mood(StrEnum):
    """What becomes of pushes about orders."""

    PROMPT = "prompt"
    HELD = "held"
    LOST = "lost"
    TWICE = "twice"
    SWAPPED = "swapped"


class _Frame(msgspec.Struct):
    event: str
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw(b"")


_FRAME = msgspec.json.Decoder(_Frame)


class Stream:
    """`mood` decides about pushes of orders; `held` are those that wait. `is_cut`: no socket can be had."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop, emit: Callable[[Sequence[VenueEvent]], None]) -> None:
        self._world = world
        self._loop = loop
        self._emit = emit
        self._socket: Socket | None = None
        self._wanted: Wanted | None = None
        self._is_woken = False
        self.mood = Mood.PROMPT
        self.held: list[list[VenueEvent]] = []
        self.is_cut = False
        self.is_dead = False

    # Coming and going

    def connect(self) -> None:
        if self.is_cut or self.is_dead or self._socket is not None:
            return
        world = self._world
        self._socket = world.hub.connect(KEYS.pusher_key, "7", world.time.now_ns(), self._wake)
        self._join([user_channel(US), MAIN_CHANNEL])
        self._emit([StreamUp(), ChannelsFollowed(self._follow_wanted())])

    def drop(self) -> None:
        """The connection is given up, and had again half a second later where one can be had."""
        if self._socket is None:
            return
        self._world.hub.disconnect(self._socket)
        self._socket = None
        self.held.clear()
        self._emit([StreamDown("the stream was lost", COMING_BACK)])
        self._loop.call_later(COMING_BACK, self.connect)

    def kill(self) -> None:
        self.is_dead = True
        if self._socket is not None:
            self._world.hub.disconnect(self._socket)
            self._socket = None

    def mend(self) -> None:
        self.is_cut = False
        self.connect()

    # Following

    def follow(self, wanted: Wanted) -> None:
        self._wanted = wanted
        if self._socket is not None:
            self._loop.call_later(4 * DELAY, self._joined)

    def _joined(self) -> None:
        if self._socket is not None:
            self._emit([ChannelsFollowed(self._follow_wanted())])

    def _follow_wanted(self) -> frozenset[Topic]:
        wanted = frozenset(topic for topic in self._wanted.topics if not topic.sub_type) if self._wanted else frozenset()
        self._join([event_channel(topic.event_id) for topic in sorted(wanted)])
        return wanted

    def _join(self, channels: Sequence[str]) -> None:
        socket, hub = self._socket, self._world.hub
        assert socket is not None
        for channel in channels:
            if channel not in socket.channels:
                data = {"channel": channel, "auth": hub.signer.sign_channel(socket.id, channel)}
                self._send(socket, {"event": "pusher:subscribe", "data": data})

    def _send(self, socket: Socket, frame: dict[str, object]) -> None:
        self._world.hub.receive(socket, msgspec.json.encode(frame).decode(), self._world.time.now_ns())

    # Pushes

    def _wake(self) -> None:
        if not self._is_woken and not self.is_dead:
            self._is_woken = True
            self._loop.call_later(DELAY, self._take)

    def _take(self) -> None:
        self._is_woken = False
        socket = self._socket
        if socket is None:
            return
        told: list[VenueEvent] = []
        while socket.outbox:
            frame = _FRAME.decode(socket.outbox.popleft())
            if frame.event == "pusher:ping":
                self._send(socket, {"event": "pusher:pong"})
            elif not frame.event.startswith("pusher"):
                told += self._passed(parse_push(frame.data))
        if told:
            self._emit(told)
        if socket.close_code:
            self.drop()

    def _passed(self, events: list[VenueEvent]) -> list[VenueEvent]:
        """What of a frame is told now."""
        if not any(isinstance(event, OrderReported) for event in events) or self.mood is Mood.PROMPT:
            return events
        match self.mood:
            case Mood.LOST:
                return []
            case Mood.TWICE:
                self.held.append(events)
                return events
            case Mood.SWAPPED if self.held:
                return [*events, *self.held.pop()]
            case _:
                self.held.append(events)
                return []

    def release(self, *, is_backwards: bool) -> None:
        """Tell what was held."""
        frames, self.held = self.held, []
        if is_backwards:
            frames.reverse()
        for events in frames:
            self._emit(events)
