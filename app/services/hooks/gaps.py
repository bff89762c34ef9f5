"""The gap watch: changes that the poll told of and no delivery did. The feed sends each delivery once and keeps no list of them.

What is expected is one delivery for each event and match around the time at which the poll told of a change: a delivery may come before
the poll does, by as much as the poll is slow. Several changes of a match within that time need one delivery.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from app.domain.receiving import Signal as Delivered
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.ports import Now, Signal

DAY: Final = timedelta(days=1)
LATE: Final = timedelta(minutes=1)  # after which a delivery is taken to belong to something newer
KEPT: Final = 50_000  # expectations that the rate is reckoned from


class Key(NamedTuple):
    event: str
    match_id: int


class Missed(msgspec.Struct, frozen=True):
    """One that was listed as missed: `at` when the poll told of it, `id` in the deliveries' file (0 before it is in it)."""

    key: Key
    at: datetime
    id: int = 0


class GapFigures(msgspec.Struct, frozen=True):
    """Within the last 24 h of this run."""

    expected: int = 0
    missed: int = 0
    late: int = 0

    @property
    def rate(self) -> float | None:
        """Share of what was expected that never came or came late; None where nothing was."""
        return (self.missed + self.late) / self.expected if self.expected else None


class GapWatch:
    """`why_off(event)` says why nothing is expected of an event now (empty: it is); `slowness` by how many seconds the poll may be behind.

    `missed` is called with what was missed; `late` with what was and came.
    """

    def __init__(
        self,
        *,
        now: Now,
        patience: Callable[[], float],
        slowness: Callable[[], float],
        why_off: Callable[[str], str],
        missed: Callable[[list[Delivery]], None],
        late: Callable[[Missed, datetime], None],
    ) -> None:
        self._now = now
        self._patience = patience
        self._slowness = slowness
        self._why_off = why_off
        self._tell_missed = missed
        self._tell_late = late
        self._waiting: dict[Key, datetime] = {}
        self._delivered: dict[Key, datetime] = {}
        self._open: dict[Key, Missed] = {}
        self._expected: deque[datetime] = deque(maxlen=KEPT)
        self._missed_at: deque[datetime] = deque(maxlen=KEPT)
        self._late_at: deque[datetime] = deque(maxlen=KEPT)
        self.changed = Signal()

    @property
    def figures(self) -> GapFigures:
        missed = len(self._missed_at) - len(self._late_at)
        return GapFigures(len(self._expected), max(missed, 0), len(self._late_at))

    def why_off(self) -> str:
        """Why nothing at all is watched; empty where something is."""
        words = [self._why_off(event) for event in HookEvent]
        return "" if not all(words) else words[-1]

    # What happens

    def told(self, event: str, match_id: int) -> None:
        """The poll tells of a change now."""
        if self._why_off(event):
            return
        key, now = Key(event, match_id), self._now()
        if key in self._waiting:
            return
        self._expected.append(now)
        came = self._delivered.get(key)
        if came is None or now - came > timedelta(seconds=self._patience() + self._slowness()):
            self._waiting[key] = now
        self.changed()

    def delivered(self, signal: Delivered) -> None:
        """A valid delivery came."""
        if signal.match_id is None:
            return
        key = Key(signal.event, signal.match_id)
        self._delivered[key] = max(signal.last_at, self._delivered.get(key, signal.last_at))
        if self._waiting.pop(key, None) is not None:
            return
        listed = self._open.pop(key, None)
        if listed is not None and signal.first_at - listed.at <= LATE:
            self._late_at.append(self._now())
            self._tell_late(listed, signal.first_at)
            self.changed()

    def noted(self, rows: Iterable[Delivery]) -> None:
        """They have their ids in the file now."""
        for row in rows:
            listed = None if row.match_id is None else self._open.get(Key(row.event, row.match_id))
            if listed is not None and listed.at == row.at:
                self._open[listed.key] = msgspec.structs.replace(listed, id=row.id)

    def look(self) -> None:
        """List what is overdue; call it each second."""
        now = self._now()
        patience = timedelta(seconds=self._patience())
        due = [(key, at) for key, at in self._waiting.items() if now - at > patience]
        for key, at in due:
            del self._waiting[key]
            self._open[key] = Missed(key, at)
            self._missed_at.append(now)
        self._thin(now)
        if due:
            self._tell_missed([_as_listed(key, at, self._patience()) for key, at in due])
            self.changed()

    def forget(self) -> None:
        """The receiver stopped, or the poll missed something itself: what is waited for now accuses nobody."""
        if self._waiting:
            for _ in range(min(len(self._waiting), len(self._expected))):
                self._expected.pop()
            self._waiting.clear()
            self.changed()

    def _thin(self, now: datetime) -> None:
        for times in (self._expected, self._missed_at, self._late_at):
            while times and now - times[0] > DAY:
                times.popleft()
        self._delivered = {key: at for key, at in self._delivered.items() if now - at < 2 * LATE + timedelta(seconds=self._patience())}
        self._open = {key: missed for key, missed in self._open.items() if now - missed.at <= LATE}


def _as_listed(key: Key, at: datetime, patience: float) -> Delivery:
    reason = f"seen in the poll feed only: no delivery within {patience:.0f} s"
    return Delivery(at, Verdict.MISSED, event=key.event, match_id=key.match_id, reason=reason)
