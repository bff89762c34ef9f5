"""What the Rankacy feed says: every answer and what may be asked, as types. `/openapi.json` is made of them, so they are the contract.

Times are ISO-8601 text in UTC, odds and margins are decimal text. What can be null is null and never left out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

MOST_ROWS = 100
MOST_CHANGES = 1_000
SHORTEST_URL = 8
LONGEST_URL = 2_048

Moment: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Amount: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?$")]


class MatchStatus(StrEnum):
    PREGAME = "PREGAME"
    WARMUP = "WARMUP"
    LIVE = "LIVE"
    FINISHED = "FINISHED"


class QueueStatus(StrEnum):
    """The contract names no words for it; the practice league has one."""

    QUEUED = "QUEUED"


class MarketCode(StrEnum):
    MATCH = "MATCH"
    ROUND = "ROUND"
    NEXT_ROUND = "NEXT_ROUND"


class Side(StrEnum):
    CT = "CT"
    T = "T"
    DRAW = "DRAW"


class WebhookEvent(StrEnum):
    MATCH_CREATED = "MATCH_CREATED"
    MATCH_STARTED = "MATCH_STARTED"
    MATCH_FINISHED = "MATCH_FINISHED"
    ODDS_UPDATED = "ODDS_UPDATED"


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """All errors."""

    detail: str


# What may be asked. A field that stands in braces in the path belongs to the path, all others to the query.


class Nothing(Struct, frozen=True):
    """No parameters."""


class MatchesAsked(Struct, frozen=True):
    status: MatchStatus | UnsetType = UNSET
    season_id: int | UnsetType = UNSET
    updated_since: Moment | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = 20
    offset: Annotated[int, Meta(ge=0)] = 0


class UpcomingAsked(Struct, frozen=True):
    season_id: int | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = 20
    offset: Annotated[int, Meta(ge=0)] = 0


class MatchAsked(Struct, frozen=True):
    match_id: int


class HistoryAsked(Struct, frozen=True):
    match_id: int
    market: MarketCode
    round_number: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


class ChangesAsked(Struct, frozen=True):
    since: Moment | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST_CHANGES)] = 200


class SeasonAsked(Struct, frozen=True):
    season_id: int


class WebhookWanted(Struct, frozen=True):
    """A body, and no parameters."""

    event_type: WebhookEvent
    target_url: Annotated[str, Meta(min_length=SHORTEST_URL, max_length=LONGEST_URL)]


class WebhookAsked(Struct, frozen=True):
    webhook_id: int


# Answers


class Ping(Struct, frozen=True, forbid_unknown_fields=True):
    status: str
    partner_id: int
    partner_name: str
    server_time: Moment


class Market(Struct, frozen=True, forbid_unknown_fields=True):
    code: MarketCode
    name: str
    description: str
    sides: list[Side]


class TeamSummary(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    name: str
    logo_name: str


class MatchSummary(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: int
    unique_match_id: str
    map_name: str
    status: MatchStatus
    team_1: TeamSummary
    team_2: TeamSummary
    team_1_score: int
    team_2_score: int
    ct_team_id: int | None
    t_team_id: int | None
    current_round_number: int | None
    season_id: int | None
    starts_at: Moment
    updated_at: Moment


class MatchPage(Struct, frozen=True, forbid_unknown_fields=True):
    total: int
    limit: int
    offset: int
    items: list[MatchSummary]
    webhook_events: list[WebhookEvent]


class UpcomingMatchSummary(Struct, frozen=True, forbid_unknown_fields=True):
    queue_id: int
    unique_match_id: str
    queued_at: Moment
    season_id: int
    season_name: str
    team_1: TeamSummary
    team_2: TeamSummary
    status: QueueStatus


class UpcomingPage(Struct, frozen=True, forbid_unknown_fields=True):
    total: int
    limit: int
    offset: int
    items: list[UpcomingMatchSummary]
    webhook_events: list[WebhookEvent]


class MatchRoundEvent(Struct, frozen=True, forbid_unknown_fields=True):
    event_label: str
    event_summary: str
    event_category: str | None
    event_timestamp: str
    is_important: bool


class MatchRound(Struct, frozen=True, forbid_unknown_fields=True):
    """Its events come newest first."""

    round_number: int
    ct_team_id: int | None
    t_team_id: int | None
    winner_team_id: int | None
    win_reason: str | None
    events: list[MatchRoundEvent]


class MatchDetail(MatchSummary, frozen=True, forbid_unknown_fields=True):
    """The truth about score, status and sides."""

    season_name: str | None
    rounds: list[MatchRound]
    webhook_events: list[WebhookEvent]


class MarketOddsSide(Struct, frozen=True, forbid_unknown_fields=True):
    side: Side
    team_id: int | None
    decimal_odd: Amount


class MarketOdds(Struct, frozen=True, forbid_unknown_fields=True):
    market: MarketCode
    round_number: int | None
    is_available: bool
    margin: Amount | None
    updated_at: Moment | None
    sides: list[MarketOddsSide]


class MatchOdds(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: int
    updated_at: Moment | None
    markets: list[MarketOdds]
    webhook_events: list[WebhookEvent]


class OddsHistoryPoint(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    side: Side
    decimal_odd: Amount
    margin: Amount
    updated_at: Moment


class OddsHistory(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: int
    market: MarketCode
    round_number: int | None
    points: list[OddsHistoryPoint]
    webhook_events: list[WebhookEvent]


class OddsChange(Struct, frozen=True, forbid_unknown_fields=True):
    match_id: int
    match_status: MatchStatus
    market: MarketCode
    round_number: int | None
    updated_at: Moment
    is_available: bool
    sides: list[MarketOddsSide]


class OddsChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """`server_time` is the `since` of the next call, even where `limit` has cut off changes: those are lost."""

    since: Moment | None
    server_time: Moment
    changes: list[OddsChange]
    webhook_events: list[WebhookEvent]


class StreamConfig(Struct, frozen=True, forbid_unknown_fields=True):
    channel: str
    embed_url: str


class SeasonSummary(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    name: str
    is_active: bool
    created_at: Moment


class StandingRow(Struct, frozen=True, forbid_unknown_fields=True):
    rank: int
    team_id: int
    team_name: str
    wins: int
    draws: int
    losses: int
    points: int


class Standings(Struct, frozen=True, forbid_unknown_fields=True):
    season: SeasonSummary
    rows: list[StandingRow]


class Webhook(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    event_type: WebhookEvent
    target_url: str
    is_active: bool
    created_at: Moment


class NewWebhook(Webhook, frozen=True, forbid_unknown_fields=True):
    """The only answer with the secret in it."""

    secret: str


class Removed(Struct, frozen=True, forbid_unknown_fields=True):
    message: str
