"""Every order known, keyed by our reference; advanced by whatever the venue says, from wherever it says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.order import Cancel, Order, OrderReport, OrderState, Outcome, contradicts, unexpected, with_matches
from app.domain.record import READINGS, Alarmed, Ended, Matched, Named, OrderEntry, Reported, ref_of, step
from app.services.ports import Now, Signal

Names = Callable[[MarketKey, str], tuple[str, str, str]]
Note = Callable[[OrderEntry, Order], None]
K = TypeVar("K")


class Blotter:
    """`dirty` holds the refs changed since last taken; `changed` is called when it becomes non-empty, `filled` on each new fill."""

    def __init__(self, now: Now, names: Names, note: Note = lambda _entry, _order: None) -> None:
        self._now = now
        self._names = names
        self._note = note
        self.orders: dict[str, Order] = {}
        self.dirty: set[str] = set()
        self.changed = Signal()
        self.unclear_changed = Signal()
        self.filled: list[Callable[[Order, Decimal], None]] = []
        self.alarmed: list[Callable[[Order, str], None]] = []
        self._refs: dict[str, str] = {}
        self._by_market: dict[MarketKey, list[str]] = {}
        self._by_selection: dict[str, list[str]] = {}
        self._live: set[str] = set()
        self._unsettled: set[str] = set()
        self._unclear: set[str] = set()
        self._nameless: set[str] = set()
        self._rest = ZERO
        self._risk_of_day: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        self._settled: dict[str, tuple[float, Decimal]] = {}
        self._events: dict[int, set[str]] = {}

    def add(self, order: Order) -> None:
        """An order of which the journal knows: its intent was written down, or it stood there when the program started."""
        self._keep(order)

    def record(self, entry: OrderEntry) -> Order:
        """Something happened to an order: write it down and take its consequences."""
        order = step(self.orders.get(ref_of(entry)), entry, self._now())
        self._keep(order)
        self._note(entry, order)
        return order

    def apply(self, report: OrderReport, by: str = "push") -> Order:
        """Advance the order a report speaks of; an unknown one was placed elsewhere and is adopted, marked.

        Where the venue gives no reference, its own order id stands for one, so that two such orders stay apart.
        """
        report = self._with_ref(report)
        known = self.orders.get(report.ref)
        if known and not known.is_elsewhere and (why := contradicts(known, report)):
            return self._apply_foreign(known, report, why, by)
        return self._tell(known, report, by)

    def _with_ref(self, report: OrderReport) -> OrderReport:
        ref = self._refs.get(report.venue_order_id, "") or report.ref or report.venue_order_id
        known = self.orders.get(ref)
        if known and known.is_elsewhere and report.venue_order_id and known.venue_order_id not in {"", report.venue_order_id}:
            ref = f"{ref} ({report.venue_order_id})"  # two orders of somebody else under one reference
        return msgspec.structs.replace(report, ref=ref, external_ref=report.ref)

    def _tell(self, known: Order | None, report: OrderReport, by: str) -> Order:
        """Fold a report in. One that tells nothing new is not written down: the venue's record is read again and again."""
        entry = Reported(report.ref, report, by)
        order = step(known, entry, self._now())
        self._keep(order)
        if known is None or by not in READINGS or not _is_same(known, order):
            self._note(entry, order)
        if known is None:
            self._name(order)
        return self._watched(known, report, self.orders[order.ref])

    def _watched(self, known: Order | None, report: OrderReport, order: Order) -> Order:
        """Say what is odd about a report, and what matched by it."""
        if known and (odd := unexpected(known, report)):
            order = self.alarm(order, odd)
        if order.is_overfilled and not (known and known.is_overfilled):
            order = self.alarm(order, f"the venue says that {order.filled:,.2f} matched of {order.stake:,.2f}")
        if known and order.filled > known.filled:
            for heard in self.filled:
                heard(order, order.filled - known.filled)
        return order

    def _apply_foreign(self, ours: Order, report: OrderReport, why: str, by: str) -> Order:
        """The venue holds another order under our reference: it is shown for what it is, and ours cannot be there."""
        if ours.outcome in {Outcome.SENDING, Outcome.UNKNOWN} and not ours.status:
            self.record(Ended(ours.ref, Outcome.REJECTED, f"the venue holds another order under this reference: {why}"))
        ref = f"{report.venue_order_id or 'unnamed'} (not {ours.ref})"
        theirs = msgspec.structs.replace(report, ref=ref)
        is_new = ref not in self.orders
        order = self._tell(self.orders.get(ref), theirs, by)
        return self.alarm(order, f"it carries our reference {ours.ref}, but {why}") if is_new else order

    def alarm(self, order: Order, words: str) -> Order:
        """Something is wrong with an order: mark it, write it down, tell whoever listens."""
        order = self.record(Alarmed(order.ref, words))
        for heard in self.alarmed:
            heard(order, words)
        return order

    def learn_matches(self, matches: dict[str, list[tuple[Odds, Decimal]]]) -> None:
        """What each order was matched at, by the venue's order id."""
        for venue_order_id, rows in matches.items():
            ref = self._refs.get(venue_order_id)
            if ref and with_matches(self.orders[ref], rows) != self.orders[ref]:
                self.record(Matched(ref, tuple(rows)))

    def name_again(self) -> None:
        """Fill in names that were not known when an order was adopted."""
        for order in [self.orders[ref] for ref in self._nameless]:
            self._name(order)

    def _name(self, order: Order) -> None:
        draft = order.draft
        names = self._names(draft.market, draft.selection_id)
        if names != (draft.event_name, draft.market_name, draft.selection_name):
            self.record(Named(order.ref, *names))

    def nameless_events(self) -> set[int]:
        """Events whose markets must be read before their orders can be named."""
        return {self.orders[ref].draft.market.event_id for ref in self._nameless}

    def take_dirty(self) -> set[str]:
        dirty, self.dirty = self.dirty, set()
        return dirty

    def of_market(self, key: MarketKey) -> list[Order]:
        return [self.orders[ref] for ref in self._by_market.get(key, ())]

    def of_selection(self, selection_id: str) -> list[Order]:
        return [self.orders[ref] for ref in self._by_selection.get(selection_id, ())]

    def live(self) -> list[Order]:
        """Orders that may still move money, in the order they were placed."""
        return sorted((self.orders[ref] for ref in self._live), key=_by_age)

    def unknown(self) -> list[Order]:
        """Orders of which nobody knows whether the venue has them."""
        return [order for order in self.unclear() if order.state is OrderState.UNKNOWN]

    def unsettled(self) -> list[Order]:
        """Orders with which money may still be lost: those that are live, and those that have matched and are not settled."""
        return sorted((self.orders[ref] for ref in self._unsettled), key=_by_age)

    def unclear(self) -> list[Order]:
        """Unknown orders, and orders of which nobody knows whether their cancel went through."""
        return sorted((self.orders[ref] for ref in self._unclear), key=_by_age)

    def of_event(self, event_id: int) -> list[Order]:
        """Orders of an event that wait or have matched."""
        return sorted((self.orders[ref] for ref in self._events.get(event_id, ())), key=_by_age)

    @property
    def rest(self) -> Decimal:
        """All that may still match, unknown and in-flight orders included."""
        return self._rest

    def risk_of_day(self, day: date) -> Decimal:
        """What is at risk in orders sent on a local day."""
        return self._risk_of_day[day]

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

    def apply_all(self, reports: Iterable[OrderReport], by: str = "history") -> None:
        for report in reports:
            self.apply(report, by)

    def _keep(self, order: Order) -> None:
        known = self.orders.get(order.ref)
        if known == order:
            return
        if known is None or known.draft.market != order.draft.market:
            _move(self._by_market, known.draft.market if known else None, order.draft.market, order.ref)
        if known is None or known.draft.selection_id != order.draft.selection_id:
            _move(self._by_selection, known.draft.selection_id if known else None, order.draft.selection_id, order.ref)
        if known and known.draft.market.event_id != order.draft.market.event_id:
            self._events[known.draft.market.event_id].discard(order.ref)
        self.orders[order.ref] = order
        self._weigh(order, known)
        self._sort_in(order)
        if order.venue_order_id:
            self._refs[order.venue_order_id] = order.ref
        was_clean = not self.dirty
        self.dirty.add(order.ref)
        if was_clean:
            self.changed()

    def _sort_in(self, order: Order) -> None:
        """Keep what is asked for every second at hand, so that it costs nothing however many orders there are."""
        _put(self._live, order.ref, order.is_live)
        _put(self._unsettled, order.ref, order.is_live or order.at_risk > 0)
        is_unclear = order.state is OrderState.UNKNOWN or (order.is_live and order.cancel is Cancel.UNKNOWN)
        was_unclear = order.ref in self._unclear
        _put(self._unclear, order.ref, is_unclear)
        _put(self._nameless, order.ref, not order.draft.event_name or not order.draft.selection_name)
        refs = self._events.setdefault(order.draft.market.event_id, set())
        _put(refs, order.ref, order.is_live or order.filled > 0)
        if order.realised is not None and order.updated_at is not None:
            at, amount = self._settled.get(order.ref, (order.updated_at.timestamp(), None))
            self._settled[order.ref] = (at if amount in {None, order.realised} else order.updated_at.timestamp(), order.realised)
        if is_unclear != was_unclear:
            self.unclear_changed()

    def _weigh(self, order: Order, known: Order | None) -> None:
        """Keep the sums of what waits and of what is at risk, so that a limit costs nothing to ask for."""
        self._rest += order.rest - (known.rest if known else ZERO)
        if known:
            self._risk_of_day[day_of(known)] -= known.at_risk
        self._risk_of_day[day_of(order)] += order.at_risk


def _by_age(order: Order) -> tuple[datetime, str]:
    return order.placed_at, order.ref


def day_of(order: Order) -> date:
    """The local day on which it was last sent."""
    return order.asked_at.astimezone().date()


def _move(index: dict[K, list[str]], before: K | None, after: K, ref: str) -> None:
    if before is not None:
        index[before].remove(ref)
    index.setdefault(after, []).append(ref)


def _put(refs: set[str], ref: str, is_in: bool) -> None:
    if is_in:
        refs.add(ref)
    else:
        refs.discard(ref)


def _is_same(known: Order, order: Order) -> bool:
    return msgspec.structs.replace(known, updated_at=None) == msgspec.structs.replace(order, updated_at=None)
