"""Keeping orders at best: when one is moved and where to, and what the guards that mean it are told of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from app.domain.guard import CancelMoved, Guard, KeepAtBest, american, kept_at
from app.domain.odds import Odds
from app.domain.order import Order
from app.services.guard_judge import STALE
from app.services.guard_keep import Moved, Mover
from app.services.guard_looks import Shift, Sight
from app.services.guard_watch import Wakefulness, WatchList
from app.services.lookout_book import LookoutBook
from app.services.ports import Monotonic
from app.services.session import Session
from app.services.tasks import Tasks
from app.services.verdict import Verdict, armed, stopped, waiting

MOVE_AGAIN: Final = 5.0  # seconds between two moves of an order that is kept at best

Over = Callable[[int, KeepAtBest, Verdict], None]  # a guard's id, its plan when the move began, and what it came to


class OrderMoves:
    """`refs` are those of the orders that are being replaced. `over` is called with each move after which no order of ours stands there.

    `sight`, `wake`, `watch` and `book` are those of the guards.
    """

    def __init__(
        self, session: Session, mover: Mover, book: LookoutBook[Guard], sight: Sight, wake: Wakefulness, watch: WatchList, tasks: Tasks,
        *, clock: Monotonic, over: Over,
    ) -> None:  # fmt: skip
        self._controls = session.controls
        self._blotter = session.blotter
        self._mover = mover
        self._book = book
        self._sight = sight
        self._wake = wake
        self._watch = watch
        self._tasks = tasks
        self._clock = clock
        self._over = over
        self.refs: set[str] = set()
        mover.moved.append(self._hand_over)

    def begin(self, guard: Guard, plan: KeepAtBest, wanted: Shift) -> Verdict:
        """Move its order unless it moved just now, or the rules would not let the new one through: then it stays where it is."""
        if plan.ref in self.refs:
            return waiting("the last move of its order is not over yet")
        watching = self._watch.active[guard.id]
        if watching.moved_at is not None and self._clock() - watching.moved_at < MOVE_AGAIN:
            return armed(f"{wanted.words}; it moves at most once in {MOVE_AGAIN:.0f} s")
        order = self._blotter.orders[plan.ref]
        if objection := self._mover.objection(order, wanted.there):
            return waiting(f"it cannot move to {american(wanted.there)}: {objection}")
        watching.is_moving, watching.moved_at = True, self._clock()
        self.refs.add(plan.ref)
        self._tasks.start(self._move(guard.id, plan))
        return armed(f"moving from {american(order.odds)} to {american(wanted.there)}")

    async def _move(self, guard_id: int, plan: KeepAtBest) -> None:
        result: Moved | Verdict = stopped("the program stopped it in the middle of a move: look at its order")
        try:
            result = await self._mover.move(plan, lambda before: self._aim(guard_id, plan, before))
        finally:
            if watching := self._watch.active.get(guard_id):
                watching.is_moving, watching.moved_at = False, self._clock()
            self.refs.discard(plan.ref)
            if isinstance(result, Moved):
                self._note(guard_id, plan, result)
            else:
                self._over(guard_id, plan, result)

    def _aim(self, guard_id: int, plan: KeepAtBest, before: Order) -> Odds | str:
        """Where its new order goes, as things stand once the old one is off the book."""
        guard = self._book.all.get(guard_id)
        if guard is None or not guard.is_active:
            return guard.words if guard else "the guard was removed"
        if words := self._wake.why_blind or (self._controls.halt and f"orders are halted: {self._controls.halt}"):
            return words
        if not self._sight.is_fresh(plan):
            return STALE
        best = self._sight.best_of_rivals(plan, [before])
        return kept_at(best or before.odds, plan)

    def _note(self, guard_id: int, plan: KeepAtBest, moved: Moved) -> None:
        """Another order stands there now."""
        guard = self._book.all.get(guard_id)
        if guard is None:
            return
        stands = f"the order stands at {american(moved.order.odds)}"
        plan = msgspec.structs.replace(plan, ref=moved.order.ref)
        words = stands if guard.is_active else f"{guard.words}; {stands}"
        self._book.put(msgspec.structs.replace(guard, plan=plan, moves=guard.moves + 1), guard.state, words)
        if watching := self._watch.active.get(guard.id):
            watching.left_behind = moved

    def _hand_over(self, ref: str, new_ref: str) -> None:
        """What would cancel an order when it moves against it means the one that took its place."""
        for guard in [self._book.all[one] for one in self._watch.active]:
            if isinstance(guard.plan, CancelMoved) and guard.plan.ref == ref:
                plan = msgspec.structs.replace(guard.plan, ref=new_ref)
                self._book.put(msgspec.structs.replace(guard, plan=plan), guard.state, guard.words)
