"""Alerts on the league at work: looked at when the feed tells something and once a second, stopped when no price can be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from app.domain.feed_alert import FeedAlert, FeedPlan
from app.domain.guard import GuardState
from app.services.feed.alert_book import AlertBook
from app.services.feed.alert_judge import AlertJudge, Watching
from app.services.feed.alert_looks import FeedSight, Reading, Verdict, stopped
from app.services.feed.cycle import Sleep
from app.services.feed.session import FeedSession
from app.services.notices import Tone
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks

BEAT: Final = 1.0  # seconds


class FeedAlerts:
    """`book` is the list of them; `fired` is called with each alert that did. Of the feed is only wanted that their matches be read first.

    It is judged on what the feed tells; with the spoiler-safe panel what it came to is told no earlier than the video shows it.
    """

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
        self._session = session
        self._tasks = tasks
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self.book = AlertBook(now, kept, keep)
        self.sight = FeedSight(session)
        self._judge = AlertJudge(session, self.sight, clock, now)
        self.fired: list[Callable[[FeedAlert], None]] = []
        self._watching: dict[int, Watching] = {}
        self._looked: dict[int, datetime] = {}
        self._beat_at: float | None = None
        self._beat_on: datetime | None = None
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
    def all(self) -> Mapping[int, FeedAlert]:
        """By id, the oldest first."""
        return self.book.all

    @property
    def active_count(self) -> int:
        return len(self._watching)

    def looked_at(self, alert_id: int) -> datetime | None:
        """When it last looked; None before the first time since the program started."""
        return self._looked.get(alert_id)

    def reading(self, plan: FeedPlan) -> Reading:
        return self.sight.reading(plan)

    def objection(self, plan: FeedPlan, alert_id: int = 0) -> str:
        """Why there can be no such alert now, as a sentence; empty when there can. It tells nothing that the video does not show yet."""
        match = self.sight.match(plan)
        if match is None:
            return "The feed lists no such match now"
        told = self._session.told.match(plan.match_id)
        if told is not None and told.is_settled:
            return "The match is over"
        if any(self.all[one].plan == plan for one in self._watching if one != alert_id):
            return "There is such an alert already, and it is armed"
        return ""

    def is_there(self, plan: FeedPlan) -> bool:
        """Whether it would fire at once, as far as that may be told."""
        match = self.sight.match(plan)
        if match is None or self._session.told.is_held(plan.match_id) or not self.sight.is_fresh(plan):
            return False
        return self.sight.look(plan, match).state is GuardState.FIRED

    # What a person does

    def add(self, plan: FeedPlan) -> str:
        """A new alert, armed; a sentence when it cannot be."""
        words = self.objection(plan) or self.book.room()
        if not words:
            self._arm(self.book.add(plan).id)
            self._begin()
        return words

    def arm(self, alert_id: int) -> str:
        """Arm it again, from the prices of now; a sentence when it cannot be."""
        alert = self.all[alert_id]
        words = "" if alert.is_active else self.objection(alert.plan, alert_id)
        if not words and not alert.is_active:
            self._arm(alert_id)
            self._begin()
        return words

    def stop(self, alert_id: int) -> None:
        if alert_id in self._watching:
            self._end(alert_id, stopped("stopped by hand"))
            self._follow()
            self.keep()

    def remove(self, ids: Iterable[int]) -> None:
        """Stop them and forget them."""
        known = [one for one in ids if one in self.all]
        for alert_id in known:
            self._watching.pop(alert_id, None)
            self._looked.pop(alert_id, None)
        self.book.remove(known)
        self._follow()
        self.keep()

    def keep(self) -> None:
        """Write down what changed since the last time."""
        if self.book.is_unkept and (words := self.book.write()):
            self._session.notices.say(words, Tone.WARNING)

    # When it is looked

    def turn(self) -> None:
        """One beat of a second: freshness, and what may be told now."""
        self.look()
        self._beat_at, self._beat_on = self._clock(), self._now()

    def look(self) -> None:
        """Look with all of them now."""
        if self._watching:
            missed = self._missed()
            self._settle([(one, self._judged(one, missed)) for one in tuple(self._watching)])

    def _judged(self, alert_id: int, missed: float) -> Verdict:
        self._looked[alert_id] = self._now()  # also while its end is held back: a time that stands still would tell it
        return self._judge.judged(self.all[alert_id].plan, self._watching[alert_id], missed)

    def _missed(self) -> float:
        """Seconds since the last beat, by whichever clock saw more of them."""
        if self._beat_at is None or self._beat_on is None:
            return 0.0
        return max(self._clock() - self._beat_at, abs((self._now() - self._beat_on).total_seconds()))

    async def _run(self) -> None:
        while True:
            self.turn()
            await self._sleep(BEAT)

    # What comes of it

    def _settle(self, verdicts: Iterable[tuple[int, Verdict]]) -> None:
        """Each takes its consequence; of those that stop for one reason one sentence is said."""
        stops: defaultdict[str, list[int]] = defaultdict(list)
        before = len(self._watching)
        for alert_id, verdict in verdicts:
            if alert_id not in self._watching:  # whoever heard that another one fired has ended it
                continue
            if verdict.state in {GuardState.ARMED, GuardState.WAITING}:
                self.book.put(alert_id, verdict.state, verdict.words)
                continue
            self._end(alert_id, verdict)
            if verdict.state is GuardState.STOPPED:
                stops[verdict.words].append(alert_id)
            else:
                self._tell(self.all[alert_id])
        for words, ids in stops.items():
            self._say_stopped(ids, words)
        if len(self._watching) < before:
            self._follow()
        self.keep()

    def _tell(self, alert: FeedAlert) -> None:
        is_fired = alert.state is GuardState.FIRED
        self._session.notices.say(told_words(alert), Tone.WARNING if is_fired else Tone.PLAIN)
        for heard in tuple(self.fired) if is_fired else ():
            heard(alert)

    def _say_stopped(self, ids: Sequence[int], words: str) -> None:
        if len(ids) == 1:
            plan = self.all[ids[0]].plan
            self._session.notices.say(f"{plan.title} stopped: {plan.scope}: {words}", Tone.WARNING)
        else:
            self._session.notices.say(f"{len(ids)} alerts were stopped: {words}. Arm them again in Alerts", Tone.WARNING)

    def _arm(self, alert_id: int) -> None:
        self._watching[alert_id] = Watching(self._clock())
        self.book.put(alert_id, GuardState.ARMED, "")

    def _begin(self) -> None:
        """What was armed is read first, looks for the first time, and is written down."""
        self._follow()
        self.look()
        self.keep()

    def _end(self, alert_id: int, verdict: Verdict) -> None:
        """It looks no more, before anything is said of it: it fires once."""
        del self._watching[alert_id]
        self.book.put(alert_id, verdict.state, verdict.words)

    def _follow(self) -> None:
        self._session.attention.alerted = frozenset(self.all[one].plan.match_id for one in self._watching)


def told_words(alert: FeedAlert) -> str:
    """What is said of one that fired or expired."""
    plan = alert.plan
    return f"{plan.title}: {plan.scope}: {alert.words}"
