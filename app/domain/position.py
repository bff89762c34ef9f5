"""What a market's filled orders bring on each result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.domain.money import ZERO
from app.domain.order import Order, OrderState

_OVER = frozenset({OrderState.SETTLED, OrderState.VOID})


def if_wins(orders: Iterable[Order], selection_ids: Sequence[str]) -> dict[str, Decimal]:
    """Profit for each selection if it wins, from what has matched: its own fills win, the other selections' stakes are lost.

    Settled, void and unmatched money does not count. An empty dict when nothing has matched.
    """
    held = [order for order in orders if order.filled > 0 and order.state not in _OVER and order.draft.selection_id in selection_ids]
    if not held:
        return {}
    return {selection: sum((_result(order, selection) for order in held), ZERO) for selection in selection_ids}


def _result(order: Order, winner: str) -> Decimal:
    return order.wins if order.draft.selection_id == winner else -order.filled
