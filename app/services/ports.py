"""What services need from the outside, as protocols: a trading venue, its stream, a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.domain.account import Balance
from app.domain.events import MarketsSeeded
from app.domain.ladder import Ladder
from app.domain.market import Event, Tournament
from app.domain.odds import Odds
from app.domain.order import OrderDraft, OrderReport

Monotonic = Callable[[], float]
Now = Callable[[], datetime]


class TradingVenue(Protocol):
    """A venue that takes orders. Every method raises the exceptions of `domain.errors` and no others."""

    latency: float | None  # seconds of the last answered request
    answered_at: float | None  # monotonic

    async def tournaments(self) -> list[Tournament]: ...
    async def events(self, tournament_id: int) -> list[Event]: ...
    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]: ...
    async def markets(self, event_id: int) -> MarketsSeeded: ...
    async def ladder(self) -> Ladder: ...
    async def balance(self) -> Balance: ...
    async def place(self, ref: str, draft: OrderDraft) -> OrderReport: ...
    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None: ...
    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]: ...
    async def cancel_all(self) -> None: ...
    async def order(self, venue_order_id: str) -> OrderReport: ...
    async def history(self, bounds: Mapping[str, int]) -> list[OrderReport]: ...
    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]: ...


class Signal:
    """Subscribers that are called with no arguments when something changed; what changed is asked of the owner."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[], None]] = []

    def connect(self, subscriber: Callable[[], None]) -> None:
        self._subscribers.append(subscriber)

    def __call__(self) -> None:
        for subscriber in self._subscribers:
            subscriber()
