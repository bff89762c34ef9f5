"""What a user's orders of a period add up to, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from app.domain.money import ZERO
from app.domain.order import Order, OrderState


class UserSums(msgspec.Struct, frozen=True):
    """`matched` is `winners` + `lost` + `returned` + `standing` + `untold`: every matched amount is in exactly one of them.

    `winners`: stakes of orders that won, and `won` what they brought on top; `returned`: stakes that a void, a draw or a push gave back.
    `standing` is matched and not settled, `waiting` is on the book or unclear and may still match, `cancelled` was asked for and neither
    matched nor may match any more: `asked` is `matched` + `waiting` + `cancelled` unless the venue matched more than asked for.
    `untold`: settled, and the venue did not say how; `untold_orders` counts those. `at_limit` counts winners of which not every match
    price is known: their own odds are the least they can have brought. No fee is counted: the venue states none.
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
    cancelled: Decimal = ZERO
    untold: Decimal = ZERO
    untold_orders: int = 0
    at_limit: int = 0

    @property
    def result(self) -> Decimal:
        """What the settled ones brought altogether."""
        return self.won - self.lost


def sum_up(orders: Iterable[Order]) -> UserSums:
    amounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    counts: Counter[str] = Counter()
    for order in orders:
        counts["orders"] += 1
        amounts["asked"] += order.stake
        amounts["matched"] += order.filled
        waiting = max(order.at_risk - order.filled, ZERO) if order.is_live else ZERO
        amounts["waiting"] += waiting
        amounts["cancelled"] += max(order.stake - order.filled - waiting, ZERO)
        for column, part in _matched_part(order).items() if order.filled else ():
            if isinstance(part, int):
                counts[column] += part
            else:
                amounts[column] += part
    return msgspec.structs.replace(UserSums(), **amounts, **counts)


def _matched_part(order: Order) -> dict[str, Decimal | int]:
    """In which column what matched of an order stands, and what it brought."""
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
