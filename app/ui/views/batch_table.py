"""The table of a batch: rows come by Ctrl+V, cells are edited in place, Delete takes rows away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QStyleOptionViewItem, QWidget

from app.services.batch import LONGEST
from app.ui.models.batch import RESULT, RESULT_WIDTH, BatchModel, Line
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.price_count import COUNTS
from app.ui.views.table import CellDelegate, Table

_FILLED: Final = "filled"
_SPANS: Final = {  # pixels of a field's column
    RESULT: Span(140, RESULT_WIDTH),
    "user": Span(104, 122),
    "selection": Span(126, 156),
    "event": Span(84, 160),
    "market": Span(72, 110),
}
Index = QModelIndex | QPersistentModelIndex


class CellEditor(CellDelegate):
    """A line over the cell, filled once as it opens: a judgement that comes in while a person types must not put the old text back."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        line = QLineEdit(parent)
        line.setMaxLength(LONGEST)
        line.setStyleSheet("padding: 0 6px;")
        line.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(1, 1, -1, -1))


class BatchTable(Table):
    """`spread_wanted` has a row's id and over how many prices its stake shall go."""

    paste_wanted = Signal()
    remove_wanted = Signal(list)
    cancel_wanted = Signal(list)
    again_wanted = Signal(list)
    spread_wanted = Signal(object, object)
    event_wanted = Signal(object)

    def __init__(self, model: BatchModel, may_edit: Callable[[int], bool], may_go_again: Callable[[int], bool]) -> None:
        super().__init__()
        self.setObjectName("batch")
        self.setAccessibleName("Rows of the batch")
        self._lines = model
        self._may_edit = may_edit
        self._may_go_again = may_go_again
        self.setModel(model)
        self.setItemDelegate(CellEditor(self))
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        places = {model.field(place) or column.title: place for place, column in enumerate(model.columns)}
        spans = {places[name]: span for name, span in _SPANS.items() if name in places}
        self._room = ColumnRoom(self, spans, places[RESULT])
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setStretchLastSection(True)
        self.offer_csv(model.to_csv)

    def chosen(self) -> list[Line]:
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._lines.rows[row] for row in rows if row < len(self._lines.rows)]

    def ask_where(self) -> None:
        """Ask for a file and write the table to it."""
        self._ask_where()

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        line, first = self._lines.rows[index.row()], menu.actions()[0]
        meant = self._meant(line)
        for text, call, is_enabled in self._offers(line, meant):
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        spread = self._spread_menu(menu, line)
        menu.insertMenu(first, spread)
        spread.setEnabled(line.judged is not None and line.judged.draft is not None and self._may_edit(line.row.id))
        menu.insertSeparator(first)
        return menu

    def _offers(self, line: Line, meant: list[Line]) -> list[tuple[str, Callable[[], object], bool]]:
        orders = [one.order.ref for one in meant if one.order is not None and one.order.is_cancellable]
        again = [one.row.id for one in meant if self._may_go_again(one.row.id)]
        ids = [one.row.id for one in meant]
        place = line.order.draft.market if line.order else line.judged.place.key if line.judged and line.judged.place else None
        return [
            ("Remove this row" if len(ids) < 2 else f"Remove these {len(ids)} rows", lambda: self.remove_wanted.emit(ids), True),
            (
                "Cancel its order" if len(orders) < 2 else f"Cancel these {len(orders)} orders",
                lambda: self.cancel_wanted.emit(orders),
                bool(orders),
            ),
            (
                "Make it a row to be sent again" if len(again) < 2 else f"Make these {len(again)} rows to be sent again",
                lambda: self.again_wanted.emit(again),
                bool(again),
            ),
            ("Open its event", lambda: self.event_wanted.emit(place.event_id if place else 0), place is not None),
        ]

    def _spread_menu(self, menu: QMenu, line: Line) -> QMenu:
        spread = QMenu(f"Spread its {self._lines.labels.stake_low} over", menu)
        for count in COUNTS[1:]:
            spread.addAction(f"{count} prices", partial(self.spread_wanted.emit, line.row.id, count))
        return spread

    def _meant(self, pointed: Line) -> list[Line]:
        """The rows that a menu over one of them speaks of: all that are chosen where it is among them, else itself."""
        chosen = self.chosen()
        return chosen if any(line.row.id == pointed.row.id for line in chosen) else [pointed]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
            return
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.remove_wanted.emit([line.row.id for line in self.chosen()])
            return
        super().keyPressEvent(event)
