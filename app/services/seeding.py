"""Reads what is listed, in the order in which a person misses it, beside everything else: the first league at once, the rest behind it.

A venue answers a query path once a second: tournaments' events go over one, the markets of `events_a_call` events at a time over another,
both at once. The floor is max(tournaments, events / events_a_call) seconds.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime

import msgspec

from app.domain.errors import NotSentError, RefusedError, VenueError
from app.domain.events import MarketsSeeded
from app.domain.fixture import EARLIEST
from app.domain.labels import OWN, Labels
from app.domain.link import Rank
from app.domain.market import Event
from app.services.catalogue import Catalogue, Loading
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, TradingVenue
from app.services.tasks import Tasks
from app.services.together import TOGETHER, Together

PACE = 1.05  # seconds between two requests of a path
RETRY = 3.0  # seconds after a first failure; twice as long after each further one
LONGEST = 60.0
GIVEN_UP = 5  # failures in a row, a minute and a half apart in all, after which nothing waits for a tournament any more
TOO_MANY = 429  # the venue's status for a request that came too early
ROOM = 150_000  # selections that are kept

_NEVER = datetime.max.replace(tzinfo=UTC)


class Progress(msgspec.Struct, frozen=True):
    """How far the catalogue is read. `left` is about how many seconds the rest takes; `is_full`: markets beyond the room are not read.

    `failed` tournaments could not be read: they hold nothing up, and are tried again now and then.
    """

    tournaments_read: int
    tournaments: int
    events: int
    markets_read: int
    left: float
    is_full: bool
    failed: int = 0

    @property
    def is_done(self) -> bool:
        return self.tournaments > 0 and self.left == 0

    @property
    def share(self) -> float:
        """Between 0 and 1: tournaments count half, the markets of their events the other half."""
        whole = (self.tournaments_read + self.failed) / self.tournaments if self.tournaments else 0.0
        return whole / 2 + whole / 2 * (self.markets_read / self.events if self.events and not self.is_full else 1.0)

    @property
    def words(self) -> str:
        if not self.tournaments:
            return "Reading the tournaments"
        if self.is_reading_tournaments:
            return f"Reading {self.short_words} · {self.events:,} events"
        return f"Reading the {self.short_words}"

    @property
    def failed_words(self) -> str:
        """Empty while all could be read."""
        if not self.failed:
            return ""
        what = "1 tournament" if self.failed == 1 else f"{self.failed:,} tournaments"
        return f"{what} could not be read and will be tried again"

    @property
    def is_reading_tournaments(self) -> bool:
        return self.tournaments_read + self.failed < self.tournaments

    @property
    def short_words(self) -> str:
        if self.is_reading_tournaments or not self.tournaments:
            return f"{self.tournaments_read} of {self.tournaments} tournaments"
        return f"markets of {self.markets_read:,} of {self.events:,} events"


class Seeder:
    """Started once; from then on whatever is unread is read. `wanted` names the events that go first: own orders, stars."""

    def __init__(
        self,
        venue: TradingVenue,
        catalogue: Catalogue,
        notices: Notices,
        tasks: Tasks,
        *,
        wanted: Callable[[], Collection[int]],
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        room: int = ROOM,
        labels: Labels = OWN,
    ) -> None:
        self._venue = venue
        self._catalogue = catalogue
        self._notices = notices
        self._tasks = tasks
        self._wanted = wanted
        self._clock = clock
        self._sleep = sleep
        self.room = room
        self._labels = labels
        self._is_started = False
        self._opened: dict[int, None] = {}
        self._patience = _Patience(clock)
        self._together = Together(venue, notices)
        self._size = TOGETHER  # events a request, fewer while answers do not come
        self.rounds = 0  # how often everything was to be read again
        self._wakes = (asyncio.Event(), asyncio.Event())
        catalogue.changed.connect(self._wake)

    def start(self) -> None:
        """Read from now on; a second call changes nothing."""
        if not self._is_started:
            self._is_started = True
            self._tasks.start(self._read_all_events())
            self._tasks.start(self._read_all_markets())

    def read_again(self) -> None:
        """News may have been missed: everything is read again in the background, and what is known stays until then."""
        self.rounds += 1
        self._patience.forget()
        self._catalogue.forget_reading()
        self._catalogue.changed()

    def open(self, tournament_id: int) -> None:
        """A person opened a tournament: its events are read now, and their markets before others'."""
        self._opened.pop(tournament_id, None)
        self._opened[tournament_id] = None
        if self._catalogue.loading.get(tournament_id, Loading.NOT_READ) in {Loading.NOT_READ, Loading.FAILED}:
            self._tasks.start(self._read_events(tournament_id, Rank.SCREEN))

    def look_at(self, event_id: int) -> None:
        """A person opened an event: whether it still is as it was kept is asked now."""
        event = self._catalogue.events.get(event_id)
        if event is not None and self._catalogue.loading.get(event.tournament_id) is Loading.NOT_READ:
            self._tasks.start(self._read_events(event.tournament_id, Rank.SCREEN))

    @property
    def is_reading(self) -> bool:
        """Whether much changes at once just now."""
        return self._is_started and not self.progress.is_done

    @property
    def has_read_events(self) -> bool:
        """Whether all that is listed is known now, but for tournaments that cannot be read however often they are tried."""
        return self._is_started and bool(self._catalogue.loading) and all(map(self._is_settled, self._catalogue.loading))

    def _is_settled(self, tournament_id: int) -> bool:
        return self._catalogue.loading[tournament_id] is Loading.READ or self._patience.times(tournament_id) >= GIVEN_UP

    @property
    def is_full(self) -> bool:
        return self._catalogue.selection_count >= self.room

    @property
    def room_words(self) -> str:
        """What is read when there is no room for all of it."""
        read, events = len(self._catalogue.events) - len(self._catalogue.unread), len(self._catalogue.events)
        kept = f"Markets of {read:,} of {events:,} events are kept ({self.room:,} {self._labels.selections})"
        return f"{kept}; the others are read when they are opened."

    @property
    def progress(self) -> Progress:
        catalogue = self._catalogue
        loading = catalogue.loading
        unread = [one for one in loading if loading[one] is not Loading.READ]
        failed = sum(self._patience.times(one) > 0 for one in unread)
        markets = 0 if self.is_full else len(catalogue.unread)
        return Progress(
            tournaments_read=len(loading) - len(unread),
            tournaments=len(loading),
            events=len(catalogue.events),
            markets_read=len(catalogue.events) - len(catalogue.unread),
            left=PACE * max(len(unread) - failed, -(-markets // self._venue.events_a_call)),
            is_full=self.is_full,
            failed=failed,
        )

    # Events

    async def _read_all_events(self) -> None:
        while True:
            tournament_id = self._next_tournament()
            if tournament_id is None:
                await self._rest(self._wakes[0], self._patience.left(self._unread_tournaments()))
            else:
                await self._read_events(tournament_id, Rank.SEEDING)

    def _unread_tournaments(self) -> list[int]:
        unread = {Loading.NOT_READ, Loading.FAILED}
        listed, loading = self._catalogue.tournaments, self._catalogue.loading
        return [tournament_id for tournament_id in listed if loading[tournament_id] in unread]

    def _next_tournament(self) -> int | None:
        due = [one for one in self._unread_tournaments() if self._patience.is_due(one)]
        if not due:
            return None
        is_first = not self._opened and Loading.READ not in self._catalogue.loading.values()
        places = {one: place for place, one in enumerate(self._in_the_trees_order())}
        if is_first:
            return min(due, key=places.__getitem__)
        wanted = set(self._wanted())
        return min(due, key=lambda one: (*self._standing(self._catalogue.events_of(one), one, wanted), places[one]))

    def _in_the_trees_order(self) -> list[int]:
        return sorted(self._catalogue.tournaments, key=lambda one: self._catalogue.tournaments[one].sport.name)

    def _standing(self, events: list[Event], tournament_id: int, wanted: set[int]) -> tuple[bool, bool, bool, datetime]:
        """Opened before starred or traded before live before soonest, each False first."""
        starts = [event.scheduled for event in events if event.scheduled is not None and event.scheduled >= EARLIEST]
        return (
            tournament_id not in self._opened,
            not any(event.id in wanted for event in events),
            not any(event.is_live for event in events),
            min(starts, default=_NEVER),
        )

    async def _read_events(self, tournament_id: int, rank: Rank) -> None:
        try:
            await self._catalogue.read_events(tournament_id, rank)
        except VenueError as problem:
            self._failed(tournament_id, "events", problem)
            self._catalogue.changed()  # it counts as failed from here on
        else:
            self._patience.good(tournament_id)

    # Markets

    async def _read_all_markets(self) -> None:
        while True:
            event_ids = self._next_events() if self._patience.is_due(None) else []
            if event_ids:
                await self._read_markets(event_ids)
            else:
                await self._rest(self._wakes[1], self._patience.left([None]))

    def _next_events(self) -> list[int]:
        """Whose markets to read next: never read ones first, and no more than there is room for."""
        catalogue = self._catalogue
        room = self.room - catalogue.selection_count
        if room <= 0 or not catalogue.unread:
            return []
        read = len(catalogue.shelf) + len(catalogue.groups)
        usual = catalogue.selection_count // read if read else 0
        count = min(self._size, max(room // usual, 1)) if usual else self._size
        wanted = set(self._wanted())
        return heapq.nsmallest(count, catalogue.unread, key=lambda one: self._urgency(one, wanted))

    def _urgency(self, event_id: int, wanted: set[int]) -> tuple[object, ...]:
        event = self._catalogue.events[event_id]
        standing = self._standing([event], event.tournament_id, wanted)
        return (event_id in self._catalogue.shelf, event.is_over, standing[1], standing[0], *standing[2:], event_id)

    async def _read_markets(self, event_ids: list[int]) -> None:
        begun = self.rounds
        try:
            async for seeded in self._together.read(event_ids, Rank.SEEDING):
                await self._put_by(seeded)
        except VenueError as problem:
            if not isinstance(problem, NotSentError | RefusedError):
                self._size = max(len(event_ids) // 2, 1)  # the answer was too long in coming
            self._failed(None, "markets", problem)
            return
        self._patience.good(None)
        self._size = min(self._size * 2, TOGETHER)
        if self.rounds == begun:
            self._catalogue.unread.difference_update(event_ids)  # what is not answered is not there
        else:  # news may have been missed meanwhile
            self._catalogue.outdate(event_ids)
        self._catalogue.changed()

    async def _put_by(self, seeded: Sequence[MarketsSeeded]) -> None:
        for one in seeded:
            self._catalogue.put_by(one)
            await asyncio.sleep(0)  # packing fifty events takes a while: between two of them others have their turn

    # Waiting

    def _failed(self, what: int | None, words: str, problem: VenueError) -> None:
        """Said once, but for a request that came too early: that is no news to a person."""
        if isinstance(problem, NotSentError) and problem.status == TOO_MANY:
            self._patience.later(what, problem.retry_after or PACE)
        elif self._patience.bad(what, str(problem)):
            self._notices.say(f"Reading {words}: {problem}", Tone.WARNING)

    def _wake(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _rest(self, wake: asyncio.Event, seconds: float | None) -> None:
        """Until something changes, or for so many seconds."""
        wake.clear()
        if seconds is None:
            await wake.wait()
            return
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(wake.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()


class _Patience:
    """When what failed may be tried again, and whether it was said already. None stands for the markets."""

    def __init__(self, clock: Monotonic) -> None:
        self._clock = clock
        self._due: dict[int | None, float] = {}
        self._times: dict[int | None, int] = {}
        self._said: dict[int | None, str] = {}

    def is_due(self, what: int | None) -> bool:
        return self._due.get(what, 0.0) <= self._clock()

    def left(self, whats: Collection[int | None]) -> float | None:
        """Seconds until the first of them may be tried again; None when none of them waits."""
        due = [self._due[what] for what in whats if what in self._due]
        return max(min(due) - self._clock(), 0.0) if due else None

    def bad(self, what: int | None, words: str) -> bool:
        """True when it has not been said yet."""
        times = self._times[what] = self._times.get(what, 0) + 1
        self._due[what] = self._clock() + min(RETRY * 2.0 ** (times - 1), LONGEST)
        is_new = self._said.get(what) != words
        self._said[what] = words
        return is_new

    def times(self, what: int | None) -> int:
        """How often it failed in a row."""
        return self._times.get(what, 0)

    def later(self, what: int | None, seconds: float) -> None:
        """The venue asked for a pause."""
        self._due[what] = self._clock() + seconds

    def good(self, what: int | None) -> None:
        for known in (self._due, self._times, self._said):
            known.pop(what, None)

    def forget(self) -> None:
        """Whatever waits may be tried now."""
        self._due.clear()
        self._times.clear()
