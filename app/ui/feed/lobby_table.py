"""The table of the lobby: what is chosen stays so, a match is opened or starred, columns give way to the names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from app.services.notices import Tone
from app.ui.delegates.feed_cell import LobbyCellDelegate
from app.ui.models.feed_lobby import MAP, NAME, STAR, UPDATED, LobbyModel, LobbyRow
from app.ui.theme import Theme
from app.ui.views.statement_sheet import SheetTable

ROOM_FOR_MAP, ROOM_FOR_AGE = 640, 560  # pixels below which a column gives its room to the names; the line's tip has it then


class LobbyTable(SheetTable):
    """A double click or Enter opens, Space or a click on a star stars; ids of matches."""

    match_chosen = Signal(object)
    star_wanted = Signal(object)

    def __init__(self, model: LobbyModel, theme: Theme) -> None:
        super().__init__(model, "feed.lobby")
        self._lobby = model
        self._key = ""
        self._is_restoring = False
        self.setAccessibleName("Matches of the lobby")
        self.setItemDelegate(LobbyCellDelegate(model, theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self._open(model.rows[index.row()]))
        self.clicked.connect(self._clicked)
        self.selectionModel().currentChanged.connect(self._moved)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 80)

    def choose(self, key: str) -> None:
        """Mark the line with that key, if it is shown."""
        self._key = key
        self.keep_through(lambda: None)

    def keep_through(self, change: Callable[[], None]) -> None:
        """The same line is chosen after a change of the lines, while it is shown; where it is not, none is."""
        self._is_restoring = True
        change()
        place = self._lobby.place_of(self._key) if self._key else None
        if place is None:
            self.clearSelection()
        elif place not in self.chosen():
            self.setCurrentIndex(self._lobby.index(place, NAME))
        self._is_restoring = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.chosen()
        row = self._lobby.rows[chosen[0]] if chosen else None
        if row is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(row)
        elif row is not None and event.key() == Qt.Key.Key_Space:
            self._star(row)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks on a star are two clicks."""
        index = self.indexAt(event.position().toPoint())
        if index.column() == STAR:
            self._clicked(index)
            return
        super().mouseDoubleClickEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What fits is shown: a name is worth more than a map."""
        room = self.width()
        for column, wanted in ((MAP, ROOM_FOR_MAP), (UPDATED, ROOM_FOR_AGE)):
            if self.isColumnHidden(column) is not (room < wanted):
                self.setColumnHidden(column, room < wanted)
        super().resizeEvent(event)

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and not self._is_restoring:
            self._key = self._lobby.rows[index.row()].key

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == STAR:
            self._star(self._lobby.rows[index.row()])

    def _open(self, row: LobbyRow) -> None:
        if row.match is not None:
            self.match_chosen.emit(row.match.id)
        else:
            self.said.emit(f"{row.name} is not created yet: it can be opened once the feed gives it a number", Tone.PLAIN)

    def _star(self, row: LobbyRow) -> None:
        if row.match is not None:
            self.star_wanted.emit(row.match.id)
        else:
            self.said.emit(f"{row.name} is not created yet: it can be starred once the feed gives it a number", Tone.PLAIN)
