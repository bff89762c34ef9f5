"""The tree of matches: league, season, match; what is open and chosen stays so, and what a person does in it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import Match, Season, Team
from app.ui.delegates.match_line import MatchLineDelegate
from app.ui.delegates.star_line import star_rect
from app.ui.feed.league_tree import LeagueTree
from app.ui.models.feed_tree import Chip
from app.ui.models.feed_words import LATE
from app.ui.theme import Theme
from tests.services.feed.kit import EVENING, SEASON, Feed, match, play

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none
OLD = Season(2, "Summer cup")


class Pane:
    """A shown tree over a feed."""

    def __init__(self, theme: Theme) -> None:
        self.feed = Feed()
        self.feed.clock.day = EVENING  # type: ignore[union-attr]  # a clock moved by hand
        self.view = LeagueTree(self.feed.session, theme, self.feed.clock.now)
        self.opened: list[object] = []
        self.starred: list[object] = []
        self.view.match_chosen.connect(self.opened.append)
        self.view.star_wanted.connect(self.starred.append)
        self.view.resize(280, 500)

    def tell(self, *told: Match) -> None:
        self.feed.tell(*told)
        self.feed.figures.last_poll_at = self.feed.clock.monotonic()
        self.view.refresh()

    def lines(self) -> list[str]:
        """What is to be seen, indented."""
        return self._below(QModelIndex(), 0)

    def _below(self, parent: QModelIndex, depth: int) -> list[str]:
        found, model = [], self.view.model
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            found.append("  " * depth + model.node(index).text)
            if self.view.tree.isExpanded(index):
                found += self._below(index, depth + 1)
        return found

    def side(self, match_id: int) -> str:
        return self.view.model.side_text(self.view.model.node(self.view.model.find(f"m{match_id}")))


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> Pane:
    theme.use("dark")
    made = Pane(theme)
    qtbot.addWidget(made.view)
    made.view.show()
    QAbstractItemModelTester(made.view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def named(match_id: int, status: str, first: str, season: Season = SEASON, **more: object) -> Match:
    teams = (Team(match_id * 10, first), Team(match_id * 10 + 1, "B"))
    return match(match_id, status, teams=teams, season_id=season.id, season_name=season.name, **more)  # type: ignore[arg-type]


def test_active_seasons_stand_open_and_first_finished_ones_closed(pane: Pane) -> None:
    pane.feed.matches.hear_seasons([OLD, SEASON])
    pane.tell(named(1, "FINISHED", "A", OLD), named(2, "PREGAME", "C"), named(3, "LIVE", "E"))
    assert pane.lines() == ["CS2 bot league", "  Autumn cup", "    E – B", "    C – B", "  Summer cup"]
    assert pane.view.count.text() == "3 matches · 2 seasons"


def test_a_season_that_no_list_names_is_shown_by_what_its_matches_say(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A", Season(9, "Spring cup")), match(2, season_id=None, season_name=""))
    assert pane.lines() == ["CS2 bot league", "  Spring cup", "    A – B", "  No season", "    Vertex – Nomads"]


def test_a_line_has_its_score_or_its_countdown(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"), named(2, "PREGAME", "C", starts_at=EVENING + timedelta(minutes=12)))
    assert (pane.side(1), pane.side(2)) == ("7 : 5", "in 12 min")


def test_while_the_feed_is_not_heard_lines_of_what_goes_on_are_hatched(pane: Pane, theme: Theme) -> None:
    pane.tell(named(1, "FINISHED", "A"), named(3, "LIVE", "E"))
    assert not {theme.colours["price.hatch"].name()} & ground(pane, 3)
    pane.feed.session.venue_is_gone("The practice exchange has ended")
    pane.view.tick()
    assert theme.colours["price.hatch"].name() in ground(pane, 3)
    assert theme.colours["price.hatch"].name() not in ground(pane, 1)
    tips = {number: pane.view.model.explained(pane.view.model.node(pane.view.model.find(f"m{number}"))) for number in (1, 3)}
    assert (LATE in tips[3], LATE in tips[1]) == (True, False)


def ground(pane: Pane, match_id: int) -> set[str]:
    """The colours about the score of a line."""
    picture = pane.view.tree.viewport().grab().toImage()
    box = pane.view.tree.visualRect(pane.view.model.find(f"m{match_id}"))
    return {picture.pixelColor(x, y).name() for x in range(box.right() - 60, box.right() - 16) for y in range(box.top() + 4, box.top() + 8)}


def test_a_status_is_told_in_brief_before_a_name_is_cut(pane: Pane) -> None:
    delegate = pane.view.tree.itemDelegate()
    assert isinstance(delegate, MatchLineDelegate)
    over, told = named(1, "FINISHED", "Driftwood"), named(2, "PAUSED", "Driftwood")
    pane.tell(over, told)
    assert [delegate.word(over, width) for width in (400, 120, 400)] == ["FINISHED", "FIN", "FINISHED"]
    assert delegate.word(told, 120) == "PAUSED"
    assert delegate.word(named(3, "PREGAME", "Driftwood"), 120) == ""


def test_all_lines_of_a_tree_tell_a_status_in_the_same_form(pane: Pane) -> None:
    delegate = pane.view.tree.itemDelegate()
    assert isinstance(delegate, MatchLineDelegate)
    short, long = named(1, "FINISHED", "A"), named(2, "FINISHED", "The team with the longest name of all")
    pane.tell(short)
    assert delegate.word(short, 250) == "FINISHED"
    pane.tell(short, long)
    assert [delegate.word(match, 250) for match in (short, long)] == ["FIN", "FIN"]
    assert [delegate.word(match, 900) for match in (short, long)] == ["FINISHED", "FINISHED"]


def test_chips_count_and_narrow(pane: Pane) -> None:
    pane.tell(
        named(1, "LIVE", "A", starts_at=EVENING - timedelta(days=2)),
        named(2, "PREGAME", "C", starts_at=EVENING + timedelta(minutes=59)),
        named(3, "PREGAME", "E", starts_at=EVENING + timedelta(days=3)),
        named(4, "FINISHED", "G", starts_at=EVENING - timedelta(hours=1)),
    )
    pane.feed.session.toggle_star(3)
    pane.view.refresh()
    assert [button.text() for button in pane.view.chips.values()] == ["All", "Live 1", "< 1 h 1", "Today 3", "★ 1"]
    shown = {}
    for chip, button in pane.view.chips.items():
        button.click()
        shown[chip] = [line.strip() for line in pane.lines()[2:]]
    assert shown == {
        Chip.ALL: ["A – B", "C – B", "E – B", "G – B"],
        Chip.LIVE: ["A – B"],
        Chip.SOON: ["C – B"],
        Chip.TODAY: ["A – B", "C – B", "G – B"],
        Chip.STARRED: ["E – B"],
    }


def test_while_the_panel_is_delayed_the_open_match_shows_no_score_and_no_end(pane: Pane) -> None:
    pane.feed.session.delay.set_by_hand(9)
    pane.feed.session.delay.set_spoiler_safe(True)
    pane.feed.session.open(1)
    pane.tell(named(1, "FINISHED", "A", score=(13, 2)), named(2, "LIVE", "C"))
    assert [line.strip() for line in pane.lines()[2:]] == ["A – B", "C – B"]
    assert (pane.side(1), pane.side(2)) == ("delayed", "7 : 5")
    assert "13" not in pane.view.model.find("m1").data(Qt.ItemDataRole.ToolTipRole)
    pane.feed.session.delay.set_spoiler_safe(False)
    pane.view.refresh()
    assert pane.side(1) == "13 : 2"


def test_a_line_whose_score_is_not_told_says_so(pane: Pane) -> None:
    pane.tell(named(1, "FINISHED", "A", score=None), named(2, "LIVE", "C", score=None))
    assert (pane.side(1), pane.side(2)) == ("no score", "no score")
    assert "FINISHED · score not told" in pane.view.model.find("m1").data(Qt.ItemDataRole.ToolTipRole)


def test_a_match_comes_under_the_chip_of_the_next_hour_as_time_passes(pane: Pane) -> None:
    pane.tell(named(2, "PREGAME", "C", starts_at=EVENING + timedelta(minutes=61)))
    pane.view.chips[Chip.SOON].click()
    assert pane.view.empty.text() == "No match starts within the hour."
    pane.feed.clock.move(120)  # type: ignore[union-attr]  # by hand
    pane.view.tick()
    assert [line.strip() for line in pane.lines()[2:]] == ["C – B"]
    assert not pane.view.empty.isVisible()


def test_the_search_opens_what_it_found_and_leaves_the_rest_as_it_was(pane: Pane) -> None:
    pane.feed.matches.hear_seasons([OLD, SEASON])
    pane.tell(named(1, "FINISHED", "Alpha", OLD), named(3, "LIVE", "Echo"))
    before = pane.lines()
    QTest.keyClicks(pane.view.search, "alp")
    assert pane.lines() == ["CS2 bot league", "  Summer cup", "    Alpha – B"]
    pane.view.search.setText("%s")
    assert (pane.lines(), pane.view.empty.text()) == ([], "Nothing matches this search.")
    pane.view.search.clear()
    assert pane.lines() == before


def test_what_a_person_opened_and_closed_stays_so_over_refreshes(pane: Pane) -> None:
    pane.feed.matches.hear_seasons([OLD, SEASON])
    pane.tell(named(1, "FINISHED", "A", OLD), named(3, "LIVE", "E"))
    model = pane.view.model
    pane.view.tree.setExpanded(model.find(f"s{OLD.id}"), True)
    pane.view.tree.setExpanded(model.find(f"s{SEASON.id}"), False)
    pane.tell(named(4, "FINISHED", "G", OLD), named(5, "LIVE", "H"))
    assert pane.lines() == ["CS2 bot league", "  Autumn cup", "  Summer cup", "    G – B", "    A – B"]


def test_the_chosen_match_stays_chosen_while_it_moves_and_is_not_opened_again(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"), named(2, "LIVE", "C"), named(3, "LIVE", "E"))
    pane.view.tree.setCurrentIndex(pane.view.model.find("m1"))
    assert pane.opened == [1]
    pane.tell(named(1, "FINISHED", "A", at=EVENING + timedelta(seconds=1)))
    assert [line.strip() for line in pane.lines()[2:]] == ["C – B", "E – B", "A – B"]
    assert (pane.view.tree.chosen_key, pane.opened) == ("m1", [1])


def test_a_match_opened_elsewhere_is_marked_and_not_opened_again(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"), named(2, "LIVE", "C"))
    pane.view.show_match(2)
    assert (pane.view.tree.chosen_key, pane.opened) == ("m2", [])


def test_enter_opens_and_space_stars_the_chosen_match(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"))
    pane.view.show_match(1)
    QTest.keyClick(pane.view.tree, Qt.Key.Key_Return)
    QTest.keyClick(pane.view.tree, Qt.Key.Key_Space)
    assert (pane.opened, pane.starred) == ([1], [1])


def test_a_click_on_the_star_stars_and_does_not_open(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"))
    line = pane.view.tree.visualRect(pane.view.model.find("m1"))
    QTest.mouseClick(pane.view.tree.viewport(), Qt.MouseButton.LeftButton, pos=star_rect(line).center())
    assert (pane.opened, pane.starred) == ([], [1])
    QTest.mouseClick(pane.view.tree.viewport(), Qt.MouseButton.LeftButton, pos=line.center())
    assert (pane.opened, pane.starred) == ([1], [1])


def test_a_click_on_a_season_opens_and_closes_it(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"))
    line = pane.view.tree.visualRect(pane.view.model.find(f"s{SEASON.id}")).center()
    QTest.mouseClick(pane.view.tree.viewport(), Qt.MouseButton.LeftButton, pos=line)
    assert pane.lines() == ["CS2 bot league", "  Autumn cup"]
    QTest.mouseClick(pane.view.tree.viewport(), Qt.MouseButton.LeftButton, pos=line)
    assert pane.lines() == ["CS2 bot league", "  Autumn cup", "    A – B"]


def test_down_leads_from_the_search_to_the_tree_and_the_search_is_focused_on_demand(pane: Pane) -> None:
    pane.view.focus_search()
    assert pane.view.search.hasFocus()
    QTest.keyClick(pane.view.search, Qt.Key.Key_Down)
    assert pane.view.tree.hasFocus()


def test_an_empty_tree_says_why(pane: Pane) -> None:
    pane.view.refresh()
    assert pane.view.empty.text() == "Reading the lobby…"
    pane.feed.session.venue_is_gone("its key is not known")
    pane.view.refresh()
    assert pane.view.empty.text() == "The feed is not reachable: its key is not known"


def test_lines_that_read_the_same_are_not_announced(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"), named(2, "LIVE", "C"))
    changed: list[str] = []
    pane.view.model.dataChanged.connect(lambda first, *_: changed.append(pane.view.model.node(first).key))
    pane.tell(named(2, "LIVE", "C", score=(8, 5), at=EVENING + timedelta(seconds=1)))
    assert changed == ["m2"]


def test_an_index_that_outlived_its_line_leads_to_the_root(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "A"))
    index = pane.view.model.find("m1")
    pane.feed.matches.drop(1)
    pane.view.refresh()
    assert pane.view.model.node(index).text == ""


def test_i24_odd_names_are_one_line_of_plain_text(pane: Pane) -> None:
    pane.tell(named(1, "LIVE", "<b>A</b>\u202e\nx" + "y" * 10_000))
    pane.view.grab()
    node = pane.view.model.node(pane.view.model.find("m1"))
    assert node.text.isprintable()
    assert len(node.text) < 400
    assert "<b>" not in pane.view.model.find("m1").data(Qt.ItemDataRole.ToolTipRole)


def test_no_live_match_is_said_with_its_age_where_it_may_be_otherwise_by_now(theme: Theme, qtbot: QtBot) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(status="WARMUP"))
        view = LeagueTree(feed.session, theme, feed.clock.now)
        qtbot.addWidget(view)
        view.show()
        feed.session.start()
        await asyncio.sleep(4)
        view.refresh()
        view.chips[Chip.LIVE].click()
        assert view.empty.text() == "No match is live."
        feed.session.venue_is_gone("its process ended")
        await asyncio.sleep(600)
        view.tick()
        assert view.empty.text() == "As last told, 10 min ago: no match is live."
        view.chips[Chip.STARRED].click()
        assert view.empty.text() == "No match is starred. Space stars the chosen one."

    play(scenario, seconds=900)
