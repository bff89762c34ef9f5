"""The whole wire of one exchange as an ASGI application: the three APIs, Pusher's endpoint, video, webhooks, a body for unknown paths."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from app.practice.clock import Clock
from app.practice.cs2.league import League
from app.practice.cs2.model import Happened
from app.practice.cs2_stream.routes import stream_routes
from app.practice.exchange import Exchange
from app.practice.faults.armed import Faults
from app.practice.faults.lag import Past
from app.practice.faults.pushes import FaultyHub
from app.practice.faults.stage import Stage
from app.practice.model import RefusalError
from app.practice.truth import Deed, Truth
from app.practice.webhooks.dispatch import Dispatcher
from app.practice.webhooks.hooks import Hooks
from app.practice.webhooks.routes import webhook_routes
from app.practice.wire.channels import Signer
from app.practice.wire.feed import Feed
from app.practice.wire.limits import Limits
from app.practice.wire.omnibus import Omnibus, Partner, new_partner
from app.practice.wire.omnibus_jwt import Tokens
from app.practice.wire.omnibus_keys import PartnerKeys
from app.practice.wire.prophetx import Gateway, Trading, refuse
from app.practice.wire.pusher import Hub
from app.practice.wire.rankacy import Rankacy, new_api_key
from app.practice.wire.rankacy import refuse as refuse_feed
from app.practice.wire.rankacy_paths import BASE as RANKACY_BASE
from app.practice.wire.sessions import Sessions, WebSession
from app.practice.wire.sockets import PusherEndpoint


class Keys(msgspec.Struct, frozen=True):
    """What a practice exchange is reached with. Made anew for each run, or kept by its state."""

    user_id: str
    access_key: str
    secret_key: str
    app_id: str
    pusher_key: str
    pusher_secret: str
    web_session: str = ""
    """The bearer of the account's person on the venue's own pages. A state from before there was one has none."""
    partner: Partner = Partner()
    rankacy_key: str = ""
    """These two open the B2B Omnibus API and the Rankacy feed. A replay and a state from before them have none."""


def new_keys() -> Keys:
    return Keys(
        user_id=secrets.token_hex(12),
        access_key=secrets.token_hex(16),
        secret_key=secrets.token_hex(32),
        app_id=str(secrets.randbelow(9_000_000) + 1_000_000),
        pusher_key=secrets.token_hex(10),
        pusher_secret=secrets.token_hex(20),
        web_session=new_web_session(),
    )


def with_all_doors(keys: Keys) -> Keys:
    """The same keys, with new ones for whatever they do not open yet."""
    return msgspec.structs.replace(
        keys,
        web_session=keys.web_session or new_web_session(),
        partner=keys.partner if keys.partner.token else new_partner(),
        rankacy_key=keys.rankacy_key or new_api_key(),
    )


def new_web_session() -> str:
    return secrets.token_urlsafe(48)


class Wire:
    """`feed.step()` has to be called often (every 10-20 ms) for pushes to flow; `app` serves.

    `keep` makes the exchange durable; it has returned before anybody hears of what it kept. `faults` are what goes wrong between
    the exchange and its clients, `truth` is told what really happened, `tell` what happens in the CS2 league. `is_strict` is about the
    tokens of B2B requests, and their record of orders is `history_delay` ns behind. `takes_loopback`: webhooks may be subscribed
    for, and are delivered to, http addresses of this computer; nothing is ever delivered elsewhere.
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
        save_partner_keys: Callable[[bytes], None] = lambda saved: None,
        saved_partner_keys: bytes | None = None,
        is_strict: bool = True,
        history_delay: int = 0,
        faults: Faults | None = None,
        truth: Truth | None = None,
        tell: Callable[[Happened], None] = lambda happened: None,
        save_webhooks: Callable[[bytes], None] = lambda saved: None,
        saved_webhooks: bytes | None = None,
        takes_loopback: bool = False,
    ) -> None:
        self.truth = truth or Truth()
        self.hub = _make_hub(Signer(keys.pusher_key, keys.pusher_secret), faults)
        past = Past(exchange) if faults is not None or history_delay else None
        league = _make_league(exchange) if keys.rankacy_key else None
        hooks = Hooks(save_webhooks, saved_webhooks, takes_loopback=takes_loopback)
        self.dispatcher = Dispatcher(hooks, clock, faults)
        self.feed = Feed(exchange, self.hub, clock, keep, past, league, _both(tell, self.dispatcher.hear))
        sessions = Sessions(lambda: secrets.token_urlsafe(48), save_sessions, saved_sessions)
        limits, gateway, stage = Limits(), Gateway(host, port, keys.app_id), Stage(self.truth, faults, past)
        web_session = WebSession(keys.user_id, keys.web_session)
        trading = Trading(exchange, self.hub, self.feed, sessions, limits, gateway, stage, web_session)
        partner_keys = PartnerKeys(keys.partner.issuer_id, save_partner_keys, saved_partner_keys)
        tokens = Tokens(partner_keys, is_strict=is_strict)
        partner = (keys.partner, partner_keys, tokens, history_delay)
        omnibus = Omnibus(exchange, self.hub, self.feed, limits, gateway, stage, *partner)
        rankacy = Rankacy(self.feed, stage, keys.rankacy_key, league, hooks)
        beside = [*stream_routes(clock), *webhook_routes(self.dispatcher, clock, keys.rankacy_key)] if keys.rankacy_key else []
        pusher = WebSocketRoute("/app/{key}", PusherEndpoint(self.hub, clock))
        self.app = Starlette(
            routes=[*trading.routes(), *omnibus.routes(), *rankacy.routes(), *beside, pusher],
            exception_handlers={404: self._not_found, 405: self._wrong_method, 500: _failed},
        )
        self.app.router.redirect_slashes = False
        self._faults = faults

    def close(self) -> None:
        """The server is going away: nobody hears or waits any longer."""
        self.hub.close_all()
        self.dispatcher.close()
        if self._faults is not None:
            self._faults.end()

    async def _not_found(self, request: Request, error: Exception) -> Response:
        return self._stray(request, RefusalError("data_not_found", "Not Found"))

    async def _wrong_method(self, request: Request, error: Exception) -> Response:
        return self._stray(request, RefusalError("invalid_request", "Method Not Allowed"), status=405)

    def _stray(self, request: Request, error: RefusalError, status: int = 0) -> Response:
        """A request to no path of the API is one that was received all the same."""
        answer = _refuse(request, error, status)
        self.truth.note(self.truth.moment(), request.method, "", "", [Deed("data_not_found")], answer.status_code)
        return answer


def _make_hub(signer: Signer, faults: Faults | None) -> Hub:
    return Hub(signer, _new_socket_id) if faults is None else FaultyHub(signer, _new_socket_id, faults)


def _make_league(exchange: Exchange) -> League:
    """The league beside the exchange's own world. It is not kept: its past follows from the seed, and from when the exchange was opened."""
    return League(seed=exchange.seed, speed=exchange.speed, started_at=exchange.now)


def _both(first: Callable[[Happened], None], second: Callable[[Happened], None]) -> Callable[[Happened], None]:
    def tell(happened: Happened) -> None:
        first(happened)
        second(happened)

    return tell


def _new_socket_id() -> str:
    return f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}"


async def _failed(request: Request, error: Exception) -> Response:
    """The fault itself goes on to the server's log."""
    return _refuse(request, RefusalError("internal_error"))


def _refuse(request: Request, error: RefusalError, status: int = 0) -> Response:
    """In the envelope of the API the path belongs to."""
    is_feed = request.url.path.startswith(f"{RANKACY_BASE}/")
    return refuse_feed(error, status) if is_feed else refuse(error, status=status)
