"""The account's history in a window of its own: orders, trades and transactions as the venue's record has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import QDate, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QLabel, QTabWidget, QVBoxLayout, QWidget

from app.domain.order import HistoryQuery
from app.services.session import Session
from app.services.statement import Statement
from app.ui.display import Display
from app.ui.models.statement import orders_model, trades_model, transactions_model
from app.ui.theme import Theme
from app.ui.views.statement_sheet import SheetView, Start
from app.ui.views.table import Table

DAYS = 7  # shown at first: what the venue answers in one request (contract 5.3)
STATUSES = ("inactive", "open", "settled", "manually_settled", "closed", "canceled", "void", "wiped", "invalid")
MATCHINGS = ("unmatched", "partially_matched", "fully_matched")
NONE_OPEN = "No event is open: choose one in the main window"
BACKWARDS = "The first day is after the last one: nothing was asked for"


class StatementWindow(QWidget):
    """Built once and shown as often as it is wanted; each showing reads the tab in front anew. F5 too; Escape puts it away."""

    def __init__(
        self, parent: QWidget, statement: Statement, session: Session, start: Start, display: Display, theme: Theme,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("statement")
        self.setWindowTitle("Account history")
        self._statement = statement
        self._session = session
        self._now = now
        self._day = self._today()
        self._build_filters()
        orders, trades, money = (
            orders_model(statement, display, theme),
            trades_model(statement, display, theme),
            transactions_model(statement, theme),
        )
        self.orders = SheetView("orders", statement.orders, orders, self._order_wish, start, theme)
        self.trades = SheetView("trades", statement.trades, trades, self._trade_wish, start, theme)
        self.transactions = SheetView("transactions", statement.transactions, money, self._kind_wish, start, theme)
        self.tabs = QTabWidget()
        self._lay_out()
        self._connect(display)
        self.resize(1180, 640)

    @property
    def tables(self) -> list[Table]:
        return [page.table for page in self._pages]

    def bring(self) -> None:
        """Show it, or bring it to the front; what stands in front is read anew, up to today where it was up to today before."""
        if self.until.date() == self._day:
            with QSignalBlocker(self.until):
                self.until.setDate(self._today())
        self._day = self._today()
        self.show()
        self.raise_()
        self.activateWindow()
        self.refresh()

    def refresh(self) -> None:
        self._pages[self.tabs.currentIndex()].reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.hide()
            case Qt.Key.Key_F5:
                self.refresh()
            case _:
                super().keyPressEvent(event)

    # Building

    @property
    def _pages(self) -> tuple[SheetView, SheetView, SheetView]:
        return self.orders, self.trades, self.transactions

    def _build_filters(self) -> None:
        self.by = _choice({"Placed": False, "Changed": True})
        self.since = _day(self._today().addDays(1 - DAYS))
        self.until = _day(self._day)
        self.status = _choice({"Any status": ""} | {_words(word): word for word in STATUSES})
        self.matching = _choice({"Any matching": ""} | {_words(word): word for word in MATCHINGS})
        self.where = _choice({"Any event": False, "The open event": True})
        self.trades_since = _day(self._today().addDays(1 - DAYS))
        self.kind = _choice({"Any kind": ""})

    def _lay_out(self) -> None:
        self.orders.add_filters(self.by, QLabel("from"), self.since, QLabel("to"), self.until, self.status, self.matching, self.where)
        self.trades.add_filters(QLabel("Matched since"), self.trades_since)
        self.transactions.add_filters(self.kind)
        for title, page in zip(("Orders", "Trades", "Transactions"), self._pages, strict=True):
            self.tabs.addTab(page, title)
        self.tabs.setDocumentMode(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.tabs)

    def _connect(self, display: Display) -> None:
        self._name_kinds()
        for choice in (self.by, self.status, self.matching, self.where):
            choice.currentIndexChanged.connect(self.orders.reload)
        for day in (self.since, self.until):
            day.dateChanged.connect(self.orders.reload)
        self.trades_since.dateChanged.connect(self.trades.reload)
        self.kind.currentIndexChanged.connect(self.transactions.reload)
        self._statement.transactions.changed.connect(self._name_kinds)
        self.tabs.currentChanged.connect(lambda _place: self.refresh())
        for page in self._pages:
            display.changed.connect(page.table.viewport().update)

    def _name_kinds(self) -> None:
        """Offer the kinds of transactions that were seen meanwhile."""
        for kind in self._statement.kinds:
            if self.kind.findData(kind) < 0:
                self.kind.addItem(_words(kind), kind)

    # What is wanted

    def _order_wish(self) -> HistoryQuery:
        """ValueError with a sentence where the filters make no sense."""
        first, last = self.since.date(), self.until.date()
        if first > last:
            raise ValueError(BACKWARDS)
        event_id = self._session.open_event_id
        if self.where.currentData() and event_id is None:
            raise ValueError(NONE_OPEN)
        return HistoryQuery(
            _midnight(first),
            until=None if last >= self._today() else _midnight(last.addDays(1)),
            is_touched=bool(self.by.currentData()),
            status=self.status.currentData(),
            matching=self.matching.currentData(),
            event_id=event_id if self.where.currentData() else None,
        )

    def _trade_wish(self) -> datetime:
        return _midnight(self.trades_since.date())

    def _kind_wish(self) -> str:
        return str(self.kind.currentData())

    def _today(self) -> QDate:
        today = self._now().astimezone()
        return QDate(today.year, today.month, today.day)


def _midnight(day: QDate) -> datetime:
    """The start of a local day."""
    return datetime(day.year(), day.month(), day.day()).astimezone()


def _day(day: QDate) -> QDateEdit:
    field = QDateEdit(day)
    field.setDisplayFormat("dd MMM yyyy")
    field.setCalendarPopup(True)
    field.lineEdit().setMaxLength(20)
    field.setMinimumDate(QDate(2020, 1, 1))
    field.setMaximumDate(QDate(2099, 12, 31))
    return field


def _choice(values: Mapping[str, object]) -> QComboBox:
    choice = QComboBox()
    for text, value in values.items():
        choice.addItem(text, value)
    return choice


def _words(word: str) -> str:
    return word.replace("_", " ")
