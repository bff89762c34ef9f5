"""The services on the B2B venue, unchanged: an order's life, a lost answer, what was placed elsewhere, the kill switch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from app.domain.events import EventChanged, MarketsSeeded
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.user import User
from app.services.controls import NOTHING_CONFIRMED
from app.venues.http import Http
from app.venues.omnibus.ladder import BUILT_IN
from app.venues.omnibus.venue import Omnibus
from tests.services.fakes import Clock, Desk
from tests.venues.exchange import Watched, let_pass
from tests.venues.omnibus.floor import PartnerFloor


class FloorClock(Clock):
    """The exchange's own."""

    def __init__(self, floor: PartnerFloor) -> None:
        super().__init__()
        self._floor = floor

    def monotonic(self) -> float:
        return self._floor.seconds()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._floor.seconds(), UTC)

    def move(self, seconds: float) -> None:
        self._floor.pass_time(seconds)


class Deaf(Watched):
    """The exchange's answers to what is posted to the orders' path are lost while it `is_deaf`."""

    is_deaf = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self.is_deaf and request.method == "POST" and request.url.path.endswith("/orders"):
            raise httpx.ReadTimeout("nothing came", request=request)
        return response


class DeafFloor(PartnerFloor):
    def __init__(self, delay: float = 0) -> None:
        super().__init__(delay)
        self.transport = Deaf(self)

    def connect(self, url: str) -> Http:
        return Http(url, transport=self.transport)


@asynccontextmanager
async def started(floor: PartnerFloor, *, batches: bool = False) -> AsyncIterator[tuple[Desk, Omnibus, OrderDraft]]:
    """All services, their first comparison with the venue done, and an order that would rest."""
    async with floor.desk(batches=batches, many_events=False) as venue:
        desk = Desk(venue, FloorClock(floor))
        draft = floor.resting_for("cust-1")
        desk.controls.ladder = await venue.ladder()
        await desk.account.read()
        await desk.reconciliation.run()
        events = await venue.events_by_id([draft.market.event_id])
        desk.session.emit([EventChanged(event) for event in events])
        seeded = await venue.markets(draft.market.event_id)
        desk.session.emit([seeded])
        desk.controls.is_on = True
        desk.desk.users.put([User("cust-1")])
        yield desk, venue, msgspec.structs.replace(draft, odds=_resting(seeded, draft))
        await desk.tasks.stop()


def _resting(seeded: MarketsSeeded, draft: OrderDraft) -> Odds:
    """A price that nobody gives, and not too far off to be allowed."""
    (side,) = (book.sides[draft.selection_id] for book in seeded.books if draft.selection_id in book.sides)
    return BUILT_IN.move(side[0].odds, 40)


async def place(desk: Desk, draft: OrderDraft) -> Order:
    return await desk.trading.place(draft, NOTHING_CONFIRMED)


async def test_an_order_lives_and_is_cancelled() -> None:
    floor = PartnerFloor()
    async with started(floor) as (desk, _, draft):
        order = await place(desk, draft)
        floor.pass_time()
        await desk.reconciliation.run()
        assert desk.blotter.orders[order.ref].state is OrderState.OPEN
        assert desk.blotter.orders[order.ref].draft.external_user == "cust-1"
        await desk.trading.cancel(order.ref)
        assert desk.blotter.orders[order.ref].state is OrderState.CANCELLED


@pytest.mark.parametrize("delay", [0, 90])
async def test_an_order_whose_answer_was_lost_is_found_by_its_reference_however_late_the_record_is(delay: float) -> None:
    floor = DeafFloor(delay)
    async with started(floor) as (desk, _, draft):
        floor.transport.is_deaf = True
        order = await place(desk, draft)
        floor.transport.is_deaf = False
        assert order.state is OrderState.UNKNOWN
        floor.pass_time(2)
        await desk.search.look([order.ref])
        if delay:
            assert desk.blotter.orders[order.ref].state is OrderState.UNKNOWN
            assert desk.blotter.orders[order.ref].not_seen == 0
            floor.pass_time(delay)
            await desk.search.look([order.ref])
        assert desk.blotter.orders[order.ref].state is OrderState.OPEN


async def test_what_was_placed_elsewhere_is_shown_with_its_user_and_can_be_cancelled() -> None:
    floor = PartnerFloor()
    async with started(floor) as (desk, _, draft):
        async with floor.desk() as another:
            await another.place("elsewhere-1", floor.resting_for("cust-9"), let_pass)
            floor.pass_time()
            await desk.reconciliation.run()
        (order,) = desk.blotter.live()
        assert (order.is_elsewhere, order.draft.external_user, order.state) == (True, "cust-9", OrderState.OPEN)
        await desk.trading.cancel(order.ref)
        assert desk.blotter.live() == []
        assert draft.external_user == "cust-1"


@pytest.mark.parametrize("batches", [True, False])
async def test_the_kill_switch_takes_everything_off_by_its_ids(batches: bool) -> None:
    floor = PartnerFloor()
    async with started(floor, batches=batches) as (desk, venue, draft):
        await place(desk, draft)
        for number in range(23):
            await venue.place(f"elsewhere-{number}", draft, let_pass)
            floor.pass_time(0.1)
        floor.pass_time()
        assert await desk.kill.run("a test")
        assert desk.blotter.live() == []
        assert {order.state for order in desk.blotter.orders.values()} == {OrderState.CANCELLED}
        orders = [order for order in floor.exchange.accounts.orders.values() if order.user_id == floor.partner.user_id]
        assert {str(order.status) for order in orders} == {"canceled"}
        assert len(orders) == 24


async def test_a_late_record_keeps_the_kill_switch_looking_and_nothing_is_taken_for_gone() -> None:
    floor = PartnerFloor(delay=20)
    async with started(floor, batches=True) as (desk, venue, draft):
        await venue.place("elsewhere-late", draft, let_pass)
        floor.pass_time(30)
        assert await desk.kill.run("a test")
        assert [order.state for order in desk.blotter.orders.values()] == [OrderState.CANCELLED]
        assert not desk.reconciliation.not_shown


async def test_after_a_restart_open_orders_are_taken_up_from_the_record() -> None:
    floor = PartnerFloor()
    async with started(floor) as (desk, _, draft):
        order = await place(desk, draft)
        floor.pass_time()
        kept = desk.blotter.orders[order.ref]
    floor.pass_time(2 * 86_400)
    async with floor.desk() as venue:
        desk = Desk(venue, FloorClock(floor))
        desk.reconciliation.restore([kept])
        await desk.reconciliation.run()
        assert desk.blotter.orders[order.ref].state is OrderState.OPEN
        assert desk.controls.is_reconciled
        assert not desk.reconciliation.unlearned
        await desk.tasks.stop()
