"""The Trading API as a trading venue: each method one request, answered in domain values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.account import Balance, TradesPage, TransactionsPage
from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import MarketsSeeded, Topic, VenueEvent
from app.domain.ladder import Ladder
from app.domain.link import Rank
from app.domain.market import Event, FoundMarket, Player, StrikePlace, Tournament
from app.domain.odds import Odds
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import History, HistoryPage, HistoryQuery, OrderDraft, OrderReport
from app.domain.secret import Secret
from app.venues.auth import Token, Tokens, expiry
from app.venues.hosts import Address, HostError
from app.venues.http import Http, Reply, accepted
from app.venues.limits import Budget, Turn
from app.venues.meter import Meter
from app.venues.prophetx import codec, listings, places, wire
from app.venues.prophetx.calls import EVENTS_A_CALL, Call, Calls
from app.venues.prophetx.location import Location
from app.venues.prophetx.names import V4, Paths
from app.venues.prophetx.places import code_of_today
from app.venues.prophetx.reading import Readings
from app.venues.prophetx.record import Record
from app.venues.prophetx.registration import Registration, read_registration
from app.venues.prophetx.spelling import Reader
from app.venues.shares import Budgets
from app.venues.whereabouts import believed

LONGEST_TOKEN = 16_384  # characters
NOTHING_THERE = "no_cancellable_orders"

SHORT_PAUSE = 1.0  # seconds, where the venue asks for a pause and does not say how long

_LOGIN = Reader(wire.LoginBody, places.LOGIN)
_CONFIG = Reader(wire.WireConfig, places.CONFIG)


class Keys(msgspec.Struct, frozen=True):
    """The pair that logs in to one environment."""

    environment: Environment
    access: Secret
    secret: Secret


class Answer(msgspec.Struct, frozen=True):
    """A body, and the monotonic time just before the request left."""

    body: bytes
    asked_at: float


class ProphetX:
    """Reads, orders and cancels. The stream is `venues.follow.Follower`, which uses `config` and `register` of this."""

    def __init__(
        self,
        *,
        paths: Paths = V4,
        check_location: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        emit: Callable[[Sequence[VenueEvent]], None] = lambda _events: None,
        connect: Callable[[str], Http] = Http,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        budgets: Budgets | None = None,
    ) -> None:
        self._http: Http | None = None
        self._connect = connect
        self.paths = paths
        self._calls = Calls(paths)
        self._address: Address | None = None
        self._keys = Keys(Environment.PRACTICE, Secret(), Secret())
        self._clock = clock
        self._wall = wall
        self._read = Readings(emit)
        self._location = Location(self._ask, self._read, clock) if check_location else None
        self._record = Record(self._calls, self._ask, wall, self._read)
        self.budget = Budget(clock, sleep)
        self._budgets = budgets
        self.meter = Meter(clock)
        self.tokens = Tokens(self._login, self._refresh, wall, clock)
        self.offers = EVERYTHING - {Offer.USERS}
        self.events_a_call = EVENTS_A_CALL
        self.latency: float | None = None
        self.answered_at: float | None = None

    @property
    def environment(self) -> Environment:
        return self._keys.environment

    async def point(self, address: Address, keys: Keys) -> None:
        """Use this account at this address from now on, with a session and a connection pool of its own.

        HostError when the keys belong to another environment than the address: they are never sent there.
        """
        if keys.environment is not address.environment:
            raise HostError(f"These are keys for {keys.environment}, and the address is {address.environment}'s")
        await self.close()
        self._http = self._connect(address.base_url + "/")
        if self._budgets:
            self.budget = self._budgets.of(address, keys.access)
        self._address, self._keys = address, keys
        if self._location:
            self._location.forget()
        self.tokens = Tokens(self._login, self._refresh, self._wall, self._clock)

    async def close(self) -> None:
        if self._http:
            await self._http.close()
            self._http = None

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the venue's clock is ahead of this computer's (negative: behind); None before it is known."""
        return self._http.offset if self._http else None

    async def log_in(self) -> None:
        """Have a session. RefusedError when the venue does not take the keys."""
        await self.tokens.bearer()

    # Reading

    async def tournaments(self) -> list[Tournament]:
        return self._read.rows(codec.read_tournaments, await self._ask(self._calls.tournaments()))

    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        call = msgspec.structs.replace(self._calls.events(tournament_id), rank=rank)
        return self._read.rows(codec.read_events, await self._ask(call))

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        return self._read.rows(codec.read_events, await self._ask(self._calls.events_by_id(event_ids)))

    async def markets(self, event_id: int) -> MarketsSeeded:
        """An event's markets and books. `asked_at` is taken when the request may leave: stream changes after it are newer."""
        call = self._calls.markets(event_id)
        answer = await self._send(call)
        return self._seeded(event_id, self._read.whole(lambda body: codec.read_markets(body, event_id), answer.body), answer.asked_at)

    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        """Up to 50 events in one request; an event that the answer leaves out is left out here, and so is one never asked for."""
        call = msgspec.structs.replace(self._calls.multiple_markets(event_ids), rank=rank)
        answer = await self._send(call)
        found: dict[int, MarketsSeeded] = {}
        for event_id, read in self._read.rows(codec.read_each_markets, answer.body):
            if event_id in event_ids:
                found[event_id] = self._seeded(event_id, read, answer.asked_at)
            await asyncio.sleep(0)
        return [found[event_id] for event_id in event_ids if event_id in found]

    async def search_markets(self, words: str) -> list[FoundMarket]:
        return self._read.rows(listings.read_found_markets, await self._ask(self._calls.search_markets(words)))

    async def players(self) -> list[Player]:
        return self._read.rows(listings.read_players, await self._ask(self._calls.players()))

    async def player(self, player_id: int) -> Player:
        return self._read.whole(listings.read_player, await self._ask(self._calls.player(player_id)))

    async def strikes(self, selection_ids: Sequence[str]) -> list[StrikePlace]:
        """At most 20; what the venue does not know is left out."""
        return self._read.rows(listings.read_strikes, await self._ask(self._calls.strikes(selection_ids)))

    async def ladder(self) -> Ladder:
        return self._read.whole(codec.read_ladder, await self._ask(self._calls.ladder()))

    async def balance(self) -> Balance:
        return self._read.whole(codec.read_balance, await self._ask(self._calls.balance()))

    async def order(self, venue_order_id: str) -> OrderReport:
        report = self._read.whole(codec.read_order, await self._ask(self._calls.order(venue_order_id)))
        if report.venue_order_id != venue_order_id:
            raise UnreadableError("The venue answered with another order than the one that was asked for")
        return report

    async def history(self, query: HistoryQuery) -> History:
        return await self._record.orders(query)

    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        return await self._record.orders_page(query, cursor)

    async def trades(self, since: datetime, cursor: str = "") -> TradesPage:
        return await self._record.trades(since, cursor)

    async def transactions(self, kind: str = "", cursor: str = "") -> TransactionsPage:
        return await self._record.transactions(kind, cursor)

    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        """What each order (at most 100) was matched at: odds and stake."""
        return self._read.rows(codec.read_matched_detail, await self._ask(self._calls.matched_detail(venue_order_ids)))

    # Trading

    async def place(self, ref: str, draft: OrderDraft, last_look: Callable[[str, OrderDraft], None]) -> OrderReport:
        """One POST, never repeated but after a 401, which proves that it was not accepted.

        `last_look` judges what its bytes say, after every wait and just before they leave, each time they do.
        """
        await self._check_location()
        call = self._calls.submit(ref, draft)
        answer = await self._send(call, lambda: last_look(*codec.read_submission(call.body, draft)))
        return self._read.whole(lambda body: codec.read_submitted(body, ref), answer.body)

    async def place_many(
        self, orders: Sequence[tuple[str, OrderDraft]], last_look: Callable[[str, OrderDraft], None]
    ) -> dict[str, OrderReport | VenueError]:
        """At most 20 in one POST: each row's report, or what became of it. An exception speaks of all of them."""
        await self._check_location()
        call = self._calls.submit_many(orders)

        def look() -> None:
            for ref, asked in codec.read_submissions(call.body, [draft for _, draft in orders]):
                last_look(ref, asked)

        answer = await self._send(call, look)
        refs = [ref for ref, _ in orders]
        return self._read.rows(lambda body, faults: codec.read_batch_submitted(body, refs, faults), answer.body)

    async def _check_location(self) -> None:
        if self._location and self._address:
            await self._location.check(self._address.base_url)

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        report = self._read.whole(codec.read_cancelled, await self._ask(self._calls.cancel(ref, venue_order_id)))
        if report and report.venue_order_id != venue_order_id:
            raise UnknownError("The cancel was answered with another order than the one it was for")
        return report

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        """A list of none is never sent: it may be taken for all."""
        if not orders:
            return [], []
        reports, failed = self._read.rows(codec.read_batch_cancelled, await self._ask(self._calls.cancel_many(orders)))
        asked = {venue_order_id for _, venue_order_id in orders}
        return [report for report in reports if report.venue_order_id in asked], failed

    async def cancel_all(self) -> None:
        await self._ask(self._calls.cancel_all())

    async def cancel_event(self, event_id: int) -> None:
        await self._cancel_some(self._calls.cancel_event(event_id))

    async def cancel_market(self, event_id: int, market_id: int) -> None:
        await self._cancel_some(self._calls.cancel_market(event_id, market_id))

    async def _cancel_some(self, call: Call) -> None:
        """That there is nothing to cancel is what was wanted."""
        try:
            await self._ask(call)
        except RefusedError as problem:
            if problem.code != NOTHING_THERE:
                raise

    # The stream's two calls

    async def config(self) -> wire.WireConfig:
        """Where the stream is. UnreadableError when it names a host that is not the venue's."""
        return believed(self._read.whole(_CONFIG.body, await self._ask(self._calls.config())), self._address)

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        body = await self._ask(self._calls.register(socket_id, topics))
        return self._read.whole(lambda answered: read_registration(answered, topics), body)

    async def touch(self, call: Call, *, is_open: bool = False) -> Reply:
        """Send what can do nothing, once, and return whatever comes back: a 401 fetches no new session. `is_open`: it goes without one."""
        bearer = "" if is_open else await self._bearer(call)
        turn = await self.budget.wait(call.path)
        if self._http is None:
            raise NotSentError("Not connected to a venue yet")
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with self.budget.under_way(turn):
            reply = await self._http.send(call.method, call.path, body=call.body, headers=headers)
        if reply.status == 429:
            self.budget.hold_all(SHORT_PAUSE)
        return reply

    # The one way out

    async def _ask(self, call: Call) -> bytes:
        return (await self._send(call)).body

    async def _send(self, call: Call, last_look: Callable[[], None] = lambda: None) -> Answer:
        """With a token and a turn of the budget, whose gaps are counted from here; then the last look."""
        bearer, turn = await self._turn(call)
        try:
            return await self._let_go(call, bearer, turn, last_look)
        except NotSentError as problem:
            if problem.status != 401:
                raise
        bearer = await _session(self.tokens.renew(bearer, is_urgent=call.is_urgent))
        turn = await self._queue(call)  # of its path, too: what met the same 401 would all leave at once
        return await self._let_go(call, self.tokens.serving or bearer, turn, last_look)

    async def _turn(self, call: Call) -> tuple[str, Turn]:
        """A token, because fetching one takes time, then the turn. Where the wait outlived the token, another of each.

        A turn that was kept while a token is fetched would be used together with all the others that were: too many in a second.
        """
        await self._bearer(call)
        turn = await self._queue(call)
        if bearer := self.tokens.serving:
            return bearer, turn
        bearer = await self._bearer(call)
        turn = await self._queue(call)
        return self.tokens.serving or bearer, turn

    async def _queue(self, call: Call) -> Turn:
        return await self.budget.wait(call.path, is_query=call.is_query, rank=call.rank)

    async def _bearer(self, call: Call) -> str:
        return await _session(self.tokens.bearer(is_urgent=call.is_urgent))

    async def _let_go(self, call: Call, bearer: str, turn: Turn, last_look: Callable[[], None]) -> Answer:
        asked_at = self._clock()
        last_look()
        return Answer((await self._once(call, bearer, turn)).body, asked_at)

    async def _once(self, call: Call, bearer: str, turn: Turn) -> Reply:
        if self._http is None:
            raise NotSentError("Not connected to a venue yet")
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        name, started, is_failure = self._calls.name_of(call), self._clock(), True
        try:
            with self.budget.under_way(turn):
                reply = await self._http.send(
                    call.method, call.path, params=call.params, body=call.body, headers=headers, deadline=call.deadline
                )
            self.latency, self.answered_at = reply.seconds, self._clock()
            accepted(reply)
            is_failure = False
        except NotSentError as problem:
            self._pause(call, problem)
            raise
        except RefusedError as problem:
            problem.code = code_of_today(problem.code)
            is_failure = problem.code != NOTHING_THERE
            raise
        finally:
            self.meter.note(name, self._clock() - started, is_failure=is_failure)
        return reply

    def _pause(self, call: Call, problem: NotSentError) -> None:
        """The venue asked for a pause: of this query, or of everything (cancels go on all the same)."""
        if problem.status != 429:
            return
        if call.is_query:
            self.budget.hold(call.path, problem.retry_after or SHORT_PAUSE)
        elif problem.code == "rate_limit_reached":
            self.budget.hold_all(problem.retry_after or SHORT_PAUSE)

    async def _login(self) -> Token:
        return await self._fetch_token(self._calls.login(self._keys.access.reveal(), self._keys.secret.reveal()))

    async def _refresh(self, refresh_token: str) -> Token:
        return await self._fetch_token(self._calls.refresh(refresh_token))

    async def _fetch_token(self, call: Call) -> Token:
        """Counted like any request, and first in line: everything else waits for it."""
        turn = await self.budget.wait(call.path, rank=Rank.CANCEL)
        return self._token(await self._once(call, "", turn))

    def _token(self, reply: Reply) -> Token:
        data = self._read.whole(_login, reply.body)
        ahead = self.clock_offset or 0.0  # the venue says when by its own clock
        theirs, until = self._wall() + ahead, data.refresh_expire_time
        refresh_until = expiry(until, theirs) - ahead if until and data.refresh_token else None
        return Token(data.access_token, expiry(data.access_expire_time, theirs) - ahead, data.refresh_token, refresh_until)

    def _seeded(self, event_id: int, read: codec.MarketsRead, asked_at: float) -> MarketsSeeded:
        self._read.tell(read.faults)
        return MarketsSeeded(event_id, read.groups, read.books, asked_at)


def _login(body: bytes) -> wire.Login:
    """UnreadableError unless it holds a token that may stand in a header."""
    data = _LOGIN.body(body).data
    if not data.access_token.isascii() or not data.access_token.isprintable() or not 0 < len(data.access_token) <= LONGEST_TOKEN:
        raise UnreadableError("The login answer holds no usable token")
    return data


async def _session(bearer: Awaitable[str]) -> str:
    """A token; when the login itself ends unclear, the request that wanted it has certainly not left."""
    try:
        return await bearer
    except (RefusedError, UnknownError, UnreadableError) as problem:
        raise NotSentError(f"No session with the venue: {problem}") from problem
