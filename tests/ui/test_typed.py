"""What people paste and press: fields are bounded, words are taken literally, and a key meant for a field stays there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.ui.acts import place, write
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def test_every_field_takes_a_bounded_text(desk: Desk) -> None:
    fields = desk.window.findChildren(QLineEdit)
    assert len(fields) >= 7
    for field in fields:
        field.setText("9" * 100_000)
        assert len(field.text()) <= 200


def test_a_pasted_picture_leaves_a_field_as_it_was(desk: Desk) -> None:
    ticket = write(desk, "10")
    QGuiApplication.clipboard().setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    QTest.keyClick(ticket.stake, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert ticket.stake.text() == "10"
    QGuiApplication.clipboard().clear()


def test_a_pasted_line_break_does_not_place(desk: Desk) -> None:
    ticket = write(desk, "")
    QGuiApplication.clipboard().setText("10\n\n")
    QTest.keyClick(ticket.stake, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert desk.venue.placed == []


@pytest.mark.parametrize("text", [".*", "%", "'; DROP TABLE orders; --", '"', "[", "\\", "x" * 10_000, "a\0b"])
def test_the_searches_take_everything_literally(desk: Desk, text: str) -> None:
    place(desk)
    for field in (desk.window.events.search, desk.window.blotter.filter, desk.window.grid.market_filter):
        field.setText(text)
    assert desk.window.blotter.model.rows == []


def test_a_slash_typed_into_the_stake_stays_there(desk: Desk) -> None:
    ticket = write(desk, "1")
    QTest.keyClick(ticket.stake, Qt.Key.Key_End)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Slash)
    assert ticket.stake.hasFocus()
    assert not ticket.place.isEnabled()


def test_a_double_click_on_place_sends_one_order(desk: Desk) -> None:
    ticket = write(desk, "10")
    QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(ticket.place, Qt.MouseButton.LeftButton)
    assert len(desk.venue.placed) == 1


def test_place_is_never_the_default_of_anything(desk: Desk) -> None:
    ticket = write(desk, "10")
    assert not ticket.place.isDefault()
    assert not ticket.place.autoDefault()
    desk.window.keys_box.bring()
    QTest.keyClick(desk.window.keys_box, Qt.Key.Key_Return)
    assert not desk.window.keys_box.isVisible()
    assert desk.venue.placed == []


def test_ten_times_the_last_stake_must_be_meant(desk: Desk) -> None:
    place(desk, "100")
    ticket = write(desk, "1000")
    ticket.place.click()
    assert len(desk.venue.placed) == 1
    assert "10 times the last stake" in ticket.objection.text()
