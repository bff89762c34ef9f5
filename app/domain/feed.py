"""What a feed answers: values of `domain.cs2`, with what could not be read said in sentences beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from app.domain.cs2 import Season, Snapshot, Standing

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """A part of a list of `total` rows. `faults` are sentences about rows that could not be read: the others are here all the same."""

    rows: tuple[Row, ...]
    total: int
    faults: tuple[str, ...] = ()
    invalidated_by: tuple[str, ...] = ()


class Changes(msgspec.Struct, frozen=True):
    """What the delta feed told. `server_time` is the next `since`, in the feed's own text, never one of ours.

    It is empty, with a fault, where what was told is no time: the next poll asks from the same `since` again, and nothing is lost.
    `is_full`: as many as were asked for, so that more may have been lost; there is no second page. `faults`: rows that could not be read.
    `unknown`: rows about markets that nobody here knows: they can be seen to hide no price of one that is known.
    """

    server_time: str
    snapshots: tuple[Snapshot, ...]
    is_full: bool = False
    faults: tuple[str, ...] = ()
    invalidated_by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class MatchOdds(msgspec.Struct, frozen=True):
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
