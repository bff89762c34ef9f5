"""The external users of the account: what each has at risk, has won and may still lose, and everything that is done for one of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.services.desk import Desk
from app.ui import formats
from app.ui.display import Display
from app.ui.models.users import SHOWN, UsersModel, name_of
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.twice import TwiceButton
from app.ui.views.user_edit import EditUserBox
from app.ui.views.user_heat import HeatView
from app.ui.views.user_statement import UserStatementWindow
from app.ui.views.user_table import UsersTable

EMPTY = "No users yet: import a list, add one, or place an order for somebody."
NONE_FOUND = "No user's id or name has these words in it."
NONE_CHOSEN = "Choose a user to see what can be done"


class Page(StrEnum):
    LIST = "List"
    HEAT = "Heat map"


class UsersView(QWidget):
    """`apply` with the orders that changed, each frame; `tick` each second.

    `user_chosen` with an id on a double click, `event_wanted` with an event of the heat map, `import_wanted` when a list is to be read in.
    """

    user_chosen = Signal(str)
    event_wanted = Signal(object)
    import_wanted = Signal()

    def __init__(
        self, desk: Desk, account: str, start: Callable[[Coroutine[Any, Any, Any]], object], display: Display, theme: Theme,
        clock: Callable[[], float], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__()
        self._desk = desk
        self._start = start
        self._theme = theme
        self._is_stale = True  # what is shown lags behind the exposure
        self._is_relisted = True  # and who is in the list
        self._has_learned = False
        self._recent = desk.users.recent
        self._chosen_id: str | None = None
        self.model = UsersModel(desk.exposure, desk.users, theme)
        self.table = UsersTable(self.model, theme)
        self.heat = HeatView(desk.exposure, desk.users, lambda: desk.controls.limits.user_event, theme)
        self.edit_box = EditUserBox(self, theme, desk.users)
        self.statement = UserStatementWindow(self, desk, account, start, display, theme, now)
        self.cancel = TwiceButton("Cancel all of this user", "", clock)
        self.remove = TwiceButton("Remove from the list", "Press again to remove (their orders stay)", clock)
        self._build()
        self._lay_out()
        self._connect()
        desk.exposure.rebuild()
        self.refresh()

    def apply(self, refs: Collection[str]) -> None:
        """These orders changed. Reckoned at once, shown while it is in view."""
        moved = self._desk.exposure.apply(refs)
        if not moved:
            return
        self._is_stale = True
        if not self.isVisible():
            return
        if self._is_relisted:
            self.refresh()
            return
        if self.model.apply(moved):
            self._choose(self._chosen_id)
        self._show_rest()

    def tick(self) -> None:
        """A second went by: the day, a limit or the list may be another."""
        self.cancel.tick()
        self.remove.tick()
        self.statement.tick()
        if self._has_learned:
            self._has_learned = False
            self._desk.exposure.learn()
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show everything as it stands."""
        if self._is_relisted:
            self._is_relisted = False
            self.model.rebuild()
            self._choose(self._chosen_id)
        else:
            self.model.refresh()
        self._show_rest()

    def showEvent(self, event: QShowEvent) -> None:
        self._is_relisted = True
        self.refresh()
        super().showEvent(event)

    # Building

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search users by id or name")
        self.search.setAccessibleName("Search users")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(200)
        self.search.setMaxLength(200)
        self.cancel.setObjectName("danger")
        self.bring_statement = QPushButton("Statement…")
        self.read = QPushButton("Read their record")
        self.read.setToolTip("Ask the venue for all their orders of the last 30 days, those placed elsewhere too")
        self.edit = QPushButton("Edit…")
        self.add = QPushButton("Add…")
        self.add.setToolTip("Put a user into the list by hand")
        self.bring_in = QPushButton("Import…")
        self.bring_in.setToolTip("Read a list of users from a CSV file")
        self.table.lines = [self.bring_statement, self.read, self.edit]
        self.sums, self.who, self.said = QLabel(), ElidedLabel(), QLabel()
        self.words = QLabel(EMPTY)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self.sums, self.said):
            label.setFont(self._theme.font(11))
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.sums, self.said):
            label.setWordWrap(True)
        self.said.setContentsMargins(10, 2, 10, 2)
        self.said.hide()
        self.pages = QStackedWidget()

    def _lay_out(self) -> None:
        top = _row(QHBoxLayout())
        self.chips = add_chips(Page, top, self._turn, self._theme, self)
        top.addSpacing(4)
        for widget in (self.search, self.add, self.bring_in):
            top.addWidget(widget)
        top.addWidget(self.sums, 1)
        self._bottom = QWidget()
        bottom = _row(QHBoxLayout(self._bottom))
        bottom.addWidget(self.who, 1)
        for button in (self.bring_statement, self.read, self.edit, self.remove, self.cancel):
            bottom.addWidget(button)
        page = QWidget()
        inside = _column(page)
        inside.addWidget(self.words, 1)
        inside.addWidget(self.table, 1)
        inside.addWidget(self._bottom)
        self.pages.addWidget(page)
        self.pages.addWidget(self.heat)
        layout = _column(self)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.said)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._use_text)
        self.table.user_wanted.connect(lambda user_id: self.user_chosen.emit(user_id) if user_id else None)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._note_choice())
        self.table.said.connect(lambda words, _tone: self.say(words))
        self.heat.event_wanted.connect(self.event_wanted)
        self.cancel.sure.connect(self._cancel)
        self.remove.sure.connect(self._remove)
        self.bring_statement.clicked.connect(lambda: self.statement.bring(self._chosen_id or ""))
        self.read.clicked.connect(lambda: self._start(self._read(self._chosen_id or "")))
        self.edit.clicked.connect(self._edit)
        self.add.clicked.connect(lambda: self.edit_box.begin(None, self._desk.exposure.limits_of("")))
        self.bring_in.clicked.connect(self.import_wanted)
        self.edit_box.kept.connect(self._edited)
        self._desk.users.changed.connect(self._relist)
        self._desk.user_record.changed.connect(self._show_rest)
        self._desk.catalogue.markets_changed.connect(self._learn)

    # What is shown

    def say(self, words: str) -> None:
        """What came of something, below everything until the next."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def _turn(self, page: Page) -> None:
        self.pages.setCurrentIndex(list(Page).index(page))
        self.search.setEnabled(page is Page.LIST)
        self._show_rest()

    def _relist(self) -> None:
        """Somebody was put into the list or taken out; that an order was placed for somebody moves nobody."""
        if self._desk.users.recent == self._recent:
            self._is_relisted = True
        self._recent = self._desk.users.recent

    def _learn(self) -> None:
        self._has_learned = True

    def _use_text(self, text: str) -> None:
        self.model.filter_text = text
        self.model.rebuild()
        self._choose(self._chosen_id)
        self._show_rest()

    def _note_choice(self) -> None:
        row = self.table.chosen()
        chosen = row.user.id if row else None
        if chosen != self._chosen_id:
            self.cancel.withdraw()
            self.remove.withdraw()
            self.say("")
        self._chosen_id = chosen
        self._show_actions()

    def _choose(self, user_id: str | None) -> None:
        """Mark the same user again after the rows were laid out anew."""
        place = self.model.place_of(user_id) if user_id is not None else None
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        index = self.model.index(place, 0) if place is not None else QModelIndex()
        self.table.selectionModel().setCurrentIndex(index, flags)
        self._note_choice()

    def _show_rest(self) -> None:
        """What stands around the rows."""
        if self.pages.currentWidget() is self.heat and self._is_stale and self.isVisible():
            self.heat.refresh()
        self._is_stale = self.pages.currentWidget() is not self.heat
        self.words.setText(NONE_FOUND if self.search.text().strip() else EMPTY)
        self.words.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        self.sums.setText(self._summed())
        self._show_actions()

    def _summed(self) -> str:
        totals, rows = self.model.totals, len(self.model.rows)
        if not rows:
            return ""
        shown = f"{rows:,} of {self.model.found:,} users, search for others" if self.model.found > SHOWN else _users(rows)
        return (
            f"{shown} · at risk {formats.money(totals.at_risk)} · {totals.open:,} open, {totals.unknown:,} unknown"
            f" · today staked {formats.money(totals.staked_today)}, P&L {formats.signed(totals.today)}"
            f" · P&L 7 days {formats.signed(totals.week)}"
        )

    def _show_actions(self) -> None:
        row = self.table.chosen()
        orders = self._desk.exposure.cancellable(row.user.id) if row else []
        who = name_of(row.user) if row else ""
        self.who.setText(f"{who[:1].upper()}{who[1:]}" if row else NONE_CHOSEN)
        record = self._desk.user_record
        for button in (self.bring_statement, self.edit):
            button.setEnabled(bool(row and row.user.id))
        self.read.setEnabled(bool(row and row.user.id) and not record.reading)
        self.read.setText(f"Reading… {record.progress.rows:,} orders" if record.reading else "Read their record")
        self.remove.setEnabled(bool(row and row.user.id in self._desk.users.known))
        self.cancel.setEnabled(bool(orders) or self.cancel.is_asking)
        count = f"{len(orders):,} open order{'' if len(orders) == 1 else 's'}"
        self.cancel.rephrase("Cancel all of this user", f"Cancel {count} of {who}")

    # What is done

    def _cancel(self) -> None:
        if self._chosen_id is not None:
            self._start(self._cancel_everything(self._chosen_id))

    async def _cancel_everything(self, user_id: str) -> None:
        self.say(f"Cancelling the open orders of {self._called(user_id)}…")
        words = await self._desk.user_cancels.everything(user_id)
        self._desk.notices.say(words)
        self.say(words)

    async def _read(self, user_id: str) -> None:
        read = await self._desk.user_record.adopt(user_id)
        self.say(f"{self._called(user_id)}: {read.words}")

    def _edit(self) -> None:
        row = self.table.chosen()
        if row is not None:
            self.edit_box.begin(row.user, self._desk.users.limits_of("", self._desk.controls.limits))

    def _edited(self, user_id: str) -> None:
        self._is_relisted, self._chosen_id = True, user_id
        self.refresh()
        self.say(f"{self._called(user_id)} is in the list; the limits hold from now on")

    def _remove(self) -> None:
        if self._chosen_id is None:
            return
        who = self._called(self._chosen_id)
        trouble = self._desk.users.remove(self._chosen_id)
        self._is_relisted = True
        self.refresh()
        self.say(trouble or f"{who} was removed from the list; orders and their limits by the profile stay")

    def _called(self, user_id: str) -> str:
        return name_of(self._desk.users.user(user_id))


def _users(number: int) -> str:
    return "1 user" if number == 1 else f"{number:,} users"


def _row(layout: QHBoxLayout) -> QHBoxLayout:
    layout.setContentsMargins(10, 4, 8, 4)
    layout.setSpacing(5)
    return layout


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
