"""Reading the odds of single matches: where no chain of changes covers them, and where somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from app.domain.cs2 import OddsKey, Snapshot
from app.domain.errors import RefusedError, VenueError
from app.domain.link import Rank
from app.services.feed.attention import Attention
from app.services.feed.board import Board
from app.services.feed.cycle import Sleep
from app.services.feed.figures import FeedFigures
from app.services.feed.matches import Matches
from app.services.feed.ports import FeedVenue
from app.services.feed.refetch import Refetch
from app.services.ports import Monotonic
from app.services.tasks import Tasks

SEEDED: Final = 40  # matches whose odds are read by themselves


class OddsReadings:
    """`failed` hears what could not be read, in words, and why."""

    def __init__(
        self,
        venue: FeedVenue,
        board: Board,
        matches: Matches,
        figures: FeedFigures,
        attention: Attention,
        tasks: Tasks,
        *,
        failed: Callable[[str, VenueError], None],
        clock: Monotonic,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._venue = venue
        self._board = board
        self._matches = matches
        self._figures = figures
        self._attention = attention
        self._failed = failed
        self._clock = clock
        self.invalidated_by: tuple[str, ...] = ("ODDS_UPDATED",)
        self._looked_up: set[OddsKey] = set()  # of the open match: whose margin was asked for
        self._again = Refetch(self._read, self._read_failed, tasks, clock=clock, sleep=sleep, chance=chance)

    def ask(self, match_id: int) -> None:
        """Read them soon."""
        self._again.ask(match_id)

    def told(self, snapshots: Iterable[Snapshot]) -> None:
        """A page of changes, which tells no margin: that of a new round of the open match is asked for, once."""
        open_id = self._attention.open_id
        self._looked_up = {key for key in self._looked_up if key.match_id == open_id}
        priced = {each.key for each in snapshots if each.key.match_id == open_id and each.is_available}
        fresh = {key for key in priced - self._looked_up if self._lacks_margin(key)}
        if open_id is not None and fresh and not self._board.needs_reading(open_id):  # else it is read soon anyway
            self._looked_up |= fresh
            self.ask(open_id)

    def forget(self) -> None:
        """Another venue process, or another clock."""
        self._looked_up.clear()

    def hurry(self) -> None:
        """The venue answers again."""
        self._again.hurry()

    def stop(self) -> None:
        self._again.stop()

    def seed(self) -> None:
        """Read the odds of what matters where no chain of changes covers them: of the open match first, then of those with an alert."""
        wanted = [self._attention.open_id] if self._attention.open_id is not None else []
        unsettled = [match.id for match in self._matches.unsettled()]
        wanted += [match_id for match_id in unsettled if match_id in self._attention.alerted] + unsettled
        for match_id in list(dict.fromkeys(wanted))[:SEEDED]:
            if self._board.needs_reading(match_id) and not self._again.is_reading(match_id):
                self._again.ask(match_id)

    def _lacks_margin(self, key: OddsKey) -> bool:
        quote = self._board.quote(key)
        return quote is not None and quote.snapshot.margin is None

    async def _read(self, match_id: int) -> None:
        asked_at = self._clock()
        told = await self._venue.odds(match_id, Rank.SCREEN if self._attention.is_open(match_id) else Rank.SEEDING)
        self._figures.read_again += 1
        self._figures.faults += len(told.faults)
        self.invalidated_by = told.invalidated_by or self.invalidated_by
        self._board.read(match_id, told.snapshots, asked_at, self._clock())

    def _read_failed(self, match_id: int, problem: VenueError) -> None:
        if isinstance(problem, RefusedError):
            self._board.read(match_id, (), self._clock(), self._clock())  # asked again when a person or a new chain of changes wants it
        self._failed(f"the odds of match {match_id}", problem)
