"""One order as the Trading API tells it, in an answer, in its record or in a push, as a report."""

from __future__ import annotations

from decimal import Decimal

from app.domain.money import ZERO
from app.domain.order import Fill, OrderReport
from app.venues.prophetx import wire
from app.venues.prophetx.values import maybe_odds, maybe_stake, maybe_strike, moment

_UNDECIDED = frozenset({"", "tbd"})


def report(row: wire.WireOrder) -> OrderReport:
    """Amounts and prices that make no sense are left out rather than believed, and what contradicts itself is said."""
    update = row.update_type or row.update_status
    quantity = maybe_stake(row.quantity)
    filled = maybe_stake(row.total_filled_quantity if update else row.filled_quantity)
    held = _held(row, filled)
    return OrderReport(
        ref=row.external_id or "",
        venue_order_id=row.order_id or row.id,
        status=row.status,
        matching=row.matching_status or "",
        winning=row.winning_status or row.profit_status,
        odds=maybe_odds(row.price),
        quantity=max(quantity, held) if quantity is not None and held is not None else quantity,
        original=maybe_stake(row.original_quantity),
        filled=filled,
        fill=_fill(row) if update == "matching" else None,
        event_id=row.sport_event_id,
        market_id=row.market_id,
        strike=maybe_strike(row.strike),
        selection_id=row.strike_id,
        outcome_id=row.outcome_id,
        sequence=row.sequence_number,
        placed_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        user=row.external_user_id or "",
        odd=_odd(row, quantity, held),
    )


def _held(row: wire.WireOrder, filled: Decimal | None) -> Decimal | None:
    """What is filled and what is open together, of an order on the book, where both are told; off it, nothing is open any more."""
    still_open = maybe_stake(row.open_quantity)
    is_on_book = row.status == "open" and row.matching_status != "fully_matched"
    return filled + still_open if is_on_book and filled is not None and still_open is not None else None


def _odd(row: wire.WireOrder, quantity: Decimal | None, held: Decimal | None) -> str:
    """What contradicts itself; empty where nothing does."""
    if row.quantity is not None and quantity is None:
        return f"a quantity of {row.quantity:.12g}"
    if row.open_quantity is not None and maybe_stake(row.open_quantity) is None:
        return f"an open quantity of {row.open_quantity:.12g}"
    if quantity is not None and held is not None and held != quantity:
        return f"open and filled parts of {held:,.2f} together, which do not make its {quantity:,.2f}"
    if row.profit is not None and row.profit.is_finite() and row.profit < ZERO and row.winning_status in _UNDECIDED:
        return f"a profit of {row.profit:.12g} before any result"
    return ""


def _fill(row: wire.WireOrder) -> Fill | None:
    total, stake, odds = maybe_stake(row.total_filled_quantity), maybe_stake(row.filled_quantity), maybe_odds(row.fill_price)
    return Fill(total, stake, odds) if total and stake and odds else None
