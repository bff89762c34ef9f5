"""One connected feed account: reads what it lists, follows its odds, and says how fresh each price is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.cs2 import OddsKey, Snapshot, StreamPlace
from app.domain.errors import NotSentError, RefusedError, VenueError
from app.domain.link import Rank
from app.services.feed.board import NEVER, Board
from app.services.feed.cycle import Cycles, Sleep
from app.services.feed.delay import Delay
from app.services.feed.delta import Delta
from app.services.feed.details import Details
from app.services.feed.figures import FeedFigures
from app.services.feed.histories import Histories
from app.services.feed.lobby import AHEAD, Lobby
from app.services.feed.matches import Matches
from app.services.feed.news import News
from app.services.feed.ports import FeedMarket, FeedVenue, Partner
from app.services.feed.refetch import Refetch
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal
from app.services.tasks import Tasks

PLAYED, OPEN, LISTED, UNWATCHED = 1.0, 1.5, 2.0, 5.0  # seconds between polls of the changes
LOBBY, LOBBY_UNWATCHED = 10.0, 30.0
DETAIL: Final = 3.0  # seconds, of the open match while it is live
UPCOMING: Final = 30.0
SEASONS: Final = 600.0
STANDINGS: Final = 60.0
ACCOUNT: Final = 600.0  # partner and place of the stream
SEEDED: Final = 40  # matches whose odds are read by themselves
SAID: Final = 100  # kinds of trouble remembered, so that each is said once
AFTER: Final = 2.0  # seconds beyond the delay before an end is told
ODDS: Final = "the odds"


class FeedSession:
    """Nothing runs until `start`. `changed` tells that something other than matches and odds did: they have their own signals."""

    def __init__(
        self,
        venue: FeedVenue,
        notices: Notices,
        tasks: Tasks,
        *,
        delay: Delay,
        clock: Monotonic,
        now: Now,
        sleep: Sleep,
        chance: Callable[[], float] = random.random,
        starred: Sequence[int] = (),
        keep_stars: Callable[[tuple[int, ...]], str] = lambda _ids: "",
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._now = now
        self._keep_stars = keep_stars
        self.notices = notices
        self.delay = delay
        self.stars: set[int] = set(starred)
        self.open_match_id: int | None = None
        self.is_watched = True
        self.is_venue_gone = False
        self.gone_because = ""
        self.is_refused = False  # it is gone because it does not know the key
        self.partner: Partner | None = None
        self.stream_place: StreamPlace | None = None
        self.markets: tuple[FeedMarket, ...] = ()
        self.figures = FeedFigures(interval=LISTED)
        self.changed = Signal()
        self.matches = Matches(self._is_followed)
        self.board = Board(lambda match_id: self._is_followed(match_id) or self._is_live(match_id), self._latest)
        self.histories = Histories(venue, self.board, tasks, clock, lambda: not self.is_venue_gone)
        self._said: dict[str, str] = {}
        self._is_started = False
        self._has_tried_seasons = asyncio.Event()
        self._delta = Delta(
            venue, self.board, self.figures, notices, heard=self._heard, set_back=self._start_lists_again, clock=clock, now=now
        )
        self._news = News(notices, self._is_followed, self._lateness, clock)
        self._details = Details(
            venue, self.matches, self.figures, self._news, delay, tasks, is_open=self._is_open,
            is_followed=self._is_followed, failed=self._failed, clock=clock, sleep=sleep, chance=chance,
        )  # fmt: skip
        self._odds_again = Refetch(self._read_odds, self._odds_failed, tasks, clock=clock, sleep=sleep, chance=chance)
        self._lobby = Lobby(
            venue, self.matches, self.figures, stepped=self._details.listed, missing=self._details.ask,
            seasons_tried=self._has_tried_seasons.wait, clock=clock, now=now,
        )  # fmt: skip
        self._cycles = Cycles(self._failed, tasks, clock=clock, sleep=sleep, chance=chance)
        add = self._cycles.add
        self._changes = add(ODDS, self._poll, self._interval)
        add("the seasons", self._read_seasons, lambda: SEASONS)
        self._listing = add("the matches", self._lobby.read, lambda: LOBBY if self.is_watched else LOBBY_UNWATCHED)
        self._detail = add("the open match", self._read_open, self._detail_pause)
        self._upcoming = add("the upcoming matches", self._lobby.read_upcoming, lambda: UPCOMING)
        self._standings = add("the standings", self._lobby.read_wanted_seasons, lambda: STANDINGS if self._lobby.wanted_seasons else None)
        add("whose key it is", self._read_account, lambda: ACCOUNT)
        add("where the stream is", self._read_stream, lambda: ACCOUNT)
        add("the markets", self._read_markets, lambda: None)

    # What a person and the window want

    def start(self) -> None:
        """Read everything, and go on reading."""
        if self._is_started:
            return
        self._is_started = True
        self._cycles.start()

    def open(self, match_id: int) -> None:
        """The match page shows it: its detail and odds are read now."""
        if self.open_match_id == match_id:
            return
        self.open_match_id = match_id
        self.figures.interval = self._interval()
        self.delay.forget_events()  # those of another match
        self.changed()
        self._changes.soon()
        self._detail.soon()
        self._look_at_open()

    def watch(self, is_watched: bool) -> None:
        """Whether anything of the feed is on screen: unwatched, it is polled more slowly."""
        if is_watched == self.is_watched:
            return
        self.is_watched = is_watched
        self.figures.interval = self._interval()
        if is_watched:
            self._changes.soon()
            self._listing.soon()
            self._detail.soon()

    def reread(self) -> None:
        """A person asks for everything again, and for another try where the venue would not answer."""
        if self.is_venue_gone:
            self.trouble_is_over()
        self._lobby.start_again()
        self._said.clear()
        self._cycles.now()
        self._look_at_open()

    def want_season(self, season_id: int) -> None:
        """Its standings and matches are shown."""
        if season_id not in self._lobby.wanted_seasons:
            self._lobby.wanted_seasons.add(season_id)
            self._standings.now()

    def toggle_star(self, match_id: int) -> None:
        self.stars ^= {match_id}
        if trouble := self._keep_stars(tuple(sorted(self.stars))):
            self.notices.say(trouble, Tone.WARNING)
        self.changed()

    def heard(self, event: str, match_id: int | None) -> None:
        """A webhook came: what says that it is invalidated by it is read again, soon; it is never a price itself."""
        if event in self._delta.invalidated_by:
            self._changes.soon()
        if event in self._lobby.invalidated_by:
            self._listing.soon()
        if event in self._lobby.upcoming_invalidated_by:
            self._upcoming.soon()
        if match_id is None or not self._is_started or self.is_venue_gone:
            return
        detail = self.matches.details.get(match_id)
        if event.startswith("MATCH_") if detail is None else event in detail.invalidated_by:
            self._details.ask(match_id)
        if match_id == self.open_match_id and event == "ODDS_UPDATED":
            self._odds_again.ask(match_id)

    # How fresh it is

    def age(self, key: OddsKey) -> float | None:
        """Seconds since the feed last vouched for this price: a poll that covered it succeeded. None: it never has."""
        quote = self.board.quote(key)
        return None if quote is None or quote.heard_at == NEVER else max(self._clock() - quote.heard_at, 0.0)

    def is_stale(self, key: OddsKey) -> bool:
        age = self.age(key)
        return self.is_venue_gone or age is None or age > self._delta.patience

    @property
    def trouble(self) -> str:
        """Why nothing new comes, in words; empty while it does."""
        return self.gone_because if self.is_venue_gone else self.figures.why

    # Whether the venue is there

    def venue_is_gone(self, words: str) -> None:
        """The venue's process ended, or it does not know the key: nothing is asked until somebody says so."""
        if self.is_venue_gone and self.gone_because == words:
            return
        self.is_venue_gone, self.gone_because = True, words
        self._cycles.hold()
        self._odds_again.stop()
        self._details.stop()
        self._delta.say_lost(f"{words.rstrip('.')}. Nothing of the feed is asked until you try again")
        self.changed()

    def trouble_is_over(self) -> None:
        """What kept the account closed was mended, or may have been."""
        self.is_venue_gone, self.gone_because, self.is_refused = False, "", False
        self._said.clear()
        self._cycles.let_go()
        self.changed()

    def venue_is_back(self) -> None:
        """Another venue process answers now: everything is read anew."""
        self._delta.start_again()
        self._start_lists_again()
        self.trouble_is_over()

    def _start_lists_again(self) -> None:
        self._lobby.start_again()
        self.matches.forget()
        self.histories.forget()
        self._listing.soon()
        self._details.forget()
        self._look_at_open()

    # Reading

    async def _poll(self) -> None:
        self.figures.interval = self._interval()
        await self._delta.poll()
        self._news.look()
        self._seed()

    def _interval(self) -> float:
        if not self.is_watched:
            return UNWATCHED
        if self.open_match_id is None:
            return LISTED
        return PLAYED if self._is_live(self.open_match_id) else OPEN

    def _seed(self) -> None:
        """Read the odds of what matters where no chain of changes covers them."""
        wanted = [self.open_match_id] if self.open_match_id is not None else []
        wanted += [match.id for match in self.matches.unsettled()]
        for match_id in dict.fromkeys(wanted[:SEEDED]):
            if self.board.needs_reading(match_id) and not self._odds_again.is_reading(match_id):
                self._odds_again.ask(match_id)

    def _heard(self, snapshots: Sequence[Snapshot]) -> None:
        """What changes tell beside the price: a status, a round, a side that the match is not known to have."""
        self.histories.hear(snapshots)
        by_match: dict[int, list[Snapshot]] = {}
        for snapshot in snapshots:
            by_match.setdefault(snapshot.key.match_id, []).append(snapshot)
        for match_id, rows in by_match.items():
            if match := self.matches.matches.get(match_id):
                self._details.changed(match, rows)
            elif self._lobby.want(match_id):
                self._listing.soon()

    def _look_at_open(self) -> None:
        if self.open_match_id is not None and self._is_started and not self.is_venue_gone:
            self._details.ask(self.open_match_id)
            self._odds_again.ask(self.open_match_id)

    async def _read_odds(self, match_id: int) -> None:
        asked_at = self._clock()
        rank = Rank.SCREEN if match_id == self.open_match_id else Rank.SEEDING
        told = await self._venue.odds(match_id, rank)
        self.figures.read_again += 1
        self.figures.faults += len(told.faults)
        self.board.read(match_id, told.snapshots, asked_at, self._clock())

    async def _read_open(self) -> None:
        match_id = self.open_match_id
        if match_id is not None and (self._is_live(match_id) or match_id not in self.matches.details):
            await self._details.read(match_id)

    def _detail_pause(self) -> float | None:
        return None if self.open_match_id is None else DETAIL if self.is_watched else LOBBY

    async def _read_seasons(self) -> None:
        try:
            await self._lobby.read_seasons()
        finally:
            self._has_tried_seasons.set()
        self._standings.soon()

    async def _read_account(self) -> None:
        self.partner = await self._venue.ping()
        self.changed()

    async def _read_stream(self) -> None:
        self.stream_place = await self._venue.stream()
        self.changed()

    async def _read_markets(self) -> None:
        self.markets = tuple(await self._venue.markets())

    # Trouble

    def _failed(self, what: str, problem: VenueError) -> None:
        if what == ODDS:
            self._delta.failed(problem)
        if isinstance(problem, NotSentError) and problem.status == 401:
            self.is_refused = True
            self.venue_is_gone(str(problem))
        elif what != ODDS:
            self.figures.failures += 1
            self._say_once(what, str(problem))
        self.changed()

    def _odds_failed(self, match_id: int, problem: VenueError) -> None:
        if isinstance(problem, RefusedError):
            self.board.read(match_id, (), self._clock(), self._clock())  # asked again when a person or a new chain of changes wants it
        self._failed(f"the odds of match {match_id}", problem)

    def _say_once(self, what: str, words: str) -> None:
        if self._said.get(what) != words:
            self._said[what] = words
            if len(self._said) > SAID:
                del self._said[next(iter(self._said))]
            self.notices.say(f"Reading {what}: {words}", Tone.WARNING)

    # Asking ourselves

    def _latest(self) -> datetime | None:
        """No price can have been computed after this; None while the feed's clock is not known."""
        offset = self.figures.offset
        return None if offset is None else self._now() + timedelta(seconds=offset) + AHEAD

    def _is_open(self, match_id: int) -> bool:
        return match_id == self.open_match_id

    def _is_followed(self, match_id: int) -> bool:
        return match_id == self.open_match_id or match_id in self.stars

    def _lateness(self, match_id: int) -> float:
        """By how many seconds the open match is shown late beside its video."""
        is_late = self.delay.is_spoiler_safe and match_id == self.open_match_id
        return (self.delay.estimate or 0.0) + AFTER if is_late and self.delay.estimate else 0.0

    def _is_live(self, match_id: int) -> bool:
        match = self.matches.matches.get(match_id)
        return match is not None and match.is_live
