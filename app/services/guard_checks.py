"""Whether something can be guarded at all: asked before it is armed, and while a person fills in the form."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.guard import CancelBeforeStart, CancelMoved, Guard, KeepAtBest, LiquidityAlert, Place, Plan, american, event_of
from app.domain.money import CEILING
from app.domain.order import OrderState
from app.services.guard_looks import Sight
from app.services.ports import Now
from app.services.session import Session

MOST_STEPS = 200
MOST_MINUTES = 1440


class PlanChecks:
    def __init__(self, session: Session, sight: Sight, now: Now) -> None:
        self._session = session
        self._sight = sight
        self._now = now

    def objection(self, plan: Plan, others: Sequence[Guard]) -> str:
        """Why not, as a sentence; empty when nothing speaks against it. `others`: the active ones."""
        return self._of_account(plan) or self._of_event(plan) or self._of_plan(plan, others)

    def _of_account(self, plan: Plan) -> str:
        if self._session.is_venue_gone or not self._session.is_streaming:
            return "The stream is not connected, and guards run on fresh prices only"
        halt = self._session.controls.halt
        return f"Orders are halted: {halt}" if halt and plan.is_trading else ""

    def _of_event(self, plan: Plan) -> str:
        event = self._session.catalogue.events.get(event_of(plan))
        if event is None:
            return "The event is not listed any more"
        return f"{event.name} is over" if event.is_over else ""

    def _of_plan(self, plan: Plan, others: Sequence[Guard]) -> str:
        match plan:
            case CancelBeforeStart():
                return self._start(plan)
            case CancelMoved():
                return self._moved(plan)
            case KeepAtBest():
                return self._keep(plan, others)
            case LiquidityAlert(stake=stake) if not 0 < stake <= CEILING:
                return "The amount must be more than nothing and at most 100,000,000.00"
        return self._place(plan.place)

    def _place(self, place: Place) -> str:
        market = self._session.catalogue.market(place.market)
        if market is None:
            return "The market is not listed any more"
        is_offered = any(one.id == place.selection_id for one in market.selections)
        return "" if is_offered else f"The {self._session.controls.labels.selection_low} is not offered any more"

    def _start(self, plan: CancelBeforeStart) -> str:
        event = self._session.catalogue.events[plan.event_id]
        if not 0 <= plan.minutes <= MOST_MINUTES:
            return f"The minutes must be 0 to {MOST_MINUTES}"
        if event.is_live:
            return f"{event.name} is live already"
        if event.scheduled is not None and self._now() >= plan.due_at(event.scheduled):
            left = (event.scheduled - self._now()).total_seconds() / 60
            starts = f"starts in {left:.0f} min" if left > 0 else "should have started"
            return f"{event.name} {starts}: this would cancel at once. Cancel by hand, or choose fewer minutes"
        return ""

    def _moved(self, plan: CancelMoved) -> str:
        if not 1 <= plan.steps <= MOST_STEPS:
            return f"The steps must be 1 to {MOST_STEPS}"
        return self._place(plan.place) or (self._order(plan.ref) if plan.ref else "")

    def _keep(self, plan: KeepAtBest, others: Sequence[Guard]) -> str:
        words = self._place(plan.place) or self._order(plan.ref)
        if words:
            return words
        order = self._session.blotter.orders[plan.ref]
        ladder = self._session.controls.ladder
        if not self._sight.has_two_selections(plan.place):
            return f"Who else waits on a side is told only where a market has two {self._session.controls.labels.selections}"
        if ladder is None or plan.limit not in ladder:
            return ladder.lack(plan.limit) if ladder else "The price ladder has not been read yet"
        if order.odds < plan.limit:
            return f"The order stands at {american(order.odds)}, past {american(plan.limit)} already"
        if any(isinstance(guard.plan, KeepAtBest) and guard.plan.ref == plan.ref for guard in others):
            return "This order is kept at best already"
        return ""

    def _order(self, ref: str) -> str:
        order = self._session.blotter.orders.get(ref)
        if order is None:
            return "The order is not known any more"
        if order.state is OrderState.UNKNOWN:
            return "Nobody knows whether this order is at the venue"
        return "" if order.is_live else f"The order is {str(order.state).lower()}: nothing of it waits"
