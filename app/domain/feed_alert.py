"""Alerts on the league: what a person asks the program to say once when it comes. Nothing is ordered by them.

A price alert means a team (or the draw) and never a side: after a swap of sides it means the same team, and the price of a side whose team
the feed does not name is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from app.domain.cs2 import Match, MatchStatus, Question, Side, Snapshot
from app.domain.lookout import Lookout
from app.domain.odds import Odds, odds_of, parse_american

OddsText = Callable[[Odds], str]
QUESTIONS: Final = {Question.MATCH: "match", Question.ROUND: "this round", Question.NEXT_ROUND: "next round"}
DRAW: Final = "Draw"
STEP: Final = Fraction(21, 20)  # to the odds that are proposed, from what stands
_DECIMAL: Final = re.compile(r"(\d{1,5})(?:[.,](\d{1,3}))?", re.ASCII)
_NO_ODDS: Final = "Odds are decimal, like 2.10, or American with a sign, like +110"


def decimal_words(odds: Odds) -> str:
    """As the feed writes them: `2.10`, `1.04`, `1.005`."""
    value = odds.decimal
    return f"{value:.3f}" if value < Decimal("1.1") and value != round(value, 2) else f"{value:.2f}"


class FeedPriceAlert(msgspec.Struct, frozen=True, tag="feed price alert"):
    """Say so when the odds on a team (`team_id` None: the draw) are `odds` or longer (`is_longer`), or `odds` or shorter.

    ROUND and NEXT_ROUND mean whichever round is being played then, or comes after it.
    """

    match_id: int
    match_name: str
    question: Question
    team_id: int | None
    team_name: str
    odds: Odds
    is_longer: bool = True
    title = "Price alert"

    @property
    def scope(self) -> str:
        return f"{self.match_name} · {QUESTIONS[self.question]} · {self.team_name}"

    def condition(self, odds: OddsText = decimal_words) -> str:
        return f"odds {odds(self.odds)} or {'longer' if self.is_longer else 'shorter'}"

    def is_met(self, odds: Odds) -> bool:
        return odds >= self.odds if self.is_longer else odds <= self.odds


class FeedOpenAlert(msgspec.Struct, frozen=True, tag="feed open alert"):
    """Say so when a question has a price (`is_open`), or has none any more."""

    match_id: int
    match_name: str
    question: Question
    is_open: bool = True
    title = "Market alert"

    @property
    def scope(self) -> str:
        return f"{self.match_name} · {QUESTIONS[self.question]}"

    def condition(self, odds: OddsText = decimal_words) -> str:
        return "a price" if self.is_open else "no price"


class FeedStatusAlert(msgspec.Struct, frozen=True, tag="feed status alert"):
    """Say so when a match is LIVE, or FINISHED (`status`)."""

    match_id: int
    match_name: str
    status: MatchStatus
    title = "Match alert"

    @property
    def scope(self) -> str:
        return self.match_name

    def condition(self, odds: OddsText = decimal_words) -> str:
        return str(self.status)


PricedAlert = FeedPriceAlert | FeedOpenAlert
FeedPlan = PricedAlert | FeedStatusAlert


class FeedAlert(Lookout[FeedPlan], frozen=True):
    """One alert on a league."""


def odds_on(match: Match, snapshot: Snapshot, team_id: int | None) -> Odds | None:
    """The price of a team (None: of the draw). None where there is none, or where it is not known whose side is whose.

    A price names its teams itself. Of a live match whose own sides are not known no price is anybody's.
    """
    sides = {each.team_id: each.side for each in snapshot.sides if each.side is not Side.DRAW}
    is_played_by_nobody = match.is_live and any(match.side_of(team.id) is None for team in match.teams)
    if is_played_by_nobody or set(sides) != {team.id for team in match.teams}:
        return None
    side = Side.DRAW if team_id is None else sides.get(team_id)
    return snapshot.odds_of(side) if side is not None else None


def has_price(snapshot: Snapshot) -> bool:
    """Whether anything of it can be shown as a price."""
    return any(snapshot.odds_of(each.side) is not None for each in snapshot.sides)


def next_odds_words(stood: Odds, *, is_longer: bool) -> str:
    """Odds to wait for from what stands: some 5 % longer or shorter, as a person types them, and never so already."""
    now = Fraction(stood.num, stood.den) + 1
    then = now * (STEP if is_longer else 2 - STEP)
    if then <= 1:
        then = (now + 1) / 2
    for places in (2, 3):
        words = f"{Decimal(then.numerator) / then.denominator:.{places}f}"
        if 1 < Fraction(words) != now and (Fraction(words) > now) is is_longer:
            return words
    return decimal_words(stood)  # nothing shorter can be typed


def parse_feed_odds(text: str) -> Odds:
    """Odds as a person types them beside the feed: `2.10`, `2,10`, `+110`; ValueError with a sentence for anything else."""
    clean = text.strip()
    if clean[:1] in {"+", "-", "\N{MINUS SIGN}"}:
        return parse_american(clean)
    match = _DECIMAL.fullmatch(clean)
    share = Fraction(f"{match[1]}.{match[2] or 0}") - 1 if match else Fraction(0)
    if share <= 0:
        raise ValueError(_NO_ODDS if match is None else f"Odds of {clean} pay nothing: decimal odds are more than 1")
    return odds_of(share.numerator, share.denominator)
