"""What reached the receiver, and what should have: live, filtered, looked into, sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.webhook import Delivery, DeliveryQuery, Show
from app.services.hooks.ports import Answer
from app.ui import formats
from app.ui.delegates.verdict_cell import VerdictCell
from app.ui.hooks.letter import LetterView
from app.ui.hooks.tools import HookTools
from app.ui.models.hooks_deliveries import SIGNATURE, DeliveriesModel, fits
from app.ui.saving import ask_where, save_new
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import Table
from app.ui.wizard.parts import button

PAGE: Final = 200  # rows read at a time
MOST_EXPORTED: Final = 25_000


class DeliveriesPane(QWidget):
    """`verify_wanted` with a delivery and its letter, to see why its signature is bad."""

    verify_wanted = Signal(object, object)

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._deliveries = tools.desk.deliveries
        self._show = Show.ALL
        self._has_more = True
        self._is_reading = False
        self._asked = 0  # readings of the filter: only the newest one's answer is taken
        self.model = DeliveriesModel()
        self.table = self._built_table()
        self.empty = QLabel()
        self.title = QLabel("Deliveries")
        self.note = ElidedLabel()
        self.filter = QLineEdit()
        self.older = button("Older", "Read older ones from the file")
        self.pin = button("Pin", "A pinned one stays when the file is full")
        self.replay = button("Replay", "Send the very same bytes to the receiver again")
        self.curl = button("Copy as curl", "A line for a shell that sends it to the receiver")
        self.verify = button("Why?", "Look into its signature in the verifier")
        self.export = button("Export…", "What is filtered, as CSV")
        self.clear = button("Clear", "Remove all but the pinned ones from the file")
        self.letter = LetterView(tools.theme)
        self._lay_out()
        self._connect()
        self._selected()
        self.refresh()

    def _built_table(self) -> Table:
        table = Table()
        table.setObjectName("hooks.deliveries")
        table.setAccessibleName("Deliveries")
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.offer_csv(self.model.to_csv)
        for place, column in enumerate(self.model.columns):
            table.setColumnWidth(place, column.width)
        table.horizontalHeader().setStretchLastSection(True)
        self._verdict = VerdictCell(self._tools.theme)
        table.setItemDelegateForColumn(SIGNATURE, self._verdict)
        return table

    def _lay_out(self) -> None:
        theme = self._tools.theme
        self.title.setFont(theme.font(13, bold=True))
        self.note.setFont(theme.font(11))
        self.filter.setPlaceholderText("Event, match, reason")
        self.filter.setAccessibleName("Filter deliveries")
        self.filter.setMaxLength(100)
        self.filter.setClearButtonEnabled(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        QVBoxLayout(self.table.viewport()).addWidget(self.empty)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 8, 2)
        head.setSpacing(6)
        head.addWidget(self.title)
        self.chips = add_chips(Show, head, self._use, theme, self)
        head.addWidget(self.filter, 1)
        tools = QHBoxLayout()
        tools.setContentsMargins(10, 2, 8, 4)
        tools.setSpacing(6)
        tools.addWidget(self.note, 1)
        for part in (self.verify, self.pin, self.replay, self.curl, self.older, self.export, self.clear):
            tools.addWidget(part)
        above = QWidget()
        lines = QVBoxLayout(above)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self.table, 1)
        lines.addLayout(tools)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(above)
        self.halves.addWidget(self.letter)
        self.halves.setChildrenCollapsible(False)
        self.halves.setStretchFactor(0, 3)
        self.halves.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.halves)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filtered)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        for part, slot in (
            (self.older, self.read_older),
            (self.pin, self._pin),
            (self.replay, self._replay),
            (self.curl, self._copy_curl),
            (self.verify, self._verify),
            (self.export, self._ask_where),
            (self.clear, self._clear),
        ):
            part.clicked.connect(slot)

    # What is shown

    @property
    def row(self) -> Delivery | None:
        """The one that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    @property
    def query(self) -> DeliveryQuery:
        return DeliveryQuery(self._show, self.filter.text().strip(), 0, PAGE)

    def begin(self) -> None:
        """The page is opened: read what the file has."""
        self._filtered()

    def refresh(self) -> None:
        """Something came; at most once a frame."""
        text = self.filter.text()
        self.model.put([row for row in self._deliveries.newest if fits(row, self._show, text)])
        self._show_note()

    def _show_note(self) -> None:
        counts = self._tools.desk.reception.counts
        words = [self._deliveries.trouble]
        if counts.limited:
            words.append(f"{counts.limited:,} came too fast and were answered with 429")
        if counts.unwritten:
            words.append(f"{counts.unwritten:,} could not be written down")
        self.note.setText(formats.plain(" · ".join(filter(None, words)) or f"{len(self.model.rows):,} shown"))
        self.empty.setText(self._why_empty())
        self.empty.setVisible(not self.model.rows)
        self.older.setEnabled(self._has_more and not self._is_reading)
        self.export.setEnabled(bool(self.model.rows))
        self.clear.setEnabled(bool(self.model.rows))

    def _why_empty(self) -> str:
        if self._is_reading:
            return "Deliveries are being read."
        if self._show is not Show.ALL or self.filter.text().strip():
            return "No delivery is like this."
        return "Nothing has been delivered yet. Start the receiver, subscribe to its address, or send a test."

    def _use(self, show: Show) -> None:
        self._show = show
        self._filtered()

    def _filtered(self, _text: str = "") -> None:
        self._asked += 1
        self._has_more = True
        self.model.start_again()
        self._tools.start(self._read(self.query, self._asked))

    def read_older(self) -> None:
        self._tools.start(self._read(msgspec.structs.replace(self.query, before=self.model.oldest), self._asked))

    async def _read(self, query: DeliveryQuery, asked: int) -> None:
        self._is_reading = True
        try:
            rows = await self._deliveries.page(query)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
            rows = []
        finally:
            self._is_reading = False
        if asked == self._asked:
            self._has_more = len(rows) == PAGE
            self.model.add_older(rows)
            self.refresh()

    # The one that is selected

    def _selected(self, *_: QItemSelection) -> None:
        row = self.row
        for part in (self.pin, self.replay, self.curl, self.verify):
            part.setEnabled(row is not None and row.size is not None)
        self.pin.setEnabled(row is not None and row.id > 0)
        self.pin.setText("Unpin" if row is not None and row.is_pinned else "Pin")
        if row is None:
            self.letter.say("Choose a delivery to see its headers and its bytes.")
        else:
            self._tools.start(self._show_letter(row))

    async def _show_letter(self, row: Delivery) -> None:
        try:
            letter = await self._deliveries.letter(row.id)
        except OSError as problem:
            self.letter.say(f"The deliveries' file cannot be read: {problem}")
            return
        if self.row is None or self.row.id != row.id:
            return
        if letter is None:
            self.letter.say(f"No bytes are kept of it: {row.reason or row.verdict}.")
        else:
            self.letter.show_letter(letter)

    def _pin(self) -> None:
        if self.row is not None:
            self._tools.start(self._change_pin(self.row))

    async def _change_pin(self, row: Delivery) -> None:
        try:
            await self._deliveries.pin(row, is_pinned=not row.is_pinned)
        except OSError as problem:
            self._tools.say(f"It could not be pinned: {problem}")
            return
        self.model.replace(msgspec.structs.replace(row, is_pinned=not row.is_pinned))
        self._selected()

    def _replay(self) -> None:
        if self.row is not None:
            self._tools.start(self._send_again(self.row))

    async def _send_again(self, row: Delivery) -> None:
        try:
            self._tools.say(f"Sent again: {answered(await self._deliveries.replay(row))}")
        except (ValueError, OSError) as problem:
            self._tools.say(f"It was not sent again: {problem}")

    def _copy_curl(self) -> None:
        if self.row is not None:
            self._tools.start(self._copy_line(self.row))

    async def _copy_line(self, row: Delivery) -> None:
        try:
            line = await self._deliveries.curl(row)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
            return
        if line:
            self._tools.clipboard.copy(line, "The curl line")
        else:
            self._tools.say("No bytes are kept of this delivery: there is nothing to send.")

    def _verify(self) -> None:
        if self.row is not None:
            self._tools.start(self._hand_over(self.row))

    async def _hand_over(self, row: Delivery) -> None:
        try:
            letter = await self._deliveries.letter(row.id)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
            return
        if letter is not None:
            self.verify_wanted.emit(row, letter)

    # All of them

    def _ask_where(self) -> None:
        ask_where(self, "Export deliveries", "deliveries", "csv", self._export)

    def _export(self, path: str) -> None:
        self._tools.start(self._save(Path(path)))

    async def _save(self, path: Path) -> None:
        """All that the filter lets through, up to `MOST_EXPORTED`."""
        sheet = DeliveriesModel()
        try:
            async for rows in self._deliveries.pages(self.query):
                sheet.rows += rows
                if len(sheet.rows) >= MOST_EXPORTED:
                    break
            written = save_new(path, sheet.to_csv().encode())
        except (OSError, ValueError) as problem:
            self._tools.say(f"The deliveries could not be exported: {problem}")
            return
        self._tools.say(f"{len(sheet.rows):,} deliveries were exported to {written}")

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


def answered(answer: Answer) -> str:
    """`204 in 1.5 ms`, or what was said instead."""
    words = f": {formats.plain(answer.words)}" if answer.words else ""
    return f"{answer.status} in {answer.took:.1f} ms{words}" if answer.status else formats.plain(answer.words)
