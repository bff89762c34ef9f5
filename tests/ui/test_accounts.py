"""Several accounts in one window: a chip for each, one at hand, and what reaches all of them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.odds import from_american
from app.domain.offer import Offer
from app.domain.order import OrderDraft
from app.ui.theme import Theme
from app.ui.views.ticket import Stage
from tests.ui.acts import place, write
from tests.ui.kit import HOME, MONEYLINE, Desk, report

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def draft(stake: str = "12") -> OrderDraft:
    return OrderDraft(MONEYLINE, HOME, from_american(150), Decimal(stake), selection_name="Los Angeles Lakers")


def test_one_account_alone_has_no_strip(desk: Desk) -> None:
    assert desk.window.strip.isHidden()


def test_a_second_account_gets_a_chip_and_is_brought_to_hand(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    desk.beat()
    strip = desk.window.strip
    assert strip.isVisible()
    assert [chip.connected.account for chip in strip.chips] == ["ProphetX Trading", "bookmaker"]
    assert [chip.isChecked() for chip in strip.chips] == [False, True]
    assert desk.window.at_hand is another.view
    assert another.view.grid.isVisible()
    assert not desk.window.views[0].grid.isVisible()
    assert "bookmaker" in desk.window.windowTitle()


def test_ctrl_and_a_digit_brings_an_account_to_hand(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    QTest.keyClick(desk.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.at_hand is desk.window.views[0]
    QTest.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.at_hand is another.view
    QTest.keyClick(desk.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.at_hand is another.view


def test_a_chip_brings_its_account_to_hand_and_the_ticket_keeps_what_was_typed(desk: Desk) -> None:
    first = desk.window.at_hand
    first.ticket.prefill(draft(), with_stake=True)
    desk.connect_another("bookmaker")
    assert desk.window.at_hand.ticket.stake.text() != "12"
    QTest.mouseClick(desk.window.strip.chips[0], Qt.MouseButton.LeftButton)
    assert desk.window.at_hand is first
    assert first.ticket.stake.text() == "12"


def test_the_kill_switch_reaches_every_account(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    desk.window.take_in_hand(desk.window.views[0])
    QTest.keyClick(desk.window, Qt.Key.Key_F12)
    assert desk.desk.kill.halt
    assert another.desk.kill.halt
    assert another.venue.cancelled_all > 0
    desk.beat()
    assert [chip.accessibleName().rpartition(", ")[2] for chip in desk.window.strip.chips] == ["HALTED", "HALTED"]


def test_cancel_all_reaches_every_account(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    another.view.header.cancel_button.click()
    assert desk.venue.cancelled_all == 1
    assert another.venue.cancelled_all == 1


def test_what_is_at_risk_adds_up_over_the_accounts(desk: Desk) -> None:
    place(desk, "10")
    desk.connect_another("bookmaker")
    desk.beat()
    sums = desk.window.strip.sums.text()
    assert "All 2 accounts" in sums
    assert "At risk 10.00" in sums
    assert "Open 1" in sums
    assert desk.floor.at_risk_on(1001) == Decimal(10)
    assert desk.floor.at_risk_on(1002) == 0


def test_free_money_is_not_summed_while_an_account_has_not_told_it(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    another.desk.account.balance = None
    assert desk.floor.free is None


def test_an_account_that_was_let_go_is_reached_by_nothing(desk: Desk) -> None:
    another = desk.connect_another("bookmaker")
    desk.window.unseat(another.view.connected)
    assert desk.window.strip.isHidden()
    assert desk.window.at_hand is desk.window.views[0]
    QTest.keyClick(desk.window, Qt.Key.Key_F12)
    assert not another.desk.kill.halt
    assert another.venue.cancelled_all == 0


def test_what_was_missed_out_of_hand_is_shown_on_the_way_back(desk: Desk) -> None:
    first = desk.window.at_hand
    desk.connect_another("bookmaker")
    desk.tasks.start(desk.session.trading.place(draft()))
    desk.frame()
    assert first.tabs.tabText(0) == "Orders 1", "orders are counted whoever is at hand"
    desk.window.take_in_hand(first)
    desk.frame()
    assert first.blotter.model.rowCount() == 1


def test_an_order_that_two_profiles_of_one_account_know_is_at_risk_once(desk: Desk) -> None:
    place(desk, "10")
    order = next(iter(desk.desk.blotter.orders.values()))
    another = desk.connect_another("the same account")
    another.desk.blotter.apply(msgspec.structs.replace(report(order.ref, order.draft), venue_order_id=order.venue_order_id))
    assert len(another.desk.blotter.live()) == 1
    assert desk.floor.at_risk == Decimal(10)
    assert len(desk.floor.live()) == 1


def test_what_another_account_says_is_told_with_its_name_until_it_is_at_hand(desk: Desk) -> None:
    first = desk.window.at_hand
    desk.connect_another("bookmaker")
    first.notices.say("Filled 25.00")
    desk.frame()
    assert desk.window.strip.toolTip() == "ProphetX Trading: Filled 25.00"
    desk.window.take_in_hand(first)
    assert desk.window.strip.toolTip() == ""
    desk.window._show_recording()
    assert desk.window.switch.isEnabled()


def test_an_armed_ticket_is_disarmed_when_another_account_is_brought_to_hand(desk: Desk) -> None:
    first = desk.window.at_hand
    ticket = write(desk, "10")
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert ticket.stage is Stage.ARMED
    another = desk.connect_another("bookmaker")
    desk.window.take_in_hand(first)
    desk.time.seconds += 1
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert desk.venue.placed == []
    assert another.venue.placed == []
    assert ticket.stage is Stage.ARMED, "it was armed anew, and only the next Enter sends"


def test_a_desk_that_trades_for_customers_fits_a_small_screen(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(theme, tmp_path, offers=frozenset({Offer.USERS}))
    view = desk.window.at_hand
    width = view.tabs.minimumSizeHint().width() + view.events.minimumSizeHint().width()
    desk.close()
    assert width <= 1240, "with frames and the space between docks it has to fit into 1280 pixels"
