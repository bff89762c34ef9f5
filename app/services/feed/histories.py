"""The odds over time: a question's history as the feed tells it, carried on with what is heard live.

What is looked at is read once, and again after a hole in the chain of changes (see `board`): prices may be missing since.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from operator import attrgetter
from typing import Any, Final, TypeVar

from app.domain.cs2 import Match, MatchDetail, OddsHistory, OddsKey, Question, Side, Snapshot
from app.domain.errors import TooLargeError, VenueError
from app.domain.link import Rank
from app.services.feed.board import Board
from app.services.feed.odds_lines import BY_SIDE, Drawing, Line, Sketch, Told, Trace, told_by, traces_of
from app.services.feed.ports import FeedVenue
from app.services.feed.round_starts import RoundStarts
from app.services.feed.side_spells import SideSpells
from app.services.feed.tracks import NEVER, Reading, Track
from app.services.ports import Monotonic, Signal
from app.services.tasks import Tasks

__all__ = ["BY_SIDE", "Drawing", "Histories", "Line", "Reading"]

KEPT: Final = 30  # histories; the one that was looked at longest ago goes
AGAIN: Final = 10.0  # seconds at least between two readings of one history that nobody asked for
MANY: Final = 5_000  # points that are sorted out beside the loop
UNSURE: Final = "Reading it again failed, so prices may be missing: "
TOO_LONG: Final = "Its history is longer than the 32 MB this program reads: only what was heard since is shown."

Aside = Callable[[Callable[[], Any]], Awaitable[Any]]


T = TypeVar("T")


class Histories:
    """`want` a history and it is read, kept, and carried on by what is heard. `changed` after any of them did.

    `may_ask`: False while the venue is gone. `aside` runs work beside the loop. `feed_time`: the feed's time, in seconds since 1970, at a
    monotonic moment.
    """

    def __init__(
        self,
        venue: FeedVenue,
        board: Board,
        tasks: Tasks,
        clock: Monotonic,
        may_ask: Callable[[], bool] = lambda: True,
        aside: Aside = asyncio.to_thread,
        feed_time: Callable[[float], float] = lambda _at: NEVER,
    ) -> None:
        self._venue = venue
        self._board = board
        self._tasks = tasks
        self._clock = clock
        self._may_ask = may_ask
        self._aside = aside
        self._feed_time = feed_time
        self._number = 0
        self._tracks: OrderedDict[OddsKey, Track] = OrderedDict()
        self.changed = Signal()
        self.round_starts = RoundStarts(venue, tasks, clock, may_ask)
        self._sides = SideSpells(board, self._times_of, self.state, may_ask)
        board.changed.connect(self._on_board)
        self.round_starts.changed.connect(self.changed)

    def __len__(self) -> int:
        return len(self._tracks)

    def want(self, key: OddsKey) -> None:
        """Look at it: it is read where it was not, could not be, or prices of it may have been missed since."""
        if not self._may_ask():
            return
        if (track := self._tracks.get(key)) is None:
            self._begin(key)
            return
        self._tracks.move_to_end(key)
        self._note_vouched(track)
        is_due = self._clock() - track.asked_at >= AGAIN and not track.is_too_long
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
        self.round_starts.forget()
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
        spells = self._sides.of(match, detail, track)
        if spells is None:
            return track.drawn
        note = "" if spells else self._sides.note(detail, key)
        made_of = (spells, match.teams, note)
        if track.sketch is None or track.sketch[0] != made_of:
            gaps = [gap for gap in track.gaps if gap <= track.newest]  # later ones are in the tail
            track.sketch = made_of, Sketch(match.teams, key, track.traces, spells, gaps, _joined(note, track.words))
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
        track = self._tracks[key] = Track(key, self._clock(), chain, chain, 0)
        while len(self._tracks) > KEPT:
            self._tracks.popitem(last=False)
        self._carry_on(track)
        self._ask(track)

    def _ask(self, track: Track) -> None:
        self._number += 1
        track.number, track.is_reading, track.asked_at = self._number, True, self._clock()
        self._tasks.start(self._read(track.key, self._number, self._board.chain_from))

    async def _read(self, key: OddsKey, number: int, chain: float) -> None:
        try:
            read = await self._venue.history(key, Rank.SCREEN)
        except VenueError as problem:
            self._failed(key, number, problem)
            return
        traces = await self._sorted(read)
        track = self._tracks.get(key)
        if track is None or track.number != number:  # let go of meanwhile, or asked again
            return
        track.chain = chain
        if chain == self._board.chain_from:  # nothing is missing between what was read and what will be heard
            track.follows = chain
        self._put(track, traces, f"{read.dropped:,} points could not be read" if read.dropped else "")
        self.changed()

    async def _sorted(self, read: OddsHistory) -> dict[Side, Trace]:
        if len(read.points) < MANY:
            return traces_of(read.points)
        made: dict[Side, Trace] = await self._aside(lambda: traces_of(read.points))
        return made

    def _put(self, track: Track, traces: dict[Side, Trace], words: str) -> None:
        track.take(traces, words)
        times = track.times() if traces else None
        if times is not None and track.key.question is Question.ROUND and track.key.round_number is not None:
            self.round_starts.learn(track.key.match_id, track.key.round_number, times[0])
        self._carry_on(track)

    def _failed(self, key: OddsKey, number: int, problem: VenueError) -> None:
        """What was read before stays. What is too long goes on from now, and is not asked for again by itself."""
        track = self._tracks.get(key)
        if track is None or track.number != number:
            return
        track.is_reading, track.sketch = False, None
        track.is_too_long = isinstance(problem, TooLargeError)
        if track.is_read:
            track.words = f"{UNSURE}{problem}"
        elif track.is_too_long:
            self._put(track, {}, TOO_LONG)
        else:
            track.state, track.words = Reading.FAILED, str(problem)
        self.changed()

    # What is heard

    def _on_board(self) -> None:
        heard = [self._carry_on(track) for track in self._tracks.values()]  # all of them, whatever the first says
        if any(heard):
            self.changed()

    def _carry_on(self, track: Track) -> bool:
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
        self._look_for_hole(track, at)
        track.moments.add(at)
        track.tail.extend(told_by(snapshot, at))
        if not snapshot.is_available:
            track.gaps.append(at)
        if at < track.heard_at:  # an earlier one of the same page
            track.tail.sort(key=attrgetter("at"))
            track.sketch = None
        else:
            track.heard_at = at
            track.look_for_swap(snapshot, at)
        return True

    def _note_vouched(self, track: Track) -> None:
        """The price stood until then, whatever is missing after it."""
        quote = self._board.quote(track.key)
        if quote is not None and track.follows == self._board.chain_from:
            track.vouched_at = quote.heard_at

    def _look_for_hole(self, track: Track, at: float) -> None:
        """After a hole in the chain no line goes on from what was known before it, until the history is read again."""
        if track.follows == self._board.chain_from:
            return
        is_first = track.follows == float("inf") and not track.moments
        track.follows = self._board.chain_from
        if not is_first and track.heard_at > NEVER:
            stood = min(self._feed_time(track.vouched_at), at) if track.vouched_at > NEVER else NEVER
            track.tail.append(Told(None, None, None, max(stood, track.heard_at)))

    def _times_of(self, key: OddsKey) -> tuple[float, float] | None:
        """The first and the last time a round was priced."""
        self.want(key)
        track = self._tracks.get(key)
        return track.times() if track is not None and track.is_read else None


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
