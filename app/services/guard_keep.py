"""Moving a resting order to other odds: its cancel confirmed, then a new order for exactly what was left; never two at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import msgspec

from app.domain.errors import DeniedError, VenueError
from app.domain.guard import KeepAtBest, american
from app.domain.money import money_words
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft, OrderState, Outcome
from app.services.blotter import Blotter
from app.services.order_words import label
from app.services.ports import TradingVenue
from app.services.trading import Trading
from app.services.verdict import Verdict, expired, stopped

CONFIRMING = 0.25  # seconds between two looks for the word that a cancelled order is off the book
LOOKS = 20  # of them, then the guard gives up

Aim = Callable[[Order], Odds | str]  # where the one that takes this order's place goes, or why none is placed


class Moved(msgspec.Struct, frozen=True):
    """`order` stands in the place of `behind`, of which so much had `matched` when it was placed."""

    order: Order
    behind: str
    matched: Decimal


_MAY_STAND = frozenset({Outcome.SENT, Outcome.UNKNOWN})
_CANCELLED = frozenset({OrderState.CANCELLED, OrderState.CANCELLED_REST})


class Mover:
    """Every step goes through `trading`: its rules, its journal, its kill switch.

    `moved` is called with the reference of an order and of the one that took its place, or of which nobody knows whether it did.
    """

    def __init__(
        self, venue: TradingVenue, trading: Trading, blotter: Blotter, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._venue = venue
        self._trading = trading
        self._blotter = blotter
        self._sleep = sleep
        self.moved: list[Callable[[str, str], None]] = []

    def objection(self, order: Order, odds: Odds) -> str:
        """Why the order that would take its place would not be sent now; the one that stands is not counted beside it."""
        objection = self._trading.controls.objection(_again(order, odds, order), ref=order.ref)
        return objection.words if objection else ""

    async def move(self, plan: KeepAtBest, aim: Aim) -> Moved | Verdict:
        """What stands now, or why none was placed. `aim` is asked once the old one is off the book for certain."""
        before, sweeps = self._blotter.orders[plan.ref], self._trading.sweeps
        gone = await self._taken_off(before)
        if isinstance(gone, Verdict):
            return gone
        left = _again(before, before.odds, gone).stake
        if left <= 0:
            return expired(f"all of the order matched: {money_words(gone.filled)}")
        there = aim(before) if sweeps == self._trading.sweeps else "orders were being cancelled"
        if isinstance(there, str):
            return stopped(f"{there}. {_taken(before)} and {money_words(left)} were not placed again")
        placed = await self._placed(before, _again(before, there, gone))
        return placed if isinstance(placed, Verdict) else Moved(placed, gone.ref, gone.filled)

    async def _taken_off(self, before: Order) -> Order | Verdict:
        """The order once it is off the book, by its cancel and by the venue's record of what of it matched."""
        await self._trading.cancel(before.ref, by=KeepAtBest.title)
        for _ in range(LOOKS):
            if not self._blotter.orders[before.ref].is_live:
                break
            await self._sleep(CONFIRMING)
        order = self._blotter.orders[before.ref]
        if order.is_live:
            why = self._blotter.cancel_refusal(order)
            return stopped(f"the cancel of {label(order)} was {f'refused: {why}' if why else 'not confirmed'}. Nothing new was placed")
        try:
            self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
        except VenueError as problem:
            return stopped(f"{_taken(before)}, and how much of it matched cannot be read: {problem}. Nothing new was placed")
        order = self._blotter.orders[before.ref]
        if order.state is OrderState.FILLED:
            return expired(f"all of the order matched: {money_words(order.filled)}")
        if order.state not in _CANCELLED:
            return stopped(f"the order is {str(order.state).lower()}, not cancelled. Nothing new was placed")
        return order

    async def _placed(self, before: Order, draft: OrderDraft) -> Order | Verdict:
        what = f"{money_words(draft.stake)} at {american(draft.odds)}"
        try:
            order = await self._trading.place(draft, by=KeepAtBest.title)
        except DeniedError as problem:
            return stopped(f"{_taken(before)}, and {what} were not placed: {problem}")
        if order.outcome in _MAY_STAND:
            for heard in self.moved:
                heard(before.ref, order.ref)
        if order.outcome is not Outcome.SENT:
            return stopped(f"{_taken(before)}, and the new order of {what} is {order.outcome}: {order.reason}")
        return order


def _again(before: Order, odds: Odds, now: Order) -> OrderDraft:
    """The same wish at other odds, for what was left of it before and has not matched since."""
    return msgspec.structs.replace(before.draft, odds=odds, stake=before.rest - (now.filled - before.filled))


def _taken(order: Order) -> str:
    return f"the order was taken off at {american(order.odds)}"
