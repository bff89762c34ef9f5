"""Every order known, keyed by our reference; advanced by whatever the venue says, from wherever it says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec

from app.domain.market import MarketKey
from app.domain.odds import Odds
from app.domain.order import Order, OrderReport, OrderState, advance, from_report, with_matches
from app.services.ports import Now, Signal

_NOT_YET = frozenset({"", "inactive", "placing"})  # statuses of an order that is not on the book yet

Names = Callable[[MarketKey, str], tuple[str, str, str]]


class Blotter:
    """`dirty` holds the refs changed since last taken; `changed` is called when it becomes non-empty, `filled` on each new fill."""

    def __init__(self, now: Now, names: Names) -> None:
        self._now = now
        self._names = names
        self.orders: dict[str, Order] = {}
        self.dirty: set[str] = set()
        self.changed = Signal()
        self.filled: list[Callable[[Order, Decimal], None]] = []
        self._refs: dict[str, str] = {}
        self._by_market: dict[MarketKey, list[str]] = {}
        self._live: set[str] = set()
        self._settled: dict[str, tuple[float, Decimal]] = {}
        self._events: dict[int, set[str]] = {}

    def add(self, order: Order) -> None:
        """An order of ours, before its first byte leaves."""
        self._keep(order)

    def update(self, ref: str, change: Callable[[Order], Order]) -> Order:
        order = change(self.orders[ref])
        self._keep(order)
        return order

    def apply(self, report: OrderReport) -> Order:
        """Advance the order a report speaks of; an unknown one was placed elsewhere and is adopted, marked.

        Where the venue gives no reference, its own order id stands for one, so that two such orders stay apart.
        """
        if not report.ref:
            report = msgspec.structs.replace(report, ref=report.venue_order_id)
        ref = report.ref if report.ref in self.orders else self._refs.get(report.venue_order_id, "")
        known = self.orders.get(ref)
        if report.updated_at is None:
            report = msgspec.structs.replace(report, updated_at=self._now())
        order = advance(known, report) if known else self._named(from_report(report, self._now()))
        order = _stamped(order, known, self._now().timestamp())
        self._keep(order)
        if known and order.filled > known.filled:
            for heard in self.filled:
                heard(order, order.filled - known.filled)
        return order

    def learn_matches(self, matches: dict[str, list[tuple[Odds, Decimal]]]) -> None:
        """What each order was matched at, by the venue's order id."""
        for venue_order_id, rows in matches.items():
            ref = self._refs.get(venue_order_id)
            if ref:
                self._keep(with_matches(self.orders[ref], rows))

    def name_again(self) -> None:
        """Fill in names that were not known when an order was adopted."""
        for order in list(self.orders.values()):
            if not order.draft.event_name or not order.draft.selection_name:
                self._keep(self._named(order))

    def nameless_events(self) -> set[int]:
        """Events whose markets must be read before their orders can be named."""
        return {order.draft.market.event_id for order in self.orders.values() if not order.draft.selection_name}

    def take_dirty(self) -> set[str]:
        dirty, self.dirty = self.dirty, set()
        return dirty

    def of_market(self, key: MarketKey) -> list[Order]:
        return [self.orders[ref] for ref in self._by_market.get(key, ())]

    def live(self) -> list[Order]:
        """Orders that may still move money, in the order they were placed."""
        return sorted((self.orders[ref] for ref in self._live), key=lambda order: order.placed_at)

    def unknown(self) -> list[Order]:
        return [order for order in self.live() if order.state is OrderState.UNKNOWN]

    def event_ids(self) -> set[int]:
        """Events in which something of ours waits or has matched."""
        return {event_id for event_id, refs in self._events.items() if refs}

    def realised(self, since: float) -> Decimal:
        """What orders settled since `since` (Unix seconds) brought, by the venue's settlements."""
        return sum((amount for at, amount in self._settled.values() if at >= since), Decimal("0.00"))

    def without_matches(self) -> Sequence[str]:
        """Venue order ids of orders whose match prices are not known in full."""
        return [
            order.venue_order_id
            for order in self.orders.values()
            if order.venue_order_id and order.filled > sum((fill.stake for fill in order.fills), Decimal(0))
        ]

    def apply_all(self, reports: Iterable[OrderReport]) -> None:
        for report in reports:
            self.apply(report)

    def _named(self, order: Order) -> Order:
        event, market, selection = self._names(order.draft.market, order.draft.selection_id)
        draft = msgspec.structs.replace(order.draft, event_name=event, market_name=market, selection_name=selection)
        return msgspec.structs.replace(order, draft=draft)

    def _keep(self, order: Order) -> None:
        known = self.orders.get(order.ref)
        if known == order:
            return
        if known is None:
            self._by_market.setdefault(order.draft.market, []).append(order.ref)
        self.orders[order.ref] = order
        self._sort_in(order)
        if order.venue_order_id:
            self._refs[order.venue_order_id] = order.ref
        was_clean = not self.dirty
        self.dirty.add(order.ref)
        if was_clean:
            self.changed()

    def _sort_in(self, order: Order) -> None:
        """Keep what is asked for every second at hand, so that it costs nothing however many orders there are."""
        if order.is_live:
            self._live.add(order.ref)
        else:
            self._live.discard(order.ref)
        refs = self._events.setdefault(order.draft.market.event_id, set())
        if order.is_live or order.filled > 0:
            refs.add(order.ref)
        else:
            refs.discard(order.ref)
        if order.realised is not None and order.updated_at is not None:
            self._settled[order.ref] = (order.updated_at.timestamp(), order.realised)


def _stamped(order: Order, known: Order | None, now: float) -> Order:
    """When the order first went on the book, in milliseconds after it was placed."""
    if known is None or known.status not in _NOT_YET or order.status in _NOT_YET:
        return order
    return msgspec.structs.replace(order, active_ms=(now - order.placed_at.timestamp()) * 1000)
