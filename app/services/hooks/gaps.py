"""The gap watch: changes that the poll told of and no delivery did. The feed sends each delivery once and keeps no list of them.

The poll tells at T of changes that happened some seconds before at most, and when by the feed's own clock. A delivery can be a change's
own from then on (`SLACK` before, for two clocks) until N seconds after T, whenever it is heard of. Each delivery is one change's; as many
changes as can have one do, so that nobody is accused where nothing was lost, and what has none is missed. Changes less than `TOGETHER`
apart that one reading tells of need one. One that comes later is late where it can be no other change's, within 15 s of T.
Nothing is expected unless deliveries of the event were watched during all of that time: nobody is accused of what was slept through here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from app.domain.receiving import Signal as Delivered
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.hooks.gap_pairs import KEPT, LAG, LATE, Change, Pairs
from app.services.hooks.gap_tally import GapFigures, GapTally
from app.services.ports import Now, Signal

__all__ = ["KEPT", "LAG", "LATE", "GapWatch", "Key", "Missed"]

SLACK: Final = timedelta(seconds=2)  # between the feed's clock and ours, and between a delivery and the poll's own time of a change
TOGETHER: Final = timedelta(seconds=0.25)  # changes of one match for which the feed may send one delivery
STOOD: Final = timedelta(seconds=5)  # between two looks: the computer slept, or the program stood still
SLOWEST: Final = timedelta(minutes=10)  # a poll that tells of older changes expects nothing
DELIVERED: Final = 20_000  # deliveries that are remembered, of all matches and events


class Key(NamedTuple):
    event: str
    match_id: int


class Missed(msgspec.Struct, frozen=True):
    """One that was listed as missed: `at` when the poll told of it (each of several that it told of at once has a time of its own)."""

    key: Key
    at: datetime


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
        self._pairs: OrderedDict[Key, Pairs] = OrderedDict()  # the one that was heard of last, last
        self._held = 0  # deliveries in them
        self._since: dict[str, datetime] = {}  # when an event began to be watched
        self._tally = GapTally()
        self._looked_at: datetime | None = None
        self.changed = Signal()

    @property
    def figures(self) -> GapFigures:
        return self._tally.figures(self._now())

    @property
    def remembered(self) -> int:
        """How many deliveries are."""
        return self._held

    def why_off(self) -> str:
        """Why nothing at all is watched; empty where something is."""
        words = [self._why_not_yet(event) for event in HookEvent]
        return "" if not all(words) else words[-1]

    # What happens

    def told(self, event: str, match_id: int, seconds: float, times: Sequence[datetime] = ()) -> None:
        """The poll tells now of what changed so many seconds ago, at most; `times`: when each change was, by our clock, if it says so."""
        now = self._now()
        self._review(event)
        since = self._since.get(event)
        if since is None or seconds > SLOWEST.total_seconds():
            return
        known, patience = timedelta(seconds=seconds), timedelta(seconds=self._patience())
        reach = known + patience + SLACK
        for place, at in enumerate(_apart(times) or [now - known]):
            begin = max(min(at, now) - SLACK, now - reach)  # a feed may compute odds, and tell of them some seconds later
            if begin >= since:
                told = now + place * timedelta.resolution
                self._expect(Key(event, match_id), Change(told, begin, told + patience, reach))
        self.changed()

    def delivered(self, signal: Delivered) -> None:
        """A valid delivery came, or some did."""
        if signal.match_id is None:
            return
        key = Key(signal.event, signal.match_id)
        pairs = self._pairs_of(key)
        before = len(pairs.came)
        may_have_come = pairs.hear(signal.all_times)
        self._held += len(pairs.came) - before
        self._pairs.move_to_end(key)
        self._forget_oldest()
        if may_have_come and self._judge(key, pairs):
            self.changed()

    def look(self) -> None:
        """List what is overdue; call it each second."""
        now = self._now()
        if self._looked_at is not None and not timedelta(0) <= now - self._looked_at <= STOOD:
            self.forget()
        self._looked_at = now
        self.review()
        is_other = [self._look_at(key, pairs, now) for key, pairs in tuple(self._pairs.items())]
        self._thin(now)
        if any(is_other):
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
        for key in [key for key in self._pairs if key.event == event]:
            self._withdraw(self._pairs[key])
        self.changed()

    def _withdraw(self, pairs: Pairs) -> None:
        for change in pairs.stop():
            self._tally.withdraw(change.at)

    def _why_not_yet(self, event: str) -> str:
        if words := self._why_off(event):
            return words
        since, patience = self._since.get(event), self._patience()
        is_new = since is None or self._now() - since < timedelta(seconds=patience)
        return f"Deliveries have been watched for less than {patience:g} s" if is_new else ""

    def _pairs_of(self, key: Key) -> Pairs:
        return self._pairs.setdefault(key, Pairs())

    def _expect(self, key: Key, change: Change) -> None:
        self._pairs_of(key).tell(change)
        self._tally.expect(change.at)

    def _forget_oldest(self) -> None:
        """What came before is not known any more, so nothing is expected of then."""
        while self._held > DELIVERED:
            _, pairs = self._pairs.popitem(last=False)
            self._held -= len(pairs.came)
            self._withdraw(pairs)
            for event in tuple(self._since) if pairs.came else ():
                self._since[event] = max(self._since[event], pairs.came[-1] + timedelta.resolution)

    def _look_at(self, key: Key, pairs: Pairs, now: datetime) -> bool:
        """Whether anything is other than before."""
        is_judged = any(change.is_due(now) for change in pairs.changes) and self._judge(key, pairs)
        since = self._since.get(key.event)
        late = pairs.late(now, since) if since is not None else []
        self._held -= len(late)
        for change, came in late:
            self._tally.come(now, is_late=True)
            self._tell_late(Missed(key, change.at), came)
        return is_judged or bool(late)

    def _judge(self, key: Key, pairs: Pairs) -> bool:
        """Whether anything is missed now that was not, or the other way round."""
        missed, in_time = pairs.judge(self._now())
        for change in in_time:
            self._tally.come(self._now(), is_late=False)
            self._tell_in_time(Missed(key, change.at))
        for _ in missed:
            self._tally.miss(self._now())
        if missed:
            self._tell_missed([_as_listed(key, change) for change in missed])
        return bool(missed or in_time)

    def _thin(self, now: datetime) -> None:
        oldest = now - SLOWEST - SLACK
        for key, pairs in tuple(self._pairs.items()):
            before = len(pairs.came)
            pairs.thin(now, oldest)
            self._held -= before - len(pairs.came)
            if not (pairs.came or pairs.changes):
                del self._pairs[key]


def _apart(times: Sequence[datetime]) -> list[datetime]:
    """The first of each that may have one delivery together."""
    apart: list[datetime] = []
    for at in sorted(times):
        if not apart or at - apart[-1] >= TOGETHER:
            apart.append(at)
    return apart


def _as_listed(key: Key, change: Change) -> Delivery:
    reason = f"no delivery within {(change.end - change.at).total_seconds():.0f} s"
    return Delivery(change.at, Verdict.MISSED, event=key.event, match_id=key.match_id, reason=reason)
