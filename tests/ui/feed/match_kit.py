"""A match with rounds and odds for the match page and the rounds, and a feed whose vouching a test sets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.cs2 import Match, MatchDetail, OddsKey, Question, Round, RoundEvent, Side, SideOdds, Snapshot, Team
from app.domain.odds import Odds
from tests.services.feed.kit import price

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OWLS, FOXES = Team(71, "Owls"), Team(72, "Foxes")


class Quoted(msgspec.Struct, frozen=True):
    """What the board tells of a key."""

    snapshot: Snapshot
    moves: Mapping[int | None, int] = {}
    moved_at: Mapping[int | None, float] = {}
    heard_at: float = 1000.0


class Feed:
    """Vouches for everything as a test sets it."""

    def __init__(self) -> None:
        self.aged: float | None = 1.3
        self.stale = False
        self.is_late = False

    def age(self, key: OddsKey) -> float | None:
        return self.aged

    def is_stale(self, key: OddsKey) -> bool:
        return self.stale


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)


def match(**changes: Any) -> Match:
    """Owls (T) lead Foxes (CT) 8 : 6 in round 15."""
    plain = Match(
        7, "owls-foxes-1", "de_anubis", "LIVE", (OWLS, FOXES), (8, 6), FOXES.id, OWLS.id, 15, 3, "Autumn cup", START, START
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def odds(text: str | None) -> Odds | None:
    return None if text is None else price(text)


def snapshot(
    question: Question = Question.MATCH,
    ct: str | None = "1.90",
    t: str | None = "2.05",
    draw: str | None = "15.00",
    *,
    number: int | None = None,
    teams: tuple[int | None, int | None] = (FOXES.id, OWLS.id),
    **changes: Any,
) -> Snapshot:
    """`teams`: whom the price of CT and that of T names."""
    sides = [SideOdds(Side.CT, teams[0], odds(ct)), SideOdds(Side.T, teams[1], odds(t))]
    if question is Question.MATCH:
        sides.append(SideOdds(Side.DRAW, None, odds(draw)))
    plain = Snapshot(OddsKey(7, question, number), True, tuple(sides), Decimal("0.05"), START, "LIVE")
    return msgspec.structs.replace(plain, **changes)


def quotes() -> tuple[Quoted, Quoted, Quoted]:
    return (
        Quoted(snapshot()),
        Quoted(snapshot(Question.ROUND, "2.20", "1.70", number=15)),
        Quoted(snapshot(Question.NEXT_ROUND, "2.00", "1.85", number=16)),
    )


def event(label: str = "KILL", summary: str = "bot Moss shoots bot Fern", time: str = "0:40", *, is_important: bool = False) -> RoundEvent:
    return RoundEvent(label, summary, label.lower(), time, is_important)


def round_of(number: int, *events: RoundEvent, winner: int | None = None, reason: str = "", is_first_half: bool = False) -> Round:
    ct, t = (OWLS.id, FOXES.id) if is_first_half else (FOXES.id, OWLS.id)
    return Round(number, ct, t, winner, reason, events)


def detail(*rounds: Round, **changes: Any) -> MatchDetail:
    """As told: round 12 in the first half, 13 and 14 after the swap, 15 being played."""
    told = rounds or (
        round_of(12, event("WINNER", "Owls win by elimination", "1:50", is_important=True), winner=71, reason="elimination",
                 is_first_half=True),
        round_of(13, event("PLANT_STARTED", "Planting at A", "0:58"), winner=71, reason="bomb"),
        round_of(14, event("WINNER", "Foxes win, bomb defused", "1:31", is_important=True), winner=72, reason="bomb_defused"),
        round_of(15, event("PLANT", "Bomb planted at B", "1:12", is_important=True), event(), event("UTILITY", "Smoke at mid", "0:20")),
    )  # fmt: skip
    return MatchDetail(match(**changes), told)
