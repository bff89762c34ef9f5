"""uvicorn's HTTP connection with one thing more: an answer may close it under its client."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from app.practice.faults.answers import HANG_UP


class Connection(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        serve = self.app

        async def with_hang_up(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), HANG_UP: transport.abort}
            await serve(scope, receive, send)

        self.app = with_hang_up
