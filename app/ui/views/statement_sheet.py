"""One list of the account's history: its filters, its table, what it adds up to, and how far the venue's record had kept up."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.services.paging import Sheet
from app.ui import formats
from app.ui.models.statement import SheetModel
from app.ui.models.table import TableModel
from app.ui.theme import Theme
from app.ui.views.table import Table

Start = Callable[[Coroutine[Any, Any, Any]], object]


class SheetTable(Table):
    """Copies cells and rows; tells when its end was scrolled to."""

    end_reached = Signal()

    def __init__(self, model: TableModel[Any], name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._sheet = model
        self.setModel(model)
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # a selection's number stands at its end
        self.horizontalHeader().setStretchLastSection(True)
        self.offer_csv(model.to_csv)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        first, chosen = menu.actions()[0], self.chosen()
        rows = chosen if index.row() in chosen else [index.row()]
        column, row = self._sheet.columns[index.column()], self._sheet.rows[index.row()]
        for text, call in (
            ("Copy cell", lambda: QGuiApplication.clipboard().setText(column.for_file(row))),
            ("Copy row" if len(rows) == 1 else f"Copy {len(rows)} rows", lambda: self._copy(rows)),
        ):
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.chosen())
            return
        super().keyPressEvent(event)

    def chosen(self) -> list[int]:
        """The places of the rows that are chosen."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def _copy(self, rows: list[int]) -> None:
        """A line each, cells apart by tabs; the clipboard stays as it is where nothing is chosen."""
        lines = ["\t".join(column.for_file(self._sheet.rows[at]) for column in self._sheet.columns) for at in rows]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _scrolled(self, value: int) -> None:
        if 0 < self.verticalScrollBar().maximum() == value:
            self.end_reached.emit()


class SheetView(QWidget):
    """Shows a sheet; `wish` reads the filters."""

    def __init__(
        self, noun: str, sheet: Sheet[Any, Any], model: SheetModel[Any], wish: Callable[[], object], start: Start, theme: Theme
    ) -> None:
        super().__init__()
        self._noun = noun
        self._sheet = sheet
        self._wish = wish
        self._start = start
        self._theme = theme
        self.model = model
        self.table = SheetTable(model, f"statement.{noun}")
        self.renew = QPushButton("Refresh")
        self.renew.setToolTip("Read the newest rows again (F5)")
        self.older = QPushButton("Load older")
        self.trouble = QLabel()
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sums = QLabel()
        self.record = QLabel()
        for label in (self.trouble, self.words, self.sums, self.record):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font(12))
        for label in (self.trouble, self.words):
            label.setWordWrap(True)
        self._top = QHBoxLayout()
        self._lay_out()
        self.renew.clicked.connect(self.reload)
        self.older.clicked.connect(self._load_older)
        self.table.end_reached.connect(self._load_older)
        sheet.changed.connect(self.refresh)
        theme.changed.connect(self.dress)
        self.dress()
        self.refresh()

    def add_filters(self, *filters: QWidget) -> None:
        for place, widget in enumerate(filters):
            self._top.insertWidget(place, widget)

    def reload(self, *_changed: object) -> None:
        """Ask for what the filters say now."""
        self._start(self._sheet.reload(self._wish()))

    def refresh(self) -> None:
        """Show the sheet as it stands."""
        self.model.refresh()
        sheet, rows = self._sheet, self.model.rows
        self.words.setText(self._what_is_missing())
        self.words.setVisible(not rows)
        trouble = self._trouble()
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.sums.setText(self.model.sums)
        self.record.setText(self._how_new())
        self.record.setToolTip(formats.zoned(sheet.synced_at or sheet.read_at) if sheet.read_at else "")
        self.older.setVisible(sheet.has_more)
        self.older.setEnabled(not sheet.is_reading)

    def dress(self) -> None:
        palette = self.trouble.palette()
        palette.setColor(self.trouble.foregroundRole(), self._theme.colours["state.warning"])
        self.trouble.setPalette(palette)

    def _lay_out(self) -> None:
        self._top.setContentsMargins(8, 6, 8, 6)
        self._top.setSpacing(6)
        self._top.addStretch(1)
        self._top.addWidget(self.renew)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(8, 4, 8, 4)
        bottom.setSpacing(10)
        bottom.addWidget(self.sums)
        bottom.addWidget(self.older)
        bottom.addStretch(1)
        bottom.addWidget(self.record)
        self.trouble.setContentsMargins(10, 2, 10, 4)
        inside = QVBoxLayout(self.table.viewport())  # under the head, which stays where there are no rows
        inside.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._top)
        layout.addWidget(self.trouble)
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)

    def _load_older(self) -> None:
        if self._sheet.has_more and not self._sheet.is_reading:
            self._start(self._sheet.more())

    def _what_is_missing(self) -> str:
        if self._sheet.is_reading:
            return f"Reading the {self._noun}…"
        if self._sheet.trouble:
            return f"The {self._noun} could not be read. Press Refresh to try again."
        if self._sheet.read_at is None:
            return ""
        if self._sheet.gaps.pages:
            return f"None of the {self._noun} for these filters could be read."
        return f"The venue's record has no {self._noun} for these filters."

    def _trouble(self) -> str:
        """What went wrong, and that what is shown is older than it looks; or else why it is not whole."""
        problem = self._sheet.trouble
        if not problem:
            return f"⚠ What is shown is not whole: {self._sheet.gaps.words}" if self._sheet.gaps.pages else ""
        shown = f". What is shown was read at {_clock(self._sheet.read_at)}" if self._sheet.read_at and self.model.rows else ""
        return f"⚠ {problem}{shown}"

    def _how_new(self) -> str:
        sheet = self._sheet
        if sheet.is_reading:
            return "Reading…"
        if sheet.synced_at:
            return f"Venue's record as of {_clock(sheet.synced_at)} (it may lag)"
        return f"Read at {_clock(sheet.read_at)}; the venue does not say how far its record reaches" if sheet.read_at else ""


def _clock(at: datetime | None) -> str:
    return formats.clock(at).partition(".")[0] if at else formats.NOTHING
