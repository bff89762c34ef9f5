"""What is shown of one question's odds, by team: pure values that the tiles paint. A price that cannot be meant is not in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from app.domain.cs2 import Match, Question, Side, Snapshot
from app.domain.odds import Odds
from app.ui import formats
from app.ui.feed.match_words import HALF, is_known, team_name

LONGEST_MARGIN: Final = 12  # characters of the feed's own figure
NO_MARGIN: Final = "The feed told no margin with this price; the overround is computed from its odds."
UNHEARD: Final = "not known while the feed is not heard"
UNMAPPED: Final = "sides are not known: no price by team"
OTHER_SIDES: Final = "The odds name other sides than the match: each price is shown with the team that it names."
TITLES: Final = {Question.MATCH: "MATCH", Question.ROUND: "ROUND", Question.NEXT_ROUND: "NEXT ROUND"}


class Priced(Protocol):
    """A quote of the board: the newest snapshot, who moved (team id, None for DRAW; +1 odds rose, -1 fell) and when (monotonic)."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def moves(self) -> Mapping[int | None, int]: ...
    @property
    def moved_at(self) -> Mapping[int | None, float]: ...
    @property
    def heard_at(self) -> float: ...


class Look(StrEnum):
    """How a market is painted: as a price, hatched, or grey without one."""

    PRICED = "priced"
    STALE = "stale"
    NONE = "none"


class Freshness(msgspec.Struct, frozen=True):
    """How long ago the feed last vouched for a price (seconds; None: never since it was lost), and whether it may have changed unheard."""

    age: float | None
    is_stale: bool
    now: datetime


class TileFace(msgspec.Struct, frozen=True):
    """One side of one question. `move` is +1, -1 or 0, `moved_at` monotonic."""

    name: str
    side: str = ""
    odds: Odds | None = None
    move: int = 0
    moved_at: float = 0.0


class MarketFace(msgspec.Struct, frozen=True):
    """One question. `state` is how it stands or its figures, `brief` the same where there is little room, `age` that of its price.

    `tiles` are team 1, Draw (where there is one), team 2; `note` is for a tip.
    """

    title: str
    state: str
    tiles: tuple[TileFace, ...]
    look: Look = Look.NONE
    flaws: tuple[str, ...] = ()
    brief: str = ""
    age: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        return " · ".join(filter(None, (self.state, self.age)))


def face(match: Match, question: Question, quote: Priced | None, fresh: Freshness) -> MarketFace:
    """What is shown of a question; `quote` is the board's, or None where the feed told none for this round."""
    snapshot = quote.snapshot if quote is not None else None
    title = _title(match, question, snapshot)
    if quote is None and fresh.is_stale and is_known(match) and not match.is_settled:
        return MarketFace(title, UNHEARD, _bare(match, question, None), Look.STALE)
    reason = _no_price(match, question, snapshot)
    if quote is None or snapshot is None or reason:
        return MarketFace(title, reason, _bare(match, question, snapshot), flaws=_flaws(match, question, snapshot))
    teams = teams_of(match, snapshot)
    if not snapshot.is_available:
        return _unavailable(match, question, snapshot, title, fresh)
    priced = MarketFace(title, UNMAPPED, _tiles(match, quote, teams), Look.NONE, _flaws(match, question, snapshot))
    if not teams:
        return msgspec.structs.replace(priced, look=Look.STALE) if fresh.is_stale else priced
    return _with_figures(priced, snapshot, fresh)


def _unavailable(match: Match, question: Question, snapshot: Snapshot, title: str, fresh: Freshness) -> MarketFace:
    words = "no price between rounds" if match.is_live else "not priced"
    told = MarketFace(title, words, _bare(match, question, snapshot), Look.NONE, _flaws(match, question, snapshot))
    return msgspec.structs.replace(told, state=f"{words} · {_stale(fresh)}", look=Look.STALE) if fresh.is_stale else told


def teams_of(match: Match, snapshot: Snapshot) -> Mapping[Side, int]:
    """Which team a side's price belongs to; empty where that is not known or contradicts itself.

    A price names its team itself. A live match whose sides are not known has no price by team (the feed says its detail is the truth
    about sides); where the price names none, the match's own sides are taken, but never for the round after half-time.
    """
    told = {each.side: each.team_id for each in snapshot.sides if each.side is not Side.DRAW and each.team_id is not None}
    own = _sides(match)
    if match.is_live and not own:
        return {}
    ids = {team.id for team in match.teams}
    if len(told) == len(ids) == 2 and set(told.values()) == ids:
        return {side: team_id for side, team_id in told.items() if team_id is not None}
    is_next_half = snapshot.key.question is Question.NEXT_ROUND and snapshot.key.round_number == HALF + 1
    is_contrary = any(own.get(side) != team_id for side, team_id in told.items())
    return {} if is_contrary or is_next_half else own


def _sides(match: Match) -> Mapping[Side, int]:
    found = {match.side_of(team.id): team.id for team in match.teams}
    sides = {side: team_id for side, team_id in found.items() if side is not None}
    return sides if len(sides) == 2 else {}


def _title(match: Match, question: Question, snapshot: Snapshot | None) -> str:
    if question is Question.MATCH:
        return TITLES[question]
    number = _wanted(match, question)
    if snapshot is not None and snapshot.key.round_number not in _meant(number, question):
        number = snapshot.key.round_number
    return TITLES[question] if number is None else f"{TITLES[question]} {number}"


def _wanted(match: Match, question: Question) -> int | None:
    """The round a question is about, by the match."""
    if question is Question.MATCH or match.round_number is None:
        return None
    return match.round_number + (question is Question.NEXT_ROUND)


def _no_price(match: Match, question: Question, snapshot: Snapshot | None) -> str:
    """Why nothing is priced, whatever the snapshot holds; empty where it may hold a price."""
    if match.is_settled:
        return "closed"
    if snapshot is None or not is_known(match):
        return "not priced"
    number, wanted = snapshot.key.round_number, _wanted(match, question)
    if question is Question.MATCH or number in _meant(wanted, question):
        return ""
    if number is None:
        return "not priced: the feed names no round"
    at = "has no round" if match.round_number is None else f"is in round {match.round_number}"
    return f"not priced: told for round {number}, the match {at}"


def _meant(wanted: int | None, question: Question) -> tuple[int, ...]:
    """NEXT_ROUND may be told under the number of the round being played, too: the contract leaves that open."""
    if wanted is None:
        return ()
    return (wanted - 1, wanted) if question is Question.NEXT_ROUND else (wanted,)


def _flaws(match: Match, question: Question, snapshot: Snapshot | None) -> tuple[str, ...]:
    if snapshot is None or match.is_settled:
        return ()
    own, teams = _sides(match), teams_of(match, snapshot)
    is_other = question is not Question.NEXT_ROUND and bool(own) and bool(teams) and own != teams
    return (*(formats.plain(flaw) for flaw in snapshot.flaws), *((OTHER_SIDES,) if is_other else ()))


def _with_figures(face: MarketFace, snapshot: Snapshot, fresh: Freshness) -> MarketFace:
    """The computed overround, beside it the feed's own margin where it told one (its changes carry none), and how old they are."""
    over, told = snapshot.overround, margin(snapshot.margin)
    percent = f"{float(over) * 100:.1f} %" if over is not None else "not known"
    if fresh.is_stale:
        return msgspec.structs.replace(face, look=Look.STALE, state=f"{_stale(fresh)} · overround {percent}", brief=_stale(fresh))
    state, brief = f"overround {percent}", f"over {percent}"
    if told:
        state, brief = f"{state} · feed margin {told}", f"{brief} · fed {told}"
    note = "" if told else NO_MARGIN
    return msgspec.structs.replace(face, look=Look.PRICED, state=state, brief=brief, age=formats.age(fresh.age), note=note)


def margin(told: Decimal | None) -> str:
    """The feed's own figure as it was told; nothing where it told none."""
    if told is None:
        return ""
    return text if len(text := str(told)) <= LONGEST_MARGIN else f"{told:.2e}"


def _stale(fresh: Freshness) -> str:
    """Since when nothing vouches for a price, by the local clock."""
    if fresh.age is None:
        return "stale: not confirmed since the feed was lost"
    return f"stale since {(fresh.now - timedelta(seconds=fresh.age)).astimezone():%H:%M:%S}"


def _bare(match: Match, question: Question, snapshot: Snapshot | None) -> tuple[TileFace, ...]:
    """Tiles without a price."""
    by_team = _by_team(_sides_without_price(match, question, snapshot))
    tiles = [TileFace(team_name(team), by_team.get(team.id, "")) for team in match.teams]
    return _in_order(tiles, TileFace("Draw") if question is Question.MATCH else None)


def _sides_without_price(match: Match, question: Question, snapshot: Snapshot | None) -> Mapping[Side, int]:
    """Who would play which side; after the match nobody, and after half-time the other way round, which the feed is left to tell."""
    if match.is_settled:
        return {}
    told = teams_of(match, snapshot) if snapshot is not None else {}
    is_next_half = question is Question.NEXT_ROUND and match.round_number == HALF
    return told or ({} if is_next_half else _sides(match))


def _tiles(match: Match, quote: Priced, teams: Mapping[Side, int]) -> tuple[TileFace, ...]:
    sides = {team_id: side for side, team_id in teams.items()}
    tiles = [_tile(team_name(team), team.id, sides.get(team.id), quote) for team in match.teams]
    has_draw = quote.snapshot.key.question is Question.MATCH
    return _in_order(tiles, _tile("Draw", None, Side.DRAW, quote) if has_draw else None)


def _tile(name: str, team_id: int | None, side: Side | None, quote: Priced) -> TileFace:
    odds = quote.snapshot.odds_of(side) if side is not None else None
    badge = side if side is not None and side is not Side.DRAW else ""
    if odds is None:
        return TileFace(name, badge)
    return TileFace(name, badge, odds, quote.moves.get(team_id, 0), quote.moved_at.get(team_id, 0.0))


def _in_order(teams: list[TileFace], draw: TileFace | None) -> tuple[TileFace, ...]:
    return (teams[0], teams[1]) if draw is None else (teams[0], draw, teams[1])


def _by_team(teams: Mapping[Side, int]) -> dict[int, str]:
    return {team_id: str(side) for side, team_id in teams.items()}
