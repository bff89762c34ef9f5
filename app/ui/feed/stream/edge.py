"""How much published video is ahead of the picture, estimated from the playlist's newest segment and the player's position."""

from __future__ import annotations

from typing import Final

from app.services.feed.video import Look

BEHIND: Final = 3  # segments before the newest one with which FFmpeg starts a live stream (its live_start_index is -3)
QUIET: Final = 8.0  # seconds without a new segment, and no less than three segments, after which nothing is being published
SANE: Final = 120.0  # seconds; an estimate beyond is none


class Edge:
    """FFmpeg tells no buffer of a live stream (measured: the progress stays at 1.0 and the duration at 0), so it is reckoned.

    Where the first picture stood is anchored at the first look: from then on published minus shown is what is ahead.
    """

    def __init__(self) -> None:
        self._look: Look | None = None
        self._anchor: float | None = None  # published seconds at the stream's first position
        self._position: float | None = None
        self._first: tuple[float, float] | None = None  # position and time of the first picture
        self._rose: tuple[float, float, float] | None = None  # the newest edge, when it rose, the segment's length

    def restart(self) -> None:
        """The source was opened again."""
        self._look = self._anchor = self._position = self._first = None

    def shown(self, position: float, now: float) -> None:
        """A picture of this position (seconds of the player's own count) is on screen."""
        self._position = position
        if self._first is None:
            self._first = (position, now)

    def published(self, look: Look, now: float) -> None:
        self._look = look
        if self._rose is None or look.edge != self._rose[0]:
            self._rose = (look.edge, now, look.piece)
        if self._anchor is None and self._first is not None:
            position, at = self._first
            self._anchor = look.edge - (now - at) - BEHIND * look.piece - position

    def lost(self) -> None:
        """The playlist could not be read: what was known of its growth is not any more."""
        self._rose = None

    def quiet_for(self, now: float) -> float | None:
        """Seconds since anything was published, where that is too long; None while it grows or is not known to stand still."""
        if self._rose is None:
            return None
        _edge, at, piece = self._rose
        return now - at if now - at > max(QUIET, 3 * piece) else None

    def ahead(self, _now: float) -> float | None:
        """Seconds, never below zero; None before a playlist was read."""
        if self._look is None or self._anchor is None or self._position is None:
            return None
        ahead = self._look.edge - self._anchor - self._position
        return max(ahead, 0.0) if ahead < SANE else None
