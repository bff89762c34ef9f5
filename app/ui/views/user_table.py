"""The table of external users: a row each, with the buttons of the view again in its menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QPushButton

from app.ui.delegates.use_bar import UseBarDelegate
from app.ui.models.users import LAST_ORDER_COLUMN, LIMIT_COLUMN, UserRow, UsersModel
from app.ui.theme import Theme
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.table import Table

WHO, NAME = Span(96, 210), Span(112, 230)  # pixels: ids and names are told apart by their ends


class UsersTable(Table):
    """`user_wanted` on a double click or Enter."""

    user_wanted = Signal(str)

    def __init__(self, model: UsersModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("users")
        self.setAccessibleName("External users")
        self._users = model
        self.setModel(model)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(LIMIT_COLUMN, UseBarDelegate(model, theme, self))
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().setStretchLastSection(True)
        self._room = ColumnRoom(self, {0: WHO, 1: NAME}, LAST_ORDER_COLUMN)
        self.horizontalHeader().sectionClicked.connect(model.sort_by)
        self.doubleClicked.connect(lambda index: self.user_wanted.emit(model.rows[index.row()].user.id))
        self.offer_csv(model.to_csv)
        self.lines: list[QPushButton] = []

    def chosen(self) -> UserRow | None:
        rows = self.selectionModel().selectedRows()
        return self._users.rows[rows[0].row()] if rows else None

    def menu_at(self, point: QPoint) -> QMenu:
        """The buttons again, for the row under the mouse, which is the chosen one by then."""
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        self.selectRow(index.row())
        first = menu.actions()[0]
        for button in self.lines:
            action = menu.addAction(button.text().replace("&", "&&"), button.click)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(button.isEnabled())
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and (row := self.chosen()) is not None:
            self.user_wanted.emit(row.user.id)
            return
        super().keyPressEvent(event)
