"""The practice exchange served on 127.0.0.1 in the test's own loop, with faults a test adds, its truth log, and a proxy in front."""

from __future__ import annotations

import asyncio
from types import TracebackType

from app.practice.faults import Faults
from app.practice.faults.answers import Sleep
from app.practice.model import Account, NewOrder, Order
from app.practice.server import QuietServer, open_listener, server_config
from app.practice.truth import Line, Truth, accepted_orders, received_orders
from app.practice.wire.application import Wire
from tests.faults.hours import PATIENCE, Hours, Traffic
from tests.faults.proxy import FaultProxy
from tests.practice.floor import Floor
from tests.practice.kit import KEYS

HOST = "127.0.0.1"
ANN = "ann"
"""The account the terminals trade on. `BOB` is somebody else, who trades against her."""
BOB = "bob"
_PING = '{"event":"pusher:ping","data":{}}'


class House:
    """`floor` is the exchange itself: what a test does there is what the venue does.

    `is_proxied`: calls go through `proxy`, with `is_stream_too` the stream as well. `lag` passes the time of delays and drips.
    """

    def __init__(
        self, hours: Hours, traffic: Traffic, *, is_proxied: bool = False, is_stream_too: bool = False, lag: Sleep | None = None
    ) -> None:
        self.hours = hours
        self.floor = Floor()
        self.account: Account = self.floor.account(ANN)
        self.floor.account(BOB)
        self.faults = Faults(sleep=lag or self._lag)
        self.truth = Truth(monotonic=hours.now_ns, wall=hours.now_ns)
        self.proxy = FaultProxy(HOST, 0)
        self.port = 0
        self.direct = 0
        """The port past the proxy."""
        self._traffic = traffic
        self._is_proxied = is_proxied
        self._is_stream_too = is_stream_too
        self._bobs = 0

    async def _lag(self, seconds: float) -> None:
        """The delays of faults pass on the test's clock."""
        with self._traffic.excused():
            await self.hours.sleep(seconds)

    async def __aenter__(self) -> House:
        listener = open_listener(HOST, 0)
        port = self.port = self.direct = listener.getsockname()[1]
        if self._is_proxied:
            self.proxy = FaultProxy(HOST, port)
            await self.proxy.accept()
            self.port = self.proxy.port
        stream = self.port if self._is_stream_too else port
        self.wire = Wire(self.floor.exchange, KEYS, self.hours, host=HOST, port=stream, faults=self.faults, truth=self.truth)
        self._server = QuietServer(server_config(self.wire))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.is_up.wait()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.wire.close()
        self._server.should_exit = self._server.force_exit = True
        await self._serving
        await self.proxy.__aexit__()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/partner"

    # The network

    async def cut(self) -> None:
        """No network: what is connected is reset, and nobody answers any more."""
        self.proxy.refuse()
        await self.hang_up()

    async def mend(self) -> None:
        """The network is back."""
        await self.proxy.accept()

    async def hang_up(self) -> None:
        """Every connection is reset now; new ones are welcome."""
        for connection in self.proxy.connections:
            connection.reset()
        await self._traffic.quiet()

    async def close_idle(self) -> None:
        """The server closes the connections it keeps alive, in an orderly way."""
        for connection in self.proxy.connections:
            connection.fin()
        await self._traffic.quiet()

    # What the venue does

    def step(self) -> bool:
        """Let the exchange live up to now; whether it had something to push."""
        self.wire.feed.step()
        return any(one.outbox for one in self.wire.hub.sockets.values())

    async def heard(self) -> None:
        """Return when every follower has taken in what was pushed so far: each has answered a ping that came behind it."""
        asked, before = list(self.wire.hub.sockets.values()), self._traffic.pongs
        for one in asked:
            one.send(_PING)
        async with asyncio.timeout(PATIENCE):
            while self._traffic.pongs - before < sum(one.id in self.wire.hub.sockets for one in asked):
                await self._traffic.next_move()

    def elsewhere(self, price: int, cents: int, *, outcome: int = 0, market_id: int = 219, ref: str = "website-1") -> Order:
        """Ann places an order from the website."""
        return self._submit(ANN, ref, price, cents, outcome, market_id)

    def bob_bets(self, price: int, cents: int, *, outcome: int = 1, market_id: int = 219) -> Order:
        """Bob places an order, by default against hers."""
        self._bobs += 1
        return self._submit(BOB, f"bob-{self._bobs}", price, cents, outcome, market_id)

    def _submit(self, user: str, ref: str, price: int, cents: int, outcome: int, market_id: int) -> Order:
        new = NewOrder(ref, self.floor.strike_id(outcome, market_id), price, cents)
        return self.floor.exchange.submit(user, new)

    # The truth

    @property
    def orders(self) -> list[Order]:
        """All of Ann's orders that the exchange has, oldest first."""
        return list(self.floor.exchange.orders(ANN))

    def order(self, ref: str) -> Order:
        """What the exchange itself has under a reference."""
        return next(order for order in self.orders if order.external_id == ref)

    @property
    def accepted(self) -> dict[str, list[str]]:
        """By our reference, the order ids of every order the exchange took in over the wire."""
        return accepted_orders(self.truth.lines)

    @property
    def received(self) -> dict[str, int]:
        """How often each reference reached the exchange in a request for an order."""
        return received_orders(self.truth.lines)

    def told(self, name: str) -> list[Line]:
        """The calls of one kind that were received."""
        return [line for line in self.truth.lines if line.name == name]

    def verdicts(self, name: str) -> list[str]:
        return [line.verdict for line in self.told(name)]
