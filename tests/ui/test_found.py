"""Searching at the venue from the events pane: when it is asked, what is shown, and what a press opens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.errors import UnknownError
from app.domain.events import MarketsSeeded, MarketStatusChanged
from app.domain.market import FoundMarket, Player
from app.ui.views.found import FoundView
from tests.ui.kit import MONEYLINE, SPREADS, Desk, group

HUGE = 7_000_000_000_000_000_001


@pytest.fixture
def found(desk: Desk) -> FoundView:
    desk.venue.found = [
        FoundMarket(1001, "Lakers at Warriors", 223, "Spread", "spread", "spread", "active"),
        FoundMarket(HUGE, "Zephyrs at Owls", 3, "Points - Ann Dorn", "total", "player_points", "suspended", 44),
    ]
    desk.venue.known_players = [Player(44, "Ann Dorn"), Player(45, "Bo Dorn")]
    return desk.window.at_hand.found


def search(desk: Desk, words: str) -> None:
    desk.window.at_hand.events.search.setText(words)
    desk.tasks.settle()


def lines(found: FoundView) -> list[str]:
    return [found.list.item(at).text() for at in range(found.list.count())]


def press(found: FoundView, text: str) -> None:
    item = next(found.list.item(at) for at in range(found.list.count()) if found.list.item(at).text().startswith(text))
    point = found.list.visualItemRect(item).center()
    QTest.mouseClick(found.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)


def asked(desk: Desk) -> list[object]:
    return [call[1] for call in desk.venue.asked if call[0] == "search_markets"]


def test_what_nothing_here_matches_is_asked_at_the_venue(desk: Desk, found: FoundView) -> None:
    search(desk, "dorn")
    assert asked(desk) == ["dorn"]
    assert found.isVisible()
    assert found.title.text() == "At the venue: 2 players and 2 markets"
    assert lines(found) == [
        "Ann Dorn\nplayer",
        "Bo Dorn\nplayer",
        "Spread\nLakers at Warriors · spread",
        "Points - Ann Dorn\nZephyrs at Owls · player points · suspended",
    ]


def test_what_is_listed_here_is_not_asked_for_until_enter(desk: Desk, found: FoundView) -> None:
    search(desk, "warr")
    assert (asked(desk), found.isVisible()) == ([], False)
    QTest.keyClick(desk.window.at_hand.events.search, Qt.Key.Key_Return)
    assert (asked(desk), found.isVisible()) == (["warr"], True)


def test_an_emptied_field_puts_the_results_away(desk: Desk, found: FoundView) -> None:
    search(desk, "dorn")
    search(desk, "")
    assert not found.isVisible()
    assert desk.desk.finder.markets == ()


def test_a_market_opens_its_event_and_comes_into_view(desk: Desk, found: FoundView) -> None:
    desk.window.open_event(1002)
    desk.window.at_hand.grid.table.setFixedHeight(110)  # not all of it fits
    search(desk, "dorn")
    press(found, "Spread")
    desk.frame()
    grid = desk.window.at_hand.grid
    assert desk.session.open_event_id == 1001
    place = grid.model.row_of_group(223)
    assert place is not None
    assert grid.table.visualRect(grid.model.index(place, 0)).top() == 0


def test_a_market_whose_event_is_still_being_read_comes_into_view_when_it_is_there(desk: Desk) -> None:
    grid = desk.window.at_hand.grid
    grid.table.setFixedHeight(110)
    desk.window.open_event(2001)
    grid.show_group(223)
    there = [key._replace(event_id=2001) for key in (MONEYLINE, *SPREADS)]
    desk.session.emit([MarketsSeeded(2001, (group("Moneyline", "moneyline", there[0]), group("Spread", "spread", *there[1:])), (), 0.0)])
    desk.frame()
    place = grid.model.row_of_group(223)
    assert place is not None
    assert grid.table.visualRect(grid.model.index(place, 0)).top() == 0
    grid.table.scrollToTop()
    desk.session.emit([MarketStatusChanged(2001, 219, "suspended")])
    desk.frame()
    assert grid.table.verticalScrollBar().value() == 0  # once is enough: then the reader scrolls


def test_an_event_that_is_not_listed_here_is_read_first(desk: Desk, found: FoundView) -> None:
    search(desk, "dorn")
    press(found, "Points - Ann Dorn")
    desk.frame()
    assert desk.session.open_event_id == HUGE
    assert desk.window.at_hand.grid.title.text() == f"Event {HUGE}"


def test_a_player_opens_the_event_of_his_market_and_the_venue_is_asked_for_that_of_another(desk: Desk, found: FoundView) -> None:
    search(desk, "dorn")
    press(found, "Bo Dorn")
    assert desk.session.open_event_id == 1001
    assert found.title.text() == "The venue does not say in which event this player is."
    desk.venue.homes[45] = 2001
    press(found, "Bo Dorn")
    assert desk.session.open_event_id == 2001
    press(found, "Ann Dorn")
    assert desk.session.open_event_id == HUGE


def test_a_search_that_finds_nothing_or_fails_says_so(desk: Desk, found: FoundView) -> None:
    desk.venue.found, desk.venue.known_players = [], []
    search(desk, "dorn")
    assert found.title.text() == "The venue knows no market or player by these words."
    desk.venue.reading_problem = UnknownError("No answer within 5 s")
    search(desk, "dornier")
    assert found.title.text() == "⚠ Markets were not searched: No answer within 5 s"
    assert found.list.isHidden()


def test_names_from_the_venue_stay_plain_text(desk: Desk, found: FoundView) -> None:
    desk.venue.found = [FoundMarket(1, "<b>x</b>", 2, "<img src=x>")]
    search(desk, "dorn")
    assert found.title.textFormat() is Qt.TextFormat.PlainText
    assert "<img src=x>\n<b>x</b>" in lines(found)


def test_a_search_of_the_venue_that_finds_nothing_does_not_deny_what_the_tree_shows(desk: Desk, found: FoundView) -> None:
    desk.venue.found, desk.venue.known_players = [], []
    desk.window.at_hand.events.search.setText("warr")
    QTest.keyClick(desk.window.at_hand.events.search, Qt.Key.Key_Return)
    desk.tasks.settle()
    assert found.title.text() == "The venue knows no other market or player by these words."
