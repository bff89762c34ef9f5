"""The subscriptions: what the feed tells this partner, where to, and which secrets are here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView

from app.ui import formats
from app.ui.delegates.badge_cell import BadgeCell
from app.ui.hooks.pane import Pane, empty_words
from app.ui.hooks.target_cell import TargetCell
from app.ui.hooks.tools import HookTools
from app.ui.models.hooks_subscriptions import EVENT, LAST, SECRET, STATE, TARGET, SubscriptionRow, SubscriptionsModel
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import Table
from app.ui.wizard.parts import button

ROTATE = "Make a second one beside it, see that it works, then delete the old one (the feed has no call for it)"
SPANS = {EVENT: Span(118, 124), STATE: Span(80, 128), LAST: Span(52, 60), TARGET: Span(142, 2_000)}
EMPTY = "Nothing is subscribed to. A subscription has the feed tell an address of yours when something changed: Ctrl+N makes one."


class SubscriptionsPane(Pane):
    """`delete_wanted` and `rotate_wanted` (with the subscription's number) are presses; `chosen` when another row is."""

    delete_wanted = Signal(object)
    rotate_wanted = Signal(object)
    chosen = Signal()

    def __init__(self, tools: HookTools) -> None:
        super().__init__("Subscriptions", tools.theme)
        self._desk = tools.desk
        self.model = SubscriptionsModel(tools.desk, tools.now)
        self._secret, self._state = (
            BadgeCell(tools.theme, self.model.secret_tone),
            BadgeCell(tools.theme, self.model.state_tone, is_rest_telling=True),
        )
        self._target = TargetCell()
        self.table = self._built_table()
        self.empty = empty_words(self.table)
        self.note = ElidedLabel()
        self.again = button("Read again", "Ask the feed for the list (F5)")
        self.rotate = button("Rotate…", ROTATE)
        self.delete = button("Delete…", "End this subscription (Delete)")
        self._told = ""
        self._told_of: tuple[tuple[int, ...], bool] = ((), False)  # what the list was when it was told
        self._lay_out()
        self._connect()
        self.refresh()

    def _built_table(self) -> Table:
        table = Table()
        table.setObjectName("hooks.subscriptions")
        table.setAccessibleName("Webhook subscriptions")
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setTabKeyNavigation(False)
        table.offer_csv(self.model.to_csv)
        for place, column in enumerate(self.model.columns):
            table.setColumnWidth(place, column.width)
        last = len(self.model.columns) - 1
        self._room = ColumnRoom(table, SPANS, last)
        table.setItemDelegateForColumn(TARGET, self._target)
        table.setItemDelegateForColumn(SECRET, self._secret)
        table.setItemDelegateForColumn(STATE, self._state)
        return table

    def _lay_out(self) -> None:
        self.note.setFont(self._theme.font(11))
        self.head.addWidget(self.note, 1)
        for part in (self.again, self.rotate, self.delete):
            part.setObjectName("small")
            self.head.addWidget(part)
        self.body.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.again.clicked.connect(self.read_again)
        self.rotate.clicked.connect(self._rotate)
        self.delete.clicked.connect(self._delete)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table, self._delete, context=Qt.ShortcutContext.WidgetShortcut)

    @property
    def row(self) -> SubscriptionRow | None:
        """The one that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def say(self, words: str) -> None:
        """What became of something that was wanted of the feed: it stays until something else is, or the list is another."""
        self._told, self._told_of = words, self._condition
        self._show_note()

    def read_again(self) -> None:
        """A person wants to see what is true now."""
        self.say("")
        self._desk.subscriptions.reread()

    @property
    def _condition(self) -> tuple[tuple[int, ...], bool]:
        """Which there are, and whether the feed tells them."""
        subscriptions = self._desk.subscriptions
        return tuple(subscriptions.all), bool(subscriptions.trouble or self._desk.feed_trouble)

    def refresh(self) -> None:
        """The chosen one stays chosen where it is still there."""
        was = self.row
        self.model.refresh()
        if was is not None and self.row is None:
            self._choose(was.subscription.id)
        self.empty.setText(self._why_empty())
        self.empty.setVisible(not self.model.rows)
        self._show_note()
        self._selected()

    def tick(self) -> None:
        self.model.tick()

    def _choose(self, subscription_id: int) -> None:
        for place, row in enumerate(self.model.rows):
            if row.subscription.id == subscription_id:
                self.table.selectRow(place)

    def _show_note(self) -> None:
        subscriptions = self._desk.subscriptions
        if self._told and self._told_of != self._condition:
            had, is_ill = self._told_of
            self._told, self._told_of = "" if had != self._condition[0] or is_ill else self._told, self._condition
        words = [self._told, subscriptions.trouble, subscriptions.keyring_trouble, *subscriptions.faults[:1]]
        self.note.setText(formats.plain(" · ".join(filter(None, words))) or ("Being read…" if subscriptions.is_reading else ""))

    def _why_empty(self) -> str:
        subscriptions = self._desk.subscriptions
        if subscriptions.trouble:
            return f"The subscriptions could not be read: {formats.plain(subscriptions.trouble)}"
        if subscriptions.read_at is None:
            return "The subscriptions are being read." if subscriptions.is_reading else "The feed has not been asked yet."
        return EMPTY

    def _selected(self) -> None:
        row = self.row
        self.rotate.setEnabled(row is not None and row.subscription.is_active)
        self.delete.setEnabled(row is not None)
        self.chosen.emit()

    def _rotate(self) -> None:
        if self.row is not None:
            self.rotate_wanted.emit(self.row.subscription.id)

    def _delete(self) -> None:
        if self.row is not None:
            self.delete_wanted.emit(self.row.subscription.id)
