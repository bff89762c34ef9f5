"""The exchange as a history that lags behind sees it: without its youngest rows, the others as they were then."""

from __future__ import annotations

import copy
from collections.abc import Callable

from msgspec.structs import replace

from app.practice.exchange import Exchange
from app.practice.model import Change, Order, OrderChange

Announce = Callable[[Change, int], None]


class Past:
    """How every order looked at the start of the run, and after each of its changes since then."""

    def __init__(self, exchange: Exchange) -> None:
        known = exchange.accounts.orders.values()
        self._versions: dict[str, list[Order]] = {order.id: [replace(order, fills=list(order.fills))] for order in known}

    def before(self, announce: Announce) -> Announce:
        """Remember each change, then announce it."""

        def remember(change: Change, now: int) -> None:
            if isinstance(change, OrderChange):
                self._versions.setdefault(change.order.id, []).append(change.order)
            announce(change, now)

        return remember

    def view(self, exchange: Exchange, user_id: str, until: int) -> Exchange:
        """`exchange`, for reading only, as the account's history stood at `until` (ns)."""
        accounts = copy.copy(exchange.accounts)
        orders = [self._as_of(order, until) for order in exchange.orders(user_id) if order.created_at <= until]
        accounts.orders_of = {user_id: orders}
        accounts.orders = {order.id: order for order in orders}
        accounts.fills_of = {user_id: [fill for fill in exchange.fills(user_id) if fill.matched_at <= until]}
        accounts.transactions_of = {user_id: [row for row in exchange.transactions(user_id) if row.created_at <= until]}
        view = copy.copy(exchange)
        view.accounts = accounts
        return view

    def _as_of(self, order: Order, until: int) -> Order:
        """Its newest version that is old enough; as it is now where none is (it changed last just before this run)."""
        if order.updated_at <= until:
            return order
        versions = reversed(self._versions.get(order.id, []))
        return next((version for version in versions if version.updated_at <= until), order)
