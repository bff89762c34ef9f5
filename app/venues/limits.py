"""The venue's request budget: so many a second over all, each query path once a second, and who goes first where requests wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import msgspec

from app.domain.errors import VenueError
from app.domain.link import Rank

PER_SECOND = 50
RESERVE = 10  # of those, what reading leaves to orders and cancels
KEPT: Mapping[Rank, int] = MappingProxyType(
    {Rank.CANCEL: 0, Rank.ORDER: 2, Rank.SCREEN: RESERVE, Rank.ROUTINE: RESERVE, Rank.SEEDING: RESERVE},
)  # requests of a second that a rank leaves to those before it
TRIP: Final[Mapping[Rank, float]] = MappingProxyType(
    {Rank.CANCEL: 0.0, Rank.ORDER: 1.0, Rank.SCREEN: 5.0, Rank.ROUTINE: 5.0, Rank.SEEDING: 5.0},
)  # seconds that a rank allows a request, of any rank, to be under way to the venue while there is no answer; 5 is a call's deadline
QUERY_GAP = 1.05  # seconds between two calls of one query path; the venue's rule is one
QUERY_TRIP = 0.3  # seconds that the next query of a path allows the one before it to be under way: a large answer takes far longer
MOST_CAREFUL: Final = max(TRIP, key=TRIP.__getitem__)  # whoever it has left nothing to fear for, nobody fears for
SHORTEST = 0.001  # seconds: what is shorter than a loop's resolution is due at once, and waiters would wake each other without end
NEVER = float("inf")


class Turn(msgspec.Struct, eq=False):
    """That a request may leave: `Budget.under_way` says when it does. Monotonic seconds; what never leaves counts from when it might have.

    The venue counts when a request arrives, which is some time between its leaving and its answer.
    """

    path: str
    left_at: float
    ended_at: float

    def leave(self, now: float) -> None:
        self.left_at, self.ended_at = now, NEVER

    def free_at(self, rank: Rank) -> float:
        """When the venue has forgotten it, as far as `rank` cares: a second after the latest that it can have arrived."""
        return self._there_by(TRIP[rank]) + 1.0

    @property
    def next_query_at(self) -> float:
        return max(self.left_at + QUERY_GAP, self._there_by(QUERY_TRIP) + 1.0)

    def _there_by(self, trip: float) -> float:
        return min(self.ended_at, self.left_at + trip)


class _Waiter(msgspec.Struct, eq=False):
    """`path` is empty for what is no query; `place` is its turn among its equals."""

    rank: Rank
    path: str
    place: int
    turn: asyncio.Future[Turn]


class Budget:
    """Waits until a request may leave: by rank, and first come first served within one.

    Cancels may use the whole budget, orders all but two requests, the rest leaves a reserve. A better rank overtakes also where the
    others wait for their path, so that what a person opened never stands behind what is read ahead.

    No second at the venue holds more than forty readings, or forty-eight requests that are no cancels, as long as none is under way longer
    than TRIP allows. Cancels (and logins, which all wait for) come on top: only what left in the last second holds them back.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turns: list[Turn] = []
        self._newest: dict[str, Turn] = {}
        self._queues: dict[tuple[Rank, str], deque[_Waiter]] = {}
        self._held_until: dict[str, float] = {}
        self._paused_until = -NEVER
        self._places = 0
        self._alarm: asyncio.Task[None] | None = None
        self._rings_at = NEVER

    @property
    def left(self) -> int:
        """Requests that may still leave within the running second."""
        return self._left(Rank.CANCEL)

    @property
    def waiting(self) -> int:
        """Requests that may not leave yet."""
        return sum(map(len, self._queues.values()))

    def left_for(self, rank: Rank) -> int:
        """How many of a rank may still leave now; below nought when others have used what it would leave alone."""
        is_paused = rank is not Rank.CANCEL and self._paused_until > self._clock()
        return 0 if is_paused else self._left(rank) - KEPT[rank]

    async def wait(self, path: str, *, is_query: bool = False, rank: Rank = Rank.ROUTINE) -> Turn:
        """Return when a request to `path` may leave now; the request is counted from that moment."""
        self._places += 1
        waiter = _Waiter(rank, path if is_query else "", self._places, asyncio.get_running_loop().create_future())
        key = (rank, waiter.path)
        self._queues.setdefault(key, deque()).append(waiter)
        self._let_go()
        try:
            return await waiter.turn
        finally:
            if waiter in self._queues.get(key, ()):
                self._remove(waiter)
                self._set_alarm()

    @contextmanager
    def under_way(self, turn: Turn) -> Iterator[None]:
        """Around the sending of a request whose turn came: it leaves now, because the loop may have been busy meanwhile.

        What is given up without an answer may still arrive: only an answer, or the failure to get one, ends it.
        """
        turn.leave(self._clock())
        if turn not in self._turns:  # the loop was busy for longer than a turn counts
            self._turns.append(turn)
        try:
            yield
        except VenueError:
            self._end(turn)
            raise
        self._end(turn)

    def hold(self, path: str, seconds: float) -> None:
        """The venue asked for a pause on `path`."""
        self._held_until[path] = max(self._held_until.get(path, -NEVER), self._clock() + seconds)

    def hold_all(self, seconds: float) -> None:
        """The venue asked for a pause over all; cancels go on, because nothing may keep an order on the book."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def _end(self, turn: Turn) -> None:
        """It is under way no longer, and others may leave sooner than was feared."""
        turn.ended_at = self._clock()
        if self._queues:
            self._let_go()

    # Who goes next

    def _let_go(self) -> None:
        """Everybody whose turn it is, and the alarm for whoever is next."""
        while (waiter := self._first()) is not None:
            now = self._clock()
            self._remove(waiter)
            if waiter.turn.done():
                continue  # cancelled within this turn of the loop, and not gone from the queue yet
            turn = Turn(waiter.path, now, now)
            self._turns.append(turn)
            if waiter.path:
                self._newest[waiter.path] = turn
            waiter.turn.set_result(turn)
        self._set_alarm()

    def _first(self) -> _Waiter | None:
        """The one that may leave now: of the best rank there is, the one that came first."""
        now = self._clock()
        for rank in Rank:
            due = [queue[0] for path, queue in self._of(rank) if self._path_free_at(rank, path) <= now]
            if due:
                return min(due, key=lambda waiter: waiter.place) if self._left(rank) > KEPT[rank] else None
        return None

    def _next_at(self) -> float:
        """When somebody may leave at the earliest; NEVER when nobody waits."""
        found = NEVER
        for rank in Rank:
            free_at = min((self._path_free_at(rank, path) for path, _ in self._of(rank)), default=NEVER)
            if free_at < NEVER:
                found = min(found, max(free_at, self._room_at(rank)))
        return found

    def _of(self, rank: Rank) -> Iterator[tuple[str, deque[_Waiter]]]:
        return ((path, queue) for (its, path), queue in self._queues.items() if its is rank)

    def _path_free_at(self, rank: Rank, path: str) -> float:
        free_at = self._held_until.get(path, -NEVER) if path else -NEVER
        if path in self._newest:
            free_at = max(free_at, self._newest[path].next_query_at)
        return free_at if rank is Rank.CANCEL else max(free_at, self._paused_until)

    def _room_at(self, rank: Rank) -> float:
        """When the venue has forgotten enough requests. The very sums that `_left` compares with."""
        moments = self._taken(rank)
        short = len(moments) + KEPT[rank] - PER_SECOND
        return sorted(moments)[short] if short >= 0 else -NEVER

    def _left(self, rank: Rank) -> int:
        self._forget()
        return PER_SECOND - len(self._taken(rank))

    def _taken(self, rank: Rank) -> list[float]:
        """Until when each request that the venue may still count is counted."""
        # The very sum that is waited for: a difference would be rounded otherwise, and the wait would never end.
        now = self._clock()
        return [moment for turn in self._turns if (moment := turn.free_at(rank)) > now]

    def _remove(self, waiter: _Waiter) -> None:
        key = (waiter.rank, waiter.path)
        self._queues[key].remove(waiter)
        if not self._queues[key]:
            del self._queues[key]

    def _forget(self) -> None:
        now = self._clock()
        self._turns = [turn for turn in self._turns if turn.free_at(MOST_CAREFUL) > now]

    # One alarm, for whoever is next

    def _set_alarm(self) -> None:
        """An alarm that rings too early only looks again; one that would ring too late, or for nobody, is set anew."""
        next_at = self._next_at()
        if self._alarm and (next_at == NEVER or next_at < self._rings_at):
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None and next_at < NEVER:
            self._rings_at = next_at
            self._alarm = asyncio.ensure_future(self._ring(next_at))

    async def _ring(self, moment: float) -> None:
        await self._sleep(max(moment - self._clock(), SHORTEST))
        self._alarm = None
        self._let_go()
