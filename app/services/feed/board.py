"""The newest odds by their key, how they moved, and which of them the feed still vouches for.

What the feed tells is a chain of changes without a hole: a price that was true when the chain began, or since, is true until the chain says
otherwise, so each complete poll vouches for it, even an empty one. Where a hole may be (`lost`), no later poll vouches for a price before
it is told again: by a reading of the match's odds asked for after the hole, or by a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Final

import msgspec

from app.domain.cs2 import Match, OddsKey, Question, SideOdds, Snapshot
from app.services.ports import Signal

NEVER: Final = float("-inf")
KEPT = 3_000  # keys: some forty matches with all their rounds


class Quote(msgspec.Struct, frozen=True):
    """`moves` says per team (None: draw) which way its odds moved last: +1 they rose, -1 they fell, 0 they have not; `moved_at` when.

    `heard_at` is when the feed last vouched for it, `NEVER` where it never has. Both times are monotonic.
    """

    snapshot: Snapshot
    moves: Mapping[int | None, int]
    moved_at: Mapping[int | None, float]
    heard_at: float


class Applied(msgspec.Struct, frozen=True):
    """What became of a page of changes. `doubted`: matches of which the page tells two prices for one moment."""

    duplicates: int
    doubted: frozenset[int]


class _Age(Enum):
    """How what is told stands to what is known."""

    NEWER = auto()
    SAME = auto()
    OLDER = auto()
    UNCLEAR = auto()  # other content for the same moment, or for none


class _Held(msgspec.Struct):
    """`anchor` is when it was certainly the newest: the chain covers it where that is not before the chain's start."""

    snapshot: Snapshot
    told_at: float
    began_at: datetime | None
    anchor: float = NEVER
    heard_at: float = NEVER
    moves: dict[int | None, int] = {}
    moved_at: dict[int | None, float] = {}


class Board:
    """`changed` is called once per answer that changed a price. `is_kept` names matches whose odds are not thrown away for want of room.

    `latest`: what claims to be computed after it (None: not known) has a wrong time, and would hide everything that comes.
    """

    def __init__(
        self, is_kept: Callable[[int], bool] = lambda _match_id: False, latest: Callable[[], datetime | None] = lambda: None
    ) -> None:
        self.changed = Signal()
        self._is_kept = is_kept
        self._latest = latest
        self._held: dict[OddsKey, _Held] = {}  # what was written last stands last
        self._writes = 0
        self._seeded_at: dict[int, float] = {}
        self._chain_from = float("inf")
        self._covered_at = NEVER

    # Asking

    def __len__(self) -> int:
        return len(self._held)

    def quote(self, key: OddsKey) -> Quote | None:
        held = self._held.get(key)
        return None if held is None else Quote(held.snapshot, held.moves, held.moved_at, self._heard_at(held))

    def quotes(self, match_id: int) -> dict[OddsKey, Quote]:
        """Everything known of a match, of former rounds too."""
        return {key: quote for key in self._held if key.match_id == match_id and (quote := self.quote(key))}

    def current(self, match: Match) -> tuple[Quote | None, Quote | None, Quote | None]:
        """MATCH, ROUND and NEXT_ROUND as they belong to the match's round now. A settled match has no round."""
        whole = self.quote(OddsKey(match.id, Question.MATCH))
        number = match.round_number
        if match.is_settled or number is None:
            return whole, None, None
        return whole, self.quote(OddsKey(match.id, Question.ROUND, number)), self._next(match.id, number)

    def is_vouched(self, key: OddsKey) -> bool:
        """Whether the chain of changes covers it: the next complete poll vouches for it."""
        held = self._held.get(key)
        return held is not None and self._is_anchored(held)

    @property
    def has_begun(self) -> bool:
        """Whether a poll has been answered."""
        return self._chain_from != float("inf")

    @property
    def chain_from(self) -> float:
        """When the chain of changes began, monotonic (infinite before): another one says that changes may have been missed."""
        return self._chain_from

    def needs_reading(self, match_id: int) -> bool:
        """Whether the match's odds were not read since the chain began."""
        return self._seeded_at.get(match_id, NEVER) < self._chain_from

    # What the feed tells. Times are monotonic: when it was asked, and when the answer came.

    def lost(self, answered_at: float) -> None:
        """A hole, or the beginning: the chain starts with the poll that was answered then."""
        for held in self._held.values():
            self._freeze(held)
        self._chain_from = answered_at

    def hear(self, snapshots: Iterable[Snapshot], asked_at: float, answered_at: float, *, is_complete: bool = True) -> Applied:
        """A page of changes. `is_complete`: nothing is missing in it, so that what it tells is the newest of its keys."""
        duplicates, told, unclear, was = 0, set(), {}, self._writes
        for snapshot in self._timed(snapshots):
            age = self._age(snapshot)
            if age is _Age.NEWER:
                self._put(snapshot, answered_at)
                told.add(snapshot.key)
            elif age is _Age.UNCLEAR:
                unclear[snapshot.key] = snapshot.updated_at
            else:
                duplicates += 1
                if age is _Age.SAME:
                    told.add(snapshot.key)
        doubted = self._doubt(unclear)  # before this page vouches for anything
        if is_complete:
            self._anchor(told - doubted, answered_at, asked_at)
            self._covered_at = max(self._covered_at, asked_at)
        self._thin()
        if self._writes != was:
            self.changed()
        return Applied(duplicates, frozenset(key.match_id for key in doubted))

    def read(self, match_id: int, snapshots: Sequence[Snapshot], asked_at: float, answered_at: float) -> None:
        """The odds of one match as they were asked for: the truth about them, unless something newer is known."""
        is_clear, was = True, self._writes
        for snapshot in self._timed(snapshots):
            held, age = self._held.get(snapshot.key), self._age(snapshot)
            if age is _Age.NEWER or (age is _Age.UNCLEAR and held is not None and asked_at >= held.told_at):
                self._put(snapshot, answered_at)
                self._anchor({snapshot.key}, asked_at, asked_at)
            elif age is _Age.SAME:
                self._learn_margin(snapshot)
                self._anchor({snapshot.key}, asked_at, asked_at)
            elif age is _Age.UNCLEAR:
                is_clear = False
            elif held is not None and held.snapshot.margin is None:  # the last margin that was told stands, as from change to change
                self._learn_margin(snapshot)
        if is_clear:
            self._seeded_at[match_id] = max(asked_at, self._seeded_at.get(match_id, NEVER))
        self._thin()
        if self._writes != was:
            self.changed()

    def forget(self) -> None:
        """Another venue process, or a clock that was set back: nothing known can be compared with what comes."""
        self._held.clear()
        self._seeded_at.clear()
        self._chain_from, self._covered_at = float("inf"), NEVER
        self.changed()

    # Inside

    def _timed(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        latest = self._latest()
        for snapshot in snapshots:
            if latest is not None and snapshot.updated_at is not None and snapshot.updated_at > latest:
                words = f"its time is {snapshot.updated_at:%Y-%m-%d %H:%M:%S}, which has not come yet"
                snapshot = msgspec.structs.replace(snapshot, updated_at=None, flaws=(*snapshot.flaws, words))
            yield snapshot

    def _next(self, match_id: int, number: int) -> Quote | None:
        """Told under its own number, or (the contract leaves it open) under the number of the round being played."""
        own = self._held.get(OddsKey(match_id, Question.NEXT_ROUND, number + 1))
        here = self._held.get(OddsKey(match_id, Question.NEXT_ROUND, number))
        if own is None and here is not None and not self._is_played(here, self._held.get(OddsKey(match_id, Question.ROUND, number))):
            own = here
        return None if own is None else self.quote(own.snapshot.key)

    @staticmethod
    def _is_played(next_round: _Held, this_round: _Held | None) -> bool:
        """Whether what was called the next round has become the present one: nothing was said of it since the present one began.

        Where nothing is known of the present one it may well have: no price is better than another round's.
        """
        began = None if this_round is None else this_round.began_at
        told = next_round.snapshot.updated_at
        return began is None or told is None or told < began

    def _age(self, snapshot: Snapshot) -> _Age:
        held = self._held.get(snapshot.key)
        if held is None:
            return _Age.NEWER
        known, told = held.snapshot.updated_at, snapshot.updated_at
        if told is not None and (known is None or told > known):
            return _Age.NEWER
        if told is not None and known is not None and told < known:
            return _Age.OLDER
        return _Age.SAME if _price(held.snapshot) == _price(snapshot) else _Age.UNCLEAR

    def _put(self, snapshot: Snapshot, answered_at: float) -> None:
        """What moved goes on from what was known; a change tells no margin, so the last one told stands."""
        key, was = snapshot.key, self._held.pop(snapshot.key, None)
        if was is None:
            self._held[key] = _Held(snapshot, answered_at, snapshot.updated_at)
        else:
            if snapshot.margin is None:
                snapshot = msgspec.structs.replace(snapshot, margin=was.snapshot.margin)
            moves, moved_at = _moved(was, snapshot, answered_at)
            self._held[key] = _Held(snapshot, answered_at, was.began_at, NEVER, NEVER, moves, moved_at)
        self._writes += 1

    def _learn_margin(self, snapshot: Snapshot) -> None:
        held = self._held[snapshot.key]
        if snapshot.margin is not None and snapshot.margin != held.snapshot.margin:
            held.snapshot = msgspec.structs.replace(held.snapshot, margin=snapshot.margin)
            self._writes += 1

    def _anchor(self, keys: Iterable[OddsKey], at: float, heard_at: float) -> None:
        for key in keys:
            held = self._held[key]
            held.anchor, held.heard_at = max(held.anchor, at), max(held.heard_at, heard_at)

    def _doubt(self, unclear: Mapping[OddsKey, datetime | None]) -> set[OddsKey]:
        """Two prices for one moment: which of them stands is asked, and until then nothing vouches for either."""
        doubted = {key for key, moment in unclear.items() if moment is None or self._held[key].snapshot.updated_at == moment}
        for key in doubted:
            self._freeze(self._held[key])
            self._held[key].anchor = NEVER
            self._seeded_at.pop(key.match_id, None)
        return doubted

    def _is_anchored(self, held: _Held) -> bool:
        return held.anchor >= self._chain_from

    def _heard_at(self, held: _Held) -> float:
        return max(held.heard_at, self._covered_at) if self._is_anchored(held) else held.heard_at

    def _freeze(self, held: _Held) -> None:
        held.heard_at = self._heard_at(held)

    def _thin(self) -> None:
        """What was written longest ago goes first."""
        if len(self._held) <= KEPT:
            return
        spare = [key for key in self._held if not self._is_kept(key.match_id)] or list(self._held)
        for key in spare[: len(self._held) - KEPT + KEPT // 10]:
            del self._held[key]
        known = {key.match_id for key in self._held}
        self._seeded_at = {match_id: at for match_id, at in self._seeded_at.items() if match_id in known}


def _price(snapshot: Snapshot) -> tuple[bool, tuple[SideOdds, ...]]:
    """What makes two snapshots the same price; a change tells no margin, and the match's status is no price."""
    return snapshot.is_available, snapshot.sides


def _moved(was: _Held, snapshot: Snapshot, at: float) -> tuple[dict[int | None, int], dict[int | None, float]]:
    """Per team, on the same side before and after: a price is never compared across a swap of sides."""
    moves, moved_at = {}, {}
    before = {each.team_id: each for each in was.snapshot.sides}
    for each in snapshot.sides:
        old = before.get(each.team_id)
        if old is None or old.side is not each.side:
            moves[each.team_id] = 0
            continue
        then, now = was.snapshot.odds_of(each.side), snapshot.odds_of(each.side)
        way = 0 if then is None or now is None else (now > then) - (now < then)
        moves[each.team_id] = way or was.moves.get(each.team_id, 0)
        if way:
            moved_at[each.team_id] = at
        elif each.team_id in was.moved_at:
            moved_at[each.team_id] = was.moved_at[each.team_id]
    return moves, moved_at
