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
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.ui.formats import OddsFormat
from app.ui.views.statement import BACKWARDS, NONE_OPEN, StatementWindow
from app.ui.views.statement_sheet import SheetView
from tests.ui.acts import place
from tests.ui.kit import AWAY, HOME, START, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none


def row(number: int, **fields: object) -> OrderReport:
    told = {
        "odds": from_american(150), "quantity": Decimal("3.00"), "original": Decimal("10.00"), "filled": Decimal("3.00"), "event_id": 1001,
        "market_id": 219, "selection_id": HOME, "placed_at": START - timedelta(hours=number), "winning": "tbd",
    } | fields  # fmt: skip
    return OrderReport(f"ov-long-reference-{number}", f"venue-order-{number}", "open", "fully_matched", **told)  # type: ignore[arg-type]


def opened(desk: Desk, tab: int = 0) -> StatementWindow:
    desk.window.at_hand.statement.bring()
    desk.window.at_hand.statement.tabs.setCurrentIndex(tab)
    desk.tasks.settle()
    return desk.window.at_hand.statement


def shown(view: SheetView, title: str) -> list[str]:
    return [str(cell(view, at, title).data()) for at in range(view.model.rowCount())]


def cell(view: SheetView, at: int, title: str) -> QModelIndex:
    return view.model.index(at, [column.title for column in view.model.columns].index(title))


def queries(desk: Desk) -> list[HistoryQuery]:
    return [call[1] for call in desk.venue.asked if call[0] == "history_page" and isinstance(call[1], HistoryQuery)]


def day(date: QDate) -> datetime:
    return datetime(date.year(), date.month(), date.day()).astimezone()


def test_ctrl_h_shows_the_last_week_of_orders(desk: Desk) -> None:
    desk.venue.pages[""] = HistoryPage((row(0), row(1)), "", START + timedelta(seconds=2))
    QTest.keyClick(desk.window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    desk.tasks.settle()
    orders = desk.window.at_hand.statement.orders
    today = START.astimezone()
    assert desk.window.at_hand.statement.isVisible()
    assert queries(desk) == [HistoryQuery(day(QDate(today.year, today.month, today.day).addDays(-6)))]
    assert shown(orders, "Selection") == ["Los Angeles Lakers"] * 2
    assert shown(orders, "Event") == ["Lakers at Warriors"] * 2
    assert (shown(orders, "Odds")[0], shown(orders, "Stake")[0], shown(orders, "Filled")[0]) == ("+150", "10.00", "3.00")
    assert (shown(orders, "Status")[0], shown(orders, "Matching")[0]) == ("open", "fully matched")
    assert orders.record.text().endswith(":02 (it may lag)")
    assert orders.sums.text() == "2 orders · stake 20.00 · filled 6.00"


def test_the_menu_leads_there(desk: Desk) -> None:
    menu = desk.window.at_hand.header.menu_button.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Account history").trigger()
    assert desk.window.at_hand.statement.isVisible()


def test_every_filter_reaches_the_venue(desk: Desk) -> None:
    window = opened(desk)
    window.by.setCurrentText("Changed")
    window.since.setDate(QDate(2026, 11, 1))
    window.until.setDate(QDate(2026, 11, 3))
    window.status.setCurrentText("manually settled")
    window.matching.setCurrentText("partially matched")
    window.where.setCurrentText("The open event")
    desk.tasks.settle()
    said = {"status": "manually_settled", "matching": "partially_matched", "event_id": 1001}
    assert queries(desk)[-1] == HistoryQuery(day(QDate(2026, 11, 1)), day(QDate(2026, 11, 4)), is_touched=True, **said)  # type: ignore[arg-type]


def test_days_in_the_wrong_order_are_said_and_nothing_is_asked(desk: Desk) -> None:
    window = opened(desk)
    before = len(queries(desk))
    window.since.setDate(window.until.date().addDays(1))
    assert BACKWARDS in window.orders.trouble.text()
    assert len(queries(desk)) == before
    window.since.setDate(window.until.date())
    assert window.orders.trouble.isHidden()


def test_the_open_event_can_only_be_asked_for_while_one_is_open(desk: Desk) -> None:
    window = opened(desk)
    desk.session.books.open_event_id = None
    window.where.setCurrentText("The open event")
    assert NONE_OPEN in window.orders.trouble.text()


def test_a_window_that_stays_over_midnight_goes_on_to_the_new_day(desk: Desk) -> None:
    window = opened(desk)
    desk.time.seconds += 86_400
    window.bring()
    assert queries(desk)[-1].until is None
    window.until.setDate(window.until.date().addDays(-3))
    desk.time.seconds += 86_400
    window.bring()
    assert queries(desk)[-1].until is not None


def test_older_rows_come_by_button_and_leave_the_choice_alone(desk: Desk) -> None:
    desk.venue.pages = {"": HistoryPage((row(0), row(1)), "next", START), "next": HistoryPage((row(2),))}
    orders = opened(desk).orders
    orders.table.selectRow(1)
    assert orders.older.isVisible()
    orders.older.click()
    assert shown(orders, "Ref") == ["ov-l…nce-0", "ov-l…nce-1", "ov-l…nce-2"]
    assert [index.row() for index in orders.table.selectionModel().selectedRows()] == [1]
    assert orders.older.isHidden()
    assert orders.sums.text().startswith("3 orders")


def test_older_rows_come_when_the_end_is_scrolled_to(desk: Desk) -> None:
    desk.venue.pages = {"": HistoryPage(tuple(row(number) for number in range(80)), "next", START), "next": HistoryPage((row(80),))}
    orders = opened(desk).orders
    bar = orders.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert orders.model.rowCount() == 80
    bar.setValue(bar.maximum())
    assert orders.model.rowCount() == 81


def test_while_it_is_read_and_when_there_is_nothing_it_is_said_in_words(desk: Desk) -> None:
    orders = desk.window.at_hand.statement.orders
    heard: list[str] = []
    desk.desk.statement.orders.changed.connect(lambda: heard.append(orders.words.text()))
    opened(desk)
    assert heard[0] == "Reading the orders…"
    assert orders.words.text() == "The venue's record has no orders for these filters."
    assert orders.words.isVisible()
    assert orders.table.horizontalHeader().isVisible()


def test_a_failure_takes_nothing_away_and_says_how_old_what_is_shown_is(desk: Desk) -> None:
    desk.venue.pages[""] = HistoryPage((row(0),), "", START)
    orders = opened(desk).orders
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    desk.beat(70)
    orders.renew.click()
    assert orders.model.rowCount() == 1
    assert orders.trouble.text().startswith("⚠ No answer within 5 s. What is shown was read at ")
    assert orders.trouble.text().endswith(START.astimezone().strftime("%H:%M:%S"))
    desk.venue.reading_problem = None
    QTest.keyClick(desk.window.at_hand.statement, Qt.Key.Key_F5)
    assert orders.trouble.isHidden()


def test_a_first_reading_that_fails_says_what_to_do(desk: Desk) -> None:
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    orders = opened(desk).orders
    assert orders.trouble.text() == "⚠ No answer within 5 s"
    assert orders.words.text() == "The orders could not be read. Press Refresh to try again."


def test_trades_have_the_names_of_their_orders_and_what_they_brought(desk: Desk) -> None:
    ref = place(desk)
    desk.venue.trade_pages[""] = TradesPage(
        (
            Trade("1", f"v-{ref}", from_american(150), Decimal("10.00"), Decimal("15.00"), "settled", "profit", matched_at=START),
            Trade("2", "foreign", from_american(-110), Decimal("11.00"), Decimal("10.00"), "closed", "loss", matched_at=START),
            Trade("3", "foreign", None, None, None, "open", "tbd"),
        )
    )
    trades = opened(desk, 1).trades
    assert shown(trades, "Selection") == ["Los Angeles Lakers", "—", "—"]
    assert shown(trades, "Brought") == ["+15.00", "−11.00", "—"]
    assert shown(trades, "Odds") == ["+150", "−110", "—"]
    assert trades.sums.text() == "3 trades · stake 21.00 · profit 25.00 · brought +4.00 · 1 without an amount"
    assert trades.record.text().startswith("Read at ")
    desk.display.use(OddsFormat.DECIMAL)
    assert shown(trades, "Odds")[0] == "2.50"


def test_the_day_from_which_trades_are_wanted_reaches_the_venue(desk: Desk) -> None:
    opened(desk, 1).trades_since.setDate(QDate(2026, 10, 31))
    assert desk.venue.asked[-1] == ("trades", day(QDate(2026, 10, 31)), "")


def test_money_has_its_sign_and_its_colour(desk: Desk) -> None:
    rows = tuple(Transaction(str(at), "TRADE", amount) for at, amount in enumerate((Decimal("500.00"), Decimal("-12.50"), None)))
    desk.venue.transaction_pages[""] = TransactionsPage(rows)
    money = opened(desk, 2).transactions
    colours = desk.theme.colours
    assert shown(money, "Amount") == ["+500.00", "−12.50", "—"]
    inks = [cell(money, at, "Amount").data(Qt.ItemDataRole.ForegroundRole) for at in range(3)]
    assert [QColor(ink) if ink else None for ink in inks] == [colours["price.up"], colours["price.down"], None]
    assert money.sums.text() == "3 transactions · in +500.00 · out −12.50 · together +487.50 · 1 without an amount"


def test_a_kind_is_asked_for_in_the_venues_own_word_even_one_nobody_knew(desk: Desk) -> None:
    desk.venue.transaction_pages[""] = TransactionsPage((Transaction("1", "ODD_THING", Decimal(1)),))
    window = opened(desk, 2)
    window.kind.setCurrentText("ODD THING")
    assert desk.venue.asked[-1] == ("transactions", "ODD_THING", "")


def test_times_are_local_and_the_tooltip_names_the_zone(desk: Desk) -> None:
    desk.venue.pages[""] = HistoryPage((row(0, updated_at=START),))
    orders = opened(desk).orders
    local = START.astimezone()
    assert shown(orders, "Placed") == [local.strftime("%d %b %H:%M:%S")]
    for title in ("Placed", "Changed"):
        assert f"{local.tzname()} (UTC{local.strftime('%z')})" in cell(orders, 0, title).data(Qt.ItemDataRole.ToolTipRole)


def test_a_cell_a_row_and_the_table_can_be_copied(desk: Desk) -> None:
    desk.venue.pages[""] = HistoryPage((row(0), row(1, odds=from_american(-110), selection_id=AWAY)))
    orders = opened(desk).orders
    clipboard = QGuiApplication.clipboard()
    point = orders.table.visualRect(cell(orders, 1, "Ref")).center()
    lines = {action.text(): action for action in orders.table.menu_at(point).actions()}
    lines["Copy cell"].trigger()
    assert clipboard.text() == "ov-long-reference-1"
    lines["Copy row"].trigger()
    assert clipboard.text().split("\t")[4:7] == ["Golden State Warriors", "−110", "10.00"]
    orders.table.selectAll()
    QTest.keyClick(orders.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [line.split("\t")[-1] for line in clipboard.text().splitlines()] == ["venue-order-0", "venue-order-1"]
    lines["Copy table as CSV"].trigger()
    assert clipboard.text().splitlines()[2].split(",")[5:8] == ["-110", "10.00", "3.00"]


def test_what_stood_in_the_window_is_read_anew_when_it_is_shown_again(desk: Desk) -> None:
    window = opened(desk)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.bring()
    assert len(queries(desk)) == 2


def test_the_window_goes_with_the_main_window(desk: Desk) -> None:
    window = opened(desk)
    desk.window.leave()
    assert not window.isVisible()


@pytest.mark.parametrize("tab", [0, 1, 2])
def test_the_models_keep_qts_rules(desk: Desk, tab: int) -> None:
    window = desk.window.at_hand.statement
    model = (window.orders, window.trades, window.transactions)[tab].model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.venue.pages = {"": HistoryPage((row(0), row(1)), "next"), "next": HistoryPage((row(2),))}
    opened(desk, tab)
    window.orders.older.click()
    window.refresh()


def test_a_failure_over_an_empty_list_does_not_say_that_there_is_nothing(desk: Desk) -> None:
    orders = opened(desk).orders
    assert orders.words.text() == "The venue's record has no orders for these filters."
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    orders.renew.click()
    assert orders.words.text() == "The orders could not be read. Press Refresh to try again."
    assert orders.trouble.text() == "⚠ No answer within 5 s"
