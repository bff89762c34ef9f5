"""The table of the lobby: what is chosen stays so, a match is opened or starred, columns give way to the names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu

from app.services.notices import Tone
from app.ui.delegates.feed_cell import LobbyCellDelegate
from app.ui.feed.alert_wish import ALERT, KEYS, AlertWish, is_alert_key
from app.ui.models.feed_lobby import AWAY, DRAW, HOME, MAP, NAME, STAR, STATUS, UPDATED, LobbyModel
from app.ui.models.feed_lobby_row import LobbyRow
from app.ui.models.feed_words import NO_ODDS
from app.ui.theme import Theme
from app.ui.views.statement_sheet import SheetTable

GIVES: Final = ((STATUS, 158), (MAP, 0), (STATUS, 104), (UPDATED, 0), (STATUS, 68), (HOME, 52), (DRAW, 52), (AWAY, 52))
"""Who gives room to the names, one after the other, and the pixels it keeps."""
UNPRICED: Final = ((HOME, 44), (DRAW, 44), (AWAY, 44))
"""The same after these where no line has a price."""
WIDEST_NAMES: Final = 280  # pixels for which other columns give way
MARGINS: Final = 14  # pixels about a cell's text


class LobbyTable(SheetTable):
    """A double click or Enter opens, Space or a click on a star stars; ids of matches."""

    match_chosen = Signal(object)
    star_wanted = Signal(object)
    alert_wanted = Signal(object)  # an AlertWish

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
        header.sectionResized.connect(self._resized)
        self._wanted = {place: column.width for place, column in enumerate(model.columns)}
        self._is_fitting = False
        self._advances: dict[str, int] = {}
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
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.chosen()
        row = self._lobby.rows[chosen[0]] if chosen else None
        if row is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(row)
        elif row is not None and event.key() == Qt.Key.Key_Space:
            self._star(row)
        elif row is not None and is_alert_key(event):
            self._alert(row)
        else:
            super().keyPressEvent(event)

    def menu_at(self, point: QPoint) -> QMenu:
        menu, index = super().menu_at(point), self.indexAt(point)
        if not index.isValid():
            return menu
        first, row = menu.actions()[0], self._lobby.rows[index.row()]
        for text, call in (
            ("Open", lambda: self._open(row)),
            ("Take the star off" if row.is_starred else "Star", lambda: self._star(row)),
            (f"{ALERT}\t{KEYS}", lambda: self._alert(row)),
        ):
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        return menu

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks on a star are two clicks."""
        index = self.indexAt(event.position().toPoint())
        if index.column() == STAR:
            self._clicked(index)
            return
        super().mouseDoubleClickEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    # What fits

    def _fit(self) -> None:
        """Names are cut last: other columns shrink or go; the line's tip has all of it."""
        widths = dict(self._wanted)
        short = self._names_width() + sum(widths.values()) - widths[NAME] - self.viewport().width()
        has_prices = any(row.odds != NO_ODDS for row in self._lobby.rows)
        for place, least in GIVES if has_prices else (*GIVES, *UNPRICED):
            if short > 0:
                given = min(short, max(widths[place] - least, 0)) if least else widths[place]
                widths[place] -= given
                short -= given
        self._is_fitting = True
        for place, _least in GIVES:
            self.setColumnHidden(place, not widths[place])
            if widths[place]:
                self.setColumnWidth(place, widths[place])
        self._is_fitting = False

    def _names_width(self) -> int:
        """Pixels of the widest names shown, to a bound."""
        names = {row.name for row in self._lobby.rows}
        self._advances = {name: self._advances.get(name) or self.fontMetrics().horizontalAdvance(name) for name in names}
        widest = max(self._advances.values(), default=self._wanted[NAME] - MARGINS)
        return min(widest + MARGINS, WIDEST_NAMES)

    def _resized(self, place: int, _before: int, width: int) -> None:
        """A person drew a column wider; a narrow one is the default again when there is room."""
        if not self._is_fitting and place != NAME and width > 0:
            self._wanted[place] = max(self._lobby.columns[place].width, width)

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

    def _alert(self, row: LobbyRow) -> None:
        if row.match is not None:
            self.alert_wanted.emit(AlertWish(row.match.id))
        else:
            self.said.emit(f"{row.name} is not created yet: there can be an alert once the feed gives it a number", Tone.PLAIN)

    def _star(self, row: LobbyRow) -> None:
        if row.match is not None:
            self.star_wanted.emit(row.match.id)
        else:
            self.said.emit(f"{row.name} is not created yet: it can be starred once the feed gives it a number", Tone.PLAIN)
