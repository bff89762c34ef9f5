"""The table of lookouts: what is chosen is armed, stopped or removed, and what one is about is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Generic

import msgspec
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from app.domain.lookout import L
from app.ui.delegates.lookout_chip import LookoutChipDelegate
from app.ui.models.lookouts import HAPPENED_COLUMN, STATE_COLUMN, LookoutsModel
from app.ui.theme import Theme
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.table import Table

TWO_LINES: Final = 40  # pixels


class TableLook(msgspec.Struct, Generic[L], frozen=True):
    """How a table of them differs: `open_words` in the menu, and of what `subject_of` gives the id; `name` is what its widths are kept
    under, `elide` where a text is cut that is too long, `spans` between which columns give way; `has_two_lines` where its texts are long.
    """

    name: str
    accessible_name: str
    open_words: str
    subject_of: Callable[[L], int]
    spans: Mapping[int, Span]
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    has_two_lines: bool = False


class LookoutsTable(Table, Generic[L]):
    """Delete removes what is chosen; a double click or Enter opens what it is about. Signals with a list of ids, and a subject's id."""

    arm_wanted = Signal(object)
    stop_wanted = Signal(object)
    remove_wanted = Signal(object)
    open_wanted = Signal(object)

    def __init__(self, model: LookoutsModel[L], look: TableLook[L], theme: Theme) -> None:
        super().__init__()
        self.setObjectName(look.name)
        self.setAccessibleName(look.accessible_name)
        self._lookouts = model
        self._look = look
        self.setModel(model)
        self.setItemDelegateForColumn(STATE_COLUMN, LookoutChipDelegate(model, theme, self))
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setTextElideMode(look.elide)
        if look.has_two_lines:
            self.setWordWrap(True)
            self.verticalHeader().setDefaultSectionSize(TWO_LINES)
        self.horizontalHeader().setStretchLastSection(True)
        self._room = ColumnRoom(self, look.spans, HAPPENED_COLUMN)
        self.doubleClicked.connect(self._open)
        self.offer_csv(model.to_csv)

    def chosen(self) -> list[L]:
        return [self._lookouts.rows[index.row()] for index in self.selectionModel().selectedRows()]

    def choose(self, ids: set[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place, lookout in enumerate(self._lookouts.rows):
            if lookout.id in ids:
                self.selectionModel().select(self._lookouts.index(place, 0), flags)

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        pointed, chosen = self._lookouts.rows[index.row()], self.chosen()
        meant = chosen if any(lookout.id == pointed.id for lookout in chosen) else [pointed]
        first, ids = menu.actions()[0], ids_of(meant)
        for text, call, is_enabled in (
            ("Arm again", partial(self.arm_wanted.emit, ids), not all(lookout.is_active for lookout in meant)),
            ("Stop", partial(self.stop_wanted.emit, ids), any(lookout.is_active for lookout in meant)),
            ("Remove", partial(self.remove_wanted.emit, ids), True),
            (self._look.open_words, partial(self.open_wanted.emit, self._look.subject_of(pointed)), True),
        ):
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.chosen()
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.remove_wanted.emit(ids_of(chosen))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and chosen:
            self.open_wanted.emit(self._look.subject_of(chosen[0]))
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.open_wanted.emit(self._look.subject_of(self._lookouts.rows[index.row()]))


def ids_of(lookouts: list[L]) -> list[int]:
    return [lookout.id for lookout in lookouts]
