"""Deliveries as a table, the newest on top: live ones are put in above, older ones are read below."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Sequence
from typing import Final

from PySide6.QtCore import Qt

from app.domain.webhook import Delivery, DeliveryQuery, Show, Verdict
from app.ui import formats
from app.ui.models.table import ROOT, Column, Index, TableModel, to_csv

MOST: Final = 5_000  # rows in memory
SIGNATURE: Final = 3
REFETCHED: Final = 7
TONES: Final = {
    Verdict.VALID: "good",
    Verdict.DUPLICATE: "info",
    Verdict.BAD: "bad",
    Verdict.NONE: "bad",
    Verdict.UNCHECKED: "warning",
    Verdict.REFUSED: "warning",
    Verdict.MISSED: "warning",
    Verdict.LATE: "warning",
}
"""The state whose colours each verdict has."""

STATUS: Final = "The answer that the receiver gave it"
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
            Column("Time", _time, lambda row: row.at, 95, plain=lambda row: row.at.isoformat()),
            Column("Event", lambda row: formats.plain(row.event) or formats.NOTHING, None, 122),
            Column("Match", lambda row: _number(row.match_id), lambda row: row.match_id or 0, 52, is_number=True),
            Column("Signature", signature_words, None, 160),
            Column("Bytes", _bytes, lambda row: row.size or 0, 52, is_number=True, plain=lambda row: _number(row.size)),
            Column("Status", lambda row: _number(row.answer), lambda row: row.answer or 0, 56, is_number=True, tip=STATUS),
            Column("ms", _took, lambda row: row.took or 0.0, 44, is_number=True, tip="Until it was answered"),
            Column("Refetched", _refetched, None, 110, plain=lambda row: " ".join(row.refetched), tip="What was read again because of it"),
        )

        self.for_file = (
            Column[Delivery]("Id", lambda row: str(row.id)),
            *self.columns,
            Column[Delivery]("Subscription", lambda row: _number(row.subscription_id)),
            Column[Delivery]("Path", lambda row: row.path),
        )

    def to_csv(self) -> str:
        """What is shown, with whose it is."""
        return to_csv(self.for_file, self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self.rows[index.row()]
            whose = f"subscription {row.subscription_id}" if row.subscription_id is not None else "no subscription"
            lines = [f"{row.verdict}: {row.reason}" if row.reason else str(row.verdict), f"{whose} at {row.path or 'no path'}"]
            if row.verdict in SHOWN[Show.MISSED]:
                lines.append(f"The change was at {_time(row)}; it stands where its delivery was found to be missing.")
            if row.refetched:
                lines.append(f"Read again because of it: {', '.join(row.refetched)}")
            return formats.tip("\n".join(map(formats.plain, lines)))
        return super().data(index, role)

    @property
    def oldest(self) -> int:
        """The number of the last row; 0 without one."""
        return self.rows[-1].id if self.rows else 0

    def start_again(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def put(self, newest: Sequence[Delivery]) -> None:
        """Changed ones where they stand, others at their place by number, none below the oldest. `newest` are the newest first.

        What two processes write is told in any order: a number between two that stand here already is no older news.
        """
        places = {row.id: place for place, row in enumerate(self.rows) if row.id}
        fresh, oldest = [], self.oldest
        for row in newest:
            place = places.get(row.id)
            if place is None:
                if row.id > oldest:
                    fresh.append(row)
            elif self.rows[place] != row:
                self.rows[place] = row
                self.row_changed(place)
        for run in _runs(fresh, self.rows):
            self._insert(run)
        self._thin()

    def remove(self, ids: Container[int]) -> None:
        """They are in the file no more."""
        for place in [place for place, row in enumerate(self.rows) if row.id and row.id in ids][::-1]:
            self.beginRemoveRows(ROOT, place, place)
            del self.rows[place]
            self.endRemoveRows()

    def _insert(self, run: Sequence[Delivery]) -> None:
        """Neighbours, at their place."""
        place = bisect_left(self.rows, -run[0].id, key=_downwards)
        self.beginInsertRows(ROOT, place, place + len(run) - 1)
        self.rows[place:place] = run
        self.endInsertRows()

    def add_older(self, rows: Sequence[Delivery]) -> None:
        known = {row.id for row in self.rows}
        rows = [row for row in rows if row.id not in known][: max(MOST - len(self.rows), 0)]
        if rows:
            self.beginInsertRows(ROOT, len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def tone(self, row: int) -> str:
        """The state whose colours its badge has."""
        return TONES[self.rows[row].verdict]

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


def fits(row: Delivery, query: DeliveryQuery) -> bool:
    """Whether a live row belongs into what is filtered, by the rules of the file."""
    show = query.show
    if query.subscription_id not in {None, row.subscription_id}:
        return False
    if show is Show.PINNED and not row.is_pinned:
        return False
    if show in SHOWN and row.verdict not in SHOWN[show]:
        return False
    told = f"{row.verdict} {row.event} {row.reason} {row.path} {' '.join(row.refetched)}".lower()
    return all(word in told or word == str(row.match_id) for word in query.text.lower().split())


def _downwards(row: Delivery) -> int:
    """The newest have the greatest numbers, and stand first."""
    return -row.id


def _runs(fresh: Sequence[Delivery], rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """`fresh`, the newest first, in parts between which there are rows already: the newest part last, so that places below it hold."""
    runs: dict[int, list[Delivery]] = {}
    for row in sorted(fresh, key=_downwards):
        runs.setdefault(bisect_left(rows, -row.id, key=_downwards), []).append(row)
    return [runs[place] for place in sorted(runs, reverse=True)]


def _time(row: Delivery) -> str:
    at = row.at.astimezone()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def signature_words(row: Delivery) -> str:
    """The badge's word, and beside it the reason."""
    pin = "⚑ " if row.is_pinned else ""
    words = f"of {row.copy_of}" if row.copy_of else row.reason
    return formats.plain(f"{pin}{row.verdict}{f'  {words}' if words else ''}")


def _refetched(row: Delivery) -> str:
    """The narrowest of what was read; how much else there was, the tooltip says."""
    if not row.refetched:
        return formats.NOTHING
    others = f"  +{len(row.refetched) - 1}" if len(row.refetched) > 1 else ""
    return formats.plain(row.refetched[-1]) + others


def _bytes(row: Delivery) -> str:
    return formats.NOTHING if row.size is None else f"{row.size:,}"


def _number(value: int | None) -> str:
    return formats.NOTHING if value is None else str(value)


def _took(row: Delivery) -> str:
    return formats.NOTHING if row.took is None else f"{row.took:.1f}"
