"""The table of the venue's record of orders: what has been read, what is looked for in it, sorted on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt

from app.domain.odds import Odds
from app.services.order_record import OrderRecord
from app.services.record_rows import TITLES, RecordRow, RecordSums, sum_rows
from app.services.users import Users
from app.ui import formats
from app.ui.display import Display
from app.ui.models import columns as kinds
from app.ui.models.table import ROOT, Column, Index, TableModel
from app.ui.theme import Theme

_TIMES: Mapping[str, Callable[[RecordRow], datetime | None]] = {
    "placed_at": lambda row: row.placed_at,
    "updated_at": lambda row: row.updated_at,
}


class RecordModel(TableModel[RecordRow]):
    """`rows` is what is shown of `read`: in the record's order, newest first, until a head is clicked. `titles` are the account's words."""

    def __init__(self, record: OrderRecord, users: Users, display: Display, theme: Theme) -> None:
        super().__init__()
        self._users = users
        labels = display.labels
        self.titles = {**TITLES, "odds": labels.odds, "stake": labels.stake, "selection": labels.selection}
        self._record = record
        self._theme = theme
        self._resets = 0
        self.read: list[RecordRow] = []
        self.text = ""
        self.sort_column: int | None = None
        self.is_descending = True
        shown = {name: column for name, column in _columns(display, self.titles, users).items() if name != "user" or record.has_users}
        self.names = list(shown)
        self.columns = list(shown.values())

    @property
    def sums(self) -> RecordSums:
        """What the rows shown add up to."""
        return sum_rows(self.rows)

    def refresh(self) -> bool:
        """Show what the sheet holds now; True where all was laid out anew, so that what was chosen must be chosen again."""
        sheet, known = self._record.sheet, len(self.read)
        if sheet.resets != self._resets:
            self._resets, self.read = sheet.resets, [self._record.row(report) for report in sheet.rows]
            self._lay_out()
            return True
        new = [self._record.row(report) for report in sheet.rows[known:]]
        self.read += new
        if new and self.sort_column is not None:
            self._lay_out()
            return True
        self._append(list(filter(self.seeker(), new)))
        return False

    def seeker(self) -> Callable[[RecordRow], bool]:
        """Whether what is looked for now occurs in what a person reads of a row; other words typed later change nothing in it."""
        text, called = self.text, self._users.called
        return lambda row: row.has(text, called(row.user) if row.user else "")

    def renew(self, *, has_names: bool = True) -> None:
        """Orders have changed (`has_names`: markets were read too): rows that may be others now are looked up, those that are, painted."""
        changed: dict[str, RecordRow] = {}
        for place, (row, report) in enumerate(zip(self.read, self._record.sheet.rows, strict=False)):
            if (row.ref or (has_names and not row.is_named)) and (now := self._record.row(report)) != row:
                self.read[place] = changed[row.order_id] = now
        for place, row in enumerate(self.rows):
            if row.order_id in changed:
                self.rows[place] = changed[row.order_id]
                self.row_changed(place)

    def use_text(self, text: str) -> None:
        self.text = text
        self._lay_out()

    def sort_by(self, column: int) -> None:
        """The largest first, then the smallest, then the record's own order."""
        if column != self.sort_column:
            self.sort_column, self.is_descending = column, True
        elif self.is_descending:
            self.is_descending = False
        else:
            self.sort_column = None
        self._lay_out()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column, name = self.rows[index.row()], self.columns[index.column()], self.names[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            use = _tone(name, row)
            return self._theme.colours[use] if use else None
        if role == Qt.ItemDataRole.ToolTipRole:
            at = _TIMES[name](row) if name in _TIMES else None
            words = column.text(row) if name == "user" and row.user else column.for_file(row)
            words = (
                f"{formats.money(row.cancelled)} was cancelled, nothing may match any more" if name == "rest" and _lapsed(row) else words
            )
            return formats.zoned(at) if at else formats.tip(words) or None
        return super().data(index, role)

    def _append(self, rows: list[RecordRow]) -> None:
        if rows:
            self.beginInsertRows(ROOT, len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def _lay_out(self) -> None:
        shown = list(filter(self.seeker(), self.read))
        if self.sort_column is not None:
            shown.sort(key=self._key(self.sort_column), reverse=self.is_descending)
        self.beginResetModel()
        self.rows = shown
        self.endResetModel()

    def _key(self, place: int) -> Callable[[RecordRow], Any]:
        column = self.columns[place]
        return column.key or column.for_file


def _columns(display: Display, titles: Mapping[str, str], users: Users) -> dict[str, Column[RecordRow]]:
    def user(row: RecordRow) -> str:
        return formats.plain(users.called(row.user)) if row.user else formats.NOTHING

    def event(row: RecordRow) -> str:
        return formats.plain(row.event) or (f"event {row.event_id}" if row.event_id else formats.NOTHING)

    def market(row: RecordRow) -> str:
        return formats.plain(row.market) or kinds.market_called(row.market_id)

    def selection(row: RecordRow) -> str:
        return formats.plain(row.selection) or kinds.cut_id(row.selection_id)

    made: dict[str, Column[RecordRow]] = {
        "placed_at": kinds.time_column(titles["placed_at"], lambda row: row.placed_at),
        "user": Column(titles["user"], user, lambda row: user(row).casefold(), 150, plain=lambda row: row.user),
        "event": Column(titles["event"], event, None, 230),
        "market": Column(titles["market"], market, None, 130),
        "selection": Column(titles["selection"], selection, None, 160),
        "odds": Column(titles["odds"], lambda row: display.odds(row.odds), lambda row: _won(row.odds), 64, is_number=True),
        "stake": kinds.amount_column(titles["stake"], lambda row: row.stake),
        "filled": kinds.amount_column(titles["filled"], lambda row: row.filled),
        "rest": Column(
            titles["rest"], _rest, lambda row: row.rest, 84, is_number=True, plain=lambda row: str(row.rest),
            tip="What may still match; “cancelled” where the rest of a filled order was taken back",
        ),
        "status": Column(titles["status"], _status, None, 116, tip="In the venue's own words"),
        "average": Column(
            titles["average"], lambda row: display.odds(row.average), lambda row: _won(row.average), 64, is_number=True,
            tip="What the filled part was matched at; a dash where the venue has not told all of it",
        ),
        "matching": Column(titles["matching"], lambda row: kinds.said(row.matching), None, 126, tip="In the venue's own words"),
        "result": Column(titles["result"], lambda row: kinds.said(row.result), None, 80, tip="In the venue's own words"),
        "to_win": kinds.amount_column(titles["to_win"], lambda row: row.to_win, tip="What it wins if the rest fills at its limit"),
        "realised": kinds.signed_column(titles["realised"], lambda row: row.realised, tip="What its settlement brought; a dash before it"),
        "reference": kinds.id_column(lambda row: row.reference, titles["reference"]),
        "order_id": kinds.id_column(lambda row: row.order_id, titles["order_id"]),
        "updated_at": kinds.time_column(titles["updated_at"], lambda row: row.updated_at),
    }  # fmt: skip
    return made


def _won(odds: Odds | None) -> Decimal:
    return odds.decimal if odds else Decimal(0)


def _rest(row: RecordRow) -> str:
    return "cancelled" if _lapsed(row) else formats.money(row.rest)


def _lapsed(row: RecordRow) -> bool:
    """Whether part of it matched and the rest was taken back: the venue calls that fully matched."""
    return bool(row.filled and row.cancelled and not row.rest)


def _status(row: RecordRow) -> str:
    return "cancelling…" if row.is_cancelling else kinds.said(row.status)


def _tone(name: str, row: RecordRow) -> str:
    if name == "realised":
        return kinds.colour_of(row.realised)
    return kinds.result_colour(row.result) if name == "result" else ""
