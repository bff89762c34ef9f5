"""The whole wire of one exchange as an ASGI application: the Trading API, the Pusher endpoint, and a body for unknown paths."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from app.practice.clock import Clock
from app.practice.exchange import Exchange
from app.practice.faults.armed import Faults
from app.practice.faults.pushes import FaultyHub
from app.practice.faults.stage import Stage
from app.practice.model import RefusalError
from app.practice.truth import Deed, Truth
from app.practice.wire.channels import Signer
from app.practice.wire.feed import Feed
from app.practice.wire.limits import Limits
from app.practice.wire.prophetx import Gateway, Trading, refuse
from app.practice.wire.pusher import Hub
from app.practice.wire.sessions import Sessions
from app.practice.wire.sockets import PusherEndpoint


class Keys(msgspec.Struct, frozen=True):
    """What a practice exchange is reached with. Made anew for each run, or kept by its state."""

    user_id: str
    access_key: str
    secret_key: str
    app_id: str
    pusher_key: str
    pusher_secret: str


def new_keys() -> Keys:
    return Keys(
        user_id=secrets.token_hex(12),
        access_key=secrets.token_hex(16),
        secret_key=secrets.token_hex(32),
        app_id=str(secrets.randbelow(9_000_000) + 1_000_000),
        pusher_key=secrets.token_hex(10),
        pusher_secret=secrets.token_hex(20),
    )


class Wire:
    """`feed.step()` has to be called often (every 10-20 ms) for pushes to flow; `app` serves.

    `keep` makes the exchange durable; it has returned before anybody hears of what it kept. `faults` are what goes wrong between
    the exchange and its clients, `truth` is told what really happened.
    """

    def __init__(
        self,
        exchange: Exchange,
        keys: Keys,
        clock: Clock,
        *,
        host: str,
        port: int,
        keep: Callable[[], None] = lambda: None,
        save_sessions: Callable[[bytes], None] = lambda saved: None,
        saved_sessions: bytes | None = None,
        faults: Faults | None = None,
        truth: Truth | None = None,
    ) -> None:
        self.truth = truth or Truth()
        self.hub = _make_hub(Signer(keys.pusher_key, keys.pusher_secret), faults)
        self.feed = Feed(exchange, self.hub, clock, keep, faults.past if faults is not None else None)
        sessions = Sessions(lambda: secrets.token_urlsafe(48), save_sessions, saved_sessions)
        trading = Trading(exchange, self.hub, self.feed, sessions, Limits(), Gateway(host, port, keys.app_id), Stage(self.truth, faults))
        self.app = Starlette(
            routes=[*trading.routes(), WebSocketRoute("/app/{key}", PusherEndpoint(self.hub, clock))],
            exception_handlers={404: self._not_found, 405: self._wrong_method, 500: _failed},
        )
        self.app.router.redirect_slashes = False
        self._faults = faults

    def close(self) -> None:
        """The server is going away: nobody hears or waits any longer."""
        self.hub.close_all()
        if self._faults is not None:
            self._faults.end()

    async def _not_found(self, request: Request, error: Exception) -> Response:
        return self._stray(request, refuse(RefusalError("data_not_found")))

    async def _wrong_method(self, request: Request, error: Exception) -> Response:
        return self._stray(request, refuse(RefusalError("invalid_request"), status=405))

    def _stray(self, request: Request, answer: Response) -> Response:
        """A request to no path of the API is one that was received all the same."""
        self.truth.note(self.truth.moment(), request.method, "", "", [Deed("data_not_found")], answer.status_code)
        return answer


def _make_hub(signer: Signer, faults: Faults | None) -> Hub:
    return Hub(signer, _new_socket_id) if faults is None else FaultyHub(signer, _new_socket_id, faults)


def _new_socket_id() -> str:
    return f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}"


async def _failed(request: Request, error: Exception) -> Response:
    """The fault itself goes on to the server's log."""
    return refuse(RefusalError("internal_error"))
