"""The map of users by events: who has how much at risk on what, with colours, figures and a legend."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.exposure import Exposure
from app.services.users import Users
from app.ui.delegates.heat_cell import HeatCellDelegate, ground
from app.ui.models.heat import FIXED, STEPS, HeatModel, legend
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import Table

WIDTHS = (180, 88)
EVENT, BESIDE = 136, 22  # pixels: the least of an event, and what its title needs beside its letters
NOTHING = "Nothing is at risk: no order is open, unknown, or matched and not settled."
HINT = "Point at a cell, or move to it with the arrow keys, for its figures. Click or Enter opens the event."


class HeatTable(Table):
    """`chosen` on a click or Enter; `pointed` when the mouse or the keys come to a cell."""

    pointed = Signal(QModelIndex)
    chosen = Signal(QModelIndex)

    def __init__(self, model: HeatModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("heat")
        self.setAccessibleName("What is at risk, by user and event")
        self.setModel(model)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self._cells = HeatCellDelegate(model, theme, self)
        self._heat = model
        self.entered.connect(self.pointed)
        self.clicked.connect(self.chosen)
        self.activated.connect(self.chosen)
        self._drawn: set[int] = set()
        self._is_sharing = False
        self.horizontalHeader().sectionResized.connect(self._note_drawn)
        model.modelReset.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Painters of columns that have just come; what a person drew was of others."""
        self._drawn.clear()
        for column in range(FIXED, self._heat.columnCount()):
            self.setItemDelegateForColumn(column, self._cells)
        self.share()

    def share(self) -> None:
        """Give the events the room that is free, as far as their titles need it; a column that a person has drawn keeps its width."""
        events = range(FIXED, self._heat.columnCount())
        measure = self.horizontalHeader().fontMetrics()
        needed = [measure.horizontalAdvance(str(self._heat.headerData(at, Qt.Orientation.Horizontal))) + BESIDE for at in events]
        room = max(self.viewport().width() - sum(WIDTHS), 0)
        most = max(needed, default=0) if sum(needed) <= room else room // max(len(needed), 1)
        self._is_sharing = True
        for column, wide in enumerate([*WIDTHS, *(max(EVENT, min(each, most)) for each in needed)]):
            if column not in self._drawn and column < self._heat.columnCount():
                self.setColumnWidth(column, wide)
        self._is_sharing = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share()

    def _note_drawn(self, column: int, _before: int, _width: int) -> None:
        if not self._is_sharing:
            self._drawn.add(column)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        self.pointed.emit(current)


class HeatView(QWidget):
    """`refresh` while it is visible. `event_wanted` with the event of the cell that was chosen."""

    event_wanted = Signal(object)

    def __init__(self, exposure: Exposure, users: Users, limit: Callable[[], Decimal], theme: Theme) -> None:
        super().__init__()
        self._limit = limit
        self._theme = theme
        self.model = HeatModel(exposure, users)
        self.table = HeatTable(self.model, theme)
        self.words = QLabel(NOTHING)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.figures = ElidedLabel()
        self.more = QLabel()
        self.legend = [QLabel() for _ in range(len(STEPS) + 1)]
        self._lay_out()
        self.table.pointed.connect(lambda index: self.figures.setText(self.model.explained(index) or HINT))
        self.table.chosen.connect(self._choose)
        theme.changed.connect(self.dress)
        self.dress()
        self.refresh()

    def refresh(self) -> None:
        """Show the figures as they stand."""
        self.model.rebuild()
        self.table.share()  # an event may be called otherwise by now
        layout = self.model.layout
        self.words.setVisible(not layout.users)
        self.table.setVisible(bool(layout.users))
        self.more.setText(_more(layout.more_users, layout.more_events))
        self.more.setVisible(bool(self.more.text()))
        self.figures.setText(self.model.explained(self.table.currentIndex()) or HINT)
        for label, words in zip(self.legend, legend(self._limit()), strict=True):
            label.setText(words)

    def dress(self) -> None:
        colours = self._theme.colours
        for heat, label in enumerate(self.legend, 1):
            label.setStyleSheet(
                f"background: {ground(colours, heat).name()}; color: {colours.css('text.strong')}; padding: 1px 7px; border-radius: 3px;"
            )
        self.table.viewport().update()

    def _lay_out(self) -> None:
        for label in (self.figures, self.more, *self.legend):
            label.setFont(self._theme.font(11))
            label.setTextFormat(Qt.TextFormat.PlainText)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(10, 3, 8, 3)
        bottom.setSpacing(4)
        bottom.addWidget(self.figures, 1)
        bottom.addWidget(self.more)
        bottom.addSpacing(8)
        for label in self.legend:
            label.setToolTip("Of what may be at risk on one event. Who has a limit of their own is coloured by that one")
            bottom.addWidget(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)

    def _choose(self, index: QModelIndex) -> None:
        if event_id := self.model.event_at(index):
            self.event_wanted.emit(event_id)


def _more(users: int, events: int) -> str:
    """What found no room."""
    parts = [f"{number:,} more {noun}" for number, noun in ((users, "users"), (events, "events")) if number]
    return f"and {' and '.join(parts)}" if parts else ""
