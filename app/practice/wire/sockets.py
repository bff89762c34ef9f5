"""The Pusher endpoint as an ASGI application: frames in and out of a WebSocket, nothing else."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from app.practice.clock import Clock
from app.practice.wire.pusher import Hub, Socket


class PusherEndpoint:
    """Serves `/app/{key}`. One task writes; reading ends with the connection, whoever closed it."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        more = asyncio.Event()
        protocol = parse_qs(scope["query_string"].decode("latin-1")).get("protocol", [""])[0]
        socket = self._hub.connect(scope["path_params"]["key"], protocol, self._clock.now_ns(), more.set)
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(_write(socket, more, send))
            try:
                await self._read(socket, receive)
            finally:
                self._hub.disconnect(socket)
                writer.cancel()

    async def _read(self, socket: Socket, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            self._hub.receive(socket, text if text is not None else "", self._clock.now_ns())


async def _write(socket: Socket, more: asyncio.Event, send: Send) -> None:
    """Send what waits, then what the close code says. A peer that is gone ends it (`OSError`)."""
    try:
        while not socket.close_code or socket.outbox:
            await more.wait()
            more.clear()
            while socket.outbox:
                await send({"type": "websocket.send", "text": socket.outbox.popleft()})
        await send({"type": "websocket.close", "code": socket.close_code})
    except OSError:
        return
