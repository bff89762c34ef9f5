"""What hardly ever changes: whose key it is, where the league's video is, and which questions are priced."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.cs2 import StreamPlace
from app.services.feed.ports import FeedMarket, FeedVenue, Partner


class Basics:
    """None and empty until they were read. VenueErrors pass through; `changed` is called after each reading."""

    def __init__(self, venue: FeedVenue, changed: Callable[[], None]) -> None:
        self._venue = venue
        self._changed = changed
        self.partner: Partner | None = None
        self.stream_place: StreamPlace | None = None
        self.markets: tuple[FeedMarket, ...] = ()

    async def read_partner(self) -> None:
        self.partner = await self._venue.ping()
        self._changed()

    async def read_stream(self) -> None:
        self.stream_place = await self._venue.stream()
        self._changed()

    async def read_markets(self) -> None:
        self.markets = tuple(await self._venue.markets())
        self._changed()
