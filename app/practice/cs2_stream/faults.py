"""What goes wrong with the video, switched on and off while it is served."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from app.practice.cs2_stream.playlist import Break, reach

MOST_LOST = 1_000
"""Segments that can be lost at a time."""


class Wishes(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is not named stays."""

    stall: bool | UnsetType = UNSET
    """The playlists stop where they are. Afterwards they are at once where they would have been: what was between is lost."""
    lose: list[int] | UnsetType = UNSET
    """These segments, by their number, are listed and cannot be had."""
    offline: bool | UnsetType = UNSET
    """Nothing is there at all."""
    ad: bool | UnsetType = UNSET
    """Advertisements from the next segment on, until it is switched off."""


class StreamFaults:
    """Given to `stream_routes`; moments are ns since 1970."""

    def __init__(self) -> None:
        self.is_offline = False
        self.lost: frozenset[int] = frozenset()
        self.stalled_at: int | None = None
        self.breaks: tuple[Break, ...] = ()

    def apply(self, wishes: Wishes, now: int, segment_ns: int) -> None:
        if wishes.offline is not UNSET:
            self.is_offline = wishes.offline
        if wishes.lose is not UNSET:
            self.lost = frozenset(wishes.lose)
        if wishes.stall is not UNSET:
            self.stalled_at = (self.stalled_at or now) if wishes.stall else None
        if wishes.ad is not UNSET:
            self._advertise(wishes.ad, reach(now, segment_ns).last + 1)

    def moment(self, now: int) -> int:
        """The time that the playlists show."""
        return now if self.stalled_at is None else self.stalled_at

    @property
    def is_advertising(self) -> bool:
        return bool(self.breaks) and self.breaks[-1].end is None

    def _advertise(self, is_wanted: bool, following: int) -> None:
        """From the segment `following` on. A break whose end nobody has seen yet goes on; one that nobody saw begin never was."""
        if is_wanted == self.is_advertising:
            return
        if not is_wanted:
            last = self.breaks[-1]
            ended = (Break(last.first, following),) if last.first < following else ()
            self.breaks = (*self.breaks[:-1], *ended)
        elif self.breaks and self.breaks[-1].end == following:
            self.breaks = (*self.breaks[:-1], Break(self.breaks[-1].first))
        else:
            self.breaks = (*self.breaks, Break(following))
