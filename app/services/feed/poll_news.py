"""What the feed's own polls told of changes, for whoever compares it with what webhooks tell."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from app.domain.cs2 import OddsKey, Snapshot
from app.services.feed.matches import Step
from app.services.ports import Monotonic

CREATED: Final = "MATCH_CREATED"
STARTED: Final = "MATCH_STARTED"
FINISHED: Final = "MATCH_FINISHED"
KEPT: Final = 10_000  # odds whose time is remembered
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
LIST_SLACK: Final = 5.0  # seconds by which a list of matches may be behind what was true when it was asked for


class PollNews:
    """`odds` hears, by match, when the odds that a poll told anew were computed (by the feed's clock); `stepped` an event's name and a
    match; each with how many seconds ago it may have happened at most. `holed` hears that polls were not answered for a while, or cannot be
    compared with those before.

    What nobody could have been told of in time is left out: a first answer, one after a silence, a list that is read for the first time.
    """

    def __init__(self, has_listed: Callable[[], bool], clock: Monotonic) -> None:
        """`has_listed`: whether all matches had been listed once before."""
        self._has_listed = has_listed
        self._clock = clock
        self._told: OrderedDict[OddsKey, datetime | None] = OrderedDict()
        self._listed_at: float | None = None
        self._newest_id = self._newest_listed = 0
        self.odds: list[Callable[[Mapping[int, Collection[datetime]], float], None]] = []
        self.stepped: list[Callable[[str, int, float], None]] = []
        self.holed: list[Callable[[], None]] = []

    def polled(self, snapshots: Sequence[Snapshot], seconds: float | None) -> None:
        """A page of changes that happened `seconds` ago at most; None: there is a hole in it, or before it.

        What is new is what no page told before: another reading of the odds may have been faster than the poll.
        """
        fresh: dict[int, set[datetime]] = {}
        for row in sorted(snapshots, key=_computed):  # of one market, too, there may be several
            if row.updated_at is not None and self._is_new(row):
                fresh.setdefault(row.key.match_id, set()).add(row.updated_at)
        if fresh and seconds is not None:
            for heard in tuple(self.odds):
                heard(fresh, seconds)

    def hole(self) -> None:
        for heard in tuple(self.holed):
            heard()

    def start_again(self) -> None:
        """Another venue process, or another clock."""
        self._told.clear()
        self._listed_at = None
        self._newest_id = self._newest_listed = 0

    def listed(self, asked_at: float) -> None:
        """All matches that changed were listed; monotonic, when that was asked for."""
        self._listed_at, self._newest_listed = asked_at, self._newest_id

    def step(self, step: Step) -> None:
        """A match went on, by a list or by its detail."""
        self._newest_id = max(self._newest_id, step.now.id)
        event = self._event(step)
        if event and self._listed_at is not None and self._has_listed():
            seconds = self._clock() - self._listed_at + LIST_SLACK
            for heard in tuple(self.stepped):
                heard(event, step.now.id, seconds)

    def _event(self, step: Step) -> str:
        was, now = step.was, step.now
        if was is None:
            is_made_now = now.id > self._newest_listed  # else it was forgotten, or stood in no list that was read
            return CREATED if is_made_now and not now.is_live and not now.is_settled else ""
        if now.is_settled:
            return "" if was.is_settled else FINISHED
        return STARTED if now.is_live and not was.is_live and not was.is_settled else ""

    def _is_new(self, row: Snapshot) -> bool:
        """What tells no time cannot be told from what was told before."""
        at, known = row.updated_at, self._told.pop(row.key, None)
        is_new = at is not None and (known is None or at > known)
        self._told[row.key] = at if is_new else known
        if len(self._told) > KEPT:
            self._told.popitem(last=False)
        return is_new


def _computed(row: Snapshot) -> datetime:
    return row.updated_at or _LONG_AGO
