"""The base of every table: columns declared once, with text for eyes, a key for sorting and plain text for files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.sheet import csv_text

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Column(msgspec.Struct, Generic[Row]):
    """One column: `text` for eyes, `key` for sorting (never the text), `plain` for files where it differs from the text, `in_file` the
    title there where it says more.
    """

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    width: int = 80
    is_number: bool = False
    plain: Callable[[Row], str] | None = None
    tip: str = ""
    in_file: str = ""

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
    """Rows as CSV below their titles, with nothing in it that a spreadsheet would run."""
    return csv_text([column.in_file or column.title for column in columns], ([column.for_file(row) for column in columns] for row in rows))
