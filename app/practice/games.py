"""One simulated game: its script, what has happened so far, and the fair chance of every question about it."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from math import ceil, erfc, exp, floor, sqrt

import msgspec

from app.practice.rules import FULL, RULES, Moment, Rules

RAIL = 0.0045  # no chance is quoted nearer to 0 or 1
HOLE_DEVIATION = 0.35


class Ask(StrEnum):
    """What a strike asks. The first outcome is home, over or yes."""

    MARGIN = "margin"  # home's points plus the strike against away's
    THREE_WAY = "three_way"  # home, draw, away
    TOTAL = "total"
    HOME = "home"  # home's points over the strike
    AWAY = "away"
    FIXED = "fixed"  # known chance, known answer: players' counts, open before the game only
    OUTRIGHT = "outright"


class Question(msgspec.Struct, array_like=True):
    """What decides a strike. `answer` is for FIXED ones: the count that will be; None when its player does not play."""

    ask: Ask
    period: str = FULL
    number: float = 0.0
    chance: float = 0.5
    answer: float | None = None

    @property
    def pre_match_only(self) -> bool:
        return self.ask is Ask.FIXED


class Game(msgspec.Struct):
    """A game from its first second. `start` is ns (wall), `span` its length in ns of wall time."""

    event_id: int
    rules: str
    means: tuple[float, float]
    start: int
    span: int
    script: tuple[Moment, ...]
    played: int = 0  # moments of the script
    home: int = 0
    away: int = 0
    at_end_of: dict[str, tuple[int, int]] = {}  # the score when a period ended
    suspended: bool = False  # since a score
    suspended_at: int = 0  # ns, the last time
    field: list[float] = []  # an outright's standings
    walk: list[list[float]] = []

    @property
    def how(self) -> Rules:
        return RULES[self.rules]

    def part(self, now: int) -> float:
        """How much of the game is gone, 0 to 1."""
        return min(1.0, max(0.0, (now - self.start) / self.span))

    def time_of(self, part: float) -> int:
        return self.start + int(self.span * part)

    def play(self) -> Moment:
        """The next moment of the script happens."""
        moment = self.script[self.played]
        if self.walk:
            self.field = [place + step for place, step in zip(self.field, self.walk[self.played], strict=True)]
        self.played += 1
        self.home += moment.home
        self.away += moment.away
        return moment

    def end_period(self, period: str) -> None:
        """Keep the score that decides a period's questions."""
        end = self._end_of(period)
        done = [moment for moment in self.script if moment.part <= end]
        self.at_end_of[period] = (sum(moment.home for moment in done), sum(moment.away for moment in done))

    def score_of(self, period: str) -> tuple[int, int]:
        """The score that decides a period's questions (so far, while it runs)."""
        return self.at_end_of.get(period, (self.home, self.away))

    def chances(self, question: Question, now: int) -> tuple[float, ...]:
        """The fair chance of every outcome, pushes left out."""
        if question.ask is Ask.FIXED:
            return question.chance, 1.0 - question.chance
        if question.ask is Ask.OUTRIGHT:
            return self._field_chances(now)
        left = max(0.0, self._end_of(question.period) - self.part(now))
        score = self.score_of(question.period)
        if question.ask is Ask.THREE_WAY:
            return self._three_ways(score, left)
        over, under = self._sides(question, score, left)
        first = over / (over + under) if over + under > 0.0 else 0.5
        first = min(1.0 - RAIL, max(RAIL, first))
        return first, 1.0 - first

    def _end_of(self, period: str) -> float:
        if period == FULL:
            return 1.0
        return next(end for name, end in self.how.periods if name == period)

    def _sides(self, question: Question, score: tuple[int, int], left: float) -> tuple[float, float]:
        """The chances of more and of less than the number, from what is still to come."""
        need = _still_needed(question, score)
        count = _COUNTS[question.ask]
        return self._more(count, floor(need), left), 1.0 - self._more(count, ceil(need) - 1, left)

    def _three_ways(self, score: tuple[int, int], left: float) -> tuple[float, ...]:
        lead = score[0] - score[1]
        home = self._more(0, -lead, left)
        away = 1.0 - self._more(0, -lead - 1, left)
        raw = [max(RAIL, chance) for chance in (home, 1.0 - home - away, away)]
        return tuple([chance / sum(raw) for chance in raw])

    def _more(self, count: int, than: int, left: float) -> float:
        """The chance that the margin (0), total (1), home (2) or away (3) still to come is more than `than`."""
        home, away = self.means[0] * left, self.means[1] * left
        if self.how.rare:
            return _rare_tails(round(home * 100), round(away * 100))[count](than)
        return _normal_more(count, than, (home, away), _variances(self.rules, self.means), left)

    def _field_chances(self, now: int) -> tuple[float, ...]:
        spread = 0.03 + 0.78 * HOLE_DEVIATION * sqrt(self.how.slots * (1.0 - self.part(now)))
        best = max(self.field)
        weights = [exp(max(-6.0, (place - best) / spread)) for place in self.field]
        whole = sum(weights)
        return tuple([min(1.0 - RAIL, max(RAIL, weight / whole)) for weight in weights])


_COUNTS = {Ask.MARGIN: 0, Ask.TOTAL: 1, Ask.HOME: 2, Ask.AWAY: 3}


def _still_needed(question: Question, score: tuple[int, int]) -> float:
    home, away = score
    match question.ask:
        case Ask.MARGIN:
            return -question.number - (home - away)
        case Ask.TOTAL:
            return question.number - home - away
        case Ask.HOME:
            return question.number - home
        case _:
            return question.number - away


@lru_cache(maxsize=1024)
def _variances(name: str, means: tuple[float, float]) -> tuple[float, float]:
    rules = RULES[name]
    return rules.deviation(means[0]) ** 2, rules.deviation(means[1]) ** 2


def _normal_more(count: int, than: int, means: tuple[float, float], variances: tuple[float, float], left: float) -> float:
    home, away = means
    mean = (home - away, home + away, home, away)[count]
    variance = (variances[0] + variances[1], variances[0] + variances[1], variances[0], variances[1])[count]
    deviation = sqrt(variance * left) + 1e-6
    return 0.5 * erfc((than + 0.5 - mean) / (deviation * 1.4142135623730951))


class _Tails:
    """Chances of more than n for a count that starts at `first`."""

    __slots__ = ("_chances", "_first")

    def __init__(self, chances: list[float], first: int) -> None:
        more = 0.0
        tails: list[float] = []
        for chance in reversed(chances):
            tails.append(more)
            more += chance
        self._chances = tails[::-1]
        self._first = first

    def __call__(self, than: int) -> float:
        place = than - self._first
        if place < 0:
            return 1.0
        return self._chances[place] if place < len(self._chances) else 0.0


_MOST = 16


@lru_cache(maxsize=8192)
def _rare_tails(home: int, away: int) -> tuple[_Tails, _Tails, _Tails, _Tails]:
    """Of margin, total, home and away, when the sides average `home` and `away` hundredths."""
    ours, theirs = poisson(home / 100, _MOST), poisson(away / 100, _MOST)
    margin = [0.0] * (2 * _MOST + 1)
    for a, chance in enumerate(ours):
        for b, other in enumerate(theirs):
            margin[a - b + _MOST] += chance * other
    total = poisson((home + away) / 100, 2 * _MOST)
    return _Tails(margin, -_MOST), _Tails(total, 0), _Tails(ours, 0), _Tails(theirs, 0)


def poisson(mean: float, most: int) -> list[float]:
    """The chances of 0 to `most` events."""
    chances = [exp(-mean)]
    for count in range(1, most + 1):
        chances.append(chances[-1] * mean / count)
    return chances
