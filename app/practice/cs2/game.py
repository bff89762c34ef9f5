"""One match from its creation to its end: what has happened in it, and its prices. Times are ns of the league (it may have slept)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from app.practice.clock import SECOND
from app.practice.cs2.action import CLOCK, FUSE, Beat
from app.practice.cs2.course import ROUNDS, Prospects, Purses, is_decided, purses_after
from app.practice.cs2.duel import START, duel, is_over
from app.practice.cs2.model import Kind, Market, MatchState, RoundState, Status
from app.practice.cs2.plan import Finish, Freeze, Moment, Plan
from app.practice.cs2.pricing import MARGIN, odds_of, shifted
from app.practice.cs2.tape import Ledger, Tape
from app.practice.cs2.telling import listed, sides_of, told

EVERY = {Status.PREGAME: (20.0, 40.0), Status.WARMUP: (4.0, 8.0), Status.LIVE: (1.0, 3.0)}
"""How often prices are worked out anew, seconds of wall time."""
CALM = 5.0  # so much rarer before the league's start: its history then is thin
LEAST_GAP = SECOND // 6  # events nearer than this to the last prices wait for the next ones
NEVER = 1 << 62


class Game:
    """`to_ns` puts game time on the league's clock."""

    def __init__(self, plan: Plan, seed: int, ledger: Ledger, to_ns: Callable[[float], int], at: int, stamp: int) -> None:
        self.plan, self._course = plan, plan.course
        self.match_id = plan.course.fixture.match_id
        self.status = Status.PREGAME
        self.score = (0, 0)
        self.number = 0
        self.rounds: list[RoundState] = []  # those over
        self.tape = Tape()
        self.starts_at: int | None = None  # wall, once it has started
        self.updated_at = stamp
        self._ledger, self._to_ns = ledger, to_ns
        self._second = to_ns(1.0) - to_ns(0.0)  # of game time
        self._rng = Random(f"{seed}:cs2:{plan.course.fixture.index}:prices")
        self._noise = 0.0
        self._prospects = Prospects(plan.course.form)
        self._moments = plan.moments()
        self._next: Moment | None = None  # None: the warm-up
        self._next_at = to_ns(plan.warmup_at)
        self._beats = 0  # of the round that is played
        self._is_played = False  # a round's clock runs
        self._began_at = self._planted_at = 0
        self._state = START
        self._price_at = at
        self._priced_at = 0
        self._open(at, stamp)

    @property
    def due_at(self) -> int:
        return min(self._next_at, self._price_at)

    def step(self, at: int, stamp: int, calm: float) -> list[Kind]:
        """The next thing happens, at `at` of the league and `stamp` of the wall; what partners are told of."""
        if self._next_at > at:
            self._price(at, stamp, calm)
            return [Kind.ODDS_UPDATED]
        moment = self._next
        happened = self._happen(moment, at, stamp, calm)
        if self.status is Status.FINISHED:
            self._next_at = self._price_at = NEVER
        else:
            when, self._next = next(self._moments)
            self._next_at = self._to_ns(when)
        self.updated_at = stamp
        return happened

    def state(self, starts_at: int) -> MatchState:
        """As listed; `starts_at` is when it is to start (wall), if it has not."""
        start = starts_at if self.starts_at is None else self.starts_at
        return listed(self._course, self.status, self.score, start, self.updated_at, self.number)

    def all_rounds(self) -> tuple[RoundState, ...]:
        if len(self.rounds) == self.number:
            return tuple(self.rounds)
        return *self.rounds, told(self._course, self.plan.actions[self.number - 1], self.number, self._beats)

    def _happen(self, moment: Moment | None, at: int, stamp: int, calm: float) -> list[Kind]:
        match moment:
            case None:
                self.status = Status.WARMUP
                self._price(at, stamp, calm)
                return [Kind.ODDS_UPDATED]
            case Freeze(number):
                return self._freeze(number, at, stamp, calm)
            case Beat():
                return self._beat(moment, at, stamp, calm)
            case Finish():
                self.status = Status.FINISHED
                for priced in list(self.tape.newest.values()):
                    self._close(priced.market, priced.round_number, stamp)
                return [Kind.ODDS_UPDATED, Kind.MATCH_FINISHED]

    def _freeze(self, number: int, at: int, stamp: int, calm: float) -> list[Kind]:
        self.number, self._beats, self._state, self._planted_at = number, 0, START, 0
        is_first = number == 1
        if is_first:
            self.status, self.starts_at = Status.LIVE, stamp
        else:
            self._close_round(number, stamp)
        self._price(at, stamp, calm)
        return [Kind.MATCH_STARTED, Kind.ODDS_UPDATED] if is_first else [Kind.ODDS_UPDATED]

    def _beat(self, beat: Beat, at: int, stamp: int, calm: float) -> list[Kind]:
        self._beats += 1
        if self._beats == len(self.plan.actions[self.number - 1].beats):
            return self._end_round(at, stamp, calm)
        if self._beats == 1:
            self._is_played, self._began_at = True, at
        if beat.state.is_planted and not self._state.is_planted:
            self._planted_at = at
        self._state = beat.state
        if is_over(beat.state) or (self._beats > 1 and not (beat.is_telling and at - self._priced_at >= LEAST_GAP)):
            return []
        self._price(at, stamp, calm)
        return [Kind.ODDS_UPDATED]

    def _end_round(self, at: int, stamp: int, calm: float) -> list[Kind]:
        self._is_played = False
        winner = self._course.turns[self.number - 1].winner
        self.score = (self.score[0] + (winner == 0), self.score[1] + (winner == 1))
        self.rounds.append(told(self._course, self.plan.actions[self.number - 1], self.number))
        self._close_round(self.number, stamp)
        if is_decided(self.score):
            self._close(Market.MATCH, None, stamp)
            self._price_at = NEVER
        else:
            self._price(at, stamp, calm)
        return [Kind.ODDS_UPDATED]

    # prices

    def _open(self, at: int, stamp: int) -> None:
        self._close_round(1, stamp)
        self._price(at, stamp, 1.0)

    def _close_round(self, number: int, stamp: int) -> None:
        self._close(Market.ROUND, number, stamp)
        if number < ROUNDS:
            self._close(Market.NEXT_ROUND, number + 1, stamp)

    def _close(self, market: Market, number: int | None, stamp: int) -> None:
        self._ledger.close(self.match_id, self.tape, market, number, stamp)

    def _price(self, at: int, stamp: int, calm: float) -> None:
        low, high = EVERY[self.status]
        self._price_at = at + int(self._rng.uniform(low, high) * calm * SECOND)
        self._priced_at = at
        self._noise = 0.85 * self._noise + self._rng.gauss(0.0, 0.02)
        number = max(1, self.number)
        if not self._is_played:
            played = sum(self.score)
            self._price_match(self._prospects.at(self.score, self._purses(played + 1)), number, stamp)
            return
        purses = self._purses(number)
        ct_chance = self._ct_chance(number, purses, at)
        chance = self._course.form.of_first(number, ct_chance)
        self._price_match(self._prospects.during(self.score, chance, purses), number, stamp)
        self._write(Market.ROUND, number, (ct_chance, 1.0 - ct_chance), number, stamp)
        if number < ROUNDS:
            self._price_next(number, chance, purses, stamp)

    def _price_match(self, chances: tuple[float, float, float], number: int, stamp: int) -> None:
        first, draw, second = chances
        first, second = first * (1.0 + self._noise), second * (1.0 - self._noise)
        ct, t = (first, second) if self._course.form.ct(number) == 0 else (second, first)
        self._write(Market.MATCH, None, (ct, t, draw), number, stamp)

    def _price_next(self, number: int, chance: float, purses: Purses, stamp: int) -> None:
        """The round after this one, where it comes to be played."""
        form, whole, first = self._course.form, 0.0, 0.0
        for winner, weight in ((0, chance), (1, 1.0 - chance)):
            if not is_decided((self.score[0] + (winner == 0), self.score[1] + (winner == 1))):
                whole += weight
                first += weight * form.chance(number + 1, purses_after(purses, number, winner))
        ct = form.of_first(number + 1, shifted(first / whole, self._noise))
        self._write(Market.NEXT_ROUND, number + 1, (ct, 1.0 - ct), number + 1, stamp)

    def _ct_chance(self, number: int, purses: Purses, at: int) -> float:
        """CT's chance in the round that is played: the chain's, moved a little by the clock and by noise."""
        chance = duel(self._course.form.level(number, purses)).chance(self._state)
        played = (at - self._began_at) / self._second
        clock = 0.4 * (played / CLOCK) ** 2
        if self._planted_at:
            burnt = (at - self._planted_at) / self._second
            clock = -0.9 * (burnt / FUSE) ** 2
        return shifted(chance, clock + self._noise)

    def _write(self, market: Market, key: int | None, chances: tuple[float, ...], number: int, stamp: int) -> None:
        teams: tuple[int | None, ...] = sides_of(self._course, number)
        if market is Market.MATCH:
            teams = (*teams, None)
        self._ledger.write(self.match_id, self.tape, market, key, teams, odds_of(chances, MARGIN[market]), stamp)

    def _purses(self, number: int) -> Purses:
        return self._course.turns[number - 1].purses
