"""The odds over time: a question's history as the feed tells it, carried on with what is heard, and drawn by team.

The feed's history names sides, not teams, and teams swap sides at half-time. A point is given to a team by the round it fell into; what
falls between the last price of a round and the first of the next, where the sides changed, belongs to nobody that could be named and is
left out. No line ever goes through a swap. Floats here are for charts only.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from app.domain.cs2 import SIDES, Match, MatchDetail, OddsHistory, OddsKey, OddsPoint, Question, Round, Side, Snapshot
from app.domain.errors import VenueError
from app.domain.link import Rank
from app.domain.odds import Odds
from app.services.feed.board import Board
from app.services.feed.ports import FeedVenue
from app.services.ports import Signal
from app.services.tasks import Tasks

KEPT: Final = 30  # histories; the one that was looked at longest ago goes
SILENCE: Final = 90.0  # seconds without a price after which a line is broken
BREAK: Final = float("nan")
BY_SIDE: Final = "By side: when the teams swapped sides is not known."


class Reading(StrEnum):
    """How it stands with one history."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"


class Told(msgspec.Struct, frozen=True):
    """One price of the tail that was heard live. `team_id` None: the draw, or a side whose team is not known."""

    side: Side
    team_id: int | None
    odds: Odds | None
    at: float


class Line(msgspec.Struct, frozen=True):
    """One team's odds, or a side's where teams are not known. `times` are seconds since 1970, `odds` decimal; both hold NaN at a break."""

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
        before, after = 0, len(self.times)
        while before < after:
            middle = (before + after) // 2
            if self.times[middle] <= moment:
                before = middle + 1
            else:
                after = middle
        value = self.odds[before - 1] if before else BREAK
        return None if value != value else value


class Drawing(msgspec.Struct, frozen=True):
    """All lines of one question. `swaps`: seconds since 1970 at which the teams changed sides. `note`: what is to be known about it."""

    lines: tuple[Line, ...] = ()
    swaps: tuple[float, ...] = ()
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(len(line.times) for line in self.lines)


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


class _Track(msgspec.Struct):
    base: OddsHistory
    state: Reading = Reading.READING
    words: str = ""
    tail: list[Told] = []
    heard_at: float = 0.0  # of the newest price in it, seconds since 1970
    drawn: tuple[object, Drawing] | None = None


class Histories:
    """`want` a history and it is read, kept, and carried on by what the board hears. `changed` after any of them did."""

    def __init__(self, venue: FeedVenue, board: Board, tasks: Tasks) -> None:
        self._venue = venue
        self._board = board
        self._tasks = tasks
        self._tracks: OrderedDict[OddsKey, _Track] = OrderedDict()
        self.changed = Signal()
        board.changed.connect(self._on_board)

    def want(self, key: OddsKey) -> None:
        """Look at it: it is read where it was not, or could not be."""
        track = self._tracks.get(key)
        if track is not None:
            self._tracks.move_to_end(key)
            return
        self._tracks[key] = _Track(OddsHistory(key))
        while len(self._tracks) > KEPT:
            self._tracks.popitem(last=False)
        self._tasks.start(self._read(key))

    def again(self, key: OddsKey) -> None:
        """A person asks, or prices were lost."""
        self._tracks.pop(key, None)
        self.want(key)

    def forget(self) -> None:
        """Another venue process answers now, or changes were lost: what is looked at is read anew when it is wanted."""
        self._tracks.clear()
        self.changed()

    def state(self, key: OddsKey) -> Reading:
        track = self._tracks.get(key)
        return track.state if track is not None else Reading.READING

    def words(self, key: OddsKey) -> str:
        """Why it could not be read, or how many points of it could not."""
        track = self._tracks.get(key)
        return track.words if track is not None else ""

    def drawing(self, match: Match, detail: MatchDetail | None, key: OddsKey) -> Drawing:
        """By team, as far as the rounds tell. It asks for what it needs to find a swap."""
        track = self._tracks.get(key)
        if track is None or track.state is not Reading.READ:
            return Drawing()
        rounds = detail.rounds if detail is not None else ()
        spells = self._spells(match, rounds, key)
        made_of = (track.base.key, len(track.base.points), len(track.tail), track.heard_at, spells, match.teams)
        if track.drawn is None or track.drawn[0] != made_of:
            track.drawn = made_of, drawn(match, key, track.base.points, track.tail, spells)
        return track.drawn[1]

    # Reading

    async def _read(self, key: OddsKey) -> None:
        try:
            read = await self._venue.history(key, Rank.SCREEN)
        except VenueError as problem:
            self._put(key, OddsHistory(key), Reading.FAILED, str(problem))
            return
        words = f"{read.dropped:,} points could not be read" if read.dropped else ""
        self._put(key, read, Reading.READ, words)

    def _put(self, key: OddsKey, read: OddsHistory, state: Reading, words: str) -> None:
        track = self._tracks.get(key)
        if track is None:  # it was let go of meanwhile
            return
        newest = read.points[-1].at.timestamp() if read.points else 0.0
        tail = [told for told in track.tail if told.at > newest]
        self._tracks[key] = _Track(read, state, words, tail, max(newest, tail[-1].at if tail else 0.0))
        self._carry_on(key)
        self.changed()

    def _on_board(self) -> None:
        if sum(self._carry_on(key) for key in self._tracks):
            self.changed()

    def _carry_on(self, key: OddsKey) -> bool:
        """Add what the board knows and the history does not yet; whether there was something."""
        track, quote = self._tracks[key], self._board.quote(key)
        snapshot = quote.snapshot if quote is not None else None
        if snapshot is None or snapshot.updated_at is None or snapshot.updated_at.timestamp() <= track.heard_at:
            return False
        track.heard_at = snapshot.updated_at.timestamp()
        track.tail.extend(_told(snapshot, track.heard_at))
        return True

    # Which team was on which side

    def _spells(self, match: Match, rounds: Sequence[Round], key: OddsKey) -> tuple[Spell, ...]:
        """Empty where it cannot be known."""
        whole = Spell(float("-inf"), float("inf"), match.ct_team_id, match.t_team_id)
        if key.question is not Question.MATCH:
            played = next((each for each in rounds if each.number == key.round_number), None)
            sides = (played.ct_team_id, played.t_team_id) if played is not None else (match.ct_team_id, match.t_team_id)
            return (Spell(whole.begins, whole.ends, *sides),) if None not in sides else ()
        known = [each for each in rounds if each.ct_team_id is not None and each.t_team_id is not None]
        if not known:
            return (whole,) if match.ct_team_id is not None and match.t_team_id is not None else ()
        spells, begins, of = [], float("-inf"), known[0]
        for before, after in pairwise(known):
            if before.ct_team_id == after.ct_team_id:
                continue
            swap = self._swap(match.id, before.number, after.number)
            if swap is None:
                return ()
            spells.append(Spell(begins, swap.before, of.ct_team_id, of.t_team_id))
            begins, of = swap.after, after
        return (*spells, Spell(begins, float("inf"), of.ct_team_id, of.t_team_id))

    def _swap(self, match_id: int, before: int, after: int) -> Swap | None:
        """Found in the histories of the rounds around it; None while they are being read, and where they tell nothing."""
        ended, began = (self._points_of(OddsKey(match_id, Question.ROUND, number)) for number in (before, after))
        if not ended:
            return None
        return Swap(ended[-1], began[0] if began else float("inf"))

    def _points_of(self, key: OddsKey) -> tuple[float, ...]:
        """The first and the last time a round was priced."""
        self.want(key)
        track = self._tracks[key]
        if track.state is not Reading.READ:
            return ()
        times = [point.at.timestamp() for point in (track.base.points[:1] + track.base.points[-1:])] + [told.at for told in track.tail]
        return (min(times), max(times)) if times else ()


def drawn(match: Match, key: OddsKey, points: Sequence[OddsPoint], tail: Sequence[Told], spells: Sequence[Spell]) -> Drawing:
    """Every line of a question, by team where `spells` tell the sides, else by side."""
    if spells:
        names = {team.id: team.name for team in match.teams}
        makers = {each: _Maker(names[each], each, None) for each in names}
        draw = _Maker("Draw", None, Side.DRAW)
        for side, odds, at, team_id in (*_by_team(points, spells), *((told.side, told.odds, told.at, told.team_id) for told in tail)):
            maker = draw if side is Side.DRAW else makers.get(team_id) if team_id is not None else None
            if maker is not None:
                maker.add(at, odds, _spell_at(spells, at))
        wanted = [makers[match.teams[0].id], draw, makers[match.teams[1].id]] if Side.DRAW in SIDES[key.question] else [*makers.values()]
        return Drawing(tuple(maker.line() for maker in wanted), tuple(spell.begins for spell in spells[1:]))
    sides = {side: _Maker(str(side), None, side) for side in SIDES[key.question]}
    for point in points:
        if point.side in sides:
            sides[point.side].add(point.at.timestamp(), point.odds, 0)
    for told in tail:
        if told.side in sides:
            sides[told.side].add(told.at, told.odds, 0)
    return Drawing(tuple(maker.line() for maker in sides.values()), (), BY_SIDE)


def _by_team(points: Iterable[OddsPoint], spells: Sequence[Spell]) -> Iterable[tuple[Side, Odds | None, float, int | None]]:
    """Points between two spells belong to no team."""
    place = 0
    for point in points:
        at = point.at.timestamp()
        while place + 1 < len(spells) and at >= spells[place + 1].begins:
            place += 1
        spell = spells[place]
        if at <= spell.ends or point.side is Side.DRAW:
            yield point.side, point.odds, at, spell.team_on(point.side)


def _spell_at(spells: Sequence[Spell], at: float) -> int:
    return sum(1 for spell in spells[1:] if at >= spell.begins)


def _told(snapshot: Snapshot, at: float) -> list[Told]:
    """What a snapshot adds to each line: a price, or a break where there is none."""
    if not snapshot.is_available:
        return [Told(each.side, each.team_id, None, at) for each in snapshot.sides]
    return [Told(each.side, each.team_id, each.odds, at) for each in snapshot.sides]


class _Maker:
    """Puts one line together, point by point in the order of time."""

    def __init__(self, name: str, team_id: int | None, side: Side | None) -> None:
        self._name, self._team_id, self._side = name, team_id, side
        self._times, self._odds = array("d"), array("d")
        self._spell = 0

    def add(self, at: float, odds: Odds | None, spell: int) -> None:
        if self._times and (at - self._times[-1] > SILENCE or spell != self._spell):
            self._end(self._times[-1])
        self._spell = spell
        if odds is None:
            self._end(at)
            return
        self._times.append(at)
        self._odds.append(1 + odds.num / odds.den)

    def _end(self, at: float) -> None:
        """The line is broken here."""
        if self._odds and self._odds[-1] == self._odds[-1]:
            self._times.append(at)
            self._odds.append(BREAK)

    def line(self) -> Line:
        return Line(self._name, self._team_id, self._side, self._times, self._odds)
