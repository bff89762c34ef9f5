"""The standings of one season, or in words why there are none."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from app.domain.cs2 import Season
from app.services.feed.session import FeedSession
from app.services.feed.told import Table
from app.ui import formats
from app.ui.feed.words import READING, trouble_words
from app.ui.models.feed_standings import StandingsModel
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.statement_sheet import SheetTable
from app.ui.views.table import CellDelegate

TEAM = 1  # the column that takes what room is left


class StandingsView(QWidget):
    """`show_season` with the season chosen, None for the one that runs; `refresh` when the feed told something."""

    def __init__(self, session: FeedSession, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._season_id: int | None = None
        self.model = StandingsModel()
        self.table = SheetTable(self.model, "feed.standings")
        self.table.setAccessibleName("Standings")
        self.table.setItemDelegate(CellDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TEAM, QHeaderView.ResizeMode.Stretch)
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.as_of = ElidedLabel()
        self.as_of.setFont(theme.font(11))
        inside = QVBoxLayout(self.table.viewport())  # under the head, which stays where there are no rows
        inside.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        foot = QHBoxLayout()  # a cut line paints over margins of its own
        foot.setContentsMargins(10, 3, 10, 4)
        foot.addWidget(self.as_of)
        layout.addLayout(foot)

    @property
    def season(self) -> Season | None:
        """The season whose standings are wanted; None while no season is known."""
        matches = self._session.matches
        wanted = next((season for season in matches.seasons if season.id == self._season_id), None)
        return wanted or (matches.active_season if self._season_id is None else None) or next(iter(matches.seasons), None)

    def show_season(self, season_id: int | None) -> None:
        """Have this season's standings read, and show them."""
        self._season_id = season_id
        if season := self.season:
            self._session.want_season(season.id)
        self.refresh()

    def refresh(self) -> None:
        season = self.season
        table = self._session.told.table(season.id) if season else None
        self.model.show(table.standings if table else None)
        self.words.setText(formats.plain(self._why_empty(season, table)))
        self.words.setVisible(not self.model.rows)
        self.as_of.setText(self._foot(season, table))

    def _why_empty(self, season: Season | None, table: Table | None) -> str:
        if season is None:
            return trouble_words(self._session) or "The feed lists no season."
        name = called(season)
        if table is None and season.id in self._session.matches.standings:
            return f"The standings of {name} are delayed with the panel: they appear when the video shows this moment."
        if table is None:
            trouble = trouble_words(self._session)
            if trouble not in {"", READING}:
                return trouble
            return self._session.why_no_standings(season.id) or f"Reading the standings of {name}…"
        return f"No match of {name} has been settled yet."

    def _foot(self, season: Season | None, table: Table | None) -> str:
        """Whose standings these are, when they were read (the feed gives no time for them), and what of them could not be."""
        if season is None or table is None:
            return ""
        is_held = self._session.told.is_table_held(season.id)
        parts = [f"{called(season)}{' (active)' if season.is_active else ''}", f"as of {_clock(table.told_at)}"]
        parts += ["as late as the video"] if is_held else []
        if faults := table.standings.faults:
            parts.append(f"⚠ {len(faults):,} {'row' if len(faults) == 1 else 'rows'} could not be read: {faults[0]}")
        return " · ".join(filter(None, parts))


def called(season: Season) -> str:
    return formats.plain(season.name) or f"season {season.id}"


def _clock(at: datetime) -> str:
    return formats.clock(at).partition(".")[0]
