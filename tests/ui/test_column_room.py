"""Columns that give way on a small screen: what matters most stays in view, and what tells rows apart gets the room that is left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from app.ui.models.orders import EVENT_COLUMN, SELECTION_COLUMN, STATUS_COLUMN, USER_COLUMN
from app.ui.models.users import LAST_ORDER_COLUMN
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.user_table import NAME, WHO, UsersTable
from tests.ui.kit import Desk

SMALL, LARGE = (1280, 800), (1600, 1000)


def end_of(table: QTableView, column: int) -> int:
    """Where a column ends, in pixels from the left edge of the table."""
    return table.columnViewportPosition(column) + table.columnWidth(column)


def sized(desk: Desk, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    QTest.qWait(0)


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    """Four columns of 100 pixels, the last one moved to the front."""
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(QStandardItemModel(1, 4, table))
    table.verticalHeader().hide()
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for column in range(4):
        table.setColumnWidth(column, 100)
    table.horizontalHeader().moveSection(3, 0)
    return table


def test_a_column_that_was_moved_to_the_front_takes_its_part_of_the_room(table: QTableView) -> None:
    room = ColumnRoom(table, {0: Span(60, 100)}, 1)
    table.show()
    table.resize(280 + 2 * table.frameWidth(), 100)
    assert [table.columnWidth(column) for column in (3, 0, 1)] == [100, 80, 100]
    assert end_of(table, 1) == 280
    assert room.parent() is table


@pytest.mark.parametrize("has_users", [True, False])
def test_how_an_order_stands_is_in_view_on_a_small_screen(request: pytest.FixtureRequest, has_users: bool) -> None:
    desk: Desk = request.getfixturevalue("users_desk" if has_users else "desk")
    table = desk.window.at_hand.blotter.table
    table.show()
    sized(desk, SMALL)
    assert end_of(table, STATUS_COLUMN) <= table.viewport().width()


def test_names_of_orders_have_their_whole_width_on_a_large_screen(users_desk: Desk) -> None:
    table = users_desk.window.at_hand.blotter.table
    table.show()
    sized(users_desk, LARGE)
    assert [table.columnWidth(column) for column in (SELECTION_COLUMN, USER_COLUMN, EVENT_COLUMN)] == [178, 150, 150]


def test_the_status_of_the_record_is_in_view_on_a_small_screen(users_desk: Desk) -> None:
    view = users_desk.window.at_hand
    view.tabs.setCurrentWidget(view.record)
    sized(users_desk, SMALL)
    table, place = view.record.table, view.record.model.names.index("status")
    assert table.columnViewportPosition(place) + 60 <= table.viewport().width()


def test_ids_and_names_of_users_take_the_room_that_is_left(users_desk: Desk) -> None:
    view = users_desk.window.at_hand
    assert view.users is not None
    view.tabs.setCurrentWidget(view.users)
    table: UsersTable = view.users.table
    table.show()
    sized(users_desk, LARGE)
    assert table.columnWidth(0) == WHO.most
    assert NAME.least < table.columnWidth(1) <= NAME.most
    assert end_of(table, LAST_ORDER_COLUMN) <= table.viewport().width()
    sized(users_desk, SMALL)
    assert (table.columnWidth(0), table.columnWidth(1)) < (WHO.most, NAME.most)


def test_the_log_needs_no_scrolling_sideways(desk: Desk) -> None:
    view = desk.window.at_hand
    view.tabs.setCurrentWidget(view.log)
    sized(desk, SMALL)
    assert view.log.horizontalScrollBar().maximum() == 0
