"""What the services of a feed need from outside: a venue that is only read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from app.domain.cs2 import Match as FeedMatch
from app.domain.cs2 import MatchDetail, OddsHistory, OddsKey, Season, Snapshot, Standing, StreamPlace, Upcoming
from app.domain.environment import Environment
from app.domain.link import Rank

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """A part of a list of `total` rows. `faults` are sentences about rows that could not be read: the others are here all the same."""

    rows: tuple[Row, ...]
    total: int
    faults: tuple[str, ...] = ()
    invalidated_by: tuple[str, ...] = ()


class Changes(msgspec.Struct, frozen=True):
    """What the delta feed told. `server_time` is the next `since`, in the feed's own text, never one of ours.

    `is_full`: as many as were asked for, so that more may have been lost; there is no second page. `faults`: rows that could not be read.
    """

    server_time: str
    snapshots: tuple[Snapshot, ...]
    is_full: bool = False
    faults: tuple[str, ...] = ()
    invalidated_by: tuple[str, ...] = ()


class Odds(msgspec.Struct, frozen=True):
    """The newest odds of one match. `faults`: markets that could not be read."""

    match_id: int
    snapshots: tuple[Snapshot, ...]
    faults: tuple[str, ...] = ()
    invalidated_by: tuple[str, ...] = ()


class Standings(msgspec.Struct, frozen=True):
    season: Season
    rows: tuple[Standing, ...]
    faults: tuple[str, ...] = ()


class Partner(msgspec.Struct, frozen=True):
    """Whom the key belongs to. `time` is the feed's (aware UTC; None where it cannot be read)."""

    name: str
    id: int
    time: datetime | None


class FeedMarket(msgspec.Struct, frozen=True):
    """A question of the feed's static catalogue."""

    code: str
    name: str
    description: str
    sides: tuple[str, ...]


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
    async def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> Odds: ...
    async def history(self, key: OddsKey, rank: Rank = Rank.SCREEN) -> OddsHistory: ...
    async def changes(self, since: str = "", limit: int = 1000) -> Changes:
        """`since` is the last answer's `server_time` as it was told, or moved back a little by `earlier`; empty on the first call."""

    async def standings(self, season_id: int) -> Standings: ...
    async def stream(self) -> StreamPlace: ...


Snapshots = Sequence[Snapshot]
