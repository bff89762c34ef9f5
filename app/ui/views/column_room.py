"""Columns of a table that are as wide as there is room for: narrow in a narrow window, so that what matters is not beyond its edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView


class Span(NamedTuple):
    """Pixels between which a column gives way."""

    least: int
    most: int


class ColumnRoom(QObject):
    """Shares out the width of a table's columns up to `end`, as they stand on the screen, whenever it changes, to those of `spans` in
    their order. One that a person has drawn to another width keeps it.
    """

    def __init__(self, table: QTableView, spans: Mapping[int, Span], end: int) -> None:
        super().__init__(table)
        self._table = table
        self._spans = dict(spans)
        self._end = end
        self._is_sharing = False
        table.viewport().installEventFilter(self)
        table.horizontalHeader().sectionResized.connect(self._drawn)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._share()
        return super().eventFilter(watched, event)

    def _share(self) -> None:
        table = self._table
        self._spans = spans = {at: span for at, span in self._spans.items() if self._is_ours(at, span)}
        taken = sum(spans[at].least if at in spans else table.columnWidth(at) for at in self._in_view)
        spare = max(table.viewport().width() - taken, 0)
        self._is_sharing = True
        for column, (least, most) in spans.items():
            more = min(spare, most - least)
            spare -= more
            table.setColumnWidth(column, least + more)
        self._is_sharing = False

    @property
    def _in_view(self) -> list[int]:
        """Columns up to the end, some of which may have been moved."""
        header = self._table.horizontalHeader()
        return [header.logicalIndex(place) for place in range(header.visualIndex(self._end) + 1)]

    def _is_ours(self, column: int, span: Span) -> bool:
        """Not where a person had drawn it, in an earlier run, to a width that is never given here."""
        return column == self._last or span.least <= self._table.columnWidth(column) <= span.most

    @property
    def _last(self) -> int:
        """The one that Qt stretches."""
        return self._table.horizontalHeader().count() - 1

    def _drawn(self, column: int, _before: int, _width: int) -> None:
        if not self._is_sharing and column != self._last:
            self._spans.pop(column, None)
