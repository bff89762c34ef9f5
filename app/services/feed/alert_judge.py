"""What becomes of an alert on the league after a look: it goes on, fires, stops, or is held back until the video shows it."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.feed_alert import FeedPlan, FeedStatusAlert
from app.domain.lookout import DONE, LookoutState
from app.services.feed.alert_looks import FeedSight
from app.services.feed.session import FeedSession
from app.services.heartbeat import day_time
from app.services.ports import Monotonic, Now
from app.services.verdict import Verdict, armed, expired, stopped, waiting

PATIENCE: Final = 60.0  # seconds after arming within which its price must have been vouched for, or its match listed, once
GRACE: Final = 5.0  # seconds within which a price that was not vouched for may be so again: a hole in the feed is read anew at once
AS_LATE: Final = "told as late as the video"


class Watching(msgspec.Struct):
    """What is remembered of an alert while it is active. Times are monotonic; `doubted_on` is a time of day. `held`: what it came to, to be
    told at `due`.
    """

    since: float
    is_seen: bool = False
    doubted_since: float | None = None
    doubted_on: str = ""
    unlisted_since: float | None = None
    held: Verdict | None = None
    due: float = 0.0


class AlertJudge:
    """Changes nothing but what is remembered of the alert it judges."""

    def __init__(self, session: FeedSession, sight: FeedSight, clock: Monotonic, now: Now) -> None:
        self._session = session
        self._sight = sight
        self._clock = clock
        self._now = now

    def judged(self, plan: FeedPlan, watching: Watching, slept: str) -> Verdict:
        """How it stands. `slept`: that this computer did not live through some seconds, as a sentence."""
        if watching.held is not None:
            return self._held(watching.held, watching)
        if self._session.is_venue_gone:
            return stopped("the feed was lost")
        is_priced = not isinstance(plan, FeedStatusAlert)
        if is_priced and slept:
            return stopped(slept)
        match = self._sight.match(plan)
        if match is None:
            return self._unlisted(watching)
        watching.unlisted_since = None
        if not self._sight.is_fresh(plan):
            return self._unfresh(watching) if is_priced else waiting("the feed does not answer")
        watching.is_seen, watching.doubted_since = True, None
        return self._timed(self._sight.look(plan, match), plan, watching)

    def _unfresh(self, watching: Watching) -> Verdict:
        """A price that nothing vouches for fires nothing. What was lost longer than a hole takes may have been missed: it stops."""
        now = self._clock()
        if watching.doubted_since is None:
            watching.doubted_since, watching.doubted_on = now, day_time(self._now())
        if watching.is_seen and now - watching.doubted_since >= GRACE:
            return stopped(f"prices were not fresh at {watching.doubted_on}")
        if not watching.is_seen and now - watching.since > PATIENCE:
            return stopped(f"no fresh prices came within {PATIENCE:.0f} s")
        return waiting("its price is being read")

    def _unlisted(self, watching: Watching) -> Verdict:
        now = self._clock()
        if watching.unlisted_since is None or self._session.is_late:
            watching.unlisted_since = now
        if now - watching.unlisted_since > PATIENCE:
            return expired("the feed does not list the match any more")
        return waiting("the feed does not list the match now")

    def _timed(self, verdict: Verdict, plan: FeedPlan, watching: Watching) -> Verdict:
        """The same verdict where it may be told now; else nothing of it is to be seen before it is due."""
        late = self._session.told.news_after(plan.match_id)
        if late <= 0:
            return verdict
        if verdict.state in DONE:
            watching.held, watching.due = verdict, self._clock() + late
        return verdict if verdict.state is LookoutState.STOPPED else armed(AS_LATE)

    def _held(self, verdict: Verdict, watching: Watching) -> Verdict:
        """Told when it is due, or as soon as the person does not wait for the video any more."""
        is_due = self._clock() >= watching.due or not self._session.delay.is_spoiler_safe
        return verdict if is_due else armed(AS_LATE)
