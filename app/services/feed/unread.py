"""Why a match or a season's standings could not be read, and when that is asked for again, in sentences for the panes that wait for it."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.errors import RefusedError, VenueError

UNKNOWN_EVERY: Final = 60.0  # seconds between askings for what the feed does not know: it hardly comes to know it


class Unread(msgspec.Struct, frozen=True):
    """The failure of the newest reading of one match or season, at `at` (monotonic). `is_unknown`: the feed says that there is no such."""

    id: int
    words: str
    is_unknown: bool
    at: float

    def left(self, now: float) -> float:
        """Seconds until something unknown may be asked for again."""
        return max(self.at + UNKNOWN_EVERY - now, 0.0) if self.is_unknown else 0.0


def is_unknown(problem: VenueError) -> bool:
    return isinstance(problem, RefusedError) and problem.status == 404


def unread_of(thing_id: int, problem: VenueError, at: float) -> Unread:
    return Unread(thing_id, str(problem).rstrip(". "), is_unknown(problem), at)


def match_words(unread: Unread, again_in: float | None) -> str:
    if unread.is_unknown:
        return f"The feed does not know match {unread.id}: it is asked for again {in_words(again_in)}."
    return f"Match {unread.id} could not be read: {unread.words}. It is asked for again {in_words(again_in)}."


def season_words(unread: Unread, name: str, again_in: float | None) -> str:
    """`name` of the season, empty where it is not known."""
    called = name or f"season {unread.id}"
    if unread.is_unknown:
        return f"The feed does not know {called}: its standings are asked for again {in_words(again_in)}."
    return f"The standings of {called} could not be read: {unread.words}. They are asked for again {in_words(again_in)}."


def in_words(seconds: float | None) -> str:
    """`in 12 s`; None: it is on its way."""
    return "now" if seconds is None or seconds < 0.5 else f"in {seconds:.0f} s"
