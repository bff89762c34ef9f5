"""Every order known, keyed by our reference; advanced by whatever the venue says, from wherever it says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

import msgspec

from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.order import Cancel, Order, OrderReport, OrderState, Outcome, advance, as_report, contradicts, unexpected, with_matches
from app.domain.record import READINGS, Alarmed, Ended, Matched, Named, OrderEntry, Reported, ref_of, step
from app.services.ports import Now, Signal
from app.services.tally import Tally

Names = Callable[[MarketKey, str], tuple[str, str, str]]
Home = Callable[[MarketKey, str], MarketKey]
Note = Callable[[OrderEntry, Order], None]
K = TypeVar("K")


class Blotter:
    """`dirty` holds the refs changed since last taken; `changed` is called when it becomes non-empty, `filled` on each new fill,
    `placed` once for each order that this program places, as soon as its intent is written down. `names` and `home` know what a selection
    is called and in which market it stands, as far as that has been read.
    """

    def __init__(
        self, now: Now, names: Names, note: Note = lambda _entry, _order: None, home: Home = lambda market, _selection: market
    ) -> None:
        self._now = now
        self._names = names
        self._home = home
        self._note = note
        self.orders: dict[str, Order] = {}
        self.dirty: set[str] = set()
        self.changed = Signal()
        self.unclear_changed = Signal()
        self.filled: list[Callable[[Order, Decimal], None]] = []
        self.placed: list[Callable[[Order], None]] = []
        self.alarmed: list[Callable[[Order, str], None]] = []
        self._refs: dict[str, str] = {}
        self._by_market: dict[MarketKey, list[str]] = {}
        self._by_user: dict[str, set[str]] = {}
        self._live: set[str] = set()
        self._waiting_on: dict[str, set[str]] = {}
        self._unsettled: dict[int, set[str]] = {}
        self._accepted: set[str] = set()
        self._unclear: set[str] = set()
        self._nameless: set[str] = set()
        self._weights: dict[str, Weight] = {}
        self._rest = ZERO
        self._in_flight = ZERO
        self._risk_of_day: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        self._risk_of_selection: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._risk_of_user: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._tallies: dict[tuple[int, str], dict[MarketKey, Tally]] = {}
        self._staked_of_user_day: defaultdict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
        self._realised_on: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        self.versions: defaultdict[int, int] = defaultdict(int)
        self._settled: dict[str, tuple[date, Decimal]] = {}
        self._cancel_refusals: dict[str, str] = {}
        self._odd: dict[str, str] = {}  # by ref, what was odd about it and said
        self._events: dict[int, set[str]] = {}

    def add(self, order: Order) -> None:
        """An order of which the journal knows: its intent was written down, or it stood there when the program started."""
        is_new = order.ref not in self.orders
        self._keep(order)
        if is_new:
            for heard in self.placed:
                heard(order)

    def restore(self, order: Order) -> None:
        """An order as the journal has it; what the venue has said of it meanwhile is joined in."""
        known = self.orders.get(order.ref) or self.orders.get(self._refs.get(order.venue_order_id, ""))
        if known and known.ref != order.ref:
            return  # the venue's word came first, and under another name
        self._keep(advance(order, as_report(known)) if known and known.status else order)

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

    def knows(self, report: OrderReport) -> bool:
        """Whether it speaks of an order that stands here."""
        return report.ref in self.orders or report.venue_order_id in self._refs

    def spoken_of(self, report: OrderReport) -> Order | None:
        """The order that stands here of which it speaks; another one that merely carries our reference is none."""
        known = self.by_venue_id(report.venue_order_id) or self.orders.get(report.ref)
        ids = {known.venue_order_id, report.venue_order_id} - {""} if known else set()
        return known if len(ids) < 2 else None

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
        if report.odd and self._odd.get(order.ref) != report.odd:
            self._odd[order.ref] = report.odd
            order = self.alarm(order, f"the venue told {report.odd}")
        if order.is_overfilled and not (known and known.is_overfilled):
            order = self.alarm(order, f"the venue says that {order.filled:,.2f} matched of {order.stake:,.2f}")
        if known and order.filled > known.filled:
            for heard in self.filled:
                heard(order, order.filled - known.filled)
        return order

    def _apply_foreign(self, ours: Order, report: OrderReport, why: str, by: str) -> Order:
        """The venue holds another order under our reference: it is shown for what it is. It may be ours, written otherwise, so that of ours
        nobody knows.
        """
        if ours.outcome is Outcome.SENDING and not ours.status:
            self.record(
                Ended(ours.ref, Outcome.UNKNOWN, f"the venue holds an order under this reference that is not as it was sent: {why}")
            )
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

    def refuse_cancel(self, ref: str, words: str) -> None:
        """The venue would not take an order off: say so beside it until it is tried again or the order moves."""
        self._cancel_refusals[ref] = words
        self._mark(ref)

    def cancel_refusal(self, order: Order) -> str:
        """Why the last cancel of an order was refused; empty where none was."""
        return self._cancel_refusals.get(order.ref, "") if order.is_cancellable else ""

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
        names, home = self._names(draft.market, draft.selection_id), self._home(draft.market, draft.selection_id)
        if names != (draft.event_name, draft.market_name, draft.selection_name) or home != draft.market:
            self.record(Named(order.ref, *names, None if home == draft.market else home))

    def nameless(self) -> list[Order]:
        """Orders of which it is not known what they are on."""
        return [self.orders[ref] for ref in self._nameless]

    def nameless_events(self) -> set[int]:
        """Events whose markets must be read before their orders can be named."""
        return {order.draft.market.event_id for order in self.nameless()}

    def take_dirty(self) -> set[str]:
        dirty, self.dirty = self.dirty, set()
        return dirty

    def by_venue_id(self, venue_order_id: str) -> Order | None:
        """The order that the venue knows under an id of its own."""
        ref = self._refs.get(venue_order_id)
        return self.orders[ref] if ref else None

    def of_market(self, key: MarketKey) -> list[Order]:
        return [self.orders[ref] for ref in self._by_market.get(key, ())]

    def of_user(self, user_id: str) -> list[Order]:
        """Every order known for an external user, whatever became of it, in the order they were placed."""
        return sorted((self.orders[ref] for ref in self._by_user.get(user_id, ())), key=_by_age)

    def has_user(self, user_id: str) -> bool:
        return bool(self._by_user.get(user_id))

    def user_ids(self) -> list[str]:
        """External users of whom orders are known."""
        return [user_id for user_id, refs in self._by_user.items() if refs]

    def live(self) -> list[Order]:
        """Orders that may still move money, in the order they were placed."""
        return sorted((self.orders[ref] for ref in self._live), key=_by_age)

    def waiting_on(self, selection_id: str) -> list[Order]:
        """Orders of which something may still match, unknown and in-flight ones included."""
        return [self.orders[ref] for ref in self._waiting_on.get(selection_id, ())]

    def has_waiting_on(self, selection_id: str) -> bool:
        return bool(self._waiting_on.get(selection_id))

    def unknown(self) -> list[Order]:
        """Orders of which nobody knows whether the venue has them."""
        return [order for order in self.unclear() if order.state is OrderState.UNKNOWN]

    def unsettled(self) -> list[Order]:
        """Orders with which money may still be lost: those that are live, and those that have matched and are not settled."""
        return sorted((self.orders[ref] for refs in self._unsettled.values() for ref in refs), key=_by_age)

    def unsettled_of_event(self, event_id: int) -> list[Order]:
        return [self.orders[ref] for ref in self._unsettled.get(event_id, ())]

    def unsettled_events(self) -> list[int]:
        """Events in which money may still be lost."""
        return [event_id for event_id, refs in self._unsettled.items() if refs]

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

    @property
    def live_count(self) -> int:
        return len(self._live)

    def accepted(self) -> list[Order]:
        """Orders that the venue has and has not opened yet."""
        return [self.orders[ref] for ref in self._accepted]

    @property
    def in_flight(self) -> Decimal:
        """The stakes of orders on their way or of unknown outcome."""
        return self._in_flight

    def risk_of_selection(self, selection_id: str) -> Decimal:
        return self._risk_of_selection.get(selection_id, ZERO)

    def tallies(self, event_id: int, user_id: str = "") -> Mapping[MarketKey, Tally]:
        """What the orders on each market of an event can lose and win; those of one external user alone where one is named."""
        return self._tallies.get((event_id, user_id), {})

    def risk_of_user(self, user_id: str) -> Decimal:
        """What is at risk for an external user in all orders, unknown and in-flight ones included."""
        return self._risk_of_user.get(user_id, ZERO)

    def staked_of_user_on(self, user_id: str, day: date) -> Decimal:
        """What was staked for a user in orders sent on a local day: what is settled since counts as well."""
        return self._staked_of_user_day.get((user_id, day), ZERO)

    @property
    def largest_risk_of_user(self) -> Decimal:
        return max(self._risk_of_user.values(), default=ZERO)

    @property
    def largest_risk_of_selection(self) -> Decimal:
        return max(self._risk_of_selection.values(), default=ZERO)

    def risk_of_day(self, day: date) -> Decimal:
        """What is at risk in orders sent on a local day."""
        return self._risk_of_day.get(day, ZERO)

    def event_ids(self) -> set[int]:
        """Events in which something of ours waits or has matched."""
        return {event_id for event_id, refs in self._events.items() if refs}

    def realised_on(self, day: date) -> Decimal:
        """What orders settled on a local day brought, by the venue's settlements."""
        return self._realised_on.get(day, ZERO)

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
        if known and known.draft.external_user and known.draft.external_user != order.draft.external_user:
            self._by_user[known.draft.external_user].discard(order.ref)
        if order.draft.external_user:
            self._by_user.setdefault(order.draft.external_user, set()).add(order.ref)
        if known and known.draft.market.event_id != order.draft.market.event_id:
            self._events[known.draft.market.event_id].discard(order.ref)
            self._unsettled.get(known.draft.market.event_id, set()).discard(order.ref)
        self.orders[order.ref] = order
        self._cancel_refusals.pop(order.ref, None)
        self._weigh(order)
        self._sort_in(order)
        if order.venue_order_id:
            self._refs[order.venue_order_id] = order.ref
        self._mark(order.ref)

    def _mark(self, ref: str) -> None:
        was_clean = not self.dirty
        self.dirty.add(ref)
        if was_clean:
            self.changed()

    def _sort_in(self, order: Order) -> None:
        """Keep what is asked for every second at hand, so that it costs nothing however many orders there are."""
        _put(self._live, order.ref, order.is_live)
        is_unclear = order.state is OrderState.UNKNOWN or (order.is_live and order.cancel is Cancel.UNKNOWN)
        was_unclear = order.ref in self._unclear
        _put(self._unclear, order.ref, is_unclear)
        _put(self._nameless, order.ref, not order.draft.event_name or not order.draft.selection_name)
        refs = self._events.setdefault(order.draft.market.event_id, set())
        _put(refs, order.ref, order.is_live or order.filled > 0)
        self._book(order)
        if is_unclear != was_unclear:
            self.unclear_changed()

    def _book(self, order: Order) -> None:
        """Count what a settlement brought on the day it was told; the same told again stays on that day."""
        realised = order.realised
        if realised is None or order.updated_at is None:
            return
        day, amount = self._settled.get(order.ref, (None, ZERO))
        if day is not None and amount == realised:
            return
        if day is not None:
            self._realised_on[day] -= amount
        day = order.updated_at.astimezone().date()
        self._settled[order.ref] = (day, realised)
        self._realised_on[day] += realised

    def _weigh(self, order: Order) -> None:
        """Keep the sums of what waits and of what is at risk, so that a limit costs nothing to ask for."""
        event_id = order.draft.market.event_id
        before, after = self._weights.get(order.ref, _NOTHING), weight_of(order)
        self._weights[order.ref] = after
        self._rest += after.rest - before.rest
        self._in_flight += after.in_flight - before.in_flight
        if before.day is not None:
            self._risk_of_day[before.day] -= before.risk
            self._risk_of_selection[before.selection_id] -= before.risk
            self._count(before, -1)
            self._waiting_on[before.selection_id].discard(order.ref)
        self._risk_of_day[day_of(order)] += after.risk
        self._risk_of_selection[after.selection_id] += after.risk
        self._count(after, 1)
        _put(self._unsettled.setdefault(event_id, set()), order.ref, order.is_live or after.risk > 0)
        _put(self._accepted, order.ref, order.state is OrderState.ACCEPTED)
        _put(self._waiting_on.setdefault(after.selection_id, set()), order.ref, after.rest > 0)
        self.versions[event_id] += 1

    def _count(self, weight: Weight, sign: int) -> None:
        """Put an order into the sums of its user and of its market, or take it out of them."""
        if weight.day is None or weight.market is None:
            return
        risk, wins = sign * weight.risk, sign * weight.wins
        if weight.user:
            self._risk_of_user[weight.user] += risk
            self._staked_of_user_day[weight.user, weight.day] += sign * weight.staked
        if not risk:
            return
        for user in {"", weight.user}:
            tallies = self._tallies.setdefault((weight.market.event_id, user), {})
            tally = tallies.setdefault(weight.market, Tally())
            tally.add(weight.selection_id, risk, wins)
            if not tally:
                del tallies[weight.market]


class Weight(NamedTuple):
    """What one order adds to the sums."""

    rest: Decimal = ZERO
    risk: Decimal = ZERO
    in_flight: Decimal = ZERO
    day: date | None = None
    selection_id: str = ""
    user: str = ""
    market: MarketKey | None = None
    wins: Decimal = ZERO
    staked: Decimal = ZERO


_NOTHING = Weight()
_IN_FLIGHT = frozenset({OrderState.SENDING, OrderState.UNKNOWN})


def weight_of(order: Order) -> Weight:
    risk = order.at_risk
    draft = order.draft
    return Weight(
        rest=order.rest,
        risk=risk,
        in_flight=risk if order.state in _IN_FLIGHT else ZERO,
        day=day_of(order),
        selection_id=draft.selection_id,
        user=draft.external_user,
        market=draft.market,
        wins=order.wins if risk else ZERO,
        staked=order.staked,
    )


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
