"""The kill switch in the window: one key and one button that work at once, what is left in view, and a typed word to go on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.errors import DeniedError
from app.domain.order import OrderState
from app.ui.views.halt import ROW, SEEN
from app.ui.window import PULLED
from tests.ui.acts import lose, place, press, write
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def pull(desk: Desk) -> None:
    press(desk, Qt.Key.Key_F12)


def test_the_button_halts_and_cancels_without_asking(desk: Desk) -> None:
    ref = place(desk)
    desk.window.at_hand.header.stop_button.click()
    desk.frame()
    assert desk.journal.halt == PULLED
    assert desk.desk.blotter.orders[ref].state is OrderState.CANCELLED
    assert desk.window.at_hand.halt.isVisible()
    assert desk.window.at_hand.halt.why.text() == f"■ HALTED: {PULLED}"


def test_a_held_key_pulls_once(desk: Desk) -> None:
    stop = next(action for action in desk.window.findChildren(QAction) if action.shortcut().toString() == "F12")
    assert not stop.autoRepeat()


def test_cancel_all_does_not_halt(desk: Desk) -> None:
    place(desk)
    QTest.keyClick(desk.window, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.venue.cancelled_all == 1
    assert desk.journal.halt == ""
    assert desk.window.at_hand.halt.isHidden()


def test_the_panel_lists_what_is_left_and_scrolls_beyond_five(desk: Desk) -> None:
    for stake in ("10", "20", "30", "40", "50", "60", "70"):
        place(desk, stake)
    desk.venue.is_stuck = True
    pull(desk)
    panel = desk.window.at_hand.halt
    assert len(panel.left.rows) == 7
    assert panel.list.height() < panel.list.horizontalHeader().height() + ROW * (SEEN + 1)
    assert [panel.left.columns[at].text(panel.left.rows[0]) for at in range(5)] == [
        "Open",
        "Los Angeles Lakers",
        "10.00",
        "+150",
        "v-ref-0",
    ]
    assert panel.how.text().startswith("Cancelling: round")
    assert panel.stop.isVisible()
    assert not panel.again.isVisible()


def test_the_loop_is_stopped_by_hand_and_started_again(desk: Desk) -> None:
    ref = place(desk)
    desk.venue.is_stuck = True
    pull(desk)
    panel = desk.window.at_hand.halt
    panel.stop.click()
    desk.tasks.settle()
    desk.frame()
    assert not desk.desk.kill.is_running
    assert "stopped by hand" in panel.how.text()
    assert (panel.stop.isVisible(), panel.again.isVisible()) == (False, True)
    desk.venue.is_stuck = False
    panel.again.click()
    desk.frame()
    assert desk.desk.blotter.orders[ref].state is OrderState.CANCELLED
    assert not panel.again.isVisible()
    assert panel.list.isHidden()
    assert "nothing is left on the book" in panel.how.text()


def test_a_loop_that_was_stopped_before_the_record_was_whole_claims_nothing_of_what_is_not_known_here(desk: Desk) -> None:
    desk.venue.is_whole = False
    pull(desk)
    panel = desk.window.at_hand.halt
    assert "could not be read whole" in panel.how.text()
    panel.stop.click()
    desk.tasks.settle()
    desk.frame()
    assert panel.how.text().endswith("No order leaves until the halt is lifted; no order known here is left on the book.")
    assert panel.again.isVisible()
    desk.venue.is_whole = True
    panel.again.click()
    desk.frame()
    assert panel.how.text() == "No order leaves until the halt is lifted; nothing is left on the book."
    assert not panel.again.isVisible()


def test_nothing_leaves_while_halted(desk: Desk) -> None:
    ticket = write(desk)
    pull(desk)
    assert (ticket.place.isEnabled(), ticket.place.text()) == (False, "HALTED")
    with pytest.raises(DeniedError):
        desk.tasks._loop.run_until_complete(desk.desk.trading.place(ticket.draft()))
    assert desk.venue.placed == []


@pytest.mark.parametrize("typed", ["res", "resume now", "weiter", "r" * 100])
def test_another_word_does_not_lift_the_halt(desk: Desk, typed: str) -> None:
    pull(desk)
    panel = desk.window.at_hand.halt
    QTest.keyClicks(panel.field, typed)
    panel.resume.click()
    assert desk.journal.halt
    assert "resume" in panel.answer.text()


def test_the_word_lifts_the_halt_and_the_panel_goes(desk: Desk) -> None:
    ticket = write(desk)
    pull(desk)
    panel = desk.window.at_hand.halt
    assert not panel.resume.isEnabled()
    QTest.keyClicks(panel.field, "resume")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    desk.frame()
    assert desk.journal.halt == ""
    assert panel.isHidden()
    assert ticket.place.isEnabled()
    pull(desk)
    assert panel.field.text() == ""


def test_the_halt_cannot_be_lifted_while_the_loop_runs(desk: Desk) -> None:
    place(desk)
    desk.venue.is_stuck = True
    pull(desk)
    panel = desk.window.at_hand.halt
    QTest.keyClicks(panel.field, "resume")
    assert not panel.resume.isEnabled()
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert desk.journal.halt


def test_a_halt_by_another_program_is_seen_within_a_second(desk: Desk) -> None:
    desk.journal.halt = "cancel-all from the command line"
    desk.beat()
    assert desk.window.at_hand.halt.isVisible()
    assert "command line" in desk.window.at_hand.halt.why.text()


def test_the_panel_stands_over_the_whole_width_below_the_header(desk: Desk) -> None:
    pull(desk)
    panel, header = desk.window.at_hand.halt, desk.window.at_hand.header
    assert panel.width() == header.width()
    assert panel.geometry().top() >= header.geometry().bottom()
    assert panel.width() >= desk.window.width() - 20


def test_an_unknown_order_is_among_what_is_left(desk: Desk) -> None:
    ref = lose(desk)
    pull(desk)
    assert [order.ref for order in desk.window.at_hand.halt.left.rows] == [ref]


@pytest.mark.parametrize("at_hand", [0, 1])
def test_the_panel_takes_no_room_for_what_is_left_in_another_account(desk: Desk, at_hand: int) -> None:
    desk.connect_another("bookmaker")
    desk.window.take_in_hand(desk.window.views[0])
    for stake in ("10", "20", "30"):
        place(desk, stake)
    desk.venue.is_stuck = True
    desk.window.take_in_hand(desk.window.views[at_hand])
    desk.window.at_hand.header.stop_button.click()
    desk.beat()
    laid_out()
    heights = []
    for place_in_strip in (at_hand, 1 - at_hand, at_hand):
        desk.window.take_in_hand(desk.window.views[place_in_strip])
        laid_out()
        panel = desk.window.at_hand.halt
        assert panel.height() == panel.heightForWidth(panel.width())
        heights.append(panel.height())
    assert abs(heights[0] - heights[1]) > 3 * ROW, "one of them lists three orders and the other none"
    assert heights[2] == heights[0]


def laid_out() -> None:
    for _ in range(8):  # each layout tells the one around it by an event of its own
        QApplication.sendPostedEvents()
