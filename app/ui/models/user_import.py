"""A list of users before it is taken: one row a line of the file, with what it would change or why it cannot be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import Qt

from app.domain.sheet import csv_text
from app.domain.user import User
from app.domain.user_rows import TITLES, JudgedRow, UserTable, Verdict, as_cells
from app.ui import formats
from app.ui.models.table import Column, Index, TableModel
from app.ui.theme import Theme

VERDICT_COLUMN, WHY_COLUMN = 1, 8
_TONES = {Verdict.NEW: "state.good", Verdict.CHANGED: "state.info", Verdict.SAME: "text.dim", Verdict.BAD: "state.bad"}
_MARKS = {Verdict.NEW: "+", Verdict.CHANGED: "≠", Verdict.SAME: "=", Verdict.BAD: "✗"}


class Shown(StrEnum):
    """The chips over the table."""

    ALL = "All"
    NEW = "New"
    CHANGED = "Changed"
    SAME = "No change"
    BAD = "Bad"


_MEANT = {Shown.NEW: Verdict.NEW, Shown.CHANGED: Verdict.CHANGED, Shown.SAME: Verdict.SAME, Shown.BAD: Verdict.BAD}


class UserImportModel(TableModel[JudgedRow]):
    """`all` are the rows of the list, `rows` those that the chip lets through."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.all: Sequence[JudgedRow] = ()
        self.titles: Sequence[str] = TITLES
        self._places: Mapping[str, int] = {}
        self.chip = Shown.ALL
        self.counts: Counter[Shown] = Counter()
        self.columns = (
            Column("Line", lambda row: f"{row.line:,}", None, 58, is_number=True),
            Column("", lambda row: f"{_MARKS[row.verdict]} {row.verdict}", None, 92),
            Column("User id", lambda row: row.user.id if row.user else self._cell(row, "id"), None, 120),
            Column("Name", lambda row: row.user.name if row.user else self._cell(row, "name"), None, 130),
            _limit("Order", "order"),
            _limit("Event", "event"),
            _limit("Day", "day"),
            _limit("Total", "total"),
            Column("What", lambda row: row.words, None, 400),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in {VERDICT_COLUMN, WHY_COLUMN}:
            return self._theme.colours[_TONES[row.verdict]]
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(row.words or " · ".join(row.cells))
        return super().data(index, role)

    def show_list(self, rows: Sequence[JudgedRow], table: UserTable) -> None:
        """Rows of this table."""
        self.titles, self._places = table.titles, table.places
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[JudgedRow]) -> None:
        """All of a list, what is left of it, or nothing."""
        self.all = rows
        verdicts = Counter(row.verdict for row in rows)
        self.counts = Counter({chip: verdicts[verdict] for chip, verdict in _MEANT.items()} | {Shown.ALL: len(rows)})
        self.rebuild()

    def rebuild(self) -> None:
        self.beginResetModel()
        self.rows = [row for row in self.all if self.chip is Shown.ALL or row.verdict is _MEANT[self.chip]]
        self.endResetModel()

    @property
    def taken(self) -> list[User]:
        """Users that would be another than they are known now."""
        return [row.user for row in self.all if row.user and row.verdict in {Verdict.NEW, Verdict.CHANGED}]

    @property
    def bad(self) -> list[JudgedRow]:
        return [row for row in self.all if row.verdict is Verdict.BAD]

    def _cell(self, row: JudgedRow, column: str) -> str:
        """What stood there in a bad row."""
        place = self._places.get(column, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def bad_csv(self) -> str:
        """The bad rows as they stood in the list, with their lines and reasons: mended, it can be imported again."""
        return csv_text(("Line", "Why", *self.titles), as_cells(self.bad))


def _limit(title: str, field: str) -> Column[JudgedRow]:
    def text(row: JudgedRow) -> str:
        limit = getattr(row.user.limits, field) if row.user else None
        return formats.money(limit) if limit is not None else ""

    return Column(title, text, None, 78, is_number=True, tip="Empty: the profile's own limit")
