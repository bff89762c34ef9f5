"""A venue that answers from memory, clocks by hand, and the services built on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.domain.account import Balance, TradesPage, TransactionsPage
from app.domain.book import Book, Level, Side
from app.domain.environment import Environment
from app.domain.errors import HaltedError, JournalDownError, VenueError
from app.domain.events import EventChanged, MarketsSeeded, Wanted
from app.domain.ladder import Ladder, from_american_list
from app.domain.link import Rank
from app.domain.market import Event, FoundMarket, Market, MarketGroup, MarketKey, Player, Selection, Sport, StrikePlace, Tournament
from app.domain.odds import Odds, from_american
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import History, HistoryPage, HistoryQuery, Order, OrderDraft, OrderReport
from app.domain.record import Entry, Halted, Intended, Resent, Resumed
from app.services import desk as services
from app.services.audit import EVERY
from app.services.books import UNFOLLOWED_READ
from app.services.notices import Notices
from app.services.ports import LastLook, TradingVenue
from app.services.tasks import Tasks

E = TypeVar("E")

GAME, OTHER = 19458, 19459
KEY = MarketKey(GAME, 219, Decimal(0))
SPREAD = MarketKey(GAME, 66, Decimal("1.5"))
HOME, AWAY = "home-id", "away-id"
NOON = datetime(2026, 9, 12, 12, tzinfo=UTC)


class Clock:
    """Monotonic seconds and the time of day, moved together by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.day = NOON

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.day

    def move(self, seconds: float) -> None:
        self.seconds += seconds
        self.day += timedelta(seconds=seconds)


def money(amount: str | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def event(event_id: int = GAME, status: str = "not_started", tournament_id: int = 31, start: datetime | None = NOON) -> Event:
    return Event(event_id, f"Game {event_id}", tournament_id, "Harbor League", "American Football", start, status)


def tournament(tournament_id: int = 31) -> Tournament:
    return Tournament(tournament_id, f"League {tournament_id}", Sport(16, "American Football"))


def market(key: MarketKey = KEY, status: str = "active", *, is_prop: bool = False, sub_type: str = "moneyline") -> Market:
    selections = (Selection(HOME, "Harbor Pilots", 4), Selection(AWAY, "Night Herons", 5))
    return Market(key, "Moneyline", "moneyline", sub_type, status, selections, is_prop=is_prop)


def group(*markets: Market) -> MarketGroup:
    first = markets[0]
    return MarketGroup(
        first.key.event_id, first.key.market_id, first.name, first.kind, first.sub_type, "", first.status, markets, first.is_prop
    )


def level(american: int, takeable: str = "50.00") -> Level:
    return Level(from_american(american), Decimal(takeable), Decimal(takeable))


def book(home: int | None = 150, away: int | None = -170, key: MarketKey = KEY, sequence: int = 0) -> Book:
    sides: dict[str, Side] = {HOME: (level(home),) if home else (), AWAY: (level(away),) if away else ()}
    return Book(key, sides, sequence)


def seeded(asked_at: float, *books: Book, event_id: int = GAME, groups: tuple[MarketGroup, ...] | None = None) -> MarketsSeeded:
    found = groups if groups is not None else tuple(group(market(one.key)) for one in books)
    return MarketsSeeded(event_id, found, books, asked_at)


def draft(odds: int = 150, stake: str = "10", selection_id: str = HOME, key: MarketKey = KEY) -> OrderDraft:
    return OrderDraft(key, selection_id, from_american(odds), money(stake), "Game", "Moneyline", "Harbor Pilots")


def report(ref: str = "ov-1", status: str = "open", *, order_id: str = "v-1", **more: object) -> OrderReport:
    told = OrderReport(
        ref=ref,
        venue_order_id=order_id,
        status=status,
        matching="unmatched",
        odds=from_american(150),
        quantity=money(10),
        filled=money(0),
        event_id=KEY.event_id,
        market_id=KEY.market_id,
        selection_id=HOME,
    )
    return msgspec.structs.replace(told, **more)


class FakeVenue:
    """Answers what it was given. `troubles` holds, by method, what to raise next; `calls` what was asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.environment = Environment.PRACTICE
        self.offers = EVERYTHING - {Offer.USERS}
        self.events_a_call = 50
        self.latency: float | None = None
        self.answered_at: float | None = None
        self.calls: list[tuple[object, ...]] = []
        self.ranks: list[Rank] = []  # of the readings of events
        self.troubles: dict[str, list[Exception]] = {}
        self.spared: dict[str, int] = {}  # by method, calls that go well before its troubles begin
        self.gates: dict[str, asyncio.Event] = {}
        self.listed = [tournament()]
        self.games: dict[int, list[Event]] = {31: [event()]}
        self.books: dict[int, tuple[Book, ...]] = {GAME: (book(),)}
        self.money = Balance(money(1000), money(100), money(50))
        self.answers: dict[str, OrderReport | None] = {}
        self.rows: list[OrderReport] = []
        self.synced_at: datetime | None = None
        self.is_whole = True
        self.matched: dict[str, list[tuple[Odds, Decimal]]] = {}
        self.pages: dict[str, HistoryPage] = {}
        self.trade_pages: dict[str, TradesPage] = {}
        self.transaction_pages: dict[str, TransactionsPage] = {}
        self.found: list[FoundMarket] = []
        self.known_players: list[Player] = []
        self.homes: dict[int, Player] = {}
        self.places: dict[str, StrikePlace] = {}

    def asked(self, what: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.calls if call[0] == what]

    async def tournaments(self) -> list[Tournament]:
        await self._call("tournaments")
        return self.listed

    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        self.ranks.append(rank)
        await self._call("events", tournament_id)
        return self.games.get(tournament_id, [])

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        await self._call("events_by_id", *event_ids)
        return [one for games in self.games.values() for one in games if one.id in set(event_ids)]

    async def markets(self, event_id: int) -> MarketsSeeded:
        asked_at = self._clock.monotonic()
        found = self.books.get(event_id, ())
        await self._call("markets", event_id)
        return seeded(asked_at, *found, event_id=event_id)

    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        asked_at = self._clock.monotonic()
        await self._call("multiple_markets", *event_ids)
        return [seeded(asked_at, *self.books[event_id], event_id=event_id) for event_id in event_ids if event_id in self.books]

    async def search_markets(self, words: str) -> list[FoundMarket]:
        await self._call("search_markets", words)
        return self.found

    async def players(self) -> list[Player]:
        await self._call("players")
        return self.known_players

    async def player(self, player_id: int) -> Player:
        await self._call("player", player_id)
        return self.homes[player_id]

    async def strikes(self, selection_ids: Sequence[str]) -> list[StrikePlace]:
        await self._call("strikes", *selection_ids)
        return [self.places[one] for one in selection_ids if one in self.places]

    async def ladder(self) -> Ladder:
        await self._call("ladder")
        return LADDER

    async def balance(self) -> Balance:
        await self._call("balance")
        return self.money

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        last_look(ref, draft)
        await self._call("place", ref, draft)
        return report(ref, "inactive", order_id=f"v-{ref}", odds=draft.odds, quantity=draft.stake)

    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        return {ref: await self.place(ref, draft, last_look) for ref, draft in orders}

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        await self._call("cancel", ref, venue_order_id)
        return self.answers.get("cancel")

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        await self._call("cancel_many", *orders)
        return [], []

    async def cancel_all(self) -> None:
        await self._call("cancel_all")

    async def order(self, venue_order_id: str) -> OrderReport:
        await self._call("order", venue_order_id)
        answer = self.answers.get("order")
        return answer or report(venue_order_id.removeprefix("v-"), "open", order_id=venue_order_id)

    async def cancel_event(self, event_id: int) -> None:
        await self._call("cancel_event", event_id)

    async def cancel_market(self, event_id: int, market_id: int) -> None:
        await self._call("cancel_market", event_id, market_id)

    async def history(self, query: HistoryQuery) -> History:
        await self._call("history", query)
        return History(list(self.rows), self.synced_at, self.is_whole)

    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        await self._call("history_page", query, cursor)
        return self.pages.get(cursor, HistoryPage(tuple(self.rows), "", self.synced_at))

    async def trades(self, since: datetime, cursor: str = "") -> TradesPage:
        await self._call("trades", since, cursor)
        return self.trade_pages.get(cursor, TradesPage(()))

    async def transactions(self, kind: str = "", cursor: str = "") -> TransactionsPage:
        await self._call("transactions", kind, cursor)
        return self.transaction_pages.get(cursor, TransactionsPage(()))

    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        await self._call("matches", *venue_order_ids)
        return self.matched

    async def _call(self, *call: object) -> None:
        self.calls.append(call)
        name = str(call[0])
        if name in self.gates:
            await self.gates[name].wait()
        await asyncio.sleep(0)
        if self.spared.get(name, 0) > 0:
            self.spared[name] -= 1
            return
        if self.troubles.get(name):
            raise self.troubles[name].pop(0)


class FakeJournal:
    """Remembers what was noted. `trouble` and `halt` are set by tests; a gate makes `intend` wait.

    `kept` holds what a program that starts after a crash would read: each order as it was last written down.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self.halt = ""
        self.entries: list[Entry] = []
        self.kept: dict[str, Order] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    def of(self, kind: type[E]) -> list[E]:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def note(self, entry: Entry, order: Order | None = None) -> None:
        self.entries.append(entry)
        if order is not None:
            self.kept[order.ref] = order

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        await self.gate.wait()
        if self.halt:
            raise HaltedError(self.halt)
        if self.trouble:
            raise JournalDownError(self.trouble)
        self.entries.append(entry)
        self.kept[order.ref] = order

    def halt_for(self, words: str) -> None:
        self.halt = self.halt or words
        self.entries.append(Halted(words))

    def resume(self, words: str) -> None:
        self.halt = ""
        self.entries.append(Resumed(words))

    async def look(self) -> None:
        """Nobody else writes here."""


LADDER = from_american_list([*range(-200, -100), *range(100, 201), -25000, 25000])


class Desk:
    """All services of one account on a fake venue, or on `venue` where a test brings one."""

    def __init__(self, venue: TradingVenue | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.venue = FakeVenue(self.clock)
        self.naps: list[float] = []
        self.wanted: list[Wanted] = []
        self.failures: list[BaseException] = []
        self.deaf, self.auditing = asyncio.Event(), asyncio.Event()
        self.pauses = {UNFOLLOWED_READ: self.deaf, EVERY: self.auditing}
        self.refs = iter(f"ov-{number}" for number in range(1, 1000))
        self.tasks = Tasks(self.failures.append)
        self.notices = Notices(self.clock.now)
        self.journal = FakeJournal()
        self.reconnects = 0
        self.requests_left = 40
        self.desk_lock = ""
        self.users_trouble = ""
        self.desk = services.Desk(
            services.Outside(
                venue=venue or self.venue,
                journal=self.journal,
                environment=Environment.PRACTICE,
                clock=self.clock.monotonic,
                now=self.clock.now,
                new_ref=lambda: next(self.refs),
                follow=self.wanted.append,
                reconnect=self._reconnect,
                requests_left=lambda: self.requests_left,
                desk_lock=lambda: self.desk_lock,
                keep_users=lambda _roster: self.users_trouble,
                sleep=self.sleep,
            ),
            self.notices,
            self.tasks,
        )
        self.catalogue, self.prices, self.blotter = self.desk.catalogue, self.desk.prices, self.desk.blotter
        self.account, self.controls, self.trading = self.desk.account, self.desk.controls, self.desk.trading
        self.search, self.reconciliation, self.kill = self.desk.search, self.desk.reconciliation, self.desk.kill
        self.session, self.watch = self.desk.session, self.desk.watch

    async def sleep(self, seconds: float) -> None:
        """Time passes at once, but for the pauses of what runs for ever, each of which ends when a test sets its event."""
        if seconds in self.pauses:
            pause = self.pauses[seconds]
            await pause.wait()
            pause.clear()
            return
        self.naps.append(seconds)
        self.clock.move(seconds)
        await asyncio.sleep(0)

    @property
    def words(self) -> list[str]:
        return [notice.words for notice in self.notices.lines]

    def _reconnect(self) -> None:
        self.reconnects += 1

    def ready(self, *books: Book) -> None:
        """Trading is on, the game is listed, its books are read, the ladder and the balance are known."""
        self.controls.ladder = LADDER
        self.controls.is_on = self.controls.is_reconciled = True
        self.account.balance = self.venue.money
        self.session.emit([seeded(self.clock.monotonic(), *(books or (book(),)))])
        self.session.emit([EventChanged(event())])


async def settle(condition: Callable[[], object], turns: int = 500) -> None:
    """Let the loop turn until something holds."""
    for _ in range(turns):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come to that")


async def turn(times: int = 30) -> None:
    """Let everything that can run now run."""
    for _ in range(times):
        await asyncio.sleep(0)


def trouble(*problems: VenueError) -> list[Exception]:
    return list(problems)
