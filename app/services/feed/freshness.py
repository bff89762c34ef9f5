"""How fresh what the feed told is: each price by when it was last vouched for, all of it by when a poll was last answered."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.cs2 import OddsKey
from app.services.feed.board import NEVER, Board
from app.services.feed.figures import FeedFigures
from app.services.ports import Monotonic


class Freshness:
    """`patience`: seconds after which a price nobody vouched for is stale. `is_gone`: nothing is asked."""

    def __init__(
        self, board: Board, figures: FeedFigures, patience: Callable[[], float], is_gone: Callable[[], bool], clock: Monotonic
    ) -> None:
        self._board = board
        self._figures = figures
        self._patience = patience
        self._is_gone = is_gone
        self._clock = clock

    def age(self, key: OddsKey) -> float | None:
        """Seconds since the feed last vouched for this price: a poll that covered it succeeded. None: it never has."""
        quote = self._board.quote(key)
        return None if quote is None or quote.heard_at == NEVER else max(self._clock() - quote.heard_at, 0.0)

    def is_stale(self, key: OddsKey) -> bool:
        age = self.age(key)
        return self._is_gone() or age is None or age > self._patience()

    def is_late(self) -> bool:
        """Nothing of the feed is vouched for any more: it is gone, or no poll was answered for as long as a price lives without."""
        polled_at = self._figures.last_poll_at
        if self._is_gone() or polled_at is None:
            return self._is_gone() or bool(self._figures.why)
        return self._clock() - polled_at > self._patience()
