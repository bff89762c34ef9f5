"""The exchange as a history that lags behind sees it."""

from __future__ import annotations

import copy

from app.practice.exchange import Exchange


def lagging(exchange: Exchange, user_id: str, until: int) -> Exchange:
    """A view of `exchange`, for reading only, in which the account has no rows younger than `until` (ns)."""
    accounts = copy.copy(exchange.accounts)
    orders = [order for order in exchange.orders(user_id) if order.created_at <= until]
    accounts.orders_of = {user_id: orders}
    accounts.orders = {order.id: order for order in orders}
    accounts.fills_of = {user_id: [fill for fill in exchange.fills(user_id) if fill.matched_at <= until]}
    accounts.transactions_of = {user_id: [row for row in exchange.transactions(user_id) if row.created_at <= until]}
    view = copy.copy(exchange)
    view.accounts = accounts
    return view
