"""The account's history in a window of its own: trades and transactions as the venue's record has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QLabel, QTabWidget, QVBoxLayout, QWidget

from app.services.statement import Statement
from app.ui.display import Display
from app.ui.models.statement import trades_model, transactions_model
from app.ui.theme import Theme
from app.ui.views.statement_sheet import SheetView, Start
from app.ui.views.table import Table

DAYS = 7  # shown at first: what the venue answers in one request (contract 5.3)


class StatementWindow(QWidget):
    """Built once and shown as often as it is wanted; each showing reads the tab in front anew. F5 too; Escape puts it away."""

    def __init__(
        self, parent: QWidget, statement: Statement, start: Start, display: Display, theme: Theme,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("statement")
        self.setWindowTitle("Account history")
        self._statement = statement
        self._now = now
        self._build_filters()
        trades, money = trades_model(statement, display, theme), transactions_model(statement, theme)
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
        """Show it, or bring it to the front; what stands in front is read anew."""
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
    def _pages(self) -> tuple[SheetView, SheetView]:
        return self.trades, self.transactions

    def _build_filters(self) -> None:
        self.trades_since = _day(self._today().addDays(1 - DAYS))
        self.kind = _choice({"Any kind": ""})

    def _lay_out(self) -> None:
        self.trades.add_filters(QLabel("Matched since"), self.trades_since)
        self.transactions.add_filters(self.kind)
        for title, page in zip(("Trades", "Transactions"), self._pages, strict=True):
            self.tabs.addTab(page, title)
        self.tabs.setDocumentMode(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.tabs)

    def _connect(self, display: Display) -> None:
        self._name_kinds()
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
