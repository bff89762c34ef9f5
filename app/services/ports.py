"""What services need from the outside, as protocols: a trading venue, its stream, a clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.domain.account import Balance, TradesPage, TransactionsPage
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.events import MarketsSeeded
from app.domain.ladder import Ladder
from app.domain.link import LinkFacts, Probe, Rank
from app.domain.market import Event, FoundMarket, Player, StrikePlace, Tournament
from app.domain.odds import Odds
from app.domain.offer import Offer
from app.domain.order import History, HistoryPage, HistoryQuery, Order, OrderDraft, OrderReport
from app.domain.record import Entry, Intended, Resent

Monotonic = Callable[[], float]
Now = Callable[[], datetime]


LastLook = Callable[[str, OrderDraft], None]


class TradingVenue(Protocol):
    """A venue that takes orders. Every method raises the exceptions of `domain.errors` and no others.

    `place` calls `last_look` with the reference and the order read back from the very bytes that are about to leave; what it raises
    stops them. `offers`: what it has calls for; one that it has not raises RefusedError. `events_a_call`: of how many events
    `multiple_markets` takes the markets at most.
    """

    offers: frozenset[Offer]
    events_a_call: int

    @property
    def latency(self) -> float | None:
        """Seconds of the last answered request."""

    @property
    def answered_at(self) -> float | None:
        """Monotonic."""

    @property
    def environment(self) -> Environment: ...
    async def tournaments(self) -> list[Tournament]: ...
    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]: ...
    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]: ...
    async def markets(self, event_id: int) -> MarketsSeeded: ...
    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]: ...
    async def search_markets(self, words: str) -> list[FoundMarket]: ...
    async def players(self) -> list[Player]: ...
    async def player(self, player_id: int) -> Player: ...
    async def strikes(self, selection_ids: Sequence[str]) -> list[StrikePlace]: ...
    async def ladder(self) -> Ladder: ...
    async def balance(self) -> Balance: ...
    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport: ...
    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]: ...
    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None: ...
    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]: ...
    async def cancel_all(self) -> None: ...
    async def cancel_event(self, event_id: int) -> None: ...
    async def cancel_market(self, event_id: int, market_id: int) -> None: ...
    async def order(self, venue_order_id: str) -> OrderReport: ...
    async def history(self, query: HistoryQuery) -> History: ...
    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage: ...
    async def trades(self, since: datetime, cursor: str = "") -> TradesPage: ...
    async def transactions(self, kind: str = "", cursor: str = "") -> TransactionsPage: ...
    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]: ...


class Link(Protocol):
    """The line to the venue, as the connection panel shows and tries it."""

    def facts(self) -> LinkFacts: ...

    def test(self) -> AsyncIterator[Probe]:
        """Try each request once, one after the other; nothing is ordered, cancelled or subscribed."""

    def replace_socket(self) -> None:
        """Change the stream's socket for a new one, without a gap."""


class Taping(Protocol):
    """Recording what the venue sends."""

    @property
    def is_on(self) -> bool: ...

    def toggle(self) -> None: ...


class Journal(Protocol):
    """Where everything is written down, in order. `trouble` says why it cannot be; `halt` why orders are halted (empty: they are not)."""

    @property
    def halt(self) -> str: ...
    @property
    def trouble(self) -> str: ...

    def note(self, entry: Entry, order: Order | None = None) -> None:
        """Write down soon, in order, what has happened; `order` is the order after it."""

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        """Return when it is durable. HaltedError or JournalDownError, and then nothing may be sent."""

    def halt_for(self, words: str) -> None:
        """Halt all orders of this profile: here at once, in every other program as soon as it is written down."""

    def resume(self, words: str) -> None:
        """Lift the halt."""

    async def look(self) -> None:
        """Notice what another program of the same profile has written."""


class Signal:
    """Subscribers that are called with no arguments when something changed; what changed is asked of the owner."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[], None]] = []

    def connect(self, subscriber: Callable[[], None]) -> None:
        self._subscribers.append(subscriber)

    def disconnect(self, subscriber: Callable[[], None]) -> None:
        """Nothing happens where it was not connected."""
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    def __call__(self) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber()
