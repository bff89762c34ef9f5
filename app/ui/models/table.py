"""The base of every table: columns declared once, with text for eyes, a key for sorting and plain text for files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

_FORMULA = ("=", "@", "\t", "\r")


class Column(msgspec.Struct, Generic[Row]):
    """One column: `text` for eyes, `key` for sorting (never the text), `plain` for files where it differs from the text."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    width: int = 80
    is_number: bool = False
    plain: Callable[[Row], str] | None = None
    tip: str = ""

    def for_file(self, row: Row) -> str:
        return (self.plain or self.text)(row)


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows in an order of our own: sorting is ours, on demand, never Qt's proxy on live columns."""

    columns: Sequence[Column[Row]] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self.rows[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def row_changed(self, row: int) -> None:
        if self.columns:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def to_csv(self) -> str:
        """What is shown, as CSV."""
        return to_csv(self.columns, self.rows)


def to_csv(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    """Rows as CSV with a header line; text that a spreadsheet would run as a formula is quoted, odds like +150 stay readable."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([harmless(column.for_file(row)) for column in columns])
    return out.getvalue()


def harmless(text: str) -> str:
    """`text` so that no spreadsheet runs it: signed plain numbers pass, anything else that starts like a formula gets a quote in front."""
    ascii_text = text.replace("\u2212", "-")
    if ascii_text[:1] in {"+", "-"}:
        return ascii_text if _is_number(ascii_text[1:]) else "'" + ascii_text
    return "'" + ascii_text if ascii_text.startswith(_FORMULA) else ascii_text


def _is_number(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace(",", "").replace(".", "", 1).isdigit()
