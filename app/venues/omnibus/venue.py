"""The B2B Omnibus API as a venue: each method one signed request, answered in domain values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from app.domain.account import Balance
from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.events import Topic, VenueEvent
from app.venues.call import Call
from app.venues.gate import Answer, Gate
from app.venues.hosts import Address, HostError
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.meter import Meter
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.codec import read_balance
from app.venues.omnibus.names import B2B, Paths
from app.venues.omnibus.signing import Keys, MakeSigner, Signer, Signs
from app.venues.prophetx import places, wire
from app.venues.prophetx.reading import Readings
from app.venues.prophetx.registration import Registration, read_registration
from app.venues.prophetx.spelling import Reader
from app.venues.whereabouts import believed

MOVED = 1.0  # seconds by which the venue's clock must turn out to be another before a refused token is made anew

_CONFIG = Reader(wire.WireConfig, places.CONFIG)


class Omnibus:
    """Reads. The stream is `venues.follow.Follower`, which uses `config` and `register` of this; its messages are the Trading API's."""

    def __init__(
        self,
        *,
        paths: Paths = B2B,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        emit: Callable[[Sequence[VenueEvent]], None] = lambda _events: None,
        connect: Callable[[str], Http] = Http,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        make_signer: MakeSigner = Signer,
    ) -> None:
        self.paths = paths
        self._calls = Calls(paths)
        self._clock = clock
        self._wall = wall
        self._read = Readings(emit)
        self._connect = connect
        self._make_signer = make_signer
        self._address: Address | None = None
        self._gate: Gate | None = None
        self._signer: Signs | None = None
        self.budget = Budget(clock, sleep)
        self.meter = Meter(clock)

    @property
    def environment(self) -> Environment | None:
        return self._address.environment if self._address else None

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the venue's clock is ahead of this computer's (negative: behind); None before it is known."""
        return self._gate.offset if self._gate else None

    @property
    def latency(self) -> float | None:
        return self._gate.latency if self._gate else None

    @property
    def answered_at(self) -> float | None:
        return self._gate.answered_at if self._gate else None

    async def point(self, address: Address, keys: Keys) -> None:
        """Use this account at this address from now on. PemError for a key that cannot sign.

        HostError when the keys belong to another environment than the address: nothing signed by them is ever sent there.
        """
        if keys.environment is not address.environment:
            raise HostError(f"These are keys for {keys.environment}, and the address is {address.environment}'s")
        signer = await asyncio.to_thread(self._make_signer, keys, self._now)
        await self.close()
        http = self._connect(address.base_url + "/")
        self._gate = Gate(http, self.budget, self.meter, self._clock, self._calls.name_of)
        self._address, self._signer = address, signer

    async def close(self) -> None:
        if self._gate:
            await self._gate.close()
            self._gate = None

    async def balance(self) -> Balance:
        return self._read.whole(read_balance, await self._ask(self._calls.balance()))

    # The stream's two calls

    async def config(self) -> wire.WireConfig:
        """Where the stream is. UnreadableError when it names a host that is not the venue's."""
        config = self._read.whole(_CONFIG.body, await self._ask(self._calls.config()))
        return believed(config, self._address)

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        body = await self._ask(self._calls.register(socket_id, topics))
        return self._read.whole(lambda answered: read_registration(answered, topics), body)

    # The one way out

    def _now(self) -> float:
        """The venue's time: a token by a clock that is wrong would be from the past or the future."""
        return self._wall() + (self.clock_offset or 0.0)

    async def _ask(self, call: Call) -> bytes:
        """Once; a second time only where the answer to the first, a 401, told that the venue's clock is another than was thought."""
        believed_offset = self.clock_offset or 0.0
        try:
            return (await self._send(call)).body
        except NotSentError as problem:
            if problem.status != 401 or abs((self.clock_offset or 0.0) - believed_offset) <= MOVED:
                raise
        return (await self._send(call)).body

    async def _send(self, call: Call) -> Answer:
        """The budget first, because it may take its time; then the token, for the very bytes that leave next."""
        gate, signer = self._gate, self._signer
        if gate is None or signer is None:
            raise NotSentError("Not connected to a venue yet")
        await gate.wait(call)
        return await gate.send(call, {"Authorization": f"Bearer {signer.token(call.body).reveal()}"})
