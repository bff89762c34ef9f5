"""The ProphetX Trading API over HTTP: the table of its paths in all spellings, and what every call goes through (contract 1)."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.faults.stage import Cue, Outcome, Path, Stage, Told
from app.practice.model import RefusalError
from app.practice.wire.bodies import Call, read_text
from app.practice.wire.catalogue import Catalogue
from app.practice.wire.errors import refusal_body, refusal_status
from app.practice.wire.feed import Feed
from app.practice.wire.history import History
from app.practice.wire.limits import Limits
from app.practice.wire.names import Document, Vocabulary
from app.practice.wire.orders import Orders
from app.practice.wire.paths import OF_THE_PAGES, OPEN, ROOTED, ROWS, SPACED, Row
from app.practice.wire.pusher import Hub
from app.practice.wire.reading import decode_raw, read_query, read_raw
from app.practice.wire.register import Register
from app.practice.wire.sessions import Grant, Sessions, WebSession

BASE = "/partner"
_encoder = msgspec.json.Encoder(decimal_format="number")


Verb = Callable[[Call], Document | Awaitable[Document]]


class Gateway(NamedTuple):
    """Where clients find the Pusher side, for the connection config."""

    host: str
    port: int
    app_id: str

    def config(self, hub: Hub) -> Document:
        """Flat, without `data`. The port and the missing TLS are what a practice client needs beyond the venue's fields."""
        return {
            "app_id": self.app_id,
            "key": hub.signer.key,
            "cluster": "mt1",
            "ws_host": self.host,
            "service": "pusher",
            "ws_port": self.port,
            "ws_secure": False,
        }


class Trading:
    """The API of one exchange. Every call first lets the exchange live up to now; `stage` logs it and tells what came of it."""

    def __init__(
        self,
        exchange: Exchange,
        hub: Hub,
        feed: Feed,
        sessions: Sessions,
        limits: Limits,
        gateway: Gateway,
        stage: Stage,
        web_session: WebSession,
    ) -> None:
        self._exchange = exchange
        self._hub = hub
        self._feed = feed
        self._sessions = sessions
        self._limits = limits
        self._gateway = gateway
        self._stage = stage
        self._web_session = web_session
        self._calls = self._table()

    def routes(self) -> list[Route]:
        return [Route(_place(row), self._stage.endpoint(self._path(row)), methods=[row.method]) for row in ROWS]

    def _table(self) -> dict[str, Verb]:
        orders, catalogue = Orders(self._exchange), Catalogue(self._exchange)
        return {
            "login": self._login,
            "refresh": self._refresh,
            "keys": self._make_pair,
            "connection_config": lambda _call: self._gateway.config(self._hub),
            "register": Register(self._exchange, self._hub).register,
            "submit": orders.submit,
            "submit_many": orders.submit_many,
            "cancel": orders.cancel,
            "cancel_many": orders.cancel_many,
            "cancel_all": orders.cancel_all,
            "cancel_by_event": orders.cancel_by_event,
            "cancel_by_market": orders.cancel_by_market,
            **_history(self._exchange),
            "tournaments": catalogue.tournaments,
            "sport_events": catalogue.sport_events,
            "markets": catalogue.markets,
            "multiple_markets": catalogue.multiple_markets,
            "price_ladder": catalogue.price_ladder,
            "strikes": catalogue.strikes,
            "search_markets": catalogue.search_markets,
            "players": catalogue.players,
            "player": catalogue.player,
            "check_ip": lambda _call: {"success": True},
        }

    def _path(self, row: Row) -> Path:
        async def act(request: Request, cue: Cue) -> Outcome:
            try:
                now = self._feed.step()
                user_id = "" if row.name in OPEN else self._admit(row, request, now)
            except RefusalError as error:
                return Outcome(body=await _glance(row, request), error=error)
            return await self._serve(row, request, user_id, now, cue)

        def reply(outcome: Outcome) -> Response:
            return refuse(outcome.error, row.vocabulary) if outcome.error is not None else _reply(outcome.document)

        return Path(row, act, reply)

    async def _serve(self, row: Row, request: Request, user_id: str, now: int, cue: Cue) -> Outcome:
        body: object = None
        try:
            body = await _read_body(request) if row.method == "POST" else None
            if not cue.is_done:
                return Outcome(user_id, body)
            call = Call(user_id, row.vocabulary, now - cue.behind, read_query(request), request.path_params, body, request.headers)
            return Outcome(user_id, body, await self._answer(row, call, cue))
        except RefusalError as error:
            return Outcome(user_id, body, error=error)
        except ClientDisconnect:
            return Outcome(user_id, body, error=RefusalError("invalid_request"))

    async def _answer(self, row: Row, call: Call, cue: Cue) -> Document:
        document = self._calls_of(call, cue)[row.name](call)
        if row.method == "POST":
            self._feed.keep()
        return await document if inspect.isawaitable(document) else document

    def _calls_of(self, call: Call, cue: Cue) -> dict[str, Verb]:
        return _history(self._stage.as_of(self._exchange, call.user_id, call.now)) if cue.behind else self._calls

    def _admit(self, row: Row, request: Request, now: int) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise RefusalError("unauthorized")
        bearer = token.strip()
        user_id = self._web_session.user_of(bearer) if row.name in OF_THE_PAGES else self._sessions.user_of(bearer, now)
        self._limits.admit(user_id, now, spaced=row.path if row.name in SPACED else "")
        return user_id

    def _login(self, call: Call) -> Document:
        fields = call.fields()
        account = self._exchange.account_by_key(read_text(fields.get("access_key"), "unauthorized"))
        if account is None or fields.get("secret_key") != account.pairs[fields["access_key"]]:
            raise RefusalError("unauthorized")
        grant = self._sessions.login(account.user_id, call.now)
        return {
            "data": {
                **_access(grant),
                "refresh_token": grant.refresh_token,
                "refresh_expire_time": grant.refresh_expires // SECOND,
            }
        }

    def _refresh(self, call: Call) -> Document:
        token = read_text(call.fields().get("refresh_token"), "unauthorized")
        return {"data": _access(self._sessions.refresh(token, call.now))}

    def _make_pair(self, call: Call) -> Document:
        """Without `data`, as the venue's page prints it. The secret is told this once."""
        access_key, secret_key = secrets.token_hex(16), secrets.token_hex(32)
        self._exchange.add_pair(call.user_id, access_key, secret_key)
        return {"access_key": access_key, "secret_key": secret_key}


def _place(row: Row) -> str:
    return row.path if row.name in ROOTED else BASE + row.path


def _history(exchange: Exchange) -> dict[str, Verb]:
    history = History(exchange)
    return {
        "balance": history.balance,
        "order": history.order,
        "orders": history.orders,
        "matched_details": history.matched_details,
        "trades": history.trades,
        "transactions": history.transactions,
    }


def refuse(error: RefusalError, vocabulary: Vocabulary = Vocabulary.V4, status: int = 0) -> Response:
    """The venue's error body; `status` overrides the table's."""
    headers = {"Retry-After": "1"} if error.code == "rate_limit_reached" else {}
    body = _encoder.encode(refusal_body(error, vocabulary))
    return Response(body, status or refusal_status(error.code), headers, "application/json")


def _reply(document: Told) -> Response:
    return Response(_encoder.encode(document), media_type="application/json")


def _access(grant: Grant) -> Document:
    return {"access_token": grant.access_token, "access_expire_time": grant.access_expires // SECOND}


async def _glance(row: Row, request: Request) -> object:
    """The body of a call that is refused anyway, for the log; None where there is none to be read."""
    try:
        return await _read_body(request) if row.method == "POST" else None
    except (RefusalError, ClientDisconnect):
        return None


async def _read_body(request: Request) -> object:
    """The decoded body. Raises invalid_request for one that is too long or cannot be read."""
    return await decode_raw(request, await read_raw(request))
