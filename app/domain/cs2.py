"""Matches of the CS2 bot league, their rounds and the odds on them, as the feed tells them.

The feed prices sides (CT, T), which are roles: teams swap them at half-time. Whatever is kept or compared over time goes by team.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from app.domain.odds import Odds


class MatchStatus(StrEnum):
    """The words of the feed; a match with another word keeps it as text, is shown, and is none of these."""

    PREGAME = "PREGAME"
    WARMUP = "WARMUP"
    LIVE = "LIVE"
    FINISHED = "FINISHED"


class Side(StrEnum):
    CT = "CT"
    T = "T"
    DRAW = "DRAW"


class Question(StrEnum):
    """What is priced: the match, the round being played, the one after it. Only MATCH has a DRAW; only the others have a round."""

    MATCH = "MATCH"
    ROUND = "ROUND"
    NEXT_ROUND = "NEXT_ROUND"


SIDES: Final = {Question.MATCH: (Side.CT, Side.T, Side.DRAW), Question.ROUND: (Side.CT, Side.T), Question.NEXT_ROUND: (Side.CT, Side.T)}


class Team(msgspec.Struct, frozen=True, gc=False):
    id: int
    name: str


class Match(msgspec.Struct, frozen=True, gc=False):
    """One game on one map. Times are aware UTC, None where they cannot be read. `status` is the feed's own word.

    `score` counts rounds won, in the order of `teams`; None where it is not told, or not so that it can be read. `ct_team_id` and
    `t_team_id` are None where the sides are not known or contradict the teams. `flaws` are sentences about what in it cannot be right; a
    person sees them.
    """

    id: int
    unique_id: str
    map_name: str
    status: str
    teams: tuple[Team, Team]
    score: tuple[int, int] | None = (0, 0)
    ct_team_id: int | None = None
    t_team_id: int | None = None
    round_number: int | None = None
    season_id: int | None = None
    season_name: str = ""
    starts_at: datetime | None = None
    updated_at: datetime | None = None
    flaws: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.teams[0].name} – {self.teams[1].name}"

    @property
    def is_live(self) -> bool:
        return self.status == MatchStatus.LIVE

    @property
    def is_settled(self) -> bool:
        """The feed's rule: a match is settled when its status is FINISHED."""
        return self.status == MatchStatus.FINISHED

    @property
    def winner(self) -> Team | None:
        """Of a settled match; None for a draw, for one whose score is not told and for one that is not settled."""
        if not self.is_settled or self.score is None or self.score[0] == self.score[1]:
            return None
        return self.teams[0] if self.score[0] > self.score[1] else self.teams[1]

    @property
    def is_draw(self) -> bool:
        return self.is_settled and self.score is not None and self.score[0] == self.score[1]

    @property
    def rounds_won(self) -> int:
        """By both teams, as far as the score tells."""
        return sum(self.score or (0,))

    def side_of(self, team_id: int) -> Side | None:
        """The side a team plays now; None where that is not known."""
        if self.ct_team_id == self.t_team_id:
            return None
        return {self.ct_team_id: Side.CT, self.t_team_id: Side.T}.get(team_id)

    def team(self, team_id: int | None) -> Team | None:
        return next((team for team in self.teams if team.id == team_id), None)


class RoundEvent(msgspec.Struct, frozen=True, gc=False):
    """One line of a round's feed. `timestamp` is the feed's own text ("1:12"), empty where it gives none."""

    label: str
    summary: str
    category: str = ""
    timestamp: str = ""
    is_important: bool = False


class Round(msgspec.Struct, frozen=True, gc=False):
    """`events` come newest first. `winner_team_id` is None while it is played or unknown."""

    number: int
    ct_team_id: int | None = None
    t_team_id: int | None = None
    winner_team_id: int | None = None
    win_reason: str = ""
    events: tuple[RoundEvent, ...] = ()


class MatchDetail(msgspec.Struct, frozen=True, gc=False):
    """The truth about a match: score, status, sides, settlement. `rounds` in the order of play. `invalidated_by`: webhook events."""

    match: Match
    rounds: tuple[Round, ...] = ()
    invalidated_by: tuple[str, ...] = ()


class Upcoming(msgspec.Struct, frozen=True, gc=False):
    """A match in the queue that has no number yet."""

    queue_id: int
    unique_id: str
    teams: tuple[Team, Team]
    status: str
    queued_at: datetime | None = None
    season_id: int | None = None
    season_name: str = ""


class OddsKey(NamedTuple):
    """What the feed's odds are kept under. `round_number` is None for MATCH."""

    match_id: int
    question: Question
    round_number: int | None = None


class SideOdds(msgspec.Struct, frozen=True, gc=False):
    """`odds` None: no price. `team_id` is the feed's own (None for DRAW)."""

    side: Side
    team_id: int | None
    odds: Odds | None


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """The odds on one question at one time. Only known sides, each once, in the order CT, T, DRAW.

    `is_available` False: there is no price, whatever stands in `sides`. `margin` is the feed's own figure (None: not told or no figure);
    `flaws` are sentences about what in it cannot be right.
    """

    key: OddsKey
    is_available: bool
    sides: tuple[SideOdds, ...] = ()
    margin: Decimal | None = None
    updated_at: datetime | None = None
    match_status: str = ""
    flaws: tuple[str, ...] = ()

    def odds_of(self, side: Side) -> Odds | None:
        """What can be shown as a price; None while the question is unavailable."""
        if not self.is_available:
            return None
        return next((each.odds for each in self.sides if each.side is side), None)

    @property
    def overround(self) -> Fraction | None:
        """The implied probabilities of all sides added up: 1 is a fair book, 1.111 is 11.1 % over. None unless every side has a price."""
        prices = [self.odds_of(side) for side in SIDES[self.key.question]]
        known = [odds.implied for odds in prices if odds is not None]
        return sum(known, Fraction(0)) if len(known) == len(prices) else None


class OddsPoint(msgspec.Struct, frozen=True, gc=False):
    """One point of a history. `odds` None: it was no price."""

    id: int
    side: Side
    odds: Odds | None
    at: datetime
    margin: Decimal | None = None


class OddsHistory(msgspec.Struct, frozen=True, gc=False):
    """In the order of time. `dropped` counts points that could not be read."""

    key: OddsKey
    points: tuple[OddsPoint, ...] = ()
    dropped: int = 0


class Season(msgspec.Struct, frozen=True, gc=False):
    id: int
    name: str
    is_active: bool = False
    created_at: datetime | None = None


class Standing(msgspec.Struct, frozen=True, gc=False):
    rank: int
    team: Team
    wins: int = 0
    draws: int = 0
    losses: int = 0
    points: int = 0


class StreamPlace(msgspec.Struct, frozen=True, gc=False):
    """Where the league's video is: a Twitch channel, and the address of its player with `parent` in it (checked by the venue)."""

    channel: str
    embed_url: str
