"""What of the feed is read again and again, and how often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from app.services.feed.attention import Attention
from app.services.feed.basics import Basics
from app.services.feed.cycle import Cycles
from app.services.feed.lobby import Lobby
from app.services.feed.open_match import OpenMatch

UPCOMING: Final = 30.0  # seconds between readings
SEASONS: Final = 600.0
STANDINGS: Final = 60.0
ACCOUNT: Final = 600.0  # partner and place of the stream
ODDS: Final = "the odds"


class ReadingPlan:
    """Each reading is a cycle of its own, which fails by itself; `poll` reads the changes of the odds.

    What a person looks at waits no longer than `Attention.longest_backoff` after failures.
    """

    def __init__(
        self,
        cycles: Cycles,
        attention: Attention,
        lobby: Lobby,
        open_match: OpenMatch,
        basics: Basics,
        poll: Callable[[], Awaitable[None]],
    ) -> None:
        self._lobby = lobby
        add = cycles.add
        self.changes = add(ODDS, poll, attention.polls_every, attention.longest_backoff)
        add("the seasons", self._read_seasons, lambda: SEASONS)
        self.matches = add("the matches", lobby.read, attention.lists_every)
        self.open_match = add("the open match", open_match.read, open_match.pause)
        self.upcoming = add("the upcoming matches", lobby.read_upcoming, lambda: UPCOMING)
        self.standings = add("the standings", lobby.read_wanted_seasons, self._standings_every)
        add("whose key it is", basics.read_partner, lambda: ACCOUNT)
        add("where the stream is", basics.read_stream, lambda: ACCOUNT)
        add("the markets", basics.read_markets, lambda: None)

    def look_now(self) -> None:
        """The venue answers again, or somebody looks: what is on screen waits for no back-off."""
        for cycle in (self.changes, self.matches, self.open_match):
            cycle.now()

    async def _read_seasons(self) -> None:
        await self._lobby.read_seasons()
        self.standings.soon()

    def _standings_every(self) -> float | None:
        return STANDINGS if self._lobby.wanted_seasons else None
