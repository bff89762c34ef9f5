"""Reading the lists: which matches there are, the queue, the seasons. All of them now and then, what changed in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from app.domain.cs2 import Match, MatchStatus, Upcoming
from app.domain.errors import VenueError
from app.domain.link import Rank
from app.services.feed.figures import FeedFigures
from app.services.feed.matches import Matches, Step
from app.services.feed.ports import FeedVenue, Page
from app.services.feed.unread import Unread, is_unknown, season_words, unread_of
from app.services.ports import Monotonic, Now

Row = TypeVar("Row")

LIMIT: Final = 100  # rows a page (the contract's most)
PAGES: Final = 10  # of one list at most
ALL_EVERY: Final = 300.0  # seconds
OVERLAP: Final = timedelta(seconds=2)
AHEAD: Final = timedelta(minutes=5)  # a row that was updated later than this from now tells nothing about what to ask for
LOOKED_FOR: Final = 30  # matches that are in no list any more, the newest
SOONEST: Final = 10.0  # seconds between readings of everything because of a match that is not listed


class Lobby:
    """`stepped` hears what changed, `listed` when what was read whole had been asked for. VenueErrors pass through; what was read until
    then is kept.
    """

    def __init__(
        self,
        venue: FeedVenue,
        matches: Matches,
        figures: FeedFigures,
        *,
        stepped: Callable[[list[Step]], None],
        missing: Callable[[int], None],
        clock: Monotonic,
        now: Now,
        listed: Callable[[float], None] = lambda _asked_at: None,
    ) -> None:
        self._venue = venue
        self._matches = matches
        self._figures = figures
        self._stepped = stepped
        self._missing = missing
        self._listed = listed
        self._has_tried_seasons = asyncio.Event()
        self._clock = clock
        self._now = now
        self.invalidated_by: tuple[str, ...] = ("MATCH_CREATED", "MATCH_STARTED", "MATCH_FINISHED")
        self.upcoming_invalidated_by: tuple[str, ...] = ("MATCH_CREATED", "MATCH_STARTED")
        self.wanted_seasons: set[int] = set()
        self.unread_seasons: dict[int, Unread] = {}
        self._whole_seasons: set[int] = set()  # whose matches were all read
        self._all_at: float | None = None
        self._answered_at: float | None = None
        self._routine_at = 0.0
        self._since: datetime | None = None  # the venue's clock
        self._is_all_wanted = False
        self._unlisted: set[int] = set()  # looked for in vain since everything was read on its own account

    @property
    def age(self) -> float | None:
        """Seconds since what is listed was asked for, as far as it was answered; None: it never was."""
        return None if self._answered_at is None else max(self._clock() - self._answered_at, 0.0)

    @property
    def has_listed(self) -> bool:
        """Whether all matches were listed once."""
        return self._all_at is not None

    def want(self, match_id: int) -> bool:
        """A match turned up that is not listed. Answers whether everything is to be read for it now: not too often, and once in vain."""
        if match_id in self._unlisted or (self._all_at is not None and self._clock() - self._all_at < SOONEST):
            return False
        self._unlisted.add(match_id)
        self._is_all_wanted = True
        return True

    def why_unread(self, season_id: int, again_in: float | None) -> str:
        """Why a season's standings could not be read, as a sentence; empty while they are only being read."""
        unread = self.unread_seasons.get(season_id)
        name = next((season.name for season in self._matches.seasons if season.id == season_id), "")
        return season_words(unread, name, again_in) if unread is not None else ""

    def start_again(self) -> None:
        self._all_at = self._since = None
        self._whole_seasons.clear()

    async def read(self) -> None:
        now = self._clock()
        is_due = self._since is None or self._all_at is None or now - self._routine_at >= ALL_EVERY
        if is_due or self._is_all_wanted:
            self._is_all_wanted = True  # until it worked
            await self._read_all()
            self._all_at, self._is_all_wanted = now, False
            if is_due:
                self._routine_at = now
                self._unlisted.clear()
        else:
            self._hear(await self._rows(lambda offset: self._page(updated_since=self._since, offset=offset)))
        self._answered_at = now
        self._listed(now)

    async def read_upcoming(self) -> None:
        rows: list[Upcoming] = []
        last: Page[Upcoming] | None = None
        while last is None or (last.rows and len(rows) < min(last.total, LIMIT * PAGES)):
            last = self._counted(await self._venue.upcoming(limit=LIMIT, offset=len(rows)))
            rows += last.rows
        self.upcoming_invalidated_by = last.invalidated_by or self.upcoming_invalidated_by
        self._matches.hear_upcoming(rows)

    async def read_seasons(self) -> None:
        try:
            self._matches.hear_seasons(self._counted(await self._venue.seasons()).rows)
        finally:
            self._has_tried_seasons.set()

    async def read_wanted_seasons(self) -> None:
        """Each by itself; a season that is over is read once."""
        problems = []
        for season_id in sorted(self.wanted_seasons):
            try:
                await self._read_season(season_id)
            except VenueError as problem:
                self.unread_seasons[season_id] = unread_of(season_id, problem, self._clock())
                if not is_unknown(problem):  # which the pane says, and which is asked for no sooner than at the usual pace
                    problems.append(problem)
            else:
                self.unread_seasons.pop(season_id, None)
        if problems:
            raise problems[0]

    async def _read_season(self, season_id: int) -> None:
        """All its matches, as far as `PAGES` go, and its standings."""
        if season_id not in self._whole_seasons:
            self._hear(await self._rows(lambda offset: self._page(season_id=season_id, offset=offset, rank=Rank.SCREEN)), is_part=True)
            self._whole_seasons.add(season_id)
        known = self._matches.standings.get(season_id)
        if known is None or known.season.is_active:
            standings = await self._venue.standings(season_id)
            self._figures.faults += len(standings.faults)
            self._matches.hear_standings(standings)

    async def _read_all(self) -> None:
        """What is played and will be, and the newest of what is over. What was open and is in no list any more is looked for by itself."""
        before = {match.id for match in self._matches.matches.values() if not match.is_settled}
        listed: set[int] = set()
        problems: list[VenueError] = []
        parts: list[Callable[[], Awaitable[list[Match]]]] = [
            partial(self._open_ones, status) for status in (MatchStatus.LIVE, MatchStatus.WARMUP, MatchStatus.PREGAME)
        ]
        for read in [*parts, self._newest_finished]:
            try:
                rows = await read()
            except VenueError as problem:
                problems.append(problem)
            else:
                listed.update(row.id for row in rows)
                self._hear(rows)
        if problems:
            raise problems[0]
        for gone in sorted(before - listed, reverse=True)[:LOOKED_FOR]:
            self._missing(gone)

    async def _open_ones(self, status: MatchStatus) -> list[Match]:
        return await self._rows(lambda offset: self._page(status=status, offset=offset))

    async def _newest_finished(self) -> list[Match]:
        """Of the season that runs, where one does. The order of a list is not told: its end is read where that is newer."""
        await self._has_tried_seasons.wait()
        season = self._matches.active_season
        season_id = season.id if season else None
        first = await self._page(status=MatchStatus.FINISHED, season_id=season_id)
        rows = list(first.rows)
        if first.total > len(rows) and _is_oldest_first(rows):
            rows += (await self._page(status=MatchStatus.FINISHED, season_id=season_id, offset=max(first.total - LIMIT, 0))).rows
        return rows

    async def _rows(self, page: Callable[[int], Awaitable[Page[Match]]]) -> list[Match]:
        rows: dict[int, Match] = {}
        offset = 0
        last: Page[Match] | None = None
        while last is None or (last.rows and offset < min(last.total, LIMIT * PAGES)):
            last = await page(offset)
            offset += LIMIT
            rows.update((row.id, row) for row in last.rows)
        return list(rows.values())

    async def _page(
        self,
        *,
        status: str = "",
        season_id: int | None = None,
        updated_since: datetime | None = None,
        offset: int = 0,
        rank: Rank = Rank.ROUTINE,
    ) -> Page[Match]:
        page = self._counted(
            await self._venue.matches(
                status=status, season_id=season_id, updated_since=updated_since, limit=LIMIT, offset=offset, rank=rank
            )
        )
        self.invalidated_by = page.invalidated_by or self.invalidated_by
        return page

    def _counted(self, page: Page[Row]) -> Page[Row]:
        self._figures.faults += len(page.faults)
        return page

    def _hear(self, rows: list[Match], *, is_part: bool = False) -> None:
        """What is asked for next begins where the newest row ends, by the venue's own clock; a part of the matches says nothing of that."""
        latest = self._now().astimezone(UTC) + timedelta(seconds=self._figures.offset or 0.0) + AHEAD
        times = [row.updated_at for row in rows if row.updated_at is not None and row.updated_at <= latest]
        if times and not is_part:
            newest = max(times) - OVERLAP
            self._since = newest if self._since is None else max(self._since, newest)
        self._stepped(self._matches.hear(rows))


def _is_oldest_first(rows: list[Match]) -> bool:
    times = [row.updated_at or row.starts_at for row in rows]
    return len(times) > 1 and times[0] is not None and times[-1] is not None and times[0] < times[-1]
