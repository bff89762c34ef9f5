"""What each external user has at risk, owes and has won: sums over the blotter, kept order by order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from app.domain.market import Market, MarketKey
from app.domain.money import ZERO
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.risk import Limits
from app.domain.user import UserLimits
from app.services.blotter import Blotter, day_of
from app.services.ports import Now
from app.services.rules import worst_of_event
from app.services.users import Users

WEEK = 7  # days, today included

MarketOf = Callable[[OrderDraft], Market | None]


class LimitUse(msgspec.Struct, frozen=True):
    """How much of one limit is used. `name` says which: in total, today, on an event."""

    name: str
    used: Decimal
    limit: Decimal

    @property
    def share(self) -> Decimal:
        return self.used / self.limit if self.limit else ZERO


class UserLine(msgspec.Struct, frozen=True):
    """One user's figures. `at_risk` is the sum of what may be lost, `worst` what the worst results would lose; P&L is what was settled.

    `staked_today`: the stakes of orders sent today that stand or have matched and were not given back. `tightest` is the limit of which
    the largest share is used.
    """

    user_id: str
    at_risk: Decimal
    worst: Decimal
    open: int
    unknown: int
    staked_today: Decimal
    today: Decimal
    week: Decimal
    ever: Decimal
    tightest: LimitUse
    last: datetime | None = None


NOTHING = UserLine("", ZERO, ZERO, 0, 0, ZERO, ZERO, ZERO, ZERO, LimitUse("", ZERO, ZERO))
"""Of somebody for whom no order is known."""


class EventShare(NamedTuple):
    """One user on one event."""

    at_risk: Decimal = ZERO
    worst: Decimal = ZERO
    open: int = 0
    unknown: int = 0


class Exposure:
    """`apply` takes the references that have changed on the blotter; nothing else is looked at again."""

    def __init__(self, blotter: Blotter, users: Users, market_of: MarketOf, limits: Callable[[], Limits], now: Now) -> None:
        self._blotter = blotter
        self._users = users
        self._market_of = market_of
        self._limits = limits
        self._now = now
        self._accounts: defaultdict[str, _Account] = defaultdict(_Account)
        self._shares: dict[str, Share] = {}
        self._names: dict[int, str] = {}
        self._lines: dict[str, UserLine] = {}
        self._lines_of: tuple[date, Limits] | None = None
        self._markets: dict[MarketKey, Market] = {}
        self._unread: dict[MarketKey, OrderDraft] = {}
        users.changed.connect(self._lines.clear)

    def rebuild(self) -> None:
        """Reckon everything anew from the blotter."""
        self._accounts.clear()
        self._shares.clear()
        self._lines.clear()
        self.apply(self._blotter.orders)

    def apply(self, refs: Iterable[str]) -> set[str]:
        """These orders changed; the users whose figures moved. A reference that nobody knows says nothing."""
        moved: set[str] = set()
        for ref in refs:
            if (order := self._blotter.orders.get(ref)) is not None:
                moved |= self._weigh(order)
        for user_id in moved:
            self._lines.pop(user_id, None)
        return moved

    def learn(self) -> None:
        """Markets were read: a worst loss reckoned without knowing all the answers may be smaller than it seemed."""
        read = {key for key, draft in self._unread.items() if self._market_of(draft) is not None}
        for key in read:
            del self._unread[key]
        for account in self._accounts.values() if read else ():
            for key in read:
                account.worst.pop(key.event_id, None)
        if read:
            self._lines.clear()

    @property
    def user_ids(self) -> list[str]:
        """For whom any order is known; the empty one where the venue did not tell."""
        return list(self._accounts)

    def line(self, user_id: str) -> UserLine:
        """Somebody's figures as of now; all nothing where no order is known."""
        if user_id not in self._accounts:
            return NOTHING
        basis = (self._now().astimezone().date(), self._limits())
        if basis != self._lines_of:
            self._lines.clear()
            self._lines_of = basis
        known = self._lines.get(user_id)
        if known is None:
            known = self._lines[user_id] = self._sum_up(user_id, basis[0])
        return known

    def cancellable(self, user_id: str) -> list[Order]:
        """Their orders that may be taken off the book, in the order in which they were placed."""
        held = self._accounts[user_id].at_stake if user_id in self._accounts else {}
        orders = [self._blotter.orders[ref] for refs in held.values() for ref in refs]
        return sorted((order for order in orders if order.is_cancellable), key=lambda order: (order.placed_at, order.ref))

    # Users and events

    def events_of(self, user_id: str) -> dict[int, Decimal]:
        """What is at risk for them, by event."""
        return self._accounts[user_id].risk_of_event if user_id in self._accounts else {}

    def on_event(self, user_id: str, event_id: int) -> EventShare:
        if user_id not in self._accounts:
            return EventShare()
        account = self._accounts[user_id]
        orders = [self._blotter.orders[ref] for ref in account.at_stake.get(event_id, ())]
        return EventShare(
            account.risk_of_event.get(event_id, ZERO),
            self._worst_on(account, event_id),
            sum(order.is_cancellable for order in orders),
            sum(order.state is OrderState.UNKNOWN for order in orders),
        )

    def event_name(self, event_id: int) -> str:
        return self._names.get(event_id) or (f"event {event_id}" if event_id else "event not told")

    def limits_of(self, user_id: str) -> UserLimits:
        """What may be at risk for them, every limit filled in."""
        return self._users.limits_of(user_id, self._limits())

    # Reckoning

    def _weigh(self, order: Order) -> set[str]:
        known = self._shares.get(order.ref)
        share = _share_of(order, known)
        if order.draft.event_name:
            self._names[share.event_id] = order.draft.event_name
        if known == share:
            self._accounts[share.user_id].worst.pop(share.event_id, None)
            return {share.user_id}
        self._shares[order.ref] = share
        touched = {share.user_id}
        if known is not None:
            self._accounts[known.user_id].count(order.ref, known, -1)
            touched.add(known.user_id)
        self._accounts[share.user_id].count(order.ref, share, +1)
        return touched

    def _sum_up(self, user_id: str, today: date) -> UserLine:
        account = self._accounts[user_id]
        worst = {event_id: self._worst_on(account, event_id) for event_id in account.at_stake}
        return UserLine(
            user_id,
            account.at_risk,
            sum(worst.values(), ZERO),
            account.open,
            account.unknown,
            account.staked_on.get(today, ZERO),
            account.realised_on.get(today, ZERO),
            sum((account.realised_on.get(today - timedelta(days=back), ZERO) for back in range(WEEK)), ZERO),
            account.realised,
            self._tightest(user_id, account, max(worst.values(), default=ZERO), today),
            account.last,
        )

    def _tightest(self, user_id: str, account: _Account, worst: Decimal, today: date) -> LimitUse:
        """The limit on one order is never partly used: it is judged order by order, so it is not among them."""
        limits = self._users.limits_of(user_id, self._limits())
        uses = (
            LimitUse("in total", account.at_risk, limits.total or ZERO),
            LimitUse("on an event", worst, limits.event or ZERO),
            LimitUse("today", account.staked_on.get(today, ZERO), limits.day or ZERO),
        )
        return max(uses, key=lambda use: use.share)

    def _worst_on(self, account: _Account, event_id: int) -> Decimal:
        """Kept until one of the orders moves, or one of the markets is read."""
        known = account.worst.get(event_id)
        if known is None:
            orders = [self._blotter.orders[ref] for ref in account.at_stake.get(event_id, ())]
            known = account.worst[event_id] = worst_of_event(orders, self._market)
        return known

    def _market(self, draft: OrderDraft) -> Market | None:
        """A market as it was first read: what counts is which answers it has, and reading it off the shelf is dear."""
        if draft.market in self._unread:
            return None
        known = self._markets.get(draft.market) or self._market_of(draft)
        if known is None:
            self._unread[draft.market] = draft
        else:
            self._markets[draft.market] = known
        return known


class Share(NamedTuple):
    """What one order adds to its user's sums. `day` is the local day it was sent, `paid_day` the one its settlement was told."""

    user_id: str
    event_id: int
    day: date
    placed_at: datetime
    at_risk: Decimal
    staked: Decimal
    realised: Decimal | None
    paid_day: date | None
    is_open: bool
    is_unknown: bool


class _Account:
    """One user's sums. `at_stake` holds, by event, the references of orders with which money may still be lost."""

    def __init__(self) -> None:
        self.at_risk = self.realised = ZERO
        self.open = self.unknown = 0
        self.last: datetime | None = None
        self.staked_on: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        self.realised_on: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        self.risk_of_event: dict[int, Decimal] = {}
        self.at_stake: dict[int, set[str]] = {}
        self.worst: dict[int, Decimal] = {}

    def count(self, ref: str, share: Share, sign: int) -> None:
        """Put an order in, or with a sign of -1 take it out again."""
        self.at_risk += sign * share.at_risk
        self.open += sign * share.is_open
        self.unknown += sign * share.is_unknown
        self.staked_on[share.day] += sign * share.staked
        if share.realised is not None and share.paid_day is not None:
            self.realised += sign * share.realised
            self.realised_on[share.paid_day] += sign * share.realised
        if sign > 0:
            self.last = share.placed_at if self.last is None else max(self.last, share.placed_at)
        self._stake(ref, share, sign)

    def _stake(self, ref: str, share: Share, sign: int) -> None:
        event_id = share.event_id
        self.worst.pop(event_id, None)
        if share.at_risk == ZERO and not share.is_open:
            return
        risk = self.risk_of_event.get(event_id, ZERO) + sign * share.at_risk
        refs = self.at_stake.setdefault(event_id, set())
        (refs.add if sign > 0 else refs.discard)(ref)
        if refs:
            self.risk_of_event[event_id] = risk
        else:
            self.at_stake.pop(event_id)
            self.risk_of_event.pop(event_id, None)


def _share_of(order: Order, known: Share | None) -> Share:
    at_risk, realised = order.at_risk, order.realised
    paid_day = order.updated_at.astimezone().date() if realised is not None and order.updated_at else None
    if known is not None and known.paid_day is not None and known.realised == realised:
        paid_day = known.paid_day  # the same settlement told again stays on its day
    return Share(
        order.draft.external_user,
        order.draft.market.event_id,
        day_of(order),
        order.placed_at,
        at_risk,
        order.staked,
        realised,
        paid_day,
        order.is_cancellable,
        order.state is OrderState.UNKNOWN,
    )
