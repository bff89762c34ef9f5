"""The stream of a venue, kept alive: connect, register, sign in, subscribe, follow, and relieve each socket before its end.

A loss is told at once (`StreamDown`), and everything after it comes from a new socket with fresh auth (`StreamUp`). A socket whose end can
be foreseen is relieved instead: another one is brought up beside it and takes over once the old one has proved that all it was sent has
arrived, so that nothing is missed and no book becomes doubtful.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from app.domain.errors import RefusedError, UnreadableError, VenueError
from app.domain.events import ChannelsFollowed, StreamDown, StreamNotice, StreamUp, Topic, VenueEvent, Wanted
from app.venues.jobs import Jobs
from app.venues.line import Dial, Line
from app.venues.pauses import Awake, Pauses
from app.venues.prophetx import wire
from app.venues.prophetx.registration import Registration
from app.venues.push import PushSocket
from app.venues.room import Room
from app.venues.whereabouts import Whereabouts

SUCCESS = 10.0  # seconds a line must have lived for the next pause to be the first one again
PATIENCE = 2.0  # seconds for the confirmations of a new line before it starts with those that are there
AHEAD = 90.0  # seconds before the end of its token at which a line is relieved
OVERDUE = 30.0  # seconds after which a line is relieved whose token had come to its end already when it was registered
GAP = 2.0  # seconds at least between two reliefs
TICK = 1.0  # seconds between two looks at the time
TOO_MANY = "exceed_subscription_count"


class StreamCalls(Protocol):
    """The two requests of a venue that a stream needs."""

    async def config(self) -> wire.WireConfig: ...
    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration: ...


async def _nothing() -> None:
    """Where no token has to be renewed."""


class Follower:
    """Follows what is wanted. `emit` gets each burst's events in one call, in the loop's thread.

    `wall` and `expires_at` (of the token) are Unix seconds by this computer's clock; `renew` makes sure the token has a life before it.
    """

    def __init__(
        self,
        calls: StreamCalls,
        parse: Callable[[msgspec.Raw], list[VenueEvent]],
        emit: Callable[[Sequence[VenueEvent]], None],
        *,
        clock: Callable[[], float],
        wall: Callable[[], float] = time.time,
        expires_at: Callable[[], float | None] = lambda: None,
        renew: Callable[[], Awaitable[None]] = _nothing,
        dial: Dial = PushSocket,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._calls = calls
        self._parse = parse
        self._emit = emit
        self._clock = clock
        self._wall = wall
        self._expires_at = expires_at
        self._renew = renew
        self._dial = dial
        self._sleep = sleep
        self._pauses = Pauses(jitter)
        self._awake = Awake(clock, wall)
        self._wanted = Wanted()
        self._room = Room()
        self._whereabouts = Whereabouts(calls.config, clock)
        self._line: Line | None = None
        self._coming: Line | None = None
        self._news = asyncio.Event()
        self._jobs = Jobs(self._news.set)
        self._told: ChannelsFollowed | None = None
        self._is_asked = self._is_hurried = self._is_failure_said = False
        self._frames_before = 0
        self.connects = 0
        self.replaced = 0
        self.lost = 0

    # What is asked of it

    def want(self, wanted: Wanted) -> None:
        """Replace what is followed; the stream catches up by itself."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._news.set()

    def replace(self) -> None:
        """Change the socket for a new one without a gap."""
        self._is_asked = True
        self._jobs.stop("rest")
        self._news.set()

    def drop(self) -> None:
        """Give the living socket up (it is not trusted, or the venue is another now); a new one follows without a pause."""
        self._lose_all("dropped")

    def _lose_all(self, words: str) -> None:
        self._is_hurried = True
        self._jobs.stop("rest")
        for line in self._lines:
            line.lose(words)
        self._news.set()

    # How it stands

    @property
    def is_up(self) -> bool:
        return self._line is not None and not self._line.lost

    @property
    def frames(self) -> int:
        return self._frames_before + sum(line.frames for line in self._lines)

    @property
    def wanted(self) -> int:
        return len(set(self._wanted.topics))

    @property
    def followed(self) -> int:
        return len(self._line.joined) if self._line else 0

    @property
    def left_out(self) -> int:
        """Wanted, and not followed: for want of room, of a confirmation, or of a socket."""
        return len(set(self._wanted.topics) - (self._line.joined if self._line else frozenset()))

    @property
    def joined(self) -> int:
        """Channels the living socket was ever asked for, which is what the venue counts."""
        return len(self._line.union) if self._line else 0

    @property
    def channel_limit(self) -> int | None:
        """None until the venue has said it."""
        return self._room.limit if self._room.told is not None else None

    @property
    def socket_age(self) -> float | None:
        return self._clock() - self._line.began_at if self._line else None

    @property
    def config_age(self) -> float | None:
        return self._whereabouts.age

    @property
    def _lines(self) -> list[Line]:
        return [line for line in (self._line, self._coming) if line]

    # Keeping it alive: each turn looks at how everything stands and starts what is due

    async def run(self) -> None:
        """Follow until cancelled."""
        self._awake.missing()
        self._jobs.start("beat", self._beat())
        try:
            while True:
                self._news.clear()
                self._turn()
                await self._news.wait()
        except Exception as problem:  # a mistake of the program's: nobody may go on believing what was followed
            self._emit([StreamDown(f"The stream has ended by a mistake of the program's ({type(problem).__name__}: {problem})")])
            raise
        finally:
            for line in self._lines:
                line.close()
            self._line = self._coming = None
            await self._jobs.close()

    def _turn(self) -> None:
        self._jobs.check()
        self._bury()
        self._hand_over()
        self._begin()
        self._tell()

    def _bury(self) -> None:
        """What is lost is said and closed."""
        if self._coming and self._coming.lost and not self._jobs.has("build"):
            self._give_up(self._coming.lost)
        line = self._line
        if line is None or not line.lost:
            return
        words, self._line = line.lost, None
        self.lost += 1
        if self._has_lived(line):
            self._pauses.succeeded()
        self._retire(line)
        self._emit([StreamDown(words, 0.0 if self._jobs.has("build") or self._coming else self._pause())])

    def _hand_over(self) -> None:
        coming = self._coming
        if coming is None or self._jobs.has("build"):
            return
        if self._line is None:
            if coming.is_enough(PATIENCE):
                self._change_to(coming, [StreamUp()])
        elif coming.is_settled and (is_proven := self._line.prove()) is not None:
            unsure = StreamDown("The old socket did not say whether all had arrived when the new one took over")
            self._change_to(coming, [StreamUp(is_relief=True)] if is_proven else [unsure, StreamUp()])

    def _change_to(self, coming: Line, events: Sequence[VenueEvent]) -> None:
        old, self._line, self._coming = self._line, coming, None
        self._is_asked = self._is_failure_said = False
        if old:
            self.replaced += 1
            self._retire(old)
            self._rest(GAP)
        self._told = self._followed(coming)
        coming.speak([*events, self._told])

    def _retire(self, line: Line) -> None:
        self._jobs.stop("update")
        self._frames_before += line.frames
        line.close()

    def _begin(self) -> None:
        """Start what is due."""
        line = self._line
        topics = self._room.fitting(self._wanted.topics)
        has_room = line is None or self._room.has(line.union, topics)
        if self._coming is None and not self._jobs.has("build", "rest") and (line is None or self._is_relief_due(line, has_room)):
            self._jobs.start("build", self._build())
        if line and has_room and not self._jobs.has("update", "wait") and (line.topics != set(topics) or line.has_overdue):
            self._jobs.start("update", self._update(line))
        if line and self._whereabouts.is_due and not self._jobs.has("config"):
            self._jobs.start("config", self._read_config())
        if line and (words := self._room.take_words(self.wanted)):
            self._emit([StreamNotice(words)])

    def _is_relief_due(self, line: Line, has_room: bool) -> bool:
        address = self._whereabouts.address
        has_moved = address is not None and address != line.address
        is_old = line.relief_at is not None and self._wall() >= line.relief_at
        return self._is_asked or has_moved or is_old or not has_room

    def _tell(self) -> None:
        """Say what is followed once it is as it was asked for, and whenever it changes after that."""
        line = self._line
        if line is None or self._jobs.has("update") or line.topics != set(self._room.fitting(self._wanted.topics)):
            return
        followed = self._followed(line)
        if followed != self._told and line.is_enough(PATIENCE):
            self._told = followed
            self._emit([followed])

    def _followed(self, line: Line) -> ChannelsFollowed:
        return ChannelsFollowed(line.joined, frozenset(self._wanted.topics) - line.joined)

    # A line from nothing, beside another or alone

    async def _build(self) -> None:
        self._is_hurried = False
        try:
            address = await self._whereabouts.read()
            line = self._coming = Line(address, self._parse, self._emit, self._news.set, self._clock)
            self.connects += 1
            await line.greet(self._dial)
            await line.during(self._register(line))
        except VenueError as problem:
            self._give_up(str(problem))

    async def _register(self, line: Line) -> None:
        """Ask for what is wanted now, and for what of it the socket does not have yet, with auth of its own."""
        await self._renew()
        topics = self._room.fitting(self._wanted.topics)
        try:
            registration = await self._calls.register(line.socket_id, topics)
        except RefusedError as problem:
            if problem.code == TOO_MANY and topics:
                self._room.refused(len(topics), len(self._line.joined) if self._line else 0)
            raise
        self._check_own(registration)
        self._room.told = registration.channel_limit
        if line.up_at is None:
            line.relief_at = self._relief_at()
        await line.sign_in(registration)
        line.subscribe(topics, registration)

    def _check_own(self, registration: Registration) -> None:
        """Without one of the channels that every socket has, orders or the catalogue would change unheard: such a line is none."""
        had = self._line.own if self._line else 0
        if registration.own >= max(had, 1):
            return
        of_how_many = f" of {had}" if had else ""
        told = f" ({registration.faults[0]})" if registration.faults else ""
        raise UnreadableError(f"The registration granted {registration.own}{of_how_many} channels that every socket has{told}")

    def _relief_at(self) -> float | None:
        """Ahead of the end of the token that the line was registered with; a very short life is used to its half."""
        expires_at, now = self._expires_at(), self._wall()
        if expires_at is None:
            return None
        return max(expires_at - AHEAD, now + (expires_at - now) / 2) if expires_at > now else now + OVERDUE

    def _give_up(self, words: str) -> None:
        """The coming line did not come. Where an old one goes on, that is no loss."""
        line, self._coming = self._coming, None
        faults = line.take_faults() if line else []
        if line:
            self._retire_unused(line)
        pause = self._pause()
        if self._line is None:
            self._emit([*faults, StreamDown(words, pause)])
        elif not self._is_failure_said:
            self._is_failure_said = True
            self._emit([*faults, StreamNotice(f"{words}. The old socket goes on, and a new one is tried again")])

    def _retire_unused(self, line: Line) -> None:
        self._frames_before += line.frames
        line.close()
        if self._line:
            self._line.doubt()

    # Another set on the living line

    async def _update(self, line: Line) -> None:
        try:
            await line.during(self._register(line))
        except VenueError as problem:
            if line.lost:
                return
            pause = self._pauses.next()
            self._jobs.start("wait", self._sleeping(pause))
            if not (isinstance(problem, RefusedError) and problem.code == TOO_MANY):
                self._emit([StreamNotice(f"What is followed could not be changed: {problem}. Trying again in {pause:.1f} s")])
        else:
            self._told = None

    async def _read_config(self) -> None:
        before = self._whereabouts.read_at
        await self._whereabouts.read()
        if self._whereabouts.read_at != before:
            self._room.lift()

    # Time

    async def _beat(self) -> None:
        while True:
            await self._sleep(TICK)
            self._notice_sleep()
            for line in self._lines:
                line.check()
            if self._line and self._has_lived(self._line) and not self._jobs.has("build", "rest", "update", "wait"):
                self._pauses.succeeded()
            if words := self._whereabouts.take_words():
                self._emit([StreamNotice(words)])
            self._news.set()

    def _notice_sleep(self) -> None:
        """After a sleep no socket is what it was, whatever it says: packets may have been thrown away meanwhile."""
        missing = self._awake.missing()
        if missing and self._lines:
            self._lose_all(f"The computer slept or its clock was set: {missing:.0f} s are missing")

    def _has_lived(self, line: Line) -> bool:
        return line.up_at is not None and self._clock() - line.up_at >= SUCCESS

    def _pause(self) -> float:
        """Rest before the next try, unless somebody is in a hurry; how long."""
        if self._is_hurried:
            return 0.0
        pause = self._pauses.next()
        self._rest(pause)
        return pause

    def _rest(self, seconds: float) -> None:
        self._jobs.start("rest", self._sleeping(seconds))

    async def _sleeping(self, seconds: float) -> None:
        await self._sleep(seconds)
