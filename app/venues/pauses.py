"""How long to wait before the next try, and whether the computer slept between two looks at its clocks."""

from __future__ import annotations

from collections.abc import Callable

BACK_OFF = (0.25, 30.0)  # seconds, first and longest
SLEPT = 30.0  # seconds by which the clocks may part before the computer is taken to have slept


class Pauses:
    """A doubling back-off with full jitter, which begins anew after a success."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._tries = 0

    def succeeded(self) -> None:
        """The next pause is the shortest."""
        self._tries = -1

    def next(self) -> float:
        self._tries += 1
        first, longest = BACK_OFF
        return first + self._jitter() * min(first * 2.0 ** min(self._tries, 16), longest)


class Awake:
    """`clock` runs by itself, and on some systems stands still while the computer sleeps; `wall` is the time of day."""

    def __init__(self, clock: Callable[[], float], wall: Callable[[], float]) -> None:
        self._clock = clock
        self._wall = wall
        self._seen = clock(), wall()

    def missing(self) -> float:
        """Seconds that somebody slept, or that the time of day was set by, since the last look; 0 when they are no more than usual."""
        (clock, wall), self._seen = self._seen, (self._clock(), self._wall())
        ran, passed = self._seen[0] - clock, self._seen[1] - wall
        if ran > SLEPT or abs(passed - ran) > SLEPT:
            return max(ran, abs(passed))
        return 0.0
