"""The markets of many events in one request, without one odd event blinding the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.domain.errors import RefusedError
from app.domain.events import MarketsSeeded
from app.domain.link import Rank
from app.services.notices import Notices, Tone
from app.services.ports import TradingVenue

TOGETHER = 50  # events a request (contract 5.3)

# Refusals of whoever asks, not of what was asked for: fewer events change nothing.
_OF_ALL = frozenset({401, 403, 405, 451})


class Together:
    """Where the venue refuses a request it is asked in halves; an event that is refused by itself is said once and left out.

    What was refused before is asked for by itself from then on, so that it costs one request and not a dozen.
    """

    def __init__(self, venue: TradingVenue, notices: Notices) -> None:
        self._venue = venue
        self._notices = notices
        self._refused: dict[int, str] = {}

    async def read(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> AsyncIterator[list[MarketsSeeded]]:
        """What each answer holds, as it comes. VenueErrors that are no refusals of an event pass through."""
        odd = [event_id for event_id in event_ids if event_id in self._refused]
        waiting = [[event_id] for event_id in odd]
        waiting.append([event_id for event_id in event_ids if event_id not in self._refused])
        while waiting:
            asked = waiting.pop()
            if not asked:
                continue
            try:
                seeded = await self._venue.multiple_markets(asked, rank)
            except RefusedError as problem:
                if problem.status in _OF_ALL:
                    raise
                if len(asked) == 1:
                    self._leave_out(asked[0], str(problem))
                else:
                    half = len(asked) // 2
                    waiting += [asked[half:], asked[:half]]
            else:
                for event_id in asked:
                    self._refused.pop(event_id, None)
                yield seeded

    def _leave_out(self, event_id: int, words: str) -> None:
        if self._refused.get(event_id) != words:
            self._notices.say(f"Reading the markets of event {event_id}: {words}", Tone.WARNING)
        self._refused[event_id] = words
