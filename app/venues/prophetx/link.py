"""The line to the Trading API in figures: its session beside what every venue's line has."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

import msgspec

from app.domain.link import LinkFacts, Probe
from app.venues.follow import Follower
from app.venues.link import VenueLink
from app.venues.prophetx.venue import ProphetX

SESSIONS = 20  # that an account may have at a time (contract 2.1)


class TradingLink(VenueLink[ProphetX]):
    """A `Link` of the Trading API."""

    def __init__(
        self,
        venue: ProphetX,
        follower: Follower,
        try_out: Callable[[ProphetX], AsyncIterator[Probe]],
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(venue, follower, try_out)
        self._wall = wall

    def facts(self) -> LinkFacts:
        tokens, ends_at = self._venue.tokens, self._venue.tokens.expires_at
        return msgspec.structs.replace(
            super().facts(),
            sessions=SESSIONS,
            sessions_used=tokens.logins_today,
            cool_down=tokens.cool_down_left,
            token_left=ends_at - self._wall() if ends_at is not None else None,
        )
