"""How an order stands, in the words and the tone in which a person should hear it."""

from __future__ import annotations

from app.domain.order import Order, OrderState
from app.ui import formats


def outcome_words(order: Order) -> tuple[str, str]:
    """A sentence that leads with the word that matters, and the colour to say it in."""
    state = order.state
    match state:
        case OrderState.FILLED:
            return f"Filled: {formats.money(order.filled)}, wins {formats.money(order.wins)}", "state.good"
        case OrderState.PART:
            return f"Partly filled: {formats.money(order.filled)}, {formats.money(order.rest)} rests", "state.good"
        case OrderState.OPEN:
            return f"Resting: {formats.money(order.rest)} at {formats.american(order.odds)}", "state.info"
        case OrderState.ACCEPTED:
            return "Accepted by the venue, being checked", "state.info"
        case OrderState.REJECTED:
            return f"Refused by the venue: {order.reason}", "state.bad"
        case OrderState.DENIED:
            return f"Stopped here at the last moment: {order.reason}", "state.bad"
        case OrderState.NOT_SENT:
            return f"Not sent: {order.reason}. It may be sent again", "state.warning"
        case OrderState.UNKNOWN:
            return f"Unknown: {order.reason}. It may have been placed and is not sent again", "state.warning"
        case OrderState.PRESUMED:
            return "Treated as not placed, unless the venue says otherwise", "text.dim"
    if order.realised is not None:
        return f"{state}: {formats.signed(order.realised)}", "state.good" if order.realised > 0 else "text.dim"
    return f"{state}", "text.dim"
