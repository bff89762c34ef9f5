"""Which orders a guard would cancel, in a sentence for whoever is about to arm it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.guard import CancelBeforeStart, CancelMoved, Plan
from app.domain.order import Order
from app.services.desk import Desk
from app.services.users import Users
from app.ui import formats
from app.ui.models.columns import counted


def reach(plan: Plan, desk: Desk) -> str:
    """How many orders of how many users it would take off if it fired now; empty for one that cancels nothing for good."""
    if not isinstance(plan, CancelMoved | CancelBeforeStart):
        return ""
    if isinstance(plan, CancelMoved) and plan.ref:
        return f"It cancels this one order{_whose([plan.user], desk.users)}."
    meant = [order for order in _standing(plan, desk) if plan.user in {"", order.draft.external_user}]
    users = [plan.user] if plan.user else sorted({order.draft.external_user for order in meant})
    return f"It cancels what stands there by then: now {counted(len(meant), 'order')}{_whose(users, desk.users)}."


def _standing(plan: CancelMoved | CancelBeforeStart, desk: Desk) -> Sequence[Order]:
    if isinstance(plan, CancelMoved):
        return desk.guards.sight.orders_on(plan.place)
    return [order for order in desk.blotter.live() if order.draft.market.event_id == plan.event_id]


def _whose(user_ids: Sequence[str], users: Users) -> str:
    named = [user_id for user_id in user_ids if user_id]
    if not named:
        return ""
    others = " or of nobody known" if "" in user_ids else ""
    return f" of {formats.plain(users.called(named[0])) if len(named) == 1 else counted(len(named), 'user')}{others}"
