"""Pure readings of matches: lists of them, the queue, and the one that is the truth about score, sides and settlement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from app.domain.cs2 import Match, MatchDetail, MatchStatus, Round, RoundEvent, Team, Upcoming
from app.domain.errors import UnreadableError
from app.domain.feed import Page
from app.venues.rankacy import wire
from app.venues.rankacy.clock import told_time
from app.venues.rankacy.rows import MOST_FAULTS, MOST_FLAWS, each, firsts, listed, most, whole
from app.venues.rankacy.values import LINE, count, events, maybe_id, name, quoted, text

Row = TypeVar("Row")
Wire = TypeVar("Wire")

MOST_ROUNDS: Final = 99  # of a match: overtime after overtime does not reach it
_PAGE = msgspec.json.Decoder(wire.WirePage)
_MATCH = msgspec.json.Decoder(wire.WireMatch)
_UPCOMING = msgspec.json.Decoder(wire.WireUpcoming)
_ROUND = msgspec.json.Decoder(wire.WireRound)
_EVENT = msgspec.json.Decoder(wire.WireRoundEvent)
_STATUSES = frozenset(MatchStatus)
_BEFORE = frozenset({MatchStatus.PREGAME, MatchStatus.WARMUP})
_ONCE: Final = (b'"match_id"', b'"status"', b'"team_1_score"', b'"team_2_score"')


def read_matches(body: bytes) -> Page[Match]:
    return _page(body, _MATCH, lambda row, _faults: _match(row, []), "A match")


def read_upcoming(body: bytes) -> Page[Upcoming]:
    return _page(body, _UPCOMING, _upcoming, "A match of the queue")


def read_match(body: bytes, match_id: int) -> MatchDetail:
    """UnreadableError for another match than `match_id`."""
    told = whole(_MATCH, body, _ONCE)
    if told.match_id != match_id:
        raise UnreadableError(f"The feed answers with match {told.match_id}, and match {match_id} was asked for")
    flaws: list[str] = []
    rounds = _rounds(told, flaws)
    flaws += _unsettled(told, rounds)
    return MatchDetail(_match(told, flaws), rounds, events(told.webhook_events))


def _page(body: bytes, decoder: msgspec.json.Decoder[Wire], read: Callable[[Wire, list[str]], Row], what: str) -> Page[Row]:
    told = whole(_PAGE, body)
    faults: list[str] = []
    rows = each(told.items, decoder, lambda row: read(row, faults), what, faults)
    total = told.total if type(told.total) is int and 0 <= told.total < 2**53 else None
    if total is None:
        faults.append(f"How many there are in all cannot be read: {quoted(told.total)}")
    return Page(tuple(rows), len(told.items) if total is None else total, most(faults, MOST_FAULTS), events(told.webhook_events))


def _match(row: wire.WireMatch, more: list[str]) -> Match:
    """`more`: flaws that were found in what a match's page has besides."""
    flaws: list[str] = []
    if row.status not in _STATUSES:
        flaws.append(f"Its status is none that is known: {quoted(row.status)}")
    if row.team_1.id == row.team_2.id:
        flaws.append(f"Both its teams are team {row.team_1.id}")
    teams = _team(row.team_1), _team(row.team_2)
    ct_team, t_team = _sides(row, flaws)
    return Match(
        id=row.match_id,
        unique_id=text(row.unique_match_id),
        map_name=text(row.map_name),
        status=status_of(row.status),
        teams=teams,
        score=_score(row, teams, flaws),
        ct_team_id=ct_team,
        t_team_id=t_team,
        round_number=_round_number(row.current_round_number, flaws),
        season_id=maybe_id(row.season_id, "Its season", flaws),
        season_name=text(row.season_name),
        starts_at=told_time(row.starts_at, "Its start", flaws),
        updated_at=told_time(row.updated_at, "The time of its last change", flaws),
        flaws=most([*flaws, *more], MOST_FLAWS),
    )


def status_of(told: object) -> str:
    """The feed's word for how far a match is. One that only looks like a known word is put into quotes, so that it is none."""
    shown = text(told)
    return quoted(told) if shown in _STATUSES and shown != told else shown


def _team(row: wire.WireTeam) -> Team:
    return Team(row.id, name(row.name, f"Team {row.id}"))


def _sides(row: wire.WireMatch, flaws: list[str]) -> tuple[int | None, int | None]:
    """Which team is CT and which T: both, or neither where what is told cannot be so."""
    ct_team, t_team = maybe_id(row.ct_team_id, "The team on CT", flaws), maybe_id(row.t_team_id, "The team on T", flaws)
    if ct_team is None and t_team is None:
        if row.status == MatchStatus.LIVE:
            flaws.append("It is live, and who plays which side is not told")
    elif {ct_team, t_team} != {row.team_1.id, row.team_2.id} or ct_team == t_team:
        flaws.append(f"Who plays which side is not clear: CT is {_called(ct_team)}, T is {_called(t_team)}")
    else:
        return ct_team, t_team
    return None, None


def _score(row: wire.WireMatch, teams: tuple[Team, Team], flaws: list[str]) -> tuple[int, int] | None:
    """Both figures or none: half a score says nothing. The contract has whole numbers always; before the first round none is no flaw."""
    if row.team_1_score is None and row.team_2_score is None and row.status in _BEFORE:
        return None
    won_1 = count(row.team_1_score, f"The score of {teams[0].name}", flaws)
    won_2 = count(row.team_2_score, f"The score of {teams[1].name}", flaws)
    return None if won_1 is None or won_2 is None else (won_1, won_2)


def _called(team_id: int | None) -> str:
    return "nobody" if team_id is None else f"team {team_id}"


def _round_number(told: object, flaws: list[str]) -> int | None:
    if told is None:
        return None
    if type(told) is not int or abs(told) >= 2**63:
        flaws.append(f"Its round is no number: {quoted(told)}")
        return None
    if not 1 <= told <= MOST_ROUNDS:
        flaws.append(f"It cannot be in round {told}")
    return told


def _upcoming(row: wire.WireUpcoming, faults: list[str]) -> Upcoming:
    what = f"Match {row.queue_id} of the queue"
    if row.team_1.id == row.team_2.id:
        faults.append(f"{what}: both its teams are team {row.team_1.id}")
    return Upcoming(
        queue_id=row.queue_id,
        unique_id=text(row.unique_match_id),
        teams=(_team(row.team_1), _team(row.team_2)),
        status=text(row.status),
        queued_at=told_time(row.queued_at, f"{what}: its time", faults),
        season_id=maybe_id(row.season_id, f"{what}: its season", faults),
        season_name=text(row.season_name),
    )


# A match's page


def _rounds(row: wire.WireMatch, flaws: list[str]) -> tuple[Round, ...]:
    """In the order of play; of two with one number the first."""
    teams = {row.team_1.id, row.team_2.id}
    told = each(listed(row.rounds, "Its rounds", flaws), _ROUND, lambda one: _round(one, teams, flaws), "A round", flaws)
    found = firsts(told, _number, lambda one: f"Round {one.number} is told twice: only the first is shown", flaws)
    return tuple(sorted(found, key=_number))


def _number(one: Round) -> int:
    return one.number


def _round(row: wire.WireRound, teams: set[int], flaws: list[str]) -> Round:
    what = f"Round {row.round_number}"
    if not 1 <= row.round_number <= MOST_ROUNDS:
        flaws.append(f"There can be no round {row.round_number}")
    ct_team, t_team = maybe_id(row.ct_team_id, f"{what}: its CT", flaws), maybe_id(row.t_team_id, f"{what}: its T", flaws)
    if {ct_team, t_team} != teams:
        if (ct_team, t_team) != (None, None):
            flaws.append(f"{what}: who played which side is not clear")
        ct_team = t_team = None
    winner = maybe_id(row.winner_team_id, f"{what}: its winner", flaws)
    if winner is not None and winner not in teams:
        flaws.append(f"{what} is said to be won by team {winner}, which does not play")
        winner = None
    lines = each(listed(row.events, f"{what}: its events", flaws), _EVENT, _event, f"{what}: an event", flaws, is_inner=True)
    return Round(row.round_number, ct_team, t_team, winner, text(row.win_reason), tuple(lines))


def _event(row: wire.WireRoundEvent) -> RoundEvent:
    return RoundEvent(
        label=text(row.event_label),
        summary=text(row.event_summary, LINE),
        category=text(row.event_category),
        timestamp=text(row.event_timestamp),
        is_important=row.is_important is True,
    )


def _unsettled(row: wire.WireMatch, rounds: tuple[Round, ...]) -> list[str]:
    """What speaks against the result of a finished match: a round that nobody won, or another score than its rounds add up to."""
    if row.status != MatchStatus.FINISHED:
        return []
    flaws = [f"It is finished, and nobody is said to have won round {one.number}" for one in rounds if one.winner_team_id is None]
    won = Counter(one.winner_team_id for one in rounds)
    told = (row.team_1_score, row.team_2_score)
    added = (won[row.team_1.id], won[row.team_2.id])
    is_whole = not flaws and [one.number for one in rounds] == list(range(1, len(rounds) + 1))
    if rounds and is_whole and told != added:
        flaws.append(f"It is finished with a score of {quoted(told[0])}:{quoted(told[1])}, and its rounds add up to {added[0]}:{added[1]}")
    return flaws
