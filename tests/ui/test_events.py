"""The events pane: a tree that changes line by line, what is listed twice, stars, odd names, and how far it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QToolTip

from app.domain.errors import RefusedError
from app.domain.events import EventChanged, EventUnlisted, MarketsSeeded, TournamentChanged
from app.domain.link import Rank
from app.domain.market import Competitor, Event, Listing, Sport, Tournament
from app.services.catalogue import LEAVING, Loading
from app.ui import formats
from app.ui.delegates.star_line import star_rect
from app.ui.models.event_nodes import kept_in_order
from app.ui.models.event_tree import Chip, Node
from tests.ui.kit import MONEYLINE, SPREADS, START, Desk, book, group, seeded


def nodes(desk: Desk) -> list[Node]:
    return list(desk.window.at_hand.events.model.nodes())


def texts(desk: Desk) -> list[str]:
    return [node.text for node in nodes(desk) if node.is_event]


def node(desk: Desk, key: str) -> Node:
    model = desk.window.at_hand.events.model
    index = model.find(key)
    assert index.isValid(), key
    return model.node(index)


def game(event_id: int, name: str, start: datetime | None = START, tournament_id: int = 132, teams: Sequence[str] = ()) -> Event:
    sides = tuple(
        Competitor(event_id * 10 + place, team, side) for place, (team, side) in enumerate(zip(teams, ("home", "away"), strict=False))
    )
    return Event(event_id, name, tournament_id, "NBA", "Basketball", start, "not_started", competitors=sides)


def list_game(desk: Desk, *events: Event) -> None:
    desk.session.emit([EventChanged(event) for event in events])
    desk.frame()


def put_by(desk: Desk, event_id: int = 1002) -> None:
    """Markets of an event that nobody looks at."""
    told = seeded()
    named = msgspec.structs.replace(
        group("Total Rebounds - Ada Bright", "total", SPREADS[0]), id=77, is_prop=True, sub_type="player_rebounds"
    )
    desk.session.catalogue.put_by(MarketsSeeded(event_id, (told.groups[0], named), (book(MONEYLINE),), 1.0))
    desk.frame()


class Changes:
    """Counts what the tree's view is told."""

    def __init__(self, desk: Desk) -> None:
        model = desk.window.at_hand.events.model
        self.resets = self.inserted = self.removed = 0
        model.modelReset.connect(self._reset)
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)

    def _reset(self) -> None:
        self.resets += 1

    def _inserted(self, _parent: object, first: int, last: int) -> None:
        self.inserted += last - first + 1

    def _removed(self, _parent: object, first: int, last: int) -> None:
        self.removed += last - first + 1


# Line by line


def test_a_new_event_is_one_new_line_and_no_other_tree(desk: Desk) -> None:
    desk.window.at_hand.events.tree.expandAll()
    changes = Changes(desk)
    list_game(desk, game(1003, "Nets at Bulls"))
    assert (changes.resets, changes.inserted, changes.removed) == (0, 1, 0)


def test_a_line_that_reads_otherwise_is_told_and_nothing_moves(desk: Desk) -> None:
    desk.window.at_hand.events.tree.expandAll()
    changes, told = Changes(desk), []
    desk.window.at_hand.events.model.dataChanged.connect(lambda first, _last: told.append(desk.window.at_hand.events.model.node(first).key))
    list_game(desk, msgspec.structs.replace(desk.session.catalogue.events[1002], name="Celtics at Knicks II"))
    assert told == ["e1002"]
    assert (changes.resets, changes.inserted, changes.removed) == (0, 0, 0)
    assert "Celtics at Knicks II" in texts(desk)


def test_lines_stand_by_their_start_and_a_moved_one_goes_there(desk: Desk) -> None:
    QAbstractItemModelTester(desk.window.at_hand.events.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.window.at_hand.events.tree.expandAll()
    list_game(desk, game(1003, "Nets at Bulls", START + timedelta(minutes=50)))
    assert texts(desk)[:3] == ["Lakers at Warriors", "Celtics at Knicks", "Nets at Bulls"]
    changes = Changes(desk)
    list_game(desk, game(1003, "Nets at Bulls", START))
    assert texts(desk)[:3] == ["Lakers at Warriors", "Nets at Bulls", "Celtics at Knicks"]
    assert (changes.resets, changes.inserted, changes.removed) == (0, 1, 1)


def test_what_is_open_chosen_and_on_top_stays_when_lines_come(desk: Desk) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    list_game(desk, *(game(3000 + n, f"Later {n:03}", START + timedelta(hours=3, minutes=n)) for n in range(100)))
    tree.expand(model.find("t132"))
    tree.setCurrentIndex(model.find("e3050"))
    tree.scrollTo(model.find("e3040"), tree.ScrollHint.PositionAtTop)
    top = model.node(tree.indexAt(QPoint(0, 1))).key
    assert top == "e3040"
    list_game(desk, *(game(4000 + n, f"Sooner {n:03}", START + timedelta(hours=1, minutes=n)) for n in range(30)))
    assert model.node(tree.indexAt(QPoint(0, 1))).key == top
    assert model.node(tree.currentIndex()).key == "e3050"
    assert tree.isExpanded(model.find("t132"))


def test_an_event_that_moves_stays_open_and_chosen(desk: Desk) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    list_game(desk, game(1003, "Nets at Bulls"))
    tree.expand(model.find("t132"))
    put_by(desk)
    tree.expand(model.find("e1002"))
    tree.setCurrentIndex(model.find("e1002"))
    opened: list[int] = []
    desk.window.at_hand.events.event_chosen.connect(opened.append)
    list_game(desk, game(1002, "Celtics at Knicks", START - timedelta(hours=2)))
    assert texts(desk)[0] == "Celtics at Knicks"
    assert tree.isExpanded(model.find("e1002"))
    assert model.node(tree.currentIndex()).key == "e1002"
    assert opened == []


def test_an_event_that_leaves_while_it_is_chosen_opens_no_other(desk: Desk) -> None:
    desk.window.at_hand.events.tree.setCurrentIndex(desk.window.at_hand.events.model.find("e1002"))
    open_now = desk.session.open_event_id
    desk.session.emit([EventUnlisted(1002)])
    desk.frame()
    desk.beat(LEAVING)
    desk.frame()
    assert "Celtics at Knicks" not in texts(desk)
    assert desk.session.open_event_id == open_now == 1002


def test_an_event_that_is_gone_is_struck_through_for_ten_seconds(desk: Desk) -> None:
    model = desk.window.at_hand.events.model
    desk.session.emit([EventUnlisted(1002)])
    desk.frame()
    assert model.is_leaving(node(desk, "e1002"))
    desk.beat(LEAVING - 1)
    desk.frame()
    assert "Celtics at Knicks" in texts(desk)
    desk.beat(1)
    desk.frame()
    assert "Celtics at Knicks" not in texts(desk)


def test_an_event_that_is_listed_again_is_not_leaving(desk: Desk) -> None:
    event = desk.session.catalogue.events[1002]
    desk.session.emit([EventUnlisted(1002), EventChanged(event)])
    desk.frame()
    assert not desk.window.at_hand.events.model.is_leaving(node(desk, "e1002"))
    desk.beat(LEAVING + 1)
    desk.frame()
    assert "Celtics at Knicks" in texts(desk)


def test_a_tournament_that_is_told_appears_in_its_sport(desk: Desk) -> None:
    changes = Changes(desk)
    desk.session.emit(
        [
            TournamentChanged(Tournament(5, "Euroleague", Sport(2, "Basketball"))),
            TournamentChanged(Tournament(6, "ATP", Sport(9, "Tennis"))),
        ]
    )
    desk.frame()
    assert [one.text for one in nodes(desk) if one.key.startswith("s")] == ["Basketball", "Soccer", "Tennis"]
    assert changes.resets == 0
    assert node(desk, "t5").parent is node(desk, "sBasketball")
    assert desk.window.at_hand.events.tree.isExpanded(desk.window.at_hand.events.model.find("sTennis"))


def test_markets_are_laid_out_when_somebody_looks_and_not_before(desk: Desk) -> None:
    put_by(desk)
    desk.window.at_hand.events.tree.expand(desk.window.at_hand.events.model.find("t132"))
    assert node(desk, "e1002").children is None
    desk.window.at_hand.events.tree.expand(desk.window.at_hand.events.model.find("e1002"))
    assert [child.text for child in node(desk, "e1002").children or ()] == ["Moneyline", "Player rebounds"]


def test_an_event_whose_markets_are_not_read_says_so_and_shows_them_when_they_are(desk: Desk) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    tree.expand(model.find("t132"))
    tree.expand(model.find("e1002"))
    assert [child.text for child in node(desk, "e1002").children or ()] == ["its markets are read when it is opened"]
    put_by(desk)
    assert [child.text for child in node(desk, "e1002").children or ()] == ["Moneyline", "Player rebounds"]
    assert tree.isExpanded(model.find("e1002"))


keys = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(old=keys, fresh=keys)
def test_what_stays_stands_in_order_in_both_and_nothing_longer_does(old: list[str], fresh: list[str]) -> None:
    kept = kept_in_order(old, fresh)
    assert [key for key in old if key in kept] == [key for key in fresh if key in kept]
    both = [fresh.index(key) for key in old if key in fresh]
    assert len(kept) == longest_rising(both)


def longest_rising(places: list[int]) -> int:
    lengths: list[int] = []
    for at, place in enumerate(places):
        lengths.append(1 + max((lengths[before] for before in range(at) if places[before] < place), default=0))
    return max(lengths, default=0)


# Searching


@pytest.mark.parametrize("words", ["bright", "rebounds ada", "celtics BRIGHT", "reb nba"])
def test_a_search_finds_events_by_what_is_traded_in_them(desk: Desk, words: str) -> None:
    put_by(desk)
    desk.window.at_hand.events.search.setText(words)
    assert texts(desk) == ["Celtics at Knicks"]
    desk.window.at_hand.events.tree.expand(desk.window.at_hand.events.model.find("e1002"))
    assert [child.key for child in node(desk, "e1002").children or ()] == ["p1002.player_rebounds"]


def test_an_event_found_by_its_name_shows_all_its_markets(desk: Desk) -> None:
    put_by(desk)
    desk.window.at_hand.events.search.setText("celtics")
    desk.window.at_hand.events.tree.expand(desk.window.at_hand.events.model.find("e1002"))
    assert len(node(desk, "e1002").children or ()) == 2


def test_a_search_opens_the_tree_down_to_what_it_found_and_leaves_it_as_it_was_after(desk: Desk) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    assert not tree.isExpanded(model.find("t17"))
    desk.window.at_hand.events.search.setText("chelsea")
    assert tree.isExpanded(model.find("t17"))
    desk.window.at_hand.events.search.setText("")
    assert not tree.isExpanded(model.find("t17"))


def test_what_comes_while_a_search_stands_is_shown_if_it_is_found(desk: Desk) -> None:
    desk.window.at_hand.events.search.setText("nets")
    assert texts(desk) == []
    list_game(desk, game(1003, "Nets at Bulls"), game(1004, "Jazz at Suns"))
    assert texts(desk) == ["Nets at Bulls"]
    assert desk.window.at_hand.events.tree.isExpanded(desk.window.at_hand.events.model.find("t132"))


# Listed twice


TEAMS = ("Chicago Bears", "Carolina Panthers")


def twins(desk: Desk, apart: timedelta = timedelta(minutes=3), teams: Sequence[str] = ("CHICAGO  Bears", "carolina panthers")) -> None:
    at = START + timedelta(hours=5)
    list_game(desk, game(19458, "Bears at Panthers", at, teams=TEAMS), game(1700008879, "Bears at Panthers", at + apart, teams=teams))


def test_what_is_listed_twice_stands_under_one_line_with_both_ids(desk: Desk) -> None:
    twins(desk)
    line = node(desk, "f19458")
    assert line.text == "Bears at Panthers"
    assert desk.window.at_hand.events.model.side_text(line).startswith("2 books · ")
    assert [child.text for child in nodes(desk) if child.parent is line] == ["event 19458", "event 1700008879"]


def test_each_of_the_two_opens_by_itself_and_their_line_opens_neither(desk: Desk) -> None:
    twins(desk)
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    before = desk.session.open_event_id
    tree.setCurrentIndex(model.find("f19458"))
    assert desk.session.open_event_id == before
    for event_id in (1700008879, 19458):
        tree.setCurrentIndex(model.find(f"e{event_id}"))
        assert desk.session.open_event_id == event_id


@pytest.mark.parametrize(
    ("apart", "teams"),
    [
        (timedelta(minutes=6), TEAMS),
        (timedelta(0), ("Chicago Bears", "Detroit Lions")),
        (timedelta(0), ()),
        (timedelta(0), ("Chicago Bears",)),
    ],
)
def test_what_only_looks_alike_is_left_apart(desk: Desk, apart: timedelta, teams: Sequence[str]) -> None:
    twins(desk, apart, teams)
    assert {"e19458", "e1700008879"} <= {one.key for one in nodes(desk) if one.parent and one.parent.tournament}


def test_when_one_of_two_leaves_the_other_stands_alone(desk: Desk) -> None:
    twins(desk)
    desk.session.emit([EventUnlisted(19458)])
    desk.frame()
    assert desk.window.at_hand.events.model.is_leaving(node(desk, "e19458"))
    desk.beat(LEAVING)
    desk.frame()
    assert node(desk, "e1700008879").parent is node(desk, "t132")


# Stars


def click_star(desk: Desk, key: str) -> None:
    tree, model = desk.window.at_hand.events.tree, desk.window.at_hand.events.model
    tree.expandAll()
    at = star_rect(tree.visualRect(model.find(key))).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def test_space_stars_the_chosen_event_and_space_again_takes_the_star_back(desk: Desk) -> None:
    tree = desk.window.at_hand.events.tree
    tree.selectionModel().setCurrentIndex(desk.window.at_hand.events.model.find("e1002"), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert desk.session.starred == {1002}
    assert desk.window.at_hand.events.model.is_starred(node(desk, "e1002"))
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert desk.session.starred == frozenset()


def test_space_on_a_tournament_stars_nothing(desk: Desk) -> None:
    desk.window.at_hand.events.tree.setCurrentIndex(desk.window.at_hand.events.model.find("t132"))
    QTest.keyClick(desk.window.at_hand.events.tree, Qt.Key.Key_Space)
    assert desk.session.starred == frozenset()


def test_a_click_on_the_star_stars_and_does_not_open(desk: Desk) -> None:
    before = desk.session.open_event_id
    click_star(desk, "e2001")
    assert desk.session.starred == {2001}
    assert desk.session.open_event_id == before


def test_the_star_chip_shows_what_is_starred_and_counts_it(desk: Desk) -> None:
    events = desk.window.at_hand.events
    click_star(desk, "e2001")
    assert events.chips[Chip.STARRED].text() == "★ 1"
    events.chips[Chip.STARRED].click()
    assert texts(desk) == ["Arsenal vs Chelsea"]
    desk.session.stars.toggle(1002)
    assert texts(desk) == ["Celtics at Knicks", "Arsenal vs Chelsea"]


def test_a_star_that_could_not_be_kept_is_said(desk: Desk) -> None:
    desk.session.stars._keep = lambda _ids: "The star could not be kept: the disk is full"
    click_star(desk, "e2001")
    assert desk.notices.lines[-1].words == "The star could not be kept: the disk is full"


# How far


def test_while_it_is_read_the_pane_says_how_far(desk: Desk) -> None:
    events = desk.window.at_hand.events
    desk.session.emit([TournamentChanged(Tournament(5, "Euroleague", Sport(2, "Basketball")))])
    desk.frame()
    assert events.reading.text() == "Reading 2 of 3 tournaments · 3 events"
    assert events.bar.isVisible()
    assert 0 < events.bar.share < 1


def test_when_all_is_read_the_pane_says_nothing_of_it(desk: Desk) -> None:
    catalogue = desk.session.catalogue
    for event_id in list(catalogue.unread):
        put_by(desk, event_id)
    assert not desk.window.at_hand.events.bar.isVisible()
    assert not desk.window.at_hand.events.reading.isVisible()
    assert desk.window.at_hand.events.count.text() == "3 events · 2 tournaments"


def test_without_room_the_pane_says_how_much_is_kept(desk: Desk) -> None:
    desk.session.seeder.room = 2
    desk.session.catalogue.changed()
    desk.frame()
    assert desk.window.at_hand.events.count.text() == "3 events · 2 tournaments · markets of 1"
    assert "1 of 3 events are kept (2 participants)" in desk.window.at_hand.events.count.toolTip()


def test_tournaments_that_cannot_be_read_are_counted(desk: Desk) -> None:
    async def events(tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        raise RefusedError("no such tournament", status=404)

    desk.venue.events = events  # type: ignore[method-assign]
    desk.session.seeder.read_again()
    desk.session.seeder.open(17)
    desk.frame()
    assert desk.window.at_hand.events.count.text() == "3 events · 2 tournaments · 1 not read"
    assert "1 tournament could not be read and will be tried again" in desk.window.at_hand.events.count.toolTip()


def test_a_list_of_the_last_start_is_shown_with_its_time_until_it_is_read_again(desk: Desk) -> None:
    catalogue = desk.session.catalogue
    at = datetime(2026, 11, 21, 11, 2, tzinfo=UTC)
    old = Tournament(132, "NBA", Sport(2, "Basketball"))
    catalogue.restore(Listing(at, (old,), (game(900, "Kept at Home"),)), START)
    catalogue.loading[132] = Loading.NOT_READ
    desk.frame()
    assert "Kept at Home" in texts(desk)
    assert desk.window.at_hand.events.reading.text().startswith(f"From {at.astimezone():%H:%M}, refreshing · ")
    desk.tasks.start(catalogue.read_events(132))
    desk.frame()
    assert "From" not in desk.window.at_hand.events.reading.text()
    assert desk.window.at_hand.events.model.is_leaving(node(desk, "e900"))


# Names (I-24)


ODD = {
    "empty": "",
    "blank": " \u00a0\t",
    "10,000 characters": "x" * 10_000,
    "turned around": "Bears \u202egnp.exe",
    "zero width": "Be\u200bars\ufeff",
    "emoji": "Bears \N{BEAR FACE}\u200d\N{SNOWFLAKE}\ufe0f",
    "bold": "<b>Bears</b>",
    "picture": "<img src='http://example.invalid/x.png'>",
    "two lines": "Bears\nPanthers",
    "NUL": "Bears\0Panthers",
    "percent": "%s {0} %n",
    "marks": "\u0301\u0301\u0301",
    "surrogate": "Bears \ud800",
}


@pytest.mark.parametrize("name", list(ODD.values()), ids=list(ODD))
def test_i24_an_odd_name_is_one_line_of_plain_text(desk: Desk, name: str) -> None:
    list_game(desk, game(1003, name))
    desk.window.at_hand.events.tree.expandAll()
    desk.window.grab()
    shown = node(desk, "e1003").text
    assert shown
    assert len(shown) <= 300
    assert shown.isprintable()
    tip = desk.window.at_hand.events.model.data(desk.window.at_hand.events.model.find("e1003"), Qt.ItemDataRole.ToolTipRole)
    assert isinstance(tip, str)
    assert "<b>" not in tip
    assert "<img" not in tip


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Be\u200bars \u202egnp", "Bears gnp"),
        ("A\nB\0C", "A B C"),
        ("  <b>x</b> ", "<b>x</b>"),
        ("x\ud800", "x\ufffd"),
        ("y" * 400, "y" * 300),
    ],
)
def test_i24_what_draws_otherwise_than_it_reads_is_left_out_or_replaced(name: str, shown: str) -> None:
    assert formats.plain(name) == shown


def test_i24_a_name_without_a_sign_is_the_events_number(desk: Desk) -> None:
    list_game(desk, game(1003, "\u200b"))
    assert node(desk, "e1003").text == "event 1003"


@given(st.text())
def test_i24_plain_text_has_nothing_that_draws_otherwise_than_it_reads(text: str) -> None:
    assert formats.plain(text).isprintable()
    assert formats.plain(formats.plain(text)) == formats.plain(text)


@pytest.fixture(autouse=True)
def no_tip() -> Iterator[None]:
    yield
    QToolTip.hideText()


# What a chip shows, and the keys of the search


def test_a_chip_counts_what_it_shows_and_finished_events_too(desk: Desk) -> None:
    list_game(desk, msgspec.structs.replace(game(1003, "Bulls at Heat"), status="finished"))
    for event_id in (1002, 1003):
        desk.session.stars.toggle(event_id)
    desk.window.at_hand.events.chips[Chip.STARRED].click()
    assert (texts(desk), desk.window.at_hand.events.chips[Chip.STARRED].text()) == (["Bulls at Heat", "Celtics at Knicks"], "★ 2")


def test_an_event_that_is_over_starts_soon_no_more(desk: Desk) -> None:
    list_game(desk, msgspec.structs.replace(game(1003, "Bulls at Heat", START + timedelta(minutes=20)), status="cancelled"))
    desk.window.at_hand.events.chips[Chip.SOON].click()
    assert (texts(desk), desk.window.at_hand.events.chips[Chip.SOON].text()) == (["Celtics at Knicks"], "< 1 h 1")


@pytest.mark.parametrize(
    ("chip", "words"),
    [
        (Chip.MINE, "You have no order on any listed event."),
        (Chip.STARRED, "No event is starred. Space stars the chosen one."),
    ],
)
def test_an_empty_chip_says_what_it_would_show(chip: Chip, words: str, desk: Desk) -> None:
    desk.window.at_hand.events.chips[chip].click()
    assert (desk.window.at_hand.events.empty.text(), desk.window.at_hand.events.empty.isVisible()) == (words, True)


def test_escape_empties_the_search_and_then_leads_to_the_tree(desk: Desk) -> None:
    events = desk.window.at_hand.events
    events.search.setFocus()
    QTest.keyClicks(events.search, "warr")
    QTest.keyClick(events.search, Qt.Key.Key_Escape)
    assert (events.search.text(), events.search.hasFocus()) == ("", True)
    QTest.keyClick(events.search, Qt.Key.Key_Escape)
    assert events.tree.hasFocus()


def test_enter_opens_the_only_event_that_a_search_found_and_none_of_several(desk: Desk) -> None:
    events, opened = desk.window.at_hand.events, list[object]()
    events.event_chosen.connect(opened.append)
    events.search.setFocus()
    QTest.keyClick(events.search, Qt.Key.Key_Return)
    QTest.keyClicks(events.search, "basketball")
    QTest.keyClick(events.search, Qt.Key.Key_Return)
    assert opened == [], "nothing was typed, and several were found"
    events.search.setText("warr")
    QTest.keyClick(events.search, Qt.Key.Key_Return)
    assert opened == [1001]
    assert desk.session.open_event_id == 1001


def test_down_leads_from_the_search_to_what_it_found(desk: Desk) -> None:
    events = desk.window.at_hand.events
    events.search.setFocus()
    QTest.keyClicks(events.search, "celt")
    QTest.keyClick(events.search, Qt.Key.Key_Down)
    assert (events.search.text(), events.tree.hasFocus()) == ("celt", True)
