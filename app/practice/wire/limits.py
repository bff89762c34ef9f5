"""How often an account may ask: 50 requests a second over all, and once a second for each query path (contract 5.3)."""

from __future__ import annotations

from collections import deque

from app.practice.clock import SECOND
from app.practice.model import RefusalError

BURST = 50
"""Requests of one account in any second."""

SPACING = SECOND * 95 // 100
"""Least distance between two accepted calls of one query path: a second, less what timers and the network shave off."""


class Limits:
    def __init__(self) -> None:
        self._accepted: dict[str, deque[int]] = {}
        self._last: dict[tuple[str, str], int] = {}

    def admit(self, user_id: str, now: int, *, spaced: str = "") -> None:
        """Count one request at `now` (ns); `spaced` names a query path that may be asked once a second.

        Raises rate_limit_reached; a refused request does not count.
        """
        accepted = self._accepted.setdefault(user_id, deque())
        while accepted and accepted[0] <= now - SECOND:
            accepted.popleft()
        if len(accepted) >= BURST:
            raise RefusalError("rate_limit_reached")
        if spaced:
            self._space(user_id, spaced, now)
        accepted.append(now)

    def _space(self, user_id: str, path: str, now: int) -> None:
        last = self._last.get((user_id, path))
        if last is not None and now - last < SPACING:
            raise RefusalError("rate_limit_reached")
        self._last[user_id, path] = now
