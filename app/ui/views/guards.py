"""The guards, and below them the alerts on a league beside the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.guard import Guard
from app.domain.labels import LABELS
from app.domain.lookout import LookoutState
from app.domain.order import Order, OrderDraft
from app.domain.profile import Provider
from app.services.desk import Desk
from app.services.feed.desk import FeedDesk
from app.ui.dialogs.arm_again import ArmAgainBox
from app.ui.dialogs.new_guard import Kind, NewGuardBox
from app.ui.display import Display
from app.ui.feed.alerts import FeedAlertsView
from app.ui.formats import OddsFormat
from app.ui.models.guards import GuardFace
from app.ui.models.lookouts import CONDITION_COLUMN, HAPPENED_COLUMN, WHAT_COLUMN, LookoutsModel
from app.ui.theme import Theme
from app.ui.views.column_room import Span
from app.ui.views.lookouts import ListWords, LookoutsList, honesty_line
from app.ui.views.lookouts_table import TableLook

HONESTY: Final = (
    "Guards run on this computer only, while this window is open and the stream is fresh. "
    "When the stream is lost or the program is started again, all of them stop until you arm them."
)
LEAGUE_HONESTY: Final = (
    "League alerts too run only here: when the feed is lost, those on prices stop; when the program is started again, all of them stop."
)
LEAGUE: Final = "CS2 league"
NONE_YET: Final = "No guards yet. Press New guard, or choose “Guard” in the menu of a price or an order."
NONE_SO: Final = "No guard stands so."


def _event_id(guard: Guard) -> int:
    return guard.event_id


_SPANS: Final = {WHAT_COLUMN: Span(320, 430), HAPPENED_COLUMN: Span(216, 300), CONDITION_COLUMN: Span(128, 196)}  # pixels
# Cut in the middle: whose order it is stands at the end.
_LOOK: Final = TableLook("guards.list", "Guards", "Open its event", _event_id, _SPANS, Qt.TextElideMode.ElideMiddle, has_two_lines=True)


class GuardsView(QWidget):
    """`tick` each second while it is visible, `refresh` when `desk.guards.book.changed`; `event_wanted` with an event's id.

    `new_for_selection`, `new_for_order` and `new_for_event` open the form with what is known; `here` says what is chosen elsewhere (the
    ticket's draft) or which event is open, for the button.
    """

    event_wanted = Signal(object)

    def __init__(self, desk: Desk, display: Display, theme: Theme, here: Callable[[], OrderDraft | int | None] = lambda: None) -> None:
        super().__init__()
        self._guards = desk.guards
        self._session = desk.session
        self._theme = theme
        self._here = here
        model = LookoutsModel(desk.guards, GuardFace(desk.guards, display), self)
        self.list = LookoutsList(desk.guards, model, _LOOK, ListWords("New guard…", NONE_YET, NONE_SO), theme)
        self.table = self.list.table
        self.arm_all = QPushButton("Arm all stopped again")
        self.list.before_new(self.arm_all)
        self.box = NewGuardBox(self, desk, display, theme)
        self.again = ArmAgainBox(self, desk.guards, display, theme)
        self._is_all = False
        self._to_arm: list[int] = []
        self.alerts: FeedAlertsView | None = None  # of a league beside this account
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.list)
        self.honesty = honesty_line(HONESTY, theme)
        self._had_rows = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.halves, 1)
        layout.addWidget(self.honesty)
        self._connect(display)
        self.refresh()

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        return self.box, self.again

    def show_alerts(self, feed: FeedDesk | None) -> FeedAlertsView | None:
        """The alerts on a feed's matches below the guards, or (None) no others."""
        if self.alerts is not None:
            self.alerts.hide()
            shiboken6.delete(self.alerts)
            self.alerts = None
        self.honesty.setText(HONESTY if feed is None else f"{HONESTY} {LEAGUE_HONESTY}")
        if feed is not None:
            display = Display(OddsFormat.DECIMAL, labels=LABELS[Provider.RANKACY])  # as the feed tells them
            self.alerts = FeedAlertsView(feed, display, self._theme, LEAGUE)
            self.alerts.honesty.hide()  # said below, with that of the guards
            self.halves.addWidget(self.alerts)
            self._share_out()
        return self.alerts

    def new_for_selection(self, draft: OrderDraft) -> None:
        self.box.begin(draft.market.event_id, draft)

    def new_for_order(self, order: Order) -> None:
        self.box.begin(order.draft.market.event_id, order=order)

    def new_for_event(self, event_id: int) -> None:
        self.box.begin(event_id, kind=Kind.START)

    def refresh(self) -> None:
        self.list.refresh()

    def tick(self) -> None:
        self.list.tick()
        self.box.refresh()
        self.again.refresh()
        if self.alerts is not None:
            self.alerts.tick()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        self.tick()
        super().showEvent(event)

    def _connect(self, display: Display) -> None:
        self.list.new.clicked.connect(self._ask)
        self.list.refreshed.connect(self._refreshed)
        self.arm_all.clicked.connect(self._arm_all)
        self.list.arm_wanted.connect(self._arm)
        self.again.chosen.connect(self._arm_from)
        self.table.open_wanted.connect(self.event_wanted)
        self.box.armed.connect(self.list.say_nothing)
        display.changed.connect(self.list.model.odds_changed)

    def _ask(self) -> None:
        here = self._here()
        if isinstance(here, OrderDraft):
            self.new_for_selection(here)
        elif here is not None or self._session.open_event_id is not None:
            self.box.begin(here or self._session.open_event_id or 0, kind=Kind.PRICE)
        else:
            self.list.say("Open an event first: a guard is for one event")

    def _arm_all(self) -> None:
        stops = [guard.id for guard in self._guards.all.values() if guard.state is LookoutState.STOPPED]
        self._arm(stops, is_all=True)

    def _arm(self, ids: list[int], *, is_all: bool = False) -> None:
        """At once, or where a price has moved once it was asked from which they count."""
        self._to_arm, self._is_all = ids, is_all
        if self._guards.moved_bases(ids):
            self.again.begin(ids)
        else:
            self._arm_now()

    def _arm_from(self, is_old: bool) -> None:
        if not is_old:
            self._guards.forget_bases(self._to_arm)
        self._arm_now()

    def _arm_now(self) -> None:
        self.list.say(self._guards.arm_stopped() if self._is_all else self._guards.arm_these(self._to_arm))

    def _refreshed(self) -> None:
        if self._had_rows is not (has_rows := bool(self.list.model.rows)):
            self._had_rows = has_rows
            self._share_out()
        self.arm_all.setEnabled(any(guard.state is LookoutState.STOPPED for guard in self._guards.all.values()))

    def _share_out(self) -> None:
        """Half of the room for each list; where there is no guard, most of it for the alerts below."""
        if self.alerts is not None:
            self.halves.setSizes([self.height() if self.list.model.rows else 1, self.height()])
