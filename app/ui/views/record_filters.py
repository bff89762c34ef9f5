"""What of the venue's record of orders is asked for: a span of time, status, matching, an external user or an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QSignalBlocker, QSize, QTime, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QDateTimeEdit, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.domain.order import HistoryQuery
from app.domain.user import UserError
from app.services.order_record import MATCHINGS, OrderRecord
from app.services.session import Session
from app.services.users import Users
from app.ui.theme import Theme
from app.ui.views.user_field import UserField

TODAY, CUSTOM = "Today", "Custom"
SPANS: Mapping[str, timedelta] = {"24 h": timedelta(hours=24), "7 days": timedelta(days=7), "30 days": timedelta(days=30)}
FIRST = "7 days"  # what the Trading API answers in one request (contract 5.3)
PAUSE = 600  # ms after the last step of a time field until it is asked for
NONE_OPEN = "No event is open: choose one in the list of events"
BACKWARDS = "The first time is after the last one: nothing was asked for"
WIDE = 1180  # pixels from which all filters stand in one row
SNUG = 860  # pixels from which they do without the two times, which a named span has in its tip


class RecordFilters(QWidget):
    """`wanted` when something else is to be asked for, `text_changed` when another text is looked for in what was read, `folded` when it
    may stand in another number of rows.
    """

    wanted = Signal()
    folded = Signal()
    text_changed = Signal(str)

    def __init__(self, record: OrderRecord, session: Session, users: Users, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._record = record
        self._session = session
        self._now = now
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE)
        self.span = _choice("Span of time", {name: name for name in (TODAY, *SPANS, CUSTOM)})
        self.span.setCurrentText(FIRST)
        self.since, self.until = _moment("From"), _moment("To")
        self.status = _choice("Status", {"Any status": ""} | {_words(word): word for word in record.statuses})
        self.matching = _choice("Matching status", {"Any matching": ""} | {_words(word): word for word in MATCHINGS})
        self.by = _choice("Which time", {"Placed": False, "Changed": True})
        self.where = _choice("Event", {"Any event": None, "The open event": 0})
        self.user = UserField(users, theme)
        self.user.setFont(theme.font())
        self.user.setPlaceholderText("Any user")
        self.user.setClearButtonEnabled(True)
        self.user.setMinimumWidth(130)
        self.user.setMaximumWidth(280)
        self._user_asked = ("", "")
        self._wide = WIDE
        self.text = QLineEdit()
        self.text.setPlaceholderText("Find in these rows")
        self.text.setToolTip("Looks through the orders that were read, not through the venue's whole record")
        self.text.setAccessibleName("Find in what was read")
        self.text.setClearButtonEnabled(True)
        self.text.setMaxLength(200)
        self.text.setMinimumWidth(110)
        self.text.setMaximumWidth(170)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        self.room, self.end = QHBoxLayout(), QHBoxLayout()
        self._lay_out()
        self._connect()
        self._show_span()

    def query(self) -> HistoryQuery:
        """ValueError with a sentence where the filters make no sense."""
        since, until = self._bounds()
        if until is not None and since > until:
            raise ValueError(BACKWARDS)
        self._show_span()
        return HistoryQuery(
            since,
            until,
            is_touched=self._record.has_events and bool(self.by.currentData()),
            status=self.status.currentData(),
            matching=self.matching.currentData(),
            event_id=self._event_id(),
            user=self._user_id(),
        )

    def words(self) -> str:
        """The filters that were asked for last, in words: `placed in the last 7 days, status open`."""
        span = self.span.currentText()
        when = {TODAY: "today", CUSTOM: f"from {_said(self.since)} to {_said(self.until)}"}.get(span, f"in the last {span}")
        verb = "changed" if self._record.has_events and self.by.currentData() else "placed"
        parts = [f"{verb} {when}"]
        parts += [f"status {self.status.currentText()}"] if self.status.currentData() else []
        parts += [self.matching.currentText()] if self.matching.currentData() else []
        parts += [f"for {self.user.text().strip()}"] if self._record.has_users and self.user.text().strip() else []
        parts += [f"on {self.where.currentText()}"] if self._record.has_events and self.where.currentData() is not None else []
        return ", ".join(parts)

    def show_event(self, event_id: int, name: str) -> None:
        """Ask for one event."""
        if self.where.findData(event_id) < 0:
            self.where.addItem(name, event_id)
        self.where.setCurrentIndex(self.where.findData(event_id))

    def show_user(self, user_id: str) -> None:
        """Ask for one external user."""
        self.user.choose(user_id)
        self._user_settled()

    @property
    def is_one_row(self) -> bool:
        return self._wide >= (WIDE if self._shows_times else SNUG)

    def fold(self, width: int) -> None:
        """One row where there is room, else two; the times of a named span stand there only where there is room for everything."""
        self._wide = width
        for widget in self._times:
            widget.setVisible(self._shows_times)
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if self.is_one_row else QBoxLayout.Direction.TopToBottom)

    @property
    def _shows_times(self) -> bool:
        return self._wide >= WIDE or self.span.currentText() == CUSTOM

    def minimumSizeHint(self) -> QSize:
        """That of two rows, so that one row gives way when the window becomes narrow."""
        margins = self._rows.contentsMargins()
        widest = max(row.minimumSize().width() for row in (self._first, self._second))
        return QSize(widest + margins.left() + margins.right(), super().minimumSizeHint().height())

    # Building

    def _lay_out(self) -> None:
        first, second, to = self._first, self._second, QLabel("to")
        self._times = (self.since, to, self.until)
        mine: Sequence[QWidget] = (self.user,) if self._record.has_users else (self.where,)
        others: Sequence[QWidget] = () if self._record.has_users else (self.by,)
        for widget in (self.span, self.since, to, self.until, *others, self.status, self.matching):
            first.addWidget(widget)
        first.addStretch(1)
        for widget in (*mine, self.text):
            second.addWidget(widget, 2)
        second.addLayout(self.room, 1)  # free where the filters stand in two rows
        second.addStretch()
        second.addLayout(self.end)
        for row in (first, second, self.end):
            row.setSpacing(6)
        self._rows.setContentsMargins(8, 4, 8, 3)
        self._rows.setSpacing(4)
        self._rows.addLayout(first)
        self._rows.addLayout(second, 1)
        self.setLayout(self._rows)

    def _connect(self) -> None:
        self.span.currentTextChanged.connect(self._use_span)
        for choice in (self.status, self.matching, self.by, self.where):
            choice.currentIndexChanged.connect(self._chosen)
        for field in (self.since, self.until):
            field.dateTimeChanged.connect(self._moved)
            field.editingFinished.connect(self._settled)
        self._later.timeout.connect(self.wanted)
        self.user.picked.connect(self._user_settled)
        self.user.editingFinished.connect(self._user_settled)
        self.user.textChanged.connect(self._user_typed)
        self.text.textChanged.connect(self.text_changed)

    # The span

    def _use_span(self, name: str) -> None:
        self.fold(self._wide)
        self.folded.emit()
        if name != CUSTOM:
            self.wanted.emit()

    def _moved(self) -> None:
        """A time was changed by hand: it is the person's own now, and asked for once the hand rests."""
        with QSignalBlocker(self.span):
            self.span.setCurrentText(CUSTOM)
        self._later.start()

    def _settled(self) -> None:
        if self._later.isActive():
            self._later.stop()
            self.wanted.emit()

    def _bounds(self) -> tuple[datetime, datetime | None]:
        """The span that is asked for; without an end it reaches up to now."""
        name, now = self.span.currentText(), self._now()
        if name == CUSTOM:
            until = _read(self.until)
            return _read(self.since), None if until >= now else until
        if name == TODAY:
            return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0), None
        return now - SPANS[name], None

    def _show_span(self) -> None:
        """What a preset means just now."""
        if self.span.currentText() == CUSTOM:
            return
        since, _ = self._bounds()
        for field, at in ((self.since, since), (self.until, self._now())):
            with QSignalBlocker(field):
                _write(field, at)
        self.span.setToolTip(f"{_said(self.since)} to {_said(self.until)}")

    # The user and the event

    def _chosen(self, _place: int) -> None:
        self.wanted.emit()

    def _user_typed(self, text: str) -> None:
        if not text:
            self._user_settled()

    def _user_settled(self) -> None:
        """Asked for once a name stands: typed to its end, picked, or taken out."""
        named = self._user_named()
        if named != self._user_asked and not self.user.is_choosing:
            self._user_asked = named
            self.wanted.emit()

    def _user_named(self) -> tuple[str, str]:
        """The id, or else the words that name nobody: the same user may be called otherwise."""
        try:
            return self.user.user_id(), ""
        except UserError:
            return "", self.user.text().strip()

    def _user_id(self) -> str:
        return self.user.user_id() if self._record.has_users and self.user.text().strip() else ""

    def _event_id(self) -> int | None:
        chosen: int | None = self.where.currentData() if self._record.has_events else None
        if chosen != 0:
            return chosen
        if self._session.open_event_id is None:
            raise ValueError(NONE_OPEN)
        return self._session.open_event_id


def _choice(name: str, values: Mapping[str, object]) -> QComboBox:
    choice = QComboBox()
    choice.setAccessibleName(name)
    choice.setMaximumWidth(170)
    for text, value in values.items():
        choice.addItem(text, value)
    return choice


def _moment(name: str) -> QDateTimeEdit:
    field = QDateTimeEdit()
    field.setAccessibleName(name)
    field.setDisplayFormat("dd MMM yyyy HH:mm")
    field.setCalendarPopup(True)
    field.setMinimumDate(QDate(2020, 1, 1))
    field.setMaximumDate(QDate(2099, 12, 31))
    field.lineEdit().setMaxLength(24)
    return field


def _read(field: QDateTimeEdit) -> datetime:
    """A local time as it stands in the field."""
    day, time = field.date(), field.time()
    return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute()).astimezone()


def _write(field: QDateTimeEdit, at: datetime) -> None:
    local = at.astimezone()
    field.setDateTime(QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute)))


def _said(field: QDateTimeEdit) -> str:
    return f"{_read(field):%d %b %Y %H:%M}"


def _words(word: str) -> str:
    return word.replace("_", " ")
