"""The ticket itself at the practice exchange: one stake over twenty prices, and its lines through matches, cancels and a lost answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from app.domain.environment import Environment
from app.domain.odds import Odds
from app.practice.faults import Hang
from app.store.paths import resources
from app.ui.display import Display
from app.ui.theme import Theme
from app.ui.views.ticket import Ticket
from tests.faults.floor import Floor

COUNT = 20


@pytest.fixture
async def ticket(hall: Floor, qapp: QApplication) -> AsyncIterator[Ticket]:
    """20.00 at +150 over twenty prices, on a terminal that is ready."""
    await hall.open(deadline=1.0)
    desk = hall.desk
    ticket = Ticket(desk.session, desk.tasks.start, Environment.PRACTICE, Display(), Theme(qapp, resources()), hall.hours.monotonic)
    draft = hall.draft(150, "20.00")
    name = desk.catalogue.names(draft.market, draft.selection_id)[2]
    ticket.prefill(msgspec.structs.replace(draft, selection_name=name), with_stake=False)
    ticket.stake.setText("20.00")
    ticket.prices.buttons[COUNT].click()
    yield ticket
    shiboken6.delete(ticket)


def fates(ticket: Ticket) -> list[str]:
    ticket.refresh()
    return [row.fate for row in ticket.rows.texts()]


async def test_twenty_orders_are_one_request_and_their_lines_follow_them_to_the_end(hall: Floor, ticket: Ticket) -> None:
    assert ticket.objection.text() == ""
    ticket.place.click()
    await hall.until(lambda: len(hall.house.received) == COUNT)
    await hall.flow(lambda: set(fates(ticket)) == {"resting"})

    assert len(hall.house.told("submit_many")) == COUNT
    assert hall.house.told("submit") == []
    assert {order.price for order in hall.house.orders} == {rung.american for rung in _twenty(hall)}
    assert sum(order.quantity for order in hall.house.orders) == 20_00

    hall.house.bob_bets(-150, 1_50)
    await hall.flow(lambda: sum(fate.startswith("filled") for fate in fates(ticket)) == 1)

    ticket.cancel_these.click()
    await hall.pass_(2)
    assert Counter(fates(ticket))["cancelled"] == COUNT - 1
    assert hall.desk.blotter.rest == 0


async def test_a_request_that_is_never_answered_is_twenty_unknown_lines_until_each_is_found(hall: Floor, ticket: Ticket) -> None:
    hall.deafen()
    hall.fault("submit_many", Hang())
    ticket.place.click()
    await hall.until(lambda: len(hall.house.received) == COUNT)
    await hall.flow(lambda: set(fates(ticket)) == {"unknown"})
    assert {row.words for row in ticket.rows.texts()} == {"status unknown, not sent again"}

    await hall.pass_(3)
    assert set(fates(ticket)) == {"resting"}
    assert set(hall.house.received.values()) == {1}


def _twenty(floor: Floor) -> list[Odds]:
    ladder = floor.desk.controls.ladder
    assert ladder is not None
    first = ladder.rungs.index(floor.draft(150).odds)
    return list(ladder.rungs[first : first + COUNT])
