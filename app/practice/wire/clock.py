"""The clock the wire reads: nanoseconds since 1970, never running backwards."""

from __future__ import annotations

import time
from typing import Protocol

SECOND = 1_000_000_000
"""One second in the unit of every time in the practice exchange."""


class Clock(Protocol):
    def now_ns(self) -> int: ...


class WallClock:
    """Wall time read once and carried on by the monotonic clock, so that a set-back of the system's clock is not felt."""

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    def now_ns(self) -> int:
        return self._offset + time.monotonic_ns()
