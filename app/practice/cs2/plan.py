"""A match before it is played: who, where, what will happen in it and when. A function of the seed and the match's number.

Times here are seconds of game time since the league's first match.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2s
from random import Random

import msgspec

from app.practice.cs2.action import Action, Beat, Side, play
from app.practice.cs2.course import HALF, Form, Turn, draw_course
from app.practice.cs2.duel import duel
from app.practice.cs2.fixtures import Fixture, Fixtures
from app.practice.cs2.names import MAPS, TEAMS

FREEZE, LONG_FREEZE = 15.0, 25.0  # seconds before a round; the long one before either half
PAUSE = 6.0  # after a round
ROUND_GUESS = 106.0  # a round with its pauses, where the rounds are not worked out
STRENGTH = 0.07
SPREAD = (0.28, 0.58)  # the part of a match during which the next one is LIVE too
LEAST_STEP = 400.0
WARMUP = (180.0, 400.0)
BREAK = 3 * 86_400.0  # between the seasons before the league's start


class Course(msgspec.Struct, frozen=True):
    """Who meets and who wins which round."""

    fixture: Fixture
    unique_id: str
    form: Form
    turns: tuple[Turn, ...]


class Freeze(msgspec.Struct, frozen=True, gc=False):
    """The round's freeze time begins."""

    number: int


class Finish(msgspec.Struct, frozen=True, gc=False):
    pass


Moment = Freeze | Beat | Finish


class Plan(msgspec.Struct, frozen=True):
    """With all times. Empty `actions`: over before anybody looked, its rounds are worked out when asked for."""

    course: Course
    actions: tuple[Action, ...]
    warmup_at: float
    live_at: float
    end_at: float

    def moments(self) -> Iterator[tuple[float, Moment]]:
        """All that happens from the start on."""
        at = self.live_at
        for turn, action in zip(self.course.turns, self.actions, strict=True):
            yield at, Freeze(turn.number)
            at += freeze_of(turn.number)
            for beat in action.beats:
                yield at + beat.after, beat
            at += action.length + PAUSE
        yield self.end_at, Finish()

    def rounds_begun(self, at: float) -> int:
        return sum(1 for when, what in self.moments() if isinstance(what, Freeze) and when <= at)


class Planner:
    """Plans matches in their order; each begins while the one before it is still played, so that one is always LIVE."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.fixtures = Fixtures(seed)
        rng = Random(f"{seed}:cs2:teams")
        self._strengths = {team.id: rng.gauss(0.0, STRENGTH) for team in TEAMS}
        self._live_at = self._covered_until = 0.0
        self._length = 0.0

    def course(self, index: int) -> Course:
        """The same for the same number, whenever asked for."""
        fixture = self.fixtures.of(index)
        rng = Random(f"{self._seed}:cs2:{index}")
        strengths = self._strengths[fixture.team_1.id], self._strengths[fixture.team_2.id]
        form = Form(strengths, MAPS[fixture.map_name], int(rng.random() < 0.5))
        return Course(fixture, self.unique_id(index), form, draw_course(form, rng))

    def unique_id(self, index: int) -> str:
        return "bots-" + blake2s(f"{self._seed}:{index}".encode(), digest_size=8).hexdigest()

    def actions(self, course: Course) -> tuple[Action, ...]:
        rng = Random(f"{self._seed}:cs2:{course.fixture.index}:actions")
        return tuple([_play(course, turn, rng) for turn in course.turns])

    def plan(self, index: int, *, in_detail: bool, has_break: bool = False) -> Plan:
        """The next match's plan; to be asked for every index once, in order. `has_break`: nobody plays for days before it."""
        course = self.course(index)
        actions = self.actions(course) if in_detail else ()
        length = _length(actions) if in_detail else ROUND_GUESS * len(course.turns)
        rng = Random(f"{self._seed}:cs2:{index}:times")
        begin = self._covered_until - rng.uniform(*SPREAD) * self._length
        begin = self._covered_until + BREAK if has_break else max(begin, self._live_at + LEAST_STEP)
        self._live_at, self._length = begin, length
        self._covered_until = max(self._covered_until, begin + length)
        return Plan(course, actions, begin - rng.uniform(*WARMUP), begin, begin + length)


def _play(course: Course, turn: Turn, rng: Random) -> Action:
    teams = course.fixture.team_1, course.fixture.team_2
    ct = course.form.ct(turn.number)
    sides = [Side(name, teams[team], turn.purses[team].buy(turn.number)) for name, team in (("CT", ct), ("T", 1 - ct))]
    chain = duel(course.form.level(turn.number, turn.purses))
    return play(chain, turn.number, course.fixture.map_name, sides[0], sides[1], turn.winner == ct, rng)


def freeze_of(number: int) -> float:
    return LONG_FREEZE if number in (1, HALF + 1) else FREEZE


def _length(actions: tuple[Action, ...]) -> float:
    return sum(freeze_of(number) + action.length + PAUSE for number, action in enumerate(actions, start=1))
