"""A person with fast hands: takes, rests, cancels, presses "send again" and "treat as not placed", as fast as the rules allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from app.domain.errors import DeniedError
from app.domain.market import Event, Market
from app.domain.order import Order, OrderDraft
from app.services.desk import Desk

HANDS = 4  # orders on their way at once
MOST = 40  # orders in one run: what must be read back in the next one
PAUSE = 0.02  # seconds after a "no" of the rules
OLD = timedelta(seconds=4)  # an order that is unknown for longer is decided on by the person
CANCELS, CANCEL_ALLS = 0.2, 0.01  # shares of all acts

Acknowledged = Callable[[Order], None]


class Trader:
    """`acknowledged` hears of each order that the venue has accepted, `early` when an order could leave before reconciliation."""

    def __init__(self, desk: Desk, rng: Random, run: int, acknowledged: Acknowledged, early: Callable[[], None]) -> None:
        self._desk = desk
        self._rng = rng
        self._run = run
        self._acknowledged = acknowledged
        self._early = early
        self._clicks = 0
        self._placed = 0
        self._listed = asyncio.Event()
        self._reconciled = asyncio.Event()
        desk.catalogue.changed.connect(self._on_listed)
        desk.reconciliation.changed.connect(self._reconciled.set)

    async def trade(self) -> None:
        """Try from the first moment on, long before it is allowed; ends only with the process."""
        self._desk.tasks.start(self._decide())
        await self._listed.wait()
        self._desk.session.open_event(self._rng.choice(self._events()).id)
        await asyncio.gather(*(self._hand() for _ in range(HANDS)))

    def _events(self) -> list[Event]:
        """Those that no game decides while the campaign runs."""
        return [event for event in self._desk.catalogue.events.values() if not event.is_over and not event.is_live]

    def _on_listed(self) -> None:
        if self._events():
            self._listed.set()

    async def _hand(self) -> None:
        while self._placed < MOST:
            if not await self._act():
                await asyncio.sleep(PAUSE)

    async def _act(self) -> bool:
        """One click; whether an order left."""
        chance = self._rng.random()
        if chance < CANCEL_ALLS:
            self._desk.tasks.start(self._desk.trading.cancel_all())
        elif chance < CANCELS:
            self._cancel()
        else:
            return await self._place()
        return False

    def _cancel(self) -> None:
        orders = [order for order in self._desk.blotter.live() if order.is_cancellable and not order.cancelling]
        if orders:
            self._desk.tasks.start(self._desk.trading.cancel(self._rng.choice(orders).ref))

    async def _place(self) -> bool:
        draft = self._draft()
        if draft is None:
            return False
        if self._desk.reconciliation.done_at is None and self._desk.trading.objection(draft) is None:
            self._early()
        try:
            order = await self._desk.trading.place(draft)
        except DeniedError:
            return False
        self._placed += 1
        self._tell(order)
        return True

    def _tell(self, order: Order) -> None:
        if order.venue_order_id:
            self._acknowledged(order)

    def _draft(self) -> OrderDraft | None:
        """A taker at the best price, or a rester some rungs above it, somewhere in the open event. Its label names the click."""
        markets, ladder = self._markets(), self._desk.controls.ladder
        if not markets or ladder is None:
            return None
        market = self._rng.choice(markets)
        selection = self._rng.choice(market.selections)
        side = self._desk.prices.side(market.key, selection.id)
        if not side:
            return None
        self._clicks += 1
        odds = ladder.move(side[0].odds, self._rng.choice((0, 0, self._rng.randint(3, 20))))
        stake = Decimal(self._rng.randint(100, 300)) / 100
        return OrderDraft(market.key, selection.id, odds, stake, selection_name=f"click {self._run}.{self._clicks}")

    def _markets(self) -> list[Market]:
        event_id = self._desk.session.open_event_id
        groups = self._desk.catalogue.groups.get(event_id, ()) if event_id is not None else ()
        return [market for group in groups for market in group.markets if market.is_open]

    async def _decide(self) -> None:
        """What a person does about unknown orders that the venue does not show: send the same one again, or give it up."""
        await self._reconciled.wait()
        for order in self._desk.blotter.unknown():
            if datetime.now(UTC) - order.asked_at < OLD:
                continue
            if self._rng.random() < 0.5:
                self._desk.trading.presume_not_placed(order.ref)
            else:
                await self._again(order)

    async def _again(self, order: Order) -> None:
        try:
            self._tell(await self._desk.trading.place_again(order.ref))
        except DeniedError:
            return
