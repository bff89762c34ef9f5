"""Odds over time as lines to be drawn, by team where it is known who was on which side. Floats here are for charts only.

The feed's history names sides, not teams, and teams swap sides at half-time. What falls between the last price under the old sides and
the first under the new ones belongs to nobody that could be named and is left out. No line ever goes through a known swap.

A line is broken where there was no price, and where changes may be missing. Silence breaks nothing: a price stands until the next one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from app.domain.cs2 import SIDES, OddsKey, OddsPoint, Side, Snapshot, Team

BREAK: Final = float("nan")
BY_SIDE: Final = "By side: which team was on which side then is not known."
BY_SIDE_YET: Final = "By side for now: which team was on which side is still to be read."


class Line(msgspec.Struct, frozen=True):
    """One team's odds, or a side's where teams are not known. `times` are seconds since 1970, `odds` decimal, NaN at a break."""

    name: str
    team_id: int | None
    side: Side | None
    times: array[float]
    odds: array[float]

    @property
    def is_draw(self) -> bool:
        return self.side is Side.DRAW

    def at(self, moment: float) -> float | None:
        """The odds that held then; None before the first, and in a break."""
        place = bisect_right(self.times, moment)
        value = self.odds[place - 1] if place else BREAK
        return None if value != value else value


class Swap(msgspec.Struct, frozen=True):
    """Between `before` (the last price under the old sides) and `after` (the first under the new ones) the teams changed sides."""

    before: float
    after: float


class Spell(msgspec.Struct, frozen=True):
    """From `begins` to `ends` (seconds since 1970) these teams were on these sides."""

    begins: float
    ends: float
    ct_team_id: int | None
    t_team_id: int | None

    def team_on(self, side: Side) -> int | None:
        return {Side.CT: self.ct_team_id, Side.T: self.t_team_id}.get(side)

    def side_of(self, team_id: int) -> Side | None:
        return {self.ct_team_id: Side.CT, self.t_team_id: Side.T}.get(team_id)


class Drawing(msgspec.Struct, frozen=True):
    """All lines of one question. `swaps`: seconds since 1970 at which the teams had changed sides. `note`: what is to be known about it.

    `spells`: who was on which side, as far as that is known, in the order of time; of two that cover a moment the later one counts.
    """

    lines: tuple[Line, ...] = ()
    swaps: tuple[float, ...] = ()
    note: str = ""
    spells: tuple[Spell, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(len(line.times) for line in self.lines)

    @property
    def newest(self) -> float:
        """When the newest of its points was, minus infinity where there are none."""
        return max((line.times[-1] for line in self.lines if line.times), default=float("-inf"))

    def side_of(self, line: Line, moment: float) -> Side | None:
        """Which side a line's price was of; None where that is not known."""
        if line.team_id is None:
            return line.side
        spell = next((spell for spell in reversed(self.spells) if spell.begins <= moment <= spell.ends), None)
        return spell.side_of(line.team_id) if spell is not None else None


class Told(msgspec.Struct, frozen=True):
    """One price that was heard live; `odds` None: there is none from then on. `side` None: prices may be missing after it, on every line.

    `team_id` None: the draw, or a side whose team was not told.
    """

    side: Side | None
    team_id: int | None
    odds: float | None
    at: float


class Trace(msgspec.Struct):
    """Prices one after another, `times` never falling."""

    times: array[float] = msgspec.field(default_factory=lambda: array("d"))
    odds: array[float] = msgspec.field(default_factory=lambda: array("d"))

    @property
    def is_broken(self) -> bool:
        """Whether nothing holds at its end."""
        return not self.odds or self.odds[-1] != self.odds[-1]

    def add(self, at: float, odds: float | None) -> None:
        if odds is None:
            self.end(at)
            return
        self.times.append(at)
        self.odds.append(odds)

    def end(self, at: float) -> None:
        """The line is broken here."""
        if not self.is_broken:
            self.times.append(at)
            self.odds.append(BREAK)

    def join(self, other: Trace, begins: float, ends: float) -> None:
        """Go on, after a break, with what `other` has of that time, both included."""
        if self.times:
            self.end(self.times[-1])
        places = slice(bisect_left(other.times, begins), bisect_right(other.times, ends))
        self.times.extend(other.times[places])
        self.odds.extend(other.odds[places])

    def break_at(self, at: float) -> None:
        """There was no price from then until its next one."""
        place = bisect_right(self.times, at)
        if place and self.odds[place - 1] == self.odds[place - 1]:
            self.times.insert(place, at)
            self.odds.insert(place, BREAK)


def decimal(point: OddsPoint) -> float | None:
    return None if point.odds is None else 1 + point.odds.num / point.odds.den


def traces_of(points: Iterable[OddsPoint]) -> dict[Side, Trace]:
    """By side, in the order of time whatever order they come in."""
    made: dict[Side, Trace] = {}
    for point in sorted(points, key=lambda point: (point.at, point.id)):
        made.setdefault(point.side, Trace()).add(point.at.timestamp(), decimal(point))
    return made


def told_by(snapshot: Snapshot, at: float) -> list[Told]:
    """What a snapshot adds to each line: a price, or a break where there is none."""
    if not snapshot.is_available:
        return [Told(side, None, None, at) for side in SIDES[snapshot.key.question]]
    return [Told(each.side, each.team_id, None if each.odds is None else 1 + each.odds.num / each.odds.den, at) for each in snapshot.sides]


class Sketch:
    """The lines of one question: made of its history, carried on with what was heard. `spells` empty: by side."""

    def __init__(
        self,
        teams: Sequence[Team],
        key: OddsKey,
        traces: Mapping[Side, Trace],
        spells: Sequence[Spell],
        gaps: Iterable[float] = (),
        note: str = "",
    ) -> None:
        self._spells = tuple(spells)
        self._used = 0
        self._sides: tuple[int | None, int | None] = (spells[-1].ct_team_id, spells[-1].t_team_id) if spells else (None, None)
        self._traces: dict[int | Side, Trace] = {}
        self._lines = tuple(self._line(name, each) for name, each in _wanted(teams, key, is_by_team=bool(spells)))
        for each, trace in self._traces.items():
            self._begin(each, trace, traces)
            for gap in gaps:
                trace.break_at(gap)
        swaps = tuple(spell.begins for spell in spells[1:])
        self.drawing = Drawing(self._lines, swaps, note or ("" if spells else BY_SIDE), self._spells)

    def go_on(self, tail: Sequence[Told]) -> Drawing:
        """Add what it has not got yet: `tail` only ever grows at its end. Another drawing where it did."""
        for told in tail[self._used :]:
            self._add(told)
        if len(tail) > self._used:
            self._used = len(tail)
            self.drawing = Drawing(self._lines, self.drawing.swaps, self.drawing.note, self._spells)
        return self.drawing

    def _line(self, name: str, each: int | Side) -> Line:
        trace = self._traces[each] = Trace()
        if isinstance(each, Side):
            return Line(name, None, each, trace.times, trace.odds)
        return Line(name, each, None, trace.times, trace.odds)

    def _begin(self, each: int | Side, trace: Trace, traces: Mapping[Side, Trace]) -> None:
        for spell in self._spells or (Spell(float("-inf"), float("inf"), None, None),):
            side = each if isinstance(each, Side) else spell.side_of(each)
            if side is not None and side in traces:
                trace.join(traces[side], spell.begins, spell.ends)

    def _add(self, told: Told) -> None:
        if told.side is None:
            for trace in self._traces.values():
                trace.end(told.at)
            return
        if told.side is Side.CT and told.team_id is not None:
            self._look_for_swap(told.team_id, told.at)
        for each in self._whose(told):
            self._traces[each].add(told.at, told.odds)

    def _look_for_swap(self, ct_team_id: int, at: float) -> None:
        """No line goes through it, the draw's neither."""
        was, other = self._sides
        if was is not None and was != ct_team_id:
            for trace in self._traces.values():
                if trace.times:
                    trace.end(trace.times[-1])
            self._spells = (*self._spells, Spell(at, float("inf"), ct_team_id, was)) if self._spells else ()
        self._sides = ct_team_id, was if was != ct_team_id else other

    def _whose(self, told: Told) -> Iterable[int | Side]:
        if told.side in self._traces:
            return (told.side,)
        if told.side is Side.DRAW:
            return ()
        if told.odds is None and told.team_id is None:  # no price for anybody
            return [each for each in self._traces if not isinstance(each, Side)]
        team_id = told.team_id
        if team_id is None:
            spell = next((spell for spell in reversed(self._spells) if spell.begins <= told.at <= spell.ends), None)
            team_id = spell.team_on(told.side) if spell is not None and told.side is not None else None
        return (team_id,) if team_id in self._traces and team_id is not None else ()


def _wanted(teams: Sequence[Team], key: OddsKey, *, is_by_team: bool) -> list[tuple[str, int | Side]]:
    """Names of lines, in the order of the match page: the first team, the draw, the second."""
    if not is_by_team:
        return [("Draw" if side is Side.DRAW else str(side), side) for side in SIDES[key.question]]
    first, second = ((team.name, team.id) for team in teams)
    draw: list[tuple[str, int | Side]] = [("Draw", Side.DRAW)] if Side.DRAW in SIDES[key.question] else []
    return [first, *draw, second]
