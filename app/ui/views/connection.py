"""The connection panel: how each channel, the stream, the session and the requests stand, what could not be read, and a test of it all."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import VenueError
from app.domain.link import LinkFacts
from app.services.ports import Link, Monotonic
from app.services.session import HeardFault, Session
from app.ui import formats
from app.ui.models.connection import WORDS, CallsModel, ProbesModel
from app.ui.models.table import Row, TableModel
from app.ui.theme import Theme
from app.ui.views.budget_bar import BudgetBar
from app.ui.views.connection_facts import ChannelFacts, SessionFacts, StreamFacts
from app.ui.views.table import Table

TEST = 1  # the place of its tab
NO_FAULTS = "Everything the venue sent could be read."
NO_CALLS = "No request within the last five minutes"
NO_TEST = "“Test connection” tries each request once, those that order or cancel with nothing in them. Nothing is ordered or cancelled."


class ConnectionPanel(QWidget):
    """A window of its own, built once. `tick` once a second: it looks only while somebody else does. Escape puts it away."""

    record_wanted = Signal()

    def __init__(
        self, parent: QWidget, session: Session, link: Link, start: Callable[[Coroutine[Any, Any, Any]], object], theme: Theme,
        clock: Monotonic,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("connection")
        self.setWindowTitle("Connection")
        self._session = session
        self._link = link
        self._start = start
        self._theme = theme
        self._faults_shown = -1
        self.channels = ChannelFacts(session, theme)
        self.stream = StreamFacts(session, theme, clock)
        self.account = SessionFacts(theme)
        self.budget = BudgetBar(theme)
        self.left = QLabel()
        self.requests = CallsModel(theme, clock)
        self.calls = _table("calls", self.requests)
        self.no_calls = QLabel(NO_CALLS)
        self.faults = QPlainTextEdit()
        self.probes = ProbesModel(theme)
        self.tests = _table("probes", self.probes)
        self.tests.setWordWrap(True)  # a dozen rows, written once: the sentences stand there in full
        self.tests.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tests.horizontalHeader().setSectionResizeMode(WORDS, QHeaderView.ResizeMode.Stretch)
        self.calls.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tested = QLabel(NO_TEST)
        self.tabs = QTabWidget()
        self.test_button = QPushButton("Test connection")
        self.socket_button = QPushButton("New socket")
        self.record_button = QPushButton("Record session")
        self.close_button = QPushButton("Close")
        self._lay_out()
        self._connect()
        self.resize(1120, 680)
        self.dress()

    @property
    def tables(self) -> list[Table]:
        return [self.calls, self.tests]

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    # Building

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addWidget(self._facts())
        columns.addWidget(self._requests(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addLayout(self._buttons())

    def _facts(self) -> QWidget:
        column, layout = _column()
        for part in (self.channels, self.stream, self.account):
            layout.addWidget(part)
        layout.setSpacing(16)
        layout.addStretch(1)
        column.setFixedWidth(318)
        return column

    def _requests(self) -> QWidget:
        column, layout = _column()
        title = QLabel("Requests of the last five minutes")
        title.setFont(self._theme.font(12, bold=True))
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight)
        line = QHBoxLayout()
        line.addWidget(title)
        line.addWidget(self.left, 1)
        layout.addLayout(line)
        layout.addWidget(self.budget)
        layout.addWidget(self.no_calls)
        layout.addWidget(self.calls, 3)
        layout.addWidget(self.tabs, 2)
        self.tabs.currentChanged.connect(lambda place: self._share_height(layout, is_testing=place == TEST))
        self.faults.setReadOnly(True)
        self.faults.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.faults.setPlainText(NO_FAULTS)
        test, lines = _column()
        lines.addWidget(self.tested)
        lines.addWidget(self.tests, 1)
        self.tabs.addTab(self.faults, "Faults")
        self.tabs.addTab(test, "Test")
        self.tabs.setDocumentMode(True)
        for label in (self.left, self.no_calls, self.tested, self.faults):
            label.setFont(self._theme.font(12))
        for label in (self.no_calls, self.tested):
            label.setContentsMargins(4, 4, 4, 4)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        return column

    def _share_height(self, layout: QVBoxLayout, *, is_testing: bool) -> None:
        """A test's rows are many and read one by one."""
        layout.setStretchFactor(self.calls, 2 if is_testing else 3)
        layout.setStretchFactor(self.tabs, 5 if is_testing else 2)

    def _buttons(self) -> QHBoxLayout:
        self.test_button.setToolTip("Try each request once; nothing is ordered or cancelled")
        self.socket_button.setToolTip("Change the stream's socket for a new one, without a gap")
        self.record_button.setToolTip("Write what the venue sends to a file, without secrets")
        line = QHBoxLayout()
        for button in (self.test_button, self.socket_button, self.record_button):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.close_button)
        return line

    def _connect(self) -> None:
        self.test_button.clicked.connect(self._begin_test)
        self.socket_button.clicked.connect(self._link.replace_socket)
        self.record_button.clicked.connect(self.record_wanted)
        self.close_button.clicked.connect(self.hide)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.hide)

    def dress(self) -> None:
        """Put the theme's colours on what a palette does not reach."""
        for part in (self.channels, self.stream, self.account):
            part.dress()
        self.budget.update()

    def show_recording(self, is_on: bool | None) -> None:
        """Whether what the venue sends is being written down; None where it cannot be."""
        self.record_button.setVisible(is_on is not None)
        self.record_button.setText("Stop recording" if is_on else "Record session")

    # How it stands

    def showEvent(self, event: QShowEvent) -> None:
        self.tick()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rates are reckoned between two looks: after a while away there is none."""
        self.channels.forget()
        self.stream.forget()
        super().hideEvent(event)

    def tick(self) -> None:
        """A second went by."""
        if not self.isVisible():
            return
        facts = self._link.facts()
        self.channels.show_link(facts)
        self.stream.show_link(facts)
        self.account.show_link(facts)
        self._show_requests(facts)
        self._show_faults()

    def _show_requests(self, facts: LinkFacts) -> None:
        self.left.setText(f"{facts.budget_left} of {facts.budget} left this second · {facts.waiting:,} waiting")
        self.budget.show_budget(facts.budget, facts.budget_left, facts.reserve)
        self.requests.show_figures(facts.calls)
        self.no_calls.setVisible(not facts.calls)

    def _show_faults(self) -> None:
        """Written anew only when there is another one, so that what is marked to be copied stays marked."""
        count = self._session.faults
        if count == self._faults_shown:
            return
        self._faults_shown = count
        self.tabs.setTabText(0, f"Faults {count:,}" if count else "Faults")
        self.faults.setPlainText("\n".join(map(_fault_text, reversed(self._session.recent_faults))) or NO_FAULTS)

    # The test

    def _begin_test(self) -> None:
        if self.test_button.hasFocus():
            self.setFocus()  # else Qt hands it on to the next button, and the next key with it
        self.test_button.setEnabled(False)
        self.probes.begin()
        self.tabs.setCurrentIndex(TEST)
        self.tested.setText("Trying each request once, a second apart where the venue asks for it…")
        self._start(self._test())

    async def _test(self) -> None:
        words = "The test was broken off"
        try:
            async for probe in self._link.test():
                self.probes.add(probe)
                self.tests.scrollToBottom()
            words = _summary(self.probes)
        except VenueError as problem:
            words = f"{words}: {problem}"
        finally:
            self.tested.setText(words)
            self.test_button.setEnabled(True)
            if self.probes.failures:
                self.tests.scrollToTop()
            if self.hasFocus():
                self.test_button.setFocus()


def _fault_text(heard: HeardFault) -> str:
    sample = f"\n        {heard.fault.sample}" if heard.fault.sample else ""
    return f"{formats.clock(heard.at)}  {heard.fault.words}{sample}"


def _summary(probes: ProbesModel) -> str:
    tried, failures, untried = len(probes.rows) - probes.untried, probes.failures, probes.untried
    if not tried:
        return "There was nothing to try."
    if failures:
        also = f", {untried} {_were(untried)} not tried" if untried else ""
        return f"{failures} of {tried} requests did not work{also}: each row says why."
    return f"All {tried} requests work." + (f" {untried} {_were(untried)} not tried: each row says why." if untried else "")


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _table(name: str, model: TableModel[Row]) -> Table:
    table = Table()
    table.setObjectName(name)
    table.setModel(model)
    for place, column in enumerate(model.columns):
        table.setColumnWidth(place, column.width)
    table.offer_csv(model.to_csv)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    return table


def _column() -> tuple[QWidget, QVBoxLayout]:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return column, layout
