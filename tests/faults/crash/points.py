"""The named moments at which a terminal kills itself, and the wire between it and the exchange that strikes at them."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from typing import NoReturn

import httpx


class Point(StrEnum):
    """When a run is killed; NEVER is the last run, which recovers."""

    RANDOM = "at a random moment"
    JOURNALED = "after the commit, before the POST"
    HALF = "in mid-POST, its head written, its body not"
    WRITTEN = "in mid-POST, all of it written, no answer yet"
    ANSWERED = "after the answer, before the journal has it"
    OPENED = "during recovery, the journal open, the venue not asked"
    RECOVERING = "during recovery, while the venue is asked"
    NEVER = "never"


NAMED = (Point.JOURNALED, Point.HALF, Point.WRITTEN, Point.ANSWERED, Point.OPENED, Point.RECOVERING)
_WRITES = {Point.HALF: "http11.send_request_headers.complete", Point.WRITTEN: "http11.send_request_body.complete"}
_READS = ("/get_order_history", "/get_order/", "/get_order_matched_detail")

Trace = Callable[[str, object], Awaitable[None]]


def die() -> NoReturn:
    """As from outside: nothing of this process runs any more, no handler, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process went on")


class Wire(httpx.AsyncBaseTransport):
    """The network, but for two things: it strikes at its point, and `login` is answered from what is there already.

    The venue allows twenty sessions, so all runs share one. `nth` is the order at which the four points of an order strike, and the
    step (before or after each reading of orders) at which RECOVERING does, as long as `is_recovering`.
    """

    def __init__(self, point: Point, nth: int, login: bytes, is_recovering: Callable[[], bool]) -> None:
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)
        self._point = point
        self._nth = nth
        self._login = login
        self._is_recovering = is_recovering
        self._orders = 0
        self._steps = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/auth/login"):
            return httpx.Response(200, content=self._login, request=request)
        if path.endswith("/submit_order"):
            return await self._order(request)
        if path.endswith(_READS[0]) or any(part in path for part in _READS):
            return await self._reading(request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _order(self, request: httpx.Request) -> httpx.Response:
        self._orders += 1
        if self._orders != self._nth:
            return await self._inner.handle_async_request(request)
        if self._point is Point.JOURNALED:
            die()
        if self._point in _WRITES:
            request.extensions = {**request.extensions, "trace": _deadly(_WRITES[self._point])}
        response = await self._inner.handle_async_request(request)
        if self._point is Point.ANSWERED:
            response.stream = _LastWords(response.stream)
        return response

    async def _reading(self, request: httpx.Request) -> httpx.Response:
        self._step()
        response = await self._inner.handle_async_request(request)
        self._step()
        return response

    def _step(self) -> None:
        if self._point is not Point.RECOVERING or not self._is_recovering():
            return
        self._steps += 1
        if self._steps == self._nth:
            die()


class _LastWords(httpx.AsyncByteStream):
    """An answer after whose last byte the process is dead."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk
        die()


def _deadly(event: str) -> Trace:
    """httpcore tells what it has done; strike once it has done `event`."""

    async def heard(name: str, _details: object) -> None:
        if name == event:
            die()

    return heard
