"""Rankacy's feed as a venue that is only read: each method one request with the partner's key, answered in values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.secret import Secret
from app.domain.typed import is_one_word
from app.venues.call import Call
from app.venues.gate import NOT_CONNECTED, Gate, Gated
from app.venues.hosts import Address, HostError
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.meter import Meter
from app.venues.rankacy.calls import Calls
from app.venues.rankacy.codec import FeedMarket, Ping, read_markets, read_ping
from app.venues.rankacy.names import FEED, Paths


class Keys(msgspec.Struct, frozen=True):
    """The partner's key of one environment."""

    environment: Environment
    api_key: Secret


class Rankacy(Gated):
    """Reads. There is nothing to place an order with."""

    def __init__(
        self,
        *,
        paths: Paths = FEED,
        clock: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Http] = Http,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.paths = paths
        self._calls = Calls(paths)
        self._clock = clock
        self._connect = connect
        self._api_key = Secret()
        self.budget = Budget(clock, sleep)
        self.meter = Meter(clock)

    async def point(self, address: Address, keys: Keys) -> None:
        """Use this account at this address from now on. HostError when the key belongs to another environment: it is never sent there."""
        if keys.environment is not address.environment:
            raise HostError(f"This is a key for {keys.environment}, and the address is {address.environment}'s")
        await self.close()
        http = self._connect(address.base_url + "/")
        self._gate = Gate(http, self.budget, self.meter, self._clock, self._calls.name_of)
        self._api_key = keys.api_key

    async def ping(self) -> Ping:
        """Whether the key is known, and whose it is."""
        return read_ping(await self._ask(self._calls.ping()))

    async def markets(self) -> list[FeedMarket]:
        return read_markets(await self._ask(self._calls.markets()))

    async def _ask(self, call: Call) -> bytes:
        if self._gate is None:
            raise NotSentError(NOT_CONNECTED)
        key = self._api_key.reveal()
        if not is_one_word(key):  # the client that is told to send it would quote it in its objection
            raise NotSentError("This is no API key: it is one long word of letters, digits and signs, without spaces")
        await self._gate.wait(call)
        return (await self._gate.send(call, {"X-API-Key": key})).body
