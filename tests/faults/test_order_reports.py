"""Order faults of the venue's word: an activation that is not told or says no, a fill that is too early or too large."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from app.domain.money import ZERO
from app.domain.order import OrderState
from app.practice.faults import Delay, Drop, PushFault
from app.practice.model import Matching
from tests.faults.floor import MONEYLINE, Floor


async def test_fo15_an_activation_that_nobody_tells_of_is_asked_for_and_the_stream_is_connected_anew(floor: Floor) -> None:
    floor.house.faults.add(PushFault("order", Drop(), times=2))
    connects = floor.station.follower.connects

    order = await floor.place()
    await floor.pass_(9.5)
    before = (floor.state(order.ref), len(floor.house.told("order")))
    await floor.pass_(1.5)
    asked = len(floor.house.told("order"))
    await floor.flow(lambda: floor.station.follower.connects == connects + 1 and floor.station.follower.is_up)

    assert before == (OrderState.ACCEPTED, 0)
    assert asked == 1
    assert floor.state(order.ref) is OrderState.OPEN
    assert any("not active after 10 s" in words for words in floor.station.said)
    assert floor.house.received == {order.ref: 1}


async def test_fo16_an_activation_that_says_invalid_is_the_venues_refusal_and_frees_the_exposure(floor: Floor) -> None:
    order = await floor.place()
    held = floor.desk.blotter.rest
    floor.house.account.balance = 0

    await floor.pass_(0.5)

    refused = floor.order(order.ref)
    today = floor.hours.now().astimezone().date()
    assert (order.state, held) == (OrderState.ACCEPTED, order.stake)
    assert (refused.state, refused.at_risk) == (OrderState.INVALID, ZERO)
    assert (floor.desk.blotter.rest, floor.desk.blotter.risk_of_day(today), floor.desk.blotter.live()) == (ZERO, ZERO, [])


async def test_fo17_a_fill_that_comes_before_the_answer_is_one_order_and_filled(floor: Floor) -> None:
    floor.house.floor.makers_offer(0, 150, 20_00)
    floor.fault("submit", Delay(1.0, "after"))

    placing = asyncio.ensure_future(floor.place())
    await floor.until(lambda: floor.house.told("submit"))
    await floor.pass_(0.5)
    early = floor.station.orders
    still_waits = not placing.done()
    order = await floor.while_passing(placing)

    assert still_waits
    assert [one.state for one in early] == [OrderState.FILLED]
    assert [(one.ref, one.state, one.filled, len(one.fills)) for one in floor.station.orders] == [
        (order.ref, OrderState.FILLED, order.stake, 1)
    ]
    assert floor.house.accepted == {order.ref: [floor.order(order.ref).venue_order_id]}


def by_push(floor: Floor, ref: str) -> None:
    floor.house.floor.exchange.bulletin.order_status(floor.house.order(ref), floor.hours.now_ns())


def by_history(floor: Floor, ref: str) -> None:
    floor.house.order(ref).updated_at = floor.hours.now_ns()
    floor.desk.watch.reconcile()


@pytest.mark.parametrize("told", [by_push, by_history])
async def test_fo19_a_fill_above_our_quantity_is_alarmed_counted_in_full_and_halts_the_market(
    floor: Floor, told: Callable[[Floor, str], None]
) -> None:
    order = await floor.rest()
    impossible = floor.house.order(order.ref)
    impossible.filled, impossible.matching = 30_00, Matching.FULLY

    told(floor, order.ref)
    await floor.pass_(1)

    overfilled = floor.order(order.ref)
    assert (overfilled.filled, overfilled.stake, overfilled.at_risk, overfilled.rest) == (Decimal(30), Decimal(10), Decimal(30), ZERO)
    assert "30.00 matched of 10.00" in overfilled.alarm
    assert any(overfilled.alarm in words for words in floor.station.said)
    objection = floor.desk.trading.objection(floor.draft(stake="5.00"))
    assert objection is not None
    assert (objection.code, "this market is halted" in objection.words) == ("MARKET_CLOSED", True)
    assert floor.denial(floor.draft(100, "5.00", market_id=225)) == ""
    assert floor.draft().market == MONEYLINE
