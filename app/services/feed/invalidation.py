"""What a webhook makes stale: each answer of the feed names the events that say it is to be read again."""

from __future__ import annotations

from typing import Final

from app.services.feed.attention import Attention
from app.services.feed.delta import Delta
from app.services.feed.details import Details
from app.services.feed.lobby import Lobby
from app.services.feed.matches import Matches
from app.services.feed.odds_readings import OddsReadings
from app.services.feed.reading_plan import ReadingPlan

OF_MATCHES: Final = "MATCH_"


class Invalidation:
    """A webhook is never a price itself: what it names is read again, soon."""

    def __init__(
        self, plan: ReadingPlan, delta: Delta, lobby: Lobby, matches: Matches, details: Details, odds: OddsReadings, attention: Attention
    ) -> None:
        self._plan = plan
        self._delta = delta
        self._lobby = lobby
        self._matches = matches
        self._details = details
        self._odds = odds
        self._attention = attention

    def of_lists(self, event: str) -> tuple[str, ...]:
        """The paths that are asked for because of it."""
        asked = (
            (self._plan.changes, self._delta.invalidated_by, "/odds/changes"),
            (self._plan.matches, self._lobby.invalidated_by, "/matches"),
            (self._plan.upcoming, self._lobby.upcoming_invalidated_by, "/matches/upcoming"),
        )
        paths = []
        for cycle, events, path in asked:
            if event in events:
                cycle.soon()
                paths.append(path)
        return tuple(paths)

    def of_match(self, event: str, match_id: int) -> tuple[str, ...]:
        """The paths that are asked for because of it."""
        detail = self._matches.details.get(match_id)
        paths = []
        if self._is_unread(event, match_id) if detail is None else event in detail.invalidated_by:
            self._details.ask(match_id)
            paths.append(f"/matches/{match_id}")
        if self._attention.is_open(match_id) and event in self._odds.invalidated_by:
            self._odds.ask(match_id)
            paths.append(f"/matches/{match_id}/odds")
        return tuple(paths)

    def _is_unread(self, event: str, match_id: int) -> bool:
        """A match that is listed, and whose detail was never read; one that is not listed comes with the lists."""
        return event.startswith(OF_MATCHES) and match_id in self._matches.matches
