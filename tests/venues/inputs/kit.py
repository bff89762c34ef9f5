"""The real client over a server that answers what a test puts in, with all the real services behind it, ready to order.

What can be ordered is asked of the real rules, with limits so wide that only what is odd is denied.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import httpx

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.events import FeedFault, MarketsSeeded, Topic, VenueEvent
from app.domain.ladder import from_american_list
from app.domain.market import MarketKey
from app.domain.odds import Odds, from_american
from app.domain.order import HistoryQuery, OrderDraft
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import Http, Reply
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX
from tests.services.fakes import Clock, Desk
from tests.venues.samples import document, pushed, sample

NOW = 1_788_000_000.0
GAME = 19458
HOME, AWAY = "83a36a34db56f26b1646942776d8d8c7", "06b2a7ec50d863031e5093aa257873bd"
FAULTS_OF_A_CALL = (UnreadableError, RefusedError, UnknownError, NotSentError)
ONE = Decimal("1.00")

Answer = bytes | tuple[int, bytes]


def _rungs() -> list[int]:
    """The venue's ladder, from its steps (contract 1.3)."""
    steps = [
        (100, 130, 1),
        (130, 200, 2),
        (200, 500, 5),
        (500, 1000, 10),
        (1000, 2000, 50),
        (2000, 5000, 100),
        (5000, 10000, 250),
        (10000, 25001, 500),
    ]
    longer = sorted({value for start, end, step in steps for value in range(start, end, step)} | {2250, 2750})
    return [-value for value in reversed(longer) if value > 100] + longer


LADDER = _rungs()
_READ = from_american_list(LADDER)  # for sweeps: reading it is most of what a floor costs
LOGIN = {"access_token": "token", "access_expire_time": int(NOW) + 1200, "refresh_token": "refresh"}


def packed(told: object) -> bytes:
    return json.dumps(told).encode()


def markets_body(rows: object) -> bytes:
    return packed({"data": {"markets": rows}})


GOOD: dict[str, bytes] = {
    "auth/login": packed({"data": LOGIN}),
    "auth/refresh": packed({"data": LOGIN}),
    "mm/get_tournaments": sample("tournaments"),
    "mm/get_sport_events": sample("events"),
    "v4/mm/get_markets": markets_body(document("markets")["data"]["19458"]),
    "v4/mm/get_multiple_markets": sample("markets"),
    "v4/mm/get_price_ladder": packed({"data": LADDER}),
    "v4/mm/get_balance": packed(
        {
            "data": {
                "balance": 10000.5,
                "gec_balance": 0,
                "matched_order_balance": 1.25,
                "unmatched_order_balance": 2,
                "unmatched_order_balance_status": "succeed",
                "unmatched_order_last_synced_at": "2026-09-12T01:20:00.123456789Z",
            }
        }
    ),
    "v4/mm/get_order_history": sample("history").replace(b'"next_cursor": "abc"', b'"next_cursor": ""'),
    "v4/mm/get_order_matched_detail": sample("matched_detail"),
    "v4/mm/get_order/9f1c0a5e-0001": packed({"data": document("order")["data"]["order"]}),
    "v4/mm/submit_order": sample("order"),
    "v4/mm/cancel_order": sample("order"),
    "v4/mm/cancel_multiple_orders": packed({"data": {"succeed_orders": [document("order")["data"]["order"]], "failed_orders": None}}),
    "v4/mm/websocket": sample("register"),
    "websocket/connection-config": packed(
        {"key": "app-key", "cluster": "", "ws_host": "127.0.0.1", "ws_port": 4321, "ws_secure": False, "service": "pusher"}
    ),
    "v4/mm/submit_multiple_orders": sample("batch_submitted"),
    "mm/search_markets": sample("found_markets"),
    "mm/get_players": sample("players"),
    "v4/mm/get_strikes": sample("strikes"),
    "v4/mm/get_trades": sample("trades"),
    "v4/mm/get_transactions": sample("transactions"),
}


class Offer(NamedTuple):
    """One level that the rules would let an order take: all that such an order is made of."""

    market: MarketKey
    selection_id: str
    odds: Odds
    takeable: Decimal
    status: str


class Straight(Http):
    """Answers without any HTTP in between: for sweeps over thousands of bodies."""

    def __init__(self, answer: Callable[[str], tuple[int, bytes]]) -> None:
        self._offsets = deque()
        self._reply = answer

    async def close(self) -> None:
        """Nothing is open."""

    async def send(self, method: str, path: str, **_asked: object) -> Reply:
        status, body = self._reply(path)
        return Reply(status, body, 0.0)


class Floor:
    """One venue client and its services. `bodies` holds each path's answer; `news` all that was told."""

    def __init__(self, bodies: dict[str, Answer] | None = None, *, is_straight: bool = False) -> None:
        self.bodies: dict[str, Answer] = {**GOOD, **(bodies or {})}
        self.is_straight = is_straight
        self.asked: list[httpx.Request] = []
        self.clock = Clock()
        self.news: list[VenueEvent] = []
        self.client = ProphetX(
            clock=self.clock.monotonic,
            wall=lambda: NOW,
            emit=self.hear,
            connect=self._connect_straight if is_straight else self._connect,
            sleep=self._sleep,
        )
        self.desk = Desk(self.client, self.clock)

    def _connect(self, base: str) -> Http:
        return Http(base, transport=httpx.MockTransport(self._respond))

    def _connect_straight(self, _base: str) -> Http:
        return Straight(self._answer)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, body = self._answer(request.url.path.removeprefix("/partner/"))
        return httpx.Response(status, content=body)

    def _answer(self, path: str) -> tuple[int, bytes]:
        answer = self.bodies.get(path, (404, b'{"error":"no_such_path"}'))
        return answer if isinstance(answer, tuple) else (200, answer)

    async def _sleep(self, seconds: float) -> None:
        self.clock.move(seconds)

    def hear(self, events: Sequence[VenueEvent]) -> None:
        self.news += events
        self.desk.session.emit(events)

    def push(self, kind: str, payload: bytes | object, op: str = "u") -> list[VenueEvent]:
        """A push as the stream would carry it, read and told."""
        told = parse_push(pushed(kind, payload if isinstance(payload, bytes) else packed(payload), op))
        self.hear(told)
        return told

    async def read_markets(self, event_id: int = GAME) -> MarketsSeeded:
        seeded = await self.client.markets(event_id)
        self.desk.session.emit([seeded])
        return seeded

    async def read_all(self, event_id: int = GAME) -> None:
        """What a session reads before anything can be ordered."""
        self.desk.controls.ladder = _READ if self.is_straight else await self.client.ladder()
        await self.desk.account.read()
        await self.desk.catalogue.read_tournaments()
        await self.desk.catalogue.read_events(31)
        await self.read_markets(event_id)

    @property
    def faults(self) -> list[FeedFault]:
        return [event for event in self.news if isinstance(event, FeedFault)]

    @property
    def words(self) -> str:
        """All faults as the person reads them."""
        return "\n".join(fault.words for fault in self.faults)

    def levels(self, event_id: int = GAME) -> set[Offer]:
        """Everything that is shown with a price."""
        found = set()
        for group in self.desk.catalogue.groups_of(event_id):
            for market in group.markets:
                for selection in market.selections:
                    for level in self.desk.prices.side(market.key, selection.id):
                        found.add(Offer(market.key, selection.id, level.odds, level.takeable, market.status))
        return found

    def offers(self, event_id: int = GAME) -> set[Offer]:
        """What the rules would let through."""
        return {offer for offer in self.levels(event_id) if not self.objection(offer)}

    def objection(self, offer: Offer) -> str:
        """What the first rule says against taking a level, as far as it goes; empty when it may leave."""
        draft = OrderDraft(offer.market, offer.selection_id, offer.odds, min(ONE, offer.takeable))
        told = self.desk.controls.objection(draft)
        return f"{told.code}: {told.words}" if told else ""

    def refuses(self, market: MarketKey, selection_id: str, odds: Odds, stake: Decimal = ONE) -> str:
        """What the rules say to a wish that no level stands for."""
        told = self.desk.controls.objection(OrderDraft(market, selection_id, odds, stake))
        return f"{told.code}: {told.words}" if told else ""


WIDE = Limits(worse_steps=200, sanity_factor=Decimal(100), orders_in_ten_seconds=300)


@asynccontextmanager
async def floor(*, is_straight: bool = False, **bodies: Answer) -> AsyncIterator[Floor]:
    """A floor whose answers are good but for `bodies`, by path with `__` for `/`. Nothing is read yet."""
    one = Floor({path.replace("__", "/"): body for path, body in bodies.items()}, is_straight=is_straight)
    await one.client.point(practice("http://127.0.0.1:9/partner"), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
    one.desk.controls.is_on = one.desk.controls.is_reconciled = True
    one.desk.controls.limit_to(WIDE)
    try:
        yield one
    finally:
        await one.desk.tasks.stop()
        await one.client.close()
    assert one.desk.failures == []


@asynccontextmanager
async def open_floor(*, is_straight: bool = False, **bodies: Answer) -> AsyncIterator[Floor]:
    """The same with everything read, as a session would."""
    async with floor(is_straight=is_straight, **bodies) as one:
        await one.read_all()
        yield one


class Method(NamedTuple):
    """One reading call of the client, and the path whose answer it reads. `trouble` is what an unreadable answer raises."""

    path: str
    call: Callable[[ProphetX], Awaitable[object]]
    trouble: type[Exception] = UnreadableError


def let_pass(_ref: str, _draft: OrderDraft) -> None:
    """A last look that has nothing against it."""


DRAFT = OrderDraft(MarketKey(GAME, 219, Decimal(0)), HOME, from_american(146), Decimal("10.00"))
SINCE = datetime.fromtimestamp(NOW - 60, UTC)

METHODS: dict[str, Method] = {
    "tournaments": Method("mm/get_tournaments", lambda venue: venue.tournaments()),
    "events": Method("mm/get_sport_events", lambda venue: venue.events(31)),
    "markets": Method("v4/mm/get_markets", lambda venue: venue.markets(GAME)),
    "multiple markets": Method("v4/mm/get_multiple_markets", lambda venue: venue.multiple_markets([GAME, 19459])),
    "ladder": Method("v4/mm/get_price_ladder", lambda venue: venue.ladder()),
    "balance": Method("v4/mm/get_balance", lambda venue: venue.balance()),
    "order": Method("v4/mm/get_order/9f1c0a5e-0001", lambda venue: venue.order("9f1c0a5e-0001")),
    "history": Method("v4/mm/get_order_history", lambda venue: venue.history(HistoryQuery(SINCE))),
    "matches": Method("v4/mm/get_order_matched_detail", lambda venue: venue.matches(["9f1c0a5e-0001"])),
    "search": Method("mm/search_markets", lambda venue: venue.search_markets("pilots")),
    "players": Method("mm/get_players", lambda venue: venue.players()),
    "strikes": Method("v4/mm/get_strikes", lambda venue: venue.strikes([HOME])),
    "trades": Method("v4/mm/get_trades", lambda venue: venue.trades(SINCE)),
    "transactions": Method("v4/mm/get_transactions", lambda venue: venue.transactions()),
    "place": Method("v4/mm/submit_order", lambda venue: venue.place("ov-1", DRAFT, let_pass), UnknownError),
    "cancel": Method("v4/mm/cancel_order", lambda venue: venue.cancel("ov-1", "9f1c0a5e-0001")),
    "cancel many": Method("v4/mm/cancel_multiple_orders", lambda venue: venue.cancel_many([("ov-1", "9f1c0a5e-0001")])),
    "config": Method("websocket/connection-config", lambda venue: venue.config()),
    "register": Method("v4/mm/websocket", lambda venue: venue.register("1.1", [Topic(GAME)])),
}


async def outcome(one: Floor, name: str) -> object:
    """What a call gives, or the exception with which it ends; any but the domain's own passes through."""
    try:
        return await METHODS[name].call(one.client)
    except FAULTS_OF_A_CALL as problem:
        return problem


PUSHES = {
    "market_selections": "push_depth",
    "order": "push_order",
    "sport_event": "push_event",
    "market": "push_market",
    "market_strike": "push_strike",
    "tournament": "push_tournament",
}
