"""Order faults of the wire: answers that are lost, late, cut off; hosts that are not there, or not who they say they are.

All order faults, by their ids, and where each is tried. What is said to have reached the venue or not is read from its truth log.

    F-O01 F-O02 F-O03 F-O04 F-O06 F-O07 F-O08    here
    F-O10 F-O11 F-O12 F-O13 F-O14                test_order_answers.py
    F-O15 F-O16 F-O17 F-O19                      test_order_reports.py
    F-O20 F-O21 F-O22 F-O23 F-O25                test_order_cancels.py
    F-O27 F-O28 F-O30 F-O35 F-O36                test_order_many.py
    F-O31 F-O32 F-O33 F-O34                      test_order_markets.py
    F-O38 F-O39 F-O40                            test_order_journal.py

    F-O03  a name that does not resolve: tests/venues/test_http.py, test_a_host_that_does_not_resolve_is_not_sent
    F-O13  every form of the header: tests/venues/test_http.py, test_a_429_is_not_sent_and_says_how_long_to_wait
    F-O25  from a second process while the window hangs: tests/e2e/test_safety.py
    F-O35  200 clicks through the widgets: tests/ui/test_ticket.py; the services' side is here
    F-O37  kill -9 at 200 points: tests/faults/test_crash_campaign.py and `python -m tests.faults.crash`
    F-O38  errors of the disk at the level of the file: tests/store/journal/test_elsewhere.py
    F-O39  every way to damage the file: tests/store/journal/test_opening.py
    F-O40  the lock between two processes: tests/store/test_lock.py
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import trustme

from app.domain.errors import DeniedError
from app.domain.money import ZERO
from app.domain.order import OrderState
from app.practice.faults import Drip, Hang
from app.venues.hosts import practice
from tests.faults import tls
from tests.faults.floor import ALL_LOOKS, Floor, opened
from tests.faults.station import KEYS, CountedHttp
from tests.faults.verbs import Reset, Way

SHORT = 1.0  # seconds: a deadline that a test can wait for


async def test_fo01_an_accepted_order_whose_answer_is_reset_is_unknown_and_found_by_history(wired: Floor) -> None:
    await wired.open()
    wired.deafen()
    wired.fault("submit", Hang())

    placing = asyncio.ensure_future(wired.place())
    await wired.until(lambda: wired.house.told("submit"))
    await wired.house.hang_up()
    order = await placing
    await wired.pass_(3)

    assert (order.state, order.at_risk) == (OrderState.UNKNOWN, order.stake)
    assert wired.state(order.ref) is OrderState.OPEN
    assert wired.house.accepted == {order.ref: [wired.order(order.ref).venue_order_id]}
    assert wired.house.received == {order.ref: 1}


async def test_fo02_an_order_whose_answer_never_comes_is_unknown_at_the_deadline_and_never_sent_twice(hall: Floor) -> None:
    await hall.open(deadline=SHORT)
    hall.deafen()
    hall.fault("submit", Hang())

    order = await hall.place()
    await hall.pass_(ALL_LOOKS, 5)

    assert (order.state, order.reason) == (OrderState.UNKNOWN, "No answer within 1 s")
    assert hall.state(order.ref) is OrderState.OPEN
    assert hall.house.received == {order.ref: 1}


async def test_fo03_without_a_listener_nothing_is_sent_and_a_person_may_send_the_same_order_again(wired: Floor) -> None:
    await wired.open()
    await wired.house.cut()

    order = await wired.place()
    nothing = dict(wired.house.received)
    await wired.house.mend()
    again = await wired.desk.trading.place_again(order.ref)

    assert (order.state, order.at_risk, nothing) == (OrderState.NOT_SENT, ZERO, {})
    assert (again.state, again.ref) == (OrderState.ACCEPTED, order.ref)
    assert wired.house.accepted == {order.ref: [again.venue_order_id]}


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


BAD_CERTIFICATES = [tls.expired, tls.of_another_name, tls.self_signed, tls.of_an_unknown_authority]


@pytest.mark.parametrize("bad", BAD_CERTIFICATES)
async def test_fo04_a_host_that_cannot_prove_who_it_is_gets_nothing_and_trading_is_switched_off(
    hall: Floor, authority: trustme.CA, bad: Callable[[trustme.CA], ssl.SSLContext]
) -> None:
    door = tls.Door(hall.house.port)
    await door.show(tls.good(authority))
    station = await hall.open(connect=lambda url: CountedHttp(url, hall.traffic, transport=_trusting(authority)))
    await station.point(practice(f"https://127.0.0.1:{door.port}/partner"), KEYS)
    kept = await hall.place(hall.draft(stake="5.00"))
    calls = len(hall.house.truth.lines)

    await door.show(bad(authority))
    order = await hall.place()
    await hall.traffic.quiet()
    await door.shut()

    assert (kept.state, order.state) == (OrderState.ACCEPTED, OrderState.NOT_SENT)
    assert "cannot prove who it is" in order.reason
    assert (hall.denial(), len(hall.house.truth.lines)) == ("OFF", calls)
    assert any(words.startswith("Trading was switched off") for words in station.said)
    with pytest.raises(DeniedError, match="Trading is off"):
        await hall.desk.trading.place_again(order.ref)


async def test_fo04_the_programs_own_trust_accepts_no_certificate_made_here(hall: Floor, authority: trustme.CA) -> None:
    door = tls.Door(hall.house.port)
    await door.show(tls.good(authority))
    station = await hall.open()
    await station.point(practice(f"https://127.0.0.1:{door.port}/partner"), KEYS)

    order = await hall.place()
    await hall.traffic.quiet()
    await door.shut()

    assert (order.state, hall.denial(), door.connections) == (OrderState.NOT_SENT, "OFF", 0)
    assert hall.house.received == {}


def _trusting(authority: trustme.CA) -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport(verify=tls.trusting(authority), trust_env=False)


async def test_fo06_an_answer_that_drips_is_unknown_at_the_deadline_of_the_whole_call(tmp_path: Path) -> None:
    async with opened(tmp_path, lag=asyncio.sleep) as floor:
        await floor.open(deadline=SHORT)
        floor.deafen()
        floor.fault("submit", Drip(1, SHORT / 10))

        order = await floor.place()
        await floor.pass_(3)

        assert (order.state, order.reason) == (OrderState.UNKNOWN, "No answer within 1 s")
        assert floor.state(order.ref) is OrderState.OPEN
        assert floor.house.received == {order.ref: 1}


async def test_fo07_a_connection_that_the_server_closed_while_idle_is_replaced_and_the_order_sent_once(wired: Floor) -> None:
    await wired.open()
    connections = len(wired.house.proxy.connections)
    await wired.house.close_idle()

    order = await wired.place()

    assert order.state is OrderState.ACCEPTED
    assert len(wired.house.proxy.connections) == connections + 1
    assert wired.house.received == {order.ref: 1}


async def test_fo08_a_kept_connection_that_is_reset_exactly_as_the_order_leaves_is_not_replayed(wired: Floor) -> None:
    station = await wired.open()
    await wired.house.hang_up()
    await station.venue.config()
    kept = len(wired.house.proxy.connections)
    bytes_of_a_call = wired.house.proxy.connections[-1].arrived[Way.UP]
    await wired.house.hang_up()
    wired.house.proxy.plan(Reset(bytes_of_a_call, Way.UP), nth=kept + 1)
    await station.venue.config()

    order = await wired.place()
    await wired.pass_(ALL_LOOKS, 5)

    assert (order.state, wired.state(order.ref)) == (OrderState.UNKNOWN, OrderState.UNKNOWN)
    assert wired.house.received == {}
    assert wired.order(order.ref).may_be_presumed
