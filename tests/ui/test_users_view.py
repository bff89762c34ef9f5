"""The users' tab: its figures, its search, what is done for one user, and the map of users by events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.order import HistoryPage, OrderReport
from app.domain.user import User, UserLimits
from app.ui.delegates.heat_cell import STRENGTHS, ground
from app.ui.models.heat import MOST_USERS
from app.ui.views.user_heat import EVENT
from app.ui.views.users import EMPTY, NONE_FOUND, Page, UsersView
from tests.ui.kit import HOME, START, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none
ANN, BOB = "cust-8841", "cust-8842"


@pytest.fixture
def view(desk: Desk) -> Iterator[UsersView]:
    desk.venue.offers = EVERYTHING
    view = UsersView(desk.desk, "B2B (practice)", desk.tasks.start, desk.display, desk.theme, desk.time.monotonic, desk.time.now)
    holder = QWidget(desk.window)
    QVBoxLayout(holder).addWidget(view)
    holder.resize(1200, 300)
    holder.show()
    yield view
    holder.hide()


def told(number: int, user: str = ANN, *, status: str = "open", stake: str = "10.00", event: int = 1001, **more: object) -> OrderReport:
    report = OrderReport(
        f"b2b-{number}", f"v-{number}", status, "unmatched", odds=from_american(150), quantity=Decimal(stake), original=Decimal(stake),
        filled=Decimal(0), event_id=event, market_id=219, selection_id=HOME, user=user, placed_at=START - timedelta(hours=number),
        updated_at=START,
    )  # fmt: skip
    return msgspec.structs.replace(report, **more)


def hear(desk: Desk, view: UsersView, *reports: OrderReport) -> None:
    desk.desk.blotter.apply_all(reports)
    desk.venue.held.update((report.venue_order_id, report) for report in reports)
    view.apply(desk.desk.blotter.take_dirty())


def cells(view: UsersView, title: str) -> list[str]:
    at = [column.title for column in view.model.columns].index(title)
    return [str(view.model.index(row, at).data()) for row in range(view.model.rowCount())]


def choose(view: UsersView, user_id: str) -> None:
    place = view.model.place_of(user_id)
    assert place is not None
    view.table.selectRow(place)


def test_an_empty_list_says_how_users_come_into_it(view: UsersView) -> None:
    assert (view.words.isVisible(), view.words.text()) == (True, EMPTY)
    assert not view.table.isVisible()


def test_users_of_the_list_and_users_with_orders_stand_together_the_largest_first(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee"), User("cust-1", "Zoe")])
    view.tick()
    hear(desk, view, told(1), told(2, BOB, stake="40.00"))
    view.refresh()
    assert sorted(cells(view, "User")) == ["cust-1", ANN, BOB]
    view.model.rebuild()
    assert cells(view, "User") == [BOB, ANN, "cust-1"]
    assert cells(view, "At risk") == ["40.00", "10.00", "0.00"]
    assert cells(view, "Name") == ["", "Ann Lee", "Zoe"]


def test_a_change_of_one_order_repaints_its_users_row_only_and_moves_none(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, BOB, stake="40.00"))
    view.model.rebuild()
    painted: list[int] = []
    view.model.dataChanged.connect(lambda first, _last: painted.append(first.row()))
    hear(desk, view, told(3, ANN, stake="90.00"))
    assert cells(view, "User") == [BOB, ANN]
    assert painted == [1]
    assert cells(view, "At risk") == ["40.00", "100.00"]
    assert view.sums.text().startswith("2 users · at risk 140.00 · 3 open, 0 unknown")


def test_the_search_finds_by_id_and_by_name_and_says_when_it_finds_nobody(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee"), User(BOB, "Bob Mayer")])
    view.tick()
    view.search.setText("LEE ann")
    assert cells(view, "User") == [ANN]
    view.search.setText("8842")
    assert cells(view, "User") == [BOB]
    view.search.setText("nobody")
    assert (view.words.isVisible(), view.words.text(), view.sums.text()) == (True, NONE_FOUND, "")


def test_orders_of_which_no_user_is_told_have_a_row_that_says_so(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, ""))
    assert (cells(view, "User"), cells(view, "Name")) == (["—"], ["no user told"])
    choose(view, "")
    assert not view.bring_statement.isEnabled()
    assert view.cancel.isEnabled()


def test_the_limit_that_is_nearest_is_named_in_words(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, limits=UserLimits(event=Decimal("200.00")))])
    hear(desk, view, told(1, stake="90.00"))
    assert cells(view, "Limit used") == ["45 % on an event, 90.00 of 200"]


def test_the_choice_stays_with_the_user_when_the_rows_are_laid_out_anew(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, BOB, stake="40.00"))
    choose(view, ANN)
    hear(desk, view, told(3, "cust-9"))
    row = view.table.chosen()
    assert row is not None
    assert row.user.id == ANN


def test_a_day_that_ends_is_seen_at_the_next_tick(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, status="settled", matching="fully_matched", filled=Decimal("10.00"), winning="profit"))
    assert cells(view, "P&L today") == ["+15.00"]
    desk.time.seconds += 86_400
    view.tick()
    assert (cells(view, "P&L today"), cells(view, "P&L 7 days")) == (["0.00"], ["+15.00"])


# What is done for a user


def test_cancelling_all_of_a_user_says_what_it_will_do_and_needs_a_second_press(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee")])
    hear(desk, view, told(1), told(2), told(3, BOB))
    choose(view, ANN)
    view.cancel.click()
    assert view.cancel.text() == "Cancel 2 open orders of Ann Lee (cust-8841)"
    assert desk.venue.cancelled_together == []
    desk.time.seconds += 1
    view.cancel.click()
    assert len(desk.venue.cancelled_together) == 1
    assert desk.venue.held["v-3"].status == "open"
    assert view.said.text().startswith("Ann Lee (cust-8841): 2 orders off the book; by the venue's record")
    assert view.said.text() in [notice.words for notice in desk.notices.lines]


def test_another_user_disarms_the_cancel(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, BOB))
    choose(view, ANN)
    view.cancel.click()
    choose(view, BOB)
    assert view.cancel.text() == "Cancel all of this user"
    desk.time.seconds += 1
    view.cancel.click()
    assert desk.venue.cancelled == []
    assert view.cancel.text() == f"Cancel 1 open order of {BOB}"


def test_a_question_that_is_asked_does_not_change_while_orders_fill(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2))
    choose(view, ANN)
    view.cancel.click()
    hear(desk, view, told(1, matching="fully_matched", filled=Decimal("10.00")))
    assert view.cancel.text() == f"Cancel 2 open orders of {ANN}"
    desk.time.seconds += 7
    view.tick()
    assert view.cancel.text() == "Cancel all of this user"


def test_nothing_to_cancel_and_nobody_chosen_leave_nothing_to_press(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, status="canceled"))
    view.table.clearSelection()
    for button in (view.cancel, view.remove, view.read, view.edit, view.bring_statement):
        assert not button.isEnabled()
    choose(view, ANN)
    assert not view.cancel.isEnabled()
    assert view.bring_statement.isEnabled()


def test_a_users_record_is_read_by_the_venues_filter_and_its_orders_appear(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee")])
    view.tick()
    desk.venue.pages = {"": HistoryPage((told(7, stake="55.00"),))}
    choose(view, ANN)
    view.read.click()
    view.apply(desk.desk.blotter.take_dirty())
    assert cells(view, "At risk") == ["55.00"]
    assert view.said.text() == "Ann Lee (cust-8841): the venue's record of the last 30 days has 1 order, 1 of them new here"


def test_removing_takes_a_user_off_the_list_and_leaves_the_orders(desk: Desk, view: UsersView) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee"), User("cust-1")])
    hear(desk, view, told(1))
    view.tick()
    choose(view, ANN)
    view.remove.click()
    desk.time.seconds += 1
    view.remove.click()
    assert ANN not in desk.desk.users.known
    assert sorted(cells(view, "User")) == ["cust-1", ANN]
    assert "Ann Lee (cust-8841) was removed" in view.said.text()


def test_a_double_click_or_enter_chooses_the_user_for_the_ticket(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1))
    heard: list[str] = []
    view.user_chosen.connect(heard.append)
    choose(view, ANN)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    view.table.doubleClicked.emit(view.model.index(0, 0))
    assert heard == [ANN, ANN]


def test_importing_is_asked_for_by_its_button(view: UsersView) -> None:
    heard: list[bool] = []
    view.import_wanted.connect(lambda: heard.append(True))
    view.bring_in.click()
    assert heard == [True]


def test_a_name_and_limits_are_set_in_the_box_and_hold_at_once(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, stake="100.00"))
    choose(view, ANN)
    view.edit.click()
    box = view.edit_box
    assert (box.id.isEnabled(), box.limits["event"].placeholderText()) == (False, "1,000.00")
    box.name.setText("  Ann Lee ")
    box.limits["event"].setText("200")
    box.save.click()
    assert not box.isVisible()
    assert desk.desk.users.user(ANN) == User(ANN, "Ann Lee", UserLimits(event=Decimal("200.00")))
    assert cells(view, "Limit used") == ["50 % on an event, 100.00 of 200"]


@pytest.mark.parametrize("is_removed", [False, True])
def test_what_became_known_of_a_user_while_the_box_was_open_is_not_overwritten(desk: Desk, view: UsersView, *, is_removed: bool) -> None:
    users = desk.desk.users
    users.put([User(ANN, "Ann Lee")])
    view.tick()
    choose(view, ANN)
    view.edit.click()
    limited = User(ANN, "Ann Lee", UserLimits(total=Decimal(100)))
    if is_removed:
        users.remove(ANN)
    else:
        users.put([limited])
    box = view.edit_box
    box.name.setText("Ann B. Lee")
    box.save.click()
    assert users.known == ({} if is_removed else {ANN: limited})
    assert box.isVisible()
    assert box.objection.text().endswith(f"{users.called(ANN)} was changed while this box was open: close it and look again")


@pytest.mark.parametrize(
    ("user_id", "name", "limit", "words"),
    [
        ("", "", "", "Type the external user id"),
        ("a b", "", "", "without blanks"),
        ("x" * 101, "", "", "at most 100 characters"),
        ("cust-1", "n" * 61, "", "at most 60 characters"),
        ("cust-1", "", "many", "On an event: an amount is digits and one point"),
        ("cust-1", "", "0.5", "On an event: a limit is from 1.00 to"),
        (ANN, "", "", "is in the list already"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_the_box_stays(
    desk: Desk, view: UsersView, user_id: str, name: str, limit: str, words: str
) -> None:
    desk.desk.users.put([User(ANN, "Ann Lee")])
    view.add.click()
    box = view.edit_box
    box.id.setText(user_id)
    box.name.setText(name)
    box.limits["event"].setText(limit)
    box.save.click()
    assert box.isVisible()
    assert words in box.objection.text()
    assert list(desk.desk.users.known) == [ANN]


def test_the_file_of_the_table_is_plain_figures(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, "=cmd", stake="1000.00"), told(2, BOB, status="closed", winning="loss", filled=Decimal("10.00")))
    view.model.rebuild()
    lines = view.model.to_csv().splitlines()
    assert lines[1].startswith("'=cmd,,1000.00,1,0,")
    assert ",-10.00," in lines[2]


def test_the_model_keeps_qts_rules(desk: Desk, view: UsersView) -> None:
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    QAbstractItemModelTester(view.heat.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    hear(desk, view, told(1), told(2, BOB))
    view.chips[Page.HEAT].click()
    hear(desk, view, told(3, "cust-3"), told(1, status="canceled"))
    view.model.sort_by(0)


# The map of users by events


def heat_cells(view: UsersView, row: int) -> list[str]:
    return [str(view.heat.model.index(row, column).data()) for column in range(view.heat.model.columnCount())]


def test_the_map_has_the_largest_user_on_top_and_the_largest_event_at_the_left(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, BOB, stake="40.00", event=1002), told(3, BOB, stake="5.00"))
    view.chips[Page.HEAT].click()
    heads = [view.heat.model.headerData(column, Qt.Orientation.Horizontal) for column in range(4)]
    assert heads == ["User", "At risk", "Celtics at Knicks", "Lakers at Warriors"]
    assert [heat_cells(view, row) for row in range(2)] == [[BOB, "45.00", "40.00", "5.00"], [ANN, "10.00", "", "10.00"]]


def test_the_events_of_the_map_take_the_room_that_is_free_as_far_as_their_titles_need_it(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, BOB, stake="40.00", event=1002))
    view.chips[Page.HEAT].click()
    table = view.heat.table
    table.horizontalHeader().setFont(desk.theme.font(40))
    table.resize(1400, 200)
    QApplication.processEvents()
    measure = table.horizontalHeader().fontMetrics()
    assert all(
        table.columnWidth(at) > measure.horizontalAdvance(str(view.heat.model.headerData(at, Qt.Orientation.Horizontal))) for at in (2, 3)
    )
    table.setColumnWidth(2, 200)
    view.heat.refresh()
    assert table.columnWidth(2) == 200, "what a person drew stays"
    table.resize(400, 200)
    QApplication.processEvents()
    assert table.columnWidth(3) == EVENT


def test_a_cell_tells_its_exact_figures_where_the_keys_are(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1, stake="100.00"))
    view.chips[Page.HEAT].click()
    view.heat.table.setCurrentIndex(view.heat.model.index(0, 2))
    assert view.heat.figures.text() == (
        f"{ANN} on Lakers at Warriors: 100.00 at risk, the worst result would lose 100.00 (10 % of the 1,000.00 allowed); "
        "1 open, 0 of unknown outcome"
    )


def test_the_more_of_the_limit_is_at_risk_the_warmer_the_cell(desk: Desk, view: UsersView) -> None:
    stakes = ("100.00", "250.00", "500.00", "750.00", "751.00")
    hear(desk, view, *(told(at, f"u-{at}", stake=stake) for at, stake in enumerate(stakes)))
    view.chips[Page.HEAT].click()
    assert [view.heat.model.heat(view.heat.model.index(row, 2)) for row in range(5)] == [5, 4, 3, 2, 1]
    colours = [ground(desk.theme.colours, heat).name() for heat in range(len(STRENGTHS))]
    assert len(set(colours)) == len(colours)
    assert [label.text() for label in view.heat.legend] == ["up to 100", "to 250", "to 500", "to 750", "above 750"]


def test_a_click_on_a_cell_opens_its_event_and_one_on_a_name_does_not(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1))
    view.chips[Page.HEAT].click()
    heard: list[int] = []
    view.event_wanted.connect(heard.append)
    view.heat.table.clicked.emit(view.heat.model.index(0, 0))
    view.heat.table.clicked.emit(view.heat.model.index(0, 2))
    assert heard == [1001]


def test_the_words_over_a_name_count_one_event_as_one(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1))
    view.chips[Page.HEAT].click()
    assert view.heat.model.explained(view.heat.model.index(0, 0)).endswith(" at risk on 1 event")


def test_what_finds_no_room_on_the_map_is_told(desk: Desk, view: UsersView) -> None:
    hear(desk, view, *(told(at, f"u-{at:03}") for at in range(MOST_USERS + 3)))
    view.chips[Page.HEAT].click()
    assert view.heat.model.rowCount() == MOST_USERS
    assert view.heat.more.text() == "and 3 more users"


def test_the_map_says_when_nothing_is_at_risk(view: UsersView) -> None:
    view.chips[Page.HEAT].click()
    assert view.heat.words.isVisible()
    assert not view.heat.table.isVisible()
    assert view.heat.model.explained(QModelIndex()) == ""


def test_the_map_in_view_follows_the_orders(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1))
    view.chips[Page.HEAT].click()
    hear(desk, view, told(2, stake="30.00"))
    assert heat_cells(view, 0) == [ANN, "40.00", "40.00"]


def test_a_market_of_another_number_is_the_same_event(desk: Desk, view: UsersView) -> None:
    hear(desk, view, told(1), told(2, market_id=66))
    assert MarketKey(1001, 66, Decimal(0)) in {order.draft.market for order in desk.desk.blotter.orders.values()}
    view.chips[Page.HEAT].click()
    assert heat_cells(view, 0) == [ANN, "20.00", "20.00"]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_figures_stay_readable_on_every_ground_of_the_map(desk: Desk, name: str) -> None:
    """A contrast of 4.5 to 1 is what WCAG asks for text of this size."""
    desk.theme.use(name)
    ink = desk.theme.colours["text.strong"]
    assert [contrast(ink, ground(desk.theme.colours, heat)) >= 4.5 for heat in range(len(STRENGTHS))] == [True] * len(STRENGTHS)


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: QColor) -> float:
    plain = (colour.redF(), colour.greenF(), colour.blueF())
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in plain]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
