"""Where the rounds of the open match began, for the chart of the match's odds: what is known, what is asked for, what is not known yet."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.cs2 import MatchDetail, OddsKey, Question
from app.services.feed.session import FeedSession
from app.ui.feed.history_words import unread_words


class OpenRounds:
    """A question other than the match itself has none."""

    def __init__(self, session: FeedSession) -> None:
        self._session = session
        self._starts = session.histories.round_starts

    def starts(self, key: OddsKey | None) -> Mapping[int, float]:
        """By their numbers, in seconds since 1970."""
        return self._starts.of(key.match_id) if key is not None and _is_of_match(key) else {}

    def want(self, key: OddsKey | None, detail: MatchDetail | None) -> None:
        """They are asked for bit by bit."""
        if detail is not None and _is_of_match(key):
            self._starts.want(detail.match.id, (each.number for each in detail.rounds))

    def unread(self, key: OddsKey | None, detail: MatchDetail | None) -> str:
        """Those that the chart does not mark yet, in words."""
        if detail is None or not _is_of_match(key):
            return ""
        numbers = self._starts.unread(detail.match.id, (each.number for each in detail.rounds))
        return unread_words(numbers, is_asked=not self._session.is_venue_gone)


def _is_of_match(key: OddsKey | None) -> bool:
    return key is not None and key.question is Question.MATCH
