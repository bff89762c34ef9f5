"""Who meets whom in which season: every team every other once, and nobody in two games at a time."""

from __future__ import annotations

from random import Random

import msgspec

from app.practice.cs2.model import Team
from app.practice.cs2.names import MAPS, TEAMS

SEASON_MATCHES = len(TEAMS) * (len(TEAMS) - 1) // 2
KEPT_SEASONS = 12
REST = 2  # a team is not in this many matches before its next

Pair = tuple[int, int]  # places in TEAMS


class Fixture(msgspec.Struct, frozen=True, gc=False):
    """`index` counts all matches of the league, from 0; `season` counts from 0."""

    index: int
    season: int
    team_1: Team
    team_2: Team
    map_name: str

    @property
    def match_id(self) -> int:
        return self.index + 1


class Fixtures:
    """Seasons are drawn one after the other; the newest are kept."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._seasons: dict[int, tuple[Fixture, ...]] = {}

    def of(self, index: int) -> Fixture:
        """Raises KeyError for a season that is no longer kept."""
        season, place = divmod(index, SEASON_MATCHES)
        if season not in self._seasons:
            self._draw(season)
        return self._seasons[season][place]

    def _draw(self, season: int) -> None:
        rng = Random(f"{self._seed}:cs2:season:{season}")
        before = self._seasons.get(season - 1, ())[-REST:]
        pairs = _ordered(_days(rng), [(TEAMS.index(each.team_1), TEAMS.index(each.team_2)) for each in before])
        maps = tuple(MAPS)
        self._seasons[season] = tuple(
            Fixture(season * SEASON_MATCHES + place, season, TEAMS[one], TEAMS[other], rng.choice(maps))
            for place, (one, other) in enumerate(pairs)
        )
        self._seasons.pop(season - KEPT_SEASONS - 1, None)


def _days(rng: Random) -> list[list[Pair]]:
    """The circle method: on each day every team plays once."""
    ring = list(range(len(TEAMS)))
    rng.shuffle(ring)
    days: list[list[Pair]] = []
    for _ in range(len(ring) - 1):
        half = len(ring) // 2
        day = [_either_way(pair, rng) for pair in zip(ring[:half], reversed(ring[half:]), strict=True)]
        rng.shuffle(day)
        days.append(day)
        ring = [ring[0], ring[-1], *ring[1:-1]]
    return days


def _either_way(pair: Pair, rng: Random) -> Pair:
    return pair if rng.random() < 0.5 else (pair[1], pair[0])


def _ordered(days: list[list[Pair]], before: list[Pair]) -> list[Pair]:
    """The days' matches such that no team is in two within REST + 1 in a row."""
    ordered = list(before)
    for day in days:
        left = list(day)
        while left:
            busy = {team for pair in ordered[-REST:] for team in pair}
            chosen = next((pair for pair in left if busy.isdisjoint(pair)), left[0])
            left.remove(chosen)
            ordered.append(chosen)
    return ordered[len(before) :]
