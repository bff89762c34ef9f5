"""How many deliveries a second are taken."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """Lets `rate` through a second, and as many at once after a rest."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self.rate = rate
        self._clock = clock
        self._left = rate
        self._at = clock()

    def takes(self) -> bool:
        now = self._clock()
        self._left = min(self._left + (now - self._at) * self.rate, self.rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
