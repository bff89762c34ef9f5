"""The details of single matches, which are the truth about score, sides and settlement: when they are read, and what they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from app.domain.cs2 import Match, MatchDetail, Question, RoundEvent, Snapshot
from app.domain.errors import RefusedError, VenueError
from app.domain.link import Rank
from app.services.feed.cycle import Sleep
from app.services.feed.delay import Delay
from app.services.feed.figures import FeedFigures
from app.services.feed.matches import Matches, Step
from app.services.feed.news import News, doubts
from app.services.feed.ports import FeedVenue
from app.services.feed.refetch import Refetch
from app.services.feed.unread import Unread, unread_of
from app.services.ports import Monotonic
from app.services.tasks import Tasks

ASKED_AGAIN: Final = 3  # how often a finished match that contradicts itself is asked for again
SAME_AGAIN: Final = 10.0  # seconds after which a change that still says other than the detail is a reason to read that again


class Details:
    """`is_open` and `is_followed` say which matches a person looks at, and which he wants news of; `failed` hears what went wrong."""

    def __init__(
        self,
        venue: FeedVenue,
        matches: Matches,
        figures: FeedFigures,
        news: News,
        delay: Delay,
        tasks: Tasks,
        *,
        is_open: Callable[[int], bool],
        is_followed: Callable[[int], bool],
        failed: Callable[[str, VenueError], None],
        clock: Monotonic,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._venue = venue
        self._matches = matches
        self._figures = figures
        self._news = news
        self._delay = delay
        self._is_open = is_open
        self._is_followed = is_followed
        self._failed = failed
        self._clock = clock
        self._again = Refetch(self.read, self._read_failed, tasks, clock=clock, sleep=sleep, chance=chance)
        self._told_by: dict[int, float] = {}  # when the detail that is known was asked for
        self._questions: dict[int, int] = {}
        self._reasons: dict[int, tuple[object, float]] = {}
        self.unread: Unread | None = None  # of the open match

    def ask(self, match_id: int) -> None:
        """Read it soon."""
        self._again.ask(match_id)

    def stop(self) -> None:
        self._again.stop()

    def forget(self) -> None:
        """Another venue process, or another clock."""
        for kept in (self._told_by, self._questions, self._reasons):
            kept.clear()
        self.unread = None

    def hurry(self) -> None:
        """The venue answers again."""
        self._again.hurry()

    async def read(self, match_id: int) -> None:
        """VenueError passes through. What was asked for before the detail that is known says nothing new."""
        asked_at = self._clock()
        detail = await self._ask(match_id)
        self._figures.read_again += 1
        if asked_at < self._told_by.get(match_id, asked_at):
            return
        was, since = self._matches.details.get(match_id), self._told_by.get(match_id, asked_at)
        self._told_by[match_id] = asked_at
        step = self._matches.hear_detail(detail)
        if step is not None:
            self._news.hear(step)
            if step.has_score_fallen:
                self.ask(match_id)
        self._pass_on(was, self._matches.details.get(match_id), self._clock() - since)
        self._look_at_end(match_id)
        self._thin()

    def listed(self, steps: Iterable[Step]) -> None:
        """A list told of these: what only the detail tells in full is read. A fallen score is asked of it whoever looks."""
        for step in steps:
            self._news.hear(step)
            has_ended = step.was is not None and not step.was.is_settled and step.now.is_settled
            if step.has_score_fallen or has_ended or (step.has_turned and self._is_followed(step.now.id)):
                self.ask(step.now.id)

    def told(self, snapshots: Sequence[Snapshot], not_listed: Callable[[int], None]) -> None:
        """Changes of any matches; `not_listed` hears which of them nobody knows."""
        by_match: dict[int, list[Snapshot]] = {}
        for snapshot in snapshots:
            by_match.setdefault(snapshot.key.match_id, []).append(snapshot)
        for match_id, rows in by_match.items():
            if match := self._matches.matches.get(match_id):
                self.changed(match, rows)
            else:
                not_listed(match_id)

    def changed(self, match: Match, rows: Sequence[Snapshot]) -> None:
        """Changes told of this match: they may know of a status, a round or sides before its detail was read."""
        for row in rows:
            if _is_ahead(row, match):
                reason = row.match_status, row.key.round_number, tuple((each.side, each.team_id) for each in row.sides)
                known, since = self._reasons.get(match.id, (None, 0.0))
                if reason != known or self._clock() - since >= SAME_AGAIN:
                    self._reasons[match.id] = reason, self._clock()
                    self.ask(match.id)
                return

    async def _ask(self, match_id: int) -> MatchDetail:
        is_open = self._is_open(match_id)
        try:
            detail = await self._venue.match(match_id, Rank.SCREEN if is_open else Rank.ROUTINE)
        except VenueError as problem:
            if is_open:
                self.unread = unread_of(match_id, problem, self._clock())
            raise
        if is_open:
            self.unread = None
        return detail

    def _pass_on(self, was: MatchDetail | None, now: MatchDetail | None, since: float) -> None:
        """What happened in the open match within the last `since` seconds is what the video is calibrated by."""
        if was is not None and now is not None and self._is_open(now.match.id):
            for event in (event for event in fresh_events(was, now) if event.is_important):
                self._delay.heard(event.category, event.summary, since=since)

    def _look_at_end(self, match_id: int) -> None:
        """How a match ended is said once nothing contradicts it, or the feed has been asked often enough."""
        detail = self._matches.details.get(match_id)
        if detail is None or not detail.match.is_settled:
            return
        words = doubts(detail)
        self._matches.flag(match_id, "end", words)
        asked = self._questions.get(match_id, 0)
        if words and asked < ASKED_AGAIN:
            self._questions[match_id] = asked + 1
            self.ask(match_id)
        else:
            self._news.settled(detail.match)

    def _read_failed(self, match_id: int, problem: VenueError) -> None:
        if isinstance(problem, RefusedError) and problem.status == 404 and not self._is_open(match_id):
            self._matches.drop(match_id)
        else:
            self._failed(f"match {match_id}", problem)

    def _thin(self) -> None:
        for kept in (self._told_by, self._questions, self._reasons):
            for gone in [match_id for match_id in kept if match_id not in self._matches.matches]:
                del kept[gone]


def fresh_events(was: MatchDetail, now: MatchDetail) -> list[RoundEvent]:
    """Important events that were not told before, oldest first. Those of a round come newest first."""
    known = {each.number: len(each.events) for each in was.rounds}
    return [
        event
        for each in now.rounds
        for event in reversed(each.events[: max(len(each.events) - known.get(each.number, 0), 0)])
        if event.is_important
    ]


def _is_ahead(told: Snapshot, match: Match) -> bool:
    """Whether a change knows of a status, a round or sides that the match, as it is known, does not have."""
    if match.is_settled:
        return False
    if told.match_status and told.match_status != match.status:
        return True
    if not told.is_available:
        return False
    if told.key.question is Question.ROUND and (told.key.round_number or 0) > (match.round_number or 0):
        return True
    return told.key.question is not Question.NEXT_ROUND and any(
        match.side_of(each.team_id) not in {None, each.side} for each in told.sides if each.team_id
    )
