"""When the rounds of a match began: the feed tells no such time, but each round has a first price of its own.

Each is read once, one after the other, after everything else that is asked for; of what is read only the time is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from app.domain.cs2 import OddsKey, Question
from app.domain.errors import VenueError
from app.domain.link import Rank
from app.services.feed.ports import FeedVenue
from app.services.ports import Monotonic, Signal
from app.services.tasks import Tasks

KEPT: Final = 20  # matches
MOST: Final = 60  # rounds of a match
APART: Final = 1.5  # seconds between two readings
LONGEST: Final = 5  # times that the pause is doubled
AGAIN: Final = 60.0  # seconds after which one is read again that told nothing; twice as long each time


class RoundStarts:
    """`want` those of a match now and then, and more of them are known each time; `changed` when one is."""

    def __init__(self, venue: FeedVenue, tasks: Tasks, clock: Monotonic, may_ask: Callable[[], bool]) -> None:
        self._venue = venue
        self._tasks = tasks
        self._clock = clock
        self._may_ask = may_ask
        self._known: OrderedDict[int, dict[int, float]] = OrderedDict()
        self._due: dict[OddsKey, float] = {}  # when each that was read may be read again
        self._tries: dict[OddsKey, int] = {}
        self._silent: set[OddsKey] = set()  # answered, without a price
        self._asked_at = float("-inf")
        self._is_reading = False
        self.changed = Signal()

    def of(self, match_id: int) -> Mapping[int, float]:
        """By the number of the round, in seconds since 1970 by the feed's clock."""
        return self._known.get(match_id, {})

    def unread(self, match_id: int, numbers: Iterable[int]) -> list[int]:
        """Rounds of which nothing was heard yet; one that was answered without a price is none of them."""
        known = self.of(match_id)
        return [number for number in numbers if number not in known and OddsKey(match_id, Question.ROUND, number) not in self._silent]

    def learn(self, match_id: int, number: int, at: float) -> None:
        """Somebody else read it. An earlier price than the one that was known as the first is the first."""
        known = self._known.setdefault(match_id, {})
        self._known.move_to_end(match_id)
        while len(self._known) > KEPT:
            self._let_go(self._known.popitem(last=False)[0])
        if at < known.get(number, float("inf")):
            known[number] = at
            self.changed()

    def want(self, match_id: int, numbers: Iterable[int]) -> None:
        """The first round before the others, for with it the match went live; then the newest first."""
        now = self._clock()
        if self._is_reading or now - self._asked_at < APART or not self._may_ask():
            return
        wanted = (number for number in sorted(set(numbers), key=_importance)[:MOST] if number not in self.of(match_id))
        keys = (OddsKey(match_id, Question.ROUND, number) for number in wanted)
        key = next((key for key in keys if now >= self._due.get(key, float("-inf"))), None)
        if key is not None:
            self._asked_at, self._is_reading = now, True
            self._tries[key] = self._tries.get(key, 0) + 1
            self._due[key] = now + AGAIN * 2 ** min(self._tries[key] - 1, LONGEST)
            self._tasks.start(self._read(key))

    def forget(self) -> None:
        self._known.clear()
        self._due.clear()
        self._tries.clear()
        self._silent.clear()

    async def _read(self, key: OddsKey) -> None:
        """What cannot be read now is tried again later; nothing but a mark in a chart depends on it."""
        try:
            told = await self._venue.history(key, Rank.SEEDING)
        except VenueError:
            return
        finally:
            self._is_reading = False
        if key not in self._due:  # let go of meanwhile
            return
        if not told.points:
            self._silent.add(key)
        elif key.round_number is not None:
            self.learn(key.match_id, key.round_number, min(point.at for point in told.points).timestamp())

    def _let_go(self, match_id: int) -> None:
        for key in [key for key in self._due if key.match_id == match_id]:
            del self._due[key], self._tries[key]
            self._silent.discard(key)


def _importance(number: int) -> tuple[bool, int]:
    return number != 1, -number
