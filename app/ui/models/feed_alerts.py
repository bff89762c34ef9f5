"""How an alert on the league reads in a row of the table."""

from __future__ import annotations

from typing import Final

from app.domain.feed_alert import FeedAlert
from app.services.feed.alert_looks import Reading
from app.services.feed.alerts import FeedAlerts
from app.ui import formats
from app.ui.display import Display


class AlertFace:
    widths: Final = (84, 92, 276, 142, 92, 150, 72)  # pixels
    now_tip: Final = "What it goes by, as it may be told now"

    def __init__(self, alerts: FeedAlerts, display: Display) -> None:
        self._alerts = alerts
        self._display = display

    def scope(self, lookout: FeedAlert) -> str:
        return formats.plain(self._alerts.scope(lookout))

    def condition(self, lookout: FeedAlert) -> str:
        return lookout.plan.condition(self._display.odds)

    def now(self, lookout: FeedAlert) -> str:
        return reading_text(self._alerts.reading(lookout.plan), self._display)


def reading_text(reading: Reading, display: Display) -> str:
    """`2.10`, `no price`; with the word `late` where it is as late as the video; a dash where there is nothing to go by."""
    text = display.odds(reading.odds) if reading.odds is not None else formats.plain(reading.words) or formats.NOTHING
    return f"{text} · late" if reading.is_late else text
