"""Guards at work: looked at when a book they go by changes and once a second, stopped when nothing can be believed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Final

import msgspec

from app.domain.guard import CancelMoved, Guard, KeepAtBest, Plan, is_about, scope_words
from app.domain.lookout import LookoutState
from app.domain.market import MarketKey
from app.services.guard_cancel import Withdrawal
from app.services.guard_checks import PlanChecks
from app.services.guard_judge import GuardJudge
from app.services.guard_keep import Mover
from app.services.guard_looks import NOTHING, Reading, Shift, Sight
from app.services.guard_moves import OrderMoves
from app.services.guard_watch import Wakefulness, WatchList
from app.services.heartbeat import Heartbeat
from app.services.lookout_book import LookoutBook
from app.services.lookouts import Lookouts
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now
from app.services.session import Session
from app.services.tasks import Tasks
from app.services.verdict import Verdict, stopped

MOST: Final = 500  # guards
PACE: Final = 0.05  # seconds between two looks at books that keep changing


class Guards(Lookouts[Guard]):
    """`moved` is called with the reference of an order that was kept at best and of the one that took its place.

    Nothing here asks the venue for anything but through `trading`, and nothing is looked at while the stream is down.
    """

    noun = "guards"
    stop_tone = Tone.BAD

    def __init__(
        self,
        session: Session,
        mover: Mover,
        notices: Notices,
        tasks: Tasks,
        *,
        clock: Monotonic,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        kept: Sequence[Guard] = (),
        keep: Callable[[tuple[Guard, ...]], str] = lambda _guards: "",
    ) -> None:
        super().__init__(LookoutBook(self.noun, MOST, now, kept, keep), notices)
        self._controls = session.controls
        self._blotter = session.blotter
        self._tasks = tasks
        self._now = now
        self._sleep = sleep
        self.sight = Sight(session.catalogue, session.prices, session.blotter, session.controls, now)
        self._withdrawal = Withdrawal(session.trading, session.blotter, self.sight)
        self._checks = PlanChecks(session, self.sight, now)
        self._heart = Heartbeat(clock, now)
        self._wake = Wakefulness(session, self._heart)
        self._watching = WatchList(session, clock)
        self._moves = OrderMoves(
            session, mover, self.book, self.sight, self._wake, self._watching, tasks, clock=clock, over=self._move_over
        )  # fmt: skip
        self._judge = GuardJudge(self.book, self.sight, session.blotter, self._moves.refs, clock)
        self._moved: set[MarketKey] = set()
        self._is_looking = False
        self.moved = mover.moved
        session.prices.heard.append(self._book_changed)
        session.changed.connect(self._look_at_stream)
        session.controls.changed.connect(self.look)

    # Asking

    @property
    def active_ids(self) -> Collection[int]:
        return self._watching.active

    def scope(self, lookout: Guard) -> str:
        return scope_words(lookout.plan, self._controls.users.called)

    def reading(self, guard: Guard) -> Reading:
        return self.sight.reading(guard)

    def moved_bases(self, ids: Iterable[int]) -> list[Guard]:
        """Those of them that would be armed from a price that is not the present one, or of which the present one is not known."""
        stopped_ones = [self.all[one] for one in ids if one in self.all and not self.all[one].is_active]
        with_base = [guard for guard in stopped_ones if isinstance(guard.plan, CancelMoved) and guard.base is not None]
        return [guard for guard in with_base if not self.objection_to(guard) and self.fresh_reading(guard).odds != guard.base]

    def fresh_reading(self, guard: Guard) -> Reading:
        """As `reading`, and nothing where the prices are not verified now."""
        return self.reading(guard) if self.sight.is_fresh(guard.plan) else NOTHING

    @property
    def unguarded(self) -> int:
        """Orders that may still match, and that no active guard is about."""
        plans = {guard.plan for guard in self.active() if guard.plan.is_trading}
        if not plans:
            return self._blotter.live_count
        refs = {plan.ref for plan in plans if isinstance(plan, CancelMoved | KeepAtBest)}
        wide = [plan for plan in plans if not isinstance(plan, CancelMoved | KeepAtBest) or not plan.ref]
        return sum(order.ref not in refs and not any(is_about(plan, order) for plan in wide) for order in self._blotter.live())

    def trial(self, plan: Plan) -> Guard:
        """A guard that is not on the list, to see what it would go by."""
        return Guard(0, plan, self._now())

    def objection(self, plan: Plan) -> str:
        """Why this cannot be guarded now, as a sentence; empty when it can."""
        return self.objection_to(self.trial(plan))

    def objection_to(self, lookout: Guard) -> str:
        if isinstance(lookout.plan, KeepAtBest) and lookout.plan.ref in self._moves.refs:
            return "The last move of this order is not over yet"
        return self._checks.objection(lookout.plan, self.active())

    def add(self, plan: Plan) -> str:
        """A new guard, armed; a sentence when it cannot be."""
        return self._add(Guard(self.book.next_id, plan, self._now()))

    def forget_bases(self, ids: Iterable[int]) -> None:
        """When they are armed again, those of them count from the price of that moment; else from where they had stood."""
        for guard in self.moved_bases(ids):
            self.book.put(msgspec.structs.replace(guard, base=None), guard.state, guard.words)

    # When it is looked

    def turn(self) -> None:
        """One beat of a second: starts, freshness, the pause of an order that moves, and what changed by itself is written down."""
        self.look()
        self._heart.beat()
        self.keep()

    def look(self) -> None:
        if self.active_ids:
            self._take(tuple(self.active_ids))

    def _book_changed(self, key: MarketKey) -> None:
        if key not in self._watching:
            return
        self._moved.add(key)
        if not self._is_looking:
            self._is_looking = True
            self._tasks.start(self._look_at_moved())

    async def _look_at_moved(self) -> None:
        """After the burst that changed them: what it says of the stream is known by then."""
        try:
            while self._moved:
                moved, self._moved = self._moved, set()
                self._take(self._watching.of(moved))
                await self._sleep(PACE)
        finally:
            self._is_looking = False

    def _look_at_stream(self) -> None:
        """All of them stop when the stream is down, the venue gone, or time was missed."""
        if self.active_ids and (words := self._wake.why_blind):
            self._settle([(one, stopped(words)) for one in tuple(self.active_ids)])

    def _take(self, ids: Sequence[int]) -> None:
        """Look with each of these, and take the consequences."""
        if self._wake.why_blind:
            self._look_at_stream()
            return
        halt = self._controls.halt
        self._settle([(one, self._judged(one, halt)) for one in ids if one in self.active_ids])

    def _judged(self, guard_id: int, halt: str) -> Verdict:
        guard, watching = self.all[guard_id], self._watching.active[guard_id]
        if verdict := self._judge.held_up(guard, watching, halt):
            return verdict
        self._looked[guard_id] = self._now()
        return self._judge.judged(guard, watching)

    # What comes of it

    def _go_on(self, lookout: Guard, verdict: Verdict) -> None:
        if isinstance(verdict, Shift) and isinstance(lookout.plan, KeepAtBest):
            verdict = self._moves.begin(lookout, lookout.plan, verdict)
        super()._go_on(self.all[lookout.id], verdict)

    def _fire(self, lookout: Guard) -> None:
        super()._fire(lookout)
        if lookout.plan.is_trading:
            self._tasks.start(self._cancel_for(lookout))

    async def _cancel_for(self, guard: Guard) -> None:
        words, is_all = await self._withdrawal.of(guard.plan)
        known = self.all.get(guard.id)
        if known is not None and known.at == guard.at:
            self.book.put(known, known.state, f"{guard.words}: {words}")
        if not is_all:
            self._notices.say(f"{self.named(guard)}: {words}", Tone.BAD)

    def _move_over(self, guard_id: int, plan: KeepAtBest, verdict: Verdict) -> None:
        """An order was moved, and none of ours stands there now, or nobody knows whether one does."""
        tone = Tone.PLAIN if verdict.state is LookoutState.EXPIRED else Tone.BAD
        guard = self.all.get(guard_id)
        if guard is None:
            self._notices.say(f"{self.named(self.trial(plan))}: {verdict.words}", tone)
            return
        if guard_id in self.active_ids:
            self._end(guard, verdict)
            self._follow()
        else:
            self.book.put(guard, guard.state, verdict.words)
        self._say(self.all[guard_id], tone)

    def _stopped_words(self, stops: Sequence[Guard]) -> str:
        """The orders that nothing guards now belong to it."""
        words = super()._stopped_words(stops)
        count = self.unguarded if words else 0
        return f"{words}; {'1 order rests' if count == 1 else f'{count:,} orders rest'} unguarded" if count else words

    # What is remembered of an active one

    def _watch(self, lookout: Guard) -> None:
        self._watching.add(lookout)

    def _drop(self, lookout: Guard) -> None:
        self._watching.drop(lookout)

    def _follow(self) -> None:
        self._watching.follow(self.active())
