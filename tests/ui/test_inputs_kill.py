"""I-56: the one key that works wherever the focus is, the kill switch."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.record import Halted
from app.ui.window import PULLED
from tests.ui.acts import enter, write
from tests.ui.kit import Desk
from tests.ui.test_inputs_keys import (
    FIELDS,
    FieldOf,
    Open,
    close_all,
    is_in_front,
    open_box,
    open_context_menu,
    open_file_box,
    open_list,
    open_menu,
    open_other_window,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


@pytest.mark.parametrize("field_of", FIELDS)
def test_i56_the_kill_switch_works_in_every_field_and_leaves_its_text(desk: Desk, field_of: FieldOf) -> None:
    write(desk)
    field = field_of(desk)
    field.setFocus()
    enter(field, "12")
    QTest.keyClick(field, Qt.Key.Key_F12)
    desk.frame()
    assert desk.journal.halt == PULLED
    assert field.text() == "12"


@pytest.mark.parametrize("elsewhere", [open_box, open_menu, open_context_menu, open_list, open_other_window, open_file_box])
def test_i56_the_kill_switch_works_over_boxes_menus_lists_and_other_windows(desk: Desk, qtbot: QtBot, elsewhere: Open) -> None:
    QTest.keyClick(elsewhere(desk, qtbot), Qt.Key.Key_F12)
    assert desk.journal.halt == PULLED
    close_all()


@pytest.mark.parametrize("name", ["keys_box", "switch_box"])
def test_i56_the_kill_switch_works_in_the_other_boxes(desk: Desk, qtbot: QtBot, name: str) -> None:
    box = getattr(desk.window, name, None) or getattr(desk.window.at_hand, name)
    box.bring()
    qtbot.waitUntil(is_in_front(box))
    QTest.keyClick(box, Qt.Key.Key_F12)
    assert desk.journal.halt == PULLED


def test_i56_the_kill_switch_works_in_the_panel_of_an_earlier_pull(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_F12)
    desk.frame()
    field = desk.window.at_hand.halt.field
    field.setFocus()
    QTest.keyClicks(field, "resu")
    QTest.keyClick(field, Qt.Key.Key_F12)
    desk.frame()
    assert len(desk.journal.of(Halted)) >= 3
    assert (desk.journal.halt, field.text()) == (PULLED, "resu")


def test_i56_no_box_stands_before_the_stop_button(desk: Desk, qtbot: QtBot) -> None:
    for elsewhere in (open_box, open_file_box):
        box = elsewhere(desk, qtbot).window()
        assert not box.isModal()
    close_all()
