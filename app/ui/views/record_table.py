"""The table of the venue's record of orders: sorted by its heads, a right click cancels, opens and copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu

from app.services.order_record import OrderRecord
from app.services.record_rows import RecordRow
from app.ui.models.order_record import RecordModel
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.statement_sheet import SheetTable

Line = tuple[str, Callable[[], object], bool]
_SPANS: Final = {  # pixels: on a small screen names give way, so that how an order stands is in view
    "user": Span(128, 152),
    "event": Span(150, 230),
    "market": Span(84, 130),
    "selection": Span(100, 160),
    "status": Span(84, 116),
    "rest": Span(78, 84),
    **dict.fromkeys(("stake", "filled"), Span(70, 84)),
    "odds": Span(54, 64),
}


class RecordTable(SheetTable):
    """Delete cancels what is chosen and may still be cancelled; a double click or Enter opens the event."""

    cancel_wanted = Signal(list)  # references of the blotter
    event_wanted = Signal(object)
    only_event_wanted = Signal(object, str)
    only_user_wanted = Signal(str)

    def __init__(self, model: RecordModel, record: OrderRecord) -> None:
        super().__init__(model, "record")
        self._model = model
        self._record = record
        self.setAccessibleName("The venue's record of orders")
        header = self.horizontalHeader()
        spans = {model.names.index(name): span for name, span in _SPANS.items() if name in model.names}
        self._room = ColumnRoom(self, spans, model.names.index("status"))
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._sort)
        self._show_order()
        self.doubleClicked.connect(lambda index: self._open(model.rows[index.row()]))

    def chosen_rows(self) -> list[RecordRow]:
        return [self._model.rows[place] for place in self.chosen()]

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        first = menu.actions()[0]
        for text, call, is_enabled in self._lines(self._model.rows[index.row()]):
            action = menu.addAction(text.replace("&", "&&"), call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self._cancel(self.chosen_rows())
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.chosen():
            self._open(self.chosen_rows()[0])
            return
        super().keyPressEvent(event)

    def _lines(self, row: RecordRow) -> list[Line]:
        chosen = self.chosen_rows()
        meant = [each for each in (chosen if row in chosen else [row]) if each.is_cancellable]
        lines: list[Line] = [
            ("Cancel this order" if len(meant) < 2 else f"Cancel these {len(meant)} orders", lambda: self._cancel(meant), bool(meant)),
            ("Open its event", lambda: self._open(row), bool(row.event_id)),
        ]
        if self._record.has_events:
            name = row.event or f"event {row.event_id}"
            lines.append(("Show only this event", lambda: self.only_event_wanted.emit(row.event_id, name), bool(row.event_id)))
        if self._record.has_users:
            lines.append(("Show only this user", lambda: self.only_user_wanted.emit(row.user), bool(row.user)))
            lines.append(("Copy the user's id", lambda: _copy(row.user), bool(row.user)))
        lines.append(("Copy our reference", lambda: _copy(row.reference), bool(row.reference)))
        lines.append(("Copy the venue's order id", lambda: _copy(row.order_id), bool(row.order_id)))
        return lines

    def _cancel(self, rows: list[RecordRow]) -> None:
        refs = [row.ref for row in rows if row.is_cancellable and not row.is_cancelling]
        if refs:
            self.cancel_wanted.emit(refs)

    def _open(self, row: RecordRow) -> None:
        if row.event_id:
            self.event_wanted.emit(row.event_id)

    def _sort(self, column: int) -> None:
        chosen = {row.order_id for row in self.chosen_rows()}
        self._model.sort_by(column)
        self._show_order()
        self.choose(chosen)

    def choose(self, order_ids: set[str]) -> None:
        """Mark the same orders again after the rows were laid out anew."""
        selection = self.selectionModel()
        for place, row in enumerate(self._model.rows):
            if row.order_id in order_ids:
                selection.select(self._model.index(place, 0), selection.SelectionFlag.Select | selection.SelectionFlag.Rows)

    def _show_order(self) -> None:
        """Which column the rows are sorted by; none while they stand as in the record."""
        column = -1 if self._model.sort_column is None else self._model.sort_column
        order = Qt.SortOrder.DescendingOrder if self._model.is_descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, order)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
