"""The feed's own clock, by the `server_time` of its answers: finer than a `Date` of whole seconds, which is off by half a second."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from statistics import median
from typing import Final

from app.services.ports import Monotonic, Now

KEPT: Final = 9  # answers whose median counts: one that was held up on its way says nothing
MOVED: Final = 1.0  # seconds by which this computer's clock and the monotonic one part when it was set, or slept
CUT_OFF: Final = 0.5  # seconds that a time told in whole seconds lost, on average


class FeedClock:
    """`hear` each answer; `offset` is how many seconds the feed's clock is ahead of this computer's, None before anything is known."""

    def __init__(self, clock: Monotonic, now: Now) -> None:
        self._clock = clock
        self._now = now
        self._offsets: deque[float] = deque(maxlen=KEPT)
        self._apart: float | None = None

    @property
    def offset(self) -> float | None:
        return median(self._offsets) if self._offsets else None

    def hear(self, server_time: str, asked_at: float, answered_at: float) -> None:
        """`asked_at` and `answered_at` are monotonic: the feed wrote its time about half the way between. What is no time says nothing."""
        told = moment(server_time)
        if told is None:
            return
        clock, now = self._clock(), self._now().timestamp()
        if self._apart is not None and abs(now - clock - self._apart) > MOVED:
            self.forget()
        self._apart = now - clock
        lost = 0.0 if "." in server_time or "," in server_time else CUT_OFF
        middle = (asked_at + answered_at) / 2 + self._apart
        self._offsets.append(told.timestamp() + lost - middle)

    def forget(self) -> None:
        """Another clock answers from now on."""
        self._offsets.clear()


def moment(text: str) -> datetime | None:
    """A time as the feed writes it; None where it cannot be read."""
    try:
        told = datetime.fromisoformat(text)
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
