"""Closing over open orders: leave them, cancel all first, or stay; without any the window closes at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.order import OrderState
from app.ui.theme import Theme
from tests.ui.acts import lose, place
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


@pytest.fixture
def asking(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(theme, tmp_path, ask_on_quit=True)
    yield desk
    desk.close()


def test_without_open_orders_it_closes_at_once(asking: Desk) -> None:
    told: list[bool] = []
    asking.window.closed.connect(lambda: told.append(True))
    assert asking.window.close()
    assert told == [True]


def test_open_orders_are_counted_before_it_closes(asking: Desk) -> None:
    place(asking, "10")
    place(asking, "20")
    lose(asking, "30")
    assert not asking.window.close()
    box = asking.window.quit_box
    assert box.isVisible()
    assert not box.isModal()
    assert box.words.text().startswith("3 orders are open, 1 of unknown outcome")
    assert asking.window.isVisible()


def test_staying_is_the_default_and_escape(asking: Desk) -> None:
    place(asking)
    box = asking.window.quit_box
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        asking.window.close()
        assert box.harmless.isDefault()
        QTest.keyClick(box, key)
        assert not box.isVisible()
        assert asking.window.isVisible()
    assert asking.venue.cancelled_all == 0


def test_closing_again_while_it_asks_asks_once(asking: Desk) -> None:
    place(asking)
    assert not asking.window.close()
    assert not asking.window.close()
    assert asking.window.quit_box.isVisible()
    assert asking.window.isVisible()


def test_leaving_them_closes_and_cancels_nothing(asking: Desk) -> None:
    place(asking)
    asking.window.close()
    asking.window.quit_box.leave.click()
    assert not asking.window.isVisible()
    assert asking.venue.cancelled_all == 0
    assert "The window was closed while 1 order is open" in asking.notices.lines[-1].words


def test_cancelling_all_closes_when_nothing_is_left(asking: Desk) -> None:
    ref = place(asking)
    asking.window.close()
    asking.window.quit_box.cancel.click()
    assert asking.desk.blotter.orders[ref].state is OrderState.CANCELLED
    assert not asking.window.isVisible()
    assert asking.journal.halt == ""


def test_what_cannot_be_cancelled_is_waited_for_ten_seconds_and_said(asking: Desk) -> None:
    place(asking)
    asking.venue.is_stuck = True
    asking.window.close()
    box = asking.window.quit_box
    box.cancel.click()
    asking.frame()
    assert "Cancelling: 1 order is open" in box.words.text()
    assert not box.cancel.isEnabled()
    asking.beat(5.0)
    assert asking.window.isVisible()
    asking.beat(5.1)
    assert not asking.window.isVisible()
    assert "The window was closed while 1 order is open" in asking.notices.lines[-1].words


def test_staying_while_it_cancels_keeps_the_window(asking: Desk) -> None:
    place(asking)
    asking.venue.is_stuck = True
    asking.window.close()
    box = asking.window.quit_box
    box.cancel.click()
    box.harmless.click()
    asking.beat(11.0)
    assert asking.window.isVisible()
    assert not box.isVisible()


def test_the_tour_and_tests_close_without_being_asked(desk: Desk) -> None:
    place(desk)
    assert desk.window.close()
