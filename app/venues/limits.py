"""The venue's request budget: so many a second over all, each query path once a second, and who goes first where requests wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from app.domain.link import Rank

PER_SECOND = 50
RESERVE = 10  # of those, what reading leaves to orders and cancels
KEPT: Mapping[Rank, int] = MappingProxyType(
    {Rank.CANCEL: 0, Rank.ORDER: 2, Rank.SCREEN: RESERVE, Rank.ROUTINE: RESERVE, Rank.SEEDING: RESERVE},
)  # requests of a second that a rank leaves to those before it
QUERY_GAP = 1.05  # seconds between two calls of one query path; the venue's rule is one
SHORTEST = 0.001  # seconds: what is shorter than a loop's resolution is due at once, and waiters would wake each other without end
NEVER = float("inf")


class _Waiter(msgspec.Struct, eq=False):
    """`path` is empty for what is no query; `place` is its turn among its equals."""

    rank: Rank
    path: str
    place: int
    turn: asyncio.Future[None]


class Budget:
    """Waits until a request may leave: by rank, and first come first served within one.

    Cancels may use the whole budget, orders all but two requests, the rest leaves a reserve. A better rank overtakes also where the
    others wait for their path, so that what a person opened never stands behind what is read ahead.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._queues: dict[tuple[Rank, str], deque[_Waiter]] = {}
        self._free_at: dict[str, float] = {}
        self._paused_until = -NEVER
        self._places = 0
        self._alarm: asyncio.Task[None] | None = None
        self._rings_at = NEVER

    @property
    def left(self) -> int:
        """Requests that may still leave within the running second."""
        self._forget()
        return PER_SECOND - len(self._sent)

    @property
    def waiting(self) -> int:
        """Requests that may not leave yet."""
        return sum(map(len, self._queues.values()))

    def left_for(self, rank: Rank) -> int:
        """How many of a rank may still leave now; below nought when others have used what it would leave alone."""
        is_paused = rank is not Rank.CANCEL and self._paused_until > self._clock()
        return 0 if is_paused else self.left - KEPT[rank]

    async def wait(self, path: str, *, is_query: bool = False, rank: Rank = Rank.ROUTINE) -> None:
        """Return when a request to `path` may leave now; the request is counted at that moment."""
        self._places += 1
        waiter = _Waiter(rank, path if is_query else "", self._places, asyncio.get_running_loop().create_future())
        key = (rank, waiter.path)
        self._queues.setdefault(key, deque()).append(waiter)
        self._let_go()
        try:
            if not waiter.turn.done():
                await waiter.turn
        finally:
            if waiter in self._queues.get(key, ()):
                self._remove(waiter)
                self._set_alarm()

    def leaves(self, path: str) -> None:
        """A query whose turn came leaves only now, because the loop was busy meanwhile: the next one of its path keeps its distance."""
        self._free_at[path] = max(self._free_at.get(path, -NEVER), self._clock() + QUERY_GAP)

    def hold(self, path: str, seconds: float) -> None:
        """The venue asked for a pause on `path`."""
        self._free_at[path] = max(self._free_at.get(path, -NEVER), self._clock() + seconds)

    def hold_all(self, seconds: float) -> None:
        """The venue asked for a pause over all; cancels go on, because nothing may keep an order on the book."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    # Who goes next

    def _let_go(self) -> None:
        """Everybody whose turn it is, and the alarm for whoever is next."""
        while (waiter := self._first()) is not None:
            now = self._clock()
            self._remove(waiter)
            if waiter.turn.done():
                continue  # cancelled within this turn of the loop, and not gone from the queue yet
            self._sent.append(now)
            if waiter.path:
                self._free_at[waiter.path] = now + QUERY_GAP
            waiter.turn.set_result(None)
        self._set_alarm()

    def _first(self) -> _Waiter | None:
        """The one that may leave now: of the best rank there is, the one that came first."""
        now, left = self._clock(), self.left
        for rank in Rank:
            due = [queue[0] for path, queue in self._of(rank) if self._path_free_at(rank, path) <= now]
            if due:
                return min(due, key=lambda waiter: waiter.place) if left > KEPT[rank] else None
        return None

    def _next_at(self) -> float:
        """When somebody may leave at the earliest; NEVER when nobody waits."""
        found = NEVER
        for rank in Rank:
            for path, _ in self._of(rank):
                found = min(found, max(self._path_free_at(rank, path), self._room_at(rank)))
        return found

    def _of(self, rank: Rank) -> Iterator[tuple[str, deque[_Waiter]]]:
        return ((path, queue) for (its, path), queue in self._queues.items() if its is rank)

    def _path_free_at(self, rank: Rank, path: str) -> float:
        free_at = self._free_at.get(path, -NEVER) if path else -NEVER
        return free_at if rank is Rank.CANCEL else max(free_at, self._paused_until)

    def _room_at(self, rank: Rank) -> float:
        """When enough of the running second's requests are a second old. The very sum that `_forget` compares with."""
        short = len(self._sent) + KEPT[rank] - PER_SECOND
        return self._sent[short] + 1.0 if short >= 0 else -NEVER

    def _remove(self, waiter: _Waiter) -> None:
        key = (waiter.rank, waiter.path)
        self._queues[key].remove(waiter)
        if not self._queues[key]:
            del self._queues[key]

    def _forget(self) -> None:
        # The very sum that is waited for: a difference would be rounded otherwise, and the wait would never end.
        now = self._clock()
        while self._sent and self._sent[0] + 1.0 <= now:
            self._sent.popleft()

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
