"""What a guard sees when it looks: pure judgement on the account as it stands; nothing is done here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.book import Side, takeable_at
from app.domain.fixture import is_start_clear
from app.domain.guard import (
    CancelBeforeStart,
    CancelMoved,
    Guard,
    KeepAtBest,
    LiquidityAlert,
    Place,
    Plan,
    PriceAlert,
    american,
    best_of_others,
    kept_at,
    market_of,
    others_in,
    own_offers,
    steps_against,
)
from app.domain.lookout import LookoutState
from app.domain.market import Event, Market
from app.domain.money import money_words
from app.domain.odds import Odds
from app.domain.order import Order, OrderState
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.heartbeat import day_time
from app.services.ports import Now
from app.services.prices import Prices
from app.services.verdict import Verdict, armed, expired, fired, stopped, waiting

_FILLED = frozenset({OrderState.FILLED, OrderState.SETTLED})
_STANDING = frozenset({OrderState.OPEN, OrderState.PART})


class Shift(Verdict, frozen=True):
    """Armed, and its order should stand at these odds."""

    there: Odds


class Reading(msgspec.Struct, frozen=True):
    """The live figure of a guard: odds, money, ladder steps, or seconds until it is due; whichever it goes by."""

    odds: Odds | None = None
    stake: Decimal | None = None
    steps: int | None = None
    seconds: float | None = None


NOTHING = Reading()


class Sight:
    """Looks at books, orders and starts for guards. That the stream is up is looked at before."""

    def __init__(self, catalogue: Catalogue, prices: Prices, blotter: Blotter, controls: Controls, now: Now) -> None:
        self._catalogue = catalogue
        self._prices = prices
        self._blotter = blotter
        self._controls = controls
        self._now = now

    def is_fresh(self, plan: Plan) -> bool:
        """Whether what it goes by is verified now; one that goes by the clock needs the stream alone."""
        key = market_of(plan)
        if key is None:
            return True
        event = self._catalogue.events.get(key.event_id)
        return self._prices.freshness(key, is_live=event is not None and event.is_live).is_verified

    def look(self, guard: Guard) -> Verdict:
        """How it stands, its prices being fresh."""
        event = self._catalogue.events.get(guard.event_id)
        if event is None or event.is_over:
            return expired("the event is over" if event else "the event is no longer listed")
        if guard.plan.is_trading and (blocked := self._blocked(guard.plan)):
            return waiting(blocked)
        match guard.plan:
            case CancelBeforeStart():
                return self._before_start(guard.plan, event)
            case _:
                return self._at_price(guard)

    def reading(self, guard: Guard) -> Reading:
        match guard.plan:
            case CancelBeforeStart() as plan:
                event = self._catalogue.events.get(plan.event_id)
                due = plan.due_at(event.scheduled) if event and event.scheduled else None
                return Reading(seconds=(due - self._now()).total_seconds() if due else None)
            case PriceAlert(place=place):
                return Reading(odds=self.best_for_takers(place))
            case LiquidityAlert(place=place, odds=odds):
                return Reading(stake=takeable_at(self._others(place), odds))
            case CancelMoved(place=place):
                best, ladder = self.best_for_takers(place), self._controls.ladder
                is_known = guard.base is not None and best is not None and ladder is not None
                return Reading(odds=best, steps=steps_against(ladder, guard.base, best) if is_known else None)  # type: ignore[arg-type] # is_known
            case KeepAtBest():
                return Reading(odds=self.best_of_rivals(guard.plan))

    def best_for_takers(self, place: Place) -> Odds | None:
        """The best odds at which others offer a selection."""
        others = self._others(place)
        return others[0].odds if others else None

    def best_of_rivals(self, plan: KeepAtBest, gone: Sequence[Order] = ()) -> Odds | None:
        """The shortest odds that others ask for on an order's selection, seen as what takers of the other selection are offered.

        Another external user of this account is another. `gone`: an order as it stood until just now, which the book may show still.
        """
        other = self._other(plan.place)
        if other is None:
            return None
        ours = own_offers([*self.orders_on(plan.place, plan.user), *gone])
        seen = best_of_others(self._prices.side(plan.place.market, other), ours)
        return seen.opposite if seen else None

    def orders_on(self, place: Place, user: str = "") -> list[Order]:
        """Orders on a selection that may still match."""
        found = [order for order in self._blotter.of_market(place.market) if order.draft.selection_id == place.selection_id]
        return [order for order in found if order.is_live and (not user or order.draft.external_user == user)]

    def has_two_selections(self, place: Place) -> bool:
        return self._other(place) is not None

    def has_own(self, place: Place) -> bool:
        """Whether something of our own stands in what is offered there, and is left out."""
        return self._others(place) != self._prices.side(place.market, place.selection_id)

    def start_of(self, event_id: int) -> datetime | None:
        event = self._catalogue.events.get(event_id)
        return event.scheduled if event else None

    # Inside

    def _blocked(self, plan: Plan) -> str:
        """Why it may not act now. What only takes orders off the book lowers the risk and is never held up."""
        if not isinstance(plan, KeepAtBest):
            return ""
        if not self._controls.is_on:
            return "trading is off"
        if not self._controls.is_reconciled:
            return "the orders are being compared with the venue's"
        return self._controls.desk_lock

    def _before_start(self, plan: CancelBeforeStart, event: Event) -> Verdict:
        if event.is_live:
            return expired("the event is live: what was placed before its start has been wiped by the venue")
        if event.scheduled is None or not is_start_clear(event, self._now()):
            return waiting("the venue tells no start that can be meant")
        if self._now() < plan.due_at(event.scheduled):
            return armed()
        return fired(f"its start is {day_time(event.scheduled)}")

    def _at_price(self, guard: Guard) -> Verdict:
        plan = guard.plan
        assert not isinstance(plan, CancelBeforeStart)
        order = self._blotter.orders.get(plan.ref) if isinstance(plan, CancelMoved | KeepAtBest) and plan.ref else None
        if isinstance(plan, KeepAtBest | CancelMoved) and plan.ref and (over := _over(order)):
            return over
        market = self._catalogue.market(plan.place.market)
        if market is None:
            return waiting("the market is not listed now")
        if not market.is_open:
            return waiting(f"the market is {_status(market)}")
        match plan:
            case PriceAlert():
                return self._price(plan)
            case LiquidityAlert():
                return self._liquidity(plan)
            case CancelMoved():
                return self._moved(guard, plan)
            case KeepAtBest():
                return self._kept(plan, order)

    def _price(self, plan: PriceAlert) -> Verdict:
        others = self._others(plan.place)
        if not others:
            return waiting(f"nobody else offers this {self._controls.labels.selection_low} now")
        best = others[0]
        return fired(f"{american(best.odds)}, {money_words(best.takeable)} to take") if plan.is_met(others) else armed()

    def _liquidity(self, plan: LiquidityAlert) -> Verdict:
        there = takeable_at(self._others(plan.place), plan.odds)
        return fired(f"{money_words(there)} to take at {american(plan.odds)} or longer") if there >= plan.stake else armed()

    def _moved(self, guard: Guard, plan: CancelMoved) -> Verdict:
        best, ladder = self.best_for_takers(plan.place), self._controls.ladder
        if ladder is None:
            return waiting("the price ladder has not been read yet")
        if best is None or guard.base is None:
            return waiting(f"nobody else offers this {self._controls.labels.selection_low} now")
        steps = steps_against(ladder, guard.base, best)
        return fired(f"{american(guard.base)} to {american(best)}, {steps} steps") if steps >= plan.steps else armed()

    def _kept(self, plan: KeepAtBest, order: Order | None) -> Verdict:
        assert order is not None  # _over has looked
        if order.state not in _STANDING or order.cancelling:
            return waiting("the order is not on the book yet")
        best = self.best_of_rivals(plan)
        if best is None:
            return armed(f"alone at {american(order.odds)}")
        there = kept_at(best, plan)
        held = f"the best of others is {american(best)}{', past the limit' if best < plan.limit else ''}"
        if there == order.odds:
            return armed(held)
        return Shift(LookoutState.ARMED, held, there)

    def _others(self, place: Place) -> Side:
        """What others offer of a selection: where there are two, what our own orders on the other offer is left out."""
        side, other = self._prices.side(place.market, place.selection_id), self._other(place)
        if other is None:
            return side
        ours = [order for order in self._blotter.of_market(place.market) if order.draft.selection_id == other]
        return others_in(side, own_offers(ours))

    def _other(self, place: Place) -> str | None:
        """The other selection of a market with two."""
        market = self._catalogue.market(place.market)
        ids = [selection.id for selection in market.selections] if market else []
        return next((one for one in ids if one != place.selection_id), None) if len(ids) == 2 and place.selection_id in ids else None


def _over(order: Order | None) -> Verdict | None:
    """Why there is nothing left to guard of an order; None while it may still match."""
    if order is None:
        return expired("the order is not known any more")
    if order.state is OrderState.UNKNOWN:
        return stopped("nobody knows whether the order is at the venue")
    if order.is_live:
        return None
    if order.state in _FILLED:
        return expired(f"all of the order matched: {money_words(order.filled)}")
    matched = f", {money_words(order.filled)} of it matched" if order.filled else ""
    return expired(f"the order is off the book ({str(order.state).lower()}{matched})")


def _status(market: Market) -> str:
    return f"locked: {market.flaw}" if market.flaw else market.status or "not open"
