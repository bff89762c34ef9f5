"""The floor: every desk that is connected in one window, and what concerns all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.risk import staked
from app.services.desk import Desk
from app.services.own_orders import OwnOrders


class Floor:
    """Desks in the order in which they were connected. All figures are sums over them; amounts of one currency."""

    def __init__(self) -> None:
        self._desks: list[Desk] = []

    @property
    def desks(self) -> Sequence[Desk]:
        return tuple(self._desks)

    def join(self, desk: Desk, name: str = "") -> None:
        """From now on its orders count for the others, and theirs for it; `name` is how sentences call its account."""
        self._desks.append(desk)
        own = desk.controls.own
        own.name, own.beside = name, partial(self._beside, own)

    def leave(self, desk: Desk) -> None:
        """From now on nothing here reaches it, nor does it see the others."""
        self._desks.remove(desk)
        desk.controls.own.beside = tuple

    def _beside(self, own: OwnOrders) -> list[OwnOrders]:
        return [desk.controls.own for desk in self._desks if desk.controls.own is not own]

    # What reaches all of them

    def stop(self, words: str) -> None:
        """The kill switch of every account: each halts at once, then cancels until nothing of it is left."""
        for desk in self._desks:
            desk.kill.pull(words)

    async def cancel_all(self) -> None:
        """Every order of every account off the book, all accounts at once: a slow venue keeps no other one waiting."""
        await asyncio.gather(*(desk.trading.cancel_all() for desk in self._desks))

    async def settled(self) -> None:
        """Return when no order of any account is on its way."""
        await asyncio.gather(*(desk.trading.settled() for desk in self._desks))

    # What adds up

    def live(self) -> list[Order]:
        """Orders of all accounts whose money may still move without a new order."""
        return _each_once(order for desk in self._desks for order in desk.blotter.live())

    @property
    def at_risk(self) -> Decimal:
        """What may be lost in all accounts together, without netting one against another."""
        return staked(_each_once(order for desk in self._desks for order in desk.blotter.unsettled()))

    def at_risk_on(self, event_id: int) -> Decimal:
        """The same for one event. Accounts of one venue share its events' ids."""
        return staked(_each_once(order for desk in self._desks for order in desk.blotter.unsettled_of_event(event_id)))

    @property
    def today(self) -> Decimal:
        """Realised since local midnight in all accounts."""
        return sum((desk.account.today for desk in self._desks), ZERO)

    @property
    def free(self) -> Decimal | None:
        """What is free to match in all accounts; None while one of them has not told it."""
        told = [desk.account.free for desk in self._desks]
        return None if any(amount is None for amount in told) else sum((amount for amount in told if amount is not None), ZERO)


def _each_once(orders: Iterable[Order]) -> list[Order]:
    """Two profiles may be two pairs of keys of one account: what the venue has under one id is one order."""
    found: dict[str, Order] = {}
    for order in orders:
        found.setdefault(order.venue_order_id or order.ref, order)
    return list(found.values())
