"""Alerts on the league at work: looked at when the feed tells something and once a second, stopped when no price can be believed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from app.domain.feed_alert import FeedAlert, FeedPlan
from app.domain.lookout import LookoutState
from app.services.feed.alert_judge import AlertJudge, Watching
from app.services.feed.alert_looks import FeedSight, Reading
from app.services.feed.cycle import Sleep
from app.services.feed.session import FeedSession
from app.services.heartbeat import Heartbeat
from app.services.lookout_book import LookoutBook
from app.services.lookouts import Lookouts
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks
from app.services.verdict import Verdict

MOST: Final = 200  # alerts; of a file with more the newest are taken
BEAT: Final = 1.0  # seconds


class FeedAlerts(Lookouts[FeedAlert]):
    """Of the feed is only wanted that the matches of armed ones be read first.

    It is judged on what the feed tells; with the spoiler-safe panel what it came to is told no earlier than the video shows it.
    """

    noun = "alerts"

    def __init__(
        self,
        session: FeedSession,
        tasks: Tasks,
        *,
        clock: Monotonic,
        now: Now,
        sleep: Sleep,
        kept: Sequence[FeedAlert] = (),
        keep: Callable[[tuple[FeedAlert, ...]], str] = lambda _alerts: "",
    ) -> None:
        super().__init__(LookoutBook(self.noun, MOST, now, kept[-MOST:], keep), session.notices)
        self._session = session
        self._tasks = tasks
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self.sight = FeedSight(session)
        self._judge = AlertJudge(session, self.sight, clock, now)
        self._heart = Heartbeat(clock, now)
        self._watching: dict[int, Watching] = {}
        self._is_started = False
        for signal in (session.board.changed, session.matches.changed, session.changed):
            signal.connect(self.look)

    def start(self) -> None:
        """Look once a second from now on."""
        if not self._is_started:
            self._is_started = True
            self._tasks.start(self._run())

    # Asking

    @property
    def active_ids(self) -> Collection[int]:
        return self._watching

    def scope(self, lookout: FeedAlert) -> str:
        return lookout.plan.scope

    def reading(self, plan: FeedPlan) -> Reading:
        return self.sight.reading(plan)

    def objection(self, plan: FeedPlan) -> str:
        """Why there can be no such alert now, as a sentence; empty when there can. It tells nothing that the video does not show yet."""
        return self.objection_to(self._new(plan))

    def objection_to(self, lookout: FeedAlert) -> str:
        match = self.sight.match(lookout.plan)
        if match is None:
            return "The feed lists no such match now"
        told = self._session.told.match(match.id)
        if told is not None and told.is_settled:
            return "The match is over"
        if any(alert.plan == lookout.plan for alert in self.active()):
            return "There is such an alert already, and it is armed"
        return ""

    def is_there(self, plan: FeedPlan) -> bool:
        """Whether it would fire at once, as far as that may be told."""
        match = self.sight.match(plan)
        if match is None or self._session.told.is_held(plan.match_id) or not self.sight.is_fresh(plan):
            return False
        return self.sight.look(plan, match).state is LookoutState.FIRED

    def add(self, plan: FeedPlan) -> str:
        """A new alert, armed; a sentence when it cannot be."""
        return self._add(self._new(plan))

    def _new(self, plan: FeedPlan) -> FeedAlert:
        return FeedAlert(self.book.next_id, plan, self._now())

    # When it is looked

    def turn(self) -> None:
        """One beat of a second: freshness, and what may be told now."""
        self.look()
        self._heart.beat()

    def look(self) -> None:
        if self._watching:
            slept = self._heart.why_missed
            self._settle([(one, self._judged(one, slept)) for one in tuple(self._watching)])
            self.keep()

    def _judged(self, alert_id: int, slept: str) -> Verdict:
        self._looked[alert_id] = self._now()  # also while its end is held back: a time that stands still would tell it
        return self._judge.judged(self.all[alert_id].plan, self._watching[alert_id], slept)

    async def _run(self) -> None:
        while True:
            self.turn()
            await self._sleep(BEAT)

    # What is remembered of an active one

    def _watch(self, lookout: FeedAlert) -> None:
        self._watching[lookout.id] = Watching(self._clock())

    def _drop(self, lookout: FeedAlert) -> None:
        self._watching.pop(lookout.id, None)

    def _follow(self) -> None:
        self._session.attention.alerted = frozenset(alert.plan.match_id for alert in self.active())
