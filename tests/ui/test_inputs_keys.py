"""I-56: a hot key pressed while something else has the focus is ignored. The kill switch works everywhere: test_inputs_kill.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage
from app.ui.window import NOT_CANCELLED
from tests.ui.acts import enter, place, write
from tests.ui.kit import HOME, Desk
from tests.ui.test_limits import open_editor

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

K, M = Qt.Key, Qt.KeyboardModifier


class HotKey(NamedTuple):
    key: Qt.Key
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


KEYS = {
    "Ctrl+Shift+X": HotKey(K.Key_X, M.ControlModifier | M.ShiftModifier),
    "slash": HotKey(K.Key_Slash),
    "Delete": HotKey(K.Key_Delete),
    "Ctrl+L": HotKey(K.Key_L, M.ControlModifier),
    "Ctrl+M": HotKey(K.Key_M, M.ControlModifier),
    "F1": HotKey(K.Key_F1),
    "Enter": HotKey(K.Key_Return),
    "Up": HotKey(K.Key_Up),
    "Down": HotKey(K.Key_Down),
    "Left": HotKey(K.Key_Left),
    "Right": HotKey(K.Key_Right),
}
ARROWS = ("Up", "Down", "Left", "Right")
ABOUT_ORDERS = ("Ctrl+Shift+X", "slash", "Delete", "Enter", *ARROWS)  # the others only change how the window looks and sounds


class State(NamedTuple):
    """Everything that a hot key could change."""

    cancelled: tuple[str, ...]
    cancelled_all: int
    placed: int
    halt: str
    is_dark: bool
    is_muted: bool
    is_help_open: bool
    ticket: tuple[str, str, str, str]
    open_event: int | None
    price: tuple[int, int]


def state(desk: Desk) -> State:
    desk.tasks.settle()
    window, ticket, venue = desk.window, desk.window.at_hand.ticket, desk.venue
    at = window.at_hand.grid.table.currentIndex()
    return State(
        tuple(venue.cancelled), venue.cancelled_all, len(venue.placed), desk.journal.halt, desk.theme.colours.is_dark, desk.sounds.is_muted,
        window.keys_box.isVisible(), (ticket.stage, ticket.selection.text(), ticket.odds.text(), ticket.stake.text()),
        desk.session.open_event_id, (at.row(), at.column()),
    )  # fmt: skip


@pytest.fixture
def busy(desk: Desk) -> Iterator[Desk]:
    """An open order that is chosen, a price under the grid's cursor, an order in the ticket: every hot key has something to do."""
    place(desk, "10")
    desk.window.at_hand.blotter.table.selectRow(0)
    write(desk, "20")
    grid = desk.window.at_hand.grid
    row = grid.model.row_of_selection(HOME)
    assert row is not None
    grid.table.setCurrentIndex(grid.model.index(row, Col.THIRD))
    yield desk
    desk.sounds.is_muted = False


def press_key(widget: QWidget, name: str) -> None:
    QTest.keyClick(widget, KEYS[name].key, KEYS[name].modifiers)


# Where the focus can be that is not the window's own

Open = Callable[[Desk, QtBot], QWidget]


def is_in_front(box: QWidget) -> Callable[[], bool]:
    return lambda: QApplication.activeWindow() is box


def open_box(desk: Desk, qtbot: QtBot) -> QWidget:
    box = desk.window.quit_box
    box.begin()
    qtbot.waitUntil(is_in_front(box))
    return box


def open_menu(desk: Desk, _: QtBot) -> QWidget:
    menu = desk.window.at_hand.header.menu_button.menu()
    menu.popup(desk.window.mapToGlobal(desk.window.rect().center()))
    return menu


def open_context_menu(desk: Desk, _: QtBot) -> QWidget:
    table = desk.window.at_hand.blotter.table
    table.customContextMenuRequested.emit(QPoint(40, 5))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    return menu


def open_list(desk: Desk, _: QtBot) -> QWidget:
    desk.window.at_hand.grid.format.showPopup()
    return desk.window.at_hand.grid.format.view()


def open_other_window(desk: Desk, qtbot: QtBot) -> QWidget:
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(is_in_front(other))
    return other


def open_file_box(desk: Desk, qtbot: QtBot) -> QWidget:
    table = desk.window.at_hand.blotter.table
    next(action for action in table.menu_at(QPoint(40, 5)).actions() if action.text().startswith("Save table")).trigger()
    box = desk.window.findChild(QFileDialog)
    assert isinstance(box, QFileDialog)
    box.activateWindow()
    qtbot.waitUntil(is_in_front(box))
    field = box.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    return field


def close_all() -> None:
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.hide()
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QFileDialog):
            box.close()


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("elsewhere", [open_box, open_menu, open_list, open_other_window])
def test_i56_a_hot_key_does_nothing_while_the_focus_is_elsewhere(busy: Desk, qtbot: QtBot, elsewhere: Open, name: str) -> None:
    before = state(busy)
    press_key(elsewhere(busy, qtbot), name)
    assert state(busy) == before
    close_all()


@pytest.mark.parametrize("elsewhere", [open_context_menu, open_file_box])
def test_i56_nor_do_all_of_them_over_a_context_menu_or_the_file_box(busy: Desk, qtbot: QtBot, elsewhere: Open) -> None:
    before = state(busy)
    widget = elsewhere(busy, qtbot)
    for name in KEYS:
        if name not in ARROWS and name != "Enter":  # those choose in the menu and save in the box
            press_key(widget, name)
    assert state(busy) == before
    close_all()


# Text fields


def stake_field(desk: Desk) -> QLineEdit:
    return desk.window.at_hand.ticket.stake


def odds_field(desk: Desk) -> QLineEdit:
    return desk.window.at_hand.ticket.odds


def search_field(desk: Desk) -> QLineEdit:
    return desk.window.at_hand.events.search


def market_filter(desk: Desk) -> QLineEdit:
    return desk.window.at_hand.grid.market_filter


def order_filter(desk: Desk) -> QLineEdit:
    return desk.window.at_hand.blotter.filter


def limit_editor(desk: Desk) -> QLineEdit:
    return open_editor(desk, "stake")


FieldOf = Callable[[Desk], QLineEdit]
FIELDS: tuple[FieldOf, ...] = (stake_field, odds_field, search_field, market_filter, order_filter, limit_editor)


OWN: dict[FieldOf, tuple[str, ...]] = {
    stake_field: ("Enter",),
    odds_field: ("Enter", "Up", "Down"),
    search_field: ("Down",),
    limit_editor: ("Enter", "Up", "Down"),
}  # what these keys are there for
STAYING = [(field_of, name) for field_of in FIELDS for name in ABOUT_ORDERS if name not in OWN.get(field_of, ())]


@pytest.mark.parametrize(("field_of", "name"), STAYING)
def test_i56_a_key_about_orders_stays_in_the_field_that_has_the_focus(busy: Desk, field_of: FieldOf, name: str) -> None:
    field = field_of(busy)
    field.setFocus()
    enter(field, "12")
    QTest.keyClick(field, K.Key_Home)
    before = state(busy)
    press_key(field, name)
    assert (field.text(), QApplication.focusWidget()) == ({"slash": "/12", "Delete": "2"}.get(name, "12"), field)
    after = state(busy)
    assert after._replace(ticket=before.ticket) == before
    assert after.ticket[0] == before.ticket[0] == Stage.DRAFT


def test_i56_down_leads_from_the_search_to_the_tree_and_touches_no_order(busy: Desk) -> None:
    field = search_field(busy)
    field.setFocus()
    before = state(busy)
    press_key(field, "Down")
    assert QApplication.focusWidget() is busy.window.at_hand.events.tree
    assert state(busy) == before


@pytest.mark.parametrize("name", OWN[limit_editor])
def test_i56_enter_and_arrows_end_the_editing_of_a_limit_and_touch_no_order(busy: Desk, name: str) -> None:
    editor = limit_editor(busy)
    enter(editor, "500")
    before = state(busy)
    press_key(editor, name)
    QCoreApplication.sendPostedEvents()  # Qt commits an editor in the next turn
    assert state(busy) == before
    assert busy.window.at_hand.limits.said.text() == "Quantity of an order: 500.00 from now on"


@pytest.mark.parametrize("field_of", FIELDS)
def test_i56_cancel_all_pressed_in_a_field_says_that_nothing_was_cancelled(busy: Desk, field_of: FieldOf) -> None:
    field = field_of(busy)
    field.setFocus()
    press_key(field, "Ctrl+Shift+X")
    assert busy.notices.lines[-1].words == NOT_CANCELLED
    busy.frame()
    assert NOT_CANCELLED in busy.window.at_hand.status.said.text()
    QTest.mouseClick(busy.window.at_hand.header.cancel_button, Qt.MouseButton.LeftButton)  # it takes no focus, so the field still has it
    assert (busy.venue.cancelled_all, QApplication.focusWidget()) == (1, field)


@pytest.mark.parametrize("name", ["Ctrl+L", "Ctrl+M", "F1"])
def test_i56_a_key_that_only_looks_works_in_a_field_and_leaves_its_text(busy: Desk, name: str) -> None:
    field = stake_field(busy)
    field.setFocus()
    before = state(busy)
    press_key(field, name)
    after = state(busy)
    assert after._replace(is_dark=before.is_dark, is_muted=before.is_muted, is_help_open=before.is_help_open) == before
    assert (after.is_dark, after.is_muted, after.is_help_open) != (before.is_dark, before.is_muted, before.is_help_open)


@pytest.mark.parametrize("where", ["grid", "tree", "orders", "ticket"])
def test_i56_cancel_all_works_outside_of_fields(busy: Desk, where: str) -> None:
    window = busy.window
    places = {
        "grid": window.at_hand.grid.table,
        "tree": window.at_hand.events.tree,
        "orders": window.at_hand.blotter.table,
        "ticket": window.at_hand.ticket,
    }
    places[where].setFocus()
    press_key(places[where], "Ctrl+Shift+X")
    assert busy.venue.cancelled_all == 1


def test_i56_cancel_all_from_the_menu_works_though_a_field_has_the_focus(busy: Desk) -> None:
    stake_field(busy).setFocus()
    menu = busy.window.at_hand.header.menu_button.menu()
    action = next(action for action in menu.actions() if action.text().startswith("Cancel all orders"))
    menu.popup(busy.window.mapToGlobal(busy.window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert busy.venue.cancelled_all == 1


@pytest.mark.parametrize(("name", "odds"), [("Up", "+151"), ("Down", "+149")])
def test_i56_arrows_in_the_grid_leave_the_ticket_alone_and_in_the_odds_they_step(busy: Desk, name: str, odds: str) -> None:
    table = busy.window.at_hand.grid.table
    table.setFocus()
    press_key(table, name)
    assert odds_field(busy).text() == "+150"
    press_key(odds_field(busy), name)
    assert odds_field(busy).text() == odds


def test_i56_enter_on_a_price_writes_an_order_and_sends_none(busy: Desk) -> None:
    table = busy.window.at_hand.grid.table
    table.setFocus()
    press_key(table, "Enter")
    assert (odds_field(busy).text(), stake_field(busy).hasFocus()) == ("+144", True)
    assert state(busy).placed == 1
