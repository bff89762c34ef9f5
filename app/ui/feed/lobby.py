"""The lobby: the matches the feed lists and its queue, by state, season and time of the last change; and the standings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.display import Display
from app.ui.feed.filter_field import FilterField
from app.ui.feed.lobby_table import LobbyTable
from app.ui.feed.pane_title import PaneTitle
from app.ui.feed.standings import StandingsView, called
from app.ui.feed.words import as_last_told, trouble_words
from app.ui.models.feed_lobby import LobbyModel
from app.ui.models.feed_lobby_row import next_words
from app.ui.models.feed_wish import Chip, Since
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.statement_sheet import SheetTable

TITLE = "Lobby and standings"
BRIEF_TITLE, BRIEF_STANDINGS = "Lobby", "Standings"
LEAST_SINCE = 90  # pixels to which the time of the last change gives way to the season
LEAST_SEARCH = 96
WIDEST_SEASON = 220
PROMPTS = ("Filter by team, map, season or number", "Filter by team or map", "Filter")
ALL_SEASONS = "All seasons"
NO_MATCH = "Nothing matches this search."
EMPTY = {
    Chip.UPCOMING: "No match is announced or in the queue.",
    Chip.FINISHED: "No finished match is listed.",
    Chip.ALL: "No match is listed.",
}


class LobbyView(QWidget):
    """`refresh` once a frame when something changed, `tick` each second. `match_chosen` and `star_wanted` with a match's id,
    `alert_wanted` with an AlertWish.
    """

    match_chosen = Signal(object)
    star_wanted = Signal(object)
    alert_wanted = Signal(object)

    def __init__(self, session: FeedSession, display: Display, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self.model = LobbyModel(session, display, theme, now)
        self.table = LobbyTable(self.model, theme)
        self.standings = StandingsView(session, theme)
        self.title = PaneTitle()
        self.title.say(TITLE, BRIEF_TITLE)
        self.title.setFont(theme.font(13, bold=True))
        self._chip_row = QHBoxLayout()
        self._chip_row.addWidget(self.title, 1)
        self.chips = add_chips(Chip, self._chip_row, self._use_chip, theme, self)
        self.seasons = QComboBox()
        self.seasons.setAccessibleName("Season")
        self.since = QComboBox()
        self.since.setAccessibleName("Updated since")
        self.since.addItems(list(Since))
        self.search = FilterField(PROMPTS, name="Filter matches", tip="Teams, maps, seasons, numbers")
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.pages = QStackedWidget()
        self._lay_out()
        self._connect(display)
        self.refresh()

    @property
    def tables(self) -> tuple[SheetTable, SheetTable]:
        """Whose `said` is to be heard."""
        return self.table, self.standings.table

    @property
    def is_at_standings(self) -> bool:
        return self.pages.currentWidget() is self.standings

    def refresh(self) -> None:
        """Take over what the feed lists and prices now; while nobody looks, it waits until it is shown."""
        if not self.isVisible():
            return
        self._list_seasons()
        self._show_rows()
        if self.is_at_standings:
            self.standings.refresh()
        self._name_page()

    def tick(self) -> None:
        """A second went by: ages, countdowns, and which prices are old."""
        if self.isVisible():
            self.refresh()
            self.model.times_changed()

    def show_match(self, match_id: int) -> None:
        """Mark a match opened from elsewhere."""
        self.table.choose(f"m{match_id}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # Building

    def _lay_out(self) -> None:
        self._chip_row.setContentsMargins(10, 6, 8, 6)
        self._chip_row.setSpacing(5)
        filters = QHBoxLayout()
        filters.setContentsMargins(8, 0, 8, 6)
        filters.setSpacing(6)
        filters.addWidget(self.seasons)
        filters.addWidget(self.since)
        filters.addWidget(self.search, 1)
        filters.addStretch()
        # The whole of a season's name, whose number stands at its end, goes before the other filters.
        self.seasons.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.seasons.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.seasons.setMaximumWidth(WIDEST_SEASON)
        self.since.setMinimumWidth(LEAST_SINCE)
        self.search.setMinimumWidth(LEAST_SEARCH)
        inside = QVBoxLayout(self.table.viewport())  # under the head, which stays where there are no rows
        inside.addWidget(self.words)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.standings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._chip_row)
        layout.addLayout(filters)
        layout.addWidget(self.pages, 1)

    def _connect(self, display: Display) -> None:
        self.seasons.activated.connect(self._use_season)
        self.since.activated.connect(lambda place: self._wish(since=list(Since)[place]))
        self.search.textChanged.connect(lambda text: self._wish(text=text))
        self.search.left.connect(self.table.setFocus)
        self.table.match_chosen.connect(self.match_chosen)
        self.table.star_wanted.connect(self.star_wanted)
        self.table.alert_wanted.connect(self.alert_wanted)
        display.changed.connect(self.model.odds_changed)

    # What a person does

    def _use_chip(self, chip: Chip) -> None:
        is_standings = chip is Chip.STANDINGS
        self.pages.setCurrentWidget(self.standings if is_standings else self.table)
        self.since.setVisible(not is_standings)
        self.search.setVisible(not is_standings)
        if is_standings:
            self.standings.show_season(self.model.wish.season_id)
        else:
            self._wish(chip=chip)
        self._name_page()

    def _use_season(self, place: int) -> None:
        season_id: int | None = self.seasons.itemData(place)
        if season_id is not None:
            self._session.want_season(season_id)
        self._wish(season_id=season_id)
        if self.is_at_standings:
            self.standings.show_season(season_id)
            self._name_page()

    def _wish(self, **changes: object) -> None:
        self.model.wish = msgspec.structs.replace(self.model.wish, **changes)
        self._show_rows()

    # Showing

    def _show_rows(self) -> None:
        self.table.keep_through(self.model.refresh)
        for chip, button in self.chips.items():
            if chip is not Chip.STANDINGS:
                button.setText(f"{chip} {self.model.counts[chip]:,}")
        self.words.setText("" if self.model.rows else formats.plain(self._why_empty()))
        self.words.setVisible(not self.model.rows)

    def _name_page(self) -> None:
        """Whose standings they are where every season is chosen stands nowhere else."""
        season = self.standings.season if self.is_at_standings else None
        if season:
            self.title.say(f"Standings of {called(season)}", BRIEF_STANDINGS)
        else:
            self.title.say(TITLE, BRIEF_TITLE)

    def _list_seasons(self) -> None:
        """All of them, those that run first; the box is left alone while they are the same."""
        told = sorted(self._session.matches.seasons, key=lambda season: (not season.is_active, -season.id))
        lines: list[tuple[str, int | None]] = [(ALL_SEASONS, None)]
        lines += [(f"{called(each)}{' (active)' if each.is_active else ''}", each.id) for each in told]
        if lines == [(self.seasons.itemText(at), self.seasons.itemData(at)) for at in range(self.seasons.count())]:
            return
        self.seasons.clear()
        for text, season_id in lines:
            self.seasons.addItem(text, season_id)
            self.seasons.setItemData(self.seasons.count() - 1, formats.tip(text), Qt.ItemDataRole.ToolTipRole)
        place = next((at for at, (_, season_id) in enumerate(lines) if season_id == self.model.wish.season_id), 0)
        self.seasons.setCurrentIndex(place)
        self.model.wish = msgspec.structs.replace(self.model.wish, season_id=lines[place][1])

    def _why_empty(self) -> str:
        matches, wish = self._session.matches, self.model.wish
        if not matches.matches and not matches.upcoming and (trouble := trouble_words(self._session)):
            return trouble
        if wish.text.strip():
            return NO_MATCH
        if wish.is_narrowed and self.model.counts[Chip.ALL] == 0:
            return f"Nothing is listed for these filters: {self._filters_in_words()}."
        if wish.chip is not Chip.LIVE:
            return as_last_told(self._session, EMPTY[wish.chip])
        season = wish.season_id
        listed = matches.listed(season_id=season)
        queue = [each for each in matches.upcoming if season is None or each.season_id == season]
        return as_last_told(self._session, f"No live match: {next_words(listed, queue, self.model.feed_now)}.")

    def _filters_in_words(self) -> str:
        parts = [self.seasons.currentText() if self.model.wish.season_id is not None else ""]
        parts.append(self.since.currentText().lower() if self.model.wish.since is not Since.ANY else "")
        return ", ".join(filter(None, parts))
