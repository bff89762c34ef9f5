"""What becomes of a guard after a look: it goes on, fires, stops or expires; where its price stood is noted at the first fresh one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from app.domain.guard import CancelMoved, Guard
from app.domain.money import money_words
from app.services.blotter import Blotter
from app.services.guard_looks import Sight
from app.services.guard_watch import Watching
from app.services.lookout_book import LookoutBook
from app.services.ports import Monotonic
from app.services.verdict import Verdict, armed, stopped, waiting

STALE: Final = "prices were not fresh"
PATIENCE: Final = 60.0  # seconds after arming within which its prices must have been verified once


class GuardJudge:
    """`moving`: references of orders that are being replaced."""

    def __init__(self, book: LookoutBook[Guard], sight: Sight, blotter: Blotter, moving: Collection[str], clock: Monotonic) -> None:
        self._book = book
        self._sight = sight
        self._blotter = blotter
        self._moving = moving
        self._clock = clock

    def held_up(self, guard: Guard, watching: Watching, halt: str) -> Verdict | None:
        """What stands without a look; None where it may look."""
        if halt and guard.plan.is_trading:
            return stopped(f"orders are halted: {halt}")
        if watching.is_moving:
            return armed(guard.words)
        if isinstance(guard.plan, CancelMoved) and guard.plan.ref in self._moving:
            return waiting("its order is being moved")
        return None

    def judged(self, guard: Guard, watching: Watching) -> Verdict:
        if not self._sight.is_fresh(guard.plan):
            return self._unfresh(watching)
        watching.is_seen = True
        return self._late(watching) or self._sight.look(self._based(guard))

    def _unfresh(self, watching: Watching) -> Verdict:
        if watching.is_seen:
            return stopped(STALE)
        if self._clock() - watching.since > PATIENCE:
            return stopped(f"no fresh prices came within {PATIENCE:.0f} s")
        return waiting("its prices are being read")

    def _late(self, watching: Watching) -> Verdict | None:
        """More of an order matched than was known when another took its place."""
        behind = watching.left_behind
        if behind is None or self._blotter.orders[behind.behind].filled <= behind.matched:
            return None
        more = money_words(self._blotter.orders[behind.behind].filled - behind.matched)
        return stopped(f"{more} of the order it replaced matched after all: look at both orders")

    def _based(self, guard: Guard) -> Guard:
        """Where the price stood when it was armed is known from the first fresh look on."""
        if not isinstance(guard.plan, CancelMoved) or guard.base is not None:
            return guard
        base = self._sight.best_for_takers(guard.plan.place)
        if base is not None:
            self._book.put(msgspec.structs.replace(guard, base=base), guard.state, guard.words)
        return self._book.all[guard.id]
