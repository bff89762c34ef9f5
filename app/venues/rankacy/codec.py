"""Pure readings of the answers of Rankacy's feed that are neither matches nor prices: bytes in, values out."""

from __future__ import annotations

import msgspec

from app.domain.cs2 import Season, Standing, Team
from app.domain.errors import UnreadableError
from app.domain.feed import FeedMarket, Page, Partner, Standings
from app.domain.redact import beginning
from app.venues.rankacy import wire
from app.venues.rankacy.clock import moment, told_time
from app.venues.rankacy.rows import MOST_FAULTS, each, most, whole
from app.venues.rankacy.values import LINE, name, quoted, text
from app.venues.redact import redacted

_PING = msgspec.json.Decoder(wire.WirePing)
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_MARKET = msgspec.json.Decoder(wire.WireMarket)
_SEASON = msgspec.json.Decoder(wire.WireSeason)
_STANDINGS = msgspec.json.Decoder(wire.WireStandings)
_STANDING = msgspec.json.Decoder(wire.WireStanding)


def read_ping(body: bytes) -> Partner:
    told = whole(_PING, body)
    if told.status != "ok":
        raise UnreadableError(f"The feed answers that it is {beginning(told.status)!r}, not ok")
    return Partner(redacted(told.partner_name.encode()), told.partner_id, moment(told.server_time))


def read_markets(body: bytes) -> list[FeedMarket]:
    """A market of another shape is left out; UnreadableError when all are."""
    faults: list[str] = []
    rows = whole(_ROWS, body)
    found = each(rows, _MARKET, _market, "A market", faults)
    if faults and not found:
        raise UnreadableError(f"The feed's answer is not what it should be: {faults[0]}")
    return found


def _market(row: wire.WireMarket) -> FeedMarket:
    code = text(row.code)
    return FeedMarket(code, name(row.name, code), text(row.description, LINE), tuple(filter(None, map(text, row.sides))))


def read_seasons(body: bytes) -> Page[Season]:
    faults: list[str] = []
    rows = whole(_ROWS, body)
    found = each(rows, _SEASON, lambda row: _season(row, faults), "A season", faults)
    return Page(tuple(found), len(rows), most(faults, MOST_FAULTS))


def _season(row: wire.WireSeason, faults: list[str]) -> Season:
    if not isinstance(row.is_active, bool):
        faults.append(f"Whether season {row.id} is running cannot be read: {quoted(row.is_active)}")
    created = told_time(row.created_at, f"The start of season {row.id}", faults)
    return Season(row.id, name(row.name, f"Season {row.id}"), row.is_active is True, created)


def read_standings(body: bytes, season_id: int) -> Standings:
    told = whole(_STANDINGS, body)
    if told.season.id != season_id:
        raise UnreadableError(f"The feed answers with season {told.season.id}, and season {season_id} was asked for")
    faults: list[str] = []
    rows = each(told.rows, _STANDING, _standing, "A row of the standings", faults)
    return Standings(_season(told.season, faults), tuple(rows), most(faults, MOST_FAULTS))


def _standing(row: wire.WireStanding) -> Standing:
    team = Team(row.team_id, name(row.team_name, f"Team {row.team_id}"))
    return Standing(row.rank, team, row.wins, row.draws, row.losses, row.points)
