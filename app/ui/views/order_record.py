"""The order management page: the venue's own record of the account's orders, filtered there, read page by page, exported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.services.desk import Desk
from app.services.notices import Tone
from app.services.record_export import RowFile
from app.services.record_rows import Form
from app.ui import formats
from app.ui.display import Display
from app.ui.models.columns import counted
from app.ui.models.order_record import RecordModel
from app.ui.theme import Theme
from app.ui.views import record_words as words
from app.ui.views.record_export import ExportBar, ask_where
from app.ui.views.record_filters import WIDE, RecordFilters
from app.ui.views.record_table import RecordTable
from app.ui.views.statement_sheet import Start

EVERYTHING = "Everything that the filter finds…"
OLDER = "Read the next older page; scrolling to the end does so too"


class OrderRecordView(QWidget):
    """`tick` each second. It reads when it is first shown, when a filter changes, on F5, at the end of the list, and after a pause that the
    venue asked for. `new_file` begins a file at a path (OSError passes through); `leave` before the window goes.
    """

    event_wanted = Signal(object)
    said = Signal(str, object)  # words, Tone

    def __init__(
        self,
        desk: Desk,
        start: Start,
        display: Display,
        theme: Theme,
        now: Callable[[], datetime],
        new_file: Callable[[Path], RowFile],
    ) -> None:
        super().__init__()
        self._record = desk.record
        self._sheet = desk.record.sheet
        self._trading = desk.trading
        self._start = start
        self._theme = theme
        self._now = now
        self._new_file = new_file
        self._objection = ""
        self._asked_words = ""
        self._stale: set[str] = set()
        self._is_wide = True
        self._labels = display.labels
        self.model = RecordModel(desk.record, desk.users, display, theme)
        desk.record.export.titles = self.model.titles
        self.table = RecordTable(self.model, desk.record)
        self.filters = RecordFilters(desk.record, desk.session, desk.users, theme, now)
        self.export_bar = ExportBar(desk.record.export, start, theme, now)
        self._build(theme)
        self._lay_out()
        self._connect(display)
        desk.blotter.changed.connect(lambda: self._stale.add("orders"))
        for changed in (desk.catalogue.changed, desk.catalogue.markets_changed):
            changed.connect(lambda: self._stale.add("names"))
        desk.users.changed.connect(self._rename)
        self.dress()
        self.refresh()

    def tick(self) -> None:
        """A second went by: rows that are out of date are renewed, a pause counts down, and ends with another try."""
        if self._stale and self.isVisible():
            self.model.renew(has_names="names" in self._stale)
            self._stale.clear()
            self._show_sums()
        self.export_bar.tick()
        if self._sheet.free_at is None or self._sheet.is_reading:
            return
        if self._now() >= self._sheet.free_at and self.isVisible():
            self._try_again()
        else:
            self._show_trouble()

    def reload(self) -> None:
        """Ask for what the filters say now."""
        try:
            wish = self.filters.query()
        except ValueError as problem:
            self._objection = str(problem)
            self.refresh()
            return
        self._objection, self._asked_words = "", self.filters.words()
        self._start(self._sheet.reload(wish))

    def leave(self) -> None:
        """The window goes: an export that is not whole leaves no file."""
        self._record.export.cancel()

    def refresh(self) -> None:
        """Show the record as far as it has been read."""
        chosen = {row.order_id for row in self.table.chosen_rows()}
        if self.model.refresh():
            self.table.choose(chosen)
        self._show_sums()
        self._show_trouble()
        sheet = self._sheet
        self.missing.setText(self._what_is_missing())
        self.missing.setVisible(not self.model.rows)
        self.read_button.setVisible(sheet.read_at is None and not sheet.is_reading and not sheet.trouble and not self._objection)
        self._make_room()
        at = formats.zoned(sheet.synced_at or sheet.read_at) if sheet.read_at else ""
        self.as_of.setToolTip(formats.tip("\n".join(filter(None, (at, words.how_new(sheet))))))
        self.older.setVisible(sheet.has_more)
        self.older.setEnabled(not sheet.is_reading)
        self.renew.setEnabled(not sheet.is_reading)

    def dress(self) -> None:
        palette = self.trouble.palette()
        palette.setColor(self.trouble.foregroundRole(), self._theme.colours["state.warning"])
        self.trouble.setPalette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._sheet.read_at is None and not self._sheet.is_reading and not self._sheet.trouble and self._record.is_answering:
            self.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold(event.size().width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self.reload()
            return
        super().keyPressEvent(event)

    # Building

    def _build(self, theme: Theme) -> None:
        self.renew = QPushButton("Refresh")
        self.renew.setToolTip("Read the newest orders again (F5)")
        self.export = QPushButton("Export…")
        self.export.setToolTip("Write orders of the record into a file")
        self.export.clicked.connect(self._offer_export)
        self.older = QPushButton("Older")
        self.older.setObjectName("small")
        self.again = QPushButton("Try again")
        self.again.setObjectName("small")
        self.read_button = QPushButton("Read the record")
        self.trouble, self.missing, self.count, self.as_of, self.sums = QLabel(), QLabel(), QLabel(), QLabel(), QLabel()
        for label in (self.trouble, self.missing, self.count, self.as_of, self.sums):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font(12))
        self.sums.setFont(theme.font(11))
        for label in (self.trouble, self.missing, self.sums):
            label.setWordWrap(True)
        self.missing.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _lay_out(self) -> None:
        self.filters.end.addWidget(self.renew)
        self.filters.end.addWidget(self.export)
        self._trouble_row = QWidget()
        _row(QHBoxLayout(self._trouble_row), self.trouble, self.again)
        inside = QVBoxLayout(self.table.viewport())  # under the head, which stays where there are no rows
        inside.addStretch(1)
        inside.addWidget(self.missing)
        inside.addWidget(self.read_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self.count)
        state.addWidget(self.older)
        state.addStretch(1)
        state.addWidget(self.as_of)
        self._bottom = QHBoxLayout()
        self._bottom.setContentsMargins(10, 2, 8, 2)
        self._bottom.setSpacing(8)
        self._bottom.addWidget(self.sums, 1)
        self._bottom.addLayout(state)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filters)
        layout.addWidget(self._trouble_row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.export_bar)
        layout.addLayout(self._bottom)

    def _fold(self, width: int) -> None:
        """Where the filters take two rows the sums stand in the second of them, and in a narrow page an export in the last line: the table
        keeps its rows.
        """
        self.filters.fold(width)
        self._is_wide = width >= WIDE
        place = self._bottom if self.filters.is_one_row else self.filters.room
        if place.indexOf(self.sums) < 0:
            place.insertWidget(0, self.sums, 1)
        if self._is_wide and self._column.indexOf(self.export_bar) < 0:
            self._column.insertWidget(self._column.count() - 1, self.export_bar)
        elif not self._is_wide and self._bottom.indexOf(self.export_bar) < 0:
            self._bottom.insertWidget(0, self.export_bar, 1)
        self._make_room()

    def _refold(self) -> None:
        """Another span was chosen."""
        self._fold(self.width())

    def _make_room(self) -> None:
        """In a narrow page how many rows are shown gives way, the button of older ones has it in its tip; beside an export the sums do."""
        self.count.setVisible(self._is_wide)
        is_beside = self._bottom.indexOf(self.export_bar) >= 0 and self._bottom.indexOf(self.sums) >= 0
        self.sums.setVisible(not (is_beside and self.export_bar.isVisibleTo(self)))
        self.as_of.setText(words.how_new(self._sheet, is_brief=not self._is_wide))

    def _connect(self, display: Display) -> None:
        self.renew.clicked.connect(self.reload)
        self.read_button.clicked.connect(self.reload)
        self.again.clicked.connect(self._try_again)
        self.older.clicked.connect(self._load_older)
        self.table.end_reached.connect(self._load_older)
        self.table.said.connect(self.said)
        self.table.event_wanted.connect(self.event_wanted)
        self.table.cancel_wanted.connect(lambda refs: self._start(self._trading.cancel_many(refs)))
        self.table.only_event_wanted.connect(self.filters.show_event)
        self.table.only_user_wanted.connect(self.filters.show_user)
        self.filters.folded.connect(self._refold)
        self.filters.wanted.connect(self.reload)
        self.filters.text_changed.connect(self._use_text)
        self._sheet.changed.connect(self.refresh)
        self._record.export.changed.connect(self._make_room)
        self._theme.changed.connect(self.dress)
        display.changed.connect(self.table.viewport().update)

    # What was read

    def _use_text(self, text: str) -> None:
        self.model.use_text(text)
        self.refresh()

    def _rename(self) -> None:
        """A user may be called otherwise by now."""
        self.table.viewport().update()

    def _load_older(self) -> None:
        if self._sheet.has_more and not self._sheet.is_reading:
            self._start(self._sheet.more())

    def _try_again(self) -> None:
        """What failed once more; what the filters say where they were changed meanwhile."""
        if self.filters.words() == self._asked_words and not self._objection:
            self._start(self._sheet.again())
        else:
            self.reload()

    def _show_sums(self) -> None:
        self.sums.setText(words.sums(self.model.sums, self._labels.stake_low))
        shown = words.how_many(self._sheet, len(self.model.rows), len(self.model.read), self.model.text)
        self.count.setText(shown)
        self.older.setToolTip(f"{shown.removesuffix(':')}.\n{OLDER}" if shown else OLDER)

    def _show_trouble(self) -> None:
        problem = words.trouble(self._sheet, self._objection, self._now(), has_rows=bool(self.model.rows))
        self.trouble.setText(problem)
        self.again.setVisible(bool(self._sheet.trouble) and not self._objection)
        self._trouble_row.setVisible(bool(problem))

    def _what_is_missing(self) -> str:
        if self._objection:
            return ""
        text = self.model.text.strip()
        return words.nothing_found(text, self._sheet) if self.model.read and text else words.nothing_read(self._sheet, self._asked_words)

    # Into a file

    def _offer_export(self) -> None:
        menu = self.export_menu()
        menu.popup(self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def export_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = len(self.model.rows)
        is_free = not self._record.export.is_busy
        shown = menu.addAction(
            f"What is shown, {counted(rows, 'order')}…", lambda: ask_where(self, "Export what is shown", self.save_shown)
        )
        shown.setEnabled(is_free and rows > 0)
        menu.addAction(EVERYTHING, lambda: ask_where(self, "Export everything", self.save_everything)).setEnabled(is_free)
        return menu

    def save_shown(self, path: Path, form: Form) -> None:
        """Write the rows as they stand."""
        file = self._begin(path)
        if file:
            self._start(self._record.export.shown(list(self.model.rows), file, form))

    def save_everything(self, path: Path, form: Form) -> None:
        """Read all that the filters find, to its end, and write it; what is looked for in the text field is looked for there too."""
        try:
            query = self.filters.query()
        except ValueError as problem:
            self.said.emit(f"Nothing was exported: {problem}", Tone.BAD)
            return
        has_text = self.model.seeker()
        file = self._begin(path)
        if file:
            self._start(self._record.export.everything(query, file, form, has_text))

    def _begin(self, path: Path) -> RowFile | None:
        try:
            return self._new_file(path)
        except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
            self.said.emit(f"Nothing was exported: {getattr(problem, 'strerror', None) or problem}", Tone.BAD)
            return None


def _row(layout: QHBoxLayout, *widgets: QWidget) -> None:
    layout.setContentsMargins(10, 2, 8, 4)
    layout.addWidget(widgets[0], 1)
    for widget in widgets[1:]:
        layout.addWidget(widget)
