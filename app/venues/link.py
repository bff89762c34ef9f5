"""The line to a venue in figures: requests and stream, gathered from where each is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Generic, Protocol, TypeVar

from app.domain.link import LinkFacts, Probe
from app.venues.follow import Follower
from app.venues.limits import PER_SECOND, RESERVE, Budget
from app.venues.meter import Meter


class Measured(Protocol):
    """What of a venue is told."""

    budget: Budget
    meter: Meter

    @property
    def clock_offset(self) -> float | None: ...


Venue = TypeVar("Venue", bound=Measured)


class VenueLink(Generic[Venue]):
    """A `Link` of a venue whose requests are signed one by one: there is no session. `try_out` sends the requests of a test."""

    def __init__(self, venue: Venue, follower: Follower, try_out: Callable[[Venue], AsyncIterator[Probe]]) -> None:
        self._venue = venue
        self._follower = follower
        self._try_out = try_out

    def facts(self) -> LinkFacts:
        venue, stream = self._venue, self._follower
        return LinkFacts(
            budget=PER_SECOND,
            budget_left=venue.budget.left,
            reserve=RESERVE,
            waiting=venue.budget.waiting,
            calls=venue.meter.figures(),
            sessions=0,
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
