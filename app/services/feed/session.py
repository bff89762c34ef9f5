"""One connected feed account: reads what it lists, follows its odds, and says how fresh each price is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.cs2 import OddsKey, Snapshot
from app.domain.errors import NotSentError, VenueError
from app.services.feed.attention import Attention
from app.services.feed.basics import Basics
from app.services.feed.board import Board
from app.services.feed.complaints import Complaints
from app.services.feed.cycle import Cycles, Sleep
from app.services.feed.delay import Delay
from app.services.feed.delta import Delta
from app.services.feed.details import Details
from app.services.feed.feed_time import FeedTime
from app.services.feed.figures import FeedFigures
from app.services.feed.freshness import Freshness
from app.services.feed.histories import Histories
from app.services.feed.invalidation import Invalidation
from app.services.feed.lobby import AHEAD, Lobby
from app.services.feed.matches import Matches
from app.services.feed.news import News
from app.services.feed.odds_readings import OddsReadings
from app.services.feed.open_match import OpenMatch
from app.services.feed.poll_news import PollNews
from app.services.feed.ports import FeedVenue, Partner
from app.services.feed.reading_plan import ODDS, ReadingPlan
from app.services.feed.told import Told
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal
from app.services.tasks import Tasks

LISTS_MISSED: Final = 3  # readings of the lists that may be missed before what they told is old
REFUSED: Final = "The feed does not accept the key: it is missing or invalid, or the partner was deactivated"


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
        self._now = now
        self._keep_stars = keep_stars
        self.notices = notices
        self.delay = delay
        self.matches = Matches()
        self.attention = Attention(self.matches.is_live, starred)
        self.matches.is_kept = self.attention.is_followed
        self.is_venue_gone = False
        self.gone_because = ""
        self.is_refused = False  # it is gone because it does not know the key
        self.is_locked_out: Callable[[], bool] = lambda: False  # it is gone because its keys are not to be had: whoever enters knows
        self.figures = FeedFigures(interval=self.attention.polls_every())
        self.changed = Signal()
        self.basics = Basics(venue, self.changed)
        self.board = Board(self.attention.is_kept, self._latest)
        self.told = Told(self.matches, self.board, delay, self.figures, lambda: self.open_match_id, clock=clock, now=now)
        time = FeedTime(self.figures, clock, now)
        self.histories = Histories(venue, self.board, tasks, clock, lambda: not self.is_venue_gone, feed_time=time.at)
        self._complaints = Complaints(notices)
        self._is_started = False
        self.poll_news = PollNews(lambda: self._lobby.has_listed, clock)
        self._delta = Delta(
            venue, self.board, self.figures, notices, self.poll_news,
            heard=self._heard, set_back=self._start_lists_again, clock=clock, now=now,
        )  # fmt: skip
        self._news = News(notices, self.attention.is_followed, self.told.news_after, clock, self.poll_news.step)
        self._details = Details(
            venue, self.matches, self.figures, self._news, delay, tasks, is_open=self.attention.is_open,
            is_followed=self.attention.is_followed, failed=self._failed, clock=clock, sleep=sleep, chance=chance,
        )  # fmt: skip
        self._open = OpenMatch(self.attention, self.matches, self._details, delay, self._complaints.say, clock)
        self._odds_again = OddsReadings(
            venue, self.board, self.matches, self.figures, self.attention, tasks,
            failed=self._failed, clock=clock, sleep=sleep, chance=chance,
        )  # fmt: skip
        self._lobby = Lobby(
            venue, self.matches, self.figures, stepped=self._details.listed, missing=self._details.ask,
            listed=self.poll_news.listed, clock=clock, now=now,
        )  # fmt: skip
        self._cycles = Cycles(self._failed, tasks, clock=clock, sleep=sleep, chance=chance)
        self._plan = ReadingPlan(self._cycles, self.attention, self._lobby, self._open, self.basics, self._poll)
        self._invalidation = Invalidation(
            self._plan, self._delta, self._lobby, self.matches, self._details, self._odds_again, self.attention
        )
        self._freshness = Freshness(self.board, self.figures, lambda: self._delta.patience, lambda: self.is_venue_gone, clock)

    # What a person and the window want

    def start(self) -> None:
        """Read everything, and go on reading."""
        if self._is_started:
            return
        self._is_started = True
        self._cycles.start()

    @property
    def open_match_id(self) -> int | None:
        return self.attention.open_id

    @open_match_id.setter
    def open_match_id(self, match_id: int | None) -> None:
        self.attention.open_id = match_id

    @property
    def stars(self) -> set[int]:
        return self.attention.stars

    @property
    def partner(self) -> Partner | None:
        return self.basics.partner

    def open(self, match_id: int) -> None:
        """The match page shows it: its detail and odds are read now."""
        if self.open_match_id == match_id:
            return
        self.open_match_id = match_id
        self.figures.interval = self.attention.polls_every()
        self.delay.forget_events()  # those of another match
        self.told.begin()
        self.changed()
        self._plan.changes.soon()
        self._plan.open_match.soon()
        self._look_at_open()

    def watch(self, is_watched: bool) -> None:
        """Whether anything of the feed is on screen: unwatched, it is polled more slowly."""
        if is_watched == self.attention.is_watched:
            return
        self.attention.is_watched = is_watched
        self.figures.interval = self.attention.polls_every()
        if is_watched:
            self._ask_now()

    def expect_calibration(self) -> None:
        """A person is about to press a key on what the video shows: the open match is asked for each second for a while."""
        was_calibrating = self.delay.is_calibrating
        self.delay.expect_press()
        if not was_calibrating:
            self._plan.open_match.soon()

    def reread(self) -> None:
        """A person asks for everything again, and for another try where the venue would not answer."""
        if self.is_venue_gone:
            self.trouble_is_over()
        self._lobby.start_again()
        self._open.start_again()
        self._complaints.forget()
        self._cycles.now()
        self._look_at_open()

    def want_season(self, season_id: int) -> None:
        """Its standings and matches are shown."""
        if season_id not in self._lobby.wanted_seasons:
            self._lobby.wanted_seasons.add(season_id)
            self._plan.standings.now()

    def toggle_star(self, match_id: int) -> None:
        self.stars.symmetric_difference_update({match_id})
        if trouble := self._keep_stars(tuple(sorted(self.stars))):
            self.notices.say(trouble, Tone.WARNING)
        self.changed()

    def heard(self, event: str, match_id: int | None) -> tuple[str, ...]:
        """A webhook came: what says that it is invalidated by it is read again, soon; it is never a price itself.

        The paths that are asked for because of it.
        """
        if not self._is_started or self.is_venue_gone:
            return ()
        paths = self._invalidation.of_lists(event)
        return paths if match_id is None else paths + self._invalidation.of_match(event, match_id)

    # How fresh it is

    def age(self, key: OddsKey) -> float | None:
        """Seconds since the feed last vouched for this price; None: it never has."""
        return self._freshness.age(key)

    def is_stale(self, key: OddsKey) -> bool:
        return self._freshness.is_stale(key)

    @property
    def is_late(self) -> bool:
        """Nothing of the feed is vouched for any more."""
        return self._freshness.is_late()

    @property
    def stale_list_age(self) -> float | None:
        """Seconds since the matches were last listed, where that is too long ago to say how things stand; None while it is not."""
        age, patience = self._lobby.age, LISTS_MISSED * self.attention.lists_every()
        return age if age is not None and (self.is_venue_gone or age > patience) else None

    @property
    def asks_again_in(self) -> float | None:
        """Seconds until the odds are asked for again after a failure; None while they are asked for at the usual pace, or not at all."""
        return self._plan.changes.next_in if self._plan.changes.failures else None

    def why_unread(self, match_id: int) -> str:
        """Why the open match cannot be shown, as a sentence; empty while it is only being read."""
        return self._open.why_unread(match_id, self._plan.open_match.next_in)

    def why_no_standings(self, season_id: int) -> str:
        """Why a season's standings cannot be shown, as a sentence; empty while they are only being read."""
        return self._lobby.why_unread(season_id, self._plan.standings.next_in)

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
        self.poll_news.hole()
        self._cycles.hold()
        self._odds_again.stop()
        self._details.stop()
        self._delta.say_lost(f"{words.rstrip('.')}. Nothing of the feed is asked until you try again")
        self.changed()

    def trouble_is_over(self) -> None:
        """What kept the account closed was mended, or may have been."""
        self.is_venue_gone, self.gone_because, self.is_refused = False, "", False
        self._complaints.forget()
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
        self._plan.matches.soon()
        self._details.forget()
        self._odds_again.forget()
        self._look_at_open()

    # Reading

    async def _poll(self) -> None:
        self.figures.interval = self.attention.polls_every()
        was_lost = self._delta.is_lost
        await self._delta.poll()
        self.told.note()
        self._news.look()
        if was_lost:
            self._ask_now()
        self._odds_again.seed()

    def _ask_now(self) -> None:
        """The venue answers again, or somebody looks: what waits after failures is tried now."""
        self._plan.look_now()
        self._odds_again.hurry()
        self._details.hurry()

    def _heard(self, snapshots: Sequence[Snapshot]) -> None:
        """What changes tell beside the price: a status, a round, a side that the match is not known to have."""
        self.histories.hear(snapshots)
        self._details.told(snapshots, self._not_listed)
        self._odds_again.told(snapshots)

    def _not_listed(self, match_id: int) -> None:
        if self._lobby.want(match_id):
            self._plan.matches.soon()

    def _look_at_open(self) -> None:
        if self.open_match_id is not None and self._is_started and not self.is_venue_gone:
            self._details.ask(self.open_match_id)
            self._odds_again.ask(self.open_match_id)

    def _failed(self, what: str, problem: VenueError) -> None:
        if what == ODDS:
            self._delta.failed(problem)
        if isinstance(problem, NotSentError) and problem.status == 401:
            self.is_refused = True
            self.venue_is_gone(f"{REFUSED}. It says: {problem}")
        elif what != ODDS:
            self.figures.failures += 1
            self._complaints.say(what, str(problem))
        self.changed()

    def _latest(self) -> datetime | None:
        """No price can have been computed after this; None while the feed's clock is not known."""
        offset = self.figures.offset
        return None if offset is None else self._now() + timedelta(seconds=offset) + AHEAD
