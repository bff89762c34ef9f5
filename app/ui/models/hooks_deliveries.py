"""Deliveries as a table, the newest on top: live ones are put in above, older ones are read below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt

from app.domain.webhook import Delivery, Show, Verdict
from app.ui import formats
from app.ui.models.table import ROOT, Column, Index, TableModel

MOST: Final = 5_000  # rows in memory
SIGNATURE: Final = 3
TONES: Final = {
    Verdict.VALID: "good",
    Verdict.DUPLICATE: "info",
    Verdict.BAD: "bad",
    Verdict.NONE: "bad",
    Verdict.REFUSED: "warning",
    Verdict.MISSED: "warning",
    Verdict.LATE: "warning",
}
"""The state whose colours each verdict has."""

SHOWN: Final = {
    Show.OK: frozenset({Verdict.VALID, Verdict.DUPLICATE}),
    Show.BAD: frozenset({Verdict.BAD, Verdict.NONE, Verdict.REFUSED}),
    Show.MISSED: frozenset({Verdict.MISSED, Verdict.LATE}),
}


class DeliveriesModel(TableModel[Delivery]):
    """`put` takes the newest as they stand, `add_older` a page from the file. No row is shown twice."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = (
            Column("Time", _time, lambda row: row.at, 104, plain=lambda row: row.at.isoformat()),
            Column("Event", lambda row: formats.plain(row.event) or formats.NOTHING, None, 142),
            Column("Match", lambda row: _number(row.match_id), lambda row: row.match_id or 0, 62, is_number=True),
            Column("Signature", _signature, None, 230),
            Column("Bytes", lambda row: _number(row.size), lambda row: row.size or 0, 58, is_number=True),
            Column(
                "Status", lambda row: _number(row.answer), lambda row: row.answer or 0, 56, is_number=True, tip="The answer it was given"
            ),
            Column("ms", _took, lambda row: row.took or 0.0, 50, is_number=True, tip="Until it was answered"),
            Column("Refetched", lambda row: " ".join(row.refetched) or formats.NOTHING, None, 190, tip="What was read again because of it"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self.rows[index.row()]
            whose = f"subscription {row.subscription_id}" if row.subscription_id is not None else "no subscription"
            lines = [f"{row.verdict}: {row.reason}" if row.reason else str(row.verdict), f"{whose} at {row.path or 'no path'}"]
            return formats.tip("\n".join(lines))
        return super().data(index, role)

    @property
    def oldest(self) -> int:
        """The number of the oldest row that is in the file; 0 without one."""
        return min((row.id for row in self.rows if row.id), default=0)

    def start_again(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def put(self, newest: Sequence[Delivery]) -> None:
        """Changed ones where they stand, new ones above. `newest` are the newest first."""
        places = {row.id: place for place, row in enumerate(self.rows) if row.id}
        fresh = []
        top = self.rows[0].id if self.rows else 0
        for row in newest:
            place = places.get(row.id)
            if place is None:
                if row.id > top:
                    fresh.append(row)
            elif self.rows[place] != row:
                self.rows[place] = row
                self.row_changed(place)
        if fresh:
            self.beginInsertRows(ROOT, 0, len(fresh) - 1)
            self.rows[:0] = fresh
            self.endInsertRows()
            self._thin()

    def add_older(self, rows: Sequence[Delivery]) -> None:
        known = {row.id for row in self.rows}
        rows = [row for row in rows if row.id not in known][: max(MOST - len(self.rows), 0)]
        if rows:
            self.beginInsertRows(ROOT, len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def replace(self, row: Delivery) -> None:
        for place, known in enumerate(self.rows):
            if known.id == row.id:
                self.rows[place] = row
                self.row_changed(place)
                return

    def _thin(self) -> None:
        if len(self.rows) > MOST:
            self.beginRemoveRows(ROOT, MOST, len(self.rows) - 1)
            del self.rows[MOST:]
            self.endRemoveRows()


def fits(row: Delivery, show: Show, text: str) -> bool:
    """Whether a live row belongs into what is filtered, by the rules of the file."""
    if show is Show.PINNED and not row.is_pinned:
        return False
    if show in SHOWN and row.verdict not in SHOWN[show]:
        return False
    told = f"{row.event} {row.reason} {row.path} {' '.join(row.refetched)}".lower()
    return all(word in told or word == str(row.match_id) for word in text.lower().split())


def _time(row: Delivery) -> str:
    at = row.at.astimezone()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def _signature(row: Delivery) -> str:
    pin = "⚑ " if row.is_pinned else ""
    words = f"of {row.copy_of}" if row.copy_of else row.reason
    return formats.plain(f"{pin}{row.verdict}{f'  {words}' if words else ''}")


def _number(value: int | None) -> str:
    return formats.NOTHING if value is None else str(value)


def _took(row: Delivery) -> str:
    return formats.NOTHING if row.took is None else f"{row.took:.1f}"
