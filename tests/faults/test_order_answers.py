"""Order faults of the answer: errors after and before acceptance, a reference that is taken, a lost session, the venue's limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from app.domain.errors import DeniedError
from app.domain.link import Rank
from app.domain.money import ZERO
from app.domain.order import OrderState
from app.practice.clock import SECOND
from app.practice.faults import Body, Error, RetryAfter, Unauthorized
from app.practice.faults.script import CallVerb
from app.venues.limits import KEPT, RESERVE
from tests.faults.floor import ALL_LOOKS, Floor

SERVER_ERRORS = [
    (500, "unknown_error"),
    (500, "order_unable_to_place"),
    (500, "order_balance_check_timeout"),
    (502, "bad_gateway"),
    (503, "reporting_not_available"),
    (504, "gateway_timeout"),
]
Answer = Callable[..., CallVerb]
PAGE = "<html><body><h1>Bad gateway</h1></body></html>"


def failure(status: int, code: str, *, after: bool) -> CallVerb:
    return Error(status, code, after=after)


def page(status: int, _code: str, *, after: bool) -> CallVerb:
    """What a machine in front of the venue answers with."""
    return Body(PAGE, status=status, content_type="text/html", after=after)


ANSWERS = [*((failure, *error) for error in SERVER_ERRORS), *((page, status, "a page") for status in (502, 503, 504))]


@pytest.mark.parametrize(("answer", "status", "code"), ANSWERS)
async def test_fo10_a_server_error_after_acceptance_is_unknown_and_found(floor: Floor, answer: Answer, status: int, code: str) -> None:
    floor.deafen()
    floor.fault("submit", answer(status, code, after=True))

    order = await floor.place()
    await floor.pass_(3)

    assert (order.state, order.at_risk) == (OrderState.UNKNOWN, order.stake)
    assert floor.state(order.ref) is OrderState.OPEN
    assert floor.house.accepted == {order.ref: [floor.order(order.ref).venue_order_id]}
    assert floor.house.received == {order.ref: 1}


@pytest.mark.parametrize(("answer", "status", "code"), ANSWERS)
async def test_fo10_a_server_error_before_acceptance_is_unknown_and_not_seen(floor: Floor, answer: Answer, status: int, code: str) -> None:
    floor.fault("submit", answer(status, code, after=False))

    order = await floor.place()
    await floor.pass_(ALL_LOOKS, 5)

    missed = floor.order(order.ref)
    assert (order.state, missed.state, missed.at_risk) == (OrderState.UNKNOWN, OrderState.UNKNOWN, order.stake)
    assert missed.may_be_presumed
    assert (floor.house.accepted, floor.house.received) == ({}, {order.ref: 1})
    floor.desk.trading.presume_not_placed(order.ref)
    assert (floor.state(order.ref), floor.order(order.ref).at_risk) == (OrderState.PRESUMED, ZERO)


TAKEN = "ov-taken-by-another"


async def test_fo11_a_foreign_order_under_our_reference_is_alarmed_and_not_taken_for_ours(hall: Floor) -> None:
    station = await hall.open(refs=(TAKEN,))
    hall.deafen()
    foreign = hall.house.elsewhere(200, 33_00, outcome=1, ref=TAKEN)

    ours = await hall.place()
    await hall.pass_(3)

    theirs = next(order for order in station.orders if order.venue_order_id == foreign.id)
    assert (ours.ref, ours.state) == (TAKEN, OrderState.UNKNOWN)
    assert (hall.state(TAKEN), hall.order(TAKEN).venue_order_id, hall.order(TAKEN).at_risk) == (OrderState.UNKNOWN, "", ours.stake)
    assert (theirs.is_elsewhere, theirs.stake, theirs.state) == (True, Decimal(33), OrderState.OPEN)
    assert TAKEN in theirs.alarm
    assert any(theirs.alarm in words for words in station.said)
    assert hall.house.accepted == {}


async def test_fo11_a_reference_that_is_taken_by_the_very_same_order_is_that_order(hall: Floor) -> None:
    station = await hall.open(refs=(TAKEN,))
    hall.deafen()
    there = hall.house.elsewhere(150, 10_00, ref=TAKEN)

    ours = await hall.place()
    await hall.pass_(3)

    assert ours.state is OrderState.UNKNOWN
    assert (hall.state(TAKEN), hall.order(TAKEN).venue_order_id, hall.order(TAKEN).alarm) == (OrderState.OPEN, there.id, "")
    assert len(station.orders) == 1


async def test_fo12_a_session_that_ends_in_mid_order_is_renewed_once_and_the_same_order_goes_once_more(floor: Floor) -> None:
    logins = len(floor.house.told("login"))
    floor.fault("submit", Unauthorized())

    order = await floor.place()

    assert order.state is OrderState.ACCEPTED
    assert (len(floor.house.told("refresh")), len(floor.house.told("login"))) == (1, logins)
    assert floor.house.received == {order.ref: 2}
    assert floor.house.accepted == {order.ref: [order.venue_order_id]}


async def test_fo12_a_second_401_leaves_the_order_not_sent_and_says_so(floor: Floor) -> None:
    floor.fault("submit", Unauthorized(), times=2)

    order = await floor.place()

    assert (order.state, order.at_risk) == (OrderState.NOT_SENT, ZERO)
    assert floor.house.verdicts("submit") == ["unauthorized", "unauthorized"]
    assert any("not sent, Unauthorized" in words for words in floor.station.said)


def in_half_a_minute() -> str:
    """The client reads a date by the computer's own clock."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param("7", 6, 7, id="seconds"),
        pytest.param(in_half_a_minute, 20, 30, id="date"),
        pytest.param("1000000000", 59, 60, id="absurd"),
        pytest.param("-5", 0.5, 1, id="negative"),
        pytest.param("soon", 0.5, 1, id="words"),
        pytest.param(None, 0.5, 1, id="missing"),
    ],
)
async def test_fo13_a_429_is_not_sent_and_the_venues_pause_is_kept_up_to_a_minute(
    floor: Floor, header: str | Callable[[], str] | None, least: float, most: float
) -> None:
    value = header() if callable(header) else header
    floor.fault("submit", RetryAfter(value))

    order = await floor.place()
    pause = floor.desk.controls.pause

    assert (order.state, floor.denial(floor.draft(stake="5.00"))) == (OrderState.NOT_SENT, "WAIT")
    assert least <= pause <= most
    with pytest.raises(DeniedError, match="asked for a pause"):
        await floor.desk.trading.place_again(order.ref)
    await floor.pass_(pause + 0.1)
    again = await floor.desk.trading.place_again(order.ref)
    assert again.state is OrderState.ACCEPTED
    assert floor.house.verdicts("submit") == ["rate_limit_reached", "accepted"]


async def test_fo14_with_the_budget_used_up_by_reading_a_cancel_leaves_at_once(floor: Floor) -> None:
    order = await floor.rest()
    await floor.pass_(1)
    readings = [asyncio.ensure_future(floor.station.venue.order(order.venue_order_id)) for _ in range(80)]
    await floor.traffic.quiet()
    wanted_at, left = floor.hours.now_ns(), floor.station.venue.budget.left
    waiting = [reading for reading in readings if not reading.done()]
    shown = {rule.code: rule.use(floor.desk.controls) for rule in floor.desk.controls.rules}["BUDGET"]

    await floor.desk.trading.cancel(order.ref)

    assert (bool(waiting), left) == (True, RESERVE)
    assert (shown, floor.denial(floor.draft(stake="5.00"))) == (f"{RESERVE - KEPT[Rank.ORDER]} left this second", "")
    assert floor.house.told("cancel")[-1].at - wanted_at <= SECOND // 10
    assert (floor.state(order.ref), floor.house.order(order.ref).status) == (OrderState.CANCELLED, "canceled")
    await floor.while_passing(asyncio.gather(*readings))
