"""Guards at work: looked at when a book they go by changes and once a second, stopped when nothing can be believed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.domain.guard import CancelMoved, Guard, GuardState, KeepAtBest, Plan, american, kept_at, scope_words
from app.domain.market import MarketKey
from app.domain.money import money_words
from app.domain.odds import Odds
from app.domain.order import Order
from app.services.guard_book import GuardBook
from app.services.guard_cancel import Withdrawal
from app.services.guard_checks import PlanChecks
from app.services.guard_keep import Moved, Mover
from app.services.guard_looks import Reading, Sight, Verdict, armed, stopped, waiting
from app.services.guard_watch import Wakefulness, Watching, WatchList
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now
from app.services.session import Session
from app.services.tasks import Tasks

PACE = 0.05  # seconds between two looks at books that keep changing
PATIENCE = 60.0  # seconds after arming within which its prices must have been verified once
MOVE_AGAIN = 5.0  # seconds between two moves of an order that is kept at best


class Guards:
    """`book` is the list of them; `fired` is called with each guard that did, `moved` with the reference of an order that was kept at best
    and of the one that took its place.

    Nothing here asks the venue for anything but through `trading`, and nothing is looked at while the stream is down.
    """

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
        self._session = session
        self._blotter = session.blotter
        self._controls = session.controls
        self._mover = mover
        self._notices = notices
        self._tasks = tasks
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self.book = GuardBook(now, kept, keep)
        self.sight = Sight(session.catalogue, session.prices, session.blotter, session.controls, now)
        self._withdrawal = Withdrawal(session.trading, session.blotter, self.sight)
        self._checks = PlanChecks(session, self.sight, now)
        self._wake = Wakefulness(session, clock, now)
        self._watch = WatchList(session, clock)
        self._looked: dict[int, datetime] = {}
        self._moved: set[MarketKey] = set()
        self._moving: set[str] = set()  # references of orders that are being replaced
        self._is_looking = False
        self.fired: list[Callable[[Guard], None]] = []
        self.moved = mover.moved
        self.moved.append(self._hand_over)
        session.prices.heard.append(self._book_changed)
        session.changed.connect(self._look_at_stream)
        session.controls.changed.connect(self.look)

    # Asking

    @property
    def all(self) -> Mapping[int, Guard]:
        """By id, the oldest first."""
        return self.book.all

    def active(self) -> list[Guard]:
        return [self.all[one] for one in self._watch.active]

    def looked_at(self, guard_id: int) -> datetime | None:
        """When it last looked; None before the first time since the program started."""
        return self._looked.get(guard_id)

    def reading(self, guard: Guard) -> Reading:
        return self.sight.reading(guard)

    def trial(self, plan: Plan) -> Guard:
        """A guard that is not on the list, to see what it would go by."""
        return Guard(0, plan, self._now())

    def objection(self, plan: Plan, guard_id: int = 0) -> str:
        """Why this cannot be guarded now, as a sentence; empty when it can."""
        if isinstance(plan, KeepAtBest) and plan.ref in self._moving:
            return "The last move of this order is not over yet"
        return self._checks.objection(plan, [guard for guard in self.active() if guard.id != guard_id])

    # What a person does

    def add(self, plan: Plan) -> str:
        """A new guard, armed; a sentence when it cannot be."""
        words = self.objection(plan) or self.book.room()
        if not words:
            self._arm(self.book.add(plan))
            self._begin()
        return words

    def arm(self, guard_id: int) -> str:
        """Arm it again, from the prices of now; a sentence when it cannot be."""
        words = self._try_to_arm(guard_id)
        self._begin()
        return words

    def arm_stopped(self) -> str:
        """Arm all that were stopped; a sentence that says how many are, and why others are not."""
        ids = [guard.id for guard in self.all.values() if guard.state is GuardState.STOPPED]
        objections = [words for words in map(self._try_to_arm, ids) if words]
        self._begin()
        said = f"Armed {len(ids) - len(objections)} of {len(ids)} stopped guards"
        return f"{said}; not armed: {objections[0]}" if objections else said

    def stop(self, guard_id: int) -> None:
        if self.all[guard_id].is_active:
            self._end(guard_id, stopped("stopped by hand"))
            self._follow()
            self._write()

    def remove(self, ids: Iterable[int]) -> None:
        """Stop them and forget them."""
        known = [one for one in ids if one in self.all]
        for guard_id in known:
            self._watch.drop(self.all[guard_id])
            self._looked.pop(guard_id, None)
        self.book.remove(known)
        self._follow()
        self._write()

    # When it is looked

    def turn(self) -> None:
        """One beat of a second: starts, freshness, the pause of an order that moves, and what must be written down."""
        self.look()
        self._wake.beat()
        self.keep()

    def keep(self) -> None:
        """Write down what changed by itself since the last beat; also before the program ends."""
        if self.book.is_unkept:
            self._write()

    def look(self) -> None:
        """Look with all of them now."""
        if self._watch.active:
            self._take(tuple(self._watch.active))

    def _book_changed(self, key: MarketKey) -> None:
        if key not in self._watch:
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
                self._take(self._watch.of(moved))
                await self._sleep(PACE)
        finally:
            self._is_looking = False

    def _look_at_stream(self) -> None:
        """All of them stop when the stream is down, the venue gone, or time was missed."""
        if self._watch.active and (words := self._wake.why_blind):
            self._settle([(one, stopped(words)) for one in tuple(self._watch.active)])

    # What is seen

    def _take(self, ids: Sequence[int]) -> None:
        """Look with each of these, and take the consequences."""
        if self._wake.why_blind:
            self._look_at_stream()
            return
        halt = self._controls.halt
        self._settle([(one, self._judged(one, halt)) for one in ids if one in self._watch.active])

    def _judged(self, guard_id: int, halt: str) -> Verdict:
        guard, watching = self.all[guard_id], self._watch.active[guard_id]
        if halt and guard.plan.is_trading:
            return stopped(f"orders are halted: {halt}")
        if watching.is_moving:
            return armed(guard.words)
        if isinstance(guard.plan, CancelMoved) and guard.plan.ref in self._moving:
            return waiting("its order is being moved")
        self._looked[guard_id] = self._now()
        if not self.sight.is_fresh(guard.plan):
            return self._unfresh(watching)
        watching.is_seen = True
        return self._late(watching) or self.sight.look(self._based(guard))

    def _unfresh(self, watching: Watching) -> Verdict:
        if watching.is_seen:
            return stopped(f"prices were not fresh at {self._wake.time}")
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
        base = self.sight.best_for_takers(guard.plan.place)
        if base is not None:
            self.book.put(msgspec.structs.replace(guard, base=base), guard.state, guard.words)
        return self.all[guard.id]

    # What comes of it

    def _settle(self, verdicts: Iterable[tuple[int, Verdict]]) -> None:
        """Each takes its consequence; of those that stop for one reason one sentence is said."""
        stops: defaultdict[str, list[int]] = defaultdict(list)
        before = len(self._watch.active)
        for guard_id, verdict in verdicts:
            if guard_id not in self._watch.active:  # a consequence of an earlier one
                continue
            match verdict.state:
                case GuardState.ARMED | GuardState.WAITING:
                    self._go_on(guard_id, verdict)
                case GuardState.FIRED:
                    self._fire(guard_id, verdict)
                case GuardState.STOPPED:
                    stops[verdict.words].append(guard_id)
                    self._end(guard_id, verdict)
                case GuardState.EXPIRED:
                    self._end(guard_id, verdict)
                    self._say(self.all[guard_id], Tone.PLAIN)
        for words, ids in stops.items():
            self._say_stopped(ids, words)
        if len(self._watch.active) < before:
            self._follow()

    def _fire(self, guard_id: int, verdict: Verdict) -> None:
        """Once: it is fired before anything is done."""
        self._end(guard_id, verdict)
        guard = self.all[guard_id]
        self._say(guard, Tone.WARNING)
        for heard in tuple(self.fired):
            heard(guard)
        if guard.plan.is_trading:
            self._tasks.start(self._cancel_for(guard))

    async def _cancel_for(self, guard: Guard) -> None:
        words, is_all = await self._withdrawal.of(guard.plan)
        known = self.all.get(guard.id)
        if known is not None and known.at == guard.at:
            self.book.put(known, known.state, f"{guard.words}: {words}")
        if not is_all:
            self._notices.say(f"{self._named(guard.plan)}: {words}", Tone.BAD)

    def _go_on(self, guard_id: int, verdict: Verdict) -> None:
        guard, watching = self.all[guard_id], self._watch.active[guard_id]
        state, words = verdict.state, verdict.words
        if verdict.move_to is not None and isinstance(guard.plan, KeepAtBest) and not watching.is_moving:
            state, words = self._begin_move(guard, guard.plan, watching, verdict.move_to, words)
        self.book.put(self.all[guard_id], state, words)

    # Keeping an order at best

    def _begin_move(self, guard: Guard, plan: KeepAtBest, watching: Watching, there: Odds, words: str) -> tuple[GuardState, str]:
        """Move its order unless it moved just now, or the rules would not let the new one through: then it stays where it is."""
        if plan.ref in self._moving:
            return GuardState.WAITING, "the last move of its order is not over yet"
        if watching.moved_at is not None and self._clock() - watching.moved_at < MOVE_AGAIN:
            return GuardState.ARMED, f"{words}; it moves at most once in {MOVE_AGAIN:.0f} s"
        order = self._blotter.orders[plan.ref]
        if objection := self._mover.objection(order, there):
            return GuardState.WAITING, f"it cannot move to {american(there)}: {objection}"
        watching.is_moving, watching.moved_at = True, self._clock()
        self._moving.add(plan.ref)
        self._tasks.start(self._move(guard.id, plan))
        return GuardState.ARMED, f"moving from {american(order.odds)} to {american(there)}"

    async def _move(self, guard_id: int, plan: KeepAtBest) -> None:
        result: Moved | Verdict = stopped("the program stopped it in the middle of a move: look at its order")
        try:
            result = await self._mover.move(plan, lambda before: self._aim(guard_id, plan, before))
        finally:
            if watching := self._watch.active.get(guard_id):
                watching.is_moving, watching.moved_at = False, self._clock()
            self._moving.discard(plan.ref)
            self._after_move(guard_id, plan, result)

    def _hand_over(self, ref: str, new_ref: str) -> None:
        """What would cancel an order when it moves against it means the one that took its place."""
        for guard in self.active():
            if isinstance(guard.plan, CancelMoved) and guard.plan.ref == ref:
                plan = msgspec.structs.replace(guard.plan, ref=new_ref)
                self.book.put(msgspec.structs.replace(guard, plan=plan), guard.state, guard.words)

    def _aim(self, guard_id: int, plan: KeepAtBest, before: Order) -> Odds | str:
        """Where its new order goes, as things stand once the old one is off the book."""
        guard = self.all.get(guard_id)
        if guard is None or not guard.is_active:
            return guard.words if guard else "the guard was removed"
        if words := self._wake.why_blind or (self._controls.halt and f"orders are halted: {self._controls.halt}"):
            return words
        if not self.sight.is_fresh(plan):
            return f"prices were not fresh at {self._wake.time}"
        best = self.sight.best_of_rivals(plan, [before])
        return kept_at(best or before.odds, plan)

    def _after_move(self, guard_id: int, plan: KeepAtBest, result: Moved | Verdict) -> None:
        guard = self.all.get(guard_id)
        if isinstance(result, Moved):
            if guard:
                self._note_move(guard, plan, result)
            return
        tone = Tone.PLAIN if result.state is GuardState.EXPIRED else Tone.BAD
        if guard is None:
            self._notices.say(f"{self._named(plan)}: {result.words}", tone)
            return
        if guard_id in self._watch.active:
            self._end(guard_id, result)
            self._follow()
        else:
            self.book.put(guard, guard.state, result.words)
        self._say(self.all[guard_id], tone)

    def _note_move(self, guard: Guard, plan: KeepAtBest, moved: Moved) -> None:
        stands = f"the order stands at {american(moved.order.odds)}"
        plan = msgspec.structs.replace(plan, ref=moved.order.ref)
        words = stands if guard.is_active else f"{guard.words}; {stands}"
        self.book.put(msgspec.structs.replace(guard, plan=plan, moves=guard.moves + 1), guard.state, words)
        if watching := self._watch.active.get(guard.id):
            watching.left_behind = moved

    # Arming

    def _try_to_arm(self, guard_id: int) -> str:
        guard = self.all[guard_id]
        if guard.is_active:
            return ""
        words = self.objection(guard.plan, guard_id)
        if not words:
            self._arm(guard)
        return words

    def _arm(self, guard: Guard) -> None:
        self._watch.add(guard)
        self.book.put(msgspec.structs.replace(guard, base=None), GuardState.ARMED, "")

    def _begin(self) -> None:
        """What was armed is followed, looks for the first time, and is written down."""
        self._follow()
        self.look()
        self._write()

    def _end(self, guard_id: int, verdict: Verdict) -> None:
        self._watch.drop(self.all[guard_id])
        self.book.put(self.all[guard_id], verdict.state, verdict.words)

    def _follow(self) -> None:
        self._watch.follow(self.active())

    def _write(self) -> None:
        if words := self.book.write():
            self._notices.say(words, Tone.WARNING)

    def _scope(self, plan: Plan) -> str:
        return scope_words(plan, self._controls.users.called)

    def _named(self, plan: Plan) -> str:
        return f"{plan.title}: {self._scope(plan)}"

    def _say(self, guard: Guard, tone: Tone) -> None:
        self._notices.say(f"{self._named(guard.plan)}: {guard.words}", tone)

    def _say_stopped(self, ids: Sequence[int], words: str) -> None:
        if len(ids) == 1:
            guard = self.all[ids[0]]
            self._notices.say(f"{guard.plan.title} stopped: {self._scope(guard.plan)}: {words}", Tone.BAD)
        else:
            self._notices.say(f"{len(ids)} guards were stopped: {words}. Arm them again in Guards", Tone.BAD)
