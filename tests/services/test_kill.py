"""The kill switch: halt first, then cancel and look until two looks in a row find nothing, in every state the program can be in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError, VenueError
from app.domain.offer import Offer
from app.domain.order import Cancel, History, HistoryQuery, OrderReport, OrderState
from app.domain.record import CancelEnded, CancelSent, Halted, Resumed
from app.services.kill import BATCH, PAUSE, SLOWEST
from tests.services.fakes import Clock, Desk, FakeVenue, draft, money, report, settle, turn


class House(FakeVenue):
    """A venue that holds orders: what is cancelled there is off the book, what it holds is in its history. `is_down`: no network."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.held: dict[str, OrderReport] = {}
        self.stubborn: set[str] = set()  # ids that no cancel takes off
        self.hidden: set[str] = set()  # ids that it holds and shows nowhere yet
        self.is_down = False
        self.lag: timedelta | None = None  # how far its record says that it is behind

    def hold(self, ref: str, status: str = "open", **more: object) -> None:
        self.held[f"v-{ref}"] = report(ref, status, order_id=f"v-{ref}", **more)

    @property
    def still_open(self) -> list[str]:
        return [one.ref for one in self.held.values() if one.status in {"open", "inactive"}]

    async def cancel_all(self) -> None:
        await super().cancel_all()
        for venue_order_id in self.held:
            self._take_off(venue_order_id)

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        await super().cancel_many(orders)
        return [told for _, venue_order_id in orders if (told := self._take_off(venue_order_id))], []

    async def order(self, venue_order_id: str) -> OrderReport:
        await self._call("order", venue_order_id)
        if venue_order_id not in self.held or venue_order_id in self.hidden:
            raise RefusedError("no such order", status=404)
        return self.held[venue_order_id]

    async def history(self, query: HistoryQuery) -> History:
        await super().history(query)
        shown = [told for venue_order_id, told in self.held.items() if venue_order_id not in self.hidden]
        told = [one for one in shown if query.status in ("", one.status)]
        return History(told, self._clock.now() - self.lag if self.lag is not None else self.synced_at, self.is_whole)

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        await super().cancel(ref, venue_order_id)
        return self._take_off(venue_order_id)

    async def _call(self, *call: object) -> None:
        await super()._call(*call)
        if self.is_down:
            raise NotSentError("The venue cannot be reached (no network)")

    def _take_off(self, venue_order_id: str) -> OrderReport | None:
        told = self.held.get(venue_order_id)
        if told is None or told.status not in {"open", "inactive"} or venue_order_id in self.stubborn:
            return None
        self.held[venue_order_id] = msgspec.structs.replace(told, status="canceled", updated_at=self._clock.now())
        return self.held[venue_order_id]


class Floor:
    """A desk at such a venue."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.house = House(self.clock)
        self.desk = Desk(self.house, self.clock)
        self.desk.ready()

    def know(self, *refs: str) -> None:
        """Orders of ours that stand at the venue."""
        for ref in refs:
            self.clock.move(0.001)  # one after the other
            self.house.hold(ref)
            self.desk.blotter.apply(self.house.held[f"v-{ref}"])

    def at_round(self, number: int, act: Callable[[], None]) -> None:
        """Something happens when the loop has ended a round of this number."""
        kill = self.desk.kill
        done: list[int] = []

        def look() -> None:
            if kill.rounds == number and kill.is_running and not done:
                done.append(number)
                act()

        kill.changed.connect(look)

    async def lost(self) -> str:
        """An order whose answer was lost; its reference."""
        self.house.troubles["place"] = [UnknownError("No answer within 5 s")]
        return (await self.desk.trading.place(draft())).ref


@pytest.fixture
def floor() -> Floor:
    return Floor()


async def run(floor: Floor, seconds: float = 600) -> bool:
    """The loop to its end; a loop that still runs after so many seconds of its own time never ends."""
    until = floor.clock.seconds + seconds
    running = asyncio.create_task(floor.desk.kill.run("a person pressed it"))
    await settle(lambda: running.done() or floor.clock.seconds >= until, turns=100_000)
    if not running.done():
        floor.desk.kill.stop()
        await running
        raise AssertionError(f"it still runs after {seconds} s: {floor.desk.kill.words}")
    return running.result()


# Halt before anything


async def test_the_halt_stands_before_the_first_request_leaves(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.gates["cancel_all"] = asyncio.Event()
    floor.desk.kill.pull("a person pressed it")
    assert floor.desk.journal.halt == "a person pressed it", "in the very moment, not when a task comes to it"
    assert floor.desk.journal.of(Halted)[0].words == "a person pressed it"
    await settle(lambda: floor.house.asked("cancel_all"))
    assert floor.desk.kill.is_running
    floor.house.gates["cancel_all"].set()
    await settle(lambda: not floor.desk.kill.is_running)
    assert floor.desk.journal.halt


async def test_a_new_order_is_denied_by_name_and_nothing_leaves(floor: Floor) -> None:
    floor.desk.journal.halt_for("a person pressed it")
    with pytest.raises(DeniedError) as denied:
        await floor.desk.trading.place(draft())
    assert (denied.value.code, str(denied.value)) == ("HALTED", "Orders are halted: a person pressed it")
    assert floor.house.asked("place") == []


async def test_a_click_whose_intent_is_being_written_down_is_stopped(floor: Floor) -> None:
    floor.desk.journal.gate.clear()
    placing = asyncio.create_task(floor.desk.trading.place(draft()))
    await turn()
    floor.desk.kill.pull("a person pressed it")
    floor.desk.journal.gate.set()
    with pytest.raises(DeniedError) as denied:
        await placing
    assert denied.value.code == "HALTED"
    assert floor.house.asked("place") == []
    await settle(lambda: not floor.desk.kill.is_running)


async def test_a_click_that_waits_for_its_turn_on_the_wire_is_stopped_by_the_last_look(floor: Floor) -> None:
    queue = asyncio.Event()
    place = floor.house.place

    async def place_in_turn(*order: object) -> OrderReport:
        await queue.wait()
        return await place(*order)  # type: ignore[arg-type]

    floor.house.place = place_in_turn  # type: ignore[method-assign, assignment]
    placing = asyncio.create_task(floor.desk.trading.place(draft()))
    await turn()
    floor.desk.kill.pull("a person pressed it")
    queue.set()
    order = await placing
    assert (order.state, order.at_risk) == (OrderState.DENIED, money(0))
    assert floor.house.asked("place") == []
    await settle(lambda: not floor.desk.kill.is_running)


async def test_an_order_that_was_on_the_wire_is_waited_for_and_cancelled(floor: Floor) -> None:
    floor.house.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(floor.desk.trading.place(draft()))
    await settle(lambda: floor.house.asked("place"))
    killing = asyncio.create_task(run(floor))
    await settle(lambda: floor.desk.kill.rounds > 3)
    assert [order.state for order in floor.desk.kill.remaining] == [OrderState.SENDING]
    floor.house.hold("ov-1", "inactive")
    floor.house.gates["place"].set()
    await placing
    assert await killing
    assert floor.house.still_open == []


# The loop


async def test_two_calm_looks_in_a_row_end_it(floor: Floor) -> None:
    floor.know("ov-1")
    assert await run(floor)
    assert (floor.desk.kill.rounds, len(floor.house.asked("cancel_all"))) == (2, 2)
    assert floor.house.still_open == []
    assert floor.desk.kill.remaining == []
    assert floor.desk.kill.words == "nothing is left on the book"
    assert floor.desk.naps == [PAUSE] * 3, "a moment between cancelling and looking, and between two rounds"


async def test_the_halt_stays_when_the_loop_has_ended(floor: Floor) -> None:
    assert await run(floor)
    assert floor.desk.kill.halt == "a person pressed it"


async def test_nothing_to_cancel_is_no_trouble(floor: Floor) -> None:
    floor.house.troubles["cancel_all"] = [RefusedError("none", code="no_cancellable_orders", status=404) for _ in range(2)]
    assert await run(floor)
    assert floor.desk.kill.rounds == 2


async def test_an_order_that_turns_up_late_starts_the_count_again(floor: Floor) -> None:
    floor.at_round(1, lambda: floor.house.hold("web-7"))
    floor.house.stubborn.add("v-web-7")
    floor.at_round(3, floor.house.stubborn.clear)
    assert await run(floor)
    assert floor.desk.kill.rounds == 5, "one calm, two with it, two calm"
    assert floor.house.still_open == []


async def test_an_order_placed_elsewhere_is_cancelled_too(floor: Floor) -> None:
    floor.house.hold("web-7")
    floor.house.offers -= {Offer.CANCEL_ALL}
    assert await run(floor)
    assert floor.house.still_open == []


async def test_what_the_venues_own_cancel_left_is_cancelled_by_its_id(floor: Floor) -> None:
    floor.know("ov-1", "ov-2")
    floor.house.stubborn = {"v-ov-1"}
    floor.at_round(1, floor.house.stubborn.clear)
    take_all = floor.house.cancel_all

    async def take_none() -> None:
        floor.house.stubborn = set(floor.house.held)
        await take_all()
        floor.house.stubborn = set()

    floor.house.cancel_all = take_none  # type: ignore[method-assign]
    assert await run(floor)
    assert floor.house.asked("cancel_many") == [(("ov-1", "v-ov-1"), ("ov-2", "v-ov-2"))]


@pytest.mark.parametrize(
    "problem", [UnknownError("No answer (500)"), NotSentError("slow down", status=429), RefusedError("no", status=403)]
)
async def test_a_cancel_all_that_never_works_does_not_keep_orders_from_being_cancelled_by_id(floor: Floor, problem: VenueError) -> None:
    floor.know("ov-1", "ov-2")
    floor.house.troubles["cancel_all"] = [problem] * 1000
    killing = asyncio.create_task(floor.desk.kill.run("a person pressed it"))
    await settle(lambda: floor.desk.kill.rounds > 3 or killing.done(), turns=2000)
    floor.desk.kill.stop()
    await killing
    assert floor.house.still_open == []


@pytest.mark.parametrize("problem", [UnknownError("No answer (500)"), RefusedError("not for this account", status=403)])
async def test_a_cancel_all_that_never_works_does_not_keep_the_loop_going_when_nothing_is_left(floor: Floor, problem: VenueError) -> None:
    floor.know("ov-1", "ov-2")
    floor.house.troubles["cancel_all"] = [problem] * 1000
    assert await run(floor), "two looks in a row found nothing: that is what ends it"
    assert floor.house.still_open == []


async def test_without_a_cancel_all_the_known_ids_go_in_batches(floor: Floor) -> None:
    floor.house.offers -= {Offer.CANCEL_ALL}
    floor.know(*(f"ov-{number}" for number in range(2 * BATCH + 5)))
    assert await run(floor)
    assert floor.house.asked("cancel_all") == []
    assert [len(batch) for batch in floor.house.asked("cancel_many")] == [BATCH, BATCH, 5]
    assert floor.house.still_open == []


@pytest.mark.parametrize("problem", [RefusedError("one of them is odd", status=400), UnknownError("No answer (500)")])
async def test_a_batch_that_fails_does_not_keep_the_others_from_being_cancelled(floor: Floor, problem: VenueError) -> None:
    floor.house.offers -= {Offer.CANCEL_ALL}
    floor.know(*(f"ov-{number:02}" for number in range(BATCH + 5)))
    cancel_many = floor.house.cancel_many

    async def all_but_the_first(orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        if "ov-00" in dict(orders):
            raise problem
        return await cancel_many(orders)

    floor.house.cancel_many = all_but_the_first  # type: ignore[method-assign]
    killing = asyncio.create_task(floor.desk.kill.run("a person pressed it"))
    await settle(lambda: floor.desk.kill.rounds > 3 or killing.done(), turns=3000)
    floor.desk.kill.stop()
    await killing
    assert len(floor.house.still_open) <= BATCH


async def test_every_cancel_is_written_down(floor: Floor) -> None:
    floor.house.offers -= {Offer.CANCEL_ALL}
    floor.know("ov-1", "ov-2")
    assert await run(floor)
    assert [entry.ref for entry in floor.desk.journal.of(CancelSent)] == ["ov-1", "ov-2"]


async def test_a_cancel_all_that_is_refused_for_another_reason_is_said(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.troubles["cancel_all"] = [RefusedError("the account is suspended", status=403) for _ in range(50)]
    heard: list[str] = []
    floor.desk.kill.changed.connect(lambda: heard.append(floor.desk.kill.words))
    floor.at_round(6, floor.desk.kill.stop)
    await floor.desk.kill.run("a person pressed it")
    assert any("suspended" in words for words in [*heard, *floor.desk.words])


async def test_a_second_pull_does_not_start_a_second_loop(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.gates["cancel_all"] = asyncio.Event()
    floor.desk.kill.pull("one")
    floor.desk.kill.pull("two")
    await turn()
    assert len(floor.house.asked("cancel_all")) == 1
    assert floor.desk.journal.halt == "one"
    floor.house.gates["cancel_all"].set()
    await settle(lambda: not floor.desk.kill.is_running)


# A record that lags, and one that is not whole: where the venue has no cancel-all only the record tells what stands there


def until(floor: Floor, moment: datetime, act: Callable[[], None]) -> None:
    """Something happens at the first round that ends after this moment."""
    done: list[bool] = []

    def look() -> None:
        if floor.clock.now() >= moment and not done:
            done.append(True)
            act()

    floor.desk.kill.changed.connect(look)


@pytest.fixture
def bare(floor: Floor) -> Floor:
    """A venue without a cancel-all."""
    floor.house.offers -= {Offer.CANCEL_ALL}
    floor.house.lag = timedelta()
    return floor


async def test_a_batch_that_is_refused_is_cancelled_one_by_one(bare: Floor) -> None:
    bare.know("ov-1", "ov-2", "ov-3")
    bare.house.troubles["cancel_many"] = [RefusedError("no such path", status=404)] * 1000
    bare.house.troubles["cancel"] = [RefusedError("it is being placed", code="order_is_placing", status=400)]
    assert await run(bare)
    assert bare.house.still_open == []
    assert len(bare.house.asked("cancel")) == 4, "each once, and the one that was refused again"
    ends = [(entry.ref, entry.words) for entry in bare.desk.journal.of(CancelEnded)]
    assert ("ov-1", "it is being placed") in ends, "each with an outcome of its own"


async def test_a_batch_without_an_answer_is_not_followed_by_single_cancels(bare: Floor) -> None:
    bare.know("ov-1", "ov-2")
    bare.house.troubles["cancel_many"] = [UnknownError("No answer (500)")]
    assert await run(bare)
    assert bare.house.asked("cancel") == []


async def test_a_record_that_lags_is_waited_for_and_what_it_shows_then_is_cancelled(bare: Floor) -> None:
    began = bare.clock.now()
    bare.house.lag = timedelta(seconds=40)
    bare.house.hold("web-7")
    bare.house.hidden = {"v-web-7"}
    until(bare, began + timedelta(seconds=39), bare.house.hidden.clear)
    heard: list[str] = []
    bare.desk.kill.changed.connect(lambda: heard.append(bare.desk.kill.words))
    assert await run(bare)
    assert bare.house.still_open == []
    assert (bare.clock.now() - began).total_seconds() > 100, "the lag, and a minute that a record which lags has to be past it"
    assert "round 1, 0 left: the venue's record has kept up to 11:59:20 UTC only, 100 s more to wait" in heard
    assert max(bare.desk.naps) <= SLOWEST
    assert bare.desk.kill.rounds < 30, "it is asked less often meanwhile"


async def test_a_record_that_does_not_lag_is_believed_within_a_few_seconds(bare: Floor) -> None:
    began = bare.clock.now()
    bare.know("ov-1")
    assert await run(bare)
    assert 2 < (bare.clock.now() - began).total_seconds() < 5


async def test_a_record_that_does_not_say_how_far_it_is_is_waited_for_a_minute(bare: Floor) -> None:
    bare.house.lag = None
    began = bare.clock.now()
    assert await run(bare)
    assert 60 < (bare.clock.now() - began).total_seconds() < 75


async def test_a_second_pull_waits_for_the_record_anew(bare: Floor) -> None:
    assert await run(bare)
    bare.clock.move(600)
    bare.house.lag = timedelta(seconds=30)
    began = bare.clock.now()
    assert await run(bare)
    assert (bare.clock.now() - began).total_seconds() > 90


async def test_a_venue_with_a_cancel_all_is_not_waited_for_however_its_record_lags(floor: Floor) -> None:
    floor.house.lag = timedelta(seconds=40)
    assert await run(floor)
    assert floor.desk.kill.rounds == 2


@pytest.mark.parametrize("has_cancel_all", [True, False])
async def test_a_record_that_is_not_whole_is_never_taken_for_an_empty_book(bare: Floor, has_cancel_all: bool) -> None:
    bare.house.offers |= {Offer.CANCEL_ALL} if has_cancel_all else frozenset()
    bare.house.is_whole = False

    def mend() -> None:
        bare.house.is_whole = True

    heard: list[str] = []
    bare.desk.kill.changed.connect(lambda: heard.append(bare.desk.kill.words))
    bare.at_round(8, mend)
    assert await run(bare)
    assert (bare.desk.kill.rounds, bare.desk.kill.has_emptied) == (10, True)
    assert "round 8, 0 left: the venue's record could not be read whole, so that more may stand there" in heard


# In every state


async def test_without_a_network_it_halts_at_once_shows_what_is_left_and_keeps_trying(floor: Floor) -> None:
    floor.know("ov-1", "ov-2")
    floor.house.is_down = True
    left: list[int] = []
    floor.desk.kill.changed.connect(lambda: left.append(len(floor.desk.kill.remaining)))

    def network_is_back() -> None:
        floor.house.is_down = False

    floor.at_round(8, network_is_back)
    assert await run(floor)
    assert set(left[:9]) == {2}
    assert floor.desk.kill.rounds >= 10
    assert max(floor.desk.naps) <= SLOWEST
    assert floor.house.still_open == []


async def test_the_words_of_a_failed_round_say_why(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.is_down = True
    floor.at_round(2, floor.desk.kill.stop)
    heard: list[str] = []
    floor.desk.kill.changed.connect(lambda: heard.append(floor.desk.kill.words))
    assert not await floor.desk.kill.run("a person pressed it")
    assert "round 1, 1 left: The venue cannot be reached (no network)" in heard


async def test_it_works_while_the_journal_cannot_be_written(floor: Floor) -> None:
    floor.know("ov-1")
    floor.desk.journal.trouble = "the disk is full"
    assert await run(floor)
    assert floor.house.still_open == []
    assert floor.desk.journal.halt


async def test_it_works_in_the_middle_of_a_start_that_knows_of_nothing_yet() -> None:
    clock = Clock()
    house = House(clock)
    desk = Desk(house, clock)
    house.hold("ov-1")
    house.hold("web-7")
    house.offers -= {Offer.CANCEL_ALL}
    assert await desk.kill.run("a person pressed it")
    assert house.still_open == []


async def test_it_does_not_need_match_prices(floor: Floor) -> None:
    floor.house.hold("web-7", filled=money(4), matching="partially_matched")
    floor.house.troubles["matches"] = [RefusedError("not for you", status=403)] * 1000
    assert await run(floor)


# What may still turn up


async def test_an_unknown_order_younger_than_a_minute_keeps_it_going_and_an_older_one_does_not(floor: Floor) -> None:
    ref = await floor.lost()
    started = floor.clock.seconds
    assert await run(floor)
    assert 60 <= floor.clock.seconds - started < 70
    assert floor.desk.blotter.orders[ref].state is OrderState.UNKNOWN, "it is not decided by waiting"


async def test_an_old_unknown_order_does_not_keep_it_going(floor: Floor) -> None:
    await floor.lost()
    floor.clock.move(60)
    assert await run(floor)
    assert floor.desk.kill.rounds == 2


async def test_an_unknown_order_that_turns_up_is_cancelled(floor: Floor) -> None:
    ref = await floor.lost()
    floor.house.hold(ref)
    floor.house.hidden = {f"v-{ref}"}
    floor.house.stubborn = {f"v-{ref}"}

    def shown() -> None:
        floor.house.hidden.clear()
        floor.house.stubborn.clear()

    floor.at_round(20, shown)
    assert await run(floor)
    assert floor.desk.blotter.orders[ref].state is OrderState.CANCELLED


async def test_an_order_that_the_venue_lost_long_ago_does_not_keep_it_going(floor: Floor) -> None:
    floor.desk.blotter.apply(report("ov-1", "open", order_id="v-ov-1", placed_at=floor.clock.now()))
    floor.clock.move(3600)
    assert await run(floor)
    assert floor.desk.blotter.orders["ov-1"].at_risk == money(10), "it goes on counting"


async def test_an_order_just_accepted_that_the_venue_does_not_show_yet_keeps_it_going(floor: Floor) -> None:
    order = await floor.desk.trading.place(draft())
    floor.house.hold(order.ref)
    floor.house.hidden = floor.house.stubborn = {f"v-{order.ref}"}
    floor.at_round(10, floor.house.hidden.clear)
    assert await run(floor)
    assert floor.house.still_open == [], "it stood on the book, and the venue's record was late"


async def test_an_order_that_the_venue_did_not_show_once_and_shows_again_keeps_it_going(floor: Floor) -> None:
    floor.know("ov-1")
    floor.clock.move(3600)
    floor.house.hidden = {"v-ov-1"}
    await floor.desk.reconciliation.run()
    floor.house.hidden.clear()
    floor.house.stubborn = {"v-ov-1"}
    await floor.desk.reconciliation.run()
    assert [order.ref for order in floor.desk.kill.remaining] == ["ov-1"], "it stands open in the venue's own history"


@pytest.mark.parametrize("problem", [RefusedError("suspended", status=403), RefusedError("bad request", status=400)])
async def test_an_order_whose_reading_is_refused_is_not_taken_for_gone(floor: Floor, problem: VenueError) -> None:
    floor.know("ov-1")
    floor.clock.move(3600)
    floor.house.hidden = {"v-ov-1"}
    floor.house.troubles["order"] = [problem]
    await floor.desk.reconciliation.run()
    assert [order.ref for order in floor.desk.kill.remaining] == ["ov-1"], "only not-found says that the venue does not have it"


# Stop and resume


async def test_a_person_stops_the_loop_and_the_halt_stays(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.stubborn = {"v-ov-1"}
    floor.at_round(3, floor.desk.kill.stop)
    assert not await floor.desk.kill.run("a person pressed it")
    assert floor.desk.kill.rounds == 3
    assert floor.desk.journal.halt
    assert [order.ref for order in floor.desk.kill.remaining] == ["ov-1"]


async def test_a_pull_after_a_stop_goes_on_although_the_loop_has_not_noticed_the_stop_yet(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.gates["cancel_all"] = asyncio.Event()
    floor.desk.kill.pull("one")
    await settle(lambda: floor.house.asked("cancel_all"))
    floor.desk.kill.stop()
    floor.desk.kill.pull("two")
    floor.house.gates["cancel_all"].set()
    await settle(lambda: not floor.desk.kill.is_running)
    assert floor.desk.kill.words == "nothing is left on the book"
    assert floor.house.still_open == []


@pytest.mark.parametrize("typed", ["", "yes", "resum", "resume now", "r e s u m e"])
async def test_anything_but_the_word_leaves_the_halt(floor: Floor, typed: str) -> None:
    floor.desk.journal.halt_for("a person pressed it")
    assert not floor.desk.kill.resume(typed)
    assert floor.desk.journal.halt


@pytest.mark.parametrize("typed", ["resume", " Resume ", "RESUME"])
async def test_the_word_lifts_the_halt_and_is_written_down(floor: Floor, typed: str) -> None:
    assert await run(floor)
    assert floor.desk.kill.resume(typed)
    assert floor.desk.journal.halt == ""
    assert floor.desk.journal.of(Resumed) == [Resumed("a person typed the word")]
    assert (await floor.desk.trading.place(draft())).state is OrderState.ACCEPTED


async def test_the_word_does_not_lift_the_halt_while_the_loop_runs(floor: Floor) -> None:
    floor.know("ov-1")
    floor.house.gates["cancel_all"] = asyncio.Event()
    floor.desk.kill.pull("a person pressed it")
    await settle(lambda: floor.house.asked("cancel_all"))
    assert not floor.desk.kill.resume("resume")
    assert floor.desk.journal.halt
    floor.house.gates["cancel_all"].set()
    await settle(lambda: not floor.desk.kill.is_running)


async def test_an_unknown_order_is_not_lost_over_a_kill_and_a_resume(floor: Floor) -> None:
    ref = await floor.lost()
    floor.clock.move(timedelta(minutes=2).total_seconds())
    assert await run(floor)
    floor.desk.kill.resume("resume")
    assert [order.ref for order in floor.desk.blotter.unknown()] == [ref]
    objection = floor.desk.trading.objection(draft(151))
    assert objection is not None
    assert "unknown outcome" in objection.words


# Mistakes of this program


@pytest.mark.parametrize("call", ["cancel_all", "cancel_many", "history"])
async def test_the_loop_outlives_a_mistake_of_this_program_and_says_it_once(floor: Floor, call: str) -> None:
    floor.know("a")
    if call == "cancel_many":
        floor.house.troubles["cancel_all"] = [RefusedError("no", code="odd", status=400) for _ in range(3)]
    floor.house.troubles[call] = [asyncio.InvalidStateError("invalid state"), asyncio.InvalidStateError("invalid state")]
    assert await run(floor)
    assert floor.house.still_open == []
    mistakes = [words for words in floor.desk.words if "mistake of this program" in words]
    assert mistakes == ["Kill switch: a mistake of this program (InvalidStateError('invalid state')); it goes on"]
    given_up = [entry.cancel for entry in floor.desk.journal.of(CancelEnded)]
    assert given_up.count(Cancel.UNKNOWN) == (2 if call == "cancel_many" else 0)
