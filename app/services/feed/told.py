"""What may be told now of a match that is watched beside its video: the one place that every pane and notice asks.

With the spoiler-safe panel on, the open match is known as it was when the video showed it. Everything else is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from app.domain.cs2 import Match, MatchDetail, OddsKey
from app.services.feed.board import Board, Quote
from app.services.feed.delay import Delay
from app.services.feed.figures import FeedFigures
from app.services.feed.matches import Matches, in_order
from app.services.feed.past import Past
from app.services.feed.ports import Standings
from app.services.ports import Monotonic, Now

AFTER: Final = 2.0  # seconds beyond the delay before a piece of news is said: the delay is an estimate
Three = tuple[Quote | None, Quote | None, Quote | None]


class Shown(msgspec.Struct, frozen=True):
    """What was known of a match at one time. `quotes`: MATCH, ROUND and NEXT_ROUND as they belonged to its round then."""

    match: Match
    detail: MatchDetail | None
    quotes: Three


class Table(msgspec.Struct, frozen=True):
    """Standings of a season, and when they were first told as they are."""

    standings: Standings
    told_at: datetime


class Told:
    """`note` is called after anything of the open match changed or was vouched for, `begin` when another match is opened."""

    def __init__(
        self,
        matches: Matches,
        board: Board,
        delay: Delay,
        figures: FeedFigures,
        open_id: Callable[[], int | None],
        *,
        clock: Monotonic,
        now: Now,
    ) -> None:
        self._matches = matches
        self._board = board
        self._delay = delay
        self._figures = figures
        self._open_id = open_id
        self._clock = clock
        self._now = now
        self._past: Past[Shown] = Past()
        self._tables: Past[Mapping[int, Table]] = Past()  # by season
        matches.changed.connect(self.note)
        board.changed.connect(self.note)

    # Asking

    def lateness(self, match_id: int) -> float:
        """By how many seconds the match is told late; 0 where nothing of it is held back."""
        return (self._delay.estimate or 0.0) if self._delay.is_spoiler_safe and match_id == self._open_id() else 0.0

    def is_held(self, match_id: int) -> bool:
        return self.lateness(match_id) > 0

    def news_after(self, match_id: int) -> float:
        """In how many seconds a piece of news of the match may be said that is heard now."""
        late = self.lateness(match_id)
        return late + AFTER if late > 0 else 0.0

    def cut_off(self, match_id: int) -> float | None:
        """What was heard after this monotonic moment is held back; None: nothing is."""
        late = self.lateness(match_id)
        return self._clock() - late if late > 0 else None

    def feed_cut_off(self, match_id: int) -> datetime | None:
        """The same by the feed's own clock, for points of a history; None: nothing is held back."""
        late = self.lateness(match_id)
        ahead = timedelta(seconds=(self._figures.offset or 0.0) - late)
        return self._now() + ahead if late > 0 else None

    def shown(self, match_id: int) -> Shown | None:
        """The match as it may be told now; None where nothing of it is known, or nothing may be told yet (`is_held` tells these apart)."""
        cut_off = self.cut_off(match_id)
        return self._present(match_id) if cut_off is None else self._past.at(cut_off)

    def match(self, match_id: int) -> Match | None:
        shown = self.shown(match_id)
        return shown.match if shown is not None else None

    def detail(self, match_id: int) -> MatchDetail | None:
        shown = self.shown(match_id)
        return shown.detail if shown is not None else None

    def quote(self, key: OddsKey) -> Quote | None:
        """The price; of a match that is held back only one of the three questions that stood then."""
        if not self.is_held(key.match_id):
            return self._board.quote(key)
        shown = self.shown(key.match_id)
        return next((each for each in shown.quotes if each is not None and each.snapshot.key == key), None) if shown else None

    def as_told(self, match: Match) -> Match:
        """A match of a list as it may be told now: one that is held back as the video shows it, or as it was when it was opened."""
        if not self.is_held(match.id):
            return match
        shown = self.shown(match.id) or self._past.first
        return shown.match if shown is not None else match

    def unsettled(self) -> list[Match]:
        """What is played and what will be, as far as may be told, in the lobby's order."""
        return in_order(told for match in self._matches.matches.values() if not (told := self.as_told(match)).is_settled)

    @property
    def live_count(self) -> int:
        return sum(self.as_told(match).is_live for match in self._matches.matches.values())

    def held_for(self, match_id: int, heard_at: datetime) -> float:
        """For how many seconds from now what was heard of the match then, by this computer's clock, may not be told yet."""
        late = self.news_after(match_id)
        return max(late - (self._now() - heard_at).total_seconds(), 0.0) if late > 0 else 0.0

    def table(self, season_id: int) -> Table | None:
        """The standings as they may be told now: the end of the open match shows in those of its season."""
        tables = self._tables.newest
        if self.is_table_held(season_id) and (match_id := self._open_id()) is not None:
            cut_off = self.cut_off(match_id)
            tables = self._tables.at(cut_off) if cut_off is not None else tables
        return tables.get(season_id) if tables is not None else None

    def is_table_held(self, season_id: int) -> bool:
        match_id = self._open_id()
        match = self._matches.matches.get(match_id) if match_id is not None else None
        return match is not None and self.is_held(match.id) and match.season_id in {None, season_id}

    # What happens

    def note(self) -> None:
        """The open match and the standings are known so from now on."""
        self._note_tables()
        match_id = self._open_id()
        if match_id is not None and (shown := self._present(match_id)) is not None:
            self._past.add(self._clock(), shown)

    def begin(self) -> None:
        """Another match is looked at."""
        self._past.clear()
        self.note()

    def _note_tables(self) -> None:
        was, now = self._tables.newest or {}, self._matches.standings
        if {season: table.standings for season, table in was.items()} == now:
            return
        kept = {season: was[season] for season in now if season in was and was[season].standings == now[season]}
        fresh = {season: Table(told, self._now()) for season, told in now.items() if season not in kept}
        self._tables.add(self._clock(), {**kept, **fresh})

    def _present(self, match_id: int) -> Shown | None:
        match = self._matches.matches.get(match_id)
        if match is None:
            return None
        return Shown(match, self._matches.details.get(match_id), self._board.current(match))
