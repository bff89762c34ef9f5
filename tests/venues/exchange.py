"""The venue's client on a real practice exchange in the same process: every spelling is answered by code that shares none with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx

from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.events import FeedFault, VenueEvent
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderReport
from app.domain.secret import Secret
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.wire.application import Wire
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.names import V4, Paths
from app.venues.prophetx.venue import Keys, ProphetX
from tests.practice.kit import KEYS, HandClock, offered, open_account, pre_match_strike

ZERO, FIVE = Decimal(0), Decimal("5.00")
BASE = "http://127.0.0.1:1/partner"


class Floor:
    """An exchange, its clock, and clients of it. A client's waiting moves the clock."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.exchange = Exchange(seed=7, rate=0.1, started_at=self.clock.now)
        self.wire = Wire(self.exchange, KEYS, self.clock, host="127.0.0.1", port=4321)
        self.news: list[VenueEvent] = []
        self.asked: list[httpx.Request] = []

    @property
    def faults(self) -> list[FeedFault]:
        return [news for news in self.news if isinstance(news, FeedFault)]

    def seconds(self) -> float:
        return self.clock.now / SECOND

    async def sleep(self, seconds: float) -> None:
        self.clock.move(seconds)

    @asynccontextmanager
    async def client(self, paths: Paths = V4, *, check_location: bool = False) -> AsyncIterator[ProphetX]:
        """A client with an account of its own."""
        account = open_account(self.exchange)
        transport = Watched(self)
        venue = ProphetX(
            paths=paths,
            check_location=check_location,
            clock=self.seconds,
            wall=self.seconds,
            emit=self.news.extend,
            connect=lambda url: Http(url, transport=transport),
            sleep=self.sleep,
        )
        await venue.point(practice(BASE), Keys(Environment.PRACTICE, Secret(account.access_key), Secret(account.secret_key)))
        try:
            yield venue
        finally:
            await venue.close()

    def pass_time(self, seconds: float = 2.0) -> None:
        self.clock.move(seconds)
        self.wire.feed.step()

    def resting(self) -> OrderDraft:
        """An order that nobody takes."""
        market, strike = pre_match_strike(self.exchange)
        return _draft(market.event_id, market.id, strike.outcomes[0].strike_id, 25_000)

    def taking(self) -> OrderDraft:
        """An order that takes what is offered."""
        market, strike, level = offered(self.exchange)
        side = next(index for index, levels in enumerate(self.exchange.levels(strike)) if level in levels)
        return _draft(market.event_id, market.id, strike.outcomes[side].strike_id, level.price)


class Watched(httpx.ASGITransport):
    def __init__(self, floor: Floor) -> None:
        super().__init__(app=floor.wire.app)
        self._floor = floor

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._floor.asked.append(request)
        return await super().handle_async_request(request)


def _draft(event_id: int, market_id: int, selection_id: str, american: int) -> OrderDraft:
    return OrderDraft(MarketKey(event_id, market_id, ZERO), selection_id, from_american(american), FIVE)


def placed(answer: OrderReport | VenueError) -> OrderReport:
    assert isinstance(answer, OrderReport), answer
    return answer


def let_pass(_ref: str, _draft: OrderDraft) -> None:
    """A last look that has nothing against it."""
