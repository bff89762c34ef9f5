"""The alerts on the screen: how each stands, what a person may do, the form that makes one, and where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.domain.cs2 import MatchStatus, Question
from app.domain.feed_alert import FeedOpenAlert, FeedPriceAlert, FeedStatusAlert
from app.ui.display import Display
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.alerts import NONE_SO, NONE_YET, FeedAlertsView
from app.ui.feed.league_tree import LeagueTree
from app.ui.feed.lobby import LobbyView
from app.ui.feed.match_page import MatchPage
from app.ui.feed.new_alert import NO_MATCH, Kind
from app.ui.formats import OddsFormat
from app.ui.models.feed_wish import Chip
from app.ui.models.lookouts import HAPPENED_COLUMN, Filter
from app.ui.theme import Theme
from app.ui.views.unseen import tab_words
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, LIVE, NOMADS, OTHER, VERTEX, Feed, match, price, snapshot, upcoming

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none
NAME = "Vertex – Nomads"
CTRL = Qt.KeyboardModifier.ControlModifier


class Pane:
    """A shown pane over a feed that is told by hand."""

    def __init__(self, theme: Theme) -> None:
        self.clock = Clock()
        self.feed = Feed(self.clock)
        self.alerts = self.feed.desk.alerts
        self.display = Display(OddsFormat.DECIMAL)
        self.view = FeedAlertsView(self.feed.desk, self.display, theme)
        self.box = self.view.box
        self.view.resize(976, 300)
        self.tell(match(), snapshot())

    def tell(self, *told: object) -> None:
        self.feed.figures.last_poll_at = self.clock.monotonic()
        self.feed.tell(*told)  # type: ignore[arg-type]  # matches and snapshots
        self.alerts.turn()
        self.view.tick()

    def column(self, title: str) -> list[str]:
        at = [column.title for column in self.view.list.model.columns].index(title)
        return [str(self.view.list.model.index(row, at).data()) for row in range(self.view.list.model.rowCount())]

    def type_odds(self, text: str) -> None:
        self.box.odds.selectAll()
        QTest.keyClicks(self.box.odds, text)

    def choose(self, *rows: int) -> None:
        self.view.table.clearSelection()
        for row in rows:
            self.view.table.selectRow(row)


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> Iterator[Pane]:
    theme.use("dark")
    made = Pane(theme)
    qtbot.addWidget(made.view)
    made.view.show()
    QAbstractItemModelTester(made.view.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    made.box.hide()


def plan(odds: str = "2.00", match_id: int = LIVE) -> FeedPriceAlert:
    return FeedPriceAlert(match_id, NAME, Question.MATCH, VERTEX.id, "Vertex", price(odds))


# The list


def test_a_row_says_how_an_alert_stands_and_what_it_goes_by(pane: Pane) -> None:
    assert not pane.view.list.words.isHidden()
    assert pane.view.list.words.text() == NONE_YET
    pane.alerts.add(plan("2.00"))
    pane.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    pane.view.refresh()
    assert pane.column("State") == ["Armed", "Armed"]
    assert pane.column("Kind") == ["Match alert", "Price alert"]
    assert pane.column("What") == [NAME, f"{NAME} · match · Vertex"]
    assert pane.column("Condition") == ["FINISHED", "odds 2.00 or longer"]
    assert pane.column("Now") == ["LIVE", "1.87"]
    assert pane.column("Looked")[0].count(":") == 2
    pane.tell(snapshot(ct="2.25", at=EVENING.replace(second=9)))
    assert pane.column("State") == ["Armed", "Fired"]
    assert pane.column("Now") == ["LIVE", "—"]
    assert pane.column("What happened")[1].endswith(" 2.25, in round 13")


def test_the_odds_are_shown_in_the_chosen_format(pane: Pane) -> None:
    pane.alerts.add(plan("3.00"))
    pane.view.refresh()
    painted = QSignalSpy(pane.view.list.model.dataChanged)
    pane.display.use(OddsFormat.AMERICAN)
    assert painted.count() == 1
    assert pane.column("Condition") == ["odds +200 or longer"]


def test_what_is_now_says_that_it_is_late_beside_a_late_panel(pane: Pane) -> None:
    pane.feed.session.open(LIVE)
    pane.feed.session.delay.set_by_hand(20)
    pane.alerts.add(plan("3.00"))
    pane.feed.session.delay.set_spoiler_safe(True)
    for _ in range(7):
        pane.clock.move(3)
        pane.tell()
    pane.tell(snapshot(ct="2.60", at=EVENING.replace(second=21)))
    assert pane.column("Now") == ["1.87 · late"]


def test_the_form_lists_a_held_back_match_until_the_video_shows_its_end(pane: Pane) -> None:
    pane.feed.session.open(LIVE)
    pane.feed.session.delay.set_by_hand(9)
    pane.clock.move(20)
    pane.feed.session.delay.set_spoiler_safe(True)
    pane.tell(match(status="FINISHED", score=(13, 5), at=EVENING.replace(second=1)))
    pane.box.begin(AlertWish(OTHER))
    assert [pane.box.match.itemData(place) for place in range(pane.box.match.count())] == [LIVE]
    pane.clock.move(9)
    pane.box.begin(AlertWish(OTHER))
    assert pane.box.match.count() == 0


def test_chips_count_and_filter(pane: Pane) -> None:
    pane.alerts.add(plan("2.00"))
    pane.alerts.add(plan("1.50"))
    pane.view.refresh()
    assert [button.text() for button in pane.view.list.chips.values()] == ["All 2", "Armed 1", "Fired 1", "Stopped 0", "Expired 0"]
    pane.view.list.chips[Filter.FIRED].click()
    assert pane.column("Condition") == ["odds 1.50 or longer"]
    pane.view.list.chips[Filter.STOPPED].click()
    assert pane.view.list.words.text() == NONE_SO
    assert pane.view.table.isHidden()


def test_alerts_are_stopped_armed_again_and_removed(pane: Pane) -> None:
    pane.alerts.add(plan("2.00"))
    pane.alerts.add(plan("3.00"))
    pane.view.refresh()
    assert not pane.view.list.stop.isEnabled()
    pane.choose(1)
    pane.view.list.stop.click()
    assert pane.column("State") == ["Armed", "Stopped"]
    assert [row.id for row in pane.view.table.chosen()] == [1], "it stays chosen"
    pane.view.list.arm.click()
    assert pane.column("State") == ["Armed", "Armed"]
    QTest.keyClick(pane.view.table, Qt.Key.Key_Delete)
    assert pane.column("Condition") == ["odds 3.00 or longer"]


def test_what_is_chosen_stays_chosen_when_rows_come(pane: Pane) -> None:
    pane.alerts.add(plan("2.00"))
    pane.view.refresh()
    pane.choose(0)
    pane.alerts.add(plan("3.00"))
    pane.view.refresh()
    assert [row.id for row in pane.view.table.chosen()] == [1]


def test_the_menu_of_a_row_means_what_is_chosen_where_it_is_of_it(pane: Pane) -> None:
    for odds in ("2.00", "3.00", "4.00"):
        pane.alerts.add(plan(odds))
    pane.view.refresh()
    pane.choose(0)
    table = pane.view.table
    places = [table.visualRect(pane.view.list.model.index(row, 0)).center() for row in range(3)]
    press(table.menu_at(places[0]), "Stop")
    press(table.menu_at(places[2]), "Stop")
    assert pane.column("State") == ["Stopped", "Armed", "Stopped"]
    press(table.menu_at(places[0]), "Arm again")
    assert pane.column("State") == ["Armed", "Armed", "Stopped"]
    press(table.menu_at(places[1]), "Remove")
    assert pane.column("Condition") == ["odds 4.00 or longer", "odds 2.00 or longer"]


def test_why_one_cannot_be_armed_again_is_said(pane: Pane) -> None:
    pane.alerts.add(plan("2.00"))
    pane.tell(match(status="FINISHED", at=EVENING.replace(second=5)))
    pane.choose(0)
    pane.view.list.arm.click()
    assert (pane.view.list.said.isVisible(), pane.view.list.said.text()) == (
        True,
        f"Price alert: {NAME} · match · Vertex: The match is over",
    )


@pytest.mark.parametrize(("width", "least"), [(890, 180), (1280, 400)])
def test_what_happened_is_read_from_its_time_on_and_other_columns_give_way_to_it(pane: Pane, width: int, least: int) -> None:
    pane.view.resize(width, 300)
    pane.alerts.add(plan())
    pane.tell()
    table = pane.view.table
    assert table.textElideMode() is Qt.TextElideMode.ElideRight
    assert table.columnWidth(HAPPENED_COLUMN) >= least
    assert table.columnViewportPosition(HAPPENED_COLUMN) + table.columnWidth(HAPPENED_COLUMN) <= table.viewport().width()


def test_enter_opens_the_match_of_an_alert(pane: Pane) -> None:
    opened: list[object] = []
    pane.view.match_wanted.connect(opened.append)
    pane.alerts.add(plan("2.00"))
    pane.view.refresh()
    pane.choose(0)
    QTest.keyClick(pane.view.table, Qt.Key.Key_Return)
    assert opened == [LIVE]


def test_the_count_for_the_tab_follows_what_fires(pane: Pane) -> None:
    told: list[str] = []
    pane.view.counted.connect(lambda: told.append(tab_words("Alerts", pane.alerts)))
    pane.alerts.add(plan("2.00"))
    pane.view.refresh()
    pane.view.hide()
    pane.tell(snapshot(ct="2.25", at=EVENING.replace(second=9)))
    assert told == ["Alerts 1", "Alerts · 1 fired"]
    pane.view.show()
    pane.view.refresh()
    assert told[-1] == "Alerts", "whoever opens the page has seen it"


# The form


def test_a_new_alert_on_a_match_begins_with_its_first_team_and_not_with_the_draw(pane: Pane) -> None:
    for _ in range(2):
        pane.view.new_for(AlertWish(LIVE))
        assert (pane.box.team.currentText(), pane.box.question.currentText()) == ("Vertex", "The match")
        pane.box.team.setCurrentIndex(pane.box.team.findText("Draw"))
        pane.box.hide()


def test_the_draw_stays_chosen_while_another_match_is_chosen(pane: Pane) -> None:
    pane.tell(upcoming())
    pane.view.new_for(AlertWish(LIVE))
    pane.box.team.setCurrentIndex(pane.box.team.findText("Draw"))
    pane.box.match.setCurrentIndex(1 - pane.box.match.currentIndex())
    assert pane.box.team.currentText() == "Draw"


def test_the_form_begins_with_the_price_that_was_pointed_at(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, NOMADS.id, price("1.92")))
    assert (pane.box.kind.currentText(), pane.box.team.currentText(), pane.box.odds.text()) == ("Price alert", "Nomads", "2.02")
    assert pane.box.odds.hasFocus() or not pane.box.isActiveWindow()
    pane.type_odds("2.5")
    assert pane.box.form.sentence.text() == "Waits for: odds 2.50 or longer. Now: 1.92."
    QTest.keyClick(pane.box.odds, Qt.Key.Key_Return)
    [made] = pane.alerts.all.values()
    assert made.plan == FeedPriceAlert(LIVE, NAME, Question.MATCH, NOMADS.id, "Nomads", price("2.5"))
    assert not pane.box.isVisible()
    assert pane.column("State") == ["Armed"]


@pytest.mark.parametrize("wish", [AlertWish(LIVE, Question.MATCH, NOMADS.id, price("1.92")), AlertWish(LIVE)], ids=["a price", "a match"])
def test_what_the_form_proposes_is_not_so_already_in_either_direction(pane: Pane, wish: AlertWish) -> None:
    pane.view.new_for(wish)
    assert "at once" not in pane.box.form.sentence.text()
    pane.box.way.setCurrentIndex(1)
    assert "at once" not in pane.box.form.sentence.text()
    assert " or shorter. Now: " in pane.box.form.sentence.text()
    pane.box.way.setCurrentIndex(0)
    assert " or longer. Now: " in pane.box.form.sentence.text()
    assert "at once" not in pane.box.form.sentence.text()


def test_odds_that_were_typed_stay_when_the_direction_is_another(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, NOMADS.id, price("1.92")))
    pane.type_odds("2.5")
    pane.box.way.setCurrentIndex(1)
    assert pane.box.odds.text() == "2.5"
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, NOMADS.id, price("1.92")))
    assert pane.box.odds.text() == "1.82", "begun anew, in the direction that was chosen last"


def test_the_draw_is_offered_for_the_match_only(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, None, price("18")))
    assert [pane.box.team.itemText(at) for at in range(pane.box.team.count())] == ["Vertex", "Nomads", "Draw"]
    assert pane.box.team.currentText() == "Draw"
    pane.box.question.setCurrentIndex(pane.box.question.findData(Question.ROUND))
    assert [pane.box.team.itemText(at) for at in range(pane.box.team.count())] == ["Vertex", "Nomads"]


@pytest.mark.parametrize("typed", ["", "abc", "1.00", "0", "1.0000001", "2..1", "+50"])
def test_odds_that_are_none_are_refused_with_words(pane: Pane, typed: str) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, VERTEX.id))
    pane.box.odds.clear()
    pane.type_odds(typed)
    pane.box._look()
    assert pane.box.form.objection.text().startswith("✗ ")
    assert not pane.box.form.arm.isEnabled()


def test_a_market_alert_waits_for_what_is_not_so_now(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE))
    pane.box.kind.setCurrentText(Kind.MARKET)
    assert pane.box.form.sentence.text() == "Waits for: no price. Now: has a price."
    assert pane.box.team.isHidden()
    pane.box.opens.setCurrentIndex(0)
    assert pane.box.form.sentence.text().endswith("It is so already: this would fire at once.")
    pane.box.opens.setCurrentIndex(1)
    pane.box.form.arm.click()
    [made] = pane.alerts.all.values()
    assert made.plan == FeedOpenAlert(LIVE, NAME, Question.MATCH, is_open=False)


def test_for_a_match_that_has_not_begun_the_form_offers_its_start(pane: Pane) -> None:
    pane.tell(match(OTHER, "PREGAME"))
    pane.view.new_for(AlertWish(OTHER))
    assert (pane.box.kind.currentText(), pane.box.status.currentText()) == ("Match alert", "is live")
    pane.box.form.arm.click()
    [made] = pane.alerts.all.values()
    assert made.plan == FeedStatusAlert(OTHER, NAME, MatchStatus.LIVE)


def test_an_alert_on_a_match_that_is_over_is_refused_in_the_form(pane: Pane) -> None:
    pane.tell(match(OTHER, "FINISHED"))
    pane.view.new_for(AlertWish(OTHER))
    assert pane.box.match.currentData() == OTHER
    assert pane.box.form.objection.text() in {"✗ The match is over", "✗ Odds are decimal, like 2.10, or American with a sign, like +110"}
    pane.box.kind.setCurrentText(Kind.MATCH)
    assert pane.box.form.objection.text() == "✗ The match is over"


def test_what_speaks_against_an_alert_since_the_form_was_filled_in_keeps_it_open(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, VERTEX.id, price("3.00")))
    pane.feed.tell(match(status="FINISHED", at=EVENING.replace(second=9)))
    pane.box.form.arm.click()
    assert pane.box.isVisible()
    assert pane.box.form.objection.text() == "✗ The match is over"
    assert not pane.alerts.all


def test_without_a_match_the_form_says_so(theme: Theme, qtbot: QtBot) -> None:
    feed = Feed(Clock())
    view = FeedAlertsView(feed.desk, Display(OddsFormat.DECIMAL), theme)
    qtbot.addWidget(view)
    view.list.new.click()
    assert view.box.form.objection.text() == f"✗ {NO_MATCH}"
    view.box.hide()


def test_the_form_follows_the_prices_while_it_is_open(pane: Pane) -> None:
    pane.view.new_for(AlertWish(LIVE, Question.MATCH, VERTEX.id, price("3.00")))
    pane.tell(snapshot(ct="2.25", at=EVENING.replace(second=9)))
    assert pane.box.form.sentence.text() == "Waits for: odds 3.15 or longer. Now: 2.25."


# Where it is asked for


def texts(menu: QMenu | None) -> list[str]:
    assert menu is not None
    return [action.text().split("\t")[0] for action in menu.actions() if action.text()]


def press(menu: QMenu | None, words: str) -> None:
    assert menu is not None
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()


def test_a_line_of_the_tree_offers_it_by_menu_and_by_key(pane: Pane, theme: Theme, qtbot: QtBot) -> None:
    tree = LeagueTree(pane.feed.session, theme, pane.clock.now)
    qtbot.addWidget(tree)
    tree.resize(280, 300)
    tree.show()
    wished: list[object] = []
    opened: list[object] = []
    tree.alert_wanted.connect(wished.append)
    tree.match_chosen.connect(opened.append)
    index = tree.model.find(f"m{LIVE}")
    point = tree.tree.visualRect(index).center()
    QTest.mouseClick(tree.tree.viewport(), Qt.MouseButton.RightButton, pos=point)
    assert opened == [], "the right button opens nothing"
    menu = tree.tree.menu_at(point)
    assert texts(menu) == ["Open", "Star", "Alert me…"]
    press(menu, "Alert me…")
    tree.show_match(LIVE)
    QTest.keyClick(tree.tree, Qt.Key.Key_G, CTRL)
    assert wished == [AlertWish(LIVE)] * 2
    assert tree.tree.menu_at(tree.tree.visualRect(tree.model.find("league")).center()) is None


def test_a_line_of_the_lobby_offers_it_and_one_of_the_queue_says_why_not(pane: Pane, theme: Theme, qtbot: QtBot) -> None:
    pane.feed.matches.hear_upcoming([upcoming()])
    lobby = LobbyView(pane.feed.session, pane.display, theme, pane.clock.now)
    qtbot.addWidget(lobby)
    lobby.resize(900, 300)
    lobby.show()
    wished: list[object] = []
    said: list[str] = []
    lobby.alert_wanted.connect(wished.append)
    lobby.table.said.connect(lambda words, _tone: said.append(words))
    rows = [row.key for row in lobby.model.rows]
    lobby.table.selectRow(rows.index(f"m{LIVE}"))
    QTest.keyClick(lobby.table, Qt.Key.Key_G, CTRL)
    point = lobby.table.visualRect(lobby.model.index(rows.index(f"m{LIVE}"), 1)).center()
    menu = lobby.table.menu_at(point)
    assert texts(menu)[:3] == ["Open", "Star", "Alert me…"]
    press(menu, "Alert me…")
    assert wished == [AlertWish(LIVE)] * 2
    lobby.chips[Chip.UPCOMING].click()
    lobby.table.selectRow([row.match for row in lobby.model.rows].index(None))
    QTest.keyClick(lobby.table, Qt.Key.Key_G, CTRL)
    assert said == ["Vertex – Grit is not created yet: there can be an alert once the feed gives it a number"]


def test_a_price_offers_it_with_its_team_and_odds(pane: Pane, theme: Theme, qtbot: QtBot) -> None:
    page = MatchPage(pane.feed.session, pane.display, theme, pane.clock.monotonic, pane.clock.now)
    qtbot.addWidget(page)
    page.resize(500, 500)
    page.show()
    shown = pane.feed.session.told.shown(LIVE)
    assert shown is not None
    page.show_match(shown.match, shown.detail, shown.quotes)
    wished: list[object] = []
    page.alert_wanted.connect(wished.append)
    for rect in page.tiles.places[0].tiles:
        press(page.tiles.menu_at(rect.center()), "Alert me…")
    assert wished == [
        AlertWish(LIVE, Question.MATCH, VERTEX.id, price("1.87")),
        AlertWish(LIVE, Question.MATCH, None, price("18.00")),
        AlertWish(LIVE, Question.MATCH, NOMADS.id, price("1.92")),
    ]
    press(page.tiles.menu_at(QPoint(-5, -5)), "Alert me…")
    page.tiles.setFocus()
    QTest.keyClick(page.tiles, Qt.Key.Key_G, CTRL)
    assert wished[3:] == [AlertWish(LIVE), AlertWish(LIVE)]
