"""The feed's time of day, reckoned from this computer's clocks."""

from __future__ import annotations

from app.services.feed.figures import FeedFigures
from app.services.ports import Monotonic, Now


class FeedTime:
    """In seconds since 1970, as far as it is known how far the feed's clock is ahead."""

    def __init__(self, figures: FeedFigures, clock: Monotonic, now: Now) -> None:
        self._figures = figures
        self._clock = clock
        self._now = now

    def now(self) -> float:
        return self._now().timestamp() + (self._figures.offset or 0.0)

    def at(self, monotonic: float) -> float:
        """The feed's time at a moment of the monotonic clock."""
        return self.now() - (self._clock() - monotonic)
