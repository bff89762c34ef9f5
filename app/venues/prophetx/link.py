"""The line to the venue in figures: requests, session and stream, gathered from where each is kept."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from app.domain.link import LinkFacts, Probe
from app.venues.follow import Follower
from app.venues.limits import PER_SECOND, RESERVE
from app.venues.prophetx.venue import ProphetX

SESSIONS = 20  # that an account may have at a time (contract 2.1)


class TradingLink:
    """A `Link` of the Trading API. `try_out` sends the requests of a test."""

    def __init__(
        self,
        venue: ProphetX,
        follower: Follower,
        try_out: Callable[[ProphetX], AsyncIterator[Probe]],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._venue = venue
        self._follower = follower
        self._try_out = try_out
        self._wall = wall

    def facts(self) -> LinkFacts:
        venue, stream = self._venue, self._follower
        tokens, ends_at = venue.tokens, venue.tokens.expires_at
        return LinkFacts(
            budget=PER_SECOND,
            budget_left=venue.budget.left,
            reserve=RESERVE,
            waiting=venue.budget.waiting,
            calls=venue.meter.figures(),
            sessions=SESSIONS,
            sessions_used=tokens.logins_today,
            cool_down=tokens.cool_down_left,
            token_left=ends_at - self._wall() if ends_at is not None else None,
            config_age=stream.config_age,
            socket_age=stream.socket_age,
            connects=stream.connects,
            replaced=stream.replaced,
            lost=stream.lost,
            followed=stream.followed,
            wanted=stream.wanted,
            left_out=stream.left_out,
            joined=stream.joined,
            channel_limit=stream.channel_limit,
            frames=stream.frames,
            clock_offset=venue.clock_offset,
        )

    def test(self) -> AsyncIterator[Probe]:
        return self._try_out(self._venue)

    def replace_socket(self) -> None:
        self._follower.replace()
