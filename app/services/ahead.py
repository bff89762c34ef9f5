"""The controls as they would stand after many orders that are not sent: each is judged in the time of one, however many there are."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.book import Level, match
from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.order import Order, OrderDraft
from app.domain.split import left_of
from app.services.controls import Controls
from app.services.own_orders import opposite


class Ahead(Controls):
    """Shares every part of an account's controls and changes none of them. `add` counts an order as if it had left.

    Rules named in `passing` say nothing. What was added stands in sums, and on an event as one order for each selection and user: none of
    it has matched, so that this is the same. Whether two of them are the same order is for whoever adds them to notice.
    """

    def __init__(self, account: Controls, now: datetime, passing: frozenset[str] = frozenset()) -> None:
        vars(self).update(vars(account))
        self.rules = tuple(rule for rule in account.rules if rule.code not in passing)
        self._at = now
        self._added = ZERO
        self._by_selection: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._by_user: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._waiting: defaultdict[str, list[Order]] = defaultdict(list)
        self._sides: dict[str, Sequence[Level]] = {}
        self._by_event: defaultdict[int, dict[tuple[MarketKey, str, str], Order]] = defaultdict(dict)

    def add(self, draft: OrderDraft) -> None:
        """From now on it counts."""
        self._added += draft.stake
        self._by_selection[draft.selection_id] += draft.stake
        self._by_user[draft.external_user] += draft.stake
        on_event, key = self._by_event[draft.market.event_id], (draft.market, draft.selection_id, draft.external_user)
        stake = draft.stake + (on_event[key].stake if key in on_event else ZERO)
        on_event[key] = Order("ahead", msgspec.structs.replace(draft, stake=stake), placed_at=self._at, quantity=stake)
        self._wait(draft)

    def _wait(self, draft: OrderDraft) -> None:
        """What the book would leave of it waits there from now on."""
        name, waiting = draft.selection_id, self._waiting[draft.selection_id]
        side = self._sides[name] if name in self._sides else self.own.left(draft.market, name)
        found = match(side, draft.odds, draft.stake)
        self._sides[name] = left_of(side, found.fills)
        if found.rests > 0:
            order = Order(f"ahead {name} {len(waiting)}", draft, placed_at=self._at, quantity=found.rests)
            insort(waiting, order, key=lambda order: order.odds)

    def ahead_of(self, draft: OrderDraft) -> Sequence[Order]:
        market = self.market(draft)
        return self._waiting[opposite(market, draft.selection_id)] if market else ()

    @property
    def risk_today(self) -> Decimal:
        return super().risk_today + self._added

    @property
    def unmatched(self) -> Decimal:
        return super().unmatched + self._added

    @property
    def in_flight(self) -> Decimal:
        return super().in_flight + self._added

    def risk_on_selection(self, draft: OrderDraft) -> Decimal:
        return super().risk_on_selection(draft) + self._by_selection[draft.selection_id]

    def beyond_blotter(self, draft: OrderDraft) -> list[Order]:
        return [*super().beyond_blotter(draft), *self._by_event[draft.market.event_id].values()]

    def user_risk(self, draft: OrderDraft) -> Decimal:
        return super().user_risk(draft) + self._by_user[draft.external_user]

    def user_staked_today(self, draft: OrderDraft) -> Decimal:
        return super().user_staked_today(draft) + self._by_user[draft.external_user]
