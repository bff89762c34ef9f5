"""The list of guards: kept over restarts, none of them armed by that; whoever shows it is told what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.domain.guard import Guard, GuardState, Plan
from app.services.ports import Now, Signal

MOST = 500  # guards; the oldest that have fired or expired go first
RESTARTED = "the program was restarted"
_DONE = frozenset({GuardState.FIRED, GuardState.EXPIRED})


class GuardBook:
    """`dirty` holds the ids changed since it was last taken (None among them: the list is another one); `changed` is called when it
    becomes non-empty. `keep` writes all of them down and answers with a sentence when it cannot.
    """

    def __init__(self, now: Now, kept: Sequence[Guard], keep: Callable[[tuple[Guard, ...]], str]) -> None:
        self._now = now
        self._keep = keep
        self._guards = {guard.id: _after_restart(guard, now()) for guard in kept}
        self._last_id = max(self._guards, default=0)
        self.is_unkept = False
        self.dirty: set[int | None] = set()
        self.changed = Signal()

    @property
    def all(self) -> Mapping[int, Guard]:
        """By id, the oldest first."""
        return self._guards

    def room(self) -> str:
        """Make room for one more; a sentence when there is none."""
        if len(self._guards) < MOST:
            return ""
        done = [guard.id for guard in self._guards.values() if guard.state in _DONE]
        if not done:
            return f"There are {MOST} guards already: remove some first"
        self.remove(done[:1])
        return ""

    def add(self, plan: Plan) -> Guard:
        self._last_id += 1
        guard = self._guards[self._last_id] = Guard(self._last_id, plan, self._now())
        self._mark(None)
        return guard

    def remove(self, ids: Iterable[int]) -> None:
        for guard_id in ids:
            del self._guards[guard_id]
        self._mark(None)

    def put(self, guard: Guard, state: GuardState, words: str) -> None:
        """How it stands now. What only its words say while it is active is not worth a writing."""
        known = self._guards[guard.id]
        at = known.at if state is known.state and known.at else self._now()
        told = msgspec.structs.replace(guard, state=state, words=words, at=at)
        if told == known:
            return
        self._guards[guard.id] = told
        self.is_unkept = self.is_unkept or state is not known.state or told.plan != known.plan or not told.is_active
        self._mark(guard.id)

    def write(self) -> str:
        self.is_unkept = False
        return self._keep(tuple(self._guards.values()))

    def take_dirty(self) -> set[int | None]:
        dirty, self.dirty = self.dirty, set()
        return dirty

    def _mark(self, guard_id: int | None) -> None:
        was_clean = not self.dirty
        self.dirty.add(guard_id)
        if was_clean:
            self.changed()


def _after_restart(guard: Guard, at: datetime) -> Guard:
    if not guard.is_active:
        return guard
    return msgspec.structs.replace(guard, state=GuardState.STOPPED, words=RESTARTED, at=at)
