"""The match a person has open: its detail is read again and again while it is played, and less often where the feed does not know it."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.errors import RefusedError
from app.services.feed.attention import Attention
from app.services.feed.delay import Delay
from app.services.feed.details import Details
from app.services.feed.matches import Matches
from app.services.feed.unread import is_unknown, match_words
from app.services.ports import Monotonic


class OpenMatch:
    """`say` puts a trouble into words, once: what could not be read, and why."""

    def __init__(
        self, attention: Attention, matches: Matches, details: Details, delay: Delay, say: Callable[[str, str], None], clock: Monotonic
    ) -> None:
        self._attention = attention
        self._matches = matches
        self._details = details
        self._delay = delay
        self._say = say
        self._clock = clock

    async def read(self) -> None:
        """VenueErrors pass through, but for a match that the feed does not know."""
        match_id = self._attention.open_id
        if match_id is None or self._is_put_off(match_id):
            return
        if match_id in self._matches.details and not self._attention.is_live(match_id):
            return
        try:
            await self._details.read(match_id)
        except RefusedError as problem:
            if not is_unknown(problem):
                raise
            self._say(f"match {match_id}", str(problem))

    def pause(self) -> float | None:
        """Seconds until it is read again; None: none is open."""
        every, match_id = self._attention.details_every(is_calibrating=self._delay.is_calibrating), self._attention.open_id
        unread = self._details.unread
        return every if every is None or unread is None or unread.id != match_id else max(every, unread.left(self._clock()))

    def why_unread(self, match_id: int, again_in: float | None) -> str:
        """A sentence; empty while it is only being read."""
        unread = self._details.unread
        return match_words(unread, again_in) if unread is not None and unread.id == match_id else ""

    def start_again(self) -> None:
        """A person asks: what the feed did not know is asked for too."""
        self._details.unread = None

    def _is_put_off(self, match_id: int) -> bool:
        unread = self._details.unread
        return unread is not None and unread.id == match_id and unread.left(self._clock()) > 0
