"""The changes of one event of one match, and its deliveries: each delivery is one change's, as the feed sends one for each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

import msgspec

LATE: Final = timedelta(seconds=15)  # after the poll's telling: a delivery after that is taken to belong to something newer
KEPT: Final = timedelta(minutes=2)  # after the poll's telling: until then it is said what became of one that was listed
LAG: Final = timedelta(seconds=3)  # a delivery is hardly ever heard of later: a locked file holds two batches up for a second each
A_SECOND: Final = 32  # deliveries within a second that are kept: a poll never tells of so many changes


class State(Enum):
    WAITING = auto()
    COVERED = auto()
    MISSED = auto()
    LATE = auto()


class Change(msgspec.Struct, eq=False):
    """The poll told of it `at`; a delivery that came from `begin` until `end` can be its own.

    `reach`: so long after a delivery the poll may still tell of the change that it belongs to.
    """

    at: datetime
    begin: datetime
    end: datetime
    reach: timedelta
    state: State = State.WAITING

    def is_due(self, now: datetime) -> bool:
        """Whether whatever came in time has been heard of."""
        return self.state is State.WAITING and now > self.end + LAG

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more becomes of it, and its delivery can be no other change's."""
        return self.state is not State.WAITING and now > (self.at if self.state is State.MISSED else self.end) + KEPT

    def may_be_late_with(self, came: datetime) -> bool:
        return self.state is State.MISSED and self.end < came <= self.at + LATE and self.reach <= KEPT - 2 * LATE


def paired(changes: Iterable[Change], came: Sequence[datetime]) -> dict[Change, datetime]:
    """As many changes as can have a delivery of their own, the earliest possible; where not all can, the first ones do.

    `changes` in the order of their ends, `came` in order. The earliest is right for each: whatever else could take it and ends later
    could take a later one as well.
    """
    pairs, free = {}, list(came)
    for change in changes:
        place = bisect_left(free, change.begin)
        if place < len(free) and free[place] <= change.end:
            pairs[change] = free.pop(place)
    return pairs


class Pairs:
    """Of one event of one match. `judge` says what was missed, or was not after all; `late` what came too late."""

    def __init__(self) -> None:
        self.changes: list[Change] = []  # in the order of their ends
        self.came: list[datetime] = []  # in order

    @property
    def waiting(self) -> list[Change]:
        return [change for change in self.changes if change.state is State.WAITING]

    def tell(self, change: Change) -> None:
        insort(self.changes, change, key=_end)

    def hear(self, times: Iterable[datetime]) -> bool:
        """Whether anything that was missed may have come."""
        for at in times:
            place = bisect_right(self.came, at)
            if place < A_SECOND or self.came[place - A_SECOND] < at - timedelta(seconds=1):
                self.came.insert(place, at)
        return any(change.state is State.MISSED and change.begin <= at <= change.end for change in self.changes for at in times)

    def judge(self, now: datetime) -> tuple[list[Change], list[Change]]:
        """What is found missing now; and what was listed as missed, and came in time."""
        pairs = paired([change for change in self.changes if change.state is not State.LATE], self.came)
        missed = [change for change in self.changes if change not in pairs and change.is_due(now)]
        in_time = [change for change in pairs if change.state is State.MISSED]
        for change in [change for change in pairs if change.is_due(now) or change.state is State.MISSED]:
            change.state = State.COVERED
        for change in missed:
            change.state = State.MISSED
        return missed, in_time

    def late(self, now: datetime, since: datetime) -> list[tuple[Change, datetime]]:
        """What was missed and what came for it too late: a delivery that no change that the poll told of since can have in time."""
        missed = [change for change in self.changes if change.state is State.MISSED and change.at >= since]
        after = self.came[bisect_right(self.came, missed[0].end) :] if missed else []
        if not after:
            return []
        used = set(paired([change for change in self.changes if change.state is not State.LATE], self.came).values())
        late = []
        for came in [each for each in after if each not in used]:
            change = next((each for each in missed if each.may_be_late_with(came)), None)
            if change is not None and now > came + change.reach:
                change.state = State.LATE
                self.came.remove(came)
                late.append((change, came))
        return late

    def stop(self) -> list[Change]:
        """Nothing is waited for any more; what was."""
        waiting = self.waiting
        self.changes = [change for change in self.changes if change.state is not State.WAITING]
        return waiting

    def thin(self, now: datetime, oldest: datetime) -> None:
        """`oldest`: a delivery before it can be no change's that is told from now on."""
        if any(each.is_over(now - LATE) for each in self.changes):  # several at once: all have to be paired for it
            self._leave(now)
        needed = min([oldest, *(each.begin for each in self.changes)])
        del self.came[: bisect_left(self.came, needed)]

    def _leave(self, now: datetime) -> None:
        """With its delivery, which is no other's."""
        pairs = paired([change for change in self.changes if change.state is not State.LATE], self.came)
        self.changes = [change for change in self.changes if not change.is_over(now)]
        for change in [change for change in pairs if change.is_over(now)]:
            self.came.remove(pairs[change])


def _end(change: Change) -> datetime:
    return change.end
