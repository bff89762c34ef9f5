"""The batch view: rows in, each with its sentence, two presses to send, one to stop or to cancel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMenu, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.domain.events import BookChanged
from app.domain.table_text import TableError
from app.ui.formats import OddsFormat
from app.ui.theme import Theme
from tests.ui.batch_kit import BatchDesk, moneyline_of
from tests.ui.kit import book

GOOD = ("cust-1,Los Angeles Lakers,+150,100", "cust-2,Golden State Warriors,-160,25")


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot) -> Iterator[BatchDesk]:
    theme.use("dark")
    desk = BatchDesk(theme)
    yield desk
    desk.close()


def press(desk: BatchDesk) -> None:
    desk.view.place.click()
    desk.settle()


def send(desk: BatchDesk) -> None:
    press(desk)
    desk.time.seconds += 0.6
    press(desk)


def edit(desk: BatchDesk, row: int, title: str, text: str) -> None:
    """Type into a cell and leave it by Enter."""
    table, model = desk.view.table, desk.view.model
    table.setFocus()
    table.setCurrentIndex(model.index(row, [column.title for column in model.columns].index(title)))
    table.edit(table.currentIndex())
    editor = table.viewport().findChildren(QLineEdit)[-1]
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QCoreApplication.sendPostedEvents()  # Qt commits an editor in the next turn
    desk.settle()


def menu_line(desk: BatchDesk, row: int, text: str) -> None:
    """Choose a line of a row's context menu, or of the menu in it."""
    table = desk.view.table
    menu = table.menu_at(table.visualRect(desk.view.model.index(row, 0)).center())
    for each in (menu, *menu.findChildren(QMenu)):
        for action in each.actions():
            if action.text() == text:
                assert action.isEnabled()
                action.trigger()
                desk.settle()
                return
    raise AssertionError(f"no line {text}")


def test_an_empty_batch_says_how_rows_come(desk: BatchDesk) -> None:
    assert desk.view.empty.isVisible()
    assert "user, selection, odds, stake" in desk.view.empty.text()
    assert not desk.view.place.isEnabled()


def test_an_account_without_users_has_no_column_for_them(theme: Theme, qtbot: QtBot) -> None:
    desk = BatchDesk(theme, has_users=False)
    assert "For" not in [column.title for column in desk.view.model.columns]
    assert "user" not in desk.view.empty.text()
    desk.paste("Los Angeles Lakers,+150,10")
    assert desk.cells("Result") == ["Ready"]
    desk.close()


def test_rows_are_pasted_by_the_key_and_by_the_button(desk: BatchDesk) -> None:
    QGuiApplication.clipboard().setText("\n".join(GOOD))
    desk.view.table.setFocus()
    QTest.keyClick(desk.view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.view.added.text() == "2 rows were added"
    assert desk.cells("Result") == ["Ready", "Ready"]
    QGuiApplication.clipboard().setText("")
    desk.view.paste_button.click()
    assert desk.view.added.text() == "Nothing was added: There is nothing in it"


def test_each_row_says_what_it_means_and_what_the_book_would_do(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    assert desk.cells("For") == ["Ann Lee (cust-1)", "Bo Chan (cust-2)"]
    assert desk.cells("Event") == ["Lakers at Warriors"] * 2
    assert desk.cells("Market") == ["Moneyline"] * 2
    assert desk.cells("Odds") == ["+150", "−160"]
    assert desk.cells("To win") == ["150.00", "15.63"]
    assert desk.cells("Best now") == ["+150", "−160"]
    assert desk.cells("Says") == ["fills 55.00, 45.00 rests", "fills 25.00"]
    assert desk.view.totals.text() == "2 rows ready"
    assert desk.view.money.text() == "Stake 125.00 · to win 165.63"
    assert desk.view.users.text() == "Ann Lee (cust-1): 1 row, 100.00\nBo Chan (cust-2): 1 row, 25.00"


def test_a_book_that_moves_changes_what_a_row_says(desk: BatchDesk) -> None:
    desk.paste(GOOD[0])
    desk.desk.session.emit([BookChanged(book(best=160, sequence=3))])
    desk.settle()
    assert desk.cells("Says") == ["fills 100.00"]


@pytest.mark.parametrize(("width", "result"), [(980, 140), (1300, 300)])
def test_what_became_of_a_row_ends_at_the_edge_of_a_narrow_table(desk: BatchDesk, width: int, result: int) -> None:
    desk.view.resize(width, 230)
    desk.window.resize(width, 230)
    QApplication.processEvents()
    table, model = desk.view.table, desk.view.model
    place = [column.title for column in model.columns].index("Result")
    end = table.columnViewportPosition(place) + table.columnWidth(place)
    assert table.columnWidth(place) >= result
    assert end <= table.viewport().width()


def test_a_column_that_a_person_has_drawn_keeps_its_width(desk: BatchDesk) -> None:
    table = desk.view.table
    event = [column.title for column in desk.view.model.columns].index("Event")
    desk.window.resize(1500, 230)
    QApplication.processEvents()
    assert table.columnWidth(event) > 84, "there is room"
    table.horizontalHeader().resizeSection(event, 100)
    for width in (1400, 900, 1500):
        desk.window.resize(width, 230)
        QApplication.processEvents()
        assert table.columnWidth(event) == 100


def test_a_bad_row_is_marked_and_its_whole_sentence_is_told_where_it_is_chosen(desk: BatchDesk) -> None:
    desk.paste(*GOOD, "cust-1,Nobody,+150,10")
    assert [text[0] for text in desk.cells("#")] == ["●", "●", "✕"]
    desk.view.table.selectRow(2)
    assert desk.view.added.text() == "Row 3: No selection is called Nobody: name its event too"
    assert desk.view.totals.text() == "2 rows ready · 1 not"
    assert desk.view.objections.text() == "1 row: No selection is called Nobody: name its event too"


def test_a_cell_is_edited_in_place_and_judged_again(desk: BatchDesk) -> None:
    desk.paste("cust-1,Nobody,+150,10")
    edit(desk, 0, "Selection", "Golden State Warriors")
    edit(desk, 0, "Odds", "-160")
    assert desk.cells("Result") == ["Ready"]
    assert desk.batch.rows[0].odds == "-160"


def test_what_is_being_typed_is_not_taken_back_by_a_judgement(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    table, model = desk.view.table, desk.view.model
    table.edit(model.index(0, model.column_of("stake")))
    editor = table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("7")
    desk.desk.session.emit([BookChanged(book(best=160, sequence=3))])
    desk.settle()
    assert editor.text() == "7"


def test_rows_are_removed_by_the_key_and_the_others_keep_theirs(desk: BatchDesk) -> None:
    desk.paste(*GOOD, "cust-1,Nobody,+150,10")
    desk.view.table.selectRow(1)
    QTest.keyClick(desk.view.table, Qt.Key.Key_Delete)
    desk.settle()
    assert [row.selection for row in desk.batch.rows] == ["Los Angeles Lakers", "Nobody"]


def test_a_row_is_added_empty_and_typed(desk: BatchDesk) -> None:
    desk.view.add_button.click()
    desk.settle()
    assert desk.view.table.viewport().findChild(QLineEdit) is not None
    assert desk.cells("Result") == ["Type for whom this order is: the external user id"]


# Sending


def test_the_first_press_shows_what_would_be_sent_and_sends_nothing(desk: BatchDesk) -> None:
    desk.paste(*GOOD, "cust-1,Nobody,+150,10")
    assert desk.view.place.text() == "Place 2 orders, 125.00\non PRACTICE"
    press(desk)
    assert desk.venue.placed == []
    assert desk.view.card.text().splitlines() == [
        "2 orders on PRACTICE",
        "125.00 in all, to win 165.63",
        "largest stake 100.00, on Lakers at Warriors",
        "for Ann Lee (cust-1), Bo Chan (cust-2)",
        "1 row that cannot go stays here",
    ]
    assert desk.view.place.text().startswith("Press again to send")


def test_a_second_press_sends_only_after_a_beat(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    press(desk)
    armed_at = desk.time.seconds
    desk.time.seconds = armed_at + 0.1
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.time.seconds = armed_at + 0.4
    press(desk)
    assert desk.venue.placed == [], "neither a key held down nor a double click"
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.settle()
    assert [(draft.external_user, str(draft.stake)) for _, draft in desk.venue.placed] == [("cust-1", "100.00"), ("cust-2", "25.00")]
    assert desk.view.card.isHidden()


def test_a_held_key_arms_and_never_sends(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    desk.view.place.setFocus()
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.time.seconds += 5
    for _ in range(20):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
        QApplication.sendEvent(desk.view.place, held)
    desk.settle()
    assert desk.venue.placed == []
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.settle()
    assert len(desk.venue.placed) == 2


@pytest.mark.parametrize("what", ["escape", "edit", "remove", "market"])
def test_escape_and_every_change_of_what_would_be_sent_disarm(desk: BatchDesk, what: str) -> None:
    desk.paste(*GOOD)
    press(desk)
    match what:
        case "escape":
            QTest.keyClick(desk.view.place, Qt.Key.Key_Escape)
        case "edit":
            desk.batch.edit(desk.batch.rows[0].id, "stake", "99")
        case "remove":
            desk.batch.remove([desk.batch.rows[0].id])
        case _:
            desk.desk.controls.switch(is_on=False)
    desk.settle()
    assert desk.view.card.isHidden()
    desk.desk.controls.switch(is_on=True)
    desk.settle()
    desk.time.seconds += 1
    press(desk)
    assert desk.venue.placed == [], "the next press arms again"


def test_a_price_that_moves_does_not_disarm_what_stays_the_same(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    press(desk)
    desk.desk.session.emit([BookChanged(book(best=160, sequence=3))])
    desk.settle()
    assert desk.view.card.isVisible()


def test_two_hundred_presses_send_each_row_once(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    for _ in range(200):
        desk.view.place.click()
        desk.time.seconds += 0.2
    desk.settle()
    assert len(desk.venue.placed) == 2


def test_what_became_of_a_row_stands_beside_it_and_moves_with_its_order(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    send(desk)
    assert desk.cells("Result") == ["Resting: 100.00 at +150", "Resting: 25.00 at −160"]
    assert desk.view.progress.text() == "All 2 rows were sent"
    assert desk.view.totals.text() == "0 rows ready · 2 sent"
    desk.view.cancel_these.click()
    desk.settle()
    assert desk.cells("Result") == ["Cancelled", "Cancelled"]
    assert desk.view.cancel_these.isHidden()


def test_one_order_of_several_is_cancelled_by_its_row(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    send(desk)
    menu_line(desk, 1, "Cancel its order")
    assert desk.cells("Result") == ["Resting: 100.00 at +150", "Cancelled"]


def test_rows_beyond_the_rate_are_counted_down_and_may_be_stopped(desk: BatchDesk) -> None:
    desk.paste(*(f"cust-1,Los Angeles Lakers,+150,{1 + number / 100:.2f}" for number in range(30)))
    said: list[tuple[str, bool]] = []

    def listen() -> None:
        said.append((desk.view.progress.text(), desk.view.stop.isVisible()))
        if "in 5 s" in desk.view.progress.text():
            desk.view.stop.click()

    desk.batch.changed.connect(listen)
    send(desk)
    for _ in range(5):
        desk.settle()
    assert ("20 of 30 sent. The limits on the rate let the next ones go in 10 s", True) in said
    assert len(desk.venue.placed) == 20
    assert desk.view.progress.text() == "Stopped after 20 of 30 rows. The others are still to be sent"
    assert desk.view.stop.isHidden()
    assert desk.view.totals.text() == "10 rows ready · 20 sent"


def test_a_row_that_may_be_overruled_goes_only_after_the_tick(desk: BatchDesk) -> None:
    desk.paste("cust-9,Los Angeles Lakers,+150,10")
    assert desk.cells("For") == ["cust-9 (new)"]
    assert not desk.view.place.isEnabled()
    assert desk.view.insist.isVisible()
    desk.view.insist.click()
    desk.time.seconds += 1
    desk.settle()
    press(desk)
    assert "new: cust-9" in desk.view.card.text()
    desk.time.seconds += 1
    press(desk)
    assert [draft.external_user for _, draft in desk.venue.placed] == ["cust-9"]


def test_the_focus_never_falls_on_a_button_that_a_key_could_press(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    desk.view.place.setFocus()
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.time.seconds += 1
    QTest.keyClick(desk.view.place, Qt.Key.Key_Return)
    desk.settle()
    assert desk.view.table.hasFocus()


# Files


def test_a_file_is_imported_and_what_is_no_table_is_told(desk: BatchDesk) -> None:
    desk.files["rows.csv"] = ("user;selection;odds;stake\n" + GOOD[0].replace(",", ";")).encode("utf-8-sig")
    desk.files["pipe"] = TableError("This is a device, a pipe or a socket and not a plain file")
    desk.view.import_file("/anywhere/rows.csv")
    desk.settle()
    assert desk.view.added.text() == "rows.csv: 1 row was added"
    assert desk.cells("Result") == ["Ready"]
    desk.view.import_file("/anywhere/pipe")
    assert desk.view.added.text() == "Nothing was added: This is a device, a pipe or a socket and not a plain file"
    assert len(desk.batch.rows) == 1


def drop(desk: BatchDesk, mime: QMimeData) -> None:
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desk.view, QDragEnterEvent(QPoint(20, 20), actions, mime, buttons, keys))
    QApplication.sendEvent(desk.view, QDropEvent(QPointF(20, 20), actions, mime, buttons, keys))
    desk.settle()


def test_a_file_or_a_text_may_be_dropped_and_two_files_may_not(desk: BatchDesk) -> None:
    desk.files["rows.csv"] = "\n".join(GOOD).encode()
    one, two, text = QMimeData(), QMimeData(), QMimeData()
    one.setUrls([QUrl.fromLocalFile("/anywhere/rows.csv")])
    two.setUrls([QUrl.fromLocalFile("/anywhere/rows.csv")] * 2)
    text.setText("cust-3,Los Angeles Lakers,+150,1")
    drop(desk, one)
    drop(desk, two)
    assert desk.view.added.text() == "Nothing was added: drop one file of this computer"
    drop(desk, text)
    assert len(desk.batch.rows) == 3


def test_the_results_as_csv_keep_odds_readable_and_run_no_formula(desk: BatchDesk) -> None:
    desk.paste(*GOOD, "=cmd(),Los Angeles Lakers,+150,5")
    send(desk)
    desk.view.copy_button.click()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [(row["#"], row["Odds"], row["Stake"]) for row in rows] == [("1", "+150", "100.00"), ("2", "-160", "25.00"), ("3", "+150", "5")]
    assert rows[0]["Ref"].startswith("ref-")
    assert rows[2]["For"] == "'=cmd()"


def test_the_venues_text_and_a_persons_stay_plain(desk: BatchDesk) -> None:
    desk.paste("cust-1,<b>Nobody</b>,+150,10")
    result = [column.title for column in desk.view.model.columns].index("Result")
    tip = str(desk.view.model.index(0, result).data(Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;Nobody" in tip
    assert desk.view.objections.textFormat() is Qt.TextFormat.PlainText


# The rest


def test_one_row_becomes_several_over_neighbouring_prices(desk: BatchDesk) -> None:
    desk.paste("cust-1,Los Angeles Lakers,+150,10")
    menu_line(desk, 0, "3 prices")
    assert desk.view.added.text() == "The row is 3 rows now, from +150 to +152"
    assert desk.cells("Stake") == ["3.34", "3.33", "3.33"]
    assert desk.cells("Result") == ["Ready"] * 3


def test_markets_that_were_not_read_are_read_by_a_press(desk: BatchDesk) -> None:
    desk.list_event(1003, "Suns at Heat")
    desk.paste("cust-1,Suns at Heat,Phoenix Suns,+150,10")
    assert desk.cells("Result") == ["The markets of Suns at Heat have not been read yet: press Read markets"]
    desk.view.read_button.click()
    desk.settle()
    assert 1003 in {topic.event_id for topic in desk.wanted[-1].topics}
    desk.read(moneyline_of(1003, "Phoenix Suns", "Miami Heat", desk.time.seconds))
    desk.settle()
    assert desk.cells("Selection") == ["Phoenix Suns"]
    assert desk.view.read_button.isHidden()


def test_what_is_armed_is_not_armed_any_more_after_a_look_elsewhere(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    press(desk)
    desk.view.hide()
    desk.view.show()
    desk.time.seconds += 1
    assert desk.view.card.isHidden()
    press(desk)
    assert desk.venue.placed == []


def test_a_change_of_view_loses_nothing(desk: BatchDesk) -> None:
    desk.paste(*GOOD)
    desk.view.hide()
    desk.batch.edit(desk.batch.rows[0].id, "stake", "11")
    desk.settle()
    desk.view.show()
    assert desk.cells("Stake") == ["11.00", "25.00"]


def test_the_odds_follow_the_format_of_the_window_but_are_typed_in_american(desk: BatchDesk) -> None:
    desk.paste(GOOD[0])
    desk.display.use(OddsFormat.DECIMAL)
    assert desk.cells("Odds") == ["2.50"]
    column = desk.view.model.column_of("odds")
    assert desk.view.model.index(0, column).data(Qt.ItemDataRole.EditRole) == "+150"


def test_the_model_keeps_qts_rules(desk: BatchDesk) -> None:
    QAbstractItemModelTester(desk.view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.paste(*GOOD)
    desk.batch.spread(desk.batch.rows[0].id, 5)
    desk.settle()
    send(desk)
    desk.batch.clear()
    desk.settle()
    assert desk.view.empty.isVisible()


def test_what_is_said_of_the_chosen_row_follows_what_becomes_of_it(desk: BatchDesk) -> None:
    desk.paste(GOOD[0])
    desk.view.table.selectRow(0)
    assert desk.view.added.text() == "Row 1: Ready"
    send(desk)
    assert desk.view.added.text() == "Row 1: Resting: 100.00 at +150"
    desk.view.cancel_these.click()
    desk.settle()
    assert desk.view.added.text() == "Row 1: Cancelled"
    desk.view.clear_sent.click()
    desk.settle()
    assert desk.view.added.text() == "", "the row is gone"


def test_rows_that_come_make_room_for_a_dozen_of_them_and_no_more_than_half_the_window(desk: BatchDesk) -> None:
    desk.window.takeCentralWidget()
    dock, tabs, other = QDockWidget("Blotter"), QTabWidget(), QWidget()
    tabs.addTab(desk.view, "Batch")
    tabs.addTab(other, "Log")
    dock.setWidget(tabs)
    desk.window.setCentralWidget(QWidget())
    desk.window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    desk.window.resize(1200, 1000)
    desk.window.resizeDocks([dock], [260], Qt.Orientation.Vertical)
    QApplication.processEvents()
    small = dock.height()
    assert small < 300
    desk.paste(*(f"cust-1,Los Angeles Lakers,+{150 + number},1" for number in range(30)))
    QApplication.processEvents()
    assert desk.view.table.viewport().height() // desk.view.table.verticalHeader().defaultSectionSize() >= 10
    grown = dock.height()
    assert small < grown <= 500
    tabs.setCurrentWidget(other)
    QApplication.processEvents()
    assert dock.height() == small, "nobody looks at them"
    tabs.setCurrentWidget(desk.view)
    QApplication.processEvents()
    assert dock.height() == grown
    desk.window.resizeDocks([dock], [260], Qt.Orientation.Vertical)
    QApplication.processEvents()
    desk.view.refresh()
    QApplication.processEvents()
    assert dock.height() == small, "whoever wants it smaller can have it"
