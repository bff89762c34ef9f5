"""How many deliveries were expected, and how many of them never came or came late, counted by the minute for a day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

DAY: Final = 24 * 60  # minutes


class GapFigures(msgspec.Struct, frozen=True):
    """Within the last 24 h of this run."""

    expected: int = 0
    missed: int = 0
    late: int = 0

    @property
    def rate(self) -> float | None:
        """Share of what was expected that never came or came late; None where nothing was."""
        return (self.missed + self.late) / self.expected if self.expected else None


class _Minute(msgspec.Struct):
    expected: int = 0
    missed: int = 0
    late: int = 0


class GapTally:
    """A day of minutes, however many deliveries there are."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Minute] = {}

    def figures(self, now: datetime) -> GapFigures:
        oldest = _minute(now) - DAY
        kept = [each for number, each in self._minutes.items() if number > oldest]
        missed, late = sum(each.missed for each in kept), sum(each.late for each in kept)
        return GapFigures(max(sum(each.expected for each in kept), 0), max(missed, 0), max(late, 0))

    def expect(self, at: datetime) -> None:
        self._at(at).expected += 1

    def withdraw(self, at: datetime) -> None:
        """What was expected then is expected no more."""
        self._at(at).expected -= 1

    def miss(self, at: datetime) -> None:
        self._at(at).missed += 1

    def come(self, at: datetime, *, is_late: bool) -> None:
        """One that was missed came; in time where it was only heard of too late."""
        minute = self._at(at)
        minute.missed -= 1
        minute.late += is_late

    def _at(self, moment: datetime) -> _Minute:
        number = _minute(moment)
        if number not in self._minutes:
            self._minutes = {known: each for known, each in self._minutes.items() if abs(number - known) <= DAY}
            self._minutes[number] = _Minute()
        return self._minutes[number]


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
