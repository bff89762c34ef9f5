"""The B2B Omnibus API over HTTP: a partner's account in the same world, opened by signed tokens (contract 2.2 and 3)."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.practice.exchange import Exchange
from app.practice.faults.script import LAGGING
from app.practice.faults.stage import Cue, Outcome, Path, Stage
from app.practice.model import RefusalError
from app.practice.wire.bodies import Call
from app.practice.wire.catalogue import Catalogue
from app.practice.wire.feed import Feed
from app.practice.wire.limits import Limits
from app.practice.wire.names import Document
from app.practice.wire.omnibus_errors import refuse
from app.practice.wire.omnibus_jwt import Tokens
from app.practice.wire.omnibus_keys import PartnerKeys, fingerprint, new_id
from app.practice.wire.omnibus_orders import OmnibusOrders
from app.practice.wire.omnibus_paths import OF_THE_PARTNER, ROWS
from app.practice.wire.omnibus_record import Record
from app.practice.wire.paths import Row
from app.practice.wire.prophetx import Gateway
from app.practice.wire.pusher import Hub
from app.practice.wire.reading import decode_raw, read_query, read_raw
from app.practice.wire.register import Register
from app.practice.wire.shapes import dollars, iso_seconds

_encoder = msgspec.json.Encoder(decimal_format="number")

Verb = Callable[[Call], Document | Awaitable[Document]]


class Partner(msgspec.Struct, frozen=True):
    """Who uses the API: the account, the token that registers its keys, and the issuer its keys sign as. Nobody where `token` is empty."""

    user_id: str = ""
    token: str = ""
    issuer_id: str = ""


def new_partner() -> Partner:
    return Partner(secrets.token_hex(12), f"b2b_practice_{secrets.token_urlsafe(32)}", new_id())


class Omnibus:
    """The API of one partner. What a request may do is decided by its token alone: there are no sessions."""

    def __init__(
        self,
        exchange: Exchange,
        hub: Hub,
        feed: Feed,
        limits: Limits,
        gateway: Gateway,
        stage: Stage,
        partner: Partner,
        keys: PartnerKeys,
        tokens: Tokens,
        delay: int,
    ) -> None:
        """The record of orders answers as of `delay` ns ago."""
        self._exchange = exchange
        self._hub = hub
        self._feed = feed
        self._limits = limits
        self._gateway = gateway
        self._stage = stage
        self._partner = partner
        self._keys = keys
        self._tokens = tokens
        self._delay = delay
        self._record = Record(partner.token)
        self._calls = self._table()

    def routes(self) -> list[Route]:
        return [Route(row.path, self._stage.endpoint(self._path(row)), methods=[row.method]) for row in ROWS]

    def _table(self) -> dict[str, Verb]:
        catalogue, orders = Catalogue(self._exchange), OmnibusOrders(self._exchange)
        return {
            "omnibus.add_key": self._add_key,
            "omnibus.list_keys": self._list_keys,
            "omnibus.delete_key": self._delete_key,
            "omnibus.balance": self._balance,
            "omnibus.tournaments": catalogue.tournaments,
            "omnibus.sport_events": catalogue.sport_events,
            "omnibus.markets": lambda call: (catalogue.multiple_markets if "event_ids" in call.query else catalogue.markets)(call),
            "omnibus.submit": orders.submit,
            "omnibus.submit_many": orders.submit_many,
            "omnibus.cancel": orders.cancel,
            "omnibus.cancel_many": orders.cancel_many,
            "omnibus.orders": self._orders,
            "omnibus.connection_config": lambda _call: self._gateway.config(self._hub),
            "omnibus.register": Register(self._exchange, self._hub).register,
        }

    def _path(self, row: Row) -> Path:
        async def act(request: Request, cue: Cue) -> Outcome:
            user_id, body = "", None
            try:
                raw = await read_raw(request)
                now = self._feed.step()
                user_id = self._admit(row, request, raw, now)
                body = await decode_raw(request, raw)
                if not cue.is_done:
                    return Outcome(user_id, body)
                as_of = now - max(cue.behind, self._delay if row.name in LAGGING else 0)
                call = Call(user_id, row.vocabulary, as_of, read_query(request), request.path_params, body, request.headers)
                return Outcome(user_id, body, await self._answer(row, call))
            except RefusalError as error:
                return Outcome(user_id, body, error=error)
            except ClientDisconnect:
                return Outcome(user_id, body, error=RefusalError("invalid_request"))

        return Path(row, act, _reply)

    def _admit(self, row: Row, request: Request, raw: bytes, now: int) -> str:
        """The account the request speaks for. Raises the refusal of its token, rate_limit_reached."""
        authorization = request.headers.get("authorization", "")
        if row.name in OF_THE_PARTNER:
            self._check_partner(authorization)
        else:
            self._tokens.check(authorization, raw, now)
        self._limits.admit(self._partner.user_id, now)
        return self._partner.user_id

    def _check_partner(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        expected = self._partner.token
        is_partner = scheme.lower() == "bearer" and secrets.compare_digest(token.strip().encode(), expected.encode())
        if not expected or not is_partner:
            raise RefusalError("unauthorized", "The partner's own token is wanted here")

    async def _answer(self, row: Row, call: Call) -> Document:
        document = self._calls[row.name](call)
        if row.method == "POST":
            self._feed.keep()
        return await document if inspect.isawaitable(document) else document

    # keys

    def _add_key(self, call: Call) -> Document:
        fields = call.fields()
        added = self._keys.add(fields.get("name"), fields.get("public_key"), call.now)
        return {"data": {"issuer_id": self._keys.issuer_id, "key_id": added.key_id, "name": added.name}}

    def _list_keys(self, _call: Call) -> Document:
        rows = [
            {
                "issuer_id": self._keys.issuer_id,
                "key_id": key.key_id,
                "name": key.name,
                "fingerprint": fingerprint(key),
                "created_at": iso_seconds(key.created_at),
            }
            for key in self._keys.registered
        ]
        return {"data": rows}

    def _delete_key(self, call: Call) -> Document:
        self._keys.remove(call.path["key_id"])
        return {"data": {"success": True}}

    # the account

    def _balance(self, call: Call) -> Document:
        """Flat, without `data`, as the guide prints it."""
        balance = self._exchange.balance(call.user_id)
        return {
            "balance": dollars(balance.balance),
            "unmatched_balance": dollars(balance.unmatched),
            "matched_balance": dollars(balance.matched),
        }

    def _orders(self, call: Call) -> Document:
        is_late = call.now < self._exchange.now
        seen = self._stage.as_of(self._exchange, call.user_id, call.now) if is_late else self._exchange
        return self._record.orders(seen, call)


def _reply(outcome: Outcome) -> Response:
    if outcome.error is not None:
        return refuse(outcome.error)
    return Response(_encoder.encode(outcome.document), media_type="application/json")
