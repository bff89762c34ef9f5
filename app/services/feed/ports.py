"""What the services of a feed need from outside: a venue that is only read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.cs2 import Match as FeedMatch
from app.domain.cs2 import MatchDetail, OddsHistory, OddsKey, Season, Snapshot, StreamPlace, Upcoming
from app.domain.environment import Environment
from app.domain.feed import Changes, FeedMarket, MatchOdds, Page, Partner, Standings
from app.domain.link import Rank

__all__ = ["Changes", "FeedMarket", "FeedVenue", "MatchOdds", "Odds", "Page", "Partner", "Snapshots", "Standings"]

Odds = MatchOdds  # its first name


class FeedVenue(Protocol):
    """Rankacy's feed. Every method raises the exceptions of `domain.errors` and no others; an id nobody knows is a RefusedError of 404.

    `limit` is 1 to 100 for lists and 1 to 1000 for changes. Nothing here orders anything.
    """

    @property
    def latency(self) -> float | None:
        """Seconds of the last answered request."""

    @property
    def answered_at(self) -> float | None:
        """Monotonic."""

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the feed's clock is ahead of this computer's; None before it is known."""

    @property
    def environment(self) -> Environment: ...
    async def ping(self) -> Partner: ...
    async def markets(self) -> list[FeedMarket]: ...
    async def seasons(self) -> Page[Season]: ...
    async def matches(
        self,
        *,
        status: str = "",
        season_id: int | None = None,
        updated_since: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
        rank: Rank = Rank.ROUTINE,
    ) -> Page[FeedMatch]: ...
    async def upcoming(
        self, *, season_id: int | None = None, limit: int = 100, offset: int = 0, rank: Rank = Rank.ROUTINE
    ) -> Page[Upcoming]: ...
    async def match(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchDetail: ...
    async def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchOdds: ...
    async def history(self, key: OddsKey, rank: Rank = Rank.SCREEN) -> OddsHistory: ...
    async def changes(self, since: str = "", limit: int = 1000, overlap: float = 0.0) -> Changes:
        """`since`: the last answer's `server_time` as it was told, empty on the first call; `overlap` seconds before it are asked again."""

    async def standings(self, season_id: int) -> Standings: ...
    async def stream(self) -> StreamPlace: ...


Snapshots = Sequence[Snapshot]
