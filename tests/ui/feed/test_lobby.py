"""The lobby: what stands in it and in which order, prices by team, its filters, and what it says where it is empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.domain.cs2 import Match, OddsKey, Question, Season, Team
from app.domain.errors import UnknownError
from app.services.notices import Tone
from app.ui.delegates.feed_cell import LobbyCellDelegate
from app.ui.display import Display
from app.ui.feed.lobby import LobbyView
from app.ui.formats import OddsFormat
from app.ui.models.feed_lobby import AWAY, DRAW, HOME, MAP, NAME, SCORE, STAR, STATUS, UPDATED
from app.ui.models.feed_lobby_row import LobbyRow
from app.ui.models.feed_wish import Chip, Since
from app.ui.models.feed_words import LATE, cut_names, starts_words
from app.ui.theme import Theme
from tests.services.feed.kit import EVENING, LIVE, OTHER, SEASON, VERTEX, Feed, match, play, snapshot, upcoming

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none
OLD_SEASON = Season(2, "Summer cup")


class Lobby:
    """A shown lobby over a feed."""

    def __init__(self, theme: Theme, style: OddsFormat = OddsFormat.DECIMAL) -> None:
        self.feed = Feed()
        self.feed.clock.day = EVENING  # type: ignore[union-attr]  # a clock moved by hand
        self.display = Display(style)
        self.feed.matches.hear_seasons([OLD_SEASON, SEASON])
        self.view = LobbyView(self.feed.session, self.display, theme, self.feed.clock.now)
        self.opened: list[object] = []
        self.starred: list[object] = []
        self.view.match_chosen.connect(self.opened.append)
        self.view.star_wanted.connect(self.starred.append)
        self.view.resize(900, 400)

    def tell(self, *told: object) -> None:
        self.feed.tell(*told)  # type: ignore[arg-type]  # matches and snapshots
        self.feed.figures.last_poll_at = self.feed.clock.monotonic()
        self.view.refresh()

    def pick(self, chip: Chip) -> None:
        self.view.chips[chip].click()

    def cells(self, title: str) -> list[str]:
        at = [column.title for column in self.view.model.columns].index(title)
        return [str(self.view.model.index(row, at).data()) for row in range(self.view.model.rowCount())]

    def prices(self, row: int = 0) -> list[str]:
        return [self.cells(title)[row] for title in ("Home", "Draw", "Away")]


@pytest.fixture
def lobby(theme: Theme, qtbot: QtBot) -> Lobby:
    theme.use("dark")
    made = Lobby(theme)
    qtbot.addWidget(made.view)
    made.view.show()
    return made


def named(match_id: int, status: str, first: str, second: str, **more: object) -> Match:
    return match(match_id, status, teams=(Team(match_id * 10, first), Team(match_id * 10 + 1, second)), **more)  # type: ignore[arg-type]


# What stands where


def test_live_stands_first_then_what_is_to_come_then_the_queue_then_what_is_over(lobby: Lobby) -> None:
    lobby.feed.matches.hear_upcoming([upcoming()])
    later = EVENING + timedelta(minutes=12)
    lobby.tell(
        named(1, "FINISHED", "A", "B"),
        named(2, "PREGAME", "C", "D", starts_at=later),
        named(3, "WARMUP", "E", "F"),
        named(4, "LIVE", "G", "H"),
    )
    lobby.pick(Chip.ALL)
    assert lobby.cells("Match") == ["G – H", "E – F", "C – D", "Vertex – Grit", "A – B"]
    assert lobby.cells("Status") == ["LIVE R13", "WARMUP", "in 12 min", "not created yet", "FINISHED · settled A"]
    assert lobby.cells("Score") == ["7 : 5", "0 : 0", "—", "—", "7 : 5"]


def test_each_chip_counts_and_shows_its_own(lobby: Lobby) -> None:
    lobby.feed.matches.hear_upcoming([upcoming()])
    lobby.tell(named(1, "FINISHED", "A", "B"), named(3, "WARMUP", "E", "F"), named(4, "LIVE", "G", "H"))
    texts = {chip: lobby.view.chips[chip].text() for chip in Chip}
    assert texts == {
        Chip.LIVE: "Live 1", Chip.UPCOMING: "Upcoming 2", Chip.FINISHED: "Finished 1", Chip.ALL: "All 4", Chip.STANDINGS: "Standings",
    }  # fmt: skip
    assert lobby.cells("Match") == ["G – H"]
    lobby.pick(Chip.UPCOMING)
    assert lobby.cells("Match") == ["E – F", "Vertex – Grit"]
    lobby.pick(Chip.FINISHED)
    assert lobby.cells("Match") == ["A – B"]


def test_i43_a_status_nobody_knows_is_shown_as_told_and_only_among_all(lobby: Lobby) -> None:
    lobby.tell(named(1, "PAU<b>SED</b>", "A", "B"))
    assert [lobby.view.chips[chip].text() for chip in (Chip.LIVE, Chip.UPCOMING, Chip.FINISHED)] == ["Live 0", "Upcoming 0", "Finished 0"]
    lobby.pick(Chip.ALL)
    assert lobby.cells("Status") == ["PAU<b>SED</b>"]
    assert ink(lobby, 0, STATUS) == "text.dim"
    tip = lobby.view.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip


def test_a_draw_is_said_in_words(lobby: Lobby) -> None:
    lobby.tell(named(1, "FINISHED", "A", "B", score=(12, 12)))
    lobby.pick(Chip.FINISHED)
    assert lobby.cells("Status") == ["FINISHED · draw"]


def test_a_score_that_is_not_told_is_said_in_words_and_settles_nothing(lobby: Lobby) -> None:
    lobby.tell(named(1, "FINISHED", "A", "B", score=None), named(2, "LIVE", "C", "D", score=None), named(3, "WARMUP", "E", "F", score=None))
    lobby.pick(Chip.ALL)
    assert lobby.cells("Status") == ["LIVE R13", "WARMUP", "FINISHED · score not told"]
    assert lobby.cells("Score") == ["none", "—", "none"]
    assert [line.split(",")[2] for line in lobby.view.model.to_csv().splitlines()[1:]] == ["not told", "", "not told"]


def test_what_cannot_be_right_in_a_match_is_marked_and_said_in_the_tip(lobby: Lobby) -> None:
    lobby.tell(match(flaws=("Its score fell",)))
    assert lobby.cells("Status") == ["⚠ LIVE R13"]
    assert ink(lobby, 0, STATUS) == "state.warning"
    assert "Its score fell" in lobby.view.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def ink(lobby: Lobby, row: int, column: int) -> str:
    """The name of a cell's colour."""
    told = lobby.view.model.index(row, column).data(Qt.ItemDataRole.ForegroundRole)
    colours = lobby.view.model._theme.colours
    return next(name for name in sorted(colours.names(), reverse=True) if colours[name] == told and not name.startswith("price"))


# Prices


def test_prices_stand_by_team_whichever_side_it_plays(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot(ct="1.87", t="1.92"))
    assert lobby.prices() == ["1.87", "18.00", "1.92"]
    swapped = snapshot(ct="2.50", t="1.40", are_sides_swapped=True, at=EVENING + timedelta(seconds=1))
    lobby.tell(swapped)
    assert lobby.prices() == ["1.40", "18.00", "2.50"]


def test_i44_a_price_that_names_one_team_for_both_sides_is_shown_for_none(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot(teams=(VERTEX, VERTEX)))
    assert lobby.prices() == ["—", "18.00", "—"]


def test_no_price_is_shown_while_the_question_is_unavailable(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot(is_available=False))
    assert lobby.prices() == ["—", "—", "—"]


def test_a_finished_match_has_no_price_left(lobby: Lobby) -> None:
    lobby.tell(match(status="FINISHED"), snapshot())
    lobby.pick(Chip.FINISHED)
    assert lobby.prices() == ["—", "—", "—"]


def test_the_switch_of_the_odds_format_reaches_the_lobby(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot(ct="3.00"))
    lobby.display.use(OddsFormat.AMERICAN)
    assert lobby.prices()[0] == "+200"


def test_a_price_the_feed_no_longer_vouches_for_is_hatched_and_not_saved(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot())
    fresh = price_cell(lobby)
    assert ",1.87,18,1.92," in lobby.view.model.to_csv()
    lobby.feed.clock.move(60)  # type: ignore[union-attr]  # by hand
    lobby.view.tick()
    assert lobby.feed.session.is_stale(OddsKey(LIVE, Question.MATCH))
    assert lobby.view.model.rows[0].is_stale
    assert price_cell(lobby) == lobby.view.model._theme.colours["price.stale"].name() != fresh
    assert ",,,," in lobby.view.model.to_csv()


def test_while_the_feed_is_not_heard_how_a_match_stands_is_hatched_too_but_not_how_it_ended(lobby: Lobby) -> None:
    lobby.tell(match(), named(3, "FINISHED", "A", "B"))
    lobby.pick(Chip.ALL)
    before = [price_cell(lobby, SCORE), price_cell(lobby, STATUS)]
    lobby.feed.session.venue_is_gone("The practice exchange has ended")
    lobby.view.refresh()
    stale = lobby.view.model._theme.colours["price.stale"].name()
    assert [price_cell(lobby, SCORE), price_cell(lobby, STATUS)] == [stale, stale]
    assert stale not in before
    assert ink(lobby, 0, STATUS) == "text.dim"
    assert LATE in lobby.view.model.explained(lobby.view.model.rows[0])
    assert [row.is_late for row in lobby.view.model.rows] == [True, False]


def test_prices_of_one_table_have_one_number_of_decimals_and_the_tip_tells_them_exactly(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot(ct="1.05", t="11.8"))
    assert lobby.prices() == ["1.05", "18.00", "11.80"]
    lobby.tell(snapshot(ct="1.055", t="11.8", at=EVENING + timedelta(seconds=5)))
    assert lobby.prices() == ["1.055", "18.000", "11.800"]
    assert "MATCH odds: 1.055, 18.00, 11.80" in lobby.view.model.explained(lobby.view.model.rows[0])


def price_cell(lobby: Lobby, column: int = HOME) -> str:
    """The colour of a cell's ground, between two hatches."""
    lobby.view.table.clearSelection()
    picture = lobby.view.table.viewport().grab().toImage()
    box = lobby.view.table.visualRect(lobby.view.model.index(0, column))
    found = [picture.pixelColor(box.left() + 3 + at, box.top() + 5).name() for at in range(8)]
    return max(sorted(set(found)), key=found.count)


# Lines that stay


def test_lines_that_stay_are_kept_and_the_chosen_one_stays_chosen(lobby: Lobby) -> None:
    QAbstractItemModelTester(lobby.view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[int] = []
    lobby.tell(*(named(number, "LIVE", f"A{number}", "B") for number in range(1, 6)))
    lobby.view.model.modelReset.connect(lambda: resets.append(1))
    lobby.view.show_match(3)
    lobby.tell(named(2, "FINISHED", "A2", "B", at=EVENING + timedelta(seconds=1)), named(9, "LIVE", "A9", "B"))
    assert lobby.cells("Match") == ["A1 – B", "A3 – B", "A4 – B", "A5 – B", "A9 – B"]
    assert (chosen(lobby), resets) == (["A3 – B"], [])


def test_a_chosen_match_that_moves_within_the_list_stays_chosen(lobby: Lobby) -> None:
    lobby.pick(Chip.ALL)
    lobby.tell(named(1, "LIVE", "A", "B"), named(2, "LIVE", "C", "D"))
    lobby.view.show_match(1)
    lobby.tell(named(1, "FINISHED", "A", "B", at=EVENING + timedelta(seconds=1)))
    assert (lobby.cells("Match"), chosen(lobby)) == (["C – D", "A – B"], ["A – B"])


def test_a_chosen_match_is_chosen_again_when_its_chip_is_back(lobby: Lobby) -> None:
    lobby.tell(*(named(number, "LIVE", f"A{number}", "B") for number in range(1, 60)))
    lobby.view.table.selectRow(30)
    before = chosen(lobby)
    lobby.pick(Chip.FINISHED)
    assert chosen(lobby) == []
    lobby.pick(Chip.LIVE)
    assert chosen(lobby) == before == ["A31 – B"]


def chosen(lobby: Lobby) -> list[str]:
    return [lobby.view.model.rows[place].name for place in lobby.view.table.chosen()]


def test_only_lines_that_read_otherwise_are_announced(lobby: Lobby) -> None:
    lobby.tell(named(1, "LIVE", "A", "B"), named(2, "LIVE", "C", "D"))
    changed: list[int] = []
    lobby.view.model.dataChanged.connect(lambda first, _last, _roles: changed.append(first.row()))
    lobby.tell(named(2, "LIVE", "C", "D", score=(8, 5), at=EVENING + timedelta(seconds=1)))
    assert changed == [1]


def test_what_is_not_looked_at_is_laid_out_when_it_is_shown(lobby: Lobby) -> None:
    lobby.view.hide()
    lobby.tell(match())
    assert lobby.cells("Match") == []
    lobby.view.show()
    assert lobby.cells("Match") == ["Vertex – Nomads"]


# What a person does


def test_a_double_click_and_enter_open_the_match(lobby: Lobby) -> None:
    lobby.tell(match())
    cell = lobby.view.table.visualRect(lobby.view.model.index(0, 0)).center()
    QTest.mouseClick(lobby.view.table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert lobby.opened == []
    QTest.mouseDClick(lobby.view.table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    QTest.keyClick(lobby.view.table, Qt.Key.Key_Return)
    assert lobby.opened == [LIVE, LIVE]


def test_space_and_a_click_on_the_star_star_and_open_nothing(lobby: Lobby) -> None:
    lobby.tell(match())
    lobby.view.show_match(LIVE)
    QTest.keyClick(lobby.view.table, Qt.Key.Key_Space)
    star = lobby.view.table.visualRect(lobby.view.model.index(0, STAR)).center()
    QTest.mouseClick(lobby.view.table.viewport(), Qt.MouseButton.LeftButton, pos=star)
    QTest.mouseDClick(lobby.view.table.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert (lobby.starred, lobby.opened) == ([LIVE] * 3, [])
    assert lobby.cells("★") == ["☆"]
    lobby.feed.session.toggle_star(LIVE)
    lobby.view.refresh()
    assert lobby.cells("★") == ["★"]


def test_what_is_in_the_queue_says_that_it_cannot_be_opened_yet(lobby: Lobby) -> None:
    lobby.feed.matches.hear_upcoming([upcoming()])
    lobby.pick(Chip.UPCOMING)
    lobby.tell()
    said: list[tuple[str, object]] = []
    lobby.view.table.said.connect(lambda words, tone: said.append((words, tone)))
    lobby.view.table.selectRow(0)
    QTest.keyClick(lobby.view.table, Qt.Key.Key_Return)
    QTest.keyClick(lobby.view.table, Qt.Key.Key_Space)
    assert (lobby.opened, lobby.starred) == ([], [])
    assert [words.partition(":")[0] for words, _ in said] == ["Vertex – Grit is not created yet"] * 2
    assert said[0][1] is Tone.PLAIN


def test_ctrl_c_copies_the_chosen_line(lobby: Lobby) -> None:
    lobby.tell(match(), snapshot())
    lobby.view.show_match(LIVE)
    QTest.keyClick(lobby.view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Vertex – Nomads\tde_dust2\t7:5\tLIVE R13\t1.87\t18\t1.92\t")


# Filters


def test_the_filter_finds_teams_maps_and_numbers_and_counts_what_it_found(lobby: Lobby) -> None:
    lobby.tell(match(), named(7, "LIVE", "Grit", "Sable", map_name="de_nuke"))
    QTest.keyClicks(lobby.view.search, "nuke gr")
    assert (lobby.cells("Match"), lobby.view.chips[Chip.LIVE].text()) == (["Grit – Sable"], "Live 1")
    lobby.view.search.setText("#42")
    assert lobby.cells("Match") == ["Vertex – Nomads"]
    lobby.view.search.setText(".*")
    assert (lobby.cells("Match"), lobby.view.words.text()) == ([], "Nothing matches this search.")


def test_the_season_box_lists_the_active_season_first_and_has_the_chosen_one_read(lobby: Lobby) -> None:
    lobby.tell(match(), match(OTHER, season_id=OLD_SEASON.id))
    box = lobby.view.seasons
    assert [box.itemText(at) for at in range(box.count())] == ["All seasons", "Autumn cup (active)", "Summer cup"]
    assert len(lobby.cells("Match")) == 2
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert [row.key for row in lobby.view.model.rows] == [f"m{OTHER}"]
    lobby.feed.matches.hear_seasons([OLD_SEASON, SEASON, Season(4, "Winter cup", is_active=True)])
    lobby.view.refresh()
    assert (box.currentText(), [row.key for row in lobby.view.model.rows]) == ("Summer cup", [f"m{OTHER}"])


def test_choosing_a_season_has_its_matches_read(theme: Theme, qtbot: QtBot) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.season_rows = [OLD_SEASON, SEASON]
        feed.session.start()
        await asyncio.sleep(1)
        view = LobbyView(feed.session, Display(), theme, feed.clock.now)
        qtbot.addWidget(view)
        view.show()
        before = {arguments[1] for arguments in feed.venue.asked("matches")}
        view.seasons.activated.emit(2)
        await asyncio.sleep(2)
        asked = {arguments[1] for arguments in feed.venue.asked("matches")} - before
        assert asked == {OLD_SEASON.id}

    play(scenario)


@pytest.mark.parametrize(
    ("since", "shown"), [(Since.ANY, [1, 2, 3, 4]), (Since.MINUTES, [1]), (Since.HOUR, [1, 2]), (Since.TODAY, [1, 2, 3])]
)
def test_what_was_not_updated_within_the_time_is_left_out(lobby: Lobby, since: Since, shown: list[int]) -> None:
    midnight = EVENING.astimezone().replace(hour=0, minute=0)
    times = (EVENING - timedelta(minutes=9), EVENING - timedelta(minutes=59), midnight, midnight - timedelta(seconds=1))
    lobby.tell(*(match(number, at=at) for number, at in enumerate(times, start=1)))
    lobby.view.since.activated.emit(list(Since).index(since))
    assert [row.match.id for row in lobby.view.model.rows if row.match] == shown


def test_the_feeds_own_clock_says_how_old_and_how_near_things_are(lobby: Lobby) -> None:
    lobby.feed.figures.offset = 120.0
    lobby.tell(named(2, "PREGAME", "C", "D", starts_at=EVENING + timedelta(minutes=22), at=EVENING + timedelta(seconds=115)))
    lobby.pick(Chip.UPCOMING)
    assert (lobby.cells("Status"), lobby.cells("Updated")) == (["in 20 min"], ["5 s"])


# Spoilers


def test_while_the_panel_is_delayed_the_open_match_tells_nothing_the_video_does_not_show_yet(lobby: Lobby) -> None:
    lobby.feed.session.delay.set_by_hand(9)
    lobby.feed.session.open(LIVE)
    lobby.pick(Chip.ALL)
    lobby.tell(match(OTHER), match(), snapshot())
    lobby.feed.session.delay.set_spoiler_safe(True)
    lobby.tell(match(status="FINISHED", score=(13, 9), at=EVENING))
    assert lobby.cells("Match") == ["Vertex – Nomads"] * 2
    assert (lobby.cells("Status"), lobby.cells("Score")) == (["LIVE · delayed", "LIVE R13"], ["—", "7 : 5"])
    assert lobby.prices() == ["—", "—", "—"]
    assert lobby.view.chips[Chip.FINISHED].text() == "Finished 0"
    assert "13" not in lobby.view.model.to_csv().splitlines()[1]
    lobby.feed.clock.move(12)  # type: ignore[union-attr]  # by hand
    lobby.view.tick()
    assert lobby.cells("Status") == ["LIVE R13", "FINISHED · settled Vertex"]


# Empty


def test_nothing_heard_yet_says_that_it_is_being_read(lobby: Lobby) -> None:
    lobby.view.refresh()
    assert (lobby.view.words.text(), lobby.view.words.isVisible()) == ("Reading the lobby…", True)


def test_a_feed_that_is_gone_says_why_while_nothing_of_it_is_known(lobby: Lobby) -> None:
    lobby.feed.session.venue_is_gone("its process ended")
    lobby.view.refresh()
    assert lobby.view.words.text() == "The feed is not reachable: its process ended"


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (lambda: [named(2, "PREGAME", "C", "D", starts_at=EVENING + timedelta(minutes=14))], "next starts in 14 min"),
        (lambda: [named(2, "PREGAME", "C", "D", starts_at=EVENING - timedelta(minutes=1))], "the next is due to start"),
        (lambda: [named(3, "WARMUP", "E", "F")], "E – F is warming up"),
        (lambda: [named(1, "FINISHED", "A", "B")], "none is announced"),
    ],
)
def test_no_live_match_says_what_comes_next(lobby: Lobby, others: Callable[[], list[Match]], words: str) -> None:
    lobby.tell(*others())
    assert lobby.view.words.text() == f"No live match: {words}."


def test_what_may_be_otherwise_by_now_is_said_with_its_age(theme: Theme, qtbot: QtBot) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(named(3, "WARMUP", "E", "F"))
        view = LobbyView(feed.session, Display(), theme, feed.clock.now)
        qtbot.addWidget(view)
        view.show()
        feed.session.start()
        await asyncio.sleep(4)
        view.tick()
        assert view.words.text() == "No live match: E – F is warming up."
        feed.venue.always["matches"] = UnknownError("500")  # the odds are still answered
        await asyncio.sleep(180)
        view.tick()
        assert view.words.text().startswith("As last told, 3 min ago: no live match: E – F is")
        view.chips[Chip.FINISHED].click()
        assert view.words.text() == "As last told, 3 min ago: no finished match is listed."
        del feed.venue.always["matches"]
        await asyncio.sleep(90)
        view.tick()
        assert view.words.text() == "No finished match is listed."
        feed.session.venue_is_gone("its process ended")
        view.tick()
        assert view.words.text().startswith("As last told, ")

    play(scenario, seconds=600)


def test_filters_that_leave_nothing_are_named(lobby: Lobby) -> None:
    lobby.tell(match(at=EVENING - timedelta(hours=3)))
    lobby.view.since.activated.emit(list(Since).index(Since.HOUR))
    lobby.view.since.setCurrentIndex(list(Since).index(Since.HOUR))
    lobby.view.refresh()
    assert lobby.view.words.text() == "Nothing is listed for these filters: updated in 1 hour."


# Room


def test_a_narrow_lobby_gives_the_room_of_the_map_and_then_of_the_age_to_the_names(lobby: Lobby) -> None:
    seen = {}
    for width in (900, 600, 550):
        lobby.view.resize(width, 400)
        seen[width] = (lobby.view.table.isColumnHidden(MAP), lobby.view.table.isColumnHidden(UPDATED))
    assert seen == {900: (False, False), 600: (True, False), 550: (True, True)}
    assert lobby.view.table.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("width", [460, 490, 560, 700])
def test_names_are_whole_as_long_as_other_columns_can_give_them_room(lobby: Lobby, width: int) -> None:
    lobby.tell(named(3, "LIVE", "Driftwood", "Cobalt Nine"))
    lobby.view.resize(width, 400)
    table = lobby.view.table
    assert table.columnWidth(NAME) > QFontMetrics(table.font()).horizontalAdvance("Driftwood – Cobalt Nine")
    assert not any(table.isColumnHidden(column) for column in (SCORE, STATUS, HOME, DRAW, AWAY, STAR))
    assert table.horizontalScrollBar().maximum() == 0


def test_a_column_that_gave_way_has_its_width_again_where_there_is_room(lobby: Lobby) -> None:
    lobby.tell(named(3, "LIVE", "Driftwood", "Cobalt Nine"))
    table = lobby.view.table
    lobby.view.resize(1000, 400)
    table.setColumnWidth(STATUS, 230)
    for width, status in ((460, 68), (1000, 230)):
        lobby.view.resize(width, 400)
        assert table.columnWidth(STATUS) == status


def test_where_there_is_room_a_finished_match_says_how_it_was_settled(lobby: Lobby) -> None:
    lobby.tell(named(1, "FINISHED", "Cobalt Nine", "Tinderbox"))
    lobby.pick(Chip.FINISHED)
    table, delegate = lobby.view.table, lobby.view.table.itemDelegate()
    assert isinstance(delegate, LobbyCellDelegate)
    shown = {}
    for width in (880, 520):
        lobby.view.resize(width, 400)
        option, index = QStyleOptionViewItem(), lobby.view.model.index(0, STATUS)
        option.rect, option.font = table.visualRect(index), table.font()
        delegate.initStyleOption(option, index)
        shown[width] = option.text
    assert shown == {880: "FINISHED · settled Cobalt Nine", 520: "FINISHED"}


def test_columns_without_a_price_give_more_room_to_names_and_a_score_is_never_cut(lobby: Lobby) -> None:
    lobby.tell(named(1, "FINISHED", "Cobalt Nine", "Tinderbox", score=(10, 13)))
    lobby.pick(Chip.FINISHED)
    table = lobby.view.table
    widths = {}
    for width in (900, 420):
        lobby.view.resize(width, 400)
        widths[width] = table.columnWidth(HOME)
        assert table.columnWidth(SCORE) >= QFontMetrics(table.font()).horizontalAdvance("10 : 13")
    assert widths == {900: 56, 420: 44}
    lobby.tell(match(), snapshot())
    lobby.pick(Chip.LIVE)
    assert table.columnWidth(HOME) >= 52


def test_of_two_names_the_longer_is_cut_and_both_can_be_told(lobby: Lobby) -> None:
    metrics = QFontMetrics(lobby.view.table.font())
    long = match(teams=(Team(1, "Grit"), Team(2, "A name that is longer than any column")))
    room = metrics.horizontalAdvance("Grit – A name that is")
    shown = cut_names(long, metrics, room)
    assert shown.startswith("Grit – A name")
    assert shown.endswith("…")
    assert metrics.horizontalAdvance(shown) <= room
    assert cut_names(match(), metrics, 1000) == "Vertex – Nomads"


def test_a_queue_entry_and_a_match_of_one_number_are_two_lines() -> None:
    assert LobbyRow(match(900)).key != LobbyRow(waiting=upcoming(900)).key


def test_a_start_that_is_not_told_is_said_so() -> None:
    assert starts_words(None, EVENING) == "start not told"
    assert starts_words(EVENING + timedelta(seconds=125), EVENING) == "in 02:05"


def test_where_a_status_does_not_fit_it_is_said_in_brief_and_not_cut(lobby: Lobby) -> None:
    lobby.feed.matches.hear_upcoming([upcoming()])
    lobby.tell(named(1, "FINISHED", "A", "B"), named(2, "WARMUP", "C", "D"))
    model, delegate = lobby.view.model, lobby.view.table.itemDelegate()
    assert isinstance(delegate, LobbyCellDelegate)
    lobby.pick(Chip.ALL)

    def shown(width: int) -> list[str]:
        texts = []
        for row in range(model.rowCount()):
            option = QStyleOptionViewItem()
            option.rect = QRect(0, 0, width, 24)
            delegate.initStyleOption(option, model.index(row, STATUS))
            texts.append(option.text)
        return texts

    assert shown(300) == ["WARMUP", "not created yet", "FINISHED · settled A"]
    assert shown(80) == ["WARMUP", "queued", "FINISHED"]
    assert shown(48) == ["WARM", "queued", "FIN"]
    lobby.tell(named(1, "FINISHED", "A", "B", flaws=("odd",)))
    assert shown(48)[-1] == "⚠ FIN"


def test_in_a_narrow_lobby_the_season_stands_whole_and_the_other_filters_give_way(lobby: Lobby) -> None:
    lobby.view.resize(430, 300)
    lobby.feed.matches.hear_seasons([Season(7, "Bot League 3", is_active=True), OLD_SEASON])
    lobby.tell(match())
    lobby.view.seasons.setCurrentIndex(1)
    QGuiApplication.processEvents()
    box = lobby.view.seasons
    assert box.width() >= box.sizeHint().width() > box.fontMetrics().horizontalAdvance("Bot League 3 (active)")
    assert lobby.view.since.width() < lobby.view.since.sizeHint().width()
    assert lobby.view.search.geometry().right() <= 430


def test_a_narrow_lobby_has_a_brief_title_and_no_cut_one(lobby: Lobby) -> None:
    lobby.tell(match())
    assert (lobby.view.title.text(), lobby.view.title._brief) == ("Lobby and standings", "Lobby")
    lobby.pick(Chip.STANDINGS)
    assert lobby.view.title._brief == "Standings"
    lobby.pick(Chip.LIVE)
    assert lobby.view.title._brief == "Lobby"
