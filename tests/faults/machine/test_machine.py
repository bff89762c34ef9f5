"""Orders through any sequence of clicks, faults, pushes, crashes and games: a state machine over the real program and the real exchange."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import ClassVar

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.errors import StoppedError
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderState
from app.domain.risk import Limits, Silence
from app.store.journal.opening import open_journal
from tests.faults.machine.desk import Run
from tests.faults.machine.judge import Judge
from tests.faults.machine.paper import Auditor
from tests.faults.machine.stream import Mood
from tests.faults.machine.transport import ANY, FAULTS, Asked
from tests.faults.machine.virtual import VirtualTime
from tests.faults.machine.world import EVENTS, MARKET, World, selection

KNOWN: tuple[str, ...] = ()
"""Defects of the program that are not mended yet, each a part of the sentence that says what is wrong. Must be empty."""

EXAMPLES, CLASSES = 4, 4
SHELF = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

events = st.sampled_from(EVENTS)
sides = st.integers(0, 1)
places = st.integers(0, 7)
prices = st.sampled_from([(150, -164), (144, -170), (140, -180), (160, -154), (174, -140), (200, -110)])
stakes = st.sampled_from(["10.00", "1.00", "33.33", "75.00", "200.00"])
patience = st.sampled_from([6.0, 1.0, 0.05, 0.015, 0.0])
yes_or_no = st.booleans()


@cache
def blank_journal() -> Path:
    folder = Path(tempfile.mkdtemp(dir=SHELF, prefix="overround-blank-"))
    open_journal(folder / "blank.db", now=VirtualTime().now).file.close()
    return folder / "blank.db"


class OrderMachine(RuleBasedStateMachine):
    """One account's day, or three. Every rule is something that happens to a trader."""

    deduct: ClassVar[str] = "match"
    is_live: ClassVar[bool] = False
    has_cancel_all: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=SHELF, prefix="overround-machine-"))
        self.file = self.folder / "journal.db"
        shutil.copy(blank_journal(), self.file)
        self.time = VirtualTime()
        self.world = World(self.time, deduct=self.deduct, is_live=self.is_live)
        self.auditor = Auditor(self.file)
        self.asked: list[Asked] = []
        self.refs = count(1)
        self.limits = Limits()
        self.judge = Judge(self.world, self.auditor, self.asked)
        self.is_full = False

    @initialize(silence=st.sampled_from(Silence))
    def begin(self, silence: Silence) -> None:
        self.limits = Limits(
            selection=Decimal(100_000), event=Decimal(100_000), day=Decimal(1_000_000), day_loss=Decimal(100_000),
            unmatched_ratio=Decimal(50), worse_steps=200, sanity_factor=Decimal(100), leap_factor=Decimal(1000),
            orders_in_ten_seconds=300, orders_a_minute=1800, burst_matched=Decimal(500), silence=silence,
        )  # fmt: skip
        self._start()
        self.run.advance(2.5)

    def _start(self) -> None:
        self.run = Run(
            self.world, self.file, limits=self.limits, refs=self.refs, asked=self.asked, check=self.judge.request, saw=self.judge.saw
        )
        self.run.venue.has_cancel_all = self.has_cancel_all
        self.judge.watch(self.run)
        self.run.start(EVENTS[0])

    # What a person does

    @rule(event_id=events, side=sides, price=prices, stake=stakes, wait=patience, insists=yes_or_no)
    def click(self, event_id: int, side: int, price: tuple[int, int], stake: str, wait: float, insists: bool) -> None:
        draft = self._draft(event_id, side, price, stake)
        self._open(event_id)
        was_unknown = self._has_unknown(draft)
        outcome = self.run.place(self.run.click(draft, frozenset({"UNKNOWN"} if insists else ())), wait)
        assert not (was_unknown and not insists) or isinstance(outcome, str), "an unknown order did not stop the next one"

    @rule(side=sides, price=prices, stake=stakes, apart=st.sampled_from([0.0, 0.0, 0.1, 1.9, 2.1, 3.0]))
    def click_twice(self, side: int, price: tuple[int, int], stake: str, apart: float) -> None:
        """A double click, or the same order meant once more."""
        draft = self._draft(EVENTS[0], side, price, stake)
        self._open(EVENTS[0])
        click = self.run.click(draft, frozenset({"UNKNOWN"}))
        first = self.run.do(lambda: self.run.begin(click))
        if apart:
            self.run.advance(apart)
        second = self.run.place(click, 0.0)
        self.run.advance(0.1)
        is_stopped = isinstance(second, str) or (first.done() and isinstance(first.result(), str))
        assert apart > 2.0 or is_stopped, f"the same order went twice within {apart} s"

    @rule(event_id=events)
    def look_at(self, event_id: int) -> None:
        self._open(event_id)

    @rule(place=places, wait=patience)
    def cancel(self, place: int, wait: float) -> None:
        ref = self._pick(place)
        if ref:
            self.run.do(lambda: self.run.tasks.start(self.run.desk.trading.cancel(ref)))
            self.run.advance(wait)

    @rule(wait=patience)
    def cancel_all(self, wait: float) -> None:
        self.run.do(lambda: self.run.tasks.start(self.run.desk.trading.cancel_all()))
        self.run.advance(wait)

    @rule(wait=patience)
    def pull_kill_switch(self, wait: float) -> None:
        self.run.do(lambda: self.run.desk.kill.pull("a person pulled it"))
        self.run.advance(wait)

    @rule()
    def stop_kill_loop(self) -> None:
        self.run.do(self.run.desk.kill.stop)
        self.run.advance(0.5)

    @rule()
    def resume(self) -> None:
        self.run.do(lambda: self.run.desk.kill.resume("resume"))

    @rule(place=places, wait=patience)
    def place_again(self, place: int, wait: float) -> None:
        again = [order for order in self.run.desk.blotter.orders.values() if order.state in _AGAIN]
        if again:
            ref = again[place % len(again)].ref
            self.run.place(lambda: self.run.desk.trading.place_again(ref), wait)

    @rule(place=places)
    def presume_not_placed(self, place: int) -> None:
        """The window offers it for an order that the venue was asked for often enough."""
        unknown = [order.ref for order in self.run.desk.blotter.unknown() if self.judge.presumes(order.ref)]
        if unknown:
            self.run.do(lambda: self.run.desk.trading.presume_not_placed(unknown[place % len(unknown)]))

    # The network

    @rule(on=st.sampled_from(["submit", "submit", "submit", "cancel", "history", "order", "cancel_all", "cancel_many", ANY]),
          kind=st.sampled_from(list(FAULTS)), times=st.integers(1, 3))  # fmt: skip
    def answer(self, on: str, kind: str, times: int) -> None:
        self.run.transport.faults.extend([(on, FAULTS[kind])] * times)

    @rule(seconds=st.sampled_from([0.0, 5.0, 30.0, 90.0]))
    def history_lags(self, seconds: float) -> None:
        self.run.transport.lag = seconds

    @rule(mood=st.sampled_from(Mood))
    def pushes_come(self, mood: Mood) -> None:
        self.run.stream.mood = mood

    @rule(is_backwards=yes_or_no)
    def release_pushes(self, is_backwards: bool) -> None:
        self.run.do(lambda: self.run.stream.release(is_backwards=is_backwards))

    @rule(is_cut=yes_or_no)
    def lose_stream(self, is_cut: bool) -> None:
        self.run.stream.is_cut = is_cut
        self.run.do(self.run.stream.drop)

    @rule()
    def mend_stream(self) -> None:
        self.run.do(self.run.stream.mend)
        self.run.advance(0.1)

    @rule()
    def expire_token(self) -> None:
        """The venue forgets our session, and says so once."""
        self.run.transport.faults.append((ANY, FAULTS["401"]))

    # The exchange

    @rule(event_id=events, side=sides, price=prices, stake=st.integers(1_00, 50_00))
    def bet_elsewhere(self, event_id: int, side: int, price: tuple[int, int], stake: int) -> None:
        self.world.step()
        self.world.bet_elsewhere(event_id, side, price[side], stake)
        self._touched()

    @rule(place=places)
    def cancel_elsewhere(self, place: int) -> None:
        self.world.step()
        if self.world.ours:
            self.world.cancel_elsewhere(self.world.ours[place % len(self.world.ours)])
            self._touched()

    @rule(place=places, part=st.sampled_from([1.0, 0.5, 0.01]))
    def fill(self, place: int, part: float) -> None:
        self.world.step()
        resting = [order for order in self.world.ours if order.opened_at and order.open_quantity]
        if resting:
            self.world.fill(resting[place % len(resting)], part)
            self._touched()

    @rule(event_id=events, side=sides, price=prices, stake=st.integers(1_00, 150_00))
    def rival_bets(self, event_id: int, side: int, price: tuple[int, int], stake: int) -> None:
        self.world.step()
        self.world.rival_bets(event_id, side, price[side], stake)
        self._touched()

    @rule(event_id=events, is_over=yes_or_no)
    def suspend(self, event_id: int, is_over: bool) -> None:
        self.world.step()
        self.world.suspend(event_id, is_over=is_over)
        self._touched()

    @rule(event_id=events)
    def kick_off(self, event_id: int) -> None:
        self.world.kick_off(event_id)
        self._touched()

    @rule(event_id=events)
    def end_game(self, event_id: int) -> None:
        self.world.end(event_id)
        self._touched()

    # Time and the machine

    @rule(seconds=st.sampled_from([0.001, 0.02, 0.3, 1.0, 3.0, 6.0, 12.0, 45.0]))
    def advance(self, seconds: float) -> None:
        self.run.advance(seconds)

    @precondition(lambda self: self.run.desk.blotter.unclear())
    @rule(seconds=st.sampled_from([90.0, 340.0]))
    def wait_for_news(self, seconds: float) -> None:
        self.run.advance(seconds)

    @rule(hours=st.sampled_from([0.2, 1.0, 30.0, 72.0]))
    def sleep(self, hours: float) -> None:
        """The computer sleeps; when it wakes its socket is gone."""
        self.run.do(self.run.stream.drop)
        self.world.live_on(hours * 3600, is_asleep=True)
        self.run.advance(1.0)

    @rule()
    def flush(self) -> None:
        self.run.paper.flush()

    @rule(is_full=yes_or_no)
    def disk_full(self, is_full: bool) -> None:
        self.is_full = is_full
        self.run.paper.fill_disk(is_full=is_full)

    @rule(downtime=st.sampled_from([0.0, 1.0, 20.0, 600.0, 100_000.0]), wait=st.sampled_from([0.0, 0.05, 3.0]))
    def crash(self, downtime: float, wait: float) -> None:
        self._crash(downtime)
        self.run.advance(wait)

    @rule(
        side=sides, price=prices, stake=stakes, again=yes_or_no, downtime=st.sampled_from([0.0, 2.0, 100.0]),
        moment=st.sampled_from(["after the journal", "before the exchange", "after the exchange"]),
    )  # fmt: skip
    def crash_in_mid_send(self, side: int, price: tuple[int, int], stake: str, again: bool, moment: str, downtime: float) -> None:
        run = self.run
        self._open(EVENTS[0])
        resendable = [order.ref for order in run.desk.blotter.orders.values() if order.state in _AGAIN]
        if again and resendable:
            sending = lambda: run.desk.trading.place_again(resendable[0])  # noqa: E731
        else:
            sending = run.click(self._draft(EVENTS[0], side, price, stake), frozenset({"UNKNOWN"}))
        run.paper.stops_after_intent = moment == "after the journal"
        run.transport.stop_at = ("submit", moment == "after the exchange") if moment != "after the journal" else None
        run.place(sending, 0.05)
        self._crash(downtime)

    @rule(wait=st.sampled_from([0.0, 2.0]))
    def halt_from_another_program(self, wait: float) -> None:
        if self.is_full:
            return
        other = Run(
            self.world, self.file, limits=self.limits, refs=self.refs, asked=[], check=lambda _asked: None, saw=lambda _entry, _order: None
        )
        other.halt_and_leave("cancel-all was started from the command line")
        self.run.advance(wait)

    # What must hold

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "run"):
            self._judge(self.judge.after_step())

    def teardown(self) -> None:
        try:
            if hasattr(self, "run"):
                self._heal()
                self._come_to_rest()
                self._judge(self.judge.after_step() + self.judge.at_end())
        finally:
            if hasattr(self, "run"):
                self.run.crash()
            self.auditor.close()
            shutil.rmtree(self.folder)

    def _heal(self) -> None:
        self.run.transport.heal()
        self.run.stream.mood = Mood.PROMPT
        self.run.paper.fill_disk(is_full=False)
        self.run.do(self.run.stream.mend)
        self.run.advance(3.0)

    def _come_to_rest(self) -> None:
        """A few quiet minutes: the program finds everything out, and a person gives up what the venue never had."""
        run = self.run
        for _ in range(150):
            if not (run.placing or run.desk.kill.is_running or run.desk.blotter.unclear()) and run.desk.controls.is_reconciled:
                break
            for order in run.desk.blotter.unknown():
                if self.judge.presumes(order.ref):
                    run.do(lambda ref=order.ref: run.desk.trading.presume_not_placed(ref))
            run.advance(4.0)
        run.do(run.desk.watch.reconcile)
        run.advance(2.0)

    # Parts

    def _judge(self, wrongs: list[str]) -> None:
        new = [wrong for wrong in wrongs if not any(known in wrong for known in KNOWN)]
        if new:
            note("\n".join(f"{notice.at:%d %H:%M:%S.%f} {notice.words}" for notice in list(self.run.notices.lines)[-30:]))
            raise AssertionError("; ".join(new))

    def _crash(self, downtime: float) -> None:
        faults, lag, mood = self.run.transport.faults, self.run.transport.lag, self.run.stream.mood
        was_halted = self.auditor.is_halted()
        self.run.crash()
        self.world.live_on(downtime, is_asleep=False)
        self._start()
        self.run.transport.faults, self.run.transport.lag, self.run.stream.mood = faults, lag, mood
        self.run.paper.fill_disk(is_full=self.is_full)
        assert not was_halted or self.run.journal.halt, "a halt did not survive the restart"

    def _draft(self, event_id: int, side: int, price: tuple[int, int], stake: str) -> OrderDraft:
        key = MarketKey(event_id, MARKET, Decimal(0))
        return OrderDraft(key, selection(event_id, side), from_american(price[side]), Decimal(stake), "Game", "Moneyline", f"Side {side}")

    def _open(self, event_id: int) -> None:
        """A person turns to an event: its prices are there a moment later."""
        self.world.step()
        self.world.quote(event_id)
        if self.run.desk.session.open_event_id != event_id:
            self.run.do(lambda: self.run.desk.session.open_event(event_id))
            self.run.advance(1.2)

    def _has_unknown(self, draft: OrderDraft) -> bool:
        return any(order.draft.selection_id == draft.selection_id for order in self.run.desk.blotter.unknown())

    def _pick(self, place: int) -> str:
        refs = list(self.run.desk.blotter.orders)
        return refs[place % len(refs)] if refs else ""

    def _touched(self) -> None:
        """Something happened at the exchange: it announces that at its next step."""
        self.run.do(self.run._step)
        self.run.advance(0.02)


_AGAIN = frozenset({OrderState.NOT_SENT, OrderState.UNKNOWN, OrderState.PRESUMED})


class ChargedOnPlacement(OrderMachine):
    deduct = "placement"


class InPlay(OrderMachine):
    is_live = True


class WithoutCancelAll(OrderMachine):
    has_cancel_all = False


PROFILE = settings.get_profile(os.environ.get("ORDER_MACHINE", "commit"))
SHARE = settings(PROFILE, max_examples=PROFILE.max_examples // CLASSES)

TestChargedOnMatch = OrderMachine.TestCase
TestChargedOnPlacement = ChargedOnPlacement.TestCase
TestInPlay = InPlay.TestCase
TestWithoutCancelAll = WithoutCancelAll.TestCase

for case in (TestChargedOnMatch, TestChargedOnPlacement, TestInPlay, TestWithoutCancelAll):
    case.settings = SHARE
