"""The alerts on the league as a table: one row an alert, the newest on top, filtered by how they stand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from PySide6.QtCore import QObject, Qt

from app.domain.feed_alert import FeedAlert
from app.services.feed.alert_looks import Reading
from app.services.feed.alerts import FeedAlerts
from app.ui import formats
from app.ui.display import Display
from app.ui.models.guards import Filter
from app.ui.models.table import Column, Index, TableModel

STATE_COLUMN, SCOPE_COLUMN, NOW_COLUMN, LOOKED_COLUMN = 0, 2, 4, 5


class FeedAlertsModel(TableModel[FeedAlert]):
    """`refresh` after the list may have changed, `tick` each second: what is now, and when it was looked, move by themselves."""

    def __init__(self, alerts: FeedAlerts, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alerts = alerts
        self._display = display
        self.chip = Filter.ALL
        self.counts: Counter[Filter] = Counter()
        self.columns = (
            Column("State", lambda alert: str(alert.state), None, 84),
            Column("Kind", lambda alert: alert.plan.title, None, 92),
            Column("What", lambda alert: formats.plain(alert.plan.scope), None, 276),
            Column("Condition", self._condition, None, 142),
            Column("Now", self._now, None, 92, is_number=True, tip="What it goes by, as it may be told now"),
            Column("Looked", self._looked, None, 72, tip="When it last looked"),
            Column("What happened", _happened, None, 120),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            alert = self.rows[index.row()]
            made = f"Made {formats.moment(alert.created)}"
            lines = [alert.plan.title, formats.plain(alert.plan.scope), self._condition(alert), _happened(alert), made]
            return formats.tip("\n".join(filter(None, lines)))
        return super().data(index, role)

    def refresh(self) -> bool:
        """Take over how they stand; True when rows came or went, so that the selection is lost."""
        alerts = list(self._alerts.all.values())
        self.counts = Counter({chip: sum(chip.takes(alert.state) for alert in alerts) for chip in Filter})
        shown = [alert for alert in reversed(alerts) if self.chip.takes(alert.state)]
        if [alert.id for alert in shown] != [alert.id for alert in self.rows]:
            self.beginResetModel()
            self.rows = shown
            self.endResetModel()
            return True
        for place, alert in enumerate(shown):
            if alert != self.rows[place]:
                self.rows[place] = alert
                self.row_changed(place)
        return False

    def tick(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, NOW_COLUMN), self.index(len(self.rows) - 1, LOOKED_COLUMN))

    def odds_changed(self) -> None:
        """They are shown in another format."""
        for place in range(len(self.rows)):
            self.row_changed(place)

    def _condition(self, alert: FeedAlert) -> str:
        return alert.plan.condition(self._display.odds)

    def _now(self, alert: FeedAlert) -> str:
        return reading_text(self._alerts.reading(alert.plan), self._display) if alert.is_active else formats.NOTHING

    def _looked(self, alert: FeedAlert) -> str:
        return _time(self._alerts.looked_at(alert.id))


def reading_text(reading: Reading, display: Display) -> str:
    """`2.10`, `no price`; with the word `late` where it is as late as the video; a dash where there is nothing to go by."""
    text = display.odds(reading.odds) if reading.odds is not None else formats.plain(reading.words) or formats.NOTHING
    return f"{text} · late" if reading.is_late else text


def _happened(alert: FeedAlert) -> str:
    return f"{_time(alert.at)} {formats.plain(alert.words)}" if alert.words else ""


def _time(at: datetime | None) -> str:
    return f"{at.astimezone():%H:%M:%S}" if at else formats.NOTHING
