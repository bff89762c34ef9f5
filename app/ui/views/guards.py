"""The guards: what each watches, how it stands and why, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.guard import Guard, GuardState
from app.domain.labels import LABELS
from app.domain.order import Order, OrderDraft
from app.domain.profile import Provider
from app.services.desk import Desk
from app.services.feed.desk import FeedDesk
from app.ui.delegates.guard_chip import GuardChipDelegate
from app.ui.dialogs.new_guard import Kind, NewGuardBox
from app.ui.display import Display
from app.ui.feed.alerts import FeedAlertsView
from app.ui.formats import OddsFormat
from app.ui.models.guards import STATE_COLUMN, WHAT_COLUMN, Filter, GuardsModel
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.table import Table

HAPPENED, SCOPE, CONDITION = Span(180, 250), Span(236, 440), Span(190, 260)  # pixels
HONESTY = (
    "Guards run on this computer only, while this window is open and the stream is fresh. "
    "When the stream is lost or the program is started again, all of them stop until you arm them."
)
LEAGUE_HONESTY = (
    "League alerts too run only here: when the feed is lost, those on prices stop; when the program is started again, all of them stop."
)
LEAGUE = "CS2 league"
NONE_YET = "No guards yet. Press New guard, or choose “Guard” in the menu of a price or an order."


class GuardsTable(Table):
    """Delete removes what is chosen; a double click opens its event."""

    arm_wanted = Signal(list)
    stop_wanted = Signal(list)
    remove_wanted = Signal(list)
    event_wanted = Signal(object)

    def __init__(self, model: GuardsModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("guards")
        self.setAccessibleName("Guards")
        self._guards = model
        self.setModel(model)
        self.setItemDelegateForColumn(STATE_COLUMN, GuardChipDelegate(model, theme, self))
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # whose order it is stands at the end
        self.horizontalHeader().setStretchLastSection(True)
        last = len(model.columns) - 1
        self._room = ColumnRoom(self, {last: HAPPENED, WHAT_COLUMN: SCOPE, WHAT_COLUMN + 1: CONDITION}, last)
        self.doubleClicked.connect(lambda index: self.event_wanted.emit(model.rows[index.row()].event_id))
        self.offer_csv(model.to_csv)

    def chosen(self) -> list[Guard]:
        return [self._guards.rows[index.row()] for index in self.selectionModel().selectedRows()]

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        pointed, chosen = self._guards.rows[index.row()], self.chosen()
        meant = chosen if any(guard.id == pointed.id for guard in chosen) else [pointed]
        first = menu.actions()[0]
        lines: list[tuple[str, Callable[[], object], bool]] = [
            ("Arm again", lambda: self.arm_wanted.emit(_ids(meant)), not all(guard.is_active for guard in meant)),
            ("Stop", lambda: self.stop_wanted.emit(_ids(meant)), any(guard.is_active for guard in meant)),
            ("Remove", lambda: self.remove_wanted.emit(_ids(meant)), True),
            ("Open its event", lambda: self.event_wanted.emit(pointed.event_id), True),
        ]
        for text, call, is_enabled in lines:
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.remove_wanted.emit(_ids(self.chosen()))
            return
        super().keyPressEvent(event)


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
        self.model = GuardsModel(desk.guards, desk.users, display, self)
        self.table = GuardsTable(self.model, theme)
        self.box = NewGuardBox(self, desk, display, theme)
        self.alerts: FeedAlertsView | None = None  # of a league beside this account
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self._top = QHBoxLayout()
        self.chips = add_chips(Filter, self._top, self._use_chip, theme, self)
        self.new, self.arm_all = QPushButton("New guard…"), QPushButton("Arm all stopped again")
        self.arm, self.stop, self.remove = QPushButton("Arm again"), QPushButton("Stop"), QPushButton("Remove")
        self.said, self.words, self.honesty = QLabel(), QLabel(NONE_YET), QLabel(HONESTY)
        self._lay_out()
        self._connect(display)
        self.rebuild()

    @property
    def active_count(self) -> int:
        """How many are armed or waiting, for the tab."""
        return len(self._guards.active())

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

    def _share_out(self) -> None:
        """Half of the room for each list; where there is no guard, most of it for the alerts below."""
        if self.alerts is not None:
            has_rows = bool(self.model.rows)
            self.halves.setSizes([self.height(), self.height()] if has_rows else [1, self.height()])

    def new_for_selection(self, draft: OrderDraft) -> None:
        self.box.begin(draft.market.event_id, draft)

    def new_for_order(self, order: Order) -> None:
        self.box.begin(order.draft.market.event_id, order=order)

    def new_for_event(self, event_id: int) -> None:
        self.box.begin(event_id, kind=Kind.START)

    def refresh(self) -> None:
        """Take what changed since the last time."""
        chosen = set(_ids(self.table.chosen()))
        if self.model.refresh(self._guards.book.take_dirty()):
            self._choose(chosen)
        self._count()

    def rebuild(self) -> None:
        chosen = set(_ids(self.table.chosen()))
        self._guards.book.take_dirty()
        self.model.rebuild()
        self._choose(chosen)
        self._count()

    def tick(self) -> None:
        """A second went by: the figures they go by have moved."""
        self.model.tick()
        self.box.refresh()
        if self.alerts is not None:
            self.alerts.tick()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        self.tick()
        super().showEvent(event)

    # Building

    def _lay_out(self) -> None:
        self._top.setContentsMargins(10, 5, 8, 5)
        self._top.setSpacing(4)
        self._top.addStretch(1)
        for button in (self.arm, self.stop, self.remove, self.arm_all, self.new):
            self._top.addWidget(button)
        for label in (self.said, self.honesty):
            label.setFont(self._theme.font(12))
            label.setWordWrap(True)
            label.setContentsMargins(10, 3, 10, 4)
        for label in (self.said, self.honesty, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.honesty.setEnabled(False)  # the palette's disabled colour is the dim one
        self.said.hide()
        own = QWidget()
        inside = QVBoxLayout(own)
        inside.addLayout(self._top)
        inside.addWidget(self.words, 1)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.said)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(own)
        layout = QVBoxLayout(self)
        layout.addWidget(self.halves, 1)
        layout.addWidget(self.honesty)
        for each in (inside, layout):
            each.setContentsMargins(0, 0, 0, 0)
            each.setSpacing(0)

    def _connect(self, display: Display) -> None:
        self.new.clicked.connect(self._ask)
        self.arm_all.clicked.connect(lambda: self._say(self._guards.arm_stopped()))
        self.arm.clicked.connect(lambda: self._arm(_ids(self.table.chosen())))
        self.stop.clicked.connect(lambda: self._stop(_ids(self.table.chosen())))
        self.remove.clicked.connect(lambda: self._remove(_ids(self.table.chosen())))
        self.table.arm_wanted.connect(self._arm)
        self.table.stop_wanted.connect(self._stop)
        self.table.remove_wanted.connect(self._remove)
        self.table.event_wanted.connect(self.event_wanted)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._mark_possible())
        self.box.armed.connect(lambda: self._say(""))
        display.changed.connect(self.table.viewport().update)

    # What a person does

    def _ask(self) -> None:
        here = self._here()
        if isinstance(here, OrderDraft):
            self.new_for_selection(here)
        elif here is not None or self._session.open_event_id is not None:
            self.box.begin(here or self._session.open_event_id or 0, kind=Kind.PRICE)
        else:
            self._say("Open an event first: a guard is for one event")

    def _arm(self, ids: list[int]) -> None:
        self._say("; ".join(dict.fromkeys(filter(None, map(self._guards.arm, ids)))))

    def _stop(self, ids: list[int]) -> None:
        for guard_id in ids:
            self._guards.stop(guard_id)
        self._say("")

    def _remove(self, ids: list[int]) -> None:
        self._guards.remove(ids)
        self._say("")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self.refresh()

    def _use_chip(self, chip: Filter) -> None:
        self.model.chip = chip
        self.rebuild()

    def _choose(self, ids: set[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place, guard in enumerate(self.model.rows):
            if guard.id in ids:
                self.table.selectionModel().select(self.model.index(place, 0), flags)

    def _count(self) -> None:
        for chip, button in self.chips.items():
            button.setText(f"{chip} {self.model.counts[chip]}")
        self.words.setText("No guard stands so." if self._guards.all else NONE_YET)
        self.words.setVisible(not self.model.rows)
        if self.table.isHidden() is bool(self.model.rows):
            self.table.setVisible(bool(self.model.rows))
            self._share_out()
        self.arm_all.setEnabled(any(guard.state is GuardState.STOPPED for guard in self._guards.all.values()))
        self._mark_possible()

    def _mark_possible(self) -> None:
        chosen = self.table.chosen()
        self.arm.setEnabled(any(not guard.is_active for guard in chosen))
        self.stop.setEnabled(any(guard.is_active for guard in chosen))
        self.remove.setEnabled(bool(chosen))


def _ids(guards: list[Guard]) -> list[int]:
    return [guard.id for guard in guards]
