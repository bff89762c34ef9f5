"""A real client on a wire that is served on this computer: what it read and heard, to be compared with another's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from app.domain.book import Side
from app.domain.environment import Environment
from app.domain.events import FeedFault, MarketsSeeded, OrderReported, StreamUp, Topic, VenueEvent, Wanted
from app.domain.market import Event, MarketKey, Tournament
from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderReport
from app.domain.secret import Secret
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import Market, Strike
from app.practice.replay.wire import ReplayWire
from app.practice.server import QuietServer, open_listener, server_config
from app.practice.wire.application import Keys as PracticeKeys
from app.practice.wire.application import Wire
from app.practice.wire.pusher import Hub
from app.services.prices import Prices
from app.venues.follow import Follower
from app.venues.hosts import practice
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.tape import Tape

HOST = "127.0.0.1"
PATIENCE = 20
STEP = 0.01
PING = '{"event":"pusher:ping","data":{}}'


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if is_so():
                return
            await asyncio.sleep(STEP)


@asynccontextmanager
async def served(make: Callable[[int], Wire | ReplayWire]) -> AsyncIterator[str]:
    """The wire that `make` builds for a port, on that port; its address."""
    listener = open_listener(HOST, 0)
    port = listener.getsockname()[1]
    wire = make(port)
    server = QuietServer(server_config(wire))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    try:
        yield f"http://{HOST}:{port}/partner"
    finally:
        wire.close()
        server.should_exit = server.force_exit = True
        await serving


@asynccontextmanager
async def living(step: Callable[[], object]) -> AsyncIterator[None]:
    """Something that has to be stepped, stepped until the end of the block."""

    async def live() -> None:
        while True:
            step()
            await asyncio.sleep(STEP)

    task = asyncio.create_task(live())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Client:
    """Venue, stream and prices as the program has them, with what a person would see of them."""

    def __init__(self, tape: Tape | None = None) -> None:
        clock = time.monotonic
        if tape:
            self.venue = ProphetX(clock=clock, emit=self._emit, connect=tape.connect)
            self.follower = Follower(self.venue, parse_push, self._emit, clock=clock, dial=tape.dial)
        else:
            self.venue = ProphetX(clock=clock, emit=self._emit)
            self.follower = Follower(self.venue, parse_push, self._emit, clock=clock)
        self.prices = Prices(clock)
        self.reports: list[OrderReport] = []
        self.faults: list[str] = []
        self.tournaments: list[Tournament] = []
        self.events: list[Event] = []
        self.seeded: MarketsSeeded | None = None
        self.ups = 0

    async def open(self, url: str, access: str, secret: str) -> None:
        await self.venue.point(practice(url), Keys(Environment.PRACTICE, Secret(access), Secret(secret)))

    async def read(self, tournament_id: int, event_id: int) -> None:
        """The catalogue, then the event followed, then its books: the order in which the program does it."""
        self.tournaments = await self.venue.tournaments()
        self.events = await self.venue.events(tournament_id)
        topics = tuple(Topic(event_id, sub_type) for sub_type in ("", "player_points"))
        self.follower.want(Wanted(topics))
        await until(lambda: self.ups and self.follower.followed)
        self.seeded = await self.venue.markets(event_id)
        self.prices.apply(self.seeded)

    @property
    def books(self) -> dict[MarketKey, dict[str, Side]]:
        """What stands in every book of the event that was read; sides without an offer are left out."""
        assert self.seeded is not None
        found = {}
        for one in self.seeded.books:
            book = self.prices.book(one.key)
            assert book is not None
            found[one.key] = {name: side for name, side in book.sides.items() if side}
        return found

    @property
    def names(self) -> list[tuple[int, str, list[tuple[str, str]]]]:
        """The groups of markets of the event and the selections in them."""
        assert self.seeded is not None
        return [
            (group.id, group.name, [(each.id, each.name) for market in group.markets for each in market.selections])
            for group in self.seeded.groups
        ]

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        for event in events:
            self.prices.apply(event)
            if isinstance(event, OrderReported):
                self.reports.append(event.report)
            elif isinstance(event, FeedFault):
                self.faults.append(event.words)
            elif isinstance(event, StreamUp):
                self.ups += 1


@asynccontextmanager
async def client(url: str, access: str, secret: str, tape: Tape | None = None) -> AsyncIterator[Client]:
    one = Client(tape)
    await one.open(url, access, secret)
    following = asyncio.create_task(one.follower.run())
    try:
        yield one
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await one.venue.close()


async def heard(hub: Hub) -> None:
    """Return when every client has taken in what was sent to it: each has answered a ping that came behind it."""
    before = {socket.id: socket.last_heard for socket in hub.sockets.values()}
    for socket in list(hub.sockets.values()):
        socket.send(PING)
    await until(lambda: all(hub.sockets[each].last_heard > at for each, at in before.items() if each in hub.sockets))


class Venue:
    """A practice exchange with a lively market, an account on it, and the market that a test looks at."""

    def __init__(self, exchange: Exchange, keys: PracticeKeys) -> None:
        self.exchange = exchange
        self.keys = keys
        self.account = exchange.open_account(
            access_key=keys.access_key, secret_key=keys.secret_key, user_id=keys.user_id, balance=10_000_00
        )
        self.market, self.strike = _quiet(exchange)
        event = exchange.event(self.market.event_id)
        assert event is not None
        self.event_id = event.id
        self.tournament_id = event.tournament_id

    def draft(self, price: int, stake: str = "5.00") -> OrderDraft:
        outcome = self.strike.outcomes[0]
        key = MarketKey(self.event_id, self.market.id, Decimal(str(outcome.strike)).normalize() + 0)
        return OrderDraft(key, outcome.strike_id, from_american(price), Decimal(stake))

    @property
    def takeable(self) -> int:
        """A price at which somebody offers something."""
        return self.exchange.levels(self.strike)[0][0].price


def _quiet(exchange: Exchange) -> tuple[Market, Strike]:
    """A two-sided strike with offers, of an event that starts in an hour or later."""
    for tournament in exchange.tournaments():
        for event in exchange.events(tournament.id):
            if event.scheduled < exchange.now + 3600 * SECOND:
                continue
            for market in exchange.markets(event.id) or ():
                for strike in market.strikes:
                    if len(strike.outcomes) == 2 and all(exchange.levels(strike)):
                        return market, strike
    raise AssertionError("nothing is offered before its start")


async def placed(venue: ProphetX, ref: str, draft: OrderDraft) -> OrderReport:
    return await venue.place(ref, draft, lambda _ref, _asked: None)
