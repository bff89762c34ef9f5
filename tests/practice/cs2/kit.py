"""Leagues for tests, and what to look at in them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.practice.clock import SECOND
from app.practice.cs2.league import League
from app.practice.cs2.model import Happened, MatchState, Priced, Status

STARTED_AT = 1_700_000_000 * SECOND


def league(seed: int = 1, speed: float = 1.0) -> League:
    return League(seed=seed, speed=speed, started_at=STARTED_AT)


def live(of: League) -> list[MatchState]:
    return [match for match in of.matches() if match.status is Status.LIVE]


def go(of: League, seconds: float) -> list[Happened]:
    return of.advance(of.now + int(seconds * SECOND))


def steps(of: League, seconds: float, each: float) -> Iterator[list[Happened]]:
    """Go on for so long, in steps of `each` seconds."""
    end = of.now + int(seconds * SECOND)
    while of.now < end:
        yield of.advance(min(end, of.now + int(each * SECOND)))


def until_finished(of: League, match_id: int) -> MatchState:
    for _ in steps(of, 40_000, 5.0):
        match = of.match(match_id)
        if match is not None and match.status is Status.FINISHED:
            return match
    raise AssertionError("It never ends.")


def implied(priced: Priced) -> Decimal:
    return sum((1 / Decimal(quote.odds) for quote in priced.sides), Decimal(0))


def told(of: League) -> list[object]:
    """Everything the league tells, but for matches long over."""
    ids = [match.id for match in of.matches()[:12]]
    return [
        of.seasons,
        of.matches(),
        of.queue(),
        [of.standings(season.id) for season in of.seasons],
        [of.rounds(match_id) for match_id in ids],
        [of.odds(match_id) for match_id in ids],
        [of.history(match_id, "MATCH", None) for match_id in ids],
        of.changed_since(None),
        of.changed_since(of.now - 60 * SECOND),
    ]
