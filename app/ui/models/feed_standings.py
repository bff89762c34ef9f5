"""The standings of one season as a table."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.cs2 import Standing
from app.domain.feed import Standings
from app.ui.models.feed_words import team_name
from app.ui.models.table import Column, TableModel


class StandingsModel(TableModel[Standing]):
    """In the feed's ranks; rows of one rank stay in the feed's order."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = (
            _number("#", lambda row: row.rank, 44, "The feed's own rank"),
            Column("Team", lambda row: team_name(row.team), None, 200),
            _number("Played", played, 64, "Won, drawn and lost together"),
            _number("Won", lambda row: row.wins, 52),
            _number("Drawn", lambda row: row.draws, 58),
            _number("Lost", lambda row: row.losses, 52),
            _number("Points", lambda row: row.points, 60, "The feed's own points"),
        )

    def show(self, standings: Standings | None) -> None:
        """None: there is nothing to show."""
        rows = sorted(standings.rows, key=lambda row: row.rank) if standings else []
        if rows == self.rows:
            return
        if [row.team.id for row in rows] == [row.team.id for row in self.rows]:
            self.rows = rows
            for place in range(len(rows)):
                self.row_changed(place)
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


def played(row: Standing) -> int:
    return row.wins + row.draws + row.losses


def _number(title: str, of: Callable[[Standing], int], width: int, tip: str = "") -> Column[Standing]:
    return Column(title, lambda row: f"{of(row):,}", of, width, is_number=True, plain=lambda row: str(of(row)), tip=tip)
