"""The list of lookouts: kept over restarts, none of them armed by that; whoever shows it is told that it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Generic

import msgspec

from app.domain.lookout import BY_HAND, DONE, L, LookoutState
from app.services.ports import Now, Signal

RESTARTED: Final = "the program was restarted"
_TOLD: Final = frozenset({LookoutState.FIRED, LookoutState.STOPPED})  # somebody has to see that


class LookoutBook(Generic[L]):
    """At most `most`, called `noun`; the oldest that have fired or expired go first. `keep` writes all of them down and answers with a
    sentence when it cannot. One that is put is another object: whoever shows them sees by that which changed.
    """

    def __init__(self, noun: str, most: int, now: Now, kept: Sequence[L], keep: Callable[[tuple[L, ...]], str]) -> None:
        self._noun = noun
        self._most = most
        self._now = now
        self._keep = keep
        self._lookouts = {lookout.id: _after_restart(lookout, now()) for lookout in kept}
        self._last_id = max(self._lookouts, default=0)
        self.is_unkept = False
        self.changed = Signal()

    @property
    def all(self) -> Mapping[int, L]:
        """By id, the oldest first."""
        return self._lookouts

    @property
    def next_id(self) -> int:
        """Of the next one that is added; an id is given once as long as the program runs."""
        return self._last_id + 1

    def room(self) -> str:
        """Make room for one more; a sentence when there is none."""
        if len(self._lookouts) < self._most:
            return ""
        done = [lookout.id for lookout in self._lookouts.values() if lookout.state in DONE]
        if not done:
            return f"There are {self._most} {self._noun} already: remove some first"
        self.remove(done[:1])
        return ""

    def add(self, lookout: L) -> None:
        self._last_id = lookout.id
        self._lookouts[lookout.id] = lookout
        self._mark()

    def remove(self, ids: Iterable[int]) -> None:
        for one in ids:
            del self._lookouts[one]
        self._mark()

    def put(self, lookout: L, state: LookoutState, words: str) -> None:
        """How it stands now. What only its words say while it is active is not worth a writing."""
        known = self._lookouts[lookout.id]
        is_known = state is known.state and (words == known.words or state in DONE)
        at = known.at if is_known and known.at else self._now()
        is_seen = known.is_seen if state is known.state else state not in _TOLD or words == BY_HAND
        told = msgspec.structs.replace(lookout, state=state, words=words, at=at, is_seen=is_seen)
        if told == known:
            return
        self._lookouts[lookout.id] = told
        if told.is_active and told == msgspec.structs.replace(known, words=words, at=at):
            self.changed()
        else:
            self._mark()

    def see(self, ids: Iterable[int]) -> None:
        """Somebody has seen how these stand."""
        for one in ids:
            self._lookouts[one] = msgspec.structs.replace(self._lookouts[one], is_seen=True)
        self._mark()

    def write(self) -> str:
        self.is_unkept = False
        return self._keep(tuple(self._lookouts.values()))

    def _mark(self) -> None:
        self.is_unkept = True
        self.changed()


def _after_restart(lookout: L, at: datetime) -> L:
    """A start says anew that those look no more that had stopped by themselves before."""
    if lookout.is_active:
        return msgspec.structs.replace(lookout, state=LookoutState.STOPPED, words=RESTARTED, at=at, is_seen=False)
    is_told = lookout.state is LookoutState.STOPPED and lookout.words != BY_HAND
    return msgspec.structs.replace(lookout, is_seen=lookout.is_seen and not is_told)
