"""The course of a match: who wins which round, and the exact chances of win, draw and loss from any score.

A match is at most 24 rounds; 13 won rounds win it, 12:12 is a draw, the sides swap after round 12.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

import msgspec

from app.practice.cs2.duel import LEVEL_STEP, START, duel
from app.practice.cs2.economy import POWER, Purse

ROUNDS = 24
HALF = 12
TO_WIN = 13

Chances = tuple[float, float, float]
"""First team wins, draw, second team wins."""
Purses = tuple[Purse, Purse]


class Form(msgspec.Struct, frozen=True, gc=False):
    """What decides the rounds: the teams' strengths (logit of a duel), the map's for CT, and which team (0, 1) begins as CT."""

    strengths: tuple[float, float]
    bias: float
    first_ct: int

    def ct(self, number: int) -> int:
        """The team (0, 1) that is CT in the round."""
        return self.first_ct if number <= HALF else 1 - self.first_ct

    def level(self, number: int, purses: Purses | None = None) -> int:
        """The level of the round's duels; without purses as if both had bought all."""
        ct = self.ct(number)
        edge = self.bias + self.strengths[ct] - self.strengths[1 - ct]
        if purses is not None:
            edge += POWER[purses[ct].buy(number)] - POWER[purses[1 - ct].buy(number)]
        return round(edge / LEVEL_STEP)

    def chance(self, number: int, purses: Purses | None = None) -> float:
        """The first team's chance to win the round before it begins."""
        return self.of_first(number, duel(self.level(number, purses)).chance(START))

    def of_first(self, number: int, ct_chance: float) -> float:
        return ct_chance if self.ct(number) == 0 else 1.0 - ct_chance


class Turn(msgspec.Struct, frozen=True, gc=False):
    """One round of the course: the purses it began with, and the team (0, 1) that wins it."""

    number: int
    purses: Purses
    winner: int


@lru_cache(maxsize=16_384)
def purses_after(purses: Purses, number: int, winner: int) -> Purses:
    return purses[0].after(number, winner == 0), purses[1].after(number, winner == 1)


def draw_course(form: Form, rng: Random) -> tuple[Turn, ...]:
    """Play the rounds, winners only."""
    turns: list[Turn] = []
    score, purses = [0, 0], (Purse(), Purse())
    while max(score) < TO_WIN and len(turns) < ROUNDS:
        number = len(turns) + 1
        winner = 0 if rng.random() < form.chance(number, purses) else 1
        turns.append(Turn(number, purses, winner))
        score[winner] += 1
        purses = purses_after(purses, number, winner)
    return tuple(turns)


def score_of(turns: tuple[Turn, ...]) -> tuple[int, int]:
    second = sum(turn.winner for turn in turns)
    return len(turns) - second, second


class Prospects:
    """The chances from every score, by recursion over the rounds to come."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._table = _table(form.chance(1 + 1), form.chance(HALF + 2))

    def at(self, score: tuple[int, int], purses: Purses | None = None) -> Chances:
        """From this score before its next round; the next round counts with its purses."""
        if is_decided(score) or purses is None:
            return self._table[score]
        return self.during(score, self._form.chance(sum(score) + 1, purses))

    def during(self, score: tuple[int, int], chance: float, purses: Purses | None = None) -> Chances:
        """In the round after this score, which the first team wins with `chance`; `purses` are the round's."""
        number = sum(score) + 1
        won = self.at((score[0] + 1, score[1]), purses and purses_after(purses, number, 0))
        lost = self.at((score[0], score[1] + 1), purses and purses_after(purses, number, 1))
        return _mix(chance, won, lost)


def is_decided(score: tuple[int, int]) -> bool:
    return max(score) >= TO_WIN or sum(score) >= ROUNDS


def _mix(chance: float, won: Chances, lost: Chances) -> Chances:
    rest = 1.0 - chance
    return chance * won[0] + rest * lost[0], chance * won[1] + rest * lost[1], chance * won[2] + rest * lost[2]


@lru_cache(maxsize=256)
def _table(first_half: float, second_half: float) -> dict[tuple[int, int], Chances]:
    table: dict[tuple[int, int], Chances] = {}
    for played in range(ROUNDS, -1, -1):
        chance = first_half if played < HALF else second_half
        for first in range(max(0, played - TO_WIN), min(TO_WIN, played) + 1):
            score = (first, played - first)
            if is_decided(score):
                table[score] = _end(score)
            else:
                table[score] = _mix(chance, table[first + 1, score[1]], table[first, score[1] + 1])
    return table


def _end(score: tuple[int, int]) -> Chances:
    if score[0] == score[1]:
        return 0.0, 1.0, 0.0
    return (1.0, 0.0, 0.0) if score[0] > score[1] else (0.0, 0.0, 1.0)
