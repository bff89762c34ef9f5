"""Stars go with their events: one that no whole reading shows any more is asked for by its id before its star is dropped."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import RefusedError, VenueError
from app.domain.events import EventChanged
from app.services.catalogue import Catalogue
from app.services.ports import TradingVenue
from app.services.seeding import Seeder
from app.services.stars import Stars
from app.services.tasks import Tasks
from app.services.together import TOGETHER

_NOT_FOUND = 404


class StarTidy:
    """One empty answer for a league is no proof that its events are gone. Each is asked for once in a round of the seeder."""

    def __init__(self, venue: TradingVenue, catalogue: Catalogue, stars: Stars, seeder: Seeder, tasks: Tasks) -> None:
        self._venue = venue
        self._catalogue = catalogue
        self._stars = stars
        self._seeder = seeder
        self._tasks = tasks
        self._asked: dict[int, int] = {}  # by event, in which round
        catalogue.changed.connect(self._look)

    def _look(self) -> None:
        missing = [
            event_id
            for event_id in sorted(self._stars.ids - self._catalogue.events.keys())
            if self._asked.get(event_id) != self._seeder.rounds and not self._catalogue.is_leaving(event_id)
        ]
        if missing and self._seeder.has_read_events:
            self._asked = {one: at for one, at in self._asked.items() if one in self._stars} | dict.fromkeys(missing, self._seeder.rounds)
            self._tasks.start(self._tidy(missing))

    async def _tidy(self, event_ids: Sequence[int]) -> None:
        gone: set[int] = set()
        for first in range(0, len(event_ids), TOGETHER):
            gone |= await self._gone(event_ids[first : first + TOGETHER])
        gone &= self._stars.ids - self._catalogue.events.keys()
        if gone:
            self._stars.forget(gone)

    async def _gone(self, event_ids: Sequence[int]) -> set[int]:
        """Which of these the venue does not have, or has as over; none of those that it gave no answer about."""
        try:
            events = await self._venue.events_by_id(event_ids)
        except RefusedError as problem:
            if problem.status != _NOT_FOUND:
                return set()
            half = len(event_ids) // 2
            return await self._gone(event_ids[:half]) | await self._gone(event_ids[half:]) if half else set(event_ids)
        except VenueError:
            return set()
        there = [event for event in events if not event.is_over]
        for event in there:
            self._catalogue.apply(EventChanged(event))
        return set(event_ids) - {event.id for event in there}
