"""The standings: ranks as told, whose and as of when, and words where there are none."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import Season, Standing, Team
from app.domain.feed import Standings
from app.ui.display import Display
from app.ui.feed.lobby import LobbyView
from app.ui.models.feed_wish import Chip
from app.ui.theme import Theme
from tests.services.feed.kit import LIVE, NOMADS, SEASON, VERTEX, Feed, match, play, standings

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none
OLD = Season(2, "Summer cup")


class Table:
    """A shown lobby on its page of standings."""

    def __init__(self, theme: Theme) -> None:
        self.feed = Feed()
        self.lobby = LobbyView(self.feed.session, Display(), theme, self.feed.clock.now)
        self.view = self.lobby.standings
        self.lobby.resize(550, 450)

    def open(self) -> None:
        self.lobby.chips[Chip.STANDINGS].click()

    def rows(self) -> list[list[str]]:
        model = self.view.model
        return [[str(model.index(row, column).data()) for column in range(model.columnCount())] for row in range(model.rowCount())]


@pytest.fixture
def table(theme: Theme, qtbot: QtBot) -> Table:
    theme.use("dark")
    made = Table(theme)
    qtbot.addWidget(made.lobby)
    made.lobby.show()
    return made


def test_standings_that_cannot_be_read_say_why_and_when_they_are_asked_for_again(theme: Theme, qtbot: QtBot) -> None:
    words = []

    async def wanted(feed: Feed) -> None:
        feed.venue.tables.clear()
        lobby = LobbyView(feed.session, Display(), theme, feed.clock.now)
        qtbot.addWidget(lobby)
        lobby.show()
        feed.session.start()
        await asyncio.sleep(1)
        lobby.chips[Chip.STANDINGS].click()
        await asyncio.sleep(2)
        lobby.tick()
        words.append(lobby.standings.words.text())

    play(wanted)
    assert words[0].startswith("The feed does not know Autumn cup: its standings are asked for again in ")


def test_the_standings_of_the_active_season_stand_by_rank(table: Table) -> None:
    table.feed.matches.hear_seasons([OLD, SEASON])
    table.feed.matches.hear_standings(Standings(SEASON, (Standing(2, NOMADS, 5, 0, 3, 15), Standing(1, VERTEX, 6, 1, 1, 19))))
    table.open()
    assert table.rows() == [["1", "Vertex", "8", "6", "1", "1", "19"], ["2", "Nomads", "8", "5", "0", "3", "15"]]
    assert table.view.table.isVisible()
    assert table.lobby.title.text() == "Standings of Autumn cup"
    assert table.view.as_of.text() == f"Autumn cup (active) · as of {table.feed.clock.now().astimezone():%H:%M:%S}"


def test_the_words_say_what_is_being_read_and_why_it_is_not(table: Table) -> None:
    table.feed.matches.hear_seasons([OLD, SEASON])
    table.lobby.refresh()
    table.open()
    assert table.view.words.text() == "Reading the standings of Autumn cup…"
    table.lobby.seasons.activated.emit(2)
    assert table.view.words.text() == "Reading the standings of Summer cup…"
    table.feed.matches.hear_standings(standings(OLD))
    table.lobby.refresh()
    assert (len(table.rows()), table.lobby.title.text()) == (2, "Standings of Summer cup")
    table.feed.session.venue_is_gone("its process ended")
    table.lobby.seasons.activated.emit(1)
    assert table.view.words.text() == "The feed is not reachable: its process ended"


def test_their_time_is_that_of_the_newest_telling_however_late_they_are_looked_at(table: Table) -> None:
    table.feed.matches.hear_seasons([SEASON])
    table.feed.matches.hear_standings(standings())
    told = table.feed.clock.now()
    table.feed.clock.move(300)  # type: ignore[union-attr]  # by hand
    table.open()
    assert table.view.as_of.text().endswith(f"as of {told.astimezone():%H:%M:%S}")


def test_beside_a_late_video_the_standings_do_not_tell_how_the_open_match_ended(table: Table) -> None:
    feed = table.feed
    feed.matches.hear_seasons([SEASON])
    feed.tell(match())
    feed.session.open(LIVE)
    feed.session.delay.set_by_hand(9)
    feed.session.delay.set_spoiler_safe(True)
    feed.matches.hear_standings(Standings(SEASON, (Standing(1, VERTEX, 6, 1, 1, 19),)))
    table.open()
    assert (
        table.view.words.text() == "The standings of Autumn cup are delayed with the panel: they appear when the video shows this moment."
    )
    feed.clock.move(9)  # type: ignore[union-attr]  # by hand
    table.lobby.tick()
    assert table.rows() == [["1", "Vertex", "8", "6", "1", "1", "19"]]
    feed.matches.hear_standings(Standings(SEASON, (Standing(1, VERTEX, 7, 1, 1, 22),)))
    table.lobby.tick()
    assert table.rows() == [["1", "Vertex", "8", "6", "1", "1", "19"]]
    assert table.view.as_of.text().endswith(" · as late as the video")
    feed.clock.move(9)  # type: ignore[union-attr]  # by hand
    table.lobby.tick()
    assert table.rows() == [["1", "Vertex", "9", "7", "1", "1", "22"]]


def test_a_season_without_a_settled_match_says_so(table: Table) -> None:
    table.feed.matches.hear_seasons([SEASON])
    table.feed.matches.hear_standings(Standings(SEASON, ()))
    table.open()
    assert (table.view.words.text(), table.view.words.isVisible()) == ("No match of Autumn cup has been settled yet.", True)


def test_no_season_says_why(table: Table) -> None:
    table.open()
    assert table.view.words.text() == "Reading the lobby…"
    table.feed.figures.last_poll_at = 1.0
    table.lobby.refresh()
    assert table.view.words.text() == "The feed lists no season."


def test_rows_that_could_not_be_read_are_counted_below_the_others(table: Table) -> None:
    table.feed.matches.hear_seasons([SEASON])
    table.feed.matches.hear_standings(msgspec.structs.replace(standings(), faults=("Row 3 has no team",)))
    table.open()
    assert len(table.rows()) == 2
    assert table.view.as_of.text().endswith("⚠ 1 row could not be read: Row 3 has no team")


def test_points_that_change_are_shown_in_place(table: Table) -> None:
    table.feed.matches.hear_seasons([SEASON])
    table.feed.matches.hear_standings(standings())
    table.open()
    resets: list[int] = []
    table.view.model.modelReset.connect(lambda: resets.append(1))
    table.feed.matches.hear_standings(Standings(SEASON, (Standing(1, VERTEX, 7, 1, 1, 22), Standing(2, NOMADS, 5, 0, 3, 15))))
    table.lobby.refresh()
    assert (table.rows()[0][-1], resets) == ("22", [])


def test_going_back_shows_the_matches_and_their_filters_again(table: Table) -> None:
    table.open()
    assert not table.lobby.search.isVisible()
    table.lobby.chips[Chip.ALL].click()
    assert table.lobby.search.isVisible()
    assert table.lobby.table.isVisible()
    assert table.lobby.title.text() == "Lobby and standings"


def test_a_team_without_a_name_is_its_number(table: Table) -> None:
    table.feed.matches.hear_seasons([SEASON])
    table.feed.matches.hear_standings(Standings(SEASON, (Standing(1, Team(77, "\u202e")),)))
    table.open()
    assert table.rows()[0][:3] == ["1", "team 77", "0"]


def test_opening_them_and_choosing_a_season_has_it_read(theme: Theme, qtbot: QtBot) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.season_rows = [OLD, SEASON]
        feed.venue.tables[OLD.id] = Standings(OLD, (Standing(1, NOMADS, 9, 0, 0, 27),))
        feed.session.start()
        await asyncio.sleep(1)
        lobby = LobbyView(feed.session, Display(), theme, feed.clock.now)
        qtbot.addWidget(lobby)
        lobby.show()
        lobby.chips[Chip.STANDINGS].click()
        await asyncio.sleep(2)
        lobby.refresh()
        assert [row.team for row in lobby.standings.model.rows] == [VERTEX, NOMADS]
        lobby.seasons.setCurrentIndex(2)
        lobby.seasons.activated.emit(2)
        await asyncio.sleep(2)
        lobby.refresh()
        assert [row.points for row in lobby.standings.model.rows] == [27]

    play(scenario)
