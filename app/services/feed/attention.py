"""What a person looks at, and so how often what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from app.services.feed.cycle import LONGEST, PROBE

PLAYED, OPEN, LISTED, UNWATCHED = 1.0, 1.5, 2.0, 5.0  # seconds between polls of the changes
LOBBY, LOBBY_UNWATCHED = 10.0, 30.0
DETAIL: Final = 3.0  # seconds, of the open match while it is live
CALIBRATED: Final = 1.0  # seconds, while the video is calibrated by it: an event is heard that much late


class Attention:
    """`is_watched`: whether anything of the feed is on screen. `is_live` says whether a match is played now."""

    def __init__(self, is_live: Callable[[int], bool], starred: Iterable[int] = ()) -> None:
        self.is_live = is_live
        self.stars: set[int] = set(starred)
        self.alerted: frozenset[int] = frozenset()  # matches that an armed alert is about
        self.open_id: int | None = None
        self.is_watched = True

    def is_open(self, match_id: int) -> bool:
        return match_id == self.open_id

    def is_followed(self, match_id: int) -> bool:
        return match_id == self.open_id or match_id in self.stars

    def is_kept(self, match_id: int) -> bool:
        """Its odds are not thrown away for want of room."""
        return self.is_followed(match_id) or match_id in self.alerted or self.is_live(match_id)

    def polls_every(self) -> float:
        """Seconds between polls of the changes."""
        if not self.is_watched:
            return UNWATCHED
        if self.open_id is None:
            return LISTED
        return PLAYED if self.is_live(self.open_id) else OPEN

    def lists_every(self) -> float:
        return LOBBY if self.is_watched else LOBBY_UNWATCHED

    def details_every(self, *, is_calibrating: bool) -> float | None:
        """Seconds between readings of the open match; None: none is open."""
        if self.open_id is None:
            return None
        if not self.is_watched:
            return LOBBY
        return CALIBRATED if is_calibrating else DETAIL

    def longest_backoff(self) -> float:
        """What nobody looks at is tried once a minute in the end. Somebody who looks sees prices again within some five seconds of the
        venue's return: the poll of the changes itself is the cheapest probe there is, one small request at a time.
        """
        return PROBE if self.is_watched else LONGEST
