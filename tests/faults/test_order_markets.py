"""Order faults of the market: orders that end without a match or are settled again, suspensions, prices that move, no ladder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from app.domain.errors import DeniedError
from app.domain.link import Rank
from app.domain.money import ZERO
from app.domain.odds import from_american
from app.domain.order import Order, OrderState
from app.practice.clock import SECOND
from app.practice.faults import Body, Drop, Error, PushFault
from app.practice.faults.script import CallVerb
from app.practice.model import MarketStatus, OrderStatus, Winning
from app.practice.model import Order as Truly
from tests.faults.floor import Floor
from tests.faults.house import ANN
from tests.practice.floor import BANKROLL, FULL_TIME, KICK_OFF

START_CASH = Decimal(BANKROLL) / 100
NEVER_DECIDED = 12010002


async def until_time(floor: Floor, moment: int) -> None:
    await floor.pass_((moment - floor.hours.now_ns()) / SECOND + 2, 5)


async def filled(floor: Floor, *, market_id: int = 219, odds: int = 150) -> Order:
    """An order of ours that has matched in full."""
    floor.house.floor.makers_offer(0, odds, 10_00, market_id=market_id)
    order = await floor.place(floor.draft(odds, market_id=market_id))
    await floor.pass_(0.5)
    assert floor.state(order.ref) is OrderState.FILLED
    return order


async def cash(floor: Floor) -> Decimal:
    """What the terminal shows once it has asked again; the venue's own figure."""
    there = Decimal(floor.house.floor.exchange.balance(ANN).balance) / 100
    await floor.flow(lambda: floor.desk.account.balance is not None and floor.desk.account.balance.cash == there, 30)
    return there


async def test_fo31_what_rests_at_kick_off_is_wiped_and_costs_nothing(floor: Floor) -> None:
    order = await floor.rest()

    await until_time(floor, KICK_OFF)

    wiped = floor.order(order.ref)
    assert (wiped.state, wiped.at_risk, floor.house.order(order.ref).status) == (OrderState.WIPED, ZERO, "wiped")
    assert (await cash(floor), floor.desk.blotter.rest) == (START_CASH, ZERO)


async def test_fo31_an_order_on_what_will_never_be_decided_is_void_and_its_stake_comes_back(floor: Floor) -> None:
    order = await filled(floor, market_id=NEVER_DECIDED, odds=110)
    await floor.flow(lambda: floor.desk.account.free == START_CASH - order.stake, 30)

    await until_time(floor, KICK_OFF)

    void = floor.order(order.ref)
    assert (void.state, void.realised, void.at_risk) == (OrderState.VOID, ZERO, ZERO)
    assert (await cash(floor), floor.desk.account.free) == (START_CASH, START_CASH)


async def test_fo31_a_manual_settlement_is_shown_and_the_balance_is_the_venues(floor: Floor) -> None:
    order = await filled(floor)

    settle_by_hand(floor, floor.house.order(order.ref), OrderStatus.MANUALLY_SETTLED, Winning.LOSS, -10_00)
    await floor.pass_(0.1)

    settled = floor.order(order.ref)
    assert (settled.state, settled.status, settled.realised) == (OrderState.SETTLED, "manually_settled", Decimal(-10))
    assert await cash(floor) == START_CASH - 10


async def test_fo31_an_order_that_is_settled_and_settled_again_has_the_newest_result_and_the_venues_balance(floor: Floor) -> None:
    order = await filled(floor)
    await until_time(floor, FULL_TIME)
    won = (floor.state(order.ref), floor.order(order.ref).realised, await cash(floor), floor.desk.account.today)

    settle_by_hand(floor, floor.house.order(order.ref), OrderStatus.CLOSED, Winning.LOSS, -25_00)
    await floor.pass_(0.1)

    lost = floor.order(order.ref)
    assert won == (OrderState.SETTLED, Decimal(15), START_CASH + 15, Decimal(15))
    assert (lost.state, lost.realised, floor.desk.account.today) == (OrderState.SETTLED, Decimal(-10), Decimal(-10))
    assert await cash(floor) == START_CASH - 10


def settle_by_hand(floor: Floor, order: Truly, status: OrderStatus, winning: Winning, moved: int) -> None:
    """Somebody at the venue decides, and moves so many cents."""
    order.status, order.winning = status, winning
    floor.house.account.balance += moved
    floor.house.floor.exchange.bulletin.order_status(order, floor.hours.now_ns())


def suspend(floor: Floor) -> None:
    book = floor.house.floor.book()
    book.market.status = book.strike.status = MarketStatus.SUSPENDED
    floor.house.floor.exchange.bulletin.market(book.market, floor.hours.now_ns())


async def test_fo32_a_suspension_that_was_heard_of_denies_here(floor: Floor) -> None:
    suspend(floor)
    await floor.pass_(0.1)

    with pytest.raises(DeniedError, match="suspended") as denied:
        await floor.place()

    assert (denied.value.code, floor.house.received) == ("MARKET_CLOSED", {})


async def test_fo32_a_suspension_between_the_click_and_the_sending_stops_the_bytes(floor: Floor) -> None:
    venue = floor.station.venue
    await floor.pass_(1)
    while venue.budget.left_for(Rank.ORDER) > 1:
        await venue.budget.wait("submit", rank=Rank.ORDER)

    placing = asyncio.ensure_future(floor.place())
    other = asyncio.ensure_future(venue.budget.wait("submit", rank=Rank.ORDER))
    await floor.until(floor.desk.blotter.live)
    waits = not placing.done() and other.done()
    suspend(floor)
    order = await floor.while_passing(placing)

    assert waits
    assert (order.state, "suspended" in order.reason, floor.house.received) == (OrderState.DENIED, True, {})


async def test_fo32_a_suspension_that_nobody_told_of_is_the_venues_refusal(floor: Floor) -> None:
    floor.house.faults.add(PushFault("*", Drop(), times=None))
    suspend(floor)

    order = await floor.place()

    assert (order.state, order.reason) == (OrderState.REJECTED, "event is not available for betting")
    assert floor.house.verdicts("submit") == ["event_not_available"]


@pytest.mark.parametrize(
    ("moved_to", "state", "matched_at"),
    [pytest.param(120, OrderState.OPEN, [], id="worse"), pytest.param(170, OrderState.FILLED, [170], id="better")],
)
async def test_fo33_a_price_that_moves_between_the_click_and_the_sending_never_fills_worse_than_confirmed(
    floor: Floor, moved_to: int, state: OrderState, matched_at: list[int]
) -> None:
    floor.house.floor.makers_offer(0, 150, 20_00)
    shown = floor.draft(150)
    floor.house.faults.add(PushFault("market_selections", Drop(), times=None))
    floor.house.floor.book().offers[0].clear()
    floor.house.floor.makers_offer(0, moved_to, 20_00)

    order = await floor.place(shown)
    await floor.pass_(0.5)

    assert floor.state(order.ref) is state
    assert [fill.odds for fill in floor.order(order.ref).fills] == [from_american(odds) for odds in matched_at]
    assert [fill.price for fill in floor.house.order(order.ref).fills] == matched_at


BAD_LADDERS = [
    pytest.param(Error(503, "unknown_error"), id="an error"),
    pytest.param(Body("<html>"), id="no JSON"),
    pytest.param(Body('{"data": []}'), id="empty"),
    pytest.param(Body('{"data": [100, 100.5]}'), id="no whole prices"),
]


@pytest.mark.parametrize("answer", BAD_LADDERS)
async def test_fo34_without_a_ladder_no_order_leaves_and_none_is_guessed_until_it_is_read(hall: Floor, answer: CallVerb) -> None:
    hall.fault("price_ladder", answer, times=2)
    station = await hall.open(is_ready=False)
    await hall.until(lambda: station.desk.session.is_streaming and station.desk.controls.is_reconciled)

    with pytest.raises(DeniedError):
        await hall.place()
    without = (station.desk.controls.ladder, hall.house.received)
    await hall.flow(_is_ready(hall))
    order = await hall.place()

    assert without == (None, {})
    assert order.state is OrderState.ACCEPTED
    assert any(words.startswith("Reading the price ladder") for words in station.said)
    assert len(hall.house.told("price_ladder")) == 3


def _is_ready(floor: Floor) -> Callable[[], bool]:
    return lambda: floor.is_ready(floor.station)
