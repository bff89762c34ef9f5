"""A whole catalogue in the venue's shapes, made up as it is read: as many selections as are asked for, three levels a side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from app.domain.market import Competitor, Event, Sport, Tournament

START = datetime(2026, 9, 12, 12, tzinfo=UTC)
TOURNAMENTS = 25
LEVELS = 3  # a side; what the practice exchange has on the average
NUMBERS = 20  # of a spread or a total
TOGETHER = 10  # events a body

_SPORTS = ("American Football", "Baseball", "Basketball", "Ice Hockey", "Soccer")
_PLACES = ("Harbor", "Canyon", "Summit", "Prairie", "Lagoon", "Granite", "Cedar", "Ember", "Frost", "Meadow", "Quarry", "Tundra")
_BEASTS = ("Pilots", "Herons", "Foxes", "Comets", "Rams", "Otters", "Hawks", "Wolves", "Bisons", "Cranes", "Lynxes", "Storks")
_FIRST = ("Ada", "Ben", "Cleo", "Dov", "Ena", "Finn", "Gus", "Hal", "Ivo", "Jon", "Kit", "Lou", "Mia", "Ned", "Oda", "Pim")
_LAST = ("Abbot", "Bright", "Corder", "Dunmore", "Eastly", "Farrow", "Grantley", "Holm", "Inskip", "Jarrow", "Kellow", "Lambeth", "Moreno")
_COUNTS = ("Points", "Rebounds", "Assists", "Shots", "Tackles", "Passing Yards")


def tournaments() -> list[Tournament]:
    return [Tournament(place + 1, f"League {place + 1}", Sport(place % 5 + 1, _SPORTS[place % 5])) for place in range(TOURNAMENTS)]


def event(number: int, leagues: int = TOURNAMENTS) -> Event:
    """The event with this number, from 0 on; two teams of its own."""
    rng = Random(number)
    league = tournaments()[number % leagues]
    home, away = (f"{rng.choice(_PLACES)} {rng.choice(_BEASTS)} {number}{side}" for side in "ab")
    teams = (Competitor(2 * number, home, "home"), Competitor(2 * number + 1, away, "away"))
    return Event(
        10_000 + number, f"{away} at {home}", league.id, league.name, league.sport.name, START + timedelta(minutes=7 * number),
        "not_started", competitors=teams,
    )  # fmt: skip


def bodies(events: int, selections: int) -> Iterator[tuple[list[Event], bytes]]:
    """Answers to `get_multiple_markets`, ten events each, with so many selections an event."""
    for first in range(0, events, TOGETHER):
        some = [event(number) for number in range(first, min(first + TOGETHER, events))]
        yield some, msgspec.json.encode({"data": {str(one.id): markets(one, selections // 2) for one in some}})


def markets(of: Event, lines: int) -> list[dict[str, Any]]:
    """So many lines: a moneyline, a spread and a total of up to twenty numbers, and a market a player for the rest."""
    rng, numbers = Random(of.id), min(NUMBERS, (lines - 1) // 2)
    home, away = (competitor.name for competitor in of.competitors)
    spreads = [_line(rng, 223, "Spread", (f"{home} {-n - 0.5:+}", f"{away} {n + 0.5:+}"), n + 0.5) for n in range(numbers)]
    totals = [_line(rng, 225, "Total", (f"over {n + 0.5}", f"under {n + 0.5}"), n + 0.5) for n in range(numbers)]
    moneyline = _head(219, "Moneyline", "moneyline") | {"selections": _sides(rng, (home, away), (0, 0))}
    found = [moneyline, _head(223, "Spread", "spread") | {"market_strikes": spreads}]
    found.append(_head(225, "Total Points", "total") | {"market_strikes": totals})
    for place in range(lines - 1 - 2 * numbers):
        name = f"Total {rng.choice(_COUNTS)} - {rng.choice(_FIRST)} {rng.choice(_LAST)}"
        number = rng.randrange(1, 60) / 2
        line = _line(rng, 5_000_000 + place, "Total", (f"over {number}", f"under {number}"), number)
        head = _head(5_000_000 + place, name, "total", "player_total")
        found.append(head | {"market_strikes": [line], "player_id": 700_000 + place, "category_name": "Player Props"})
    return found


def _head(market_id: int, name: str, kind: str, sub_type: str = "") -> dict[str, Any]:
    return {
        "id": market_id, "name": name, "type": kind, "sub_type": sub_type or kind, "status": "active", "category_name": "Game Lines",
        "total_filled_quantity": 1200.5, "updated_at": 1_788_359_521_109_155_000,
    }  # fmt: skip


def _line(rng: Random, market_id: int, name: str, sides: tuple[str, str], number: float) -> dict[str, Any]:
    is_total = name == "Total"
    head = _head(market_id, f"{name} {number}", "total" if is_total else "spread")
    return head | {"strike": number, "selections": _sides(rng, sides, (number, number if is_total else -number))}


def _sides(rng: Random, names: tuple[str, str], numbers: tuple[float, float]) -> list[list[dict[str, Any]]]:
    return [[*_levels(rng, name, outcome, number)] for name, outcome, number in zip(names, (4, 5), numbers, strict=True)]


def _levels(rng: Random, name: str, outcome: int, number: float) -> Iterator[dict[str, Any]]:
    strike_id, best = f"{rng.getrandbits(128):032x}", rng.randrange(105, 126)
    for depth in range(LEVELS):
        price = -best - depth
        yield {
            "strike_id": strike_id, "outcome_id": outcome, "competitor_id": 0, "name": name, "display_name": f"{name} {price}",
            "display_price": f"{price}", "display_strike": str(number), "strike": number, "price": price,
            "quantity": rng.randrange(500, 90_000) / 100, "value": rng.randrange(500, 90_000) / 100,
            "updated_at": 1_788_359_521_109_155_000 + rng.randrange(10**9),
        }  # fmt: skip
