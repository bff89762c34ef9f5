"""The blotter: status chips, filter, the table of orders with a way to cancel each, and sums of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import DeniedError
from app.domain.market import MarketGroup, MarketKey
from app.domain.order import Order, OrderState
from app.services.notices import Tone
from app.services.session import Session
from app.ui import formats
from app.ui.delegates.status_chip import StatusChipDelegate
from app.ui.display import Display
from app.ui.models.orders import (
    CANCEL_COLUMN,
    COUNTED,
    EVENT_COLUMN,
    MANY,
    SELECTION_COLUMN,
    STATUS_COLUMN,
    USER_COLUMN,
    Filter,
    OrdersModel,
)
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.table import Table

# An unknown order is sent again from its row in the tray only, where all that was tried stands beside the button.
MAY_GO_AGAIN = frozenset({OrderState.NOT_SENT, OrderState.PRESUMED})


_SPANS: Final = {  # pixels: on a small screen names give way, so that how an order stands is in view
    SELECTION_COLUMN: Span(112, 178),
    EVENT_COLUMN: Span(88, 150),
}
_USER: Final = Span(100, 150)


class OrdersTable(Table):
    """Delete cancels what is chosen; a click on ✕ cancels that order; a double click opens its event."""

    cancel_wanted = Signal(list)
    guard_wanted = Signal(object)  # Order
    cancel_event_wanted = Signal(object)
    cancel_market_wanted = Signal(object, object)
    again_wanted = Signal(str)
    event_wanted = Signal(object)

    def __init__(self, model: OrdersModel, theme: Theme, group_of: Callable[[MarketKey], MarketGroup | None]) -> None:
        super().__init__()
        self.setObjectName("orders-of-users" if model.has_users else "orders")  # its columns are kept under that name
        self._orders = model
        self._group_of = group_of
        self.setModel(model)
        self.setItemDelegateForColumn(STATUS_COLUMN, StatusChipDelegate(model, theme, self))
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # a selection's number stands at its end
        self.horizontalHeader().moveSection(CANCEL_COLUMN, 0)  # in view however narrow the table is
        if model.has_users:
            self.horizontalHeader().moveSection(USER_COLUMN, 2)  # after the cross and the time
        spans = _SPANS | {USER_COLUMN: _USER} if model.has_users else _SPANS
        self._room = ColumnRoom(self, spans, STATUS_COLUMN)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().sectionClicked.connect(model.sort_by)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(lambda index: self.event_wanted.emit(model.rows[index.row()].draft.market.event_id))
        self.offer_csv(model.to_csv)

    def chosen(self) -> list[Order]:
        return [self._orders.rows[index.row()] for index in self.selectionModel().selectedRows()]

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        order = self._orders.rows[index.row()]
        first = menu.actions()[0]
        event_id, market_id, _ = order.draft.market
        refs = self._meant(order)
        lines: list[tuple[str, Callable[[], object], bool]] = [
            (
                "Cancel this order" if len(refs) < 2 else f"Cancel these {len(refs)} orders",
                lambda: self.cancel_wanted.emit(refs),
                bool(refs),
            ),
            (
                f"Cancel all on {formats.whole_market(self._group_of(order.draft.market))}",
                lambda: self.cancel_market_wanted.emit(event_id, market_id),
                bool(event_id and market_id),
            ),
            ("Cancel all on this event", lambda: self.cancel_event_wanted.emit(event_id), bool(event_id)),
            ("Send again", lambda: self.again_wanted.emit(order.ref), order.state in MAY_GO_AGAIN),
            ("Guard this order…", lambda: self.guard_wanted.emit(order), order.is_live),
            ("Open its event", lambda: self.event_wanted.emit(order.draft.market.event_id), True),
            ("Copy our reference", lambda: QGuiApplication.clipboard().setText(order.ref), True),
            ("Copy the venue's order id", lambda: QGuiApplication.clipboard().setText(order.venue_order_id), bool(order.venue_order_id)),
        ]
        for text, call, is_enabled in lines:
            action = menu.addAction(text.replace("&", "&&"), call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        menu.insertSeparator(first)
        return menu

    def _meant(self, pointed: Order) -> list[str]:
        """The orders that a menu over one of them cancels: all that are chosen where it is among them, else itself."""
        chosen = self.chosen()
        among = any(order.ref == pointed.ref for order in chosen)
        return [order.ref for order in (chosen if among else [pointed]) if order.is_cancellable]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.cancel_wanted.emit([order.ref for order in self.chosen() if order.is_cancellable])
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        order = self._orders.rows[index.row()]
        if index.column() == CANCEL_COLUMN and order.is_cancellable:
            self.cancel_wanted.emit([order.ref])


class BlotterView(QWidget):
    """Every order of the account; live, newest on top."""

    event_wanted = Signal(object)
    guard_wanted = Signal(object)  # Order

    def __init__(
        self,
        session: Session,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        display: Display,
        theme: Theme,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._labels = display.labels
        self._session = session
        self._start = start
        users = session.controls.users
        self.model = OrdersModel(session.blotter, display, now, users if session.controls.has_users else None)
        self.table = OrdersTable(self.model, theme, session.catalogue.group)
        self._top = QHBoxLayout()
        self.chips = add_chips(Filter, self._top, self._use_chip, theme, self)
        for chip, button in self.chips.items():
            button.setToolTip(COUNTED[chip])
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter orders")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(220)
        self.filter.setMaxLength(200)
        self.cancel_chosen = QPushButton("Cancel selected")
        self.cancel_chosen.setEnabled(False)
        self.sums = QLabel()
        self.sums.setFont(theme.font(11))
        self.words = QLabel("No orders yet: click a price in the grid to write one.")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._connect(display)
        self.rebuild()

    def apply(self, refs: set[str]) -> None:
        """These orders changed."""
        chosen = {order.ref for order in self.table.chosen()} if len(refs) > MANY else set()
        if self.model.apply(refs):
            self._choose(chosen)
        self._count()

    def rebuild(self) -> None:
        chosen = {order.ref for order in self.table.chosen()}
        self.model.rebuild()
        self._choose(chosen)
        self._count()

    def tick(self) -> None:
        """A second went by: the ages in the last column move."""
        if self.model.rows:
            last = len(self.model.columns) - 1
            self.model.dataChanged.emit(self.model.index(0, last), self.model.index(len(self.model.rows) - 1, last))

    def _lay_out(self) -> None:
        top = self._top
        top.setContentsMargins(10, 5, 8, 5)
        top.setSpacing(4)
        top.addStretch(1)
        top.addWidget(self.sums)
        top.addSpacing(10)
        top.addWidget(self.filter)
        top.addWidget(self.cancel_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.table, 1)

    def _connect(self, display: Display) -> None:
        self.table.cancel_wanted.connect(self._cancel)
        self.table.guard_wanted.connect(self.guard_wanted)
        self.table.cancel_event_wanted.connect(lambda event_id: self._start(self._session.trading.cancel_event(event_id)))
        self.table.cancel_market_wanted.connect(lambda *market: self._start(self._session.trading.cancel_market(*market)))
        self.table.again_wanted.connect(lambda ref: self._start(self._send_again(ref)))
        self.table.event_wanted.connect(self.event_wanted)
        self.cancel_chosen.clicked.connect(lambda: self._cancel([order.ref for order in self.table.chosen()]))
        self.filter.textChanged.connect(self._use_text)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._mark_cancellable())
        display.changed.connect(self.table.viewport().update)
        self._session.controls.users.changed.connect(self.table.viewport().update)

    def _use_chip(self, chip: Filter) -> None:
        self.model.chip = chip
        self.rebuild()

    def _use_text(self, text: str) -> None:
        self.model.filter_text = text
        self.rebuild()

    def _choose(self, refs: set[str]) -> None:
        """Mark the same orders again after the rows were laid out anew."""
        selection = self.table.selectionModel()
        for place, order in enumerate(self.model.rows):
            if order.ref in refs:
                flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
                selection.select(self.model.index(place, 0), flags)

    def _count(self) -> None:
        for chip, button in self.chips.items():
            button.setText(f"{chip} {self.model.counts[chip]}")
        sums = self.model.sums
        self.sums.setText(
            f"{self._labels.stake_low} {formats.money(sums.stake)} · filled {formats.money(sums.filled)} · rest {formats.money(sums.rest)}"
            f" · realised {formats.signed(sums.realised)}"
            if self.model.rows
            else ""
        )
        self.words.setText(
            "No order matches this filter." if self._session.blotter.orders else "No orders yet: click a price in the grid to write one."
        )
        self.words.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        self._mark_cancellable()

    def _mark_cancellable(self) -> None:
        self.cancel_chosen.setEnabled(any(order.is_cancellable for order in self.table.chosen()))

    def _cancel(self, refs: list[str]) -> None:
        if refs:
            self._start(self._session.trading.cancel_many(refs))

    async def _send_again(self, ref: str) -> None:
        try:
            await self._session.trading.place_again(ref)
        except DeniedError as problem:
            self._session.notices.say(f"Not sent again: {problem}", Tone.BAD)
