"""Order faults of taking back: cancelled rests, cancels that are too early, too late or lost, and a kill switch without a network."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.money import ZERO
from app.domain.order import Cancel, OrderState
from app.practice.faults import Error, Lost
from app.practice.truth import ACCEPTED
from app.services.notices import Tone
from tests.faults.floor import Floor, opened

FOUR = Decimal(4)


async def test_fo20_a_partly_filled_order_that_is_cancelled_is_a_cancelled_rest_and_risks_what_was_filled(floor: Floor) -> None:
    floor.house.floor.makers_offer(0, 150, 4_00)
    order = await floor.place()
    await floor.pass_(0.5)
    part = floor.order(order.ref)

    await floor.while_passing(floor.desk.trading.cancel(order.ref))
    await floor.pass_(0.1)

    rest, there = floor.order(order.ref), floor.house.order(order.ref)
    assert (part.state, part.filled, part.at_risk) == (OrderState.PART, FOUR, order.stake)
    assert (there.status, there.matching) == ("open", "fully_matched")
    assert (rest.state, rest.filled, rest.at_risk, rest.rest) == (OrderState.CANCELLED_REST, FOUR, FOUR, ZERO)
    assert floor.desk.blotter.rest == ZERO


@pytest.mark.parametrize(
    ("seconds", "refusals"),
    [pytest.param(0.0, ["order_is_placing"], id="409"), pytest.param(0.1, ["order_opened_retry"], id="425")],
)
async def test_fo21_a_cancel_that_comes_too_early_is_tried_again_after_300_ms_until_it_succeeds(
    floor: Floor, seconds: float, refusals: list[str]
) -> None:
    order = await floor.place()
    if seconds:
        await floor.pass_(seconds)

    cancelling = asyncio.ensure_future(floor.desk.trading.cancel(order.ref))
    await floor.until(lambda: floor.house.told("cancel"))
    await floor.traffic.quiet()
    meanwhile = floor.order(order.ref)
    await floor.while_passing(cancelling)

    assert (meanwhile.cancelling, meanwhile.is_live) == (True, True)
    assert floor.state(order.ref) is OrderState.CANCELLED
    assert floor.house.verdicts("cancel") == [*refusals, ACCEPTED]
    first, second = floor.house.told("cancel")
    assert second.at - first.at >= 300_000_000


async def test_fo21_a_500_that_says_retry_is_no_unclear_cancel(floor: Floor) -> None:
    order = await floor.rest()
    floor.fault("cancel", Error(500, "opened_retry"), times=2)

    await floor.while_passing(floor.desk.trading.cancel(order.ref))

    assert floor.state(order.ref) is OrderState.CANCELLED
    assert floor.house.verdicts("cancel") == ["opened_retry", "opened_retry", ACCEPTED]


async def test_fo22_a_cancel_that_crosses_a_full_fill_shows_a_filled_order_and_no_complaint(floor: Floor) -> None:
    order = await floor.rest()
    floor.deafen()
    floor.house.bob_bets(-150, 15_00)
    await floor.pass_(0.5)
    believed, said = floor.state(order.ref), floor.station.notices.said

    await floor.while_passing(floor.desk.trading.cancel(order.ref))

    filled = floor.order(order.ref)
    tones = [notice.tone for notice in floor.station.notices.lines][said:]
    assert (believed, filled.state, filled.filled, filled.cancel) == (OrderState.OPEN, OrderState.FILLED, order.stake, Cancel.NONE)
    assert floor.house.verdicts("cancel") == ["order_already_filled"]
    assert not {Tone.BAD, Tone.WARNING} & set(tones)


async def test_fo23_a_cancel_whose_answer_is_lost_is_unclear_until_the_venue_shows_it_gone(floor: Floor) -> None:
    order = await floor.rest()
    floor.deafen()
    floor.fault("cancel", Lost())

    await floor.desk.trading.cancel(order.ref)
    unclear = floor.order(order.ref)
    await floor.pass_(3)

    assert (unclear.state, unclear.cancel, unclear.at_risk) == (OrderState.OPEN, Cancel.UNKNOWN, order.stake)
    assert floor.state(order.ref) is OrderState.CANCELLED
    assert floor.house.verdicts("cancel") == [ACCEPTED]


async def test_fo23_a_cancel_that_was_lost_on_its_way_leaves_an_order_that_still_stands(floor: Floor) -> None:
    order = await floor.rest()
    floor.fault("cancel", Error(503, "unknown_error", after=False))

    await floor.desk.trading.cancel(order.ref)
    unclear = floor.order(order.ref)
    await floor.pass_(3)

    found = floor.order(order.ref)
    assert (unclear.state, unclear.cancel) == (OrderState.OPEN, Cancel.UNKNOWN)
    assert (found.state, found.cancel) == (OrderState.OPEN, Cancel.NONE)
    await floor.while_passing(floor.desk.trading.cancel(order.ref))
    assert floor.house.order(order.ref).status == "canceled"


async def test_fo25_without_a_network_the_kill_switch_halts_at_once_shows_what_is_left_and_keeps_trying(tmp_path: Path) -> None:
    async with opened(tmp_path, is_proxied=True, is_stream_too=True) as floor:
        await floor.open()
        orders = [await floor.rest(floor.draft(stake=stake)) for stake in ("10.00", "11.00")]
        await floor.house.cut()
        kill = floor.desk.kill

        kill.pull("a person pressed it")
        at_once = floor.denial()
        await floor.pass_(20)

        assert (at_once, kill.is_running, kill.rounds > 2) == ("HALTED", True, True)
        assert [order.ref for order in kill.remaining] == [order.ref for order in orders]
        await floor.house.mend()
        await floor.flow(lambda: not kill.is_running)
        assert [order.status for order in floor.house.orders] == ["canceled", "canceled"]
        assert (kill.remaining, floor.denial()) == ([], "HALTED")


async def test_fo25_a_halt_outlives_the_program_and_the_next_start_goes_on_cancelling(tmp_path: Path) -> None:
    async with opened(tmp_path, is_proxied=True, is_stream_too=True) as floor:
        first = await floor.open()
        order = await floor.rest()
        await floor.house.cut()
        first.desk.kill.pull("a person pressed it")
        await floor.pass_(2)
        await floor.close(first)

        station = await floor.open(is_ready=False)
        started = (floor.denial(), [one.ref for one in station.desk.kill.remaining])
        await floor.pass_(2)
        is_at_it = station.desk.kill.is_running
        await floor.house.mend()
        await floor.flow(lambda: not station.desk.kill.is_running)

        assert started == ("HALTED", [order.ref])
        assert is_at_it
        assert any("halted since before this start: a person pressed it" in words for words in station.said)
        assert (floor.house.order(order.ref).status, station.desk.kill.remaining) == ("canceled", [])
        assert (floor.denial(), floor.house.received) == ("HALTED", {order.ref: 1})
