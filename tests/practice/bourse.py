"""What the tests of B2B orders share: a partner and a trader in one small world without makers, so that they meet only each other."""

from __future__ import annotations

from typing import Any

from app.practice.faults import Faults
from app.practice.model import Order
from tests.practice.floor import Floor
from tests.practice.kit import Api, HandClock, new_id
from tests.practice.partner import BATCH, BATCH_CANCEL, CANCEL, ORDERS, Desk

OPENING = 0.3
"""Seconds until an order is open and may be cancelled."""


class Bourse:
    """`partner` speaks the B2B API, `trader` the Trading API, at the same wire. Outcomes 0 and 1 are those of one moneyline."""

    def __init__(self, *, is_strict: bool = True, faults: Faults | None = None, delay: float = 0, start: Bourse | None = None) -> None:
        """`start` is one whose exchange and accounts go on behind a new wire."""
        self.clock: HandClock = start.clock if start else HandClock()
        self.floor: Floor = start.floor if start else Floor()
        partner = start.partner.partner if start else None
        self.partner: Desk = Desk(self.floor.exchange, self.clock, is_strict=is_strict, faults=faults, partner=partner, delay=delay)
        self.trader = Api(self.partner.wire, self.floor.exchange, self.clock)

    async def open(self) -> Bourse:
        await self.partner.add_key(1)
        await self.trader.login()
        return self

    async def close(self) -> None:
        await self.partner.http.aclose()
        await self.trader.http.aclose()

    def body(self, user: str = "cust-1", outcome: int = 0, odds: int = 150, stake: float = 10) -> dict[str, Any]:
        line_id = self.floor.strike_id(outcome)
        return {"external_id": new_id(), "external_user_id": user, "line_id": line_id, "stake": stake, "odds": odds}

    async def submit(self, **words: Any) -> dict[str, Any]:
        """The answered order of a user's bet, still being placed."""
        reply = await self.partner.ask(ORDERS, self.body(**words))
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"]["order"])

    async def place(self, **words: Any) -> dict[str, Any]:
        """The same, and wait until it is open."""
        order = await self.submit(**words)
        self.wait(OPENING)
        return order

    async def cancel(self, order: dict[str, Any]) -> dict[str, Any]:
        reply = await self.partner.ask(CANCEL, {"order_id": order["order_id"]})
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"]["order"])

    async def batch(self, rows: object, path: str = BATCH) -> dict[str, Any]:
        reply = await self.partner.ask(path, {"data": rows})
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"])

    async def cancel_batch(self, rows: object) -> dict[str, Any]:
        return await self.batch(rows, BATCH_CANCEL)

    async def trade(self, outcome: int, price: int, quantity: float = 10) -> dict[str, Any]:
        """An order of the trader's, opened."""
        body = self.trader.order_body(self.floor.strike_id(outcome), price, quantity)
        reply = await self.trader.post("/v4/mm/submit_order", body)
        assert reply.status_code == 200, reply.text
        self.wait(OPENING)
        return dict(reply.json()["data"]["order"])

    async def record(self, query: str = "") -> dict[str, Any]:
        """The whole answer of the list of orders."""
        reply = await self.partner.ask(f"{ORDERS}?{query}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    async def listed(self, query: str = "") -> list[str]:
        """The order ids the record answers with."""
        return [row["order_id"] for row in (await self.record(query))["data"]["orders"]]

    def order(self, told: dict[str, Any]) -> Order:
        """As the exchange has it."""
        return self.floor.exchange.accounts.orders[told["order_id"]]

    def wait(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.partner.wire.feed.step()
