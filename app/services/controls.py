"""The last gate before the wire: every rule in its order, on the account as it stands at this moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from app.domain.book import fair
from app.domain.environment import Environment
from app.domain.labels import OWN, Labels
from app.domain.ladder import Ladder
from app.domain.market import Event, Market, MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.offer import Offer
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.risk import Limits, staked
from app.domain.user import UserLimits
from app.services.account import Account
from app.services.blotter import Blotter, day_of
from app.services.catalogue import Catalogue
from app.services.own_orders import OwnOrder, OwnOrders
from app.services.ports import Journal, Monotonic, Now, Signal, TradingVenue
from app.services.prices import Prices
from app.services.rule import Rule
from app.services.rules import all_rules
from app.services.tally import Tally, worst_of
from app.services.users import Users

REMEMBERED = 60.0  # seconds of sent orders that rates and duplicates are reckoned from
NOTHING_CONFIRMED: frozenset[str] = frozenset()
_IN_FLIGHT = frozenset({OrderState.SENDING, OrderState.UNKNOWN})


class Objection(msgspec.Struct, frozen=True):
    """What the first failing rule says. `may_confirm`: a person may insist, by naming `code` when placing."""

    code: str
    words: str
    may_confirm: bool = False


class Room(msgspec.Struct, frozen=True):
    """What one of a user's limits leaves: `left` of `limit`; below nothing where it is overstepped already."""

    name: str
    left: Decimal
    limit: Decimal


ROOMS = ("in one order", "on this event", "in today's orders", "in all")  # in the order of the fields of `UserLimits`


class Controls:
    """Judges drafts. `is_on` is the trading switch, `is_reconciled` whether every open order has been looked up since the start.

    `last_stake` is that of the last order the venue took; `labels` are the account's words.
    `changed` is called when the switch, the limits or the halt changed.
    """

    def __init__(
        self,
        venue: TradingVenue,
        journal: Journal,
        blotter: Blotter,
        catalogue: Catalogue,
        prices: Prices,
        account: Account,
        *,
        environment: Environment,
        limits: Limits,
        requests_left: Callable[[], int],
        clock: Monotonic,
        now: Now,
        desk_lock: Callable[[], str] = lambda: "",
        users: Users,
        labels: Labels = OWN,
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._blotter = blotter
        self._catalogue = catalogue
        self._prices = prices
        self._account = account
        self._requests_left = requests_left
        self._desk_lock = desk_lock
        self.users = users
        self.own = OwnOrders(venue, blotter, users, prices.side, self._extra)
        self._clock = clock
        self._now = now
        self._without = ""
        self._own = 0
        self._pending: dict[str, Order] = {}
        self._sent: deque[tuple[float, Order]] = deque()
        self._paused_until = 0.0
        self._halted_markets: dict[MarketKey, str] = {}
        self._worst: dict[int, tuple[int, Decimal]] = {}
        self.last_stake: Decimal | None = None
        self.labels = labels
        self.rules: tuple[Rule, ...] = all_rules(labels)
        self.environment = environment
        self.limits = limits
        self.ladder: Ladder | None = None
        self.is_on = False
        self.why_off = ""
        self.is_reconciled = False
        self.changed = Signal()

    def objection(
        self, draft: OrderDraft, confirmed: frozenset[str] = NOTHING_CONFIRMED, *, ref: str = "", is_begun: bool = False
    ) -> Objection | None:
        """What the first failing rule says; None when the order may leave.

        `ref` names the order itself, where it is known already; `is_begun`: this is the last look, and this very sending of it is
        among those counted.
        """
        self._without, self._own = ref, int(is_begun)
        try:
            for rule in self.rules:
                if (rule.may_confirm and rule.code in confirmed) or (is_begun and not rule.is_repeated):
                    continue
                words = rule.objection(draft, self)
                if words:
                    return Objection(rule.code, words, rule.may_confirm)
        finally:
            self._without, self._own = "", 0
        return None

    def objections(self, drafts: Sequence[OrderDraft], confirmed: frozenset[str] = NOTHING_CONFIRMED) -> list[Objection | None]:
        """What would be said of each were they sent in this order now: one that is let through counts for those after it."""
        said: list[Objection | None] = []
        tried: list[Order] = []
        try:
            for place, draft in enumerate(drafts):
                said.append(self.objection(draft, confirmed))
                if said[-1] is None:
                    tried.append(Order(f"tried-{place}", draft, placed_at=self._now(), quantity=draft.stake))
                    self.begin(tried[-1])
        finally:
            for order in tried:
                self.end(order)
                self._sent.pop()
        return said

    @property
    def most_at_once(self) -> int:
        """How many orders the rates let leave together when none has left of late."""
        return min(self.limits.orders_in_ten_seconds, self.limits.orders_a_minute)

    def wait_for(self, count: int) -> float:
        """Seconds until so many orders, at most `most_at_once`, may leave together by the rates and the venue's pause; 0: now."""
        waits = [self.pause]
        for seconds, most in ((10.0, self.limits.orders_in_ten_seconds), (60.0, self.limits.orders_a_minute)):
            since = self._clock() - seconds
            times = [at for at, _ in self._sent if at > since]
            over = len(times) + count - most
            waits.append(times[min(over, len(times)) - 1] - since if over > 0 and times else 0.0)
        return max(waits)

    def begin(self, order: Order) -> None:
        """An order was let through: from now on it counts, though nothing of it is written down yet."""
        self._pending[order.ref] = order
        self._sent.append((self._clock(), order))

    @property
    def is_beginning(self) -> bool:
        """Whether an order was let through that is not on the blotter yet."""
        return bool(self._pending)

    def end(self, order: Order) -> None:
        """It is on the blotter now, or came to nothing."""
        self._pending.pop(order.ref, None)

    def switch(self, *, is_on: bool) -> None:
        self.is_on = is_on
        self.why_off = ""
        self.changed()

    def keep_off(self, words: str) -> None:
        """Trading stays off until a person switches it on, for a reason that they should know."""
        self.is_on = False
        self.why_off = words
        self.changed()

    def limit_to(self, limits: Limits) -> None:
        self.limits = limits
        self.changed()

    def pause_for(self, seconds: float) -> None:
        """The venue asked for a pause before the next order."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def halt_market(self, key: MarketKey, words: str) -> None:
        """No more orders on this market until the program is started again: something impossible was seen there."""
        self._halted_markets[key] = words
        self.changed()

    # What the rules look at

    @property
    def halt(self) -> str:
        return self._journal.halt

    @property
    def desk_lock(self) -> str:
        return self._desk_lock()

    @property
    def journal_trouble(self) -> str:
        return self._journal.trouble

    @property
    def venue_environment(self) -> Environment:
        return self._venue.environment

    @property
    def cash(self) -> Decimal | None:
        return self._account.balance.cash if self._account.balance else None

    @property
    def free(self) -> Decimal | None:
        return self._account.free

    @property
    def realised_today(self) -> Decimal:
        return self._account.today

    @property
    def risk_today(self) -> Decimal:
        today = self._now().astimezone().date()
        itself = [order for order in self._itself() if day_of(order) == today]
        return self._blotter.risk_of_day(today) + staked(self._extra()) - staked(itself)

    @property
    def unmatched(self) -> Decimal:
        return self._blotter.rest + staked(self._extra()) - sum((order.rest for order in self._itself()), ZERO)

    @property
    def in_flight(self) -> Decimal:
        itself = [order for order in self._itself() if order.state in _IN_FLIGHT]
        return self._blotter.in_flight + staked(self._extra()) - staked(itself)

    @property
    def requests_left(self) -> int:
        return self._requests_left()

    @property
    def pause(self) -> float:
        return max(self._paused_until - self._clock(), 0.0)

    def market(self, draft: OrderDraft) -> Market | None:
        return self._catalogue.market(draft.market)

    def event(self, draft: OrderDraft) -> Event | None:
        return self._catalogue.events.get(draft.market.event_id)

    def halted_market(self, draft: OrderDraft) -> str:
        return self._halted_markets.get(draft.market, "")

    def is_verified(self, draft: OrderDraft) -> bool:
        event = self.event(draft)
        return self._prices.freshness(draft.market, is_live=event is not None and event.is_live).is_verified

    def best(self, draft: OrderDraft) -> Odds | None:
        side = self._prices.side(draft.market, draft.selection_id)
        return side[0].odds if side else None

    def fair(self, draft: OrderDraft) -> Odds | None:
        """The market's margin-free price; where a side has no offer, the price that is offered must do."""
        book, market = self._prices.book(draft.market), self.market(draft)
        if book is None or market is None:
            return None
        return fair(book, [selection.id for selection in market.selections], draft.selection_id) or self.best(draft)

    def own_met(self, draft: OrderDraft) -> Iterator[OwnOrder]:
        """Orders of every account of the window that the venue would match it with."""
        market = self.market(draft)
        return self.own.met(market, draft.selection_id, draft.odds, self.ahead_of(draft)) if market else iter(())

    def ahead_of(self, draft: OrderDraft) -> Sequence[Order]:
        """Orders on the other side that are not sent and would wait there by then, the shortest odds first."""
        return ()

    def risk_on_selection(self, draft: OrderDraft) -> Decimal:
        known = self._blotter.risk_of_selection(draft.selection_id)
        return known + staked(_on(draft, self._extra())) - staked(_on(draft, self._itself()))

    def unknown_on_selection(self, draft: OrderDraft) -> list[Order]:
        return _on(draft, self._others(self._blotter.unknown()))

    def worst_on_event(self, draft: OrderDraft) -> Decimal:
        return self._worst_result(draft, "", draft.stake)

    def beyond_blotter(self, draft: OrderDraft) -> list[Order]:
        """Orders on its event that count and are not on the blotter."""
        return [order for order in self._extra() if order.draft.market.event_id == draft.market.event_id]

    def _worst_result(self, draft: OrderDraft, user: str, stake: Decimal) -> Decimal:
        """The worst result of an event, of one user alone where one is named, with so much of the draft; the order itself left out."""
        event_id = draft.market.event_id
        tallies = dict(self._blotter.tallies(event_id, user))
        counted = [order for order in self.beyond_blotter(draft) if not user or order.draft.external_user == user]
        itself = [one for one in self._itself() if one.draft.market.event_id == event_id and (not user or one.draft.external_user == user)]
        moved = [(one.draft, one.at_risk, one.wins) for one in counted] + [(one.draft, -one.at_risk, -one.wins) for one in itself]
        for each, risk, wins in [*moved, (draft, stake, ZERO)]:
            if risk:
                tally = tallies[each.market].copy() if each.market in tallies else Tally()
                tally.add(each.selection_id, risk, wins)
                tallies[each.market] = tally
        return worst_of(tallies, self._catalogue.market)

    @property
    def has_users(self) -> bool:
        """Whether every order of this account is placed for an external user."""
        return Offer.USERS in self._venue.offers

    def is_new_user(self, draft: OrderDraft) -> bool:
        return self.users.is_new(draft.external_user)

    def user_called(self, draft: OrderDraft) -> str:
        return self.users.called(draft.external_user)

    def limits_of(self, draft: OrderDraft) -> UserLimits:
        return self.users.limits_of(draft.external_user, self.limits)

    def user_worst_on_event(self, draft: OrderDraft) -> Decimal:
        return self._worst_result(draft, draft.external_user, draft.stake)

    def user_risk(self, draft: OrderDraft) -> Decimal:
        known = self._blotter.risk_of_user(draft.external_user)
        return known + staked(_for(draft, self._extra())) - staked(_for(draft, self._itself()))

    def user_staked_today(self, draft: OrderDraft) -> Decimal:
        today = self._now().astimezone().date()
        known = self._blotter.staked_of_user_on(draft.external_user, today)
        itself = [order.staked for order in _for(draft, self._itself()) if day_of(order) == today]
        return known + staked(_for(draft, self._extra())) - sum(itself, ZERO)

    def user_room(self, draft: OrderDraft) -> list[Room]:
        """How much more each limit of the draft's user leaves on its event, the tightest first; the draft itself is not counted."""
        limits = self.limits_of(draft)
        used = (ZERO, self._worst_result(draft, draft.external_user, ZERO), self.user_staked_today(draft), self.user_risk(draft))
        rooms = [Room(name, limit - held, limit) for name, held, limit in zip(ROOMS, used, msgspec.structs.astuple(limits), strict=True)]
        return sorted(rooms, key=lambda room: room.left)

    def recent(self, seconds: float) -> list[Order]:
        return self._others(self._sent_since(self._clock() - seconds))

    def sent_within(self, seconds: float) -> int:
        return len(self._sent_since(self._clock() - seconds)) - self._own

    def _sent_since(self, since: float) -> list[Order]:
        while self._sent and self._sent[0][0] < self._clock() - REMEMBERED:
            self._sent.popleft()
        return [order for at, order in self._sent if at > since]

    def largest_event(self) -> Decimal:
        """The worst loss of the event that may lose most. Reckoned anew for those only in which something moved."""
        events = self._blotter.unsettled_events()
        return max((self._worst_of(event_id) for event_id in events), default=ZERO)

    def _worst_of(self, event_id: int) -> Decimal:
        version = self._blotter.versions[event_id]
        known = self._worst.get(event_id)
        if known is None or known[0] != version:
            known = (version, worst_of(self._blotter.tallies(event_id), self._catalogue.market))
            self._worst[event_id] = known
        return known[1]

    def largest_user(self) -> Decimal:
        return self._blotter.largest_risk_of_user

    def largest_selection(self) -> Decimal:
        return self._blotter.largest_risk_of_selection

    def _extra(self) -> list[Order]:
        """Orders let through that are not on the blotter yet."""
        return [order for ref, order in self._pending.items() if ref not in self._blotter.orders and ref != self._without]

    def _others(self, orders: Iterable[Order]) -> list[Order]:
        return [order for order in orders if order.ref != self._without]

    def _itself(self) -> list[Order]:
        """The order that is judged, where it is counted already."""
        known = self._blotter.orders.get(self._without)
        return [known] if known else []


def _on(draft: OrderDraft, orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.draft.selection_id == draft.selection_id]


def _for(draft: OrderDraft, orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.draft.external_user == draft.external_user]
