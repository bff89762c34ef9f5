"""One round as a chain of kills, plant, defuse and clock: the exact chance that CT wins from every state of it.

The same chain plays the rounds and prices them, so that odds are right about what comes.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from math import exp
from typing import NamedTuple

import msgspec

MOST_LEVEL = 22
LEVEL_STEP = 0.04  # logit of one duel


class State(NamedTuple):
    """How many live on each side, and whether the bomb ticks."""

    ct: int
    t: int
    is_planted: bool


START = State(5, 5, False)


class Step(IntEnum):
    CT_KILL = 0
    T_KILL = 1
    PLANT = 2
    TIME = 3
    DEFUSE = 4
    EXPLODE = 5


class _Way(msgspec.Struct, frozen=True, gc=False):
    step: Step
    weight: float
    value: float  # CT's chance after it


class Duel:
    """The chain for rounds in which CT wins an even duel with the odds of `level`."""

    def __init__(self, level: int) -> None:
        self._edge = exp(level * LEVEL_STEP)
        self._ways: dict[State, tuple[_Way, ...]] = {}
        self._chances: dict[State, float] = {}
        for is_planted in (True, False):
            for ct in range(6):
                for t in range(6):
                    self._solve(State(ct, t, is_planted))

    def chance(self, state: State) -> float:
        """CT's chance to win the round."""
        return self._chances[state]

    def next_step(self, state: State, ct_wins: bool, draw: float) -> Step:
        """The next step of a round whose winner is known, `draw` in [0, 1): likely steps are those that lead there."""
        ways = self._ways[state]
        weights = [way.weight * (way.value if ct_wins else 1.0 - way.value) for way in ways]
        left = draw * sum(weights)
        for way, weight in zip(ways, weights, strict=True):
            left -= weight
            if left < 0.0:
                return way.step
        return max(zip(weights, ways, strict=True), key=lambda pair: pair[0])[1].step

    def _solve(self, state: State) -> None:
        if state.ct == 0:
            self._chances[state] = 0.0
        elif state.t == 0 and not state.is_planted:
            self._chances[state] = 1.0
        else:
            ways = self._after_plant(state) if state.is_planted else self._before_plant(state)
            self._ways[state] = ways
            self._chances[state] = sum(way.weight * way.value for way in ways) / sum(way.weight for way in ways)

    def _kills(self, state: State, edge: float) -> tuple[_Way, _Way]:
        ours = edge * (state.ct / state.t) ** 0.7
        share = ours / (1.0 + ours)
        return (
            _Way(Step.CT_KILL, share, self._chances[state._replace(t=state.t - 1)]),
            _Way(Step.T_KILL, 1.0 - share, self._chances[state._replace(ct=state.ct - 1)]),
        )

    def _before_plant(self, state: State) -> tuple[_Way, ...]:
        plant = max(0.04, 0.11 + 0.07 * (state.t - state.ct))
        return (
            *self._kills(state, self._edge * 1.12),
            _Way(Step.PLANT, plant, self._chances[state._replace(is_planted=True)]),
            _Way(Step.TIME, 0.012, 1.0),
        )

    def _after_plant(self, state: State) -> tuple[_Way, ...]:
        if state.t == 0:
            return (_Way(Step.DEFUSE, 0.93, 1.0), _Way(Step.EXPLODE, 0.07, 0.0))
        defuse = 0.08 if state.t == 1 else 0.015
        return (*self._kills(state, self._edge * 0.95), _Way(Step.DEFUSE, defuse, 1.0), _Way(Step.EXPLODE, 0.09, 0.0))


@lru_cache(maxsize=2 * MOST_LEVEL + 1)
def duel(level: int) -> Duel:
    """`level` is cut to -MOST_LEVEL..MOST_LEVEL."""
    return Duel(max(-MOST_LEVEL, min(MOST_LEVEL, level)))


def after(state: State, step: Step) -> State:
    """Where a step that does not end the round leads."""
    match step:
        case Step.CT_KILL:
            return state._replace(t=state.t - 1)
        case Step.T_KILL:
            return state._replace(ct=state.ct - 1)
        case Step.PLANT:
            return state._replace(is_planted=True)
        case _:
            return state


def is_over(state: State) -> bool:
    """One side is gone; with the bomb ticking CT has still to defuse it."""
    return state.ct == 0 or (state.t == 0 and not state.is_planted)
