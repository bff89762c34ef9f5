"""Time as the practice exchange counts it: nanoseconds since 1970, never running backwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

SECOND = 1_000_000_000
"""One second in the unit of every time in the practice exchange."""

MILLISECOND = 1_000_000


class Clock(Protocol):
    def now_ns(self) -> int: ...


class WallClock:
    """The wall clock, carried on by the monotonic one while the wall clock is set back.

    Follows the wall clock forwards: the monotonic clock of Linux stands still while the computer sleeps.
    """

    def __init__(self, wall: Callable[[], int] = time.time_ns, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()

    def now_ns(self) -> int:
        monotonic = self._monotonic()
        self._offset = max(self._offset, self._wall() - monotonic)
        return self._offset + monotonic
