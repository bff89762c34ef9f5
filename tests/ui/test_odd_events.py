"""Events of which a venue says something odd: a start that cannot be meant (I-26), more markets than anybody lays out (I-27)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.domain.book import Book
from app.domain.events import EventChanged, MarketsSeeded
from app.domain.fixture import EARLIEST, FURTHEST, is_start_clear
from app.domain.market import Event, Listing, Market, MarketGroup, MarketKey, Selection
from app.ui.formats import UNCLEAR
from app.ui.models.event_nodes import PAGE
from app.ui.models.event_tree import Chip, Node
from app.ui.models.odds_grid import Head
from tests.ui.kit import START, Desk, levels

MANY = 5000
ODD = {
    "the epoch": datetime(1970, 1, 1, tzinfo=UTC),
    "the year 1": datetime(1, 1, 1, tzinfo=UTC),
    "a second too early": EARLIEST - timedelta(seconds=1),
    "more than three years ahead": START + FURTHEST + timedelta(minutes=1),
    "the end of time": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}
EVERY_ODD = pytest.mark.parametrize("start", ODD.values(), ids=ODD)


def game(event_id: int, name: str, start: datetime | None, status: str = "not_started") -> Event:
    return Event(event_id, name, 132, "NBA", "Basketball", start, status)


def list_games(desk: Desk, *events: Event) -> None:
    desk.session.emit([EventChanged(event) for event in events])
    desk.frame()


def under_nba(desk: Desk) -> list[Node]:
    return [node for node in desk.window.at_hand.events.model.nodes() if node.is_event and node.event and node.event.tournament_id == 132]


def line(desk: Desk, key: str) -> Node:
    model = desk.window.at_hand.events.model
    index = model.find(key)
    assert index.isValid(), key
    return model.node(index)


def tip(desk: Desk, key: str) -> str:
    model = desk.window.at_hand.events.model
    return str(model.data(model.find(key), Qt.ItemDataRole.ToolTipRole))


# I-26


@EVERY_ODD
def test_i26_an_odd_start_is_called_unclear_and_what_the_venue_said_is_in_the_tip(desk: Desk, start: datetime) -> None:
    list_games(desk, game(8, "Odd one", start))
    model = desk.window.at_hand.events.model
    assert model.side_text(line(desk, "e8")) == UNCLEAR
    assert model.is_unclear(line(desk, "e8"))
    assert f"{start:%Y-%m-%d %H:%M} UTC" in tip(desk, "e8")


@EVERY_ODD
def test_i26_an_odd_start_stands_last_in_its_tournament_and_under_no_chip_of_time(desk: Desk, start: datetime) -> None:
    list_games(desk, game(8, "Odd one", start), game(9, "Tomorrow", START + timedelta(days=1)), game(10, "Untold", None))
    assert [node.text for node in under_nba(desk)][-1] == "Odd one"
    assert {node.text for node in under_nba(desk)} >= {"Odd one", "Tomorrow", "Untold"}
    desk.window.at_hand.events.model.choose(Chip.SOON)
    assert "Odd one" not in [node.text for node in under_nba(desk)]


@EVERY_ODD
def test_i26_an_odd_start_in_the_title_of_the_open_event_is_unclear_too(desk: Desk, start: datetime) -> None:
    event = desk.session.catalogue.events[1001]
    list_games(desk, msgspec.structs.replace(event, scheduled=start, status="not_started"))
    desk.window.at_hand.grid.refresh_title()
    assert f"· {UNCLEAR} ·" in desk.window.at_hand.grid.detail.text()


@pytest.mark.parametrize("start", [EARLIEST, START - timedelta(days=400), START, START + FURTHEST, None], ids=str)
def test_i26_a_start_that_can_be_meant_is_shown_as_ever(desk: Desk, start: datetime | None) -> None:
    list_games(desk, game(8, "Plain one", start))
    model = desk.window.at_hand.events.model
    assert UNCLEAR not in model.side_text(line(desk, "e8"))
    assert not model.is_unclear(line(desk, "e8"))
    assert "The venue says" not in tip(desk, "e8")


@pytest.mark.parametrize(("status", "said"), [("live", ""), ("ended", "ended")])
def test_i26_what_is_live_or_over_has_proved_its_start(desk: Desk, status: str, said: str) -> None:
    list_games(desk, game(8, "Going on", ODD["the epoch"], status))
    assert desk.window.at_hand.events.model.side_text(line(desk, "e8")) == said
    assert not desk.window.at_hand.events.model.is_unclear(line(desk, "e8"))


def test_i26_an_odd_start_that_is_told_aright_takes_its_place(desk: Desk) -> None:
    list_games(desk, game(8, "Odd one", ODD["the epoch"]), game(9, "Tomorrow", START + timedelta(days=1)))
    list_games(desk, game(8, "Odd one", START + timedelta(hours=20)))
    names = [node.text for node in under_nba(desk)]
    assert names.index("Odd one") < names.index("Tomorrow")


def test_i26_an_odd_start_is_no_reason_to_forget_an_event_of_an_earlier_start(desk: Desk) -> None:
    catalogue = desk.session.catalogue
    kept = (game(8, "Odd one", ODD["the epoch"]), game(9, "Last week", START - timedelta(days=7)))
    catalogue.restore(Listing(START, tuple(catalogue.tournaments.values()), kept), START)
    assert 8 in catalogue.events
    assert 9 not in catalogue.events


def test_i26_an_odd_start_is_painted_fainter_than_a_plain_one(desk: Desk) -> None:
    list_games(desk, game(8, "Same name", ODD["the epoch"]), game(9, "Same name", START + timedelta(days=1)))
    tree = desk.window.at_hand.events.tree
    tree.expand(desk.window.at_hand.events.model.find("t132"))
    shown = QImage(tree.viewport().grab().toImage())
    odd, plain = (_inkiest(desk, shown, key) for key in ("e8", "e9"))
    assert odd.lightness() < plain.lightness()


def _inkiest(desk: Desk, shown: QImage, key: str) -> QColor:
    """The lightest ink of a line's name, in the dark theme."""
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    rect = tree.visualRect(model.find(key))
    assert rect.isValid()
    name = [shown.pixelColor(x, y) for x in range(rect.left() + 2, rect.left() + 60) for y in range(rect.top(), rect.bottom())]
    return max(name, key=QColor.lightness)


@EVERY_ODD
def test_i26_the_bounds_hold_at_any_hour(start: datetime) -> None:
    assert not is_start_clear(game(8, "Odd one", start), START)
    assert is_start_clear(game(8, "Plain one", START + FURTHEST), START)


# I-27


def many(count: int = MANY, event_id: int = 1001, *, is_prop: bool = False) -> MarketsSeeded:
    groups = tuple(_group(event_id, number, is_prop=is_prop) for number in range(count))
    books = tuple(
        Book(one.markets[0].key, {selection.id: levels((150, "55.00")) for selection in one.markets[0].selections}, 0) for one in groups
    )
    return MarketsSeeded(event_id, groups, books, 2000.0)


def _group(event_id: int, number: int, *, is_prop: bool) -> MarketGroup:
    key = MarketKey(event_id, 10_000 + number, Decimal(0))
    sides = tuple(Selection(f"{number * 2 + place:032x}", f"{name} {number}", 4 + place) for place, name in enumerate(("Home", "Away")))
    sub_type = "player_points" if is_prop else "moneyline"
    market = Market(key, f"Market {number}", "moneyline", sub_type, "active", sides, is_prop=is_prop)
    return MarketGroup(event_id, key.market_id, market.name, "moneyline", sub_type, "Game Lines", "active", (market,), is_prop)


def open_many(desk: Desk, count: int = MANY) -> None:
    desk.session.emit([many(count)])
    desk.frame()


def below(desk: Desk, key: str) -> list[Node]:
    model = desk.window.at_hand.events.model
    index = model.find(key)
    return [model.node(model.index(row, 0, index)) for row in range(model.rowCount(index))]


def heads(desk: Desk) -> list[str]:
    return [row.group.name for row in desk.window.at_hand.grid.model.rows if isinstance(row, Head)]


def names(nodes: Sequence[Node]) -> list[str]:
    return [node.text for node in nodes]


def mark(desk: Desk, index: QModelIndex) -> None:
    desk.window.at_hand.events.tree.setFocus()
    desk.window.at_hand.events.tree.setCurrentIndex(index)


def test_i27_five_thousand_markets_are_laid_out_two_hundred_at_a_time(desk: Desk) -> None:
    open_many(desk)
    shown = below(desk, "e1001")
    assert names(shown) == [*(f"Market {number}" for number in range(PAGE)), "show 200 more (4,800 left)"]
    assert heads(desk) == [f"Market {number}" for number in range(PAGE)]
    assert desk.window.at_hand.grid.more.text() == "Show 200 more (4,800 left)"
    assert desk.window.at_hand.grid.more.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_i27_the_next_page_of_the_tree_comes_by_a_key_and_the_mark_goes_to_its_first_line(desk: Desk, key: Qt.Key) -> None:
    QAbstractItemModelTester(desk.window.at_hand.events.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    open_many(desk)
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    tree.expand(model.find("e1001"))
    chosen: list[object] = []
    tree.node_chosen.connect(chosen.append)
    for page in (1, 2):
        mark(desk, model.find("me1001"))
        chosen.clear()
        QTest.keyClick(tree, key)
        assert model.node(tree.currentIndex()).text == f"Market {page * PAGE}"
        assert not chosen
    assert len(below(desk, "e1001")) == 3 * PAGE + 1
    assert below(desk, "e1001")[-1].text == "show 200 more (4,400 left)"


def test_i27_the_next_page_of_the_tree_comes_by_a_click(desk: Desk) -> None:
    open_many(desk)
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    tree.expand(model.find("t132"))
    tree.expand(model.find("e1001"))
    tree.scrollTo(model.find("me1001"))
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(model.find("me1001")).center())
    assert len(below(desk, "e1001")) == 2 * PAGE + 1


def test_i27_the_last_page_has_what_is_left_and_no_line_behind_it(desk: Desk) -> None:
    open_many(desk, PAGE + 30)
    model = desk.window.at_hand.events.model
    assert below(desk, "e1001")[-1].text == "show 30 more (30 left)"
    model.turn(below(desk, "e1001")[-1])
    assert names(below(desk, "e1001")) == [f"Market {number}" for number in range(PAGE + 30)]
    assert not model.find("me1001").isValid()


@pytest.mark.parametrize("count", [1, PAGE])
def test_i27_a_page_that_holds_all_offers_no_more(desk: Desk, count: int) -> None:
    open_many(desk, count)
    assert len(below(desk, "e1001")) == len(heads(desk)) == count
    assert not desk.window.at_hand.grid.more.isVisible()


def test_i27_the_pages_stay_through_a_refresh(desk: Desk) -> None:
    open_many(desk)
    desk.window.at_hand.events.model.turn(below(desk, "e1001")[-1])
    open_many(desk, MANY - 1)
    assert below(desk, "e1001")[-1].text == "show 200 more (4,599 left)"


def test_i27_players_markets_are_paged_under_their_kind(desk: Desk) -> None:
    desk.session.emit([many(PAGE * 2, is_prop=True)])
    desk.frame()
    (kind,) = below(desk, "e1001")
    assert names(below(desk, kind.key))[-1] == "show 200 more (200 left)"
    desk.window.at_hand.events.model.turn(below(desk, kind.key)[-1])
    assert len(below(desk, kind.key)) == PAGE * 2


def test_i27_the_search_finds_a_market_of_the_last_page(desk: Desk) -> None:
    open_many(desk)
    desk.window.at_hand.events.search.setText("market 4999")
    assert names(below(desk, "e1001")) == ["Market 4999"]
    desk.window.at_hand.events.search.setText("")
    assert below(desk, "e1001")[-1].text == "show 200 more (4,800 left)"


def test_i27_the_filter_of_the_grid_finds_a_market_of_the_last_page(desk: Desk) -> None:
    open_many(desk)
    desk.window.at_hand.grid.market_filter.setText("market 4999")
    assert heads(desk) == ["Market 4999"]
    assert not desk.window.at_hand.grid.more.isVisible()
    desk.window.at_hand.grid.market_filter.setText("market 4")
    assert desk.window.at_hand.grid.more.text() == "Show 200 more (911 left)"


def test_i27_the_next_page_of_the_grid_comes_by_keys_alone(desk: Desk) -> None:
    open_many(desk)
    grid = desk.window.at_hand.grid
    grid.table.setFocus()
    QTest.keyClick(grid.table, Qt.Key.Key_Tab)
    assert grid.more.hasFocus()
    QTest.keyClick(grid.more, Qt.Key.Key_Space)
    assert len(heads(desk)) == 2 * PAGE
    assert grid.more.text() == "Show 200 more (4,600 left)"
    first = grid.model.rows[grid.table.currentIndex().row()]
    assert isinstance(first, Head)
    assert first.group.name == f"Market {PAGE}"
    assert grid.table.rowAt(0) == grid.table.currentIndex().row()


def test_i27_the_last_page_of_the_grid_takes_the_button_away_and_keeps_the_focus_in_the_table(desk: Desk) -> None:
    open_many(desk, PAGE + 1)
    desk.window.at_hand.grid.more.setFocus()
    desk.window.at_hand.grid.more.click()
    assert not desk.window.at_hand.grid.more.isVisible()
    assert desk.window.at_hand.grid.table.hasFocus()
    assert len(heads(desk)) == PAGE + 1


def test_i27_a_market_of_a_later_page_that_is_chosen_in_the_tree_is_laid_out_in_the_grid(desk: Desk) -> None:
    open_many(desk)
    desk.window.at_hand.grid.show_group(10_000 + 950)
    top = desk.window.at_hand.grid.table.rowAt(0)
    shown = desk.window.at_hand.grid.model.rows[top]
    assert isinstance(shown, Head)
    assert shown.group.name == "Market 950"
    assert len(heads(desk)) == 5 * PAGE


def test_i27_another_event_begins_at_its_first_page(desk: Desk) -> None:
    open_many(desk)
    desk.window.at_hand.grid.more.click()
    desk.window.open_event(1002)
    desk.frame()
    desk.window.open_event(1001)
    desk.frame()
    assert len(heads(desk)) == PAGE
