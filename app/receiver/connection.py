"""A connection that is given little time: whoever sends slowly, or opens many, holds nobody else up."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST: Final = 5.0  # seconds a request may take to arrive whole
MOST: Final = 256  # connections at once
HEADERS: Final = 16 * 1024  # bytes


class HastyConnection(H11Protocol):
    """uvicorn's own, which would wait for a request for ever. `cut_off` counts those that were too slow or too many."""

    cut_off = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's own
        super().connection_made(transport)
        if len(self.connections) > MOST:
            self._cut_off()
        else:
            self._begin()

    def data_received(self, data: bytes) -> None:
        if self._timer is None:
            self._begin()
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._rest()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._timer = self.loop.call_later(REQUEST, self._cut_off)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut_off(self) -> None:
        type(self).cut_off += 1
        self.transport.abort()


def settings() -> dict[str, Any]:
    """For `uvicorn.Config`."""
    return {
        "http": HastyConnection,
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "log_config": None,
        "log_level": "warning",
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": 1,
        "h11_max_incomplete_event_size": HEADERS,
    }
