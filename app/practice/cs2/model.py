"""The nouns of the CS2 bot league, as its feed tells them.

Units: times are `int` nanoseconds since 1970 (UTC); odds and margins are decimal text; ids are `int`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class Status(StrEnum):
    """A match goes through these in this order and never back."""

    PREGAME = "PREGAME"
    WARMUP = "WARMUP"
    LIVE = "LIVE"
    FINISHED = "FINISHED"


class Market(StrEnum):
    MATCH = "MATCH"
    ROUND = "ROUND"
    NEXT_ROUND = "NEXT_ROUND"


class Kind(StrEnum):
    """What a partner may be told of by a webhook."""

    MATCH_CREATED = "MATCH_CREATED"
    MATCH_STARTED = "MATCH_STARTED"
    MATCH_FINISHED = "MATCH_FINISHED"
    ODDS_UPDATED = "ODDS_UPDATED"


class Team(msgspec.Struct, frozen=True, gc=False):
    id: int
    name: str
    logo_name: str


class Season(msgspec.Struct, frozen=True, gc=False):
    id: int
    name: str
    is_active: bool
    created_at: int


class MatchState(msgspec.Struct, frozen=True, gc=False):
    """A listed match. Who is on which side and the round are known while it is LIVE, None otherwise."""

    id: int
    unique_id: str
    map_name: str
    status: Status
    team_1: Team
    team_2: Team
    score_1: int
    score_2: int
    ct_team_id: int | None
    t_team_id: int | None
    round_number: int | None
    season_id: int
    season_name: str
    starts_at: int
    updated_at: int


class RoundEvent(msgspec.Struct, frozen=True, gc=False):
    """`timestamp` is the time played in the round, as "1:12"."""

    label: str
    summary: str
    category: str
    timestamp: str
    is_important: bool


class RoundState(msgspec.Struct, frozen=True, gc=False):
    """`events` come newest first; winner and reason are None while it is played."""

    number: int
    ct_team_id: int
    t_team_id: int
    winner_team_id: int | None
    win_reason: str | None
    events: tuple[RoundEvent, ...]


class Queued(msgspec.Struct, frozen=True, gc=False):
    """A match that is to come and has no number yet."""

    queue_id: int
    unique_id: str
    queued_at: int
    season_id: int
    season_name: str
    team_1: Team
    team_2: Team
    status: str


class Quote(NamedTuple):
    """What one side pays. `team_id` is None for the draw."""

    side: str
    team_id: int | None
    odds: str


class Priced(msgspec.Struct, frozen=True, gc=False):
    """One market at one time. While it is not available there is no price: `sides` are those of before, or none."""

    market: Market
    round_number: int | None
    is_available: bool
    margin: str
    updated_at: int
    sides: tuple[Quote, ...]


class Point(msgspec.Struct, frozen=True, gc=False):
    """`id` rises over the whole feed, in the order of writing."""

    id: int
    side: str
    decimal_odd: str
    margin: str
    updated_at: int


class Row(msgspec.Struct, frozen=True, gc=False):
    rank: int
    team: Team
    wins: int
    draws: int
    losses: int
    points: int


class Happened(msgspec.Struct, frozen=True, gc=False):
    kind: Kind
    match_id: int
    at: int
