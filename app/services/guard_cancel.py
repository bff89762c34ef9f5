"""What a guard that fired cancels, and what came of it."""

from __future__ import annotations

from app.domain.guard import CancelBeforeStart, CancelMoved, Plan
from app.domain.order import Order
from app.services.blotter import Blotter
from app.services.cancels import counted
from app.services.guard_looks import Sight
from app.services.trading import Trading


class Withdrawal:
    def __init__(self, trading: Trading, blotter: Blotter, sight: Sight) -> None:
        self._trading = trading
        self._blotter = blotter
        self._sight = sight

    async def of(self, plan: Plan) -> tuple[str, bool]:
        """Cancel what it means: what came of it, and whether all of it is off the book."""
        meant = self._meant(plan)
        if isinstance(plan, CancelBeforeStart) and not plan.user:
            await self._trading.cancel_event(plan.event_id)
        else:
            await self._trading.cancel_many([order.ref for order in meant if order.is_cancellable])
        left = sum(self._blotter.orders[order.ref].is_live for order in meant)
        return _words(len(meant), left), not left

    def _meant(self, plan: Plan) -> list[Order]:
        match plan:
            case CancelBeforeStart(event_id=event_id, user=user):
                found = [order for order in self._blotter.live() if order.draft.market.event_id == event_id]
                return [order for order in found if not user or order.draft.external_user == user]
            case CancelMoved(ref="", place=place, user=user):
                return self._sight.orders_on(place, user)
            case CancelMoved(ref=ref):
                return [self._blotter.orders[ref]]
        return []


def _words(count: int, left: int) -> str:
    if not count:
        return "no order stood there"
    if left:
        return f"{left:,} of {counted(count)} still standing or unclear"
    return f"{counted(count)} off the book"
