"""Whether the books that the stream built are the venue's: compared with its record every fifteen minutes, and mended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.domain.errors import VenueError
from app.domain.events import MarketsSeeded, VenueEvent
from app.domain.market import MarketKey
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Signal, TradingVenue
from app.services.prices import Prices
from app.services.together import TOGETHER, Together

EVERY = 900.0  # seconds: the venue's own advice (contract V18)
AGAIN = 2.0  # seconds until a book that differs is looked at once more: what was under way has arrived by then


class Audit:
    """Counts since the start; `done_at` is when the last comparison ended (monotonic seconds). `changed` is called after each."""

    def __init__(
        self,
        venue: TradingVenue,
        prices: Prices,
        notices: Notices,
        emit: Callable[[Sequence[VenueEvent]], None],
        *,
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._together = Together(venue, notices)
        self._prices = prices
        self._notices = notices
        self._emit = emit
        self._clock = clock
        self._sleep = sleep
        self.compared = 0
        self.differences = 0
        self.done_at: float | None = None
        self.changed = Signal()

    async def run(self) -> None:
        """Compare again and again, until cancelled."""
        while True:
            await self._sleep(EVERY)
            try:
                await self.compare()
            except VenueError as problem:
                self._notices.say(f"The books could not be compared with the venue's: {problem}", Tone.WARNING)

    async def compare(self) -> None:
        """Read every followed event and compare. VenueError passes through."""
        event_ids = sorted(self._prices.followed)
        compared, differing = 0, set[MarketKey]()
        for first in range(0, len(event_ids), TOGETHER):
            seeded = await self._read(event_ids[first : first + TOGETHER])
            compared += sum(len(one.books) for one in seeded)
            differing |= await self._looked_at_again(seeded)
        self.compared += compared
        self.differences += len(differing)
        self.done_at = self._clock()
        if differing:
            self._notices.say(f"{len(differing)} of {compared} books were not the venue's, and are read anew", Tone.WARNING)
        self.changed()

    async def _looked_at_again(self, seeded: Sequence[MarketsSeeded]) -> set[MarketKey]:
        """The books that differ twice; the venue's reading is taken over either way."""
        first = {one.event_id: set(self._prices.differing(one)) for one in seeded}
        suspects = [event_id for event_id, keys in first.items() if keys]
        if not suspects:
            self._emit(seeded)
            return set()
        await self._sleep(AGAIN)
        again = await self._read(suspects)
        differing = {key for one in again for key in self._prices.differing(one) if key in first[one.event_id]}
        self._emit([one for one in seeded if one.event_id not in suspects])
        self._emit(again)
        return differing

    async def _read(self, event_ids: Sequence[int]) -> list[MarketsSeeded]:
        return [self._prices.comparable(one) async for seeded in self._together.read(event_ids) for one in seeded]
