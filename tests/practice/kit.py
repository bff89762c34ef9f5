"""What the wire's tests share: a clock they move, a small client, readers of frames and shapes."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import Account, EventStatus, Level, Market, MarketStatus, Strike
from app.practice.wire.application import Keys, Wire

STARTED_AT = 1_795_000_000 * SECOND
SAMPLES = Path(__file__).parents[1] / "wire" / "prophetx"
KEYS = Keys("host", "host-access", "host-secret", "1234567", "app-key", "app-secret", "host-web-session")

_numbers = itertools.count(1)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now: int = STARTED_AT) -> None:
        self.now = now

    def now_ns(self) -> int:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


class Api:
    """A client with an account of its own; every call comes a second after the one before, as the limits want it."""

    def __init__(self, wire: Wire, exchange: Exchange, clock: HandClock) -> None:
        self.wire, self.exchange, self.clock = wire, exchange, clock
        self.account = open_account(exchange)
        transport = httpx.ASGITransport(app=wire.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://practice/partner")
        self.token = ""

    async def login(self) -> Api:
        body = {"access_key": self.account.access_key, "secret_key": self.account.secret_key}
        reply = await self.http.post("/auth/login", json=body)
        self.token = reply.json()["data"]["access_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        return self

    async def get(self, path: str, **query: object) -> httpx.Response:
        self.clock.move(1)
        return await self.http.get(path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: object) -> httpx.Response:
        self.clock.move(1)
        return await self.http.post(path, content=body if isinstance(body, bytes) else json.dumps(body).encode())

    def order_body(self, strike_id: str, price: int, quantity: float = 5) -> dict[str, object]:
        return {"external_id": new_id(), "strike_id": strike_id, "price": price, "quantity": quantity}

    async def rest_an_order(self) -> dict[str, Any]:
        """An open order that nobody takes; its document."""
        _, strike = pre_match_strike(self.exchange)
        body = self.order_body(strike.outcomes[0].strike_id, 25_000)
        order = (await self.post("/v4/mm/submit_order", body)).json()["data"]["order"]
        self.clock.move(2)
        self.wire.feed.step()
        return dict(order)

    async def fill_an_order(self) -> dict[str, Any]:
        """An order that took what was offered; its document before it did."""
        market, strike, level = offered(self.exchange)
        side = next(i for i, levels in enumerate(self.exchange.levels(strike)) if level in levels)
        assert market.event_id == strike.event_id
        body = self.order_body(strike.outcomes[side].strike_id, level.price)
        order = (await self.post("/v4/mm/submit_order", body)).json()["data"]["order"]
        self.clock.move(2)
        self.wire.feed.step()
        return dict(order)


def new_id() -> str:
    return f"test-{next(_numbers)}"


def open_account(exchange: Exchange) -> Account:
    name = new_id()
    return exchange.open_account(access_key=f"{name}-access", secret_key=f"{name}-secret", user_id=name, balance=10_000_00)


def all_markets(exchange: Exchange) -> Iterator[Market]:
    for tournament in exchange.tournaments():
        for event in exchange.events(tournament.id):
            yield from exchange.markets(event.id) or ()


def pre_match_strike(exchange: Exchange) -> tuple[Market, Strike]:
    """A two-sided strike, open for orders, of an event that starts in an hour or later."""
    for market, strike in _open_strikes(exchange):
        if len(strike.outcomes) == 2:
            return market, strike
    raise AssertionError("no event is far enough from its start")


def offered(exchange: Exchange) -> tuple[Market, Strike, Level]:
    """A strike where somebody offers at least 20.00, and that level."""
    for market, strike in _open_strikes(exchange):
        for levels in exchange.levels(strike):
            if len(strike.outcomes) == 2 and levels and levels[0].value >= 20_00:
                return market, strike, levels[0]
    raise AssertionError("nothing is offered")


def _open_strikes(exchange: Exchange) -> Iterator[tuple[Market, Strike]]:
    for market in all_markets(exchange):
        event = exchange.event(market.event_id)
        assert event is not None
        if event.status is not EventStatus.NOT_STARTED or event.scheduled < exchange.now + 3600 * SECOND:
            continue
        for strike in market.strikes:
            if market.status is MarketStatus.ACTIVE and strike.status is MarketStatus.ACTIVE:
                yield market, strike


def envelope_of(frame: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(frame["data"]))


def payload_of(frame: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(envelope_of(frame)["payload"])))


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def shape_faults(document: Any, pattern: Any, place: str = "$") -> list[str]:
    """Where `document` differs from a pattern: keys ending in `?` may be missing, lists show one item, null fits all."""
    if document is None or pattern is None:
        return []
    if isinstance(pattern, dict):
        return _object_faults(document, pattern, place)
    if isinstance(pattern, list):
        if not isinstance(document, list):
            return [f"{place} is no list"]
        return [fault for i, item in enumerate(document) for fault in shape_faults(item, pattern[0], f"{place}[{i}]")]
    kinds = (int, float) if isinstance(pattern, int | float) and not isinstance(pattern, bool) else type(pattern)
    return [] if isinstance(document, kinds) else [f"{place} is {document!r}"]


def _object_faults(document: Any, pattern: dict[str, Any], place: str) -> list[str]:
    if not isinstance(document, dict):
        return [f"{place} is no object"]
    known = {key.removesuffix("?") for key in pattern}
    faults = [f"{place}.{key} is too much" for key in document.keys() - known]
    faults += [f"{place}.{key} is missing" for key in pattern if not key.endswith("?") and key not in document]
    for key, item in pattern.items():
        name = key.removesuffix("?")
        if name in document:
            faults += shape_faults(document[name], item, f"{place}.{name}")
    return faults
