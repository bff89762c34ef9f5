"""What the log says of an order: on what, at which odds, for whom, and who wished it where that was no hand of this desk."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.domain.odds import Odds
from app.domain.order import Order

ID_SHOWN: Final = 12  # letters of an id: enough to find an order by


def label(order: Order) -> str:
    """What it is on, at which odds and for whom, for a sentence."""
    return f"{what_on(order)} {order.odds.words}{for_whom([order])}"


def filled_words(order: Order, stake: Decimal, odds: Odds, by: str = "") -> str:
    """That a part of it matched, and who had placed it where that was no hand here."""
    who = by or ("placed elsewhere" if order.is_elsewhere else "")
    return f"Filled {stake:,.2f} of {what_on(order)} at {odds.words}{for_whom([order])}{wished(who)}"


def what_on(order: Order) -> str:
    """The selection, or how an order is told from others while nobody knows what it is called."""
    if order.draft.selection_name or not order.is_elsewhere:
        return order.draft.selection_name or order.ref
    event = f" on {order.draft.event_name}" if order.draft.event_name else ""
    return f"an order{event} ({(order.venue_order_id or order.ref)[:ID_SHOWN]})"


def wished(by: str) -> str:
    """Who wished it, at the end of what was done; nothing for a hand."""
    return f" ({by})" if by else ""


def for_whom(orders: Sequence[Order]) -> str:
    """For which external user; nothing where that is not known of each of them."""
    users = {order.draft.external_user for order in orders}
    if not users or "" in users:
        return ""
    return f" for {users.pop()}" if len(users) == 1 else f" for {len(users)} users"
