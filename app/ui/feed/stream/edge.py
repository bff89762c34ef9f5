"""Where the picture is on the playlist's line of time: how much published video is ahead of it, whether it is an advertisement's."""

from __future__ import annotations

from math import ceil
from typing import Final

from app.services.feed.video import Look, Piece

BEHIND: Final = 3  # segments before the newest one with which FFmpeg starts a live stream (its live_start_index is -3)
QUIET: Final = 4.0  # seconds without a new segment, and no less than two and a half segments, after which nothing is being published
SANE: Final = 120.0  # seconds; an estimate beyond is none
LEAP: Final = 10.0  # seconds by which the player's count only jumps where another film begins
BEFORE_SEAM: Final = 0.6  # seconds around a seam in which a picture that stops has stopped because of it
BEHIND_SEAM: Final = 0.3
AT_ONCE: Final = 0.05  # seconds after the opening within which a look shows the same list as the player reads


class Edge:
    """FFmpeg tells no buffer of a live stream (measured: the progress stays at 1.0 and the duration at 0), so it is reckoned.

    The first picture after opening is the beginning of the third newest segment of that moment: the first look says where that is, and
    from then on the player's own count tells which moment of the list is on screen. An estimate: it is a segment off when one was
    published between the player's reading of the list and ours, and more where our first look came late, as on a busy computer. It may
    lead by that much (`_doubt`): an advertisement is claimed only where all of that is one, but for what is before a seam that was passed.
    """

    def __init__(self) -> None:
        self._look: Look | None = None
        self._looked_at = float("-inf")
        self._anchor: float | None = None  # published seconds at the stream's first position
        self._position: float | None = None
        self._first: tuple[float, float] | None = None  # position and time of the first picture
        self._start: float | None = None  # published seconds at which the first picture will be
        self._rose: tuple[float, float, float] | None = None  # the newest edge, when it rose, the segment's length
        self._pieces: dict[float, Piece] = {}  # listed in the last minutes, by where they begin
        self._opened_at: float | None = None
        self._passed = float("-inf")  # the seam at which it stopped and behind which it was opened again
        self._doubt = 0.0  # seconds by which the reckoning may be ahead of the picture

    def restart(self, now: float) -> None:
        """The source was opened, or opened again."""
        self._passed = min(self._seams_here(), default=float("-inf"))
        self._opened_at, self._doubt = now, 0.0
        self._look = self._anchor = self._position = self._first = self._start = None
        self._looked_at = float("-inf")

    def shown(self, position: float, now: float) -> None:
        """A picture of this position (seconds of the player's own count) is on screen."""
        before, self._position = self._position, position
        if self._first is None:
            self._first = (position, now)
        if before is not None and not -1.0 <= position - before <= LEAP:
            self._begin_again(before, position, now)
        if self._anchor is None and self._start is not None:
            self._anchor, self._start = self._start - position, None

    def published(self, look: Look, now: float) -> None:
        self._look, self._looked_at = look, now
        if self._rose is None or look.edge != self._rose[0]:
            self._rose = (look.edge, now, look.piece)
        self._keep(look)
        if self._anchor is not None or self._start is not None:
            return
        begins = look.pieces[-BEHIND:][0].at if look.pieces else look.edge - BEHIND * look.piece
        if self._first is None:
            self._start, read_at = begins, now
        else:
            position, read_at = self._first
            self._anchor = begins - (now - read_at) - position
        waited = read_at - self._opened_at if self._opened_at is not None else 0.0
        piece = max(look.piece, AT_ONCE)  # a playlist may tell a length of nothing
        self._doubt = ceil(waited / piece) * piece if waited > AT_ONCE else 0.0

    def lost(self) -> None:
        """The playlist could not be read: what was known of its growth is not any more."""
        self._rose = None

    def quiet_for(self, now: float) -> float | None:
        """Seconds since anything was published, where that is too long or all of it has been shown; None while there is more to come
        or nothing is known."""
        if self._rose is None:
            return None
        _edge, at, piece = self._rose
        if self._looked_at - at > max(QUIET, 2.5 * piece) or self._is_dry(now, piece):
            return now - at
        return None

    def ahead(self, _now: float) -> float | None:
        """Seconds, never below zero; None before a playlist was read."""
        at = self.at()
        if self._look is None or at is None:
            return None
        ahead = self._look.edge - at
        return max(ahead, 0.0) if ahead < SANE else None

    def at(self) -> float | None:
        """The moment of the published line that is on screen (seconds); None before that is known."""
        return None if self._anchor is None or self._position is None else self._anchor + self._position

    def is_ad(self) -> bool:
        """Whether the picture, not the newest segment, is surely an advertisement's."""
        at = self.at()
        return at is not None and self._is_of_ad(at) and self._is_of_ad(min(max(at - self._doubt, self._passed), at))

    def is_at_seam(self) -> bool:
        """Whether the picture is the last one before a discontinuity, at which FFmpeg may stop."""
        return bool(self._seams_here())

    def _seams_here(self) -> list[float]:
        """Discontinuities at which the picture may be."""
        at = self.at()
        if at is None:
            return []
        return [one.at for one in self._pieces.values() if one.is_seam and -BEHIND_SEAM - self._doubt < one.at - at < BEFORE_SEAM]

    def _is_of_ad(self, at: float) -> bool:
        return any(one.is_ad and one.at <= at + 0.02 < one.at + one.seconds for one in self._pieces.values())

    def _is_dry(self, now: float, piece: float) -> bool:
        """All that was published at a look of the last few seconds is shown."""
        ahead = self.ahead(now)
        return ahead is not None and ahead < 0.9 * piece and now - self._looked_at < QUIET

    def _keep(self, look: Look) -> None:
        self._pieces = {at: one for at, one in self._pieces.items() if look.edge - SANE < at < look.edge}
        self._pieces |= {one.at: one for one in look.pieces}

    def _begin_again(self, before: float, position: float, now: float) -> None:
        """The player's count jumped: the next seam of the list was passed, or nothing is known any more."""
        left = None if self._anchor is None else self._anchor + before
        seams = [] if left is None else [one.at for one in self._pieces.values() if one.is_seam and one.at > left - BEHIND_SEAM]
        self._first = (position, now)
        self._anchor = min(seams) - position if seams else None
        self._start = None
        self._doubt = 0.0
