"""Cancelling by event, by market and by choice, from the blotter and from the grid."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.domain.events import EventUnlisted
from app.domain.order import OrderState
from app.ui.models.odds_grid import Col, Head
from app.ui.models.orders import STATUS_COLUMN
from tests.ui.acts import place
from tests.ui.kit import HOME, SPREADS, Desk, selections

SPREAD_HOME = selections(SPREADS[0])[0].id


def trigger(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def three(desk: Desk) -> tuple[str, str]:
    """A moneyline order and a spread order."""
    return place(desk, "10", HOME), place(desk, "20", SPREAD_HOME)


def state(desk: Desk, ref: str) -> OrderState:
    return desk.session.blotter.orders[ref].state


def row_menu(desk: Desk, ref: str) -> QMenu:
    blotter = desk.window.at_hand.blotter
    at = next(place_ for place_, order in enumerate(blotter.model.rows) if order.ref == ref)
    return blotter.table.menu_at(blotter.table.visualRect(blotter.model.index(at, 0)).center())


def grid_menu(desk: Desk, place_: int) -> QMenu:
    grid = desk.window.at_hand.grid
    return grid.table.menu_at(grid.table.visualRect(grid.model.index(place_, Col.NAME)).center())


def test_an_order_offers_to_cancel_all_on_its_market(desk: Desk) -> None:
    money, spread = three(desk)
    trigger(row_menu(desk, spread), "Cancel all on Spread, all numbers")
    assert (state(desk, money), state(desk, spread)) == (OrderState.OPEN, OrderState.CANCELLED)


def test_an_order_offers_to_cancel_all_on_its_event(desk: Desk) -> None:
    money, spread = three(desk)
    trigger(row_menu(desk, spread), "Cancel all on this event")
    assert (state(desk, money), state(desk, spread)) == (OrderState.CANCELLED, OrderState.CANCELLED)


@pytest.mark.parametrize("is_head", [True, False])
def test_the_grid_offers_to_cancel_all_on_a_market_from_its_head_and_from_its_lines(desk: Desk, is_head: bool) -> None:
    money, spread = three(desk)
    rows = desk.window.at_hand.grid.model.rows
    place_ = next(at for at, row in enumerate(rows) if isinstance(row, Head) is is_head)
    trigger(grid_menu(desk, place_), "Cancel all on Moneyline")
    assert (state(desk, money), state(desk, spread)) == (OrderState.CANCELLED, OrderState.OPEN)


def test_the_grid_offers_to_cancel_all_on_the_event_beside_its_rows_too(desk: Desk) -> None:
    money, spread = three(desk)
    below = QPoint(5, desk.window.at_hand.grid.table.viewport().height() - 3)
    menu = desk.window.at_hand.grid.table.menu_at(below)
    assert menu.actions()[0].text() == "Cancel all on this event"
    trigger(menu, "Cancel all on this event")
    assert (state(desk, money), state(desk, spread)) == (OrderState.CANCELLED, OrderState.CANCELLED)


def test_delete_cancels_the_chosen_orders_in_one_request(desk: Desk) -> None:
    refs = three(desk)
    table = desk.window.at_hand.blotter.table
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert desk.venue.cancelled == []  # not one by one
    assert [state(desk, ref) for ref in refs] == [OrderState.CANCELLED] * 2


def test_a_refused_cancel_stands_in_its_row_until_the_order_moves(desk: Desk) -> None:
    ref = place(desk)
    desk.session.blotter.refuse_cancel(ref, "It is not yours")
    desk.frame()
    model = desk.window.at_hand.blotter.model
    cell = model.index(0, STATUS_COLUMN)
    assert cell.data() == "✗ Cancel refused"
    assert "Its cancel was refused: It is not yours" in cell.data(Qt.ItemDataRole.ToolTipRole)
    trigger(row_menu(desk, ref), "Cancel this order")
    desk.frame()
    assert cell.data() == "Cancelled"


@pytest.mark.parametrize("is_head", [True, False])
def test_a_line_with_numbers_names_the_whole_market_that_is_cancelled(desk: Desk, is_head: bool) -> None:
    money, spread = three(desk)
    rows = desk.window.at_hand.grid.model.rows
    head = next(at for at, row in enumerate(rows) if isinstance(row, Head) and row.group.name == "Spread")
    desk.window.at_hand.grid.table.pressed_number.emit(rows[head], SPREADS[1])
    other = place(desk, "20", selections(SPREADS[1])[0].id)
    trigger(grid_menu(desk, head if is_head else head + 1), "Cancel all on Spread, all numbers")
    assert [state(desk, ref) for ref in (money, spread, other)] == [OrderState.OPEN, OrderState.CANCELLED, OrderState.CANCELLED]


def test_an_order_on_a_market_without_other_numbers_offers_it_by_its_name_alone(desk: Desk) -> None:
    money, spread = three(desk)
    trigger(row_menu(desk, money), "Cancel all on Moneyline")
    assert (state(desk, money), state(desk, spread)) == (OrderState.CANCELLED, OrderState.OPEN)


def test_an_order_whose_market_is_not_known_any_more_says_that_all_numbers_go(desk: Desk) -> None:
    ref = place(desk, "20", SPREAD_HOME)
    desk.session.emit([EventUnlisted(1001)])
    trigger(row_menu(desk, ref), "Cancel all on this market, all its numbers")
    assert state(desk, ref) is OrderState.CANCELLED
