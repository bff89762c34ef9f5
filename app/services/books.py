"""Keeps the books read of everything that is wanted: the open event by itself and at once, all others fifty at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from app.domain.errors import RefusedError, VenueError
from app.domain.events import MarketsSeeded, VenueEvent
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, TradingVenue
from app.services.prices import Prices
from app.services.tasks import Tasks
from app.services.together import TOGETHER, Together

RETRY = 3.0  # seconds after a reading that failed
UNFOLLOWED_READ = 20.0  # seconds between readings of what is wanted and not followed by a stream


class BookReader:
    """`emit` takes what was read. `open_event_id` is the event on screen, `read_at` when something was last read (monotonic seconds)."""

    def __init__(
        self,
        venue: TradingVenue,
        catalogue: Catalogue,
        prices: Prices,
        notices: Notices,
        tasks: Tasks,
        emit: Callable[[Sequence[VenueEvent]], None],
        *,
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._together = Together(venue, notices)
        self._catalogue = catalogue
        self._prices = prices
        self._notices = notices
        self._tasks = tasks
        self._emit = emit
        self._clock = clock
        self._sleep = sleep
        self._others: set[int] = set()
        self._due: dict[int, None] = {}
        self._is_reading_others = False
        self._reading: set[int] = set()
        self._changed_meanwhile: set[int] = set()
        self._opening: asyncio.Task[Any] | None = None
        self.open_event_id: int | None = None
        self.read_at: float | None = None

    def look_at(self, event_id: int) -> None:
        """An event is on screen: read it now."""
        if self._opening is not None and event_id != self.open_event_id:
            self._opening.cancel()  # nobody looks at that event any more, and its reading may stand before this one
        self.open_event_id = event_id
        self._opening = self._tasks.start(self._read_open(event_id))

    def want(self, event_ids: Iterable[int]) -> None:
        """These are wanted beside the open one; what was never read of them is read."""
        self._others = set(event_ids) - {self.open_event_id}
        self._read_later(event_id for event_id in self._others if event_id not in self._catalogue.groups)

    def outdated(self, event_id: int) -> None:
        """What is known of an event's markets is not what the venue has."""
        if event_id == self.open_event_id:
            self._reread_open(event_id)
        elif event_id in self._others:
            self._read_later([event_id])

    def followed(self, event_ids: Iterable[int]) -> None:
        """The stream follows these: what was read before it did may have missed a change."""
        for event_id in event_ids:
            keys = [market.key for group in self._catalogue.groups.get(event_id, ()) for market in group.markets]
            if self._prices.needs_seed(event_id, keys):
                self.outdated(event_id)

    def read_again(self) -> None:
        """Read all of it again."""
        if self.open_event_id is not None:
            self._tasks.start(self._read_open(self.open_event_id))
        self._read_later(self._others)

    async def read_unfollowed(self, is_away: Callable[[], bool]) -> None:
        """Now and then, read what no stream follows: a reading verifies its books for a while. Runs until cancelled.

        `is_away`: the venue is known not to answer.
        """
        while True:
            await self._sleep(UNFOLLOWED_READ)
            if is_away():
                continue
            if self.open_event_id is not None and not self._prices.follows(self.open_event_id):
                self._reread_open(self.open_event_id)
            self._read_later(event_id for event_id in self._others if not self._prices.follows(event_id))

    # The open event

    async def _read_open(self, event_id: int) -> None:
        if event_id in self._reading:
            self._changed_meanwhile.add(event_id)  # what is being read may have been answered before the change
            return
        self._reading.add(event_id)
        try:
            seeded = await self._venue.markets(event_id)
        except RefusedError as problem:
            self._notices.say(f"Reading markets: {problem}", Tone.WARNING)
        except VenueError as problem:
            self._notices.say(f"Reading markets: {problem}", Tone.WARNING)
            await self._sleep(RETRY)
            self._reread_open(event_id)
        else:
            self._tell([seeded])
            if event_id in self._changed_meanwhile or self._is_too_old(seeded):
                self._reread_open(event_id)
        finally:
            self._reading.discard(event_id)
            self._changed_meanwhile.discard(event_id)

    def _reread_open(self, event_id: int) -> None:
        """Read again after this turn of the loop, if it is still looked at."""
        if event_id == self.open_event_id:
            asyncio.get_running_loop().call_soon(lambda: self._tasks.start(self._read_open(event_id)))

    def _is_too_old(self, seeded: MarketsSeeded) -> bool:
        """Whether it was asked for before the stream followed the event."""
        return bool(seeded.books) and self._prices.needs_seed(seeded.event_id, [book.key for book in seeded.books])

    # The others

    def _read_later(self, event_ids: Iterable[int]) -> None:
        self._due.update(dict.fromkeys(event_ids))
        if self._due and not self._is_reading_others:
            self._is_reading_others = True
            self._tasks.start(self._read_others())

    async def _read_others(self) -> None:
        """One request after the other, until nothing is due."""
        try:
            while self._due:
                event_ids = list(self._due)[:TOGETHER]
                for event_id in event_ids:
                    del self._due[event_id]
                await self._read_together(event_ids)
        finally:
            self._is_reading_others = False

    async def _read_together(self, event_ids: Sequence[int]) -> None:
        try:
            async for seeded in self._together.read(event_ids):
                self._tell(seeded)
        except RefusedError as problem:
            self._notices.say(f"Reading markets: {problem}", Tone.WARNING)
        except VenueError as problem:
            self._notices.say(f"Reading markets: {problem}", Tone.WARNING)
            self._due.update(dict.fromkeys(event_ids))
            await self._sleep(RETRY)

    def _tell(self, seeded: Sequence[MarketsSeeded]) -> None:
        self.read_at = self._clock()
        self._emit(seeded)
