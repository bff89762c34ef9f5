"""Order faults of many: a batch without an answer, orders from elsewhere, a record that lags, stuck keys, too much unmatched."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

from app.domain.errors import DeniedError
from app.domain.money import ZERO
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.risk import Limits
from app.practice.faults import Error, Hang, Lag, Lost, RetryAfter
from app.practice.truth import ACCEPTED, HELD
from tests.faults.floor import ALL_LOOKS, Floor

BATCH = 20
CLICKS = 200


async def test_fo27_a_batch_that_is_never_answered_is_twenty_unknown_orders_found_one_by_one(hall: Floor) -> None:
    await hall.open(deadline=1.0)
    hall.deafen()
    hall.fault("submit_many", Hang())

    results = await hall.desk.trading.place_many(numbered(hall, BATCH))
    orders = [order for order in results if isinstance(order, Order)]
    await hall.pass_(3)

    refs = {order.ref for order in orders}
    assert [order.state for order in orders] == [OrderState.UNKNOWN] * BATCH
    assert [hall.state(ref) for ref in refs] == [OrderState.OPEN] * BATCH
    assert len({hall.order(ref).venue_order_id for ref in refs}) == BATCH
    assert hall.house.received == dict.fromkeys(refs, 1)
    assert {line.status for line in hall.house.told("submit_many")} == {HELD}
    assert all(len(ids) == 1 for ids in hall.house.accepted.values())


async def test_fo27_a_batch_that_was_lost_on_its_way_leaves_every_order_to_a_person(hall: Floor) -> None:
    await hall.open()
    hall.fault("submit_many", Error(503, "unknown_error", after=False))

    results = await hall.desk.trading.place_many(numbered(hall, 3))
    orders = [order for order in results if isinstance(order, Order)]
    await hall.pass_(ALL_LOOKS, 5)

    assert [order.state for order in orders] == [OrderState.UNKNOWN] * 3
    assert all(hall.order(order.ref).may_be_presumed for order in orders)
    assert hall.house.received == {order.ref: 1 for order in orders}


def numbered(floor: Floor, count: int) -> list[OrderDraft]:
    """Orders that differ in their stakes."""
    return [floor.draft(stake=f"{1 + number / 100:.2f}") for number in range(count)]


async def test_fo28_an_order_from_the_website_is_pushed_marked_counted_and_can_be_cancelled(floor: Floor) -> None:
    there = floor.house.elsewhere(200, 40_00)
    await floor.pass_(0.5)

    here = floor.order("website-1")
    today = floor.hours.now().astimezone().date()
    assert (here.is_elsewhere, here.state, here.venue_order_id, here.at_risk) == (True, OrderState.OPEN, there.id, Decimal(40))
    assert (floor.desk.blotter.rest, floor.desk.blotter.risk_of_day(today)) == (Decimal(40), Decimal(40))
    assert floor.desk.controls.largest_selection() == 40
    await floor.while_passing(floor.desk.trading.cancel("website-1"))
    assert (floor.state("website-1"), there.status, floor.desk.blotter.rest) == (OrderState.CANCELLED, "canceled", ZERO)


async def test_fo28_an_order_from_another_session_that_no_push_told_of_is_found_at_the_next_start_and_fills_a_limit(hall: Floor) -> None:
    hall.house.elsewhere(200, 40_00)
    await hall.pass_(1)

    await hall.open(limits=Limits(selection=Decimal("45.00")))

    assert (hall.order("website-1").is_elsewhere, hall.state("website-1")) == (True, OrderState.OPEN)
    assert hall.denial(hall.draft(stake="5.01")) == "SELECTION"
    assert hall.denial(hall.draft(stake="5.00")) == ""


async def test_fo30_an_order_that_a_record_90_s_behind_does_not_show_is_not_counted_as_missing(floor: Floor) -> None:
    floor.deafen()
    floor.fault("orders", Lag(90), times=None)
    floor.fault("order", Lag(90), times=None)
    floor.fault("submit", Lost())

    order = await floor.place()
    await floor.pass_(85)
    lagging = (floor.state(order.ref), floor.order(order.ref).not_seen, floor.desk.search.looks[order.ref].tries)
    await floor.pass_(60)

    assert lagging == (OrderState.UNKNOWN, 0, 6)
    assert floor.state(order.ref) is OrderState.OPEN
    assert floor.house.received == {order.ref: 1}


async def test_fo30_a_not_found_counts_from_when_the_record_itself_reaches_a_minute_past_the_sending(floor: Floor) -> None:
    floor.fault("orders", Lag(90), times=None)
    floor.fault("submit", Error(503, "unknown_error", after=False))

    order = await floor.place()
    await floor.pass_(145, 5)
    too_early = floor.order(order.ref).not_seen
    await floor.pass_(60, 5)

    assert (too_early, floor.order(order.ref).not_seen) == (0, 1)
    assert floor.state(order.ref) is OrderState.UNKNOWN


async def test_fo35_two_hundred_clicks_at_once_are_one_order(floor: Floor) -> None:
    results = await asyncio.gather(*(floor.place() for _ in range(CLICKS)), return_exceptions=True)

    orders = [result for result in results if isinstance(result, Order)]
    denials = Counter(result.code for result in results if isinstance(result, DeniedError))
    assert denials == {"DUPLICATE": CLICKS - 1}
    assert [order.state for order in orders] == [OrderState.ACCEPTED]
    assert floor.house.received == {orders[0].ref: 1}


async def test_fo35_two_hundred_different_orders_at_once_stop_at_the_limit_of_ten_seconds(floor: Floor) -> None:
    drafts = numbered(floor, CLICKS)

    results = await floor.while_passing(asyncio.gather(*map(floor.place, drafts), return_exceptions=True))

    most = floor.desk.controls.limits.orders_in_ten_seconds
    denials = Counter(result.code for result in results if isinstance(result, DeniedError))
    assert denials == {"RATE": CLICKS - most}
    assert len(floor.house.received) == len(floor.house.accepted) == most


async def test_fo36_our_own_cap_on_what_waits_unmatched_comes_before_the_venues(hall: Floor) -> None:
    hall.house.account.balance = 20_00
    await hall.open()
    for odds in (150, 152, 154, 156, 158, 160, 162, 164, 166, 168):
        order = await hall.place(hall.draft(odds, "20.00"))
        assert order.state is OrderState.ACCEPTED
    received = len(hall.house.received)

    objection = hall.desk.trading.objection(hall.draft(170, "1.00"))

    assert objection is not None
    assert (objection.code, "10 times the cash of 20.00" in objection.words) == ("UNMATCHED", True)
    assert len(hall.house.received) == received == hall.house.verdicts("submit").count(ACCEPTED) == 10


async def test_fo36_the_venues_own_no_at_ten_times_is_shown_in_its_words(hall: Floor) -> None:
    hall.house.account.balance = 20_00
    await hall.open(limits=Limits(unmatched_ratio=Decimal(50)))
    hall.house.account.unmatched = 200_00

    order = await hall.place(hall.draft(stake="20.00"))

    assert (order.state, order.at_risk) == (OrderState.REJECTED, ZERO)
    assert "sufficient amount" in order.reason
    assert hall.house.verdicts("submit") == ["insufficient_amount"]


async def test_fo36_the_venues_back_off_is_a_pause_that_the_rules_show(floor: Floor) -> None:
    floor.fault("submit", RetryAfter("20"))

    await floor.place()

    objection = floor.desk.trading.objection(floor.draft(stake="5.00"))
    assert objection is not None
    assert (objection.code, objection.words) == ("WAIT", "The venue asked for a pause: 20 s more")
    assert {rule.code: rule.use(floor.desk.controls) for rule in floor.desk.controls.rules}["WAIT"] == "20 s more"
