"""The last gate before the wire: what counts as exposure and from when, and the second look just before the bytes leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from app.domain.account import Balance
from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError
from app.domain.events import EventChanged, StreamDown
from app.domain.order import Order, OrderDraft, OrderReport, OrderState
from app.domain.record import Denied, Ended
from app.services.controls import Objection
from app.services.ports import LastLook
from tests.services.fakes import KEY, Desk, book, draft, event, group, market, money, report, seeded, settle, turn

Change = Callable[[Desk], object]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    return desk


def limited(desk: Desk, **limits: object) -> None:
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, **limits))


def caps(desk: Desk, amount: int) -> None:
    limited(desk, selection=money(amount), event=money(amount), day=money(amount))


async def denied(desk: Desk, wish: OrderDraft) -> DeniedError:
    sent = len(desk.venue.asked("place"))
    with pytest.raises(DeniedError) as caught:
        await desk.trading.place(wish)
    assert len(desk.venue.asked("place")) == sent
    return caught.value


class Queue:
    """A request budget that is used up: orders wait at the venue until it opens, and are looked at once more then."""

    def __init__(self, desk: Desk) -> None:
        self.opened = asyncio.Event()
        self._place = desk.venue.place
        desk.venue.place = self._in_turn  # type: ignore[method-assign, assignment]

    async def _in_turn(self, *order: object) -> OrderReport:
        await self.opened.wait()
        return await self._place(*order)  # type: ignore[arg-type]


# What counts


@pytest.mark.parametrize("problem", [UnknownError("No answer"), RefusedError("it exists", code="order_external_id_existed", status=400)])
async def test_an_unknown_order_counts_in_full(desk: Desk, problem: Exception) -> None:
    caps(desk, 100)
    desk.venue.troubles["place"] = [problem]
    await desk.trading.place(draft(stake="60"))
    assert (await denied(desk, draft(151, "40.01"))).code == "SELECTION"


@pytest.mark.parametrize("problem", [NotSentError("offline"), RefusedError("no", code="invalid_price", status=400)])
async def test_an_order_that_was_not_accepted_does_not_count(desk: Desk, problem: Exception) -> None:
    caps(desk, 100)
    desk.venue.troubles["place"] = [problem]
    await desk.trading.place(draft(stake="60"))
    assert (await desk.trading.place(draft(151, "100"))).state is OrderState.ACCEPTED


async def test_an_order_on_the_wire_counts_in_full(desk: Desk) -> None:
    caps(desk, 100)
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft(stake="60")))
    await settle(lambda: desk.venue.asked("place"))
    assert (await denied(desk, draft(151, "40.01"))).code == "SELECTION"
    desk.venue.gates["place"].set()
    await placing


async def test_an_order_counts_before_its_intent_is_on_the_disk(desk: Desk) -> None:
    caps(desk, 100)
    desk.journal.gate.clear()
    placing = asyncio.create_task(desk.trading.place(draft(stake="60")))
    await turn()
    assert desk.blotter.orders == {}
    for code in ("SELECTION", "EVENT", "DAY"):
        objection = desk.controls.objection(draft(151, "40.01"))
        assert objection is not None
        assert objection.code == code
        limited(desk, **{code.lower(): money(10_000)})
    assert desk.controls.in_flight == money(60)
    assert desk.controls.unmatched == money(60)
    desk.journal.gate.set()
    await placing


async def test_an_order_that_could_not_be_written_down_counts_no_longer(desk: Desk) -> None:
    caps(desk, 100)
    desk.journal.trouble = "the disk is full"
    desk.controls.rules = tuple(rule for rule in desk.controls.rules if rule.code != "JOURNAL_DOWN")
    assert (await denied(desk, draft(stake="60"))).code == "JOURNAL_DOWN"
    desk.journal.trouble = ""
    assert desk.controls.objection(draft(151, "100")) is None


async def test_a_click_that_was_given_up_while_it_was_written_down_does_not_count_unseen_for_ever(desk: Desk) -> None:
    caps(desk, 100)
    desk.journal.gate.clear()
    placing = asyncio.create_task(desk.trading.place(draft(stake="60")))
    await turn()
    placing.cancel()
    await asyncio.wait([placing])
    counted = desk.controls.in_flight
    assert counted == sum((order.at_risk for order in desk.blotter.live()), money(0)), "what counts can be seen on the blotter"
    assert desk.venue.asked("place") == []


async def test_an_order_placed_elsewhere_counts(desk: Desk) -> None:
    caps(desk, 100)
    desk.blotter.apply(report("web-7", "open", order_id="v-7", quantity=money(60)))
    assert (await denied(desk, draft(151, "40.01"))).code == "SELECTION"


async def test_an_order_of_another_under_our_reference_counts(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    desk.blotter.apply(report(order.ref, "open", order_id="v-theirs", quantity=money(500), original=money(500)))
    limited(desk, selection=money(520))
    assert (await denied(desk, draft(151, "10.01"))).code == "SELECTION"


@pytest.mark.parametrize("name", ["selection", "event", "day"])
async def test_two_clicks_in_the_same_tick_cannot_pass_a_cap_together(desk: Desk, name: str) -> None:
    limited(desk, **{name: money(100)})
    results = await asyncio.gather(desk.trading.place(draft(150, "60")), desk.trading.place(draft(151, "60")), return_exceptions=True)
    assert [type(result) for result in results] == [Order, DeniedError]
    assert len(desk.venue.asked("place")) == 1


async def test_two_clicks_in_the_same_tick_cannot_spend_the_same_money(desk: Desk) -> None:
    desk.account.balance = Balance(money(100), money(0), money(0))
    results = await asyncio.gather(desk.trading.place(draft(150, "60")), desk.trading.place(draft(151, "60")), return_exceptions=True)
    assert [type(result) for result in results] == [Order, DeniedError]


async def test_a_click_and_a_resend_in_the_same_tick_cannot_pass_a_cap_together(desk: Desk) -> None:
    desk.venue.troubles["place"] = [NotSentError("offline")]
    order = await desk.trading.place(draft(stake="60"))
    desk.clock.move(11)
    caps(desk, 100)
    desk.journal.gate.clear()
    clicks = [asyncio.create_task(desk.trading.place_again(order.ref)), asyncio.create_task(desk.trading.place(draft(151, "60")))]
    await turn()
    desk.journal.gate.set()
    await asyncio.gather(*clicks, return_exceptions=True)
    assert sum((one.at_risk for one in desk.blotter.orders.values()), money(0)) <= 100
    assert len(desk.venue.asked("place")) == 2, "the first sending and one of the two"


async def test_two_hundred_clicks_in_a_second_are_one_order(desk: Desk) -> None:
    sent = []
    for _ in range(200):
        try:
            sent.append(await desk.trading.place(draft()))
        except DeniedError as problem:
            assert problem.code in {"DUPLICATE", "RATE"}  # noqa: PT017
        desk.clock.move(0.005)
    assert len(sent) == len(desk.venue.asked("place")) == 1


async def test_what_is_denied_is_written_down_with_its_code_and_words(desk: Desk) -> None:
    limited(desk, stake=money(5))
    problem = await denied(desk, draft())
    assert desk.journal.of(Denied) == [Denied(draft(), "STAKE", str(problem))]


# The last look


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda desk: desk.journal.halt_for("kill switch"), "HALTED", "Orders are halted: kill switch"),
        (lambda desk: desk.controls.switch(is_on=False), "OFF", "Trading is off"),
        (lambda desk: setattr(desk.journal, "trouble", "the disk is full"), "JOURNAL_DOWN", "the disk is full"),
        (lambda desk: desk.session.emit([StreamDown("lost")]), "STALE", "not verified"),
        (lambda desk: desk.session.emit([EventChanged(event(status="ended"))]), "MARKET_CLOSED", "is over"),
        (
            lambda desk: desk.session.emit([seeded(desk.clock.monotonic(), book(), groups=(group(market(status="suspended")),))]),
            "MARKET_CLOSED",
            "suspended",
        ),
        (lambda desk: desk.controls.halt_market(KEY, "halted here"), "MARKET_CLOSED", "halted here"),
        (lambda desk: desk.session.emit([seeded(desk.clock.monotonic() + 1, book(170, -190))]), "WORSE", "20 steps worse than the +170"),
        (lambda desk: limited(desk, stake=money(5)), "STAKE", "above the limit of 5.00"),
        (lambda desk: limited(desk, to_win=money(5)), "TO_WIN", "above the limit of 5.00"),
        (lambda desk: desk.blotter.apply(report("web", order_id="v", quantity=money(2495))), "SELECTION", "2,505.00"),
        (lambda desk: setattr(desk.account, "balance", Balance(money(5), money(0), money(0))), "BALANCE", "the 5.00 that is free"),
        (lambda desk: desk.controls.pause_for(9), "WAIT", "9 s more"),
    ],
)
async def test_what_happened_after_the_commit_is_seen_and_nothing_is_sent(desk: Desk, change: Change, code: str, words: str) -> None:
    queue = Queue(desk)
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.blotter.orders)
    change(desk)
    objection = desk.controls.objection(draft(), ref="ov-1", is_begun=True)
    assert objection is not None
    assert objection.code == code
    queue.opened.set()
    order = await placing
    assert (order.state, order.at_risk) == (OrderState.DENIED, money(0))
    assert words in order.reason
    assert desk.venue.asked("place") == []
    assert [entry.words for entry in desk.journal.of(Ended)] == [order.reason]


async def test_the_last_look_does_not_count_the_order_twice(desk: Desk) -> None:
    limited(desk, selection=money(10), event=money(10), day=money(10), orders_in_ten_seconds=1, orders_a_minute=1)
    desk.account.balance = Balance(money(10), money(0), money(0))
    assert (await desk.trading.place(draft())).state is OrderState.ACCEPTED


async def test_an_order_that_became_unknown_meanwhile_is_asked_about_before_another_goes_on_top(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    first = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    queue = Queue(desk)
    second = asyncio.create_task(desk.trading.place(draft(151)))
    await settle(lambda: "ov-2" in desk.blotter.orders)
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    desk.venue.gates["place"].set()
    assert (await first).state is OrderState.UNKNOWN
    queue.opened.set()
    order = await second
    assert (order.state, len(desk.venue.asked("place"))) == (OrderState.DENIED, 1)


async def test_what_a_person_insisted_on_holds_at_the_last_look_too(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft())
    desk.clock.move(3)
    order = await desk.trading.place(draft(151, "100"), frozenset({"UNKNOWN", "LEAP"}))
    assert order.state is OrderState.ACCEPTED


async def test_a_smaller_order_clicked_meanwhile_does_not_make_a_leap_of_this_one(desk: Desk) -> None:
    queue = Queue(desk)
    large = asyncio.create_task(desk.trading.place(draft(150, "100")))
    await settle(lambda: "ov-1" in desk.blotter.orders)
    small = asyncio.create_task(desk.trading.place(draft(151, "10")))
    await settle(lambda: "ov-2" in desk.blotter.orders)
    queue.opened.set()
    assert [(await one).state for one in (large, small)] == [OrderState.ACCEPTED, OrderState.ACCEPTED]


async def test_a_stake_that_never_left_is_not_the_one_the_next_is_compared_with(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.clock.move(3)
    desk.journal.gate.clear()
    slip = asyncio.create_task(desk.trading.place(draft(stake="1000"), frozenset({"LEAP"})))
    await turn()
    desk.journal.trouble = "the disk is full"
    desk.journal.gate.set()
    await asyncio.wait([slip])
    assert isinstance(slip.exception(), DeniedError)
    desk.journal.trouble = ""
    desk.clock.move(3)
    assert desk.controls.objection(draft(stake="1000")) == Objection("LEAP", "1,000.00 is 100 times the last stake of 10.00", True)


# Batches


async def test_each_order_of_a_batch_is_judged_with_those_before_it(desk: Desk) -> None:
    caps(desk, 100)
    results = await desk.trading.place_many([draft(150, "60"), draft(151, "60"), draft(152, "40")])
    assert [type(result) for result in results] == [Order, DeniedError, Order]
    assert [ref for ref, _ in desk.venue.asked("place")] == ["ov-1", "ov-2"]


async def test_an_order_twice_in_one_batch_is_one_order(desk: Desk) -> None:
    one, other = await desk.trading.place_many([draft(), draft()])
    assert isinstance(one, Order)
    assert isinstance(other, DeniedError)
    assert other.code == "DUPLICATE"


async def test_a_batch_of_a_large_and_a_small_order_is_no_leap(desk: Desk) -> None:
    results = await desk.trading.place_many([draft(150, "100"), draft(151, "10")])
    assert [result.state for result in results if isinstance(result, Order)] == [OrderState.ACCEPTED, OrderState.ACCEPTED]


async def test_a_batch_cannot_pass_the_rate_of_orders(desk: Desk) -> None:
    most = desk.controls.limits.orders_in_ten_seconds
    results = await desk.trading.place_many([draft(100 + step, "1") for step in range(40, 40 + most + 5)])
    assert sum(isinstance(result, Order) for result in results) == most
    assert {result.code for result in results if isinstance(result, DeniedError)} == {"RATE"}


async def test_a_halt_during_a_batch_stops_all_that_has_not_left(desk: Desk) -> None:
    desk.journal.gate.clear()
    batch = asyncio.create_task(desk.trading.place_many([draft(150), draft(151)]))
    await turn()
    desk.journal.halt_for("kill switch")
    desk.journal.gate.set()
    results = await batch
    assert [result.code for result in results if isinstance(result, DeniedError)] == ["HALTED", "HALTED"]
    assert desk.venue.asked("place") == []


async def test_a_batch_given_up_while_it_is_written_down_leaves_no_order_on_its_way_for_ever(desk: Desk) -> None:
    intend = desk.journal.intend

    async def intend_one(entry: object, order: Order) -> None:
        await intend(entry, order)  # type: ignore[arg-type]
        desk.journal.gate.clear()

    desk.journal.intend = intend_one  # type: ignore[method-assign]
    batch = asyncio.create_task(desk.trading.place_many([draft(150), draft(151)]))
    await settle(lambda: "ov-1" in desk.blotter.orders)
    batch.cancel()
    await asyncio.wait([batch])
    assert desk.venue.asked("place") == []
    assert desk.blotter.orders["ov-1"].state is not OrderState.SENDING, "nobody is sending it, and nobody looks it up"


# Switching


def test_switching_and_limiting_are_heard(desk: Desk) -> None:
    heard: list[int] = []
    desk.controls.changed.connect(lambda: heard.append(1))
    desk.controls.switch(is_on=False)
    limited(desk, stake=money(1))
    desk.controls.halt_market(KEY, "halted")
    assert len(heard) == 3
    assert desk.controls.objection(draft()) == Objection("OFF", "Trading is off: switch it on in the header")


async def test_an_order_is_not_denied_for_the_request_that_it_is_itself(desk: Desk) -> None:
    place = desk.venue.place

    async def taking_the_last_request(ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        desk.requests_left = 0
        return await place(ref, draft, last_look)

    desk.venue.place = taking_the_last_request  # type: ignore[method-assign]
    assert (await desk.trading.place(draft())).state is OrderState.ACCEPTED
