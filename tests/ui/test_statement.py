"""The account's history: what is asked for, what is shown while it is read and when it fails, and how rows leave the window."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QDate, QModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.domain.account import Trade, TradesPage, Transaction, TransactionsPage
from app.domain.errors import UnknownError
from app.domain.odds import from_american
from app.ui.formats import OddsFormat
from app.ui.views.statement import StatementWindow
from app.ui.views.statement_sheet import SheetView
from tests.ui.acts import place
from tests.ui.kit import START, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none


def row(number: int, **fields: object) -> Trade:
    told = {"odds": from_american(150), "stake": Decimal("10.00"), "profit": Decimal("15.00"), "status": "open", "winning": "tbd"} | fields
    return Trade(f"trade-{number}", f"venue-order-{number}", matched_at=START - timedelta(hours=number), **told)  # type: ignore[arg-type]


def opened(desk: Desk, tab: int = 0) -> StatementWindow:
    desk.window.at_hand.statement.bring()
    desk.window.at_hand.statement.tabs.setCurrentIndex(tab)
    desk.tasks.settle()
    return desk.window.at_hand.statement


def shown(view: SheetView, title: str) -> list[str]:
    return [str(cell(view, at, title).data()) for at in range(view.model.rowCount())]


def cell(view: SheetView, at: int, title: str) -> QModelIndex:
    return view.model.index(at, [column.title for column in view.model.columns].index(title))


def asked(desk: Desk) -> list[datetime]:
    """The moments since which trades were asked for."""
    return [call[1] for call in desk.venue.asked if call[0] == "trades" and isinstance(call[1], datetime)]


def day(date: QDate) -> datetime:
    return datetime(date.year(), date.month(), date.day()).astimezone()


def test_ctrl_h_shows_the_last_week_of_trades(desk: Desk) -> None:
    desk.venue.trade_pages[""] = TradesPage((row(0), row(1)), "", START + timedelta(seconds=2))
    QTest.keyClick(desk.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    desk.tasks.settle()
    trades = desk.window.at_hand.statement.trades
    today = START.astimezone()
    assert desk.window.at_hand.statement.isVisible()
    assert asked(desk) == [day(QDate(today.year, today.month, today.day).addDays(-6))]
    assert (shown(trades, "Price")[0], shown(trades, "Quantity")[0], shown(trades, "Status")[0]) == ("+150", "10.00", "open")
    assert trades.record.text().endswith(":02 (it may lag)")
    assert trades.sums.text() == "2 trades · quantity 20.00 · profit 30.00 · brought 0.00"


def test_the_menu_leads_there(desk: Desk) -> None:
    menu = desk.window.at_hand.header.menu_button.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Account history").trigger()
    assert desk.window.at_hand.statement.isVisible()


def test_older_rows_come_by_button_and_leave_the_choice_alone(desk: Desk) -> None:
    desk.venue.trade_pages = {"": TradesPage((row(0), row(1)), "next", START), "next": TradesPage((row(2),))}
    trades = opened(desk).trades
    trades.table.selectRow(1)
    assert trades.older.isVisible()
    trades.older.click()
    assert shown(trades, "Order id") == ["venu…der-0", "venu…der-1", "venu…der-2"]
    assert [index.row() for index in trades.table.selectionModel().selectedRows()] == [1]
    assert trades.older.isHidden()
    assert trades.sums.text().startswith("3 trades")


def test_older_rows_come_when_the_end_is_scrolled_to(desk: Desk) -> None:
    desk.venue.trade_pages = {"": TradesPage(tuple(row(number) for number in range(80)), "next", START), "next": TradesPage((row(80),))}
    trades = opened(desk).trades
    bar = trades.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert trades.model.rowCount() == 80
    bar.setValue(bar.maximum())
    assert trades.model.rowCount() == 81


def test_while_it_is_read_and_when_there_is_nothing_it_is_said_in_words(desk: Desk) -> None:
    trades = desk.window.at_hand.statement.trades
    heard: list[str] = []
    desk.desk.statement.trades.changed.connect(lambda: heard.append(trades.words.text()))
    opened(desk)
    assert heard[0] == "Reading the trades…"
    assert trades.words.text() == "The venue's record has no trades for these filters."
    assert trades.words.isVisible()
    assert trades.table.horizontalHeader().isVisible()


def test_a_failure_takes_nothing_away_and_says_how_old_what_is_shown_is(desk: Desk) -> None:
    desk.venue.trade_pages[""] = TradesPage((row(0),), "", START)
    trades = opened(desk).trades
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    desk.beat(70)
    trades.renew.click()
    assert trades.model.rowCount() == 1
    assert trades.trouble.text().startswith("⚠ No answer within 5 s. What is shown was read at ")
    assert trades.trouble.text().endswith(START.astimezone().strftime("%H:%M:%S"))
    desk.venue.reading_problem = None
    QTest.keyClick(desk.window.at_hand.statement, Qt.Key.Key_F5)
    assert trades.trouble.isHidden()


def test_a_first_reading_that_fails_says_what_to_do(desk: Desk) -> None:
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    trades = opened(desk).trades
    assert trades.trouble.text() == "⚠ No answer within 5 s"
    assert trades.words.text() == "The trades could not be read. Press Refresh to try again."


def test_rows_that_could_not_be_read_are_counted_over_those_that_could(desk: Desk) -> None:
    left_out = "2 rows of the venue's record could not be read"
    desk.venue.trade_pages = {"": TradesPage((row(0),), "next", START, left_out), "next": TradesPage((row(1),), trouble=left_out)}
    desk.venue.transaction_pages[""] = TransactionsPage((), trouble="1 row of the venue's record could not be read")
    trades = opened(desk).trades
    assert trades.trouble.text() == f"⚠ What is shown is not whole: {left_out}"
    trades.older.click()
    assert trades.trouble.text() == f"⚠ What is shown is not whole: {left_out}, and 1 more page is not whole"
    money = opened(desk, 1).transactions
    assert money.trouble.text() == "⚠ What is shown is not whole: 1 row of the venue's record could not be read"
    assert money.words.text() == "None of the transactions for these filters could be read."
    desk.venue.transaction_pages[""] = TransactionsPage(())
    money.renew.click()
    assert money.trouble.isHidden()
    assert money.words.text() == "The venue's record has no transactions for these filters."


def test_trades_have_the_names_of_their_orders_and_what_they_brought(desk: Desk) -> None:
    ref = place(desk)
    desk.venue.trade_pages[""] = TradesPage(
        (
            Trade("1", f"v-{ref}", from_american(150), Decimal("10.00"), Decimal("15.00"), "settled", "profit", matched_at=START),
            Trade("2", "foreign", from_american(-110), Decimal("11.00"), Decimal("10.00"), "closed", "loss", matched_at=START),
            Trade("3", "foreign", None, None, None, "open", "tbd"),
        )
    )
    trades = opened(desk).trades
    assert shown(trades, "Participant") == ["Los Angeles Lakers", "—", "—"]
    assert shown(trades, "Brought") == ["+15.00", "−11.00", "—"]
    assert shown(trades, "Price") == ["+150", "−110", "—"]
    assert trades.sums.text() == "3 trades · quantity 21.00 · profit 25.00 · brought +4.00 · 1 without an amount"
    assert trades.record.text().startswith("Read at ")
    desk.display.use(OddsFormat.DECIMAL)
    assert shown(trades, "Price")[0] == "2.50"


def test_the_day_from_which_trades_are_wanted_reaches_the_venue(desk: Desk) -> None:
    opened(desk).trades_since.setDate(QDate(2026, 10, 31))
    assert desk.venue.asked[-1] == ("trades", day(QDate(2026, 10, 31)), "")


def test_money_has_its_sign_and_its_colour(desk: Desk) -> None:
    rows = tuple(Transaction(str(at), "TRADE", amount) for at, amount in enumerate((Decimal("500.00"), Decimal("-12.50"), None)))
    desk.venue.transaction_pages[""] = TransactionsPage(rows)
    money = opened(desk, 1).transactions
    colours = desk.theme.colours
    assert shown(money, "Amount") == ["+500.00", "−12.50", "—"]
    inks = [cell(money, at, "Amount").data(Qt.ItemDataRole.ForegroundRole) for at in range(3)]
    assert [QColor(ink) if ink else None for ink in inks] == [colours["price.up"], colours["price.down"], None]
    assert money.sums.text() == "3 transactions · in +500.00 · out −12.50 · together +487.50 · 1 without an amount"


def test_a_kind_is_asked_for_in_the_venues_own_word_even_one_nobody_knew(desk: Desk) -> None:
    desk.venue.transaction_pages[""] = TransactionsPage((Transaction("1", "ODD_THING", Decimal(1)),))
    window = opened(desk, 1)
    window.kind.setCurrentText("ODD THING")
    assert desk.venue.asked[-1] == ("transactions", "ODD_THING", "")


def test_times_are_local_and_the_tooltip_names_the_zone(desk: Desk) -> None:
    desk.venue.trade_pages[""] = TradesPage((row(0),))
    trades = opened(desk).trades
    local = START.astimezone()
    assert shown(trades, "Matched") == [local.strftime("%d %b %H:%M:%S")]
    assert f"{local.tzname()} (UTC{local.strftime('%z')})" in cell(trades, 0, "Matched").data(Qt.ItemDataRole.ToolTipRole)


def test_a_cell_a_row_and_the_table_can_be_copied(desk: Desk) -> None:
    desk.venue.trade_pages[""] = TradesPage((row(0), row(1, odds=from_american(-110))))
    trades = opened(desk).trades
    clipboard = QGuiApplication.clipboard()
    point = trades.table.visualRect(cell(trades, 1, "Order id")).center()
    lines = {action.text(): action for action in trades.table.menu_at(point).actions()}
    lines["Copy cell"].trigger()
    assert clipboard.text() == "venue-order-1"
    lines["Copy row"].trigger()
    assert clipboard.text().split("\t")[4:7] == ["−110", "10.00", "15.00"]
    trades.table.selectAll()
    QTest.keyClick(trades.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [line.split("\t")[-1] for line in clipboard.text().splitlines()] == ["venue-order-0", "venue-order-1"]
    lines["Copy table as CSV"].trigger()
    assert clipboard.text().splitlines()[2].split(",")[4:7] == ["-110", "10.00", "15.00"]


def test_what_stood_in_the_window_is_read_anew_when_it_is_shown_again(desk: Desk) -> None:
    window = opened(desk)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.bring()
    assert len(asked(desk)) == 2


def test_the_window_goes_with_the_main_window(desk: Desk) -> None:
    window = opened(desk)
    desk.window.leave()
    assert not window.isVisible()


@pytest.mark.parametrize("tab", [0, 1])
def test_the_models_keep_qts_rules(desk: Desk, tab: int) -> None:
    window = desk.window.at_hand.statement
    model = (window.trades, window.transactions)[tab].model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.venue.trade_pages = {"": TradesPage((row(0), row(1)), "next"), "next": TradesPage((row(2),))}
    opened(desk, tab)
    window.trades.older.click()
    window.refresh()


def test_a_failure_over_an_empty_list_does_not_say_that_there_is_nothing(desk: Desk) -> None:
    trades = opened(desk).trades
    assert trades.words.text() == "The venue's record has no trades for these filters."
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    trades.renew.click()
    assert trades.words.text() == "The trades could not be read. Press Refresh to try again."
    assert trades.trouble.text() == "⚠ No answer within 5 s"
