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
        """Cancel what it means: what came of it, and whether all of it is off the book; orders of no known user might be of it."""
        reach, user = self._reach(plan), _user_of(plan)
        meant = [order for order in reach if user in {"", order.draft.external_user}]
        nameless = [order for order in reach if user and not order.draft.external_user]
        if isinstance(plan, CancelBeforeStart) and not plan.user:
            await self._trading.cancel_event(plan.event_id, by=plan.title)
        else:
            await self._trading.cancel_many([order.ref for order in meant if order.is_cancellable], by=plan.title)
        left, unnamed = self._live(meant), self._live(nameless)
        return _words(len(meant), left, unnamed), not left and not unnamed

    def _live(self, orders: list[Order]) -> int:
        return sum(self._blotter.orders[order.ref].is_live for order in orders)

    def _reach(self, plan: Plan) -> list[Order]:
        """What it would cancel if it meant every user."""
        match plan:
            case CancelBeforeStart(event_id=event_id):
                return [order for order in self._blotter.live() if order.draft.market.event_id == event_id]
            case CancelMoved(ref="", place=place):
                return self._sight.orders_on(place)
            case CancelMoved(ref=ref):
                return [self._blotter.orders[ref]]
        return []


def _user_of(plan: Plan) -> str:
    """Whose orders alone it means; empty where it means everybody's, or one order by its reference."""
    match plan:
        case CancelBeforeStart(user=user) | CancelMoved(ref="", user=user):
            return user
    return ""


def _words(count: int, left: int, unnamed: int) -> str:
    if not count:
        said = "no order stood there"
    elif left:
        said = f"{left:,} of {counted(count)} still standing or unclear"
    else:
        said = f"{counted(count)} off the book"
    return f"{said}; left standing: {counted(unnamed)} of which no user is known" if unnamed else said
