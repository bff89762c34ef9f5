"""The subscriptions: what the feed tells this partner, where to, and which secrets are here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.hooks.tools import HookTools
from app.ui.models.hooks_subscriptions import SubscriptionRow, SubscriptionsModel
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import Table
from app.ui.wizard.parts import button

TARGET = 2


class SubscriptionsPane(QWidget):
    """`new_wanted`, `delete_wanted` and `rotate_wanted` (with the subscription's number) are presses; `chosen` when another row is."""

    new_wanted = Signal()
    delete_wanted = Signal(object)
    rotate_wanted = Signal(object)
    chosen = Signal()

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._desk = tools.desk
        self._theme = tools.theme
        self.model = SubscriptionsModel(tools.desk, tools.now)
        self.table = Table()
        self.table.setObjectName("hooks.subscriptions")
        self.table.setAccessibleName("Webhook subscriptions")
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setTabKeyNavigation(False)
        self.table.offer_csv(self.model.to_csv)
        for place, column in enumerate(self.model.columns):
            self.table.setColumnWidth(place, column.width)
        self.table.horizontalHeader().setSectionResizeMode(TARGET, QHeaderView.ResizeMode.Stretch)
        self.empty = QLabel()
        self.title = QLabel("Subscriptions")
        self.note = ElidedLabel()
        self.rotate = button(
            "Rotate…", "Make a second one beside it, see that it works, then delete the old one (the feed has no call for it)"
        )
        self.delete = button("Delete…", "End this subscription")
        self.again = button("Read again", "Ask the feed for the list (F5)")
        self._lay_out()
        self.rotate.clicked.connect(self._rotate)
        self.delete.clicked.connect(self._delete)
        self.again.clicked.connect(self._desk.subscriptions.reread)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table, self._delete, context=Qt.ShortcutContext.WidgetShortcut)
        self.refresh()

    def _lay_out(self) -> None:
        self.title.setFont(self._theme.font(13, bold=True))
        self.note.setFont(self._theme.font(11))
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        QVBoxLayout(self.table.viewport()).addWidget(self.empty)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 8, 4)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.note, 1)
        for part in (self.again, self.rotate, self.delete):
            head.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)

    @property
    def row(self) -> SubscriptionRow | None:
        """The one that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def refresh(self) -> None:
        self.model.refresh()
        subscriptions = self._desk.subscriptions
        self.empty.setText(self._why_empty())
        self.empty.setVisible(not self.model.rows)
        words = [subscriptions.trouble, subscriptions.keyring_trouble, *subscriptions.faults[:1]]
        self.note.setText(formats.plain(" · ".join(filter(None, words))))
        self._selected()

    def tick(self) -> None:
        self.model.tick()

    def _why_empty(self) -> str:
        subscriptions = self._desk.subscriptions
        if subscriptions.trouble:
            return f"The subscriptions could not be read: {formats.plain(subscriptions.trouble)}"
        if subscriptions.read_at is None:
            return "The subscriptions are being read." if subscriptions.is_reading else "The feed has not been asked yet."
        return "Nothing is subscribed to. A subscription has the feed tell an address of yours when something changed."

    def _selected(self) -> None:
        row = self.row
        for part in (self.rotate, self.delete):
            part.setEnabled(row is not None)
        self.chosen.emit()

    def _rotate(self) -> None:
        if self.row is not None:
            self.rotate_wanted.emit(self.row.subscription.id)

    def _delete(self) -> None:
        if self.row is not None:
            self.delete_wanted.emit(self.row.subscription.id)
