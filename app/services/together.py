"""The markets of many events in one request, without one odd event blinding the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.domain.errors import RefusedError, TooLargeError, VenueError
from app.domain.events import MarketsSeeded
from app.domain.link import Rank
from app.services.notices import Notices, Tone
from app.services.ports import TradingVenue

TOGETHER = 50  # events at a time (contract 5.3); a request takes as many of them as `events_a_call` of the venue says

# Refusals of whoever asks, not of what was asked for: fewer events change nothing.
_OF_ALL = frozenset({401, 403, 405, 451})


class Together:
    """Where the venue refuses a request, or its answer is too large, it is asked in halves; an event left by itself is said once and
    left out.

    What was refused before is asked for by itself from then on, so that it costs one request and not a dozen; what was too large by itself
    is not asked for again.
    """

    def __init__(self, venue: TradingVenue, notices: Notices) -> None:
        self._venue = venue
        self._notices = notices
        self._refused: dict[int, str] = {}
        self._too_large: set[int] = set()

    async def read(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> AsyncIterator[list[MarketsSeeded]]:
        """What each answer holds, as it comes. VenueErrors that are no refusals of an event pass through."""
        waiting = self._requests(event_ids)
        while waiting:
            asked = waiting.pop()
            try:
                seeded = await self._venue.multiple_markets(asked, rank)
            except (RefusedError, TooLargeError) as problem:
                if isinstance(problem, RefusedError) and problem.status in _OF_ALL:
                    raise
                if len(asked) == 1:
                    self._leave_out(asked[0], problem)
                else:
                    half = len(asked) // 2
                    waiting += [asked[half:], asked[:half]]
            else:
                for event_id in asked:
                    self._refused.pop(event_id, None)
                yield seeded

    def _requests(self, event_ids: Sequence[int]) -> list[list[int]]:
        """Which events go into one request each, the last request first: what was refused before comes at the end, one by one."""
        most = self._venue.events_a_call
        odd = [[event_id] for event_id in event_ids if event_id in self._refused and event_id not in self._too_large]
        good = [event_id for event_id in event_ids if event_id not in self._refused]
        return odd + [good[first : first + most] for first in range(0, len(good), most)][::-1]

    def _leave_out(self, event_id: int, problem: VenueError) -> None:
        words = str(problem)
        if isinstance(problem, TooLargeError):
            self._too_large.add(event_id)
            words += ". It is left out until the program starts again"
        if self._refused.get(event_id) != words:
            self._notices.say(f"Reading the markets of event {event_id}: {words}", Tone.WARNING)
        self._refused[event_id] = words
