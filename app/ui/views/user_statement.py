"""One user's statement in a window of its own: a period, its orders as the venue's record has them, their sums, and files of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QDate, QIODevice, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.sheet import MARK
from app.services.desk import Desk
from app.services.user_statement import UserStatement
from app.ui import formats
from app.ui.display import Display
from app.ui.models.user_statement import UserStatementModel, as_of, csv_lines, period, remarks, summed_up, to_paper
from app.ui.printing import PAPERS, PaperWriter
from app.ui.saving import ask_where, save_new
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import Table

BACKWARDS = "The first day is after the last one: nothing was asked for"
BUSY = "Another reading of the record is under way: wait for its end, or stop it"
LINES = 200  # of a file that are written before the window has a turn
PERIODS = ("This month", "Last month", "Today", "7 days", "30 days")


class UserStatementWindow(QWidget):
    """`bring` with a user reads this month's orders. Escape puts it away; a reading goes on until it is stopped."""

    def __init__(
        self, parent: QWidget, desk: Desk, account: str, start: Callable[[Coroutine[Any, Any, Any]], object], display: Display,
        theme: Theme, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("user_statement")
        self._record, self._users = desk.user_record, desk.users
        self._account = account
        self._start = start
        self._display = display
        self._theme = theme
        self._now = now
        self._user_id = ""
        self._shown: UserStatement | None = None
        self._said = ""
        self._remarks: list[str] = []
        self._is_writing = False
        self.model = UserStatementModel(display, theme)
        self.table = Table()
        self._build()
        self._lay_out()
        self._connect()
        self.resize(1180, 600)
        self.refresh()

    def bring(self, user_id: str) -> None:
        """Show it for a user; another one than before is read at once."""
        if not user_id:
            return
        if user_id != self._user_id:
            self._user_id, self._shown, self._said = user_id, None, ""
            self._name()
            self.model.show(())
            self.sums.clear()
            self._use_period(PERIODS[0])
        self.show()
        self.raise_()
        self.activateWindow()
        if self._shown is None:
            self.read()

    def _name(self) -> None:
        """Whose statement it is, by the name they have now."""
        who = self._users.called(self._user_id) if self._user_id else ""
        self.setWindowTitle(f"Statement of {who}")
        self.who.setText(who)

    def read(self) -> None:
        """Ask the venue for what the fields say."""
        if self.since.date() > self.until.date():
            self._say(BACKWARDS)
            return
        self._start(self._read(self._user_id, _midnight(self.since.date()), _midnight(self.until.date().addDays(1))))

    def tick(self) -> None:
        """A second went by: how far a reading is."""
        if self.isVisible() and self._record.reading:
            self.refresh()

    def refresh(self) -> None:
        """Show everything as it stands."""
        self.go.setEnabled(not self._record.reading)
        self.stop.setEnabled(bool(self._record.reading))
        for button in (self.save_csv, self.save_pdf):
            button.setEnabled(self._shown is not None and not self._is_writing)
        self.words.setText(self._what_is_missing())
        self.words.setVisible(not self.model.rows)
        self.state.setText(self._stands())
        trouble = self._trouble()
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.hide()
            case Qt.Key.Key_F5:
                self.read()
            case _:
                super().keyPressEvent(event)

    # Files

    def write_csv(self, path: str) -> None:
        if self._shown is not None and not self._is_writing:
            self._start(self._write(path, self._csv(self._shown)))

    def write_pdf(self, path: str) -> None:
        if self._shown is not None and not self._is_writing:
            self._start(self._write(path, self._pdf(self._shown)))

    async def _write(self, path: str, making: Coroutine[Any, Any, bytes]) -> None:
        self._is_writing = True
        try:
            content = await making
        finally:
            self._is_writing = False
            self.refresh()
        self._save(path, content)

    async def _csv(self, shown: UserStatement) -> bytes:
        """Some lines at a time, so that the window lives on."""
        lines = [MARK]
        for number, line in enumerate(csv_lines(shown)):
            lines.append(line)
            if number % LINES == LINES - 1:
                self._say(f"Writing order {number:,} of {len(shown.orders):,}…")
                await asyncio.sleep(0)
        return "".join(lines).encode("utf-8", "replace")

    async def _pdf(self, shown: UserStatement) -> bytes:
        """A page at a time, so that the window lives on."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        paper = to_paper(shown, self._account, self._users.called(shown.user_id), self._display)
        writer = PaperWriter(buffer, paper, self.paper.currentText(), self._theme.font())
        for page in writer.draw():
            self._say(f"Writing page {page:,} of {writer.pages:,}…")
            await asyncio.sleep(0)
        del writer  # it writes the end of the file
        return bytes(buffer.data().data())

    def _save(self, path: str, content: bytes) -> None:
        try:
            self._say(f"Saved as {save_new(Path(path), content)}")
        except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
            self._say(f"It was not saved: {getattr(problem, 'strerror', None) or problem}")

    def _ask(self, suffix: str, chosen: Callable[[str], None]) -> None:
        if self._shown is not None:
            ask_where(self, f"Save the statement as {suffix.upper()}", file_name(self._shown), suffix, chosen)

    # Building

    def _build(self) -> None:
        self.table.setObjectName("user_statement.orders")
        self.table.setAccessibleName("Orders of the user in the period")
        self.table.setModel(self.model)
        for place, column in enumerate(self.model.columns):
            self.table.setColumnWidth(place, column.width)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.offer_csv(self.model.to_csv)
        self.since, self.until = _day("First day"), _day("Last day")
        self.period = QComboBox()
        self.period.setAccessibleName("Period")
        self.period.addItems([*PERIODS, "Other days"])
        self.go = QPushButton("Read")
        self.stop = QPushButton("Stop")
        self.save_csv, self.save_pdf = QPushButton("Save as CSV…"), QPushButton("Save as PDF…")
        self.paper = QComboBox()
        self.paper.addItems(list(PAPERS))
        self.paper.setAccessibleName("Paper")
        is_metric = QLocale.system().measurementSystem() is QLocale.MeasurementSystem.MetricSystem
        self.paper.setCurrentText("A4" if is_metric else "Letter")
        self.who = ElidedLabel()
        self.who.setFont(self._theme.font(14, bold=True))
        self.who.setAccessibleName("Whose statement this is")
        self.words, self.trouble, self.sums, self.state = QLabel(), QLabel(), QLabel(), QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self.words, self.trouble, self.sums, self.state):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(self._theme.font(12))
            label.setWordWrap(True)

    def _lay_out(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.who, 1)
        for widget in (self.period, QLabel("from"), self.since, QLabel("to"), self.until, self.go, self.stop):
            top.addWidget(widget)
        top.addSpacing(8)
        for widget in (self.save_csv, self.save_pdf, self.paper):
            top.addWidget(widget)
        bottom.addWidget(self.sums, 3)
        bottom.addWidget(self.state, 2)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for row in (top, bottom):
            row.setContentsMargins(10, 7, 10, 7)
            row.setSpacing(6)
        self.trouble.setContentsMargins(10, 0, 10, 5)
        inside = QVBoxLayout(self.table.viewport())
        inside.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.trouble)
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.period.textActivated.connect(self._use_period)
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda _day: self.period.setCurrentIndex(len(PERIODS)))
        self.go.clicked.connect(self.read)
        self.stop.clicked.connect(self._record.stop)
        self.save_csv.clicked.connect(lambda: self._ask("csv", self.write_csv))
        self.save_pdf.clicked.connect(lambda: self._ask("pdf", self.write_pdf))
        self._record.changed.connect(self.refresh)
        self._record.renamed.connect(self._rename)
        self._users.changed.connect(self._name)
        self._display.changed.connect(self.table.viewport().update)
        self._theme.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        palette = self.trouble.palette()
        palette.setColor(self.trouble.foregroundRole(), self._theme.colours["state.warning"])
        self.trouble.setPalette(palette)

    # What is wanted and what is shown

    async def _read(self, user_id: str, since: datetime, until: datetime) -> None:
        self._said = ""
        found = await self._record.read(user_id, since, until)
        if found is None:
            self._say(BUSY)
        elif found.user_id == self._user_id:
            self._show(found)

    def _show(self, statement: UserStatement) -> None:
        self._shown = statement
        self.model.show(statement.orders)
        self.sums.setText(summed_up(statement))
        self._remarks = remarks(statement)
        self.refresh()

    def _rename(self) -> None:
        """Markets were read since: some of the orders that are shown have names now."""
        newest = self._record.statement
        if newest and self._shown and (newest.user_id, newest.read_at) == (self._shown.user_id, self._shown.read_at):
            self._show(newest)

    def _use_period(self, words: str) -> None:
        if words in PERIODS:
            first, last = days_of(words, _today(self._now()))
            self.since.setDate(first)
            self.until.setDate(last)
            self.period.setCurrentText(words)

    def _say(self, words: str) -> None:
        self._said = words
        self.refresh()

    def _stands(self) -> str:
        """How far a reading is, else what came of the last wish, else which period is shown and how new it is."""
        progress = self._record.progress
        if self._record.reading == self._user_id and self._user_id:
            back = f", back to {formats.moment(progress.reached)}" if progress.reached else ""
            return f"Reading… {progress.pages:,} pages, {progress.rows:,} orders{back}"
        if self._said:
            return self._said
        return f"{period(self._shown)}, {as_of(self._shown)}" if self._shown else ""

    def _trouble(self) -> str:
        if self._shown is None:
            return ""
        parts = [f"⚠ This statement is not whole. {self._shown.trouble}."] if self._shown.trouble else []
        return " ".join([*parts, *self._remarks])

    def _what_is_missing(self) -> str:
        if self._record.reading == self._user_id:
            return "Reading the venue's record…"
        if self._shown is None:
            return "Choose the days and press Read."
        if self._shown.trouble:
            return "Nothing could be read. Press Read to try again."
        return f"The venue's record has no orders of {self._users.called(self._user_id)} from {period(self._shown)}."


def file_name(statement: UserStatement) -> str:
    """`statement-cust-8841-20261101-20261121`, with a word in it where it is not whole."""
    days = f"{statement.since.astimezone():%Y%m%d}-{statement.until.astimezone() - timedelta(seconds=1):%Y%m%d}"
    who = re.sub(r"[^A-Za-z0-9._-]", "-", statement.user_id)[:60].lstrip(".")
    return f"statement-{who}-{days}{'-not-whole' if statement.trouble else ''}"


def days_of(words: str, today: QDate) -> tuple[QDate, QDate]:
    """The first and the last day of a named period."""
    first = QDate(today.year(), today.month(), 1)
    match words:
        case "This month":
            return first, today
        case "Last month":
            return first.addMonths(-1), first.addDays(-1)
        case "7 days":
            return today.addDays(-6), today
        case "30 days":
            return today.addDays(-29), today
    return today, today


def _today(now: datetime) -> QDate:
    local = now.astimezone()
    return QDate(local.year, local.month, local.day)


def _midnight(day: QDate) -> datetime:
    """The start of a local day."""
    return datetime(day.year(), day.month(), day.day()).astimezone()


def _day(name: str) -> QDateEdit:
    field = QDateEdit(QDate(2026, 1, 1))
    field.setDisplayFormat("dd MMM yyyy")
    field.setCalendarPopup(True)
    field.lineEdit().setMaxLength(20)
    field.setMinimumDate(QDate(2020, 1, 1))
    field.setMaximumDate(QDate(2099, 12, 31))
    field.setAccessibleName(name)
    return field
