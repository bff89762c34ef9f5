"""The window as a whole: tree, blotter, header, menus."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel

from app.domain.events import EventChanged, EventUnlisted, HealthBeat, OrderReported, Topic
from app.domain.market import Event
from app.domain.odds import from_american
from app.domain.order import Fill, OrderState
from app.ui.dialogs.keys import LEAGUE
from app.ui.models.event_tree import Chip
from app.ui.models.odds_grid import Col
from app.ui.models.orders import CANCEL_COLUMN, Filter
from tests.ui import acts
from tests.ui.kit import HOME, START, Desk, report
from tests.ui.test_grid import click


def place(desk: Desk, stake: str = "100") -> str:
    click(desk, HOME, Col.BEST)
    desk.window.at_hand.ticket.stake.setText(stake)
    desk.window.at_hand.ticket.place.click()
    desk.frame()
    return desk.venue.placed[-1][0]


def names(desk: Desk) -> list[str]:
    return [node.text for node in desk.window.at_hand.events.model.nodes() if node.is_event]


def test_the_tree_lists_sports_tournaments_and_events(desk: Desk) -> None:
    assert names(desk) == ["Lakers at Warriors", "Celtics at Knicks", "Arsenal vs Chelsea"]


@pytest.mark.parametrize(
    ("text", "left"), [("warr", ["Lakers at Warriors"]), ("soccer", ["Arsenal vs Chelsea"]), ("1002", ["Celtics at Knicks"])]
)
def test_the_search_narrows_the_tree(desk: Desk, text: str, left: list[str]) -> None:
    QTest.keyClicks(desk.window.at_hand.events.search, text)
    assert names(desk) == left
    assert desk.window.at_hand.events.empty.isVisible() is (not left)


def test_the_chips_count_and_filter(desk: Desk) -> None:
    chips = desk.window.at_hand.events.chips
    assert (chips[Chip.LIVE].text(), chips[Chip.SOON].text()) == ("Live 1", "< 1 h 1")
    chips[Chip.LIVE].click()
    assert names(desk) == ["Lakers at Warriors"]


def test_a_click_on_an_event_opens_and_follows_it(desk: Desk) -> None:
    events = desk.window.at_hand.events
    events.tree.expandAll()
    index = events.model.find("e2001")
    QTest.mouseClick(
        events.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, events.tree.visualRect(index).center()
    )
    assert desk.session.open_event_id == 2001
    assert Topic(2001) in desk.wanted[-1].topics


def test_what_was_open_stays_open_over_a_rebuild(desk: Desk) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    tree.expand(model.find("t132"))
    new = Event(1003, "Nets at Bulls", 132, "NBA", "Basketball", START, "not_started")
    desk.session.emit([EventChanged(new)])
    desk.frame()
    assert "Nets at Bulls" in names(desk)
    assert tree.isExpanded(model.find("t132"))
    desk.session.emit([EventUnlisted(1003)])
    desk.frame()
    assert "Nets at Bulls" in names(desk), "it is struck through for a while"
    desk.beat(10)
    desk.frame()
    assert "Nets at Bulls" not in names(desk)


def test_the_tree_keeps_qts_rules(desk: Desk) -> None:
    QAbstractItemModelTester(desk.window.at_hand.events.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.session.emit([EventUnlisted(1002)])
    desk.frame()


def test_an_order_appears_and_its_cross_cancels_it(desk: Desk) -> None:
    ref = place(desk)
    blotter = desk.window.at_hand.blotter
    assert [order.ref for order in blotter.model.rows] == [ref]
    at = blotter.table.visualRect(blotter.model.index(0, CANCEL_COLUMN)).center()
    QTest.mouseClick(blotter.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert desk.venue.cancelled == [ref]
    assert desk.session.blotter.orders[ref].state is OrderState.CANCELLED


def test_delete_cancels_what_is_chosen(desk: Desk) -> None:
    ref = place(desk)
    desk.window.at_hand.blotter.table.selectRow(0)
    assert desk.window.at_hand.blotter.cancel_chosen.isEnabled()
    QTest.keyClick(desk.window.at_hand.blotter.table, Qt.Key.Key_Delete)
    assert desk.venue.cancelled == [ref]


def test_cancel_all_asks_the_venue_first_and_then_takes_what_is_left(desk: Desk) -> None:
    refs = {place(desk, "10"), place(desk, "20")}
    desk.window.at_hand.header.cancel_button.click()
    assert desk.venue.cancelled_all == 1
    assert set(desk.venue.cancelled) <= refs


def test_the_status_chips_filter_the_orders(desk: Desk) -> None:
    ref = place(desk)
    blotter = desk.window.at_hand.blotter
    assert blotter.chips[Filter.LIVE].text() == "Working 1"
    blotter.chips[Filter.SETTLED].click()
    assert blotter.model.rows == []
    assert blotter.words.text() == "No order matches this filter."
    blotter.chips[Filter.ALL].click()
    assert [order.ref for order in blotter.model.rows] == [ref]


def test_a_fill_moves_the_row_and_sounds_once(desk: Desk) -> None:
    ref = place(desk)
    _, draft = desk.venue.placed[0]
    filled = msgspec.structs.replace(
        report(ref, draft),
        matching="fully_matched",
        filled=Decimal("100.00"),
        fill=Fill(Decimal("100.00"), Decimal("100.00"), from_american(152)),
    )
    desk.session.emit([OrderReported(filled), OrderReported(filled)])
    desk.frame()
    order = desk.window.at_hand.blotter.model.rows[0]
    assert (order.state, order.wins) == (OrderState.FILLED, Decimal("152.00"))
    assert desk.sounds.played == 1


def test_a_muted_window_stays_silent(desk: Desk) -> None:
    desk.window.mute.trigger()
    ref = place(desk)
    filled = msgspec.structs.replace(report(ref, desk.venue.placed[0][1]), filled=Decimal("1.00"))
    desk.session.emit([OrderReported(filled)])
    assert desk.sounds.played == 0


def test_the_header_shows_the_venues_money_and_the_rule(desk: Desk) -> None:
    header = desk.window.at_hand.header
    header.refresh()
    shown = [figure.text for figure in (header.cash, header.unmatched, header.matched, header.free, header.today)]
    assert shown == ["10,000.00", "230.00", "100.00", "9,900.00", "0.00"]
    assert "cash − matched" in header.free.toolTip()


def test_the_badge_and_the_title_say_practice(desk: Desk) -> None:
    assert desk.window.at_hand.header.badge.text().startswith("PRACTICE")
    assert desk.window.windowTitle().startswith("PRACTICE")


def test_the_frame_carries_the_environments_colour(desk: Desk) -> None:
    image = desk.window.grab().toImage()
    assert image.pixelColor(1, 300) == desk.theme.colours["mode.practice"]


def test_a_vanished_exchange_is_shown_with_its_remedy(desk: Desk) -> None:
    desk.session.venue_is_gone("The practice exchange ended by itself (exit code -9).")
    desk.frame()
    banner = desk.window.at_hand.banner
    assert banner.isVisible()
    banner.button.click()
    assert desk.restarted == 1


def test_a_log_with_nothing_in_it_says_so(desk: Desk) -> None:
    view = desk.window.at_hand
    view.tabs.setCurrentWidget(view.log)
    desk.notices.say("One thing")
    desk.frame()
    assert not view.log.empty.isVisible()
    desk.notices.lines.clear()
    view.log.refresh()
    assert view.log.empty.isVisible()
    assert view.log.empty.text() == "Nothing has been said yet."


def test_keys_that_are_not_to_be_had_are_one_press_away_from_new_ones(desk: Desk) -> None:
    asked: list[str] = []
    desk.window.at_hand.connected.new_keys = lambda: asked.append("new keys")
    banner = desk.window.at_hand.banner
    desk.session.venue_is_gone("The practice exchange ended by itself (exit code -9).")
    desk.frame()
    assert not banner.other.isVisible(), "new keys help nobody there"
    desk.window.at_hand.connected.is_locked_out = lambda: True
    desk.beat()
    assert (banner.other.isVisible(), banner.other.text()) == (True, "New keys…")
    banner.other.click()
    assert asked == ["new keys"]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_page_of_keys_fits_on_a_small_screen_and_names_the_leagues(desk: Desk) -> None:
    box = desk.window.keys_box
    box.bring()
    for place in range(box.tabs.count()):
        box.tabs.setCurrentIndex(place)
        assert box.sizeHint().height() < 700
        for label in box.tabs.currentWidget().findChildren(QLabel):
            assert label.sizeHint().width() <= label.width(), label.text()
    assert [box.tabs.tabText(place) for place in range(3)] == ["Everywhere", "An account that trades", "The CS2 league"]
    assert any("video" in keys for keys, _ in LEAGUE)
    box.hide()


def test_light_and_dark_switch_by_a_key(desk: Desk) -> None:
    assert desk.theme.colours.is_dark
    QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not desk.theme.colours.is_dark
    assert desk.window.palette().window().color() == desk.theme.colours["surface.window"]


def test_every_table_gives_csv(desk: Desk, tmp_path: Path) -> None:
    ref = place(desk)
    table = desk.window.at_hand.blotter.table
    table.copy_csv()
    assert ref in QGuiApplication.clipboard().text()
    table.save_csv(str(tmp_path / "orders.csv"))
    header, row = (tmp_path / "orders.csv").read_text("utf-8").splitlines()
    assert header.startswith("Time (UTC),Event,Market,Participant,Price,Quantity")
    assert ",+150,100.00,0.00,100.00," in row


def test_both_themes_name_the_same_colours(desk: Desk) -> None:
    names = {theme.names() for theme in desk.theme._themes.values()}
    assert len(names) == 1


def test_every_state_of_an_order_is_explained(desk: Desk) -> None:
    from app.ui.models.orders import EXPLAINED

    assert set(EXPLAINED) == set(OrderState)


def test_rows_sums_and_counts_stay_right_however_orders_come_and_go(desk: Desk) -> None:
    refs = [place(desk, stake) for stake in ("10", "20", "30")]
    blotter = desk.window.at_hand.blotter
    QAbstractItemModelTester(blotter.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    blotter.chips[Filter.LIVE].click()
    desk.session.blotter.apply(msgspec.structs.replace(report(refs[1], desk.venue.placed[1][1]), status="canceled"))
    desk.frame()
    assert [order.ref for order in blotter.model.rows] == [refs[2], refs[0]]
    assert blotter.model.sums.stake == Decimal("40.00")
    assert (blotter.model.counts[Filter.ALL], blotter.model.counts[Filter.LIVE], blotter.model.counts[Filter.ENDED]) == (3, 2, 1)
    last = place(desk, "5")
    assert [order.ref for order in blotter.model.rows] == [last, refs[2], refs[0]]
    before = blotter.model.sums
    blotter.rebuild()
    assert blotter.model.sums == before


def test_a_click_on_a_header_sorts_by_value_and_not_by_text(desk: Desk) -> None:
    for stake in ("30", "100", "40"):
        place(desk, stake)
    model = desk.window.at_hand.blotter.model
    column = next(at for at, column in enumerate(model.columns) if column.title == "Quantity")
    desk.window.at_hand.blotter.table.horizontalHeader().sectionClicked.emit(column)
    assert [order.stake for order in model.rows] == [Decimal(100), Decimal(40), Decimal(30)]


def test_the_cross_is_in_view_on_a_small_screen(desk: Desk) -> None:
    place(desk)
    desk.window.resize(1280, 800)
    table = desk.window.at_hand.blotter.table
    cross = table.visualRect(desk.window.at_hand.blotter.model.index(0, CANCEL_COLUMN))
    assert table.viewport().rect().contains(cross)


def test_the_menu_over_chosen_orders_cancels_them_all_and_over_another_that_one(desk: Desk) -> None:
    first, second, third = [place_later(desk, stake) for stake in ("10", "20", "30")]
    table, model = desk.window.at_hand.blotter.table, desk.window.at_hand.blotter.model
    at = {order.ref: table.visualRect(model.index(row, 0)).center() for row, order in enumerate(model.rows)}
    table.setSelectionMode(table.SelectionMode.MultiSelection)
    for ref in (first, second):
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at[ref])
    assert table.menu_at(at[third]).actions()[0].text() == "Cancel this order"
    action = table.menu_at(at[first]).actions()[0]
    assert action.text() == "Cancel these 2 orders"
    action.trigger()
    states = [desk.session.blotter.orders[ref].state for ref in (first, second, third)]
    assert states == [OrderState.CANCELLED, OrderState.CANCELLED, OrderState.OPEN]


def place_later(desk: Desk, stake: str) -> str:
    desk.beat(3)
    desk.session.emit([HealthBeat()])
    return acts.place(desk, stake)


def test_a_figure_keeps_off_the_column_at_its_right(desk: Desk) -> None:
    place(desk)
    table, model = desk.window.at_hand.blotter.table, desk.window.at_hand.blotter.model
    column = next(at for at, one in enumerate(model.columns) if one.title == "Quantity")
    cell = table.visualRect(model.index(0, column))
    shot = table.viewport().grab(cell).toImage()
    back = shot.pixel(1, 1)
    inked = [x for x in range(shot.width()) if any(shot.pixel(x, y) != back for y in range(shot.height()))]
    assert inked, "the figure is drawn"
    assert 8 <= cell.width() - 1 - max(inked) <= 12
