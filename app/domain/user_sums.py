"""What a user's orders of a period add up to, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from app.domain.money import ZERO
from app.domain.order import Order, OrderState


class UserSums(msgspec.Struct, frozen=True):
    """`matched` is `winners` + `lost` + `returned` + `standing` + `untold`: every matched amount is in exactly one of them.

    `winners`: stakes of orders that won, and `won` what they brought on top; `returned`: stakes that a void, a draw or a push gave back.
    `standing` is matched and not settled, `waiting` is on the book or unclear and may still match. `untold`: settled, and the venue did
    not say how; `untold_orders` counts those. `at_limit` counts winners of which not every match price is known: their own odds are the
    least they can have brought. No fee is counted: the venue states none.
    """

    orders: int = 0
    asked: Decimal = ZERO
    matched: Decimal = ZERO
    winners: Decimal = ZERO
    won: Decimal = ZERO
    lost: Decimal = ZERO
    returned: Decimal = ZERO
    standing: Decimal = ZERO
    waiting: Decimal = ZERO
    untold: Decimal = ZERO
    untold_orders: int = 0
    at_limit: int = 0

    @property
    def result(self) -> Decimal:
        """What the settled ones brought altogether."""
        return self.won - self.lost


def sum_up(orders: Iterable[Order]) -> UserSums:
    total = UserSums()
    for order in orders:
        total = _plus(total, _sums_of(order))
    return total


def _plus(one: UserSums, other: UserSums) -> UserSums:
    return UserSums(*(a + b for a, b in zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)))


def _sums_of(order: Order) -> UserSums:
    """One order's part; each matched amount stands in one column only."""
    basis = UserSums(1, order.stake, order.filled, waiting=max(order.at_risk - order.filled, ZERO) if order.is_live else ZERO)
    return msgspec.structs.replace(basis, **_matched_part(order)) if order.filled else basis


def _matched_part(order: Order) -> dict[str, Decimal | int]:
    filled, realised = order.filled, order.realised
    if order.state not in {OrderState.SETTLED, OrderState.VOID}:
        return {"standing": filled}
    if realised is None:
        return {"untold": filled, "untold_orders": 1}
    if realised > 0:
        return {"winners": filled, "won": realised, "at_limit": int(not is_priced(order))}
    return {"lost": filled} if realised < 0 else {"returned": filled}


def is_priced(order: Order) -> bool:
    """Whether the price of every match is known."""
    return sum((fill.stake for fill in order.fills), ZERO) >= order.filled
