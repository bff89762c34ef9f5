"""Pure readings of odds: the newest of a match, what changed, and how one came to be. Nothing here is rounded.

A side has a price only where its odds are text of plain digits above 1; all else is no price, with a flaw that says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from app.domain.cs2 import SIDES, OddsHistory, OddsKey, OddsPoint, Question, Side, SideOdds, Snapshot
from app.domain.errors import UnreadableError
from app.domain.feed import Changes, MatchOdds
from app.venues.rankacy import wire
from app.venues.rankacy.clock import moment, told_time
from app.venues.rankacy.matches import MOST_ROUNDS, status_of
from app.venues.rankacy.rows import MOST_FAULTS, MOST_FLAWS, ODD, each, firsts, listed, most, say_once, whole
from app.venues.rankacy.values import events, figure, maybe_id, price, quoted

TeamsOf = Callable[[int], frozenset[int]]
"""The teams of a match by its id, as far as they are known; empty where they are not."""

HIGHEST_SUM: Final = Fraction(3, 2)  # of implied probabilities: no book is made with half as much again
_ODDS = msgspec.json.Decoder(wire.WireOdds)
_SNAPSHOT = msgspec.json.Decoder(wire.WireSnapshot)
_SIDE = msgspec.json.Decoder(wire.WireSide)
_CHANGES = msgspec.json.Decoder(wire.WireChanges)
_HISTORY = msgspec.json.Decoder(wire.WireHistory)
_POINT = msgspec.json.Decoder(wire.WirePoint)
_QUESTIONS = frozenset(Question)
_SIDE_WORDS = frozenset(Side)


def nobody(_match_id: int) -> frozenset[int]:
    return frozenset()


def read_odds(body: bytes, match_id: int, teams_of: TeamsOf = nobody) -> MatchOdds:
    """UnreadableError for another match than `match_id`. Of a market that is told twice the first stands."""
    told = whole(_ODDS, body, (b'"match_id"',))
    _same("match", told.match_id, match_id)
    faults: list[str] = []
    rows = each(told.markets, _SNAPSHOT, lambda row: _snapshot(row, match_id, teams_of), "A market", faults)
    found = firsts(rows, lambda one: one.key, lambda one: f"{_called(one.key)} is told twice: only the first is shown", faults)
    return MatchOdds(match_id, tuple(found), most(faults, MOST_FAULTS), events(told.webhook_events))


def read_changes(body: bytes, limit: int, teams_of: TeamsOf = nobody) -> Changes:
    """As they were told: twice, late, and of matches that nobody knows. `limit` is how many were asked for."""
    told = whole(_CHANGES, body, (b'"server_time"',))
    faults: list[str] = []
    unknown: list[str] = []
    rows = each(told.changes, _SNAPSHOT, lambda row: _change(row, teams_of, unknown), "A change", faults)
    if moment(told.server_time) is None:
        faults.append(f"The feed's own time cannot be read: {quoted(told.server_time)}")
    server_time = told.server_time if isinstance(told.server_time, str) and moment(told.server_time) else ""
    return Changes(
        server_time,
        tuple(row for row in rows if row is not None),
        len(told.changes) >= limit,
        most(faults, MOST_FAULTS),
        events(told.webhook_events),
        most(unknown, MOST_FAULTS),
    )


def _change(row: wire.WireSnapshot, teams_of: TeamsOf, unknown: list[str]) -> Snapshot | None:
    """None for a market that is not known, which is told in `unknown`."""
    if row.match_id is None:
        raise ValueError("it is of no match")
    if row.market not in _QUESTIONS:
        unknown.append(f"A change is of a market that is not known: {quoted(row.market)}")
        return None
    return _snapshot(row, row.match_id, teams_of)


def _snapshot(row: wire.WireSnapshot, match_id: int, teams_of: TeamsOf) -> Snapshot:
    flaws: list[str] = []
    key = OddsKey(match_id, question := _question(row.market), _numbered(question, row.round_number, flaws))
    if not isinstance(row.is_available, bool):
        flaws.append(f"Whether there is a price cannot be read: {quoted(row.is_available)}")
    is_available = row.is_available is True
    sides = _sides(row, question, teams_of(match_id), flaws)
    snapshot = Snapshot(
        key=key,
        is_available=is_available,
        sides=sides,
        margin=_margin(row.margin, flaws),
        updated_at=told_time(row.updated_at, "Its time", flaws),
        match_status=status_of(row.match_status),
    )
    return msgspec.structs.replace(snapshot, flaws=most([*flaws, *_odd_sum(snapshot.overround)], MOST_FLAWS))


def _question(market: str) -> Question:
    if market not in _QUESTIONS:
        raise ValueError(f"its market is none that is known: {quoted(market)}")
    return Question(market)


def _numbered(question: Question, number: int | None, flaws: list[str]) -> int | None:
    """The round that odds are kept under, as it was told; what it cannot be is a flaw."""
    if question is Question.MATCH:
        if number is not None:
            flaws.append(f"Odds on the match are said to be of round {number}")
        return None
    if number is None:
        flaws.append("It is not told which round this is")
    elif not 1 <= number <= MOST_ROUNDS:
        flaws.append(f"There can be no round {number}")
    return number


def _sides(row: wire.WireSnapshot, question: Question, teams: frozenset[int], flaws: list[str]) -> tuple[SideOdds, ...]:
    """Known sides, each once, in the order of the question. Of one that is told twice and differently there is no price."""
    is_available = row.is_available is True
    parts = listed(row.sides, "Its sides", flaws)
    told = each(parts, _SIDE, lambda side: _side(side, question, flaws, is_available=is_available), "A side", flaws, is_inner=True)
    known = [one for one in told if one is not None]
    found: list[SideOdds] = []
    for side in SIDES[question]:
        its = [one for one in known if one.side is side]
        if len(its) > 1:
            flaws.append(f"{side} is told {len(its)} times{'' if len(set(its)) == 1 else ', and not the same'}")
        if its:
            found.append(its[0] if len(set(its)) == 1 else SideOdds(side, None, None))
        elif is_available:
            flaws.append(f"{side} is not told")
    return _mapped(found, teams, flaws)


def _side(row: wire.WireSide, question: Question, flaws: list[str], *, is_available: bool) -> SideOdds | None:
    if row.side not in _SIDE_WORDS:
        flaws.append(f"A side is none that is known: {quoted(row.side)}")
        return None
    side = Side(row.side)
    if side not in SIDES[question]:
        flaws.append(f"A round has no {side}")
        return None
    odds = price(row.decimal_odd)
    if odds is None and (is_available or row.decimal_odd is not None):
        flaws.append(f"{side} has no price: {_no_price(row.decimal_odd)}")
    return SideOdds(side, maybe_id(row.team_id, f"The team on {side}", flaws), odds)


def _no_price(told: object) -> str:
    if told is None:
        return "nothing is told"
    return f"{quoted(told)} is {'no odds above 1' if isinstance(told, str) else 'not written as text'}"


def _mapped(sides: Sequence[SideOdds], teams: frozenset[int], flaws: list[str]) -> tuple[SideOdds, ...]:
    """The sides with their teams; without, where two have one team or a draw has one."""
    named = Counter(one.team_id for one in sides if one.side is not Side.DRAW)
    for team_id, times in named.items():
        if team_id is None:
            continue
        if times > 1:
            flaws.append(f"Team {team_id} is said to play {times} sides")
        elif teams and team_id not in teams:
            flaws.append(f"Team {team_id} does not play in this match")
    if any(one.side is Side.DRAW and one.team_id is not None for one in sides):
        flaws.append("A draw is said to be a team's")
    return tuple(_unnamed(one) if named[one.team_id] > 1 or one.side is Side.DRAW else one for one in sides)


def _unnamed(one: SideOdds) -> SideOdds:
    return one if one.team_id is None else msgspec.structs.replace(one, team_id=None)


def _margin(told: object, flaws: list[str]) -> Decimal | None:
    margin = figure(told)
    if margin is None and told is not None:
        flaws.append(f"The margin is no figure: {quoted(told)}")
    elif margin is not None and not 0 <= margin <= 1:
        flaws.append(f"The margin is {margin}, {'below nothing' if margin < 0 else 'more than 1'}")
    return margin


def _odd_sum(overround: Fraction | None) -> list[str]:
    if overround is None or 1 <= overround <= HIGHEST_SUM:
        return []
    shown = Decimal(overround.numerator) / Decimal(overround.denominator)
    return [f"The implied probabilities add up to {shown:.4f}, {'less than 1' if overround < 1 else 'more than 1.5'}"]


def _called(key: OddsKey) -> str:
    return key.question if key.round_number is None else f"{key.question} {key.round_number}"


def _same(what: str, told: object, asked: object) -> None:
    if told != asked:
        raise UnreadableError(f"The feed answers with {what} {told}, and {what} {asked} was asked for")


# History


def read_history(body: bytes, key: OddsKey) -> OddsHistory:
    """In the order of time, then of ids. UnreadableError for another market than `key`.

    A point without a time, an id or a side is dropped, and so is one that names something twice and differently.
    """
    told = whole(_HISTORY, body, (b'"match_id"', b'"market"', b'"round_number"'))
    _same("match", told.match_id, key.match_id)
    _same("market", quoted(told.market), quoted(key.question.value))
    if key.question is not Question.MATCH:
        _same("round", told.round_number, key.round_number)
    is_doubtful = any(body.count(word) > len(told.points) for word in (b'"id"', b'"side"', b'"decimal_odd"', b'"updated_at"'))
    sides = SIDES[key.question]
    found = [point for raw in told.points if (point := _point(raw, sides, is_doubtful=is_doubtful)) is not None]
    return OddsHistory(key, tuple(sorted(found, key=_time)), len(told.points) - len(found))


def _time(point: OddsPoint) -> tuple[datetime, int]:
    return point.at, point.id


def _point(raw: msgspec.Raw, sides: tuple[Side, ...], *, is_doubtful: bool) -> OddsPoint | None:
    """None where it cannot be read. `is_doubtful`: some point of this answer names something twice; to see both needs a second reading."""
    try:
        if is_doubtful:
            say_once(raw)
        row = _POINT.decode(raw)
    except ODD:
        return None
    at = moment(row.updated_at)
    if at is None or row.side not in sides:
        return None
    return OddsPoint(row.id, Side(row.side), price(row.decimal_odd), at, figure(row.margin))
