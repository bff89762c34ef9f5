"""The box in which a list of users is looked at before it is taken: what each row would change, and which rows are bad and why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.table_text import TableError
from app.domain.user import User
from app.domain.user_rows import MOST_BYTES, JudgedRow, UserTable, judged, read_users
from app.services.notices import Tone
from app.services.users import Users
from app.ui import formats
from app.ui.dialogs.box import Box
from app.ui.models.user_import import Shown, UserImportModel
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import LONGEST, Table

WIDTH = 1180
TABLE_HEIGHT = 300
SLICE = 2000  # rows judged before the loop goes on
WORDS = (
    "A CSV file with the columns id, name, order limit, event limit, day limit and total limit; all but the id may be missing. "
    "Rows can be pasted here too. Nothing is taken before you say so."
)
NOTHING = "Choose a file, or paste rows copied from a spreadsheet."
ANEW = "Users were changed meanwhile, so nothing was imported: the rows are shown anew. Look at them again"
Read = Callable[[Path, int], Awaitable[bytes]]
_OPTIONS = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ReadOnly  # nothing modal: the kill switch works over it


class UserImportBox(Box):
    """`begin` shows it empty. `read` gives a file's bytes, at most so many; TableError with a sentence where it cannot."""

    def __init__(
        self, parent: QWidget, theme: Theme, users: Users, start: Callable[[Coroutine[Any, Any, Any]], object], read: Read
    ) -> None:
        super().__init__(parent, theme, "Import users", "Close", WIDTH)
        self._theme = theme
        self._users = users
        self._start = start
        self._read = read
        self._turn = 0  # of reading: what an earlier one finds later is not shown any more
        self._list = UserTable((), {})
        self._judged_by: Mapping[str, User] = {}  # who was known when its rows were judged
        self.model = UserImportModel(theme)
        self.table = Table()
        self.table.setObjectName("user-import")
        self.table.setAccessibleName("Rows of the list")
        self.table.setModel(self.model)
        self.table.setMinimumHeight(TABLE_HEIGHT)
        self.choose = QPushButton("Choose a file…")
        self.source = ElidedLabel()
        self.empty = QLabel(NOTHING)
        self.reason = ElidedLabel()
        self.outcome = QLabel()
        self.save_bad = self.add_button("Save bad rows…")
        self.take = self.add_button("Import")
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        self._forget()
        self.bring()
        self.choose.setFocus()

    def load(self, path: Path) -> None:
        """Look at a file; nothing is taken yet."""
        self._start(self._load(path))

    def paste(self, text: str) -> None:
        self._start(self._look(text, "Pasted rows"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self._turn += 1
        super().done(result)

    # Building

    def _lay_out(self) -> None:
        self.words.setText(WORDS)
        for button in (self.choose, self.take, self.save_bad):
            button.setAutoDefault(True)  # Enter presses the one that has the focus, never Close instead
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addWidget(self.source, 1)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        self.chips = add_chips(Shown, chips, self._use_chip, self._theme, self)
        chips.addStretch(1)
        for place, column in enumerate(self.model.columns):
            self.table.setColumnWidth(place, column.width)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMinimumHeight(TABLE_HEIGHT)
        for label in (self.empty, self.outcome):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.body.addLayout(row)
        self.body.addLayout(chips)
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.outcome)

    def _forget_reason(self) -> None:
        self.reason.setText("")

    def _connect(self) -> None:
        self.choose.clicked.connect(self._ask_which)
        self.take.clicked.connect(self._take)
        self.save_bad.clicked.connect(self._ask_where)
        self.table.said.connect(self._say)
        self.table.selectionModel().currentRowChanged.connect(self._show_reason)
        self.model.modelReset.connect(self._forget_reason)
        self.table.offer_csv(self.model.bad_csv)

    # Looking

    async def _load(self, path: Path) -> None:
        self._forget()
        turn = self._turn
        self.source.setText(f"Reading {path.name}…")
        try:
            content = await self._read(path, MOST_BYTES)
        except TableError as problem:
            if turn == self._turn:
                self.source.setText(path.name)
                self._say(f"{path.name}: {problem}", Tone.BAD)
            return
        if turn == self._turn:
            await self._look(content, path.name)

    async def _look(self, source: bytes | str, name: str) -> None:
        self._forget()
        self.source.setText(name)
        try:
            table = read_users(source)
        except TableError as problem:
            self._say(f"{name}: {problem}", Tone.BAD)
            return
        if await self._judge(table):
            ignored = ", ".join(table.ignored)
            self._say(f"Columns that are not read: {ignored}" if ignored else "", Tone.PLAIN)

    async def _judge(self, table: UserTable) -> bool:
        """Judge its rows by who is known now, in slices, so that the window stays alive; False where another list was chosen meanwhile."""
        self._turn += 1
        turn, known = self._turn, dict(self._users.known)
        rows: list[JudgedRow] = []
        judge = judged(table, known)
        while some := list(islice(judge, SLICE)):
            rows += some
            await asyncio.sleep(0)
            if turn != self._turn:
                return False
        self._list, self._judged_by = table, known
        self.model.show_list(rows, table)
        self._count()
        if self.take.isEnabled():
            self.take.setFocus()
        return True

    def _forget(self) -> None:
        self._turn += 1
        self.source.setText("")
        self.model.show_rows(())
        self.chips[Shown.ALL].click()
        self._say("", Tone.PLAIN)
        self._count()

    def _use_chip(self, chip: Shown) -> None:
        self.model.chip = chip
        self.model.rebuild()

    def _count(self) -> None:
        for chip, button in self.chips.items():
            button.setText(f"{chip} {self.model.counts[chip]:,}")
        taken, bad = len(self.model.taken), self.model.counts[Shown.BAD]
        self.take.setText(f"Import {_rows(taken, 'good')}" if taken else "Import")
        self.take.setEnabled(taken > 0)
        self.save_bad.setText(f"Save {_rows(bad, 'bad')}…" if bad else "Save bad rows…")
        self.save_bad.setEnabled(bad > 0)
        self.table.setVisible(bool(self.model.all))
        self.empty.setVisible(not self.model.all)
        self.fit()

    def _show_reason(self, index: QModelIndex) -> None:
        """The chosen row's words in full, for the keyboard and where the column is too narrow."""
        row = self.model.rows[index.row()] if 0 <= index.row() < len(self.model.rows) else None
        self.reason.setText(f"Line {row.line:,}: {row.words}" if row and row.words else "")

    # Taking

    def _take(self) -> None:
        """All good rows at once, or none; the bad ones stay in view. What would overwrite what was never shown is shown first."""
        if self._is_overtaken():
            self._start(self._look_anew())
            return
        taken, bad, counts = self.model.taken, self.model.bad, self.model.counts
        trouble = self._users.put(taken)
        if trouble and any(self._users.known.get(user.id) != user for user in taken):
            self._say(f"Nothing was imported: {trouble}", Tone.BAD)
            return
        said = f"Imported {_rows(len(taken), 'good')}: {counts[Shown.NEW]:,} new, {counts[Shown.CHANGED]:,} changed"
        left = f". {_rows(len(bad), 'bad')} {'is' if len(bad) == 1 else 'are'} listed above and nothing of it was taken" if bad else ""
        self.model.show_rows(bad)
        self.chips[Shown.ALL].click()
        self._say(f"{said}{left}{f'. {trouble}' if trouble else ''}", Tone.WARNING if trouble else Tone.GOOD)
        self._count()
        (self.save_bad if bad else self.harmless).setFocus()

    def _is_overtaken(self) -> bool:
        """Whether somebody on the list is known otherwise than when its rows were judged."""
        on_list = (row.user.id for row in self.model.all if row.user)
        return any(self._users.known.get(user_id) != self._judged_by.get(user_id) for user_id in on_list)

    async def _look_anew(self) -> None:
        if await self._judge(self._list):
            self._say(ANEW, Tone.WARNING)

    def _say(self, words: str, tone: Tone) -> None:
        colour = {Tone.BAD: "state.bad", Tone.WARNING: "state.warning", Tone.GOOD: "state.good"}.get(tone, "text.normal")
        self.outcome.setStyleSheet(f"color: {self._theme.colours.css(colour)};")
        self.outcome.setText(formats.plain(words))
        self.outcome.setVisible(bool(words))
        self.fit()

    def _ask_which(self) -> None:
        dialog = self._dialog("Choose a list of users", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setNameFilters(["Tables (*.csv *.tsv *.txt)", "All files (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.show()

    def _ask_where(self) -> None:
        dialog = self._dialog("Save the bad rows", QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there already stays
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("bad-users.csv")
        dialog.fileSelected.connect(self.table.save_csv)
        dialog.show()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setOptions(_OPTIONS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(mode)
        for field in dialog.findChildren(QLineEdit):
            field.setMaxLength(LONGEST)
        return dialog


def _rows(count: int, kind: str) -> str:
    return f"1 {kind} row" if count == 1 else f"{count:,} {kind} rows"
