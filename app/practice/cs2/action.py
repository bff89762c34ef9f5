"""What happens in one round, from its winner: kills, plant, defuse and throws with their times and words."""

from __future__ import annotations

from random import Random

import msgspec

from app.practice.cs2.duel import START, Duel, State, Step, after, is_over
from app.practice.cs2.economy import Buy
from app.practice.cs2.model import RoundEvent, Team
from app.practice.cs2.names import CHEAP, PISTOLS, PLACES, RIFLES, SITES, UTILITY, bots

CLOCK = 115.0  # seconds of a round without a plant
FUSE = 40.0
PLANTING, DEFUSING = 3.2, 5.0
REASON = {Step.TIME: "time ran out", Step.DEFUSE: "bomb defused", Step.EXPLODE: "target bombed"}
ELIMINATION = "elimination"


class Beat(msgspec.Struct, frozen=True, gc=False):
    """An event `after` seconds of the round's start, and the state it leaves."""

    after: float
    event: RoundEvent
    state: State
    is_telling: bool  # prices move at it


class Action(msgspec.Struct, frozen=True, gc=False):
    """`beats` in the order of time; the last is the WINNER, at `length` seconds."""

    length: float
    reason: str
    beats: tuple[Beat, ...]


class Side(msgspec.Struct, frozen=True):
    name: str  # CT or T
    team: Team
    buy: Buy


def play(duel: Duel, number: int, map_name: str, ct: Side, t: Side, ct_wins: bool, rng: Random) -> Action:
    """A round that the given side wins; the same arguments and a generator in the same state give the same round."""
    steps = _draw_steps(duel, ct_wins, rng)
    times, planted_at = _draw_times(steps, rng)
    length = times[-1]
    stage = _Stage(number, map_name, ct, t, rng)
    for at, what in _order(steps, times, planted_at, length, rng):
        stage.happen(at, what, is_last=at == length)
    reason = REASON.get(steps[-1], ELIMINATION)
    stage.win(length, ct if ct_wins else t, reason)
    return Action(length, reason, tuple(stage.beats))


def _draw_steps(duel: Duel, ct_wins: bool, rng: Random) -> list[Step]:
    steps: list[Step] = []
    state = START
    while not is_over(state):
        steps.append(duel.next_step(state, ct_wins, rng.random()))
        if steps[-1] in REASON:
            break
        state = after(state, steps[-1])
    return steps


def _draw_times(steps: list[Step], rng: Random) -> tuple[list[float], float]:
    """When each step happens, and the plant (0 without one); the last step ends the round after 60 to 115 seconds."""
    end = steps[-1]
    if Step.PLANT not in steps:
        length = CLOCK if end is Step.TIME else rng.uniform(60.0, 108.0)
        return [*_spread(len(steps) - 1, 12.0, length - 1.0, rng), length], 0.0
    count = steps.index(Step.PLANT)
    planted_at = rng.uniform(28.0, 72.0)
    burning = FUSE if end is Step.EXPLODE else rng.uniform(max(14.0, 60.0 - planted_at), 39.0)
    length = planted_at + burning
    quiet = DEFUSING + 0.5 if end is Step.DEFUSE else 0.5
    before = _spread(count, 10.0, planted_at - PLANTING - 0.5, rng)
    since = _spread(len(steps) - count - 2, planted_at + 1.5, length - quiet, rng)
    return [*before, planted_at, *since, length], planted_at


def _spread(count: int, first: float, last: float, rng: Random) -> list[float]:
    return sorted(rng.uniform(first, last) for _ in range(count))


def _order(steps: list[Step], times: list[float], planted_at: float, length: float, rng: Random) -> list[tuple[float, Step | str]]:
    moments: list[tuple[float, Step | str]] = [(0.0, "start"), *zip(times, steps, strict=True)]
    moments += [(rng.uniform(4.0, length - 3.0), "throw") for _ in range(rng.randint(3, 6))]
    if planted_at:
        moments.append((planted_at - PLANTING, "planting"))
    if steps[-1] is Step.DEFUSE:
        moments.append((length - DEFUSING, "defusing"))
    return sorted(moments, key=lambda moment: moment[0])


class _Stage:
    """Who lives, and what has been told of the round."""

    def __init__(self, number: int, map_name: str, ct: Side, t: Side, rng: Random) -> None:
        self.beats: list[Beat] = []
        self._number, self._ct, self._t, self._rng = number, ct, t, rng
        self._alive = {side.name: list(bots(side.team)) for side in (ct, t)}
        self._places = PLACES[map_name]
        self._state = START
        self._site = SITES[int(rng.random() < 0.5)]
        self._worker = ""  # who plants or defuses

    def happen(self, at: float, what: Step | str, is_last: bool) -> None:
        match what:
            case Step.CT_KILL | Step.T_KILL:
                self._kill(at, what, is_last)
            case Step.PLANT:
                self._state = after(self._state, what)
                self._tell(at, "PLANTED", f"bot {self._worker} planted the bomb at {self._site}", "plant", True, True)
            case Step.DEFUSE:
                self._tell(at, "DEFUSED", f"bot {self._worker} defused the bomb at {self._site}", "defuse", True)
            case Step.EXPLODE:
                self._tell(at, "EXPLODED", f"The bomb went off at {self._site}", "plant", True)
            case Step.TIME:
                pass
            case _:
                self._say(at, what)

    def win(self, at: float, side: Side, reason: str) -> None:
        self._tell(at, "WINNER", f"{side.team.name} win round {self._number} as {side.name}: {reason}", "winner", True)

    def _say(self, at: float, what: str) -> None:
        if what == "start":
            words = f"Round {self._number}: {self._ct.team.name} as CT ({self._ct.buy} buy), {self._t.team.name} as T ({self._t.buy} buy)"
            self._tell(at, "ROUND_START", words, "round", False)
        elif what == "planting":
            self._worker = self._rng.choice(self._alive["T"])
            self._tell(at, "PLANT_STARTED", f"bot {self._worker} is planting at {self._site}", "plant", False)
        elif what == "defusing":
            self._worker = self._rng.choice(self._alive["CT"])
            self._tell(at, "DEFUSE_STARTED", f"bot {self._worker} is defusing at {self._site}", "defuse", False, True)
        else:
            self._throw(at)

    def _kill(self, at: float, step: Step, is_last: bool) -> None:
        killers, victims = (self._ct, self._t) if step is Step.CT_KILL else (self._t, self._ct)
        killer = self._rng.choice(self._alive[killers.name])
        fallen = self._alive[victims.name]
        victim = fallen.pop(int(self._rng.random() * len(fallen)))
        is_important = is_last or self._state == START or len(fallen) == 1
        self._state = after(self._state, step)
        self._tell(at, "KILL", f"bot {killer} ▸ bot {victim} ({self._weapon(killers)})", "kill", is_important, True)

    def _weapon(self, side: Side) -> str:
        if side.buy is Buy.FULL:
            return self._rng.choice(RIFLES[side.name])
        return self._rng.choice((CHEAP if side.buy is Buy.HALF else PISTOLS)[side.name])

    def _throw(self, at: float) -> None:
        thrower = self._rng.choice([*self._alive["CT"], *self._alive["T"]])
        words = f"{self._rng.choice(UTILITY)} at {self._rng.choice(self._places)} by bot {thrower}"
        self._tell(at, "UTILITY", words, "utility", False)

    def _tell(self, at: float, label: str, summary: str, category: str, is_important: bool, is_telling: bool = False) -> None:
        seconds = int(at)
        event = RoundEvent(label, summary, category, f"{seconds // 60}:{seconds % 60:02d}", is_important)
        self.beats.append(Beat(at, event, self._state, is_telling))
