"""How each sport's game goes: its length, how sides score, its periods, and the script of one game drawn from a seeded generator."""

from __future__ import annotations

from math import sqrt
from random import Random

import msgspec

FULL = "full"


class Rules(msgspec.Struct, frozen=True):
    """A side has `slots` chances a game to score some `points`; both are spread evenly over it."""

    seconds: int  # of game clock
    slots: int
    points: tuple[tuple[int, float], ...]  # (points, weight); weights add up to 1
    periods: tuple[tuple[str, float], ...]  # (name, the part of the game it ends at); all begin with the game
    unit: str  # what totals count
    suspends_at: int  # points in one moment that suspend the markets; 0: never
    draws: bool = False  # a tie stands; otherwise one more score decides
    rare: bool = False  # few scores: a Poisson count, not a normal one
    lines: bool = True  # has spreads and totals of its score

    @property
    def average(self) -> float:
        return sum(points * weight for points, weight in self.points)

    def deviation(self, mean: float) -> float:
        """Standard deviation of a side's score over a whole game in which it averages `mean`."""
        chance = self._chance(mean)
        square = sum(points * points * weight for points, weight in self.points)
        return sqrt(self.slots * (chance * square - (chance * self.average) ** 2))

    def _chance(self, mean: float) -> float:
        return min(0.97, mean / (self.slots * self.average))

    def draw_side(self, mean: float, rng: Random) -> list[tuple[float, int]]:
        """One side's scores of a game: (part of the game gone, points)."""
        chance = self._chance(mean)
        return [((slot + rng.random()) / self.slots, _pick(self.points, rng)) for slot in range(self.slots) if rng.random() < chance]


class Moment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Somebody scores when this part of the game is gone."""

    part: float
    home: int
    away: int


RULES = {
    "football": Rules(3600, 12, ((3, 0.42), (7, 0.58)), (("first_quarter", 0.25), ("first_half", 0.5)), "Points", suspends_at=3),
    "basketball": Rules(
        2880,
        100,
        ((1, 0.12), (2, 0.6), (3, 0.28)),
        (("first_quarter", 0.25), ("first_half", 0.5)),
        "Points",
        suspends_at=0,
    ),
    "college_basketball": Rules(2400, 70, ((1, 0.12), (2, 0.6), (3, 0.28)), (("first_half", 0.5),), "Points", suspends_at=0),
    "baseball": Rules(5400, 54, ((1, 1.0),), (("first_5_innings", 5 / 9),), "Runs", suspends_at=1, rare=True),
    "hockey": Rules(3600, 60, ((1, 1.0),), (("first_period", 1 / 3),), "Goals", suspends_at=1, rare=True),
    "soccer": Rules(5400, 90, ((1, 1.0),), (("first_half", 0.5),), "Goals", suspends_at=1, draws=True, rare=True),
    "tennis": Rules(5400, 16, ((1, 1.0),), (("first_set", 0.45),), "Games", suspends_at=0),
    "mma": Rules(900, 15, ((1, 1.0),), (), "Rounds", suspends_at=0, lines=False),
    "cricket": Rules(5400, 120, ((1, 0.5), (2, 0.2), (4, 0.2), (6, 0.1)), (), "Runs", suspends_at=6),
    "golf": Rules(36000, 18, ((1, 1.0),), (), "Strokes", suspends_at=0),
}


def draw_script(rules: Rules, means: tuple[float, float], rng: Random) -> tuple[Moment, ...]:
    """All scores of one game in order; where the rules know no draw, the last one decides it."""
    home = [Moment(part, points, 0) for part, points in rules.draw_side(means[0], rng)]
    away = [Moment(part, 0, points) for part, points in rules.draw_side(means[1], rng)]
    script = sorted([*home, *away], key=lambda moment: moment.part)
    if not rules.draws and sum(m.home for m in script) == sum(m.away for m in script):
        points = _pick(rules.points, rng)
        script.append(Moment(1.0, points, 0) if rng.random() < 0.5 else Moment(1.0, 0, points))
    return tuple(script)


def draw_walk(count: int, steps: int, deviation: float, rng: Random) -> list[list[float]]:
    """How `count` golfers gain and lose over `steps` holes."""
    return [[rng.gauss(0.0, deviation) for _ in range(count)] for _ in range(steps)]


def _pick(points: tuple[tuple[int, float], ...], rng: Random) -> int:
    left = rng.random()
    for value, weight in points:
        left -= weight
        if left < 0:
            return value
    return points[-1][0]
