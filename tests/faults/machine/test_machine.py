"""Orders through any sequence of clicks, faults, pushes, crashes and games: a state machine over the real program and the real exchange."""

from __future__ import annotations

import os
from typing import ClassVar

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.account import Deduction
from app.domain.risk import Silence
from tests.faults.machine.day import Day, Prices, limits
from tests.faults.machine.stream import Mood
from tests.faults.machine.transport import ANY, FAULTS
from tests.faults.machine.world import EVENTS

# By ending the process: an exception in the middle of an example would be taken for its finding, and be shrunk for hours.
pytestmark = pytest.mark.timeout(900, method="thread")

KNOWN: tuple[str, ...] = ("more than eight weeks ago",)
"""What the program does not find out, each a part of the sentence that says what is wrong: no reading of the record reaches so far back."""

CLASSES = 4  # that share the examples of a profile

events = st.sampled_from([EVENTS[0], EVENTS[0], EVENTS[1]])
sides = st.integers(0, 1)
places = st.integers(0, 7)
yes_or_no = st.booleans()
prices = st.sampled_from([(150, -164), (160, -154), (144, -170), (174, -140), (140, -180), (200, -110)])  # taking and resting ones
stakes = st.sampled_from(["10.00", "75.00", "1.00", "33.33", "200.00"])
waits = st.sampled_from([1.0, 6.0, 0.2, 0.05, 0.015, 0.0])
lags = st.sampled_from([0.0, 5.0, 30.0, 90.0])
moods = st.sampled_from([Mood.LOST, Mood.HELD, Mood.PROMPT, Mood.TWICE])
faults = st.sampled_from(sorted(FAULTS))
losses = st.sampled_from(
    sorted(name for name, fault in FAULTS.items() if fault.is_done and (fault.raises or fault.is_silent or fault.status))
)
maybe = st.just("") | faults
calls = st.sampled_from(["history", "submit", "cancel", "order", "cancel_all", "cancel_many", "matches", "balance", ANY])
downtimes = st.sampled_from([0.0, 2.0, 100.0, 4_000.0, 100_000.0])
stops = st.sampled_from(["after the journal", "before the exchange", "after the exchange"])


class OrderMachine(RuleBasedStateMachine):
    """One account's day, or three. Every rule is something that happens to a trader."""

    deduction: ClassVar[Deduction] = Deduction.ON_MATCH
    is_live: ClassVar[bool] = False
    has_cancel_all: ClassVar[bool] = True
    day: Day

    @initialize(silence=st.sampled_from(Silence))
    def begin(self, silence: Silence) -> None:
        self.day = Day(limits(silence), deduction=self.deduction, is_live=self.is_live, has_cancel_all=self.has_cancel_all)

    # What a person does

    @rule(event_id=events, side=sides, price=prices, stake=stakes, wait=waits, insists=yes_or_no)
    def click(self, event_id: int, side: int, price: Prices, stake: str, wait: float, insists: bool) -> None:
        self.day.click(self.day.draft(event_id, side, price, stake), wait, insists=insists)

    @rule(side=sides, price=prices, stake=stakes, wait=waits, kind=faults)
    def click_into_a_fault(self, side: int, price: Prices, stake: str, wait: float, kind: str) -> None:
        self.day.run.transport.meet("submit", kind)
        self.day.click(self.day.draft(EVENTS[0], side, price, stake), wait, insists=True)

    @rule(
        side=sides, price=prices, kind=losses, lag=st.sampled_from([90.0, 30.0, 5.0]), mood=moods, wait=st.sampled_from([45.0, 1.0, 0.02])
    )
    def lose_an_order(self, side: int, price: Prices, kind: str, lag: float, mood: Mood, wait: float) -> None:
        """The exchange takes it, and neither answer nor push nor record may say so for a while; a person gives it up when offered to."""
        self.day.run.transport.lag, self.day.run.stream.mood = lag, mood
        self.click_into_a_fault(side, price, "50.00", wait, kind)
        self.day.run.advance(wait)
        self.day.presume()

    @rule(side=sides, price=prices, stake=stakes, apart=st.sampled_from([0.0, 0.1, 1.9, 2.1, 3.0]))
    def click_twice(self, side: int, price: Prices, stake: str, apart: float) -> None:
        self.day.click_twice(self.day.draft(EVENTS[0], side, price, stake), apart)

    @rule(side=sides, price=prices, kind=st.sampled_from(["401", "late", "slow", "429", ""]), wait=waits)
    def pull_while_sending(self, side: int, price: Prices, kind: str, wait: float) -> None:
        self.day.run.transport.meet("submit", kind)
        self.day.click(self.day.draft(EVENTS[0], side, price, "20.00"), wait, insists=True)
        self.kill_switch(False, 0.05)

    @rule(place=places, wait=waits, kind=maybe)
    def place_again(self, place: int, wait: float, kind: str) -> None:
        if sending := self.day.sending_again(place):
            self.day.run.transport.meet("submit", kind)
            self.day.run.place(sending, wait)

    @rule(place=places, wait=waits, kind=maybe)
    def cancel(self, place: int, wait: float, kind: str) -> None:
        if ref := self.day.ref(place):
            self.day.run.transport.meet("cancel", kind)
            self.day.cancel(ref, wait)

    @rule(wait=waits)
    def cancel_all(self, wait: float) -> None:
        self.day.run.start_task(self.day.run.desk.trading.cancel_all(), wait)

    @rule(is_from_outside=yes_or_no, wait=waits)
    def kill_switch(self, is_from_outside: bool, wait: float) -> None:
        if is_from_outside:
            self.day.halt_from_outside()
        else:
            self.day.run.do(lambda: self.day.run.desk.kill.pull("a person pulled it"))
        self.day.run.advance(wait)

    @precondition(lambda self: self.day.run.journal.halt)
    @rule()
    def resume(self) -> None:
        """A person stops the loop and lifts the halt."""
        self.day.resume()

    @rule()
    def rush(self) -> None:
        self.day.rush()

    # The network and the disk

    @rule(on=calls, kind=faults, times=st.integers(1, 3))
    def answer(self, on: str, kind: str, times: int) -> None:
        self.day.run.transport.meet(on, kind, times)

    @rule(lag=lags)
    def history_lags(self, lag: float) -> None:
        self.day.run.transport.lag = lag

    @rule(how=st.sampled_from([*Mood, "now", "now, last first"]))
    def pushes_come(self, how: str) -> None:
        stream = self.day.run.stream
        if isinstance(how, Mood):
            stream.mood = how
        else:
            self.day.run.do(lambda: stream.release(is_backwards=how == "now, last first"))

    @rule(how=st.sampled_from(["drop", "cut", "mend", "the session is forgotten"]))
    def stream(self, how: str) -> None:
        stream = self.day.run.stream
        if how == "the session is forgotten":
            self.day.run.transport.meet(ANY, "401")
            return
        stream.is_cut = how == "cut"
        self.day.run.do(stream.mend if how == "mend" else stream.drop)

    @rule(how=st.sampled_from(["write what waits", "full", "free again"]))
    def disk(self, how: str) -> None:
        if how == "write what waits":
            self.day.run.paper.flush()
        else:
            self.day.fill_disk(is_full=how == "full")

    @rule()
    def all_is_well_again(self) -> None:
        self.day.heal()
        self.day.resume()

    # The exchange

    @rule(event_id=events, side=sides, price=prices, stake=st.integers(1_00, 50_00))
    def bet_elsewhere(self, event_id: int, side: int, price: Prices, stake: int) -> None:
        self.day.world.bet_elsewhere(event_id, side, price[side], stake)
        self.day.touched()

    @rule(place=places)
    def cancel_elsewhere(self, place: int) -> None:
        self.day.world.cancel_elsewhere(place)
        self.day.touched()

    @rule(place=places, part=st.sampled_from([1.0, 0.5, 0.01]))
    def fill(self, place: int, part: float) -> None:
        self.day.world.fill(place, part)
        self.day.touched()

    @rule(event_id=events, side=sides, price=prices, stake=st.integers(1_00, 150_00))
    def rival_bets(self, event_id: int, side: int, price: Prices, stake: int) -> None:
        self.day.world.rival_bets(event_id, side, price[side], stake)
        self.day.touched()

    @rule(event_id=events, what=st.sampled_from(["suspend", "reopen", "kick off", "end"]))
    def game(self, event_id: int, what: str) -> None:
        self.day.world.change_game(event_id, what)
        self.day.touched()

    # Time and the machine

    @rule(seconds=st.sampled_from([0.001, 0.02, 0.3, 1.0, 3.0, 6.0, 12.0, 45.0]))
    def advance(self, seconds: float) -> None:
        self.day.run.advance(seconds)

    @precondition(lambda self: self.day.run.desk.blotter.unclear())
    @rule(seconds=st.sampled_from([20.0, 45.0, 90.0, 340.0]))
    def wait_and_presume(self, seconds: float) -> None:
        self.day.run.advance(seconds)
        self.day.presume()

    @rule(hours=st.sampled_from([0.2, 1.0, 30.0, 72.0]))
    def sleep(self, hours: float) -> None:
        """The computer sleeps; when it wakes its socket is gone."""
        self.day.run.do(self.day.run.stream.drop)
        self.day.world.live_on(hours * 3600, is_asleep=True)
        self.day.run.advance(1.0)

    @rule(downtime=downtimes, wait=st.sampled_from([3.0, 3.0, 0.05, 0.0]), on=calls, kind=maybe)
    def crash(self, downtime: float, wait: float, on: str, kind: str) -> None:
        """The next start may meet a fault as well."""
        self.day.run.transport.meet(on, kind, 3)
        self.day.crash(downtime)
        self.day.run.advance(wait)

    @rule(side=sides, price=prices, stake=stakes, again=yes_or_no, downtime=downtimes, moment=stops)
    def crash_in_mid_send(self, side: int, price: Prices, stake: str, again: bool, downtime: float, moment: str) -> None:
        run = self.day.run
        self.day.turn_to(EVENTS[0])
        new = self.day.sending(self.day.draft(EVENTS[0], side, price, stake), insists=True)
        run.stop_sending(moment)
        run.place((self.day.sending_again(0) if again else None) or new, 0.05)
        self.day.crash(downtime)

    # What must hold

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "day"):
            self._judge(self.day.judge.after_step())

    def teardown(self) -> None:
        if not hasattr(self, "day"):
            return
        try:
            self.day.heal()
            self.day.come_to_rest()
            self._judge(self.day.judge.after_step() + self.day.judge.at_end())
        finally:
            self.day.close()

    def _judge(self, wrongs: list[str]) -> None:
        new = [wrong for wrong in wrongs if not any(known in wrong for known in KNOWN)]
        if new:
            note("\n".join(f"{one.at:%d %H:%M:%S.%f} {one.words}" for one in list(self.day.run.notices.lines)[-30:]))
            raise AssertionError("; ".join(new))


class ChargedOnPlacement(OrderMachine):
    deduction = Deduction.ON_PLACEMENT


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

TestChargedOnMatch.settings = SHARE
TestChargedOnPlacement.settings = SHARE
TestInPlay.settings = SHARE
TestWithoutCancelAll.settings = SHARE
