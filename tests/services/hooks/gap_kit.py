"""A gap watch by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.receiving import Signal
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.hooks.gaps import GapWatch, Missed
from tests.services.fakes import Clock

ODDS, STARTED = HookEvent.ODDS_UPDATED, HookEvent.MATCH_STARTED
TICK = 0.25  # seconds
Key = tuple[str, int]


class Watch:
    """A gap watch by hand: what it listed, and what it then marked as late."""

    def __init__(self, patience: float = 5.0) -> None:
        self.clock = Clock()
        self.began = self.clock.now()
        self.patience = patience
        self.off: dict[str, str] = {}
        self.rows: list[Delivery] = []
        self.withdrawn: list[Delivery] = []
        self.late: dict[tuple[str, int, datetime], datetime] = {}
        self.gaps = GapWatch(
            now=self.clock.now,
            patience=lambda: self.patience,
            why_off=lambda event: self.off.get(event, ""),
            missed=self.rows.extend,
            late=self._mark,
            in_time=self._withdraw,
        )
        self.gaps.look()

    def _mark(self, missed: Missed, at: datetime) -> None:
        self.late[missed.key.event, missed.key.match_id, missed.at] = at

    def _withdraw(self, missed: Missed) -> None:
        self.withdrawn.append(next(row for row in self.rows if key_of(row) == missed.key and row.at == missed.at))
        self.rows.remove(self.withdrawn[-1])

    def told(self, match_id: int = 42, event: str = ODDS, seconds: float = 3.0) -> None:
        self.gaps.told(event, match_id, seconds)

    def delivered(self, match_id: int | None = 42, event: str = ODDS, ago: float = 0.0, first_ago: float | None = None) -> None:
        last = self.clock.now() - timedelta(seconds=ago)
        first = last if first_ago is None else self.clock.now() - timedelta(seconds=first_ago)
        self.gaps.delivered(Signal(event, match_id, first, last))

    def pass_by(self, seconds: float) -> None:
        """With a look each second."""
        for _ in range(round(seconds / TICK)):
            self.clock.move(TICK)
            if (self.clock.now() - self.began).total_seconds() % 1 == 0:
                self.gaps.look()

    @property
    def listed(self) -> list[tuple[str, int | None, float]]:
        return [(row.event, row.match_id, (row.at - self.began).total_seconds()) for row in self.rows]


def key_of(row: Delivery) -> Key:
    assert row.verdict is Verdict.MISSED
    assert row.match_id is not None
    return row.event, row.match_id
