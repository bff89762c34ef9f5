"""The odds over time: a question's history as the feed tells it, carried on with what is heard live.

What is looked at is read once, and again after a hole in the chain of changes (see `board`): prices may be missing since.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from app.domain.cs2 import Match, MatchDetail, OddsHistory, OddsKey, Question, Round, Side, Snapshot
from app.domain.errors import VenueError
from app.domain.link import Rank
from app.services.feed.board import Board
from app.services.feed.odds_lines import BY_SIDE, Drawing, Line, Sketch, Spell, Swap, Told, Trace, told_by, traces_of
from app.services.feed.ports import FeedVenue
from app.services.ports import Monotonic, Signal
from app.services.tasks import Tasks

__all__ = ["BY_SIDE", "Drawing", "Histories", "Line", "Reading"]

KEPT: Final = 30  # histories; the one that was looked at longest ago goes
AGAIN: Final = 10.0  # seconds at least between two readings of one history that nobody asked for
MANY: Final = 5_000  # points that are sorted out beside the loop
UNSURE: Final = "Reading it again failed, so prices may be missing: "

Aside = Callable[[Callable[[], Any]], Awaitable[Any]]


T = TypeVar("T")


class Reading(StrEnum):
    """How it stands with one history."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"


class _Track(msgspec.Struct):
    """`newest`: time of the newest point that was read; `heard_at`: of the newest that is known; both seconds since 1970.

    `chain` is the chain of changes under which it was read, `follows` that of what was heard last.
    """

    key: OddsKey
    asked_at: float
    chain: float
    follows: float
    number: int
    is_reading: bool = True
    state: Reading = Reading.READING
    words: str = ""
    traces: dict[Side, Trace] = {}
    newest: float = float("-inf")
    heard_at: float = float("-inf")
    tail: list[Told] = []
    moments: set[float] = set()
    gaps: list[float] = []  # when it was heard that there is no price: a history does not tell
    swaps: list[tuple[int, int, Swap]] = []  # heard live: the CT team before and after
    ct: tuple[int, float] | None = None
    sketch: tuple[object, Sketch] | None = None
    drawn: Drawing = Drawing()

    @property
    def is_read(self) -> bool:
        return self.state is Reading.READ


class Histories:
    """`want` a history and it is read, kept, and carried on by what is heard. `changed` after any of them did.

    `may_ask`: False while the venue is gone. `aside` runs work beside the loop.
    """

    def __init__(
        self,
        venue: FeedVenue,
        board: Board,
        tasks: Tasks,
        clock: Monotonic,
        may_ask: Callable[[], bool] = lambda: True,
        aside: Aside = asyncio.to_thread,
    ) -> None:
        self._venue = venue
        self._board = board
        self._tasks = tasks
        self._clock = clock
        self._may_ask = may_ask
        self._aside = aside
        self._number = 0
        self._tracks: OrderedDict[OddsKey, _Track] = OrderedDict()
        self.changed = Signal()
        board.changed.connect(self._on_board)

    def __len__(self) -> int:
        return len(self._tracks)

    def want(self, key: OddsKey) -> None:
        """Look at it: it is read where it was not, could not be, or prices of it may have been missed since."""
        track = self._tracks.get(key)
        if not self._may_ask():
            return
        if track is None:
            self._begin(key)
            return
        self._tracks.move_to_end(key)
        is_due = self._clock() - track.asked_at >= AGAIN
        if is_due and not track.is_reading and (track.state is Reading.FAILED or track.chain != self._board.chain_from):
            self._ask(track)

    def again(self, key: OddsKey) -> None:
        """A person asks."""
        self._tracks.pop(key, None)
        self.want(key)
        self.changed()

    def forget(self) -> None:
        """What was told before cannot be compared with what comes: what is looked at is read anew when it is wanted."""
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
        """By team, as far as is known who was where. It asks for what it needs to find a swap; until that is there the last one stands."""
        track = self._tracks.get(key)
        if track is None or not track.is_read:
            return Drawing()
        spells = self._spells(match, detail, track)
        if spells is None:
            return track.drawn
        made_of = (spells, match.teams)
        if track.sketch is None or track.sketch[0] != made_of:
            gaps = [gap for gap in track.gaps if gap <= track.newest]  # later ones are in the tail
            track.sketch = made_of, Sketch(match.teams, key, track.traces, spells, gaps, _note(track, spells))
        track.drawn = track.sketch[1].go_on(track.tail)
        return track.drawn

    def hear(self, snapshots: Iterable[Snapshot]) -> None:
        """A page of changes, which may tell several prices of one question; the board knows which of their times can be."""
        heard = [self._hear(each) for each in snapshots if each.key in self._tracks and self._is_past(each)]
        if any(heard):
            self.changed()

    def beside(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Much work, for a file for instance, beside the loop; `done` hears what came of it, in the loop."""

        async def run() -> None:
            done(await self._aside(work))

        self._tasks.start(run())

    # Reading

    def _begin(self, key: OddsKey) -> None:
        chain = self._board.chain_from
        track = self._tracks[key] = _Track(key, self._clock(), chain, chain, 0)
        while len(self._tracks) > KEPT:
            self._tracks.popitem(last=False)
        self._carry_on(track)
        self._ask(track)

    def _ask(self, track: _Track) -> None:
        self._number += 1
        track.number, track.is_reading, track.asked_at = self._number, True, self._clock()
        self._tasks.start(self._read(track.key, self._number, self._board.chain_from))

    async def _read(self, key: OddsKey, number: int, chain: float) -> None:
        try:
            read = await self._venue.history(key, Rank.SCREEN)
        except VenueError as problem:
            self._failed(key, number, str(problem))
            return
        traces = await self._sorted(read)
        track = self._tracks.get(key)
        if track is None or track.number != number:  # let go of meanwhile, or asked again
            return
        track.chain = chain
        self._put(track, read, traces)
        self.changed()

    async def _sorted(self, read: OddsHistory) -> dict[Side, Trace]:
        if len(read.points) < MANY:
            return traces_of(read.points)
        made: dict[Side, Trace] = await self._aside(lambda: traces_of(read.points))
        return made

    def _put(self, track: _Track, read: OddsHistory, traces: dict[Side, Trace]) -> None:
        """What was heard since its newest point goes on from it."""
        track.state, track.is_reading = Reading.READ, False
        track.words = f"{read.dropped:,} points could not be read" if read.dropped else ""
        track.traces = traces
        track.newest = max((trace.times[-1] for trace in traces.values() if trace.times), default=float("-inf"))
        track.tail = [told for told in track.tail if told.at > track.newest]
        track.moments = {at for at in track.moments if at > track.newest}
        track.heard_at = max(track.newest, track.heard_at)
        track.sketch = None
        self._carry_on(track)

    def _failed(self, key: OddsKey, number: int, words: str) -> None:
        """What was read before stays."""
        track = self._tracks.get(key)
        if track is None or track.number != number:
            return
        track.is_reading, track.sketch = False, None
        if track.is_read:
            track.words = f"{UNSURE}{words}"
        else:
            track.state, track.words = Reading.FAILED, words
        self.changed()

    # What is heard

    def _on_board(self) -> None:
        heard = [self._carry_on(track) for track in self._tracks.values()]  # all of them, whatever the first says
        if any(heard):
            self.changed()

    def _carry_on(self, track: _Track) -> bool:
        """Add what the board knows and the history does not yet; whether there was something."""
        quote = self._board.quote(track.key)
        return quote is not None and self._hear(quote.snapshot)

    def _is_past(self, snapshot: Snapshot) -> bool:
        quote = self._board.quote(snapshot.key)
        newest = quote.snapshot.updated_at if quote is not None else None
        return newest is not None and snapshot.updated_at is not None and snapshot.updated_at <= newest

    def _hear(self, snapshot: Snapshot) -> bool:
        track = self._tracks[snapshot.key]
        at = snapshot.updated_at.timestamp() if snapshot.updated_at is not None else float("-inf")
        if at <= track.newest or at in track.moments:
            return False
        self._look_for_hole(track)
        track.moments.add(at)
        track.tail.extend(told_by(snapshot, at))
        if not snapshot.is_available:
            track.gaps.append(at)
        if at < track.heard_at:  # an earlier one of the same page
            track.tail.sort(key=attrgetter("at"))
            track.sketch = None
        else:
            track.heard_at = at
            _look_for_swap(track, snapshot, at)
        return True

    def _look_for_hole(self, track: _Track) -> None:
        """After a hole in the chain no line goes on from what was known before it, until the history is read again."""
        if track.follows == self._board.chain_from:
            return
        is_first = track.follows == float("inf") and not track.moments
        track.follows = self._board.chain_from
        if not is_first and track.moments:
            track.tail.append(Told(None, None, None, track.heard_at))

    # Which team was on which side

    def _spells(self, match: Match, detail: MatchDetail | None, track: _Track) -> tuple[Spell, ...] | None:
        """Empty where it cannot be known; None while it is being found out."""
        rounds = detail.rounds if detail is not None else ()
        if track.key.question is not Question.MATCH:
            return self._sides_of_round(match, {each.number: each for each in rounds}, track.key)
        known = [each for each in rounds if each.ct_team_id is not None and each.t_team_id is not None]
        if not known:
            is_before_any_swap = (match.round_number or 0) <= 1 and not match.is_settled
            if is_before_any_swap:
                return self._named_sides(track.key) or _for_ever(match.ct_team_id, match.t_team_id)
            return None if detail is None and self._may_ask() else ()
        swaps = [pair for pair in pairwise(known) if pair[0].ct_team_id != pair[1].ct_team_id]
        spells, begins, of = [], float("-inf"), known[0]
        for before, after in swaps:
            swap = self._heard_swap(track, before, after, swaps) or self._swap(track, before, after)
            if swap is None:
                return None if self._is_waiting(match.id, before.number, after.number) else ()
            spells.append(Spell(begins, swap.before, of.ct_team_id, of.t_team_id))
            begins, of = swap.after, after
        return (*spells, Spell(begins, float("inf"), of.ct_team_id, of.t_team_id))

    def _sides_of_round(self, match: Match, rounds: Mapping[int, Round], key: OddsKey) -> tuple[Spell, ...]:
        """As its own prices named them; else as the round tells. Those of a coming round over a swap could mean either half."""
        if named := self._named_sides(key):
            return named
        own = rounds.get(key.round_number or 0)
        if own is None:
            is_played = key.question is Question.ROUND and key.round_number == match.round_number
            return _for_ever(match.ct_team_id, match.t_team_id) if is_played else ()
        before = rounds.get(own.number - 1)
        is_clear = key.question is Question.ROUND or own.number == 1 or (before is not None and before.ct_team_id == own.ct_team_id)
        return _for_ever(own.ct_team_id, own.t_team_id) if is_clear else ()

    def _named_sides(self, key: OddsKey) -> tuple[Spell, ...]:
        """The teams its newest price names; empty where it names none."""
        quote = self._board.quote(key)
        named = {each.side: each.team_id for each in quote.snapshot.sides} if quote is not None else {}
        return _for_ever(named.get(Side.CT), named.get(Side.T))

    def _heard_swap(self, track: _Track, before: Round, after: Round, swaps: Sequence[tuple[Round, Round]]) -> Swap | None:
        """As it was heard live, where it can be no other: in overtime teams swap the same way again."""
        ways = [(old.ct_team_id, new.ct_team_id) for old, new in swaps]
        way = before.ct_team_id, after.ct_team_id
        heard = [swap for old, new, swap in track.swaps if (old, new) == way]
        return heard[0] if len(heard) == 1 and ways.count(way) == 1 else None

    def _swap(self, track: _Track, before: Round, after: Round) -> Swap | None:
        """As the histories of the rounds around it tell; None where these tell nothing, or contradict."""
        ended, began = (self._times_of(OddsKey(track.key.match_id, Question.ROUND, each.number)) for each in (before, after))
        if ended is None or (began is not None and began[0] <= ended[1]):
            return None
        return Swap(ended[1], began[0] if began is not None else float("inf"))

    def _is_waiting(self, match_id: int, *numbers: int) -> bool:
        return self._may_ask() and any(self.state(OddsKey(match_id, Question.ROUND, each)) is Reading.READING for each in numbers)

    def _times_of(self, key: OddsKey) -> tuple[float, float] | None:
        """The first and the last time a round was priced."""
        self.want(key)
        track = self._tracks.get(key)
        if track is None or not track.is_read:
            return None
        times = [at for trace in track.traces.values() if trace.times for at in (trace.times[0], trace.times[-1])]
        times += [told.at for told in track.tail if told.odds is not None]
        return (min(times), max(times)) if times else None


def _look_for_swap(track: _Track, snapshot: Snapshot, at: float) -> None:
    ct = next((each.team_id for each in snapshot.sides if each.side is Side.CT), None)
    if ct is None or not snapshot.is_available:
        return
    if track.ct is not None and track.ct[0] != ct:
        track.swaps.append((track.ct[0], ct, Swap(track.ct[1], at)))
    track.ct = ct, at


def _for_ever(ct_team_id: int | None, t_team_id: int | None) -> tuple[Spell, ...]:
    """These sides for all of time; empty where they are not known."""
    if ct_team_id is None or t_team_id is None or ct_team_id == t_team_id:
        return ()
    return (Spell(float("-inf"), float("inf"), ct_team_id, t_team_id),)


def _note(track: _Track, spells: Sequence[Spell]) -> str:
    return " ".join(words for words in ("" if spells else BY_SIDE, track.words) if words)
