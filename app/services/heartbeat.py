"""Whether this program lived through every second: a computer that slept has missed what was told meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.services.ports import Monotonic, Now

STOOD_STILL: Final = 10.0  # seconds between two beats from which the computer is taken to have slept


class Heartbeat:
    """`beat` once a second."""

    def __init__(self, clock: Monotonic, now: Now) -> None:
        self._clock = clock
        self._now = now
        self._beat_at: float | None = None
        self._beat_on: datetime | None = None

    def beat(self) -> None:
        """Another second was lived through."""
        self._beat_at, self._beat_on = self._clock(), self._now()

    @property
    def why_missed(self) -> str:
        """That time was missed since the last beat, and how much; empty while none was. Until when is told beside the words."""
        missed = self._missed()
        return f"the computer slept or stood still for {missed:.0f} s" if missed > STOOD_STILL else ""

    def _missed(self) -> float:
        """Seconds since the last beat, by whichever clock saw more of them."""
        if self._beat_at is None or self._beat_on is None:
            return 0.0
        return max(self._clock() - self._beat_at, abs((self._now() - self._beat_on).total_seconds()))


def day_time(at: datetime) -> str:
    """Local time of day, for a sentence."""
    return f"{at.astimezone():%H:%M:%S}"
