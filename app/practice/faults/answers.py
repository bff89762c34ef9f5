"""Answers that go wrong on their way out: cut off, never sent, sent in drops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HANG_UP = "practice.hang_up"
"""The ASGI extension by which the server lets an answer close its connection: a function without arguments."""

Sleep = Callable[[float], Awaitable[None]]


class SeveredError(ConnectionAbortedError):
    """The answer was lost. Reaches the caller where no connection can be closed: a client within the same process."""


class Severed(Response):
    """No byte of an answer: the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hang_up = scope.get("extensions", {}).get(HANG_UP)
        if hang_up is None:
            raise SeveredError("The answer was lost.")
        hang_up()
        await client_leaves(receive)


class Held(Response):
    """No answer for as long as the client waits; the connection is closed when the exchange ends first."""

    def __init__(self, ended: asyncio.Event) -> None:
        super().__init__()
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await first(client_leaves(receive), self._ended.wait()) == 1:
            await Severed()(scope, receive, send)


class Dripping(Response):
    """The answer `step` bytes at a time, `gap` seconds apart, until the client has enough of it."""

    def __init__(self, honest: Response, step: int, gap: float, sleep: Sleep) -> None:
        super().__init__(honest.body, honest.status_code, dict(honest.headers))
        self._step = step
        self._gap = gap
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await first(client_leaves(receive), self._drip(send))

    async def _drip(self, send: Send) -> None:
        whole = bytes(self.body)
        for start in range(0, len(whole), self._step):
            await send({"type": "http.response.body", "body": whole[start : start + self._step], "more_body": True})
            await self._sleep(self._gap)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def first(*waits: Awaitable[object]) -> int:
    """Wait for the first of several to end, end the others, and say which it was. What it raised is raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    for task in done:
        task.result()
    return next(place for place, task in enumerate(tasks) if task in done)
