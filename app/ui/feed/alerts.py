"""The alerts on the league: what each waits for, how it stands and why, and what a person may do about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.feed_alert import FeedAlert
from app.services.feed.desk import FeedDesk
from app.ui.display import Display
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.new_alert import NewAlertBox
from app.ui.models.feed_alerts import AlertFace
from app.ui.models.lookouts import CONDITION_COLUMN, HAPPENED_COLUMN, WHAT_COLUMN, LookoutsModel
from app.ui.theme import Theme
from app.ui.views.column_room import Span
from app.ui.views.lookouts import ListWords, LookoutsList, honesty_line
from app.ui.views.lookouts_table import TableLook
from app.ui.views.unseen import tab_words

NONE_YET: Final = "No alerts yet. Press New alert, or choose “Alert me…” in the menu of a price or a match (Ctrl+G)."
NONE_SO: Final = "No alert stands so."
HONESTY: Final = (
    "Alerts run on this computer only, while this window is open. When the feed is lost, those on prices stop; when the program is "
    "started again, all do, until you arm them."
)


def _match_id(alert: FeedAlert) -> int:
    return alert.plan.match_id


_SPANS: Final = {WHAT_COLUMN: Span(180, 276), CONDITION_COLUMN: Span(142, 142), HAPPENED_COLUMN: Span(150, 420)}  # pixels
_LOOK: Final = TableLook("feed.alerts.list", "Alerts on the league", "Open its match", _match_id, _SPANS)


class FeedAlertsView(QWidget):
    """`refresh` when something of the feed changed, `tick` each second; `match_wanted` with a match's id. `title` stands over it."""

    match_wanted = Signal(object)
    counted = Signal()

    def __init__(self, feed: FeedDesk, display: Display, theme: Theme, title: str = "") -> None:
        super().__init__()
        self._alerts = feed.alerts
        self._counted = ""
        model = LookoutsModel(feed.alerts, AlertFace(feed.alerts, display), self)
        self.list = LookoutsList(feed.alerts, model, _LOOK, ListWords("New alert…", NONE_YET, NONE_SO, title), theme)
        self.table = self.list.table
        self.box = NewAlertBox(self, feed, display, theme)
        self.honesty = honesty_line(HONESTY, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.honesty)
        self.list.new.clicked.connect(self._ask)
        self.list.refreshed.connect(self._count)
        self.list.arm_wanted.connect(self.list.arm_now)
        self.table.open_wanted.connect(self.match_wanted)
        self.box.armed.connect(self.list.say_nothing)
        display.changed.connect(model.odds_changed)
        self.refresh()

    def new_for(self, wish: AlertWish) -> None:
        """Open the form with what was pointed at."""
        self.box.begin(wish)

    def refresh(self) -> None:
        self.list.refresh()

    def tick(self) -> None:
        self.refresh()
        if self.isVisible():
            self.list.tick()
        self.box.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    def _ask(self) -> None:
        self.box.begin()

    def _count(self) -> None:
        if self._counted != (counted := tab_words("", self._alerts)):
            self._counted = counted
            self.counted.emit()
