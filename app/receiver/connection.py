"""A connection that is given little time: whoever sends slowly, or opens many, holds nobody else up."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.receiver.door import HEADERS

REQUEST: Final = 5.0  # seconds a request may take, from its first byte to the end of its answer
IDLE: Final = 120.0  # seconds between two requests: tunnels close theirs after 90 s, and whoever closes first must not be us
MOST: Final = 256  # connections at once


class Application(Protocol):
    def refuse_early(self, answer: int | None, reason: str) -> None:
        """A request that never became one; `answer` None: its connection was closed without any."""


class HastyConnection(H11Protocol):
    """uvicorn's own, which would wait for a request for ever."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's own
        super().connection_made(transport)
        self._begin()
        if len(self.connections) > MOST:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        self._rest()
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "It is not HTTP as it should be.")
        super().send_400_response(msg)

    def shutdown(self) -> None:
        """The receiver ends: who has not sent all by now is not waited for."""
        if self._timer is None or self._is_answering():
            super().shutdown()
        else:
            self.transport.abort()

    @property
    def began(self) -> float:
        """When its request began, by the loop's clock; endless while there is none."""
        return float("inf") if self._timer is None else self._timer.when()

    def cut_off(self, reason: str) -> None:
        """Without an answer, which might not be read either. Who sent nothing asked for nothing, and is not counted."""
        self._rest()
        if self._is_at_headers() and self.conn.trailing_data[0]:
            self._refuse(None, reason)
        self.transport.abort()

    def _watch(self) -> None:
        if self._is_at_headers() and not self.conn.trailing_data[0]:
            self._rest()
        elif self._timer is None:
            self._begin()

    def _begin(self) -> None:
        self._timer = self.loop.call_later(REQUEST, self._too_slow)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self.cut_off(f"It was not whole within {REQUEST:g} s.")

    def _make_room(self) -> None:
        """The one whose request takes longest goes, so that a quick one gets in however many slow ones there are."""
        others = (each for each in self.connections if isinstance(each, HastyConnection) and each is not self)
        slowest = min(others, key=_began)
        slowest.cut_off(f"More than {MOST} connections were open, and it was the slowest.")
        self.connections.discard(slowest)

    def _is_at_headers(self) -> bool:
        return self.conn.their_state is h11.IDLE

    def _is_answering(self) -> bool:
        return self.conn.their_state in (h11.DONE, h11.MUST_CLOSE) and self.conn.our_state is not h11.DONE

    def _refuse(self, answer: int | None, reason: str) -> None:
        application: Application = self.config.app  # type: ignore[assignment]  # uvicorn takes anything that can be called
        application.refuse_early(answer, reason)


def _began(connection: HastyConnection) -> float:
    return connection.began


def settings() -> dict[str, Any]:
    """For `uvicorn.Config`."""
    return {
        "http": HastyConnection,
        "interface": "asgi3",
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "log_config": None,
        "log_level": "error",  # it would warn of each request that is none, and let a stranger fill the log
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": IDLE,
        "timeout_graceful_shutdown": 1,
        "h11_max_incomplete_event_size": HEADERS,
    }
