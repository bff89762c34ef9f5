"""How far a reading of the venue's record can be relied on: whether it is whole, and until when it surely shows what stands on the book."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from app.domain.order import History

NEAR = timedelta(seconds=2)  # a record so close behind its own reading does not lag: the venue's clock is known to the second
LATE = timedelta(seconds=60)  # how much later than a moment a record that lags, or does not say, has to be
REACH = timedelta(weeks=8)  # how far back what stands on the book is looked for: what was placed elsewhere may be old
UNREAD = "the venue's record could not be read whole, so that more may stand there"


class Sight(msgspec.Struct, frozen=True):
    """`read_at` is when it was asked for, `kept_up` how far it had kept up: both by the venue's clock, where that is known."""

    read_at: datetime
    kept_up: datetime
    is_told: bool
    is_whole: bool

    def wanting(self, moment: datetime) -> timedelta:
        """How much further the record has to be until it surely shows what the venue had at `moment`; nothing where it is."""
        is_prompt = self.is_told and self.kept_up >= self.read_at - NEAR
        return max(moment + (NEAR if is_prompt else LATE) - self.kept_up, timedelta())

    def doubt(self, moment: datetime) -> str:
        """Why something that stood there at `moment` may be missing; empty where nothing can be."""
        if not self.is_whole:
            return UNREAD
        wanting = self.wanting(moment)
        if not wanting:
            return ""
        return f"the venue's record has kept up to {self.kept_up:%H:%M:%S} UTC only, {_seconds(wanting)} more to wait"


def sight_of(read: History, asked_at: datetime) -> Sight:
    """`asked_at` stands where the reading does not know the venue's time."""
    read_at = read.read_at or asked_at
    return Sight(read_at, read.synced_at or read_at, is_told=read.synced_at is not None, is_whole=read.is_whole)


def _seconds(span: timedelta) -> str:
    return f"{max(span.total_seconds(), 1):,.0f} s"
