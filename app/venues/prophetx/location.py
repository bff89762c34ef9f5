"""Direct Linking's question before an order: may one be placed from where this computer is? (contract 5.3)"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.domain.errors import NotSentError, VenueError
from app.domain.link import Rank
from app.venues.prophetx import places, wire
from app.venues.prophetx.calls import Call
from app.venues.prophetx.reading import Readings
from app.venues.prophetx.spelling import Reader

PATH = "/ip-geolocation/api/v1/check-ip"  # below the host itself, not below the API's own path
GOOD_FOR = 5.0  # seconds that an answer is believed: the orders of one moment, and no later ones

_ANSWER = Reader(wire.LocationCheck, places.LOCATION)


class Location:
    """Asks with `ask`, at most once in GOOD_FOR seconds however many orders wait. `clock` is monotonic seconds."""

    def __init__(self, ask: Callable[[Call], Awaitable[bytes]], readings: Readings, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._readings = readings
        self._clock = clock
        self._asking = asyncio.Lock()
        self._told: tuple[float, bool] | None = None

    def forget(self) -> None:
        """The next order asks again: another account, or another host."""
        self._told = None

    async def check(self, base_url: str) -> None:
        """Return when orders may be placed from here. NotSentError with words when they may not, or when nobody knows."""
        async with self._asking:
            if self._told is None or self._clock() - self._told[0] >= GOOD_FOR:
                asked_at = self._clock()
                self._told = asked_at, await self._answer(base_url)
            if not self._told[1]:
                raise NotSentError("The venue takes no orders from where this computer is: its check of the location said no")

    async def _answer(self, base_url: str) -> bool:
        try:
            body = await self._ask(Call("GET", _root(base_url) + PATH, rank=Rank.ORDER))
            return self._readings.whole(_ANSWER.body, body).success
        except VenueError as problem:
            raise NotSentError(f"The location could not be checked, and no order leaves without that: {problem}") from problem


def _root(base_url: str) -> str:
    """Scheme, host and port of an address."""
    scheme, _, rest = base_url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
