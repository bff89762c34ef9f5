"""The gap watch: changes that the poll told of and no delivery did. The feed sends each delivery once and keeps no list of them.

The poll tells at T of a change that happened some seconds before at most. A delivery from N seconds before those until N seconds after
T covers it, whenever it is heard of; where none comes it is missed. Several changes of a match within N seconds need one delivery.
One that comes later is late where it can belong to nothing else: within 15 s of T, and the poll tells of no other change of that match
in the time in which that delivery would cover it. Otherwise the delivery is the other change's, and the missed one stays missed.
Nothing is expected unless deliveries of the event were watched during all of that time: nobody is accused of what was slept through here.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from app.domain.receiving import Signal as Delivered
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.hooks.gap_tally import GapFigures, GapTally
from app.services.ports import Now, Signal

LATE: Final = timedelta(seconds=15)  # after the poll's telling: a delivery after that is taken to belong to something newer
KEPT: Final = timedelta(minutes=2)  # after the poll's telling: until then it is said what became of one that was listed
LAG: Final = timedelta(seconds=3)  # a delivery is hardly ever heard of later: a locked file holds two batches up for a second each
STOOD: Final = timedelta(seconds=5)  # between two looks: the computer slept, or the program stood still
SLOWEST: Final = timedelta(minutes=10)  # a poll that tells of older changes expects nothing
DELIVERED: Final = 20_000  # matches and events whose last delivery is remembered
TOLD: Final = 20  # changes of each of them that are


class Key(NamedTuple):
    event: str
    match_id: int


class Missed(msgspec.Struct, frozen=True):
    """One that was listed as missed: `at` when the poll told of it. What came from `begin` until `end` would have covered it."""

    key: Key
    at: datetime
    begin: datetime
    end: datetime

    @property
    def reach(self) -> timedelta:
        """Before and after a delivery: in that time the poll may tell of the change that it belongs to."""
        return self.at - self.begin


class _Doubt(NamedTuple):
    """A delivery that came `at`, too late for `missed` unless it belongs to another change that the poll tells of."""

    missed: Missed
    at: datetime


class _Wait(NamedTuple):
    """For one delivery, from `begin` until `end`; the poll told of the change `at`."""

    at: datetime
    begin: datetime
    end: datetime


class GapWatch:
    """`why_off(event)` says why nothing can be expected of an event now (empty: it can).

    `missed` is called with what was missed; `late` with what was, and when it came after all; `in_time` with what came in time and was only
    heard of after it had been listed.
    """

    def __init__(
        self,
        *,
        now: Now,
        patience: Callable[[], float],
        why_off: Callable[[str], str],
        missed: Callable[[list[Delivery]], None],
        late: Callable[[Missed, datetime], None],
        in_time: Callable[[Missed], None],
    ) -> None:
        self._now = now
        self._patience = patience
        self._why_off = why_off
        self._tell_missed = missed
        self._tell_late = late
        self._tell_in_time = in_time
        self._waiting: dict[Key, list[_Wait]] = {}
        self._delivered: OrderedDict[Key, datetime] = OrderedDict()
        self._open: dict[Key, list[Missed]] = {}  # the newest last
        self._doubts: dict[Key, list[_Doubt]] = {}
        self._told: OrderedDict[Key, deque[datetime]] = OrderedDict()  # when the poll told of changes
        self._since: dict[str, datetime] = {}  # when an event began to be watched
        self._tally = GapTally()
        self._looked_at: datetime | None = None
        self.changed = Signal()

    @property
    def figures(self) -> GapFigures:
        return self._tally.figures(self._now())

    def why_off(self) -> str:
        """Why nothing at all is watched; empty where something is."""
        words = [self._why_not_yet(event) for event in HookEvent]
        return "" if not all(words) else words[-1]

    # What happens

    def told(self, event: str, match_id: int, seconds: float) -> None:
        """The poll tells now of a change that happened so many seconds ago, at most."""
        now, patience = self._now(), timedelta(seconds=self._patience())
        begin = now - timedelta(seconds=seconds) - patience
        self._note_told(Key(event, match_id), now)
        self._review(event)
        since = self._since.get(event)
        if since is None or begin < since or seconds > SLOWEST.total_seconds():
            return
        key = Key(event, match_id)
        waiting = self._waiting.get(key, [])
        if waiting and now <= waiting[-1].end:
            return
        self._tally.expect(now)
        came = self._delivered.get(key)
        if came is None or came < begin:
            self._waiting[key] = [*waiting, _Wait(now, begin, now + patience)]
        self.changed()

    def delivered(self, signal: Delivered) -> None:
        """A valid delivery came, or some did."""
        if signal.match_id is None:
            return
        key = Key(signal.event, signal.match_id)
        self._remember(key, signal.last_at)
        waiting = self._waiting.pop(key, [])
        late = [wait for wait in waiting if signal.first_at > wait.end]
        if kept := [wait for wait in waiting if signal.last_at < wait.begin]:
            self._waiting[key] = kept
        self._list([(key, wait) for wait in late])
        if self._close(key, signal) or waiting:
            self.changed()

    def look(self) -> None:
        """List what is overdue; call it each second."""
        now = self._now()
        if self._looked_at is not None and not timedelta(0) <= now - self._looked_at <= STOOD:
            self.forget()
        self._looked_at = now
        self.review()
        due = [(key, wait) for key, waiting in self._waiting.items() for wait in waiting if now > wait.end + LAG]
        for key, wait in due:
            self._drop(key, wait)
        self._thin(now)
        self._list(due)
        if self._decide(now) or due:
            self.changed()

    def review(self) -> None:
        """What is received may be other than before."""
        for event in HookEvent:
            self._review(event)

    def forget(self) -> None:
        """This program, or its poll, may have missed something itself: what is waited for accuses nobody, and watching begins anew."""
        for event in tuple(self._since):
            self._stop(event)
        self.review()

    def take_back(self, rows: Iterable[Delivery]) -> None:
        """These were not missed after all: nothing was subscribed to."""
        for row in rows:
            self._tally.withdraw(row.at)
            self._tally.come(row.at, is_late=False)
        self.changed()

    # Inside

    def _review(self, event: str) -> None:
        if self._why_off(event):
            self._stop(event)
        else:
            self._since.setdefault(event, self._now())

    def _stop(self, event: str) -> None:
        if self._since.pop(event, None) is None:
            return
        for key in [key for key in self._doubts if key.event == event]:
            del self._doubts[key]  # what the poll would have told is not known
        for key in [key for key in self._waiting if key.event == event]:
            for wait in self._waiting.pop(key):
                self._tally.withdraw(wait.at)
        self.changed()

    def _why_not_yet(self, event: str) -> str:
        if words := self._why_off(event):
            return words
        since, patience = self._since.get(event), self._patience()
        is_new = since is None or self._now() - since < timedelta(seconds=patience)
        return f"Deliveries have been watched for less than {patience:g} s" if is_new else ""

    def _remember(self, key: Key, at: datetime) -> None:
        self._delivered[key] = max(at, self._delivered.pop(key, at))
        if len(self._delivered) > DELIVERED:
            gone = self._delivered.popitem(last=False)[1]
            for event in tuple(self._since):  # what came before is not known any more
                self._since[event] = max(self._since[event], gone + timedelta(microseconds=1))

    def _list(self, missed: Iterable[tuple[Key, _Wait]]) -> None:
        rows = []
        for key, wait in missed:
            self._open.setdefault(key, []).append(Missed(key, *wait))
            self._tally.miss(self._now())
            rows.append(_as_listed(key, wait))
        if rows:
            self._tell_missed(rows)

    def _close(self, key: Key, signal: Delivered) -> bool:
        """What was listed and came in time; of several that it came too late for, the newest is in doubt. Whether any came in time."""
        listed = self._open.get(key, [])
        in_time = [each for each in listed if each.begin <= signal.last_at and signal.first_at <= each.end]
        for each in in_time:
            self._settle(each)
            self._tally.come(self._now(), is_late=False)
            self._tell_in_time(each)
        late = [each for each in listed if each.end < signal.first_at <= each.at + LATE and each.reach <= KEPT - 2 * LATE]
        for each in late[-1:]:
            self._doubts.setdefault(key, []).append(_Doubt(each, signal.first_at))
        return bool(in_time)

    def _decide(self, now: datetime) -> bool:
        """Whether what came late belongs to what was missed, as soon as the poll would have told of another change."""
        ripe = [doubt for doubts in self._doubts.values() for doubt in doubts if now > doubt.at + doubt.missed.reach]
        late: dict[Missed, datetime] = {}
        for doubt in ripe:
            self._forget_doubt(doubt)
            if not self._is_of_another(doubt):
                late.setdefault(doubt.missed, doubt.at)
        for missed, at in late.items():
            self._settle(missed)
            self._tally.come(now, is_late=True)
            self._tell_late(missed, at)
        return bool(late)

    def _is_of_another(self, doubt: _Doubt) -> bool:
        told, reach = self._told.get(doubt.missed.key, ()), doubt.missed.reach
        return any(doubt.at - reach <= at <= doubt.at + reach for at in told if at != doubt.missed.at)

    def _forget_doubt(self, doubt: _Doubt) -> None:
        key = doubt.missed.key
        self._doubts[key] = [each for each in self._doubts[key] if each != doubt]
        if not self._doubts[key]:
            del self._doubts[key]

    def _settle(self, missed: Missed) -> None:
        """Nothing more becomes of it."""
        for doubt in [each for each in self._doubts.get(missed.key, []) if each.missed == missed]:
            self._forget_doubt(doubt)
        if left := [each for each in self._open.pop(missed.key, []) if each != missed]:
            self._open[missed.key] = left

    def _note_told(self, key: Key, now: datetime) -> None:
        told = self._told.pop(key, deque[datetime](maxlen=TOLD))
        told.append(now)
        self._told[key] = told
        if len(self._told) > DELIVERED:
            self._told.popitem(last=False)

    def _drop(self, key: Key, wait: _Wait) -> None:
        if left := [each for each in self._waiting.pop(key, []) if each != wait]:
            self._waiting[key] = left

    def _thin(self, now: datetime) -> None:
        oldest = now - SLOWEST - timedelta(seconds=self._patience())
        while self._delivered and next(iter(self._delivered.values())) < oldest:
            self._delivered.popitem(last=False)
        while self._told and next(iter(self._told.values()))[-1] < now - KEPT:
            self._told.popitem(last=False)
        kept = {key: [each for each in missed if now - each.at <= KEPT] for key, missed in self._open.items()}
        self._open = {key: missed for key, missed in kept.items() if missed}


def _as_listed(key: Key, wait: _Wait) -> Delivery:
    reason = f"seen in the poll feed only: no delivery within {(wait.end - wait.at).total_seconds():.0f} s"
    return Delivery(wait.at, Verdict.MISSED, event=key.event, match_id=key.match_id, reason=reason)
