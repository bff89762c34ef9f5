"""The delta feed, polled by the contract's recipe: `server_time` of one answer is `since` of the next, moved back a little.

A full page means that changes may be lost, and there is no second page; a row that cannot be read is a lost change too. Both are a hole in
the chain of changes, as are a long silence, a clock that was set back and another venue process: what is on the board is then vouched for
only where it is read again (see `board`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.cs2 import Snapshot
from app.domain.errors import VenueError
from app.services.clock_check import ClockCheck
from app.services.feed.board import Board
from app.services.feed.feed_clock import FeedClock, moment
from app.services.feed.figures import FeedFigures
from app.services.feed.poll_news import PollNews
from app.services.feed.ports import Changes, FeedVenue
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now

LIMIT: Final = 1000  # changes a page (the contract's most)
OVERLAP: Final = 2.0  # seconds asked for again, for what is written late at the venue
STALE: Final = 5.0  # seconds, or so many intervals, since the feed last vouched for a price
INTERVALS: Final = 3
SLEPT: Final = 30.0  # seconds by which the time of day ran ahead of the monotonic clock: the computer slept
SET_BACK: Final = timedelta(seconds=OVERLAP)  # less is a venue of several computers
SAID_LOST_AFTER: Final = 2  # failures one after the other


class Delta:
    """Polls once when told to. `heard` gets what a page told; `set_back`: times told before cannot be compared with those from now on."""

    def __init__(
        self,
        venue: FeedVenue,
        board: Board,
        figures: FeedFigures,
        notices: Notices,
        news: PollNews,
        *,
        heard: Callable[[Sequence[Snapshot]], None],
        set_back: Callable[[], None],
        clock: Monotonic,
        now: Now,
    ) -> None:
        self._venue = venue
        self._board = board
        self._figures = figures
        self._notices = notices
        self._news = news
        self._heard = heard
        self._set_back = set_back
        self._clock = clock
        self._now = now
        self._clock_check = ClockCheck(notices)
        self._feed_clock = FeedClock(clock, now)
        self.invalidated_by: tuple[str, ...] = ("ODDS_UPDATED",)
        self._since = ""
        self._asked_at: float | None = None
        self._good_at: float | None = None
        self._good_day: datetime | None = None
        self._good_patience = STALE
        self._is_hole_said = False
        self._is_unknown_said = False
        self._failures = 0
        self._lost_at: float | None = None

    @property
    def is_lost(self) -> bool:
        """It was said that the feed does not answer."""
        return self._lost_at is not None

    @property
    def patience(self) -> float:
        """Seconds after which a price nobody vouched for is stale."""
        return max(STALE, INTERVALS * self._figures.interval)

    async def poll(self) -> None:
        """VenueError passes through; `since` stands until an answer came."""
        asked_at = self._clock()
        told = await self._venue.changes(self._since, LIMIT, OVERLAP)
        answered_at = self._clock()
        self._take(told, asked_at, answered_at)
        self._since = told.server_time or self._since
        self._good_at, self._good_day, self._good_patience = answered_at, self._now(), self.patience
        self._failures = 0
        self._answered(answered_at)

    def failed(self, problem: VenueError) -> None:
        """Count it; say it once when it goes on."""
        self._figures.failures += 1
        self._figures.why = str(problem)
        self._failures += 1
        if self._failures == SAID_LOST_AFTER and self._lost_at is None:
            self.say_lost(f"The odds feed does not answer: {problem}. Its prices are stale until it does")

    def say_lost(self, words: str) -> None:
        if self._lost_at is None:
            self._lost_at = self._clock()
            self._news.hole()
            self._notices.say(words, Tone.BAD)

    def start_again(self) -> None:
        """Another venue process answers from now on: its changes have nothing to do with what was told."""
        self._since = ""
        self._asked_at = self._good_at = self._good_day = None
        self._feed_clock.forget()
        self._board.forget()
        self._news.start_again()

    def _take(self, told: Changes, asked_at: float, answered_at: float) -> None:
        was_set_back = self._was_set_back(told.server_time)
        if was_set_back:
            self._notices.say("The feed's clock was set back: everything is read again", Tone.WARNING)
            self._feed_clock.forget()
            self._board.forget()
            self._news.start_again()
            self._set_back()
        self._feed_clock.hear(told.server_time, asked_at, answered_at)
        has_hole = told.is_full or bool(told.faults)
        is_beginning = was_set_back or self._begins_anew(asked_at)
        is_broken = has_hole or is_beginning
        if is_broken:
            self._board.lost(answered_at)
        if is_beginning:  # what a page lacks says nothing against what was told before it
            self._news.hole()
        applied = self._board.hear(told.snapshots, asked_at, answered_at, is_complete=not has_hole)
        self._news.polled(told.snapshots, None if is_broken or self._asked_at is None else answered_at - self._asked_at + OVERLAP)
        self._asked_at = asked_at
        self._count(told, applied.duplicates)
        self._say_hole(told)
        self._heard(told.snapshots)

    def _begins_anew(self, asked_at: float) -> bool:
        """The first answer, or one after so long a silence that what is known has gone stale."""
        if self._good_at is None or self._good_day is None:
            return True
        silence = asked_at - self._good_at
        slept = (self._now() - self._good_day).total_seconds() - (self._clock() - self._good_at) > SLEPT
        return slept or silence > max(self.patience, self._good_patience)

    def _was_set_back(self, server_time: str) -> bool:
        before, told = moment(self._since), moment(server_time)
        return before is not None and told is not None and told < before - SET_BACK

    def _count(self, told: Changes, duplicates: int) -> None:
        figures = self._figures
        figures.polls += 1
        figures.truncated += told.is_full
        figures.duplicates += duplicates
        figures.faults += len(told.faults) + len(told.unknown)
        figures.changes += len(told.snapshots) - duplicates
        offset = self._feed_clock.offset
        figures.offset = self._venue.clock_offset if offset is None else offset
        self._clock_check.look(figures.offset)
        self.invalidated_by = told.invalidated_by or self.invalidated_by

    def _say_hole(self, told: Changes) -> None:
        """Once for as long as it goes on."""
        if told.is_full and not self._is_hole_said:
            words = f"A page of changes was full ({len(told.snapshots)}): some may be lost, so the odds of every live match are read again"
            self._notices.say(words, Tone.WARNING)
        elif told.faults and not self._is_hole_said:
            self._notices.say(f"A change cannot be read: {told.faults[0]}. The odds of every live match are read again", Tone.WARNING)
        self._is_hole_said = told.is_full or bool(told.faults)
        if told.unknown and not self._is_unknown_said:
            self._is_unknown_said = True
            self._notices.say(f"{told.unknown[0]}. It is not shown", Tone.WARNING)

    def _answered(self, at: float) -> None:
        was_good_at, self._figures.last_poll_at = self._figures.last_poll_at, at
        self._figures.why = ""
        if self._lost_at is not None:
            gone_for, self._lost_at = at - (self._lost_at if was_good_at is None else was_good_at), None
            self._notices.say(f"The odds feed is back after {gone_for:.0f} s", Tone.GOOD)
