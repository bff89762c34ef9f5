"""The B2B Omnibus API as a trading venue: each method one signed request, answered in domain values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
What the API has no call for is refused in words before anything is sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from app.domain.account import Balance
from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import FeedFault, MarketsSeeded, Topic, VenueEvent
from app.domain.ladder import Ladder
from app.domain.link import Rank
from app.domain.market import Event, Tournament
from app.domain.offer import Offer
from app.domain.order import History, HistoryPage, HistoryQuery, OrderDraft, OrderReport
from app.domain.user import UserError, checked_user
from app.venues.call import Call
from app.venues.gate import NOT_CONNECTED, Answer, Gate, Gated
from app.venues.hosts import Address, HostError
from app.venues.http import Http, Reply
from app.venues.limits import Budget
from app.venues.meter import Meter
from app.venues.omnibus import codec
from app.venues.omnibus.calls import EVENTS_A_CALL, Calls
from app.venues.omnibus.lacking import Lacking
from app.venues.omnibus.ladder import BUILT_IN
from app.venues.omnibus.names import B2B, FIELDS, Fields, Paths, Words
from app.venues.omnibus.record import OrderRecord
from app.venues.omnibus.signing import Keys, MakeSigner, Signed, Signer
from app.venues.omnibus.singly import common, singly
from app.venues.prophetx import codec as trading
from app.venues.prophetx import places, wire
from app.venues.prophetx.places import code_of_today
from app.venues.prophetx.reading import Readings
from app.venues.prophetx.registration import Registration, read_registration
from app.venues.prophetx.spelling import Reader
from app.venues.shares import Budgets
from app.venues.whereabouts import believed

MOVED: Final = 1.0  # seconds by which the venue's clock must turn out to be another before a refused token is made anew
OF_ALL: Final = frozenset({401, 403, 405, 451})  # refusals of whoever asks, whatever is asked for
LastLook = Callable[[str, OrderDraft], None]

_CONFIG = Reader(wire.WireConfig, places.CONFIG)


class Omnibus(Gated, Lacking):
    """Reads, places and cancels. The stream is `venues.follow.Follower`, which uses `config` and `register` of this.

    `fields` is what a request calls its parts. `batches`: several orders go in one request, `many_events`: the markets of several events
    are asked for in one; without these each has a request of its own.
    """

    def __init__(
        self,
        *,
        paths: Paths = B2B,
        fields: Words | Fields = "guide",
        batches: bool = False,
        many_events: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        emit: Callable[[Sequence[VenueEvent]], None] = lambda _events: None,
        connect: Callable[[str], Http] = Http,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        budgets: Budgets | None = None,
        make_signer: MakeSigner = Signer,
    ) -> None:
        self.paths = paths
        self.fields: Fields = fields if isinstance(fields, Fields) else FIELDS[fields]
        self.has_batches = batches
        self.has_many_events = many_events
        self.offers = frozenset({Offer.USERS})
        self.events_a_call = EVENTS_A_CALL
        self._calls = Calls(paths, self.fields)
        self._submissions = codec.Submissions(self.fields)
        self._clock = clock
        self._wall = wall
        self._read = Readings(emit)
        self._connect = connect
        self._make_signer = make_signer
        self._address: Address | None = None
        self._signed: Signed | None = None
        self._record = OrderRecord(self._calls, self._ask, self._now, self._read)
        self.budget = Budget(clock, sleep)
        self._budgets = budgets
        self.meter = Meter(clock)

    @property
    def environment(self) -> Environment:
        return self._address.environment if self._address else Environment.PRACTICE

    async def point(self, address: Address, keys: Keys) -> None:
        """Use this account at this address from now on. PemError for a key that cannot sign.

        HostError when the keys belong to another environment than the address: nothing signed by them is ever sent there.
        """
        if keys.environment is not address.environment:
            raise HostError(f"These are keys for {keys.environment}, and the address is {address.environment}'s")
        signer = await asyncio.to_thread(self._make_signer, keys, self._now)
        await self.close()
        http = self._connect(address.base_url + "/")
        if self._budgets:
            self.budget = self._budgets.of(address, keys.issuer)
        self._gate = Gate(http, self.budget, self.meter, self._clock, self._calls.name_of)
        self._record = OrderRecord(self._calls, self._ask, self._now, self._read)
        self._address, self._signed = address, Signed(signer)

    # Reading

    async def tournaments(self) -> list[Tournament]:
        return self._read.rows(trading.read_tournaments, await self._told(self._calls.tournaments()))

    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        """The parameter is not printed anywhere: where it does nothing, the other tournaments' events are left out here."""
        call = self._calls.events(tournament_id, rank)
        events = self._read.rows(trading.read_events, await self._told(call))
        return [event for event in events if event.tournament_id in {0, tournament_id}]

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        wanted = frozenset(event_ids)
        events = self._read.rows(trading.read_events, await self._told(self._calls.events_by_id(sorted(wanted))))
        return [event for event in events if event.id in wanted]

    async def markets(self, event_id: int) -> MarketsSeeded:
        """An event's markets and books. `asked_at` is taken when the request may leave: stream changes after it are newer."""
        return await self._markets(event_id, Rank.SCREEN)

    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        """Up to `events_a_call`; one that is not answered for is left out."""
        if self.has_many_events:
            return await self._many_markets(event_ids, rank)
        found = []
        for event_id in event_ids:
            try:
                found.append(await self._markets(event_id, rank))
            except RefusedError as problem:
                if len(event_ids) == 1 or problem.status in OF_ALL:
                    raise
                self._read.tell([FeedFault(f"markets of event {event_id} are left out: {problem}")])
        return found

    async def ladder(self) -> Ladder:
        """No call is documented: the vendor's own fallback, which the session lets grow by what stands in books."""
        return BUILT_IN

    async def balance(self) -> Balance:
        return self._read.whole(codec.read_balance, await self._ask(self._calls.balance()))

    async def order(self, venue_order_id: str) -> OrderReport:
        return await self._record.order(venue_order_id)

    async def history(self, query: HistoryQuery) -> History:
        return await self._record.orders(query)

    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        return await self._record.orders_page(query, cursor)

    # Trading

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        """One POST, sent again only after a 401 that proves that it was not accepted.

        `last_look` judges what its bytes say, after every wait and just before they are signed and leave, each time they do.
        """
        if problem := _userless(draft):
            raise problem
        call = self._calls.submit(ref, draft)
        answer = await self._send(call, lambda: last_look(*self._submissions.read(call.body, draft)))
        report = self._read.whole(lambda body: codec.read_submitted(body, ref), answer.body)
        self._record.note_placed(report)
        return report

    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        """At most 20: each row's report, or what became of it. An exception speaks of all of them."""
        if not self.has_batches:
            answers = await singly(orders, lambda row: self.place(*row, last_look))
            return dict(zip((ref for ref, _ in orders), answers, strict=True))
        unsent = {ref: problem for ref, draft in orders if (problem := _userless(draft))}
        good = [(ref, draft) for ref, draft in orders if ref not in unsent]
        return {**unsent, **(await self._place_together(good, last_look) if good else {})}

    async def _place_together(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        call = self._calls.submit_many(orders)

        def look() -> None:
            for ref, asked in self._submissions.read_many(call.body, [draft for _, draft in orders]):
                last_look(ref, asked)

        answer = await self._send(call, look)
        refs = [ref for ref, _ in orders]
        told = self._read.rows(lambda body, faults: trading.read_batch_submitted(codec.enclosed(body), refs, faults), answer.body)
        for report in told.values():
            if isinstance(report, OrderReport):
                self._record.note_placed(report)
        return told

    async def cancel(self, _ref: str, venue_order_id: str) -> OrderReport | None:
        """By the venue's own id, which is all that it asks for."""
        report = self._read.whole(codec.read_cancelled, await self._ask(self._calls.cancel(venue_order_id)))
        if report and report.venue_order_id != venue_order_id:
            raise UnknownError("The cancel was answered with another order than the one it was for")
        return report

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        """At most 20: what was reported, and a sentence for each that failed. A list of none is never sent: it may be taken for all."""
        if not self.has_batches or not orders:
            return await self._cancel_singly(orders)
        asked = {venue_order_id for _, venue_order_id in orders}
        body = await self._told(self._calls.cancel_many(asked_id for _, asked_id in orders))
        reports, failed = self._read.rows(trading.read_batch_cancelled, body)
        return [report for report in reports if report.venue_order_id in asked], failed

    async def _cancel_singly(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        answers = await singly(orders, lambda row: self.cancel(*row))
        problems = [answer for answer in answers if isinstance(answer, VenueError)]
        if problems and len(problems) == len(orders):
            raise common(problems)
        return [answer for answer in answers if isinstance(answer, OrderReport)], [str(problem) for problem in problems]

    # The stream's two calls

    async def config(self) -> wire.WireConfig:
        """Where the stream is. UnreadableError when it names a host that is not the venue's."""
        config = self._read.whole(_CONFIG.body, await self._ask(self._calls.config()))
        return believed(config, self._address)

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        body = await self._told(self._calls.register(socket_id, topics))
        return self._read.whole(lambda answered: read_registration(answered, topics), body)

    async def touch(self, call: Call, *, is_open: bool = False) -> Reply:
        """Send what can do nothing, once, and return whatever comes back. `is_open`: it goes without a token."""
        gate, signed = self._ready()
        turn = await self.budget.wait(call.path)
        return await gate.touch(call, turn, auth=None if is_open else signed)

    # The one way out

    async def _markets(self, event_id: int, rank: Rank) -> MarketsSeeded:
        answer = await self._send(self._calls.markets(event_id, rank))
        read = self._read.whole(lambda body: trading.read_markets(codec.enclosed(body), event_id), answer.body)
        return self._seeded(event_id, read, answer.asked_at)

    async def _many_markets(self, event_ids: Sequence[int], rank: Rank) -> list[MarketsSeeded]:
        answer = await self._send(self._calls.multiple_markets(event_ids, rank))
        found: dict[int, MarketsSeeded] = {}
        for event_id, read in self._read.rows(trading.read_each_markets, codec.enclosed(answer.body)):
            if event_id in event_ids:
                found[event_id] = self._seeded(event_id, read, answer.asked_at)
            await asyncio.sleep(0)
        return [found[event_id] for event_id in event_ids if event_id in found]

    def _seeded(self, event_id: int, read: trading.MarketsRead, asked_at: float) -> MarketsSeeded:
        self._read.tell(read.faults)
        return MarketsSeeded(event_id, read.groups, read.books, asked_at)

    def _now(self) -> float:
        """The venue's time: a token by a clock that is wrong would be from the past or the future."""
        return self._wall() + (self.clock_offset or 0.0)

    async def _told(self, call: Call) -> bytes:
        return codec.enclosed(await self._ask(call))

    async def _ask(self, call: Call) -> bytes:
        return (await self._send(call)).body

    async def _send(self, call: Call, last_look: Callable[[], None] = lambda: None) -> Answer:
        """Once; a second time only where the answer to the first, a 401, told that the venue's clock is another than was thought."""
        believed_offset = self.clock_offset or 0.0
        try:
            return await self._let_go(call, last_look)
        except NotSentError as problem:
            if problem.status != 401 or not self._has_moved(believed_offset):
                raise
        return await self._let_go(call, last_look)

    def _has_moved(self, believed_offset: float) -> bool:
        """Whether the venue's clock, by its newest answer alone, is another than the one a token was made by."""
        if self._gate:
            self._gate.restart_clock()
        return abs((self.clock_offset or 0.0) - believed_offset) > MOVED

    async def _let_go(self, call: Call, last_look: Callable[[], None]) -> Answer:
        """The budget first, because it may take its time; then the last look; then the token, for the very bytes that leave next."""
        gate, signed = self._ready()
        turn = await gate.wait(call)
        last_look()
        try:
            return await gate.send(call, turn, auth=signed)
        except RefusedError as problem:
            problem.code = code_of_today(problem.code)
            raise

    def _ready(self) -> tuple[Gate, Signed]:
        if self._gate is None or self._signed is None:
            raise NotSentError(NOT_CONNECTED)
        return self._gate, self._signed


def _userless(draft: OrderDraft) -> NotSentError | None:
    """What is wrong with an order that names nobody it could be for."""
    try:
        is_one = checked_user(draft.external_user) == draft.external_user
    except UserError as problem:
        return NotSentError(f"On a B2B account every order is for an external user. {problem}")
    return None if is_one else NotSentError("The external user id has blanks around it")
