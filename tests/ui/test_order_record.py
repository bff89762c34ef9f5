"""The order management page: what is asked for, what stands in view while it is read, fails or waits, and how rows leave it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QDateTime, QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.errors import NotSentError, UnknownError
from app.domain.events import MarketsSeeded
from app.domain.labels import Labels
from app.domain.market import Market
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.domain.user import User
from app.services import desk as services
from app.services.notices import Notices
from app.services.order_record import OrderRecord
from app.services.record_rows import Form
from app.store.sheet_file import SheetFile
from app.ui.display import Display
from app.ui.formats import OddsFormat
from app.ui.theme import Theme
from app.ui.views.order_record import EVERYTHING as ALL_OF_IT
from app.ui.views.order_record import OrderRecordView
from app.ui.views.record_export import STEPS, ask_where
from app.ui.views.record_filters import BACKWARDS, CUSTOM, NONE_OPEN, TODAY
from tests.services.fakes import FakeJournal
from tests.ui.acts import paste
from tests.ui.kit import HOME, START, FakeVenue, SteppedTasks, Time, seeded

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none


def row(number: int, status: str = "open", matching: str = "unmatched", **fields: object) -> OrderReport:
    told = {
        "odds": from_american(150), "quantity": Decimal("10.00"), "original": Decimal("10.00"), "filled": Decimal(0), "event_id": 1001,
        "market_id": 219, "selection_id": HOME, "placed_at": START - timedelta(hours=number), "winning": "tbd",
    } | fields  # fmt: skip
    return OrderReport(f"ov-long-reference-{number}", f"venue-order-{number}", status, matching, **told)  # type: ignore[arg-type]


class Bench:
    """The page over a venue that answers at once, with a clock that moves only when told."""

    def __init__(self, theme: Theme, *, offers: frozenset[Offer], labels: Labels | None = None) -> None:
        self.time, self.venue, self.tasks, self.theme = Time(), FakeVenue(), SteppedTasks(), theme
        self.venue.offers = offers
        self.notices = Notices(self.time.now)
        self.desk = services.Desk(
            services.Outside(
                venue=self.venue, journal=FakeJournal(), environment=Environment.PRACTICE, clock=self.time.monotonic, now=self.time.now,
                new_ref=lambda: "ref", sleep=self._sleep, known_users=(User("cust-8841", "Ann Lee"), User("cust-17", "Bo")),
            ),
            self.notices, self.tasks,
        )  # fmt: skip
        self.desk.record = OrderRecord(
            self.venue, self.desk.blotter, self.desk.catalogue, now=self.time.now, sleep=self._sleep, aside=_aside
        )  # fmt: skip
        self.tasks.start(self._list_events())
        self.desk.session.emit([seeded()])
        self.display = Display(labels=labels)
        self.view = OrderRecordView(self.desk, self.tasks.start, self.display, theme, self.time.now, SheetFile)
        self.said: list[str] = []
        self.view.said.connect(lambda words, _tone: self.said.append(words))
        self.view.resize(1280, 300)

    def show(self, *rows: OrderReport) -> OrderRecordView:
        """The page with these rows as the whole record."""
        self.venue.pages[""] = HistoryPage(rows, "", START - timedelta(seconds=12))
        self.view.show()
        return self.view

    @property
    def queries(self) -> list[HistoryQuery]:
        return [call[1] for call in self.venue.asked if call[0] == "history_page" and isinstance(call[1], HistoryQuery)]

    def shown(self, title: str) -> list[str]:
        return [str(self.cell(at, title).data()) for at in range(self.view.model.rowCount())]

    def cell(self, at: int, title: str) -> QModelIndex:
        return self.view.model.index(at, [column.title for column in self.view.model.columns].index(title))

    def lines(self, at: int) -> dict[str, Callable[[], None]]:
        """What the menu over a row offers and lets be chosen."""
        menu = self.view.table.menu_at(self.view.table.visualRect(self.cell(at, "Stake")).center())
        return {action.text(): action.trigger for action in menu.actions() if action.isEnabled() and action.text()}

    def beat(self, seconds: float = 1.0) -> None:
        self.time.seconds += seconds
        self.view.tick()

    def close(self) -> None:
        self.tasks.give_up()
        shiboken6.delete(self.view)

    async def _sleep(self, seconds: float) -> None:
        self.time.seconds += seconds
        await asyncio.sleep(0)

    async def _list_events(self) -> None:
        await self.desk.session.catalogue.read_tournaments()
        for tournament_id in list(self.desk.session.catalogue.tournaments):
            await self.desk.session.catalogue.read_events(tournament_id)


async def _aside(call: Callable[[], Path]) -> Path:
    return call()


@pytest.fixture
def bench(theme: Theme, qtbot: QtBot) -> Iterator[Bench]:
    """An account of the Trading API."""
    theme.use("dark")
    bench = Bench(theme, offers=EVERYTHING - {Offer.USERS})
    yield bench
    bench.close()


@pytest.fixture
def partner(theme: Theme, qtbot: QtBot) -> Iterator[Bench]:
    """An account that trades for its users."""
    theme.use("dark")
    bench = Bench(theme, offers=frozenset({Offer.USERS}))
    yield bench
    bench.close()


# What is asked for


def test_the_first_showing_reads_the_last_seven_days_and_says_how_far_the_record_lags(bench: Bench) -> None:
    view = bench.show(row(0, filled=Decimal("4.00"), matching="partially_matched"), row(1))
    assert bench.queries == [HistoryQuery(START - timedelta(days=7))]
    assert (bench.shown("Event"), bench.shown("Selection")) == (["Lakers at Warriors"] * 2, ["Los Angeles Lakers"] * 2)
    assert (bench.shown("Odds"), bench.shown("Filled"), bench.shown("Rest")) == (["+150"] * 2, ["4.00", "0.00"], ["6.00", "10.00"])
    assert (bench.shown("Status")[0], bench.shown("Matching")[0], bench.shown("P&L")[0]) == ("open", "partially matched", "—")
    local = (START - timedelta(seconds=12)).astimezone()
    assert view.as_of.text() == f"As of {local:%H:%M:%S}, the record lags 12 s"
    assert view.count.text() == "2 rows shown, no more at the venue"


def test_before_the_venue_has_answered_anything_a_person_says_when_to_read(bench: Bench) -> None:
    bench.venue.answered_at = None
    view = bench.show(row(0))
    assert bench.queries == []
    assert (view.missing.text(), view.read_button.isVisible()) == ("The venue's record has not been read yet.", True)
    view.read_button.click()
    assert (bench.shown("Status"), view.read_button.isVisible()) == (["open"], False)


def test_a_page_that_was_read_is_not_read_again_by_looking_at_another_tab(bench: Bench) -> None:
    view = bench.show(row(0))
    view.hide()
    view.show()
    assert len(bench.queries) == 1


def test_every_filter_of_the_trading_api_reaches_the_venue(bench: Bench) -> None:
    view = bench.show()
    view.filters.by.setCurrentText("Changed")
    view.filters.status.setCurrentText("manually settled")
    view.filters.matching.setCurrentText("partially matched")
    view.filters.show_event(1001, "Lakers at Warriors")
    view.filters.span.setCurrentText("24 h")
    said = {"status": "manually_settled", "matching": "partially_matched", "event_id": 1001, "is_touched": True}
    assert bench.queries[-1] == HistoryQuery(START - timedelta(hours=24), **said)  # type: ignore[arg-type]


def test_the_user_reaches_the_venue_by_id_and_by_name(partner: Bench) -> None:
    view = partner.show()
    assert view.filters.user.isVisible()
    assert not view.filters.where.isVisible()
    for typed in ("cust-9", "Ann Lee"):
        view.filters.user.setText(typed)
        view.filters.user.editingFinished.emit()
    assert [query.user for query in partner.queries] == ["", "cust-9", "cust-8841"]
    view.filters.user.clear()
    assert partner.queries[-1].user == ""


def test_a_user_that_cannot_be_is_said_and_nothing_is_asked(partner: Bench) -> None:
    view = partner.show(row(0))
    view.filters.user.setText("no such id")
    view.filters.user.editingFinished.emit()
    assert "letters A to Z" in view.trouble.text()
    assert (len(partner.queries), view.again.isVisible()) == (1, False)


def test_the_users_name_stands_beside_the_time_and_can_be_looked_for(partner: Bench) -> None:
    view = partner.show(row(0, user="cust-8841"), row(1, user="cust-9"), row(2))
    assert [column.title for column in view.model.columns][:2] == ["Placed", "User"]
    assert partner.shown("User") == ["Ann Lee (cust-8841)", "cust-9", "—"]
    view.filters.text.setText("ann lee")
    assert partner.shown("User") == ["Ann Lee (cust-8841)"]
    assert view.model.to_csv().splitlines()[1].split(",")[1] == "cust-8841", "a file names the id"
    partner.desk.users.put([User("cust-8841", "Ann Marie Lee")])
    assert partner.shown("User") == ["Ann Marie Lee (cust-8841)"]


def test_everything_written_is_what_the_name_finds(partner: Bench, tmp_path: Path) -> None:
    view = partner.show(row(0, user="cust-8841"), row(1, user="cust-17"))
    view.filters.text.setText("ann lee")
    view.save_everything(tmp_path / "ann.json", Form.JSON)
    view.filters.text.setText("bo")
    partner.tasks.settle()
    assert [json.loads(line)["external_user"] for line in (tmp_path / "ann.json").read_text().splitlines()] == ["cust-8841"]


def test_an_account_without_users_has_no_column_and_no_field_for_them(bench: Bench, partner: Bench) -> None:
    assert "User" not in [column.title for column in bench.view.model.columns]
    assert "User" in [column.title for column in partner.view.model.columns]
    bench.show()
    assert not bench.view.filters.user.isVisible()


def test_today_begins_at_local_midnight(bench: Bench) -> None:
    bench.show().filters.span.setCurrentText(TODAY)
    local = START.astimezone()
    assert bench.queries[-1] == HistoryQuery(datetime(local.year, local.month, local.day).astimezone())


def test_a_time_that_is_typed_is_asked_for_once_the_hand_rests(bench: Bench) -> None:
    filters = bench.show().filters
    filters.since.setDateTime(QDateTime(2026, 11, 1, 8, 30, 0))
    filters.until.setDateTime(QDateTime(2026, 11, 3, 9, 15, 0))
    assert (filters.span.currentText(), len(bench.queries)) == (CUSTOM, 1)
    filters.until.editingFinished.emit()
    assert bench.queries[1:] == [HistoryQuery(datetime(2026, 11, 1, 8, 30).astimezone(), datetime(2026, 11, 3, 9, 15).astimezone())]
    filters.until.editingFinished.emit()
    assert len(bench.queries) == 2


def test_a_span_that_ends_now_has_no_end(bench: Bench) -> None:
    filters = bench.show().filters
    bench.time.seconds += 3600
    filters.since.setDateTime(QDateTime(2026, 11, 1, 8, 30, 0))
    filters.since.editingFinished.emit()
    assert bench.queries[-1].until == START
    filters.until.setDateTime(QDateTime(2027, 1, 1, 0, 0, 0))
    filters.until.editingFinished.emit()
    assert bench.queries[-1].until is None


def test_times_in_the_wrong_order_are_said_and_nothing_is_asked(bench: Bench) -> None:
    view = bench.show(row(0))
    view.filters.since.setDateTime(QDateTime(2026, 11, 20, 8, 30, 0))
    view.filters.until.setDateTime(QDateTime(2026, 11, 19, 8, 30, 0))
    view.filters.until.editingFinished.emit()
    assert BACKWARDS in view.trouble.text()
    assert len(bench.queries) == 1
    view.filters.span.setCurrentText("24 h")
    assert not view.trouble.isVisible()


def test_a_preset_shows_what_it_means_just_now(bench: Bench) -> None:
    filters = bench.show().filters
    local = (START - timedelta(days=30)).astimezone()
    filters.span.setCurrentText("30 days")
    assert filters.since.dateTime() == QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0)
    assert filters.span.currentText() == "30 days"


def test_the_open_event_can_only_be_asked_for_while_one_is_open(bench: Bench) -> None:
    view = bench.show()
    view.filters.where.setCurrentText("The open event")
    assert NONE_OPEN in view.trouble.text()
    bench.desk.session.books.open_event_id = 1001
    view.reload()
    assert bench.queries[-1].event_id == 1001


# What is in view


def test_sums_are_of_what_is_shown(bench: Bench) -> None:
    view = bench.show(
        row(0, filled=Decimal("4.00"), matching="partially_matched"),
        row(1, "settled", "fully_matched", filled=Decimal("10.00"), winning="profit"),
        row(2, "closed", "fully_matched", filled=Decimal("10.00"), winning="loss"),
    )
    assert view.sums.text() == (
        "3 orders · stake 30.00 · filled 24.00 · open 6.00 · realised +5.00 (won +15.00, lost −10.00)"
    )  # fmt: skip
    view.filters.text.setText("loss")
    assert view.sums.text() == "1 order · stake 10.00 · filled 10.00 · open 0.00 · realised −10.00 (won 0.00, lost −10.00)"
    assert view.count.text() == "1 of 3 read shown, no more at the venue"


def test_a_text_that_nothing_has_is_said_and_so_is_that_the_venue_has_more(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), "next"), "next": HistoryPage((row(1),))}
    bench.view.show()
    bench.view.filters.text.setText("celtics")
    assert bench.view.missing.text() == "Nothing of what was read has “celtics” in it; the venue may have more: press Older."
    assert bench.view.missing.isVisible()


def test_an_empty_record_names_the_filter(bench: Bench) -> None:
    view = bench.show()
    view.filters.status.setCurrentText("manually settled")
    assert view.missing.text() == "The venue's record has no order placed in the last 7 days, status manually settled."


def test_an_empty_page_of_a_record_that_goes_on_says_so(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((), "next"), "next": HistoryPage((row(1),))}
    bench.view.show()
    assert "the venue's record goes on: press Older" in bench.view.missing.text()
    bench.view.older.click()
    assert len(bench.shown("Status")) == 1


def test_older_rows_come_by_button_and_leave_the_choice_alone(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((row(0), row(1)), "next"), "next": HistoryPage((row(2),))}
    bench.view.show()
    bench.view.table.selectRow(1)
    assert bench.view.count.text() == "2 rows shown; older ones may be at the venue:"
    bench.view.older.click()
    assert bench.shown("Reference") == ["ov-l…nce-0", "ov-l…nce-1", "ov-l…nce-2"]
    assert bench.view.table.chosen() == [1]
    assert not bench.view.older.isVisible()


def test_older_rows_come_when_the_end_is_scrolled_to(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage(tuple(row(number) for number in range(80)), "next"), "next": HistoryPage((row(80),))}
    bench.view.show()
    QGuiApplication.processEvents()
    bar = bench.view.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bench.view.model.rowCount() == 81


def test_a_failure_is_in_the_venues_words_and_takes_nothing_away(bench: Bench) -> None:
    view = bench.show(row(0))
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    view.renew.click()
    assert bench.view.model.rowCount() == 1
    assert view.trouble.text() == f"⚠ No answer within 5 s. What is shown was read at {START.astimezone():%H:%M:%S}"
    bench.venue.reading_problem = None
    view.again.click()
    assert not view.trouble.isVisible()


def test_a_page_that_is_not_whole_says_so_with_nothing_to_try_again(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), trouble="2 rows of the venue's record could not be read")}
    view = bench.view
    view.show()
    assert view.trouble.text() == "⚠ What is shown is not whole: 2 rows of the venue's record could not be read"
    assert (view.trouble.isVisible(), view.again.isVisible()) == (True, False)
    assert view.count.text() == "1 row shown, not whole"
    bench.venue.pages = {"": HistoryPage((row(0),))}
    view.renew.click()
    assert (view.trouble.isVisible(), view.count.text()) == (False, "1 row shown, no more at the venue")


def test_an_empty_page_that_is_not_whole_is_not_said_to_be_an_empty_record(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((), trouble="1 row of the venue's record could not be read")}
    view = bench.view
    view.show()
    assert view.missing.text().startswith("No order ")
    assert view.missing.text().endswith(" could be read.")


def test_a_first_reading_that_fails_can_be_tried_again(bench: Bench) -> None:
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    view = bench.show(row(0))
    assert (view.missing.text(), view.again.isVisible()) == ("The record could not be read.", True)
    bench.venue.reading_problem = None
    view.again.click()
    assert bench.view.model.rowCount() == 1


def test_an_older_page_that_failed_is_tried_again_where_it_was(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), "next"), "next": HistoryPage((row(1),))}
    bench.view.show()
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    bench.view.older.click()
    bench.venue.reading_problem = None
    bench.view.again.click()
    assert (bench.shown("Status"), len(bench.queries)) == (["open", "open"], 3)


def test_after_another_filter_was_chosen_another_try_asks_for_that(bench: Bench) -> None:
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    view = bench.show(row(0))
    bench.venue.reading_problem = None
    view.filters.status.blockSignals(True)
    view.filters.status.setCurrentText("void")
    view.filters.status.blockSignals(False)
    view.again.click()
    assert bench.queries[-1].status == "void"


def test_a_pause_that_the_venue_asks_for_is_counted_down_and_ends_with_another_try(bench: Bench) -> None:
    view = bench.show(row(0))
    bench.venue.reading_problem = NotSentError("Too many requests", retry_after=7.0, status=429)
    view.reload()
    assert "⚠ Too many requests. Trying again in 7 s" in view.trouble.text()
    bench.beat(3)
    assert "Trying again in 4 s" in view.trouble.text()
    asked = len(bench.queries)
    bench.venue.reading_problem = None
    bench.beat(3)
    assert len(bench.queries) == asked
    bench.beat(1)
    assert (len(bench.queries), view.trouble.isVisible()) == (asked + 1, False)


def test_f5_reads_anew(bench: Bench) -> None:
    view = bench.show(row(0))
    QTest.keyClick(view.table, Qt.Key.Key_F5)
    assert len(bench.queries) == 2


def test_a_click_on_a_head_sorts_by_value_then_the_other_way_then_not_at_all(bench: Bench) -> None:
    view = bench.show(*(row(number, quantity=Decimal(stake), original=Decimal(stake)) for number, stake in enumerate((9, 100, 20))))
    place = [column.title for column in view.model.columns].index("Stake")
    view.table.selectRow(1)
    for order in (["100.00", "20.00", "9.00"], ["9.00", "20.00", "100.00"], ["9.00", "100.00", "20.00"]):
        view.table.horizontalHeader().sectionClicked.emit(place)
        assert bench.shown("Stake") == order
        assert [chosen.stake for chosen in view.table.chosen_rows()] == [Decimal(100)]


def test_older_rows_are_sorted_in_where_a_person_has_sorted(bench: Bench) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), "next"), "next": HistoryPage((row(1, original=Decimal(50)),))}
    bench.view.show()
    bench.view.model.sort_by([column.title for column in bench.view.model.columns].index("Stake"))
    bench.view.table.selectRow(0)
    bench.view.older.click()
    assert bench.shown("Stake") == ["50.00", "10.00"]
    assert bench.view.table.chosen() == [1]


def test_what_was_won_and_lost_has_its_colour(bench: Bench) -> None:
    bench.show(
        row(0, "settled", "fully_matched", filled=Decimal(10), winning="profit"), row(1, "closed", filled=Decimal(10), winning="loss")
    )
    inks = [QColor(bench.cell(at, "P&L").data(Qt.ItemDataRole.ForegroundRole)) for at in range(2)]
    assert inks == [bench.theme.colours["price.up"], bench.theme.colours["price.down"]]


def test_odds_are_in_the_format_of_the_window(bench: Bench) -> None:
    bench.show(row(0))
    bench.display.use(OddsFormat.DECIMAL)
    assert bench.shown("Odds") == ["2.50"]


def test_filters_take_two_rows_only_where_one_is_too_narrow(bench: Bench, qtbot: QtBot) -> None:
    view = bench.show(row(0))
    qtbot.waitUntil(lambda: view.filters.height() == view.filters.sizeHint().height())
    one = view.filters.height()
    view.resize(965, 300)
    qtbot.waitUntil(lambda: not view.filters.since.isVisible())
    assert (view.width(), view.filters.height()) == (965, one)
    assert view.filters.span.toolTip().count(" to ") == 1, "the times of a named span are in its tip"
    view.filters.span.setCurrentText(CUSTOM)
    qtbot.waitUntil(lambda: view.filters.height() > one and view.filters.until.isVisible())
    assert view.width() == 965
    view.resize(1280, 300)
    qtbot.waitUntil(lambda: view.filters.height() == one)


@pytest.mark.parametrize("look", ["dark", "light"])
def test_on_a_small_screen_every_figure_below_the_rows_can_be_read(partner: Bench, look: str) -> None:
    partner.theme.use(look)
    big = row(0, filled=Decimal("1234567.89"), quantity=Decimal("98765432.10"), original=Decimal("98765432.10"))
    view = partner.show(*(row(number) for number in range(1, 100)), big)
    view.resize(980, 240)
    QApplication.processEvents()
    assert view.sums.height() >= view.sums.heightForWidth(view.sums.width()), "no line of it is cut"
    assert view.table.viewport().height() >= 4 * view.table.rowHeight(0)
    cells = [view.model.columns[at].title for at in range(11) if view.table.visualRect(view.model.index(0, at)).right() <= 980]
    assert cells == ["Placed", "User", "Event", "Market", "Selection", "Odds", "Stake", "Filled", "Rest", "Status"]


def test_a_filter_shows_the_whole_user(partner: Bench) -> None:
    view = partner.show(row(0))
    view.resize(980, 240)
    view.filters.user.choose("cust-8841")
    QApplication.processEvents()
    field = view.filters.user
    assert field.fontMetrics().horizontalAdvance(field.text()) + 34 <= field.width(), "beside the button that clears it"


def test_a_rest_that_was_taken_back_is_said_where_the_venue_calls_the_order_fully_matched(bench: Bench) -> None:
    ended = {"quantity": Decimal("1.41"), "original": Decimal("3.50"), "filled": Decimal("1.41")}
    view = bench.show(row(0, "open", "fully_matched", **ended), row(1), row(2, "canceled"))
    assert bench.shown("Rest") == ["cancelled", "10.00", "0.00"]
    assert "2.09 was cancelled, nothing may match any more" in str(bench.cell(0, "Rest").data(Qt.ItemDataRole.ToolTipRole))
    assert view.sums.text() == "3 orders · stake 23.50 · filled 1.41 · open 10.00 · cancelled 12.09 · realised 0.00"


def test_names_that_were_read_meanwhile_are_put_in_at_the_next_second(bench: Bench) -> None:
    bench.show(row(0, "closed", event_id=1002), row(1))
    assert bench.shown("Market")[0] == "market 219"
    group = seeded().groups[0]
    moved = msgspec.structs.replace(group, event_id=1002, markets=tuple(_moved(market) for market in group.markets))
    bench.desk.session.emit([MarketsSeeded(1002, (moved,), (), bench.time.monotonic())])
    bench.beat()
    assert bench.shown("Market")[0] == "Moneyline"


def _moved(market: Market) -> Market:
    return msgspec.structs.replace(market, key=market.key._replace(event_id=1002))


# What is done with a row


def test_an_order_that_was_placed_elsewhere_is_cancelled_from_its_row(bench: Bench) -> None:
    told = row(0)
    bench.venue.held["venue-order-0"] = told
    view = bench.show(told)
    bench.lines(0)["Cancel this order"]()
    assert bench.venue.cancelled == ["ov-long-reference-0"]
    bench.beat()
    assert (bench.shown("Status"), bench.shown("Rest")) == (["canceled"], ["0.00"])
    assert "Cancel this order" not in bench.lines(0)
    assert "open 0.00" in view.sums.text()


def test_several_chosen_orders_are_cancelled_together(bench: Bench) -> None:
    view = bench.show(row(0), row(1), row(2, "void"))
    view.table.selectAll()
    assert "Cancel these 2 orders" in bench.lines(0)
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    assert bench.venue.cancelled_together == [["ov-long-reference-0", "ov-long-reference-1"]]


def test_a_double_click_opens_the_event(bench: Bench) -> None:
    view = bench.show(row(0))
    opened: list[int] = []
    view.event_wanted.connect(opened.append)
    view.table.doubleClicked.emit(bench.cell(0, "Odds"))
    bench.lines(0)["Open its event"]()
    assert opened == [1001, 1001]


def test_ids_are_copied_whole(partner: Bench) -> None:
    partner.show(row(0, user="cust-8841"))
    copied = []
    for line in ("Copy our reference", "Copy the venue's order id", "Copy the user's id"):
        partner.lines(0)[line]()
        copied.append(QGuiApplication.clipboard().text())
    assert copied == ["ov-long-reference-0", "venue-order-0", "cust-8841"]


def test_a_row_leads_to_all_of_its_user(partner: Bench) -> None:
    partner.show(row(0, user="cust-17"))
    partner.lines(0)["Show only this user"]()
    assert (partner.queries[-1].user, partner.view.filters.user.text()) == ("cust-17", "Bo (cust-17)")


def test_a_row_leads_to_all_of_its_event(bench: Bench) -> None:
    bench.show(row(0))
    bench.lines(0)["Show only this event"]()
    assert (bench.queries[-1].event_id, bench.view.filters.where.currentText()) == (1001, "Lakers at Warriors")


def test_the_model_keeps_qts_rules(bench: Bench) -> None:
    QAbstractItemModelTester(bench.view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    bench.venue.pages = {"": HistoryPage((row(0), row(1)), "next"), "next": HistoryPage((row(2),))}
    bench.view.show()
    bench.view.older.click()
    bench.view.filters.text.setText("nce-1")
    bench.view.model.sort_by(0)
    bench.view.reload()
    bench.beat()


# Into a file


def test_what_is_shown_is_exported_as_it_is_filtered(bench: Bench, tmp_path: Path) -> None:
    view = bench.show(row(0), row(1, "void"))
    view.filters.text.setText("void")
    view.save_shown(tmp_path / "orders.csv", Form.CSV)
    lines = (tmp_path / "orders.csv").read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert ",+150,2.5,10.00," in lines[1]
    assert view.export_bar.words.text().endswith(f"as {tmp_path / 'orders.csv'}")
    assert view.export_bar.isVisible()
    view.export_bar.close_button.click()
    assert not view.export_bar.isVisible()


def test_on_a_small_screen_three_orders_stay_in_sight_beside_what_became_of_an_export(partner: Bench, tmp_path: Path) -> None:
    view = partner.show(*(row(number) for number in range(5)))
    view.resize(980, 217)
    QApplication.processEvents()
    assert view.sums.isVisible()
    view.save_shown(tmp_path / "orders.csv", Form.CSV)
    QApplication.processEvents()
    assert view.export_bar.isVisible()
    assert view.table.viewport().height() >= 3 * view.table.rowHeight(0)
    assert view.older.toolTip().startswith("5 rows shown, no more at the venue.")
    for part in (view.export_bar.words, view.as_of):
        assert not part.visibleRegion().isEmpty()
    view.export_bar.close_button.click()
    assert view.sums.isVisible()
    view.resize(1300, 217)
    QApplication.processEvents()
    assert view.sums.mapTo(view, view.sums.rect().topLeft()).y() > view.table.geometry().bottom()


def test_the_bar_of_an_export_is_busy_where_nobody_knows_how_much_there_is(bench: Bench, tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []
    bar = bench.view.export_bar
    bench.desk.record.export.changed.connect(lambda: seen.append((bar.bar.maximum(), bar.words.text())))
    bench.venue.pages = {"": HistoryPage((row(0),), "a"), "a": HistoryPage((row(1),))}
    bench.view.show()
    bench.view.save_everything(tmp_path / "orders.csv", Form.CSV)
    read = [(end, words) for end, words in seen if words.startswith("Exporting: 1 page read, 1 order written, back to ")]
    assert [end for end, _ in read] == [0], "no end: the span of time says nothing of how many orders lie in it"
    seen.clear()
    bench.view.save_shown(tmp_path / "shown.csv", Form.CSV)
    assert seen[0][0] == STEPS


def test_everything_is_read_to_its_end_whatever_is_shown(bench: Bench, tmp_path: Path) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), "a"), "a": HistoryPage((row(1),), "b"), "b": HistoryPage((row(2, "void"),))}
    bench.view.show()
    bench.view.save_everything(tmp_path / "orders.jsonl", Form.JSON)
    assert len((tmp_path / "orders.jsonl").read_text("utf-8").splitlines()) == 3
    assert bench.view.model.rowCount() == 1


def test_what_is_looked_for_is_looked_for_in_everything_too(bench: Bench, tmp_path: Path) -> None:
    bench.venue.pages = {"": HistoryPage((row(0),), "a"), "a": HistoryPage((row(1, "void"),))}
    bench.view.show()
    bench.view.filters.text.setText("void")
    bench.view.save_everything(tmp_path / "orders.jsonl", Form.JSON)
    assert [json.loads(line)["status"] for line in (tmp_path / "orders.jsonl").read_text("utf-8").splitlines()] == ["void"]


def test_a_cancelled_export_leaves_the_folder_empty(bench: Bench, tmp_path: Path) -> None:
    view = bench.show(row(0))
    bench.desk.record.export.changed.connect(view.export_bar.cancel.click)
    view.save_everything(tmp_path / "orders.csv", Form.CSV)
    assert list(tmp_path.iterdir()) == []
    assert view.export_bar.words.text() == "Export cancelled: no file is left"


def test_an_export_that_stopped_offers_to_go_on_to_keep_or_to_throw_away(bench: Bench, tmp_path: Path) -> None:
    bench.venue.pages[""] = HistoryPage((row(0),), "gone")
    bench.view.show()
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    bench.view.save_everything(tmp_path / "orders.csv", Form.CSV)
    bar = bench.view.export_bar
    assert bar.words.text() == "Stopped after 0 pages, 0 orders written: No answer within 5 s"
    assert [button.isVisible() for button in (bar.go_on, bar.keep, bar.cancel, bar.close_button)] == [True, False, True, False]
    assert not any(action.isEnabled() for action in bench.view.export_menu().actions())
    bench.venue.reading_problem = None
    bench.venue.pages["gone"] = HistoryPage((row(1),))
    bar.go_on.click()
    assert len((tmp_path / "orders.csv").read_text("utf-8").splitlines()) == 3


def test_a_paste_into_a_time_leaves_a_time(bench: Bench) -> None:
    filters = bench.show(row(0)).filters
    before = filters.since.dateTime()
    paste(filters.since.lineEdit(), "x" * 100_000)
    assert (filters.since.dateTime(), len(filters.since.text()) <= 24) == (before, True)
    paste(filters.text, "y" * 100_000)
    assert len(filters.text.text()) == 200


def test_a_folder_that_cannot_be_written_to_is_said(bench: Bench, tmp_path: Path) -> None:
    view = bench.show(row(0))
    view.save_shown(tmp_path / "gone" / "orders.csv", Form.CSV)
    view.save_everything(tmp_path / "or\0ders.csv", Form.CSV)
    assert bench.said[0] == "Nothing was exported: No such file or directory"
    assert len(bench.said) == 2
    assert not bench.desk.record.export.is_busy


def test_filters_that_make_no_sense_export_nothing(partner: Bench, tmp_path: Path) -> None:
    view = partner.show(row(0))
    view.filters.user.setText("no such id")
    view.save_everything(tmp_path / "orders.csv", Form.CSV)
    assert list(tmp_path.iterdir()) == []
    assert "Nothing was exported" in partner.said[0]


def test_an_export_that_waits_for_a_word_leaves_nothing_when_the_window_goes(bench: Bench, tmp_path: Path) -> None:
    view = bench.show(row(0))
    bench.venue.reading_problem = UnknownError("No answer within 5 s")
    view.save_everything(tmp_path / "orders.csv", Form.CSV)
    assert len(list(tmp_path.iterdir())) == 1
    view.leave()
    assert list(tmp_path.iterdir()) == []


def test_the_menu_counts_what_is_shown_and_offers_nothing_of_nothing(bench: Bench) -> None:
    bench.show(row(0), row(1))
    assert [action.text() for action in bench.view.export_menu().actions()] == ["What is shown, 2 orders…", ALL_OF_IT]
    bench.view.filters.text.setText("celtics")
    assert [action.isEnabled() for action in bench.view.export_menu().actions()] == [False, True]


def test_the_accounts_own_words_stand_in_the_heads_the_sums_and_the_file(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(theme, offers=EVERYTHING - {Offer.USERS}, labels=Labels("Price", "Quantity", "Participant"))
    view = bench.show(row(0))
    assert {"Price", "Quantity", "Participant"} <= {column.title for column in view.model.columns}
    assert "quantity 10.00" in view.sums.text()
    view.save_shown(tmp_path / "orders.csv", Form.CSV)
    assert ",Participant,Participant id,Price,Price decimal,Quantity," in (tmp_path / "orders.csv").read_text("utf-8")
    bench.close()


@pytest.mark.parametrize(
    ("kind", "typed", "name", "form"),
    [
        ("Excel", "orders.csv", "orders.csv", Form.EXCEL),
        ("CSV: UTF-8", "orders", "orders.csv", Form.CSV),
        ("JSON", "orders.csv", "orders.jsonl", Form.JSON),
    ],
)
def test_the_kind_of_file_decides_its_ending(
    bench: Bench, qtbot: QtBot, tmp_path: Path, kind: str, typed: str, name: str, form: Form
) -> None:
    heard: list[tuple[Path, Form]] = []
    dialog: QFileDialog = ask_where(bench.view, "Export", lambda path, chosen: heard.append((path, chosen)))
    dialog.selectNameFilter(next(text for text in dialog.nameFilters() if kind in text))
    dialog.fileSelected.emit(str(tmp_path / typed))
    dialog.close()
    assert heard == [(tmp_path / name, form)]


def test_the_right_click_beside_the_rows_offers_only_the_table(bench: Bench) -> None:
    bench.show(row(0))
    menu = bench.view.table.menu_at(QPoint(5, 200))
    assert [action.text() for action in menu.actions()] == ["Copy table as CSV", "Save table as CSV…"]
