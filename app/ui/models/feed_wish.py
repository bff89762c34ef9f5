"""What a person wants to see of the lobby: a state, a season, a time of the last change, words."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec


class Chip(StrEnum):
    LIVE = "Live"
    UPCOMING = "Upcoming"
    FINISHED = "Finished"
    ALL = "All"
    STANDINGS = "Standings"


class Since(StrEnum):
    """Within which time a match was updated."""

    ANY = "Updated any time"
    MINUTES = "Updated in 10 minutes"
    HOUR = "Updated in 1 hour"
    TODAY = "Updated today"

    def begins(self, now: datetime) -> datetime | None:
        """None: at no time. A day begins at midnight where this computer is."""
        match self:
            case Since.MINUTES:
                return now - timedelta(minutes=10)
            case Since.HOUR:
                return now - timedelta(hours=1)
            case Since.TODAY:
                return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return None


class Wish(msgspec.Struct, frozen=True):
    """What is to be shown. `season_id` None: of every season."""

    chip: Chip = Chip.LIVE
    season_id: int | None = None
    since: Since = Since.ANY
    text: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether more than the chip leaves something out."""
        return self.season_id is not None or self.since is not Since.ANY or bool(self.text.strip())
