"""What reached the receiver, and what should have: live, filtered, looked into, sent again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.webhook import Delivery, DeliveryQuery, Show
from app.ui import formats
from app.ui.delegates.badge_cell import BadgeCell
from app.ui.hooks import export
from app.ui.hooks.chosen import ChosenDelivery
from app.ui.hooks.clear import ClearBox
from app.ui.hooks.delivery_words import CHIPS, EMPTY, WHAT, none_like_this
from app.ui.hooks.head import limited_words
from app.ui.hooks.pane import Pane, empty_words, line_of
from app.ui.hooks.tools import HookTools
from app.ui.models.hooks_deliveries import MOST, REFETCHED, SIGNATURE, DeliveriesModel, fits
from app.ui.saving import ask_where
from app.ui.views.chips import add_chips
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import ROW, Table
from app.ui.wizard.parts import Words, button

PAGE: Final = 200  # rows read at a time


class DeliveriesPane(Pane):
    """`verify_wanted` with a delivery and its letter, to see why its signature is bad."""

    verify_wanted = Signal(object, object)

    def __init__(self, tools: HookTools) -> None:
        super().__init__("Deliveries", tools.theme)
        self._tools = tools
        self._deliveries = tools.desk.deliveries
        self._show = Show.ALL
        self._whose: int | None = None  # the subscription chosen above
        self._has_more = True
        self._is_reading = False
        self._is_catching_up = self._is_putting = False
        self._floor = 0  # the number up to which nothing is missing in the list
        self._caught_up = 0  # received, when the file was last read after
        self._seen: dict[int, Delivery] = {}  # the newest as they were shown or passed over: in a flood all are looked at only once
        self._asked = 0  # readings of the filter: only the newest one's answer is taken
        self.model = DeliveriesModel(tools.now, tools.desk.is_held_back)
        self._verdict = BadgeCell(tools.theme, self.model.tone)
        self.table = self._built_table()
        self.empty = empty_words(self.table)
        self.note = ElidedLabel()
        self.trouble = Words(tools.theme, use="state.warning", size=12, is_hiding=True)
        self.only = QPushButton("Only one subscription")
        self.filter = QLineEdit()
        self.older = button("Older", "Read older ones from the file")
        self.export = button("Export…", "What is filtered, as CSV, or with headers and bodies as lines of JSON")
        self.clear = button("Clear…", "Remove all but the pinned ones from the file")
        self.chosen = ChosenDelivery(tools)
        self.clear_box = ClearBox(self, tools.theme)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        self._connect()
        self.refresh()

    def _built_table(self) -> Table:
        table = Table()
        table.setObjectName("hooks.deliveries")
        table.setAccessibleName("Deliveries")
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideLeft)  # of a path its end tells more
        table.setTabKeyNavigation(False)
        table.offer_csv(self.model.to_csv)
        for place, column in enumerate(self.model.columns):
            table.setColumnWidth(place, column.width)
        table.horizontalHeader().setStretchLastSection(True)
        table.setItemDelegateForColumn(SIGNATURE, self._verdict)
        self._room = ColumnRoom(table, {REFETCHED: Span(84, 190), SIGNATURE: Span(114, 520)}, REFETCHED)
        return table

    def _lay_out(self) -> None:
        theme = self._tools.theme
        self.note.setFont(theme.font(11))
        self.title.setToolTip(WHAT)
        self.filter.setPlaceholderText("Event, match, reason")
        self.filter.setAccessibleName("Filter deliveries")
        self.filter.setMaxLength(100)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(90)
        self.only.setObjectName("chip")
        self.only.setCheckable(True)
        self.only.setFont(theme.font(11))
        self.only.hide()
        self.head.addWidget(self.filter, 1)
        self.head.addWidget(self.only)
        for part in (self.older, self.export, self.clear):
            part.setObjectName("small")
            self.head.addWidget(part)
        chips = line_of(margins=(8, 3, 4, 3))
        self.chips = add_chips(Show, chips, self._use, theme, self)
        for show, words in CHIPS.items():
            self.chips[show].setToolTip(words)
        chips.setSpacing(3)
        chips.addWidget(self.note, 1)
        above = QWidget()
        lines = QVBoxLayout(above)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(chips)
        lines.addWidget(self.trouble)
        lines.addWidget(self.table, 1)
        for half, stretch in ((above, 3), (self.chosen, 2)):
            self.halves.addWidget(half)
            self.halves.setStretchFactor(self.halves.count() - 1, stretch)
        self.halves.setChildrenCollapsible(False)
        self.body.addWidget(self.halves, 1)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filtered)
        self.only.toggled.connect(self._filtered)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.older.clicked.connect(self.read_older)
        self.export.clicked.connect(self._offer_export)
        self.clear.clicked.connect(self._ask_to_clear)
        self.clear_box.confirmed.connect(self._clear)
        self.chosen.verify_wanted.connect(self.verify_wanted)
        self.chosen.pinned.connect(self.model.replace)

    # What is shown

    @property
    def row(self) -> Delivery | None:
        """The one that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    @property
    def query(self) -> DeliveryQuery:
        return DeliveryQuery(self._show, self.filter.text().strip(), 0, PAGE, self._whose if self.only.isChecked() else None)

    def begin(self) -> None:
        """The page is opened: read what the file has."""
        self._filtered()

    def offer_only(self, subscription_id: int | None) -> None:
        """This subscription was chosen above; None: none is."""
        if subscription_id == self._whose:
            return
        self._whose = subscription_id
        self.only.setText(f"Only {subscription_id}")
        self.only.setAccessibleName(f"Only deliveries of subscription {subscription_id}")
        self.only.setVisible(subscription_id is not None)
        if self.only.isChecked():
            self._filtered()

    def refresh(self) -> None:
        """Something came; at most once a frame."""
        query, newest = self.query, self._deliveries.newest
        changed = [row for row in newest if self._seen.get(row.id) is not row]
        self._seen = {row.id: row for row in newest}
        fitting = [row for row in changed if fits(row, query)]
        if len(fitting) < len(changed):
            self.model.remove({row.id for row in changed} - {row.id for row in fitting})
        self._put(fitting)
        self._show_note()

    def tick(self) -> None:
        """A second went by. Tidings show only the newest of a flood: the rest of it is read from the file."""
        received = self._tools.desk.reception.counts.received
        if received != self._caught_up and not (self._is_catching_up or self._is_reading):
            self._caught_up = received
            self._tools.start(self._catch_up(self.query, self._asked))

        self.model.tick()
        self.chosen.tick()

    async def _catch_up(self, query: DeliveryQuery, asked: int) -> None:
        self._is_catching_up = True
        try:
            rows = await self._read_down_to(self._floor, query)
        except OSError:
            return  # said where the file is read because a person wants it
        finally:
            self._is_catching_up = False
        if asked == self._asked and rows:
            self._floor, oldest = rows[0].id, self.model.oldest
            self._put(rows)
            self.model.add_older([row for row in rows if row.id < oldest])
            self._show_note()

    async def _read_down_to(self, floor: int, query: DeliveryQuery) -> list[Delivery]:
        """All since the number up to which nothing is missing."""
        rows = page = await self._deliveries.page(query)
        while len(page) == PAGE and page[-1].id > floor and len(rows) < MOST:
            page = await self._deliveries.page(msgspec.structs.replace(query, before=page[-1].id))
            rows = rows + page
        return rows

    def _put(self, rows: Sequence[Delivery]) -> None:
        """What was looked at stays where it is, unless the top was; a chosen one that leaves a full list stays open below."""
        bar, chosen = self.table.verticalScrollBar(), self.row
        was, top = bar.value(), self.model.rows[0].id if self.model.rows else 0
        self._is_putting = True
        self.model.put(rows)
        if self._deliveries.withdrawn:
            self.model.remove(frozenset(self._deliveries.withdrawn))
        self._is_putting = False
        if was > 0:
            above = next((place for place, row in enumerate(self.model.rows) if row.id <= top), 0)
            self.table.updateGeometries()  # the bar still ends where the list did
            bar.setValue(was + above * ROW)
        row = self.row
        if chosen is not None and (row is None or row.id != chosen.id):
            self.table.selectionModel().clear()  # Qt chose its neighbour
        elif row is not None and self.chosen.row != row:
            self.chosen.show_row(row)

    def _show_note(self) -> None:
        unwritten = self._tools.desk.reception.counts.unwritten
        lost = f"{unwritten:,} could not be written down" if unwritten else ""
        self.trouble.say(formats.plain(" · ".join(filter(None, [self._deliveries.trouble, lost]))))
        shown, limited = len(self.model.rows), limited_words(self._deliveries.tally.limited)
        told = f"{shown:,} shown{', more in the file' if self._has_more else ''}" if shown else ""
        self.note.say(" · ".join(filter(None, [told, limited])), f"{shown:,} shown" if shown else "")
        self.empty.setText(self._why_empty())
        self.empty.setVisible(not self.model.rows)
        self.older.setEnabled(self._has_more and not self._is_reading and 0 < shown < MOST)
        self.export.setEnabled(shown > 0)
        self.clear.setEnabled(shown > 0)

    def _why_empty(self) -> str:
        if self._is_reading:
            return "Deliveries are being read."
        query = self.query
        is_narrowed = query.show is not Show.ALL or bool(query.text) or query.subscription_id is not None
        return none_like_this(query.show, self._deliveries.tally.limited) if is_narrowed else EMPTY

    def _use(self, show: Show) -> None:
        self._show = show
        self._filtered()

    def _filtered(self, *_: object) -> None:
        self._asked += 1
        self._seen.clear()
        self._floor, self._has_more = 0, True
        self.model.start_again()
        self.chosen.show_row(None)
        self._tools.start(self._read(self.query, self._asked))

    def read_older(self) -> None:
        self._tools.start(self._read(msgspec.structs.replace(self.query, before=self.model.oldest), self._asked))

    async def _read(self, query: DeliveryQuery, asked: int) -> None:
        self._is_reading = True
        self._show_note()
        rows: list[Delivery] = []
        try:
            rows = await self._deliveries.page(query)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
        finally:
            self._is_reading = False
        if asked == self._asked:
            self._has_more = len(rows) == PAGE
            self._floor = max(self._floor, rows[0].id if rows else 0)
            self.model.add_older(rows)
            self.refresh()

    def _selected(self, *_: QItemSelection) -> None:
        """One that left the list because newer ones came stays open."""
        if self.row is not None and not self._is_putting:
            self.chosen.show_row(self.row)

    # All of them

    def _offer_export(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("The list as CSV…", self._ask_for_table)
        menu.addAction("With headers and bodies, lines of JSON…", self._ask_for_letters)
        menu.popup(self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def _ask_for_table(self) -> None:
        ask_where(self, "Export deliveries", "deliveries", "csv", self.save_table)

    def _ask_for_letters(self) -> None:
        ask_where(self, "Export deliveries with their bodies", "deliveries", "jsonl", self.save_letters)

    def save_table(self, path: str) -> None:
        self._tools.start(self._save(export.save_table(self._deliveries, self.query, Path(path), self.model.for_file)))

    def save_letters(self, path: str) -> None:
        self._tools.start(self._save(export.save_letters(self._deliveries, self.query, Path(path))))

    async def _save(self, saving: export.Saving) -> None:
        try:
            number, written = await saving
        except (OSError, ValueError) as problem:
            self._tools.say(f"The deliveries could not be exported: {problem}")
        else:
            self._tools.say(export.words(number, written))

    def _ask_to_clear(self) -> None:
        self.clear_box.begin()

    def _clear(self) -> None:
        self._tools.start(self._remove_all())

    async def _remove_all(self) -> None:
        try:
            removed = await self._deliveries.clear()
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be cleared: {problem}")
            return
        self._tools.say(f"{removed:,} deliveries were removed; the pinned ones stay")
        self._filtered()
