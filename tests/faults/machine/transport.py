"""The network between the program and the exchange: each request is seen, then carried, lost, refused, held or answered wrongly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import httpx
import msgspec

from app.practice.clock import SECOND
from app.practice.wire.names import Vocabulary, spell_order
from app.practice.wire.shapes import iso_ns, order_record
from tests.faults.machine.world import World

LATENCY = 0.01  # seconds each way
ANY = "any"

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "submit_order": "submit",
        "cancel_order": "cancel",
        "cancel_multiple_orders": "cancel_many",
        "cancel_all_orders": "cancel_all",
        "get_order_history": "history",
        "get_order_matched_detail": "matches",
        "get_balance": "balance",
        "get_markets": "markets",
        "login": "login",
        "refresh": "refresh",
    }
)


class Fault(msgspec.Struct, frozen=True):
    """What happens to one request. `is_done`: the exchange gets it and acts on it, `late` seconds after it should.

    Then the program gets `raises`, or `status` and `body`, or (with neither) the exchange's own answer `slow` seconds late, or nothing.
    """

    is_done: bool
    raises: type[httpx.TransportError] | None = None
    status: int = 0
    body: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    late: float = 0.0
    slow: float = 0.0
    is_silent: bool = False


def _error(code: str) -> str:
    return f'{{"error":"{code}","message":"{code}"}}'


_OTHER = (
    '{"data":{"success":true,"order":{"external_id":"somebody-elses","order_id":"00000000-0000-4000-8000-000000000000","status":"open"}}}'
)

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "read error after": Fault(True, httpx.ReadError),
        "closed after": Fault(True, httpx.RemoteProtocolError),
        "read timeout after": Fault(True, httpx.ReadTimeout),
        "read error before": Fault(False, httpx.ReadError),
        "refused": Fault(False, httpx.ConnectError),
        "connect timeout": Fault(False, httpx.ConnectTimeout),
        "no free connection": Fault(False, httpx.PoolTimeout),
        "write error before": Fault(False, httpx.WriteError),
        "write error after": Fault(True, httpx.WriteError),
        "hangs after": Fault(True, is_silent=True),
        "hangs before": Fault(False, is_silent=True),
        "arrives late": Fault(True, is_silent=True, late=8.0),
        "401": Fault(False, status=401, body=_error("unauthorized")),
        "429": Fault(False, status=429, body=_error("rate_limit_reached"), headers={"Retry-After": "2"}),
        "500 before": Fault(False, status=500, body=_error("unknown_error")),
        "500 after": Fault(True, status=500, body=_error("order_unable_to_place")),
        "502 after": Fault(True, status=502, body="<html>Bad gateway</html>"),
        "503 before": Fault(False, status=503, body=_error("reporting_not_available")),
        "unreadable": Fault(True, status=200, body="<html>Sign in to the hotel's network</html>"),
        "unreadable before": Fault(False, status=200, body="{"),
        "empty": Fault(True, status=200),
        "another order": Fault(True, status=200, body=_OTHER),
        "no success": Fault(True, status=200, body='{"data":{"success":false}}'),
        "redirect": Fault(False, status=307, headers={"Location": "https://elsewhere.example/"}),
        "redirect after": Fault(True, status=302, headers={"Location": "https://elsewhere.example/"}),
        "slow": Fault(True, slow=3.0),
        "too slow": Fault(True, slow=6.0),
        "late": Fault(True, late=2.0),
    }
)


class Asked(msgspec.Struct):
    """One request as it left: monotonic seconds, time of day in ns. `answer` is the status that the program was given."""

    at: float
    at_ns: int
    name: str
    ref: str = ""
    is_done: bool = False
    answer: int = 0


class _Reference(msgspec.Struct):
    external_id: str = ""


class FaultTransport(httpx.AsyncBaseTransport):
    """One program's way to the exchange. `witness` sees each request just before it leaves, `stepped` hears that the exchange acted.

    `faults` holds what happens to the next requests, by name; `stop_at` where one of them stands still for ever: its name, and
    whether the exchange has done it by then. `lag` is how many seconds the venue's record is behind.
    """

    def __init__(self, world: World, witness: Callable[[Asked], None], stepped: Callable[[], None]) -> None:
        self._world = world
        self._witness = witness
        self._stepped = stepped
        self._inner = httpx.ASGITransport(app=world.wire.app)
        self._stray: set[asyncio.Task[None]] = set()
        self.faults: deque[tuple[str, Fault]] = deque()
        self.lag = 0.0
        self.is_dead = False
        self.stop_at: tuple[str, bool] | None = None
        self.stopped = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_dead:
            raise httpx.ConnectError("the program is dead")
        asked = self._noted(request)
        fault = self._fault(asked.name)
        await self._maybe_stop(asked.name, is_done=False)
        await asyncio.sleep(LATENCY)
        if fault.is_done and fault.is_silent and fault.late:
            self._carry_late(request, asked, fault.late)
        reply = await self._carried(request, asked, fault.late) if fault.is_done and not self._is_stray(fault) else None
        await self._maybe_stop(asked.name, is_done=True)
        await asyncio.sleep(LATENCY + fault.slow)
        return await self._answered(request, asked, fault, reply)

    def meet(self, on: str, kind: str, times: int = 1) -> None:
        """Let the next requests of that name meet a fault; an empty kind is none."""
        if kind:
            self.faults.extend([(on, FAULTS[kind])] * times)

    def heal(self) -> None:
        self.faults.clear()
        self.lag = 0.0

    def _noted(self, request: httpx.Request) -> Asked:
        path = request.url.path
        name = _NAMES.get(path.rpartition("/")[2], "order" if "/get_order/" in path else "other")
        asked = Asked(self._world.time.seconds, self._world.time.now_ns(), name)
        if name == "submit":
            asked.ref = msgspec.json.decode(request.content, type=_Reference).external_id
        self._witness(asked)
        return asked

    def _fault(self, name: str) -> Fault:
        for place, (on, fault) in enumerate(self.faults):
            if on in {name, ANY}:
                del self.faults[place]
                return fault
        return _NONE

    async def _maybe_stop(self, name: str, *, is_done: bool) -> None:
        if self.stop_at == (name, is_done):
            self.stop_at = None
            self.stopped.set()
            await asyncio.Event().wait()

    @staticmethod
    def _is_stray(fault: Fault) -> bool:
        return fault.is_silent and bool(fault.late)

    def _carry_late(self, request: httpx.Request, asked: Asked, late: float) -> None:
        """The request is under way in the network, whoever still waits for it."""

        async def carry() -> None:
            await self._carried(request, asked, late)

        task = asyncio.get_running_loop().create_task(carry())
        self._stray.add(task)
        task.add_done_callback(self._stray.discard)

    async def _carried(self, request: httpx.Request, asked: Asked, late: float) -> httpx.Response:
        if late:
            await asyncio.sleep(late)
        asked.is_done = True
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        self._stepped()
        if asked.name in {"history", "order"} and self.lag and response.status_code == 200:
            body = self._behind(body)
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    async def _answered(self, request: httpx.Request, asked: Asked, fault: Fault, reply: httpx.Response | None) -> httpx.Response:
        if fault.is_silent:
            await asyncio.Event().wait()
        if fault.raises:
            raise fault.raises("the network failed", request=request)
        if fault.status:
            reply = httpx.Response(fault.status, headers=dict(fault.headers), content=fault.body.encode())
        assert reply is not None
        asked.answer = reply.status_code
        return reply

    def _behind(self, body: bytes) -> bytes:
        """The venue's record as it was `lag` seconds ago, and saying so."""
        moment = self._world.time.now_ns() - round(self.lag * SECOND)
        document = msgspec.json.decode(body)
        data = document["data"]
        if "orders" in data:
            data["orders"] = [old for row in data["orders"] if (old := self._old(row["order_id"], moment))]
        elif old := self._old(data["order_id"], moment):
            document["data"] = old
        document["last_synced_at"] = iso_ns(moment)
        return msgspec.json.encode(document)

    def _old(self, order_id: str, moment: int) -> dict[str, object] | None:
        order = self._world.exchange.accounts.orders[order_id]
        old = self._world.as_of(order, moment)
        return spell_order(order_record(old), Vocabulary.V4) if old else None


_NONE = Fault(True)
