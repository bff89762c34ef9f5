"""Shapes of the answers of Rankacy's feed.

An id is a JSON whole number and nothing else: no text, no fraction, no true. What only describes is `object` and is judged when it is read,
so that one odd value does not cost the row. Logos are not read at all: their names are paths on somebody else's disk.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Id = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
NOTHING = msgspec.Raw(b"[]")


class WirePing(msgspec.Struct):
    status: str
    partner_id: Id
    partner_name: str
    server_time: str


class WireMarket(msgspec.Struct):
    code: str
    name: object = ""
    description: object = ""
    sides: list[object] = []


class WirePage(msgspec.Struct):
    """`items` may stand in no answer that is none: an envelope of an error that came with a 200 is found so."""

    items: list[msgspec.Raw]
    total: object = None
    webhook_events: object = None


class WireTeam(msgspec.Struct):
    id: Id
    name: object = ""


class WireMatch(msgspec.Struct):
    match_id: Id
    status: str
    team_1: WireTeam
    team_2: WireTeam
    unique_match_id: object = ""
    map_name: object = ""
    team_1_score: object = None
    team_2_score: object = None
    ct_team_id: object = None
    t_team_id: object = None
    current_round_number: object = None
    season_id: object = None
    season_name: object = None
    starts_at: object = None
    updated_at: object = None
    rounds: msgspec.Raw = NOTHING
    webhook_events: object = None


class WireRound(msgspec.Struct):
    round_number: Number
    ct_team_id: object = None
    t_team_id: object = None
    winner_team_id: object = None
    win_reason: object = None
    events: msgspec.Raw = NOTHING


class WireRoundEvent(msgspec.Struct):
    event_label: object = ""
    event_summary: object = ""
    event_category: object = None
    event_timestamp: object = ""
    is_important: object = False


class WireUpcoming(msgspec.Struct):
    queue_id: Id
    status: str
    team_1: WireTeam
    team_2: WireTeam
    unique_match_id: object = ""
    queued_at: object = None
    season_id: object = None
    season_name: object = ""


class WireOdds(msgspec.Struct):
    match_id: Id
    markets: list[msgspec.Raw]
    webhook_events: object = None


class WireSnapshot(msgspec.Struct):
    """A market of a match's odds, or a change of one, which also says whose it is and has no margin."""

    market: str
    round_number: Number | None = None
    is_available: object = None
    sides: msgspec.Raw = NOTHING
    margin: object = None
    updated_at: object = None
    match_id: Id | None = None
    match_status: object = ""


class WireSide(msgspec.Struct):
    side: str
    team_id: object = None
    decimal_odd: object = None


class WireChanges(msgspec.Struct):
    changes: list[msgspec.Raw]
    server_time: object = None
    webhook_events: object = None


class WireHistory(msgspec.Struct):
    match_id: Id
    market: str
    points: list[msgspec.Raw]
    round_number: Number | None = None


class WirePoint(msgspec.Struct):
    id: Id
    side: str
    updated_at: str
    decimal_odd: object = None
    margin: object = None


class WireSeason(msgspec.Struct):
    id: Id
    name: object = ""
    is_active: object = False
    created_at: object = None


class WireWebhook(msgspec.Struct):
    """A subscription; the answer that made it has its secret too."""

    id: Id
    event_type: object
    target_url: object
    is_active: object = None
    created_at: object = None
    secret: object = None


class WireStandings(msgspec.Struct):
    season: WireSeason
    rows: list[msgspec.Raw]


class WireStanding(msgspec.Struct):
    rank: Count
    team_id: Id
    wins: Count
    draws: Count
    losses: Count
    points: Number
    team_name: object = ""


class WireStream(msgspec.Struct):
    channel: str
    embed_url: str
