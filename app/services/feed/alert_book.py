"""The list of alerts on the league: kept over restarts, none of them armed by that; whoever shows it is told that it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from app.domain.feed_alert import FeedAlert, FeedPlan
from app.domain.guard import GuardState
from app.services.ports import Now, Signal

MOST: Final = 200  # alerts; the oldest that have fired or expired go first
RESTARTED: Final = "the program was restarted"
_DONE: Final = frozenset({GuardState.FIRED, GuardState.EXPIRED})


class AlertBook:
    """`keep` writes all of them down and answers with a sentence when it cannot. What is over the bound in a file is left out."""

    def __init__(self, now: Now, kept: Sequence[FeedAlert] = (), keep: Callable[[tuple[FeedAlert, ...]], str] = lambda _alerts: "") -> None:
        self._now = now
        self._keep = keep
        self._alerts = {alert.id: _after_restart(alert, now()) for alert in kept[-MOST:]}
        self._last_id = max(self._alerts, default=0)
        self.is_unkept = False
        self.changed = Signal()

    @property
    def all(self) -> Mapping[int, FeedAlert]:
        """By id, the oldest first."""
        return self._alerts

    def room(self) -> str:
        """Make room for one more; a sentence when there is none."""
        if len(self._alerts) < MOST:
            return ""
        done = [alert.id for alert in self._alerts.values() if alert.state in _DONE]
        if not done:
            return f"There are {MOST} alerts already: remove some first"
        self.remove(done[:1])
        return ""

    def add(self, plan: FeedPlan) -> FeedAlert:
        self._last_id += 1
        alert = self._alerts[self._last_id] = FeedAlert(self._last_id, plan, self._now())
        self._mark()
        return alert

    def remove(self, ids: Iterable[int]) -> None:
        for alert_id in ids:
            del self._alerts[alert_id]
        self._mark()

    def put(self, alert_id: int, state: GuardState, words: str) -> None:
        """How it stands now. What only its words say while it is active is not worth a writing."""
        known = self._alerts[alert_id]
        at = known.at if state is known.state and known.at else self._now()
        told = msgspec.structs.replace(known, state=state, words=words, at=at)
        if told == known:
            return
        self._alerts[alert_id] = told
        if state is known.state and told.is_active:
            self.changed()
        else:
            self._mark()

    def write(self) -> str:
        self.is_unkept = False
        return self._keep(tuple(self._alerts.values()))

    def _mark(self) -> None:
        self.is_unkept = True
        self.changed()


def _after_restart(alert: FeedAlert, at: datetime) -> FeedAlert:
    if not alert.is_active:
        return alert
    return msgspec.structs.replace(alert, state=GuardState.STOPPED, words=RESTARTED, at=at)
