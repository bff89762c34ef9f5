"""The leagues of the practice world and everybody who plays in them, from the tables under resources/practice."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from app.practice.fixtures import Entrant, League

TABLES = Path(__file__).parents[2] / "resources" / "practice"
ROSTER = 10
_PEOPLE = {"men": 48, "women": 32}


def read_leagues(folder: Path = TABLES) -> list[League]:
    return [msgspec.convert(row, League) for row in _table(folder / "leagues.toml")["league"]]


@lru_cache(maxsize=8)
def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Entrants:
    """Who may be drawn into each league's fixtures; players' names are invented from the seed."""

    def __init__(self, seed: int, folder: Path = TABLES) -> None:
        self._seed = seed
        self._teams: dict[str, list[str]] = _table(folder / "teams.toml")
        people = _table(folder / "people.toml")
        self._men: list[str] = people["first"]
        self._women: list[str] = people["women"]
        self._last: list[str] = people["last"]

    def of(self, league: League, place: int) -> list[Entrant]:
        """The league's entrants; `place` is the league's place in the table and makes their ids its own."""
        rng = Random(f"{self._seed}:{league.id}")
        if league.entrants in _PEOPLE:
            return self._people(league, place, rng)
        return [self._team(text, place * 1000 + number + 1, rng) for number, text in enumerate(self._teams[league.entrants])]

    def _team(self, text: str, entrant_id: int, rng: Random) -> Entrant:
        abbreviation, name = text.split(" ", 1)
        return Entrant(entrant_id, name, abbreviation, rng.gauss(0.0, 1.0), self._names(self._men, ROSTER, rng))

    def _people(self, league: League, place: int, rng: Random) -> list[Entrant]:
        names = self._names(self._women if league.entrants == "women" else self._men, _PEOPLE[league.entrants], rng)
        return [
            Entrant(place * 1000 + number + 1, name, name.split(" ")[-1][:3].upper(), rng.gauss(0.0, 1.0))
            for number, name in enumerate(names)
        ]

    def _names(self, first: list[str], count: int, rng: Random) -> tuple[str, ...]:
        """Different people: no last name twice."""
        lasts = rng.sample(self._last, count)
        return tuple(f"{rng.choice(first)} {last}" for last in lasts)
