"""What this program sends to a receiver itself: told apart from what the feed delivers."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from app.services.hooks.ports import Answer, Poster
from app.services.ports import Now

ROUND: Final = timedelta(seconds=1)  # before and after, in which a delivery may be one of them
KEPT: Final = 100


class OwnPosts:
    """A Poster that remembers when it sent."""

    def __init__(self, poster: Poster, now: Now) -> None:
        self._poster = poster
        self._now = now
        self._spans: deque[tuple[datetime, datetime]] = deque(maxlen=KEPT)
        self._running: list[datetime] = []

    def were_sent_at(self, moment: datetime) -> bool:
        """Whether what came then may be one of ours."""
        is_running = any(moment >= began - ROUND for began in self._running)
        return is_running or any(began - ROUND <= moment <= ended + ROUND for began, ended in self._spans)

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        began = self._now()
        self._running.append(began)
        try:
            return await self._poster.post(url, headers, body)
        finally:
            self._running.remove(began)
            self._spans.append((began, self._now()))
