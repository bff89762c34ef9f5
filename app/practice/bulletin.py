"""What the exchange announces: changes in the order they happened, with strictly growing 19-digit sequence numbers."""

from __future__ import annotations

from msgspec.structs import replace

from app.practice.book import Book
from app.practice.model import (
    Change,
    DepthChange,
    Event,
    EventChange,
    Fill,
    Market,
    MarketChange,
    Order,
    OrderChange,
    Outcome,
    Strike,
    StrikeChange,
    TradeChange,
)


class Bulletin:
    """Collects changes until somebody takes them. Books are named while an action runs and announced once, at its end."""

    def __init__(self, started_at: int) -> None:
        self.last_sequence = started_at
        self._changes: list[Change] = []
        self._touched: dict[str, Book] = {}

    def sequence(self, now: int) -> int:
        """The next number: the time in ns, or one more than the last where that is not later."""
        self.last_sequence = max(now, self.last_sequence + 1)
        return self.last_sequence

    def take(self) -> list[Change]:
        """Everything since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def event(self, op: str, event: Event, now: int) -> None:
        event.updated_at = now
        self._changes.append(EventChange(op, replace(event), now))

    def market(self, market: Market, now: int) -> None:
        market.updated_at = now
        self._changes.append(MarketChange("u", replace(market), now))

    def strike(self, market: Market, strike: Strike, now: int) -> None:
        strike.updated_at = now
        self._changes.append(StrikeChange("u", market, replace(strike), now))

    def order_status(self, order: Order, now: int) -> None:
        self._order(order, "status", None, now)

    def order_fill(self, order: Order, fill: Fill, now: int) -> None:
        self._order(order, "matching", fill, now)

    def _order(self, order: Order, update_type: str, fill: Fill | None, now: int) -> None:
        order.sequence = self.sequence(now)
        order.updated_at = now
        copy = replace(order, fills=list(order.fills))
        self._changes.append(OrderChange(copy, update_type, fill, now, order.sequence))

    def trade(self, book: Book, outcome: Outcome, limit: int, fill: Fill, now: int) -> None:
        """A match as everybody hears it; `fill` is the taker's side of it."""
        sequence = self.sequence(now)
        self._changes.append(TradeChange(book.market, book.strike, outcome, limit, fill.price, fill.stake, now, sequence))

    def touch(self, book: Book) -> None:
        """This book has changed; `flush` announces it."""
        self._touched[book.strike.outcomes[0].strike_id] = book

    def flush(self, now: int) -> None:
        for book in self._touched.values():
            self.depth(book, now)
        self._touched.clear()

    def depth(self, book: Book, now: int) -> None:
        self._changes.append(DepthChange(book.market, book.strike, book.depth(), now, self.sequence(now)))
