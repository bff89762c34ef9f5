"""A trader's day: the exchange, the journal's file, and one run of the program after the other, with what both sides can do about it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from app.domain.account import Deduction
from app.domain.errors import VenueError
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.risk import Limits, Silence
from app.store.journal.opening import open_journal
from app.venues.auth import AHEAD
from tests.faults.machine.desk import Blind, House, Run
from tests.faults.machine.judge import SOON, Judge
from tests.faults.machine.paper import Auditor
from tests.faults.machine.stream import Mood
from tests.faults.machine.virtual import VirtualTime
from tests.faults.machine.world import EVENTS, MARKET, World, selection

Prices = tuple[int, int]  # American odds of either side
Sending = Callable[[], Coroutine[Any, Any, Order]]

AGAIN = frozenset({OrderState.NOT_SENT, OrderState.UNKNOWN, OrderState.PRESUMED})
SHELF = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
ACTIVE = 6.0  # seconds until the last order is on the book, also in play
RUSH = 25  # reconciliations at once
REST = 150  # looks, four seconds apart, in which everything must have been found out
GENEROUS = Limits(
    selection=Decimal(100_000),
    event=Decimal(100_000),
    day=Decimal(1_000_000),
    day_loss=Decimal(100_000),
    unmatched_ratio=Decimal(50),
    worse_steps=200,
    sanity_factor=Decimal(100),
    leap_factor=Decimal(1000),
    orders_in_ten_seconds=300,
    orders_a_minute=1800,
    burst_matched=Decimal(800),
)


@cache
def blank_journal() -> Path:
    """Made once: each day begins with a copy."""
    folder = Path(tempfile.mkdtemp(dir=SHELF, prefix="overround-blank-"))
    open_journal(folder / "blank.db", now=VirtualTime().now).file.close()
    return folder / "blank.db"


class Day:
    """`run` is the program that runs now. `say` is told what is wrong."""

    def __init__(self, limits: Limits, *, deduction: Deduction, is_live: bool, has_cancel_all: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=SHELF, prefix="overround-machine-"))
        self.file = self.folder / "journal.db"
        shutil.copy(blank_journal(), self.file)
        self.world = World(VirtualTime(), deduct=deduction.value, is_live=is_live)
        self.auditor = Auditor(self.file)
        self.judge = Judge(self.world, self.auditor)
        self.house = House(limits, deduction, has_cancel_all, count(1))
        self.is_full = False
        self.run = self._started()
        self.run.advance(2.5)

    def close(self) -> None:
        self.run.crash()
        self.auditor.close()
        shutil.rmtree(self.folder)

    def _started(self) -> Run:
        run = Run(self.world, self.file, self.house, self.judge)
        self.judge.watch(run)
        run.start(EVENTS[0])
        return run

    def crash(self, downtime: float) -> None:
        """The program is killed and started again; neither network nor disk have become better by that."""
        old, was_halted = self.run.transport, self.auditor.is_halted()
        mood = self.run.stream.mood
        self.judge.unwatch()
        self.run.crash()
        self.world.live_on(downtime, is_asleep=False)
        self.run = self._started()
        self.run.transport.faults, self.run.transport.lag, self.run.stream.mood = old.faults, old.lag, mood
        self.run.paper.fill_disk(is_full=self.is_full)
        if was_halted and not self.run.journal.halt:
            self.judge.wrongs.append("a halt did not survive the restart")

    def halt_from_outside(self) -> None:
        """Another program of the profile, as `cancel-all` is one, writes the halt into the journal and is gone."""
        if self.is_full:
            return
        other = Run(self.world, self.file, self.house, Blind())
        other.halt_and_leave("cancel-all was started from the command line")

    # The person

    def draft(self, event_id: int, side: int, prices: Prices, stake: str) -> OrderDraft:
        key = MarketKey(event_id, MARKET, Decimal(0))
        return OrderDraft(key, selection(event_id, side), from_american(prices[side]), Decimal(stake), "Game", "Moneyline", f"Side {side}")

    def turn_to(self, event_id: int) -> None:
        """A person looks at an event: its prices are there a moment later."""
        self.world.step()
        self.world.quote(event_id)
        if self.run.desk.session.open_event_id != event_id:
            self.run.do(lambda: self.run.desk.session.open_event(event_id))
            self.run.advance(1.2)

    def click(self, draft: OrderDraft, wait: float, *, insists: bool) -> None:
        """Without insisting, an unknown order on the selection must stop the next."""
        self.turn_to(draft.market.event_id)
        was_unknown = any(order.draft.selection_id == draft.selection_id for order in self.run.desk.blotter.unknown())
        outcome = self.run.place(self.sending(draft, insists=insists), wait)
        if was_unknown and not insists and not isinstance(outcome, str):
            self.judge.wrongs.append("an unknown order did not stop the next one on the selection")

    def click_twice(self, draft: OrderDraft, apart: float) -> None:
        """Within two seconds the second must be stopped."""
        self.turn_to(draft.market.event_id)
        first = self.run.do(lambda: self.run.begin(self.sending(draft, insists=True)))
        if apart:
            self.run.advance(apart)
        second = self.run.do(lambda: self.run.begin(self.sending(draft, insists=True)))
        self.run.advance(0.1)
        is_stopped = any(task.done() and isinstance(task.result(), str) for task in (first, second))
        if apart < 2.0 and not is_stopped:
            self.judge.wrongs.append(f"the same order was sent twice within {apart} s")

    def cancel(self, ref: str, wait: float) -> None:
        run, since = self.run, self.world.time.seconds
        order, expires_at = run.desk.blotter.orders[ref], run.venue.tokens.expires_at or 0.0
        has_session = expires_at - self.world.time.wall() > AHEAD and not run.transport.faults
        run.start_task(run.desk.trading.cancel(ref), wait)
        if order.is_cancellable and not order.cancelling and has_session and wait > SOON:
            self.judge.cancelled(since)

    def rush(self) -> None:
        """Far more is asked for at once than the venue answers in a second, and a cancel comes on top."""

        async def look() -> None:
            with suppress(VenueError):
                await self.run.desk.reconciliation.run()

        for _ in range(RUSH):
            self.run.start_task(look(), 0.0)
        self.cancel_newest()

    def cancel_newest(self) -> None:
        live = [order.ref for order in self.run.desk.blotter.live() if order.is_cancellable]
        if live:
            self.cancel(live[-1], 0.2)

    def sending(self, draft: OrderDraft, *, insists: bool) -> Sending:
        return lambda: self.run.desk.trading.place(draft, frozenset({"UNKNOWN"} if insists else ()))

    def sending_again(self, place: int) -> Sending | None:
        again = [order.ref for order in self.run.desk.blotter.orders.values() if order.state in AGAIN]
        return (lambda: self.run.desk.trading.place_again(again[place % len(again)])) if again else None

    def presume(self) -> None:
        """The window offers it for orders that the venue was asked for often enough."""
        for order in self.run.desk.blotter.unknown():
            if order.may_be_presumed:
                self.run.do(lambda ref=order.ref: self.run.desk.trading.presume_not_placed(ref))  # type: ignore[misc]

    def ref(self, place: int) -> str:
        refs = list(self.run.desk.blotter.orders)
        return refs[place % len(refs)] if refs else ""

    # Getting better

    def fill_disk(self, *, is_full: bool) -> None:
        self.is_full = is_full
        self.run.paper.fill_disk(is_full=is_full)

    def heal(self) -> None:
        """Network, stream and disk are well again."""
        self.run.transport.heal()
        self.run.stream.mood = Mood.PROMPT
        self.fill_disk(is_full=False)
        self.run.do(self.run.stream.mend)
        self.run.advance(3.0)

    def resume(self) -> None:
        self.run.do(self.run.desk.kill.stop)
        self.run.advance(6.0)
        self.run.do(lambda: self.run.desk.kill.resume("resume"))

    def come_to_rest(self) -> None:
        """A few quiet minutes: the program finds everything out, and a person gives up what the venue never had."""
        run = self.run
        run.advance(ACTIVE)
        for _ in range(REST):
            if not (run.placing or run.desk.kill.is_running or run.desk.blotter.unclear()) and run.desk.controls.is_reconciled:
                break
            self.presume()
            run.advance(4.0)
        run.do(run.desk.watch.reconcile)
        run.advance(2.0)

    def touched(self) -> None:
        """Something happened at the exchange: it announces that at its next step."""
        self.run.do(self.run.step_exchange)
        self.run.advance(0.02)


def limits(silence: Silence) -> Limits:
    """Generous ones: the rules have tests of their own. Only too much matched at once is met now and then."""
    return Limits(**{name: getattr(GENEROUS, name) for name in GENEROUS.__struct_fields__} | {"silence": silence})
