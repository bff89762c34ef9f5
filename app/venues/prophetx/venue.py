"""The Trading API as a trading venue: each method one request, answered in domain values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.domain.account import Balance
from app.domain.book import Book
from app.domain.errors import NotSentError, UnknownError, UnreadableError
from app.domain.events import FeedFault, MarketsSeeded, VenueEvent
from app.domain.ladder import Ladder
from app.domain.market import Event, Tournament
from app.domain.odds import Odds
from app.domain.order import OrderDraft, OrderReport
from app.venues.auth import Token, Tokens, expiry
from app.venues.http import Http, Reply, accepted, decoded
from app.venues.limits import Budget
from app.venues.prophetx import codec, wire
from app.venues.prophetx.calls import Call, Calls
from app.venues.prophetx.names import V4, Paths

T = TypeVar("T")

PAGES = 50  # of history at most: a cursor that never ends is the venue's fault, not a reason to loop

_LOGIN = msgspec.json.Decoder(wire.LoginBody)
_CONFIG = msgspec.json.Decoder(wire.WireConfig)
_REGISTRATION = msgspec.json.Decoder(wire.RegistrationBody)


class Keys(msgspec.Struct, frozen=True):
    """The pair that logs in; never printed."""

    access: str
    secret: str

    def __repr__(self) -> str:
        return "Keys(…)"


class ProphetX:
    """Reads, orders and cancels. The stream is `venues.follow.Follower`, which uses `config` and `register` of this."""

    def __init__(
        self,
        *,
        paths: Paths = V4,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        emit: Callable[[Sequence[VenueEvent]], None] = lambda _events: None,
    ) -> None:
        self._http: Http | None = None
        self._calls = Calls(paths)
        self._keys = Keys("", "")
        self._clock = clock
        self._wall = wall
        self._emit = emit
        self.budget = Budget(clock)
        self.tokens = Tokens(self._login, self._refresh, wall)
        self.latency: float | None = None
        self.answered_at: float | None = None

    async def point(self, base_url: str, keys: Keys) -> None:
        """Use this account at this base URL from now on, with a session and a connection pool of its own."""
        await self.close()
        self._http = Http(base_url.rstrip("/") + "/")
        self._keys = keys
        self.tokens = Tokens(self._login, self._refresh, self._wall)

    async def close(self) -> None:
        if self._http:
            await self._http.close()
            self._http = None

    # Reading

    async def tournaments(self) -> list[Tournament]:
        return self._told(codec.read_tournaments, await self._ask(self._calls.tournaments()))

    async def events(self, tournament_id: int) -> list[Event]:
        return self._told(codec.read_events, await self._ask(self._calls.events(tournament_id)))

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        return self._told(codec.read_events, await self._ask(self._calls.events_by_id(event_ids)))

    async def markets(self, event_id: int) -> MarketsSeeded:
        """An event's markets and books. `asked_at` is taken when the request may leave: stream changes after it are newer."""
        call = self._calls.markets(event_id)
        await self.budget.wait(call.path, is_query=True)
        asked_at = self._clock()
        read = codec.read_markets((await self._send(call)).body, event_id)
        return self._seeded(event_id, read, asked_at)

    async def multiple_markets(self, event_ids: Sequence[int]) -> list[MarketsSeeded]:
        """Up to 50 events in one request; an event that the answer leaves out is left out here."""
        call = self._calls.multiple_markets(event_ids)
        await self.budget.wait(call.path, is_query=True)
        asked_at = self._clock()
        found = codec.read_multiple_markets((await self._send(call)).body)
        return [self._seeded(event_id, found[event_id], asked_at) for event_id in event_ids if event_id in found]

    async def ladder(self) -> Ladder:
        return codec.read_ladder(await self._ask(self._calls.ladder()))

    async def balance(self) -> Balance:
        return codec.read_balance(await self._ask(self._calls.balance()))

    async def order(self, venue_order_id: str) -> OrderReport:
        return codec.read_order(await self._ask(self._calls.order(venue_order_id)))

    async def history(self, bounds: Mapping[str, int]) -> list[OrderReport]:
        """All pages between bounds of Unix seconds (`from`, `to`, `updated_at_from`, `updated_at_to`)."""
        found: list[OrderReport] = []
        cursor, seen = "", {""}
        for _ in range(PAGES):
            page = self._told(codec.read_history, await self._ask(self._calls.history(bounds, cursor)))
            found += page.reports
            cursor = page.next_cursor
            if cursor in seen:
                break
            seen.add(cursor)
        return found

    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        """What each order (at most 100) was matched at: odds and stake."""
        return codec.read_matched_detail(await self._ask(self._calls.matched_detail(venue_order_ids)))

    # Trading

    async def place(self, ref: str, draft: OrderDraft) -> OrderReport:
        """One POST, never repeated but after a 401, which proves that it was not accepted."""
        return codec.read_submitted(await self._ask(self._calls.submit(ref, draft)), ref)

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        return codec.read_cancelled(await self._ask(self._calls.cancel(ref, venue_order_id)))

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        return codec.read_batch_cancelled(await self._ask(self._calls.cancel_many(orders)))

    async def cancel_all(self) -> None:
        await self._ask(self._calls.cancel_all())

    # The stream's two calls

    async def config(self) -> wire.WireConfig:
        return decoded(await self._ask(self._calls.config()), _CONFIG)

    async def register(self, socket_id: str, event_ids: Collection[int], sub_types: Collection[tuple[int, str]]) -> wire.Registration:
        body = await self._ask(self._calls.register(socket_id, sorted(event_ids), sorted(sub_types)))
        return decoded(body, _REGISTRATION).data

    # The one way out

    async def _ask(self, call: Call) -> bytes:
        await self.budget.wait(call.path, is_query=call.is_query, is_urgent=call.is_urgent)
        return (await self._send(call)).body

    async def _send(self, call: Call) -> Reply:
        bearer = await _session(self.tokens.bearer())
        try:
            return await self._once(call, bearer)
        except NotSentError as problem:
            if problem.status == 429 and call.is_query:
                self.budget.hold(call.path, problem.retry_after or 1.0)
            if problem.status != 401:
                raise
        return await self._once(call, await _session(self.tokens.renew(bearer)))

    async def _once(self, call: Call, bearer: str) -> Reply:
        if self._http is None:
            raise NotSentError("Not connected to a venue yet")
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        reply = await self._http.send(call.method, call.path, params=call.params, body=call.body, headers=headers, deadline=call.deadline)
        self.latency, self.answered_at = reply.seconds, self._clock()
        return accepted(reply)

    async def _login(self) -> Token:
        return self._token(await self._once(self._calls.login(self._keys.access, self._keys.secret), ""))

    async def _refresh(self, refresh_token: str) -> Token:
        return self._token(await self._once(self._calls.refresh(refresh_token), ""))

    def _token(self, reply: Reply) -> Token:
        data = decoded(reply.body, _LOGIN).data
        token = data.access_token
        if not token or not token.isascii() or not token.isprintable() or len(token) > 16_384:
            raise UnreadableError("The login answer holds no usable token")
        return Token(token, expiry(data.access_expire_time, self._wall()), data.refresh_token)

    def _told(self, read: Callable[[bytes, list[str]], T], body: bytes) -> T:
        """What a reading gives; each row it had to leave out is a feed fault."""
        faults: list[str] = []
        found = read(body, faults)
        if faults:
            self._emit([FeedFault(words) for words in faults])
        return found

    def _seeded(self, event_id: int, read: codec.MarketsRead, asked_at: float) -> MarketsSeeded:
        if read.faults:
            self._emit([FeedFault(words) for words in read.faults])
        books: tuple[Book, ...] = read.books
        return MarketsSeeded(event_id, read.groups, books, asked_at)


async def _session(bearer: Awaitable[str]) -> str:
    """A token; when the login itself ends unclear, the request that wanted it has certainly not left."""
    try:
        return await bearer
    except (UnknownError, UnreadableError) as problem:
        raise NotSentError(f"No session with the venue: {problem}") from problem
