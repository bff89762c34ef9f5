"""The connection panel of a feed account: how its polling stands, and the requests of the last minutes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.link import LinkFacts
from app.services.clock_check import FAR, clock_distance, clock_words
from app.services.feed.session import FeedSession
from app.services.ports import Monotonic
from app.ui import formats
from app.ui.feed.words import again_words
from app.ui.models.connection import CallsModel
from app.ui.theme import Theme
from app.ui.views.fact_list import FactList
from app.ui.views.table import Table

NO_CALLS = "No request within the last five minutes"
GONE = "not reachable"
REFUSED = "does not accept the key"
NOTHING_ASKED = "nothing is asked"


class FeedFacts(FactList):
    """The figures of the polling as names and values."""

    def __init__(self, session: FeedSession, theme: Theme, clock: Monotonic) -> None:
        names = {
            "Feed": "Whether the feed answers",
            "Last poll": "When the feed last answered which odds changed",
            "Interval": "Between two polls of /odds/changes: longer where nobody looks and after failures",
            "Polls": "Polls of /odds/changes since the account was connected",
            "Failed": "Requests that came to nothing",
            "Changes": "Prices the polls told",
            "Told again": "Changes told twice: each poll asks two seconds back, so that none is missed",
            "Truncated pages": "Full pages of changes: more may have changed, so every live match was read anew",
            "Matches read again": "Readings of single matches",
            "Faults": "Rows of answers that could not be read",
            "This computer's clock": "By the times of the feed's answers",
            "Last trouble": "What went wrong last, while it does",
        }
        super().__init__("Odds feed", names, theme)
        self._session = session
        self._clock = clock
        self.values["Last trouble"].setWordWrap(True)

    def refresh(self) -> None:
        figures, is_gone = self._session.figures, self._session.is_venue_gone
        age = self._clock() - figures.last_poll_at if figures.last_poll_at is not None else None
        self.show_fact("Feed", *_standing(self._session))
        self.show_fact("Last poll", f"{formats.age(age)} ago" if age is not None else "never")
        self.show_fact("Interval", again_words(self._session) or (NOTHING_ASKED if is_gone else f"{figures.interval:.1f} s"))
        for name, count, is_odd in (
            ("Polls", figures.polls, False),
            ("Failed", figures.failures, bool(figures.why)),
            ("Changes", figures.changes, False),
            ("Told again", figures.duplicates, False),
            ("Truncated pages", figures.truncated, figures.truncated > 0),
            ("Matches read again", figures.read_again, False),
            ("Faults", figures.faults, figures.faults > 0),
        ):
            self.show_fact(name, f"{count:,}", "state.warning" if is_odd else "text.strong")
        why = formats.plain(self._session.gone_because if is_gone else figures.why)
        self.show_fact("Last trouble", why or "none", "state.warning" if why else "text.dim")
        self._show_clock(figures.offset)

    def _show_clock(self, offset: float | None) -> None:
        name = "This computer's clock"
        if offset is None:
            self.show_fact(name, "not known yet", "text.dim")
            return
        words = "agrees with the feed's" if abs(offset) < 1 else f"{clock_distance(offset)} {'behind' if offset > 0 else 'ahead'}"
        self.show_fact(name, words, "state.warning" if abs(offset) > FAR else "text.strong")
        self.values[name].setToolTip(clock_words(offset))


def _standing(session: FeedSession) -> tuple[str, str]:
    """Whether the feed answers, and the colour of that."""
    if session.is_venue_gone:
        return REFUSED if session.is_refused else GONE, "state.bad"
    if session.figures.why:
        return "does not answer", "state.bad" if session.is_late else "state.warning"
    if session.is_late:
        return "is late", "state.warning"
    return "answers" if session.figures.last_poll_at is not None else "not heard yet", "text.strong"


class FeedFiguresPanel(QWidget):
    """A window of its own, built once. `tick` once a second: it looks only while somebody else does. Escape puts it away.

    `facts` tells the requests by their kind.
    """

    def __init__(self, parent: QWidget, session: FeedSession, facts: Callable[[], LinkFacts], theme: Theme, clock: Monotonic) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("feed.connection")
        self.setWindowTitle("Connection")
        self._facts = facts
        self._theme = theme
        self.feed = FeedFacts(session, theme, clock)
        self.requests = CallsModel(theme, clock)
        self.calls = Table()
        self.no_calls = QLabel(NO_CALLS)
        self.close_button = QPushButton("Close")
        self._lay_out()
        self.close_button.clicked.connect(self.hide)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.hide)
        self.resize(860, 420)

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.calls,)

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        self.tick()
        super().showEvent(event)

    def tick(self) -> None:
        """A second went by."""
        if not self.isVisible():
            return
        self.feed.refresh()
        facts = self._facts()
        self.requests.show_figures(facts.calls)
        self.no_calls.setVisible(not facts.calls)

    def dress(self) -> None:
        self.feed.dress()

    def _lay_out(self) -> None:
        title = QLabel("Requests of the last five minutes")
        title.setFont(self._theme.font(12, bold=True))
        self.calls.setObjectName("feed.calls")
        self.calls.setAccessibleName("Requests of the last five minutes")
        self.calls.setModel(self.requests)
        for place, column in enumerate(self.requests.columns):
            self.calls.setColumnWidth(place, column.width)
        self.calls.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.calls.offer_csv(self.requests.to_csv)
        self.calls.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.calls.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.no_calls.setFont(self._theme.font(12))
        self.no_calls.setTextFormat(Qt.TextFormat.PlainText)
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (title, self.no_calls):
            right.addWidget(part)
        right.addWidget(self.calls, 1)
        left = QVBoxLayout()
        left.addWidget(self.feed)
        left.addStretch(1)
        self.feed.setFixedWidth(318)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addLayout(left)
        columns.addLayout(right, 1)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addLayout(bottom)
