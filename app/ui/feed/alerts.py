"""The alerts on the league: what each waits for, how it stands and why, and what a person may do about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.domain.feed_alert import FeedAlert
from app.services.feed.desk import FeedDesk
from app.ui.delegates.guard_chip import GuardChipDelegate
from app.ui.display import Display
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.new_alert import NewAlertBox
from app.ui.models.feed_alerts import SCOPE_COLUMN, STATE_COLUMN, FeedAlertsModel
from app.ui.models.guards import Filter
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.column_room import ColumnRoom, Span
from app.ui.views.table import Table

HAPPENED, SCOPE, CONDITION = Span(150, 420), Span(140, 276), Span(104, 142)  # pixels
NONE_YET: Final = "No alerts yet. Press New alert, or choose “Alert me…” in the menu of a price or a match (Ctrl+G)."
NONE_SO: Final = "No alert stands so."
HONESTY: Final = (
    "Alerts run on this computer only, while this window is open. When the feed is lost, those on prices stop; when the program is "
    "started again, all do, until you arm them."
)


class AlertsTable(Table):
    """Delete removes what is chosen; a double click or Enter opens its match. Ids of alerts, and of a match."""

    arm_wanted = Signal(object)
    stop_wanted = Signal(object)
    remove_wanted = Signal(object)
    match_wanted = Signal(object)

    def __init__(self, model: FeedAlertsModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("feed.alerts")
        self.setAccessibleName("Alerts on the league")
        self._alerts = model
        self.setModel(model)
        self.setItemDelegateForColumn(STATE_COLUMN, GuardChipDelegate(model, theme, self))
        for place, column in enumerate(model.columns):
            self.setColumnWidth(place, column.width)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)  # when it happened stands in front; the tip has the whole
        self.horizontalHeader().setStretchLastSection(True)
        last = len(model.columns) - 1
        self._room = ColumnRoom(self, {last: HAPPENED, SCOPE_COLUMN: SCOPE, SCOPE_COLUMN + 1: CONDITION}, last)
        self.doubleClicked.connect(self._open)
        self.offer_csv(model.to_csv)

    def chosen(self) -> list[FeedAlert]:
        return [self._alerts.rows[index.row()] for index in self.selectionModel().selectedRows()]

    def menu_at(self, point: QPoint) -> QMenu:
        menu = super().menu_at(point)
        index = self.indexAt(point)
        if not index.isValid():
            return menu
        pointed, chosen = self._alerts.rows[index.row()], self.chosen()
        meant = chosen if any(alert.id == pointed.id for alert in chosen) else [pointed]
        first = menu.actions()[0]
        for text, call, is_enabled in (
            ("Arm again", lambda: self.arm_wanted.emit(_ids(meant)), not all(alert.is_active for alert in meant)),
            ("Stop", lambda: self.stop_wanted.emit(_ids(meant)), any(alert.is_active for alert in meant)),
            ("Remove", lambda: self.remove_wanted.emit(_ids(meant)), True),
            ("Open its match", lambda: self.match_wanted.emit(pointed.plan.match_id), True),
        ):
            action = menu.addAction(text, call)
            menu.removeAction(action)
            menu.insertAction(first, action)
            action.setEnabled(is_enabled)
        menu.insertSeparator(first)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.chosen()
        if event.key() == Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.remove_wanted.emit(_ids(chosen))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and chosen:
            self.match_wanted.emit(chosen[0].plan.match_id)
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if chosen := self.chosen():
            self.match_wanted.emit(chosen[0].plan.match_id)


class FeedAlertsView(QWidget):
    """`refresh` when something of the feed changed, `tick` each second; `match_wanted` with a match's id. `title` stands over it."""

    match_wanted = Signal(object)
    counted = Signal()

    def __init__(self, feed: FeedDesk, display: Display, theme: Theme, title: str = "") -> None:
        super().__init__()
        self._alerts = feed.alerts
        self._theme = theme
        self._shown_count = -1
        self.model = FeedAlertsModel(feed.alerts, display, self)
        self.table = AlertsTable(self.model, theme)
        self.box = NewAlertBox(self, feed, display, theme)
        self.title = QLabel(title)
        self._top = QHBoxLayout()
        self._top.addWidget(self.title)
        self.chips = add_chips(Filter, self._top, self._use_chip, theme, self)
        self.new, self.arm = QPushButton("New alert…"), QPushButton("Arm again")
        self.stop, self.remove = QPushButton("Stop"), QPushButton("Remove")
        self.said, self.words, self.honesty = QLabel(), QLabel(NONE_YET), QLabel(HONESTY)
        self._lay_out()
        self._connect()
        display.changed.connect(self.model.odds_changed)
        self.refresh()

    @property
    def active_count(self) -> int:
        """How many are armed or waiting, for the tab."""
        return self._alerts.active_count

    def new_for(self, wish: AlertWish) -> None:
        """Open the form with what was pointed at."""
        self.box.begin(wish)

    def refresh(self) -> None:
        """Take over how they stand; while nobody looks, only how many there are."""
        if self._shown_count != self.active_count:
            self._shown_count = self.active_count
            self.counted.emit()
        chosen = set(_ids(self.table.chosen()))
        if self.model.refresh():
            self._choose(chosen)
        self._count()

    def tick(self) -> None:
        """A second went by: the figures they go by have moved."""
        self.refresh()
        if self.isVisible():
            self.model.tick()
        self.box.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    # Building

    def _lay_out(self) -> None:
        self.title.setFont(self._theme.font(13, bold=True))
        self.title.setVisible(bool(self.title.text()))
        self._top.setContentsMargins(10, 5, 8, 5)
        self._top.setSpacing(4)
        self._top.addStretch(1)
        for button in (self.arm, self.stop, self.remove, self.new):
            self._top.addWidget(button)
        for label in (self.said, self.honesty):
            label.setFont(self._theme.font(12))
            label.setWordWrap(True)
            label.setContentsMargins(10, 3, 10, 4)
        for label in (self.title, self.said, self.honesty, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.honesty.setEnabled(False)  # the palette's disabled colour is the dim one
        self.said.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._top)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.honesty)

    def _connect(self) -> None:
        self.new.clicked.connect(self._ask)
        self.arm.clicked.connect(self._arm_chosen)
        self.stop.clicked.connect(self._stop_chosen)
        self.remove.clicked.connect(self._remove_chosen)
        self.table.arm_wanted.connect(self._arm)
        self.table.stop_wanted.connect(self._stop)
        self.table.remove_wanted.connect(self._remove)
        self.table.match_wanted.connect(self.match_wanted)
        self.table.selectionModel().selectionChanged.connect(self._mark_possible)
        self.box.armed.connect(self._armed)

    # What a person does

    def _ask(self) -> None:
        self.box.begin()

    def _arm_chosen(self) -> None:
        self._arm(_ids(self.table.chosen()))

    def _stop_chosen(self) -> None:
        self._stop(_ids(self.table.chosen()))

    def _remove_chosen(self) -> None:
        self._remove(_ids(self.table.chosen()))

    def _arm(self, ids: list[int]) -> None:
        self._say("; ".join(dict.fromkeys(filter(None, map(self._alerts.arm, ids)))))

    def _stop(self, ids: list[int]) -> None:
        for alert_id in ids:
            self._alerts.stop(alert_id)
        self._say("")

    def _remove(self, ids: list[int]) -> None:
        self._alerts.remove(ids)
        self._say("")

    def _armed(self) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self.refresh()

    def _use_chip(self, chip: Filter) -> None:
        self.model.chip = chip
        self.refresh()

    def _choose(self, ids: set[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place, alert in enumerate(self.model.rows):
            if alert.id in ids:
                self.table.selectionModel().select(self.model.index(place, 0), flags)

    def _count(self) -> None:
        for chip, button in self.chips.items():
            button.setText(f"{chip} {self.model.counts[chip]}")
        self.words.setText(NONE_SO if self._alerts.all else NONE_YET)
        self.words.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        self._mark_possible()

    def _mark_possible(self) -> None:
        chosen = self.table.chosen()
        self.arm.setEnabled(any(not alert.is_active for alert in chosen))
        self.stop.setEnabled(any(alert.is_active for alert in chosen))
        self.remove.setEnabled(bool(chosen))


def _ids(alerts: list[FeedAlert]) -> list[int]:
    return [alert.id for alert in alerts]
