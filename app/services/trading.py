"""The one path from a click to the venue, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.ladder import Ladder
from app.domain.order import Order, OrderDraft, Outcome
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, TradingVenue
from app.services.prices import Prices

CANCEL_AGAIN = 0.3  # seconds: the venue asks for it while an order is in its first matching queue (contract 5.2)
CANCEL_TRIES = 25  # an in-play order cannot be cancelled for about five seconds
BATCH = 20

_ORDER_STILL_PLACING = frozenset({"order_is_placing", "order_opened_retry", "opened_retry", "wager_is_placing"})
_ORDER_IS_OVER = frozenset({"order_already_filled", "order_already_cancelled", "order_is_invalid"})


class DeniedError(Exception):
    """A rule of this program: nothing was sent. `str` says which and with what numbers."""


class Trading:
    """Places and cancels. Each order gets one reference for ever, and is on the blotter before its first byte leaves."""

    def __init__(
        self,
        venue: TradingVenue,
        blotter: Blotter,
        catalogue: Catalogue,
        prices: Prices,
        notices: Notices,
        *,
        now: Now,
        clock: Monotonic,
        new_ref: Callable[[], str],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._blotter = blotter
        self._catalogue = catalogue
        self._prices = prices
        self._notices = notices
        self._now = now
        self._clock = clock
        self._new_ref = new_ref
        self._sleep = sleep
        self.ladder: Ladder | None = None

    def objection(self, draft: OrderDraft) -> str:
        """Why this order would not be sent now, in words; empty when nothing speaks against it."""
        market = self._catalogue.market(draft.market)
        event = self._catalogue.events.get(draft.market.event_id)
        if self.ladder is None:
            return "The venue's price ladder has not been read yet"
        if market is None or event is None:
            return "This market is no longer listed"
        if event.is_over:
            return f"{event.name} is over"
        if draft.selection_id not in {selection.id for selection in market.selections}:
            return "This selection is no longer offered"
        if not market.is_open:
            return f"The market is {market.status or 'not open'}"
        if draft.odds not in self.ladder:
            return f"{draft.odds.american:+d} is not on the venue's price ladder"
        if draft.stake <= 0:
            return "A stake must be more than nothing"
        if draft.odds.profit(draft.stake) <= 0:
            return "This stake would win less than a cent"
        if not self._prices.freshness(draft.market, is_live=event.is_live).is_verified:
            return "The prices of this market are not verified: the feed is silent or being read again"
        return ""

    async def place(self, draft: OrderDraft) -> Order:
        """Send one order. DeniedError before anything happened; else the order with its outcome, whatever that is."""
        words = self.objection(draft)
        if words:
            raise DeniedError(words)
        order = Order(ref=self._new_ref(), draft=draft, placed_at=self._now(), quantity=draft.stake)
        self._blotter.add(order)
        started = self._clock()
        try:
            report = await self._venue.place(order.ref, draft)
        except asyncio.CancelledError:
            self._ended(order.ref, Outcome.UNKNOWN, "the program stopped waiting")
            raise
        except RefusedError as problem:
            return self._ended(order.ref, Outcome.REJECTED, str(problem))
        except NotSentError as problem:
            return self._ended(order.ref, Outcome.NOT_SENT, str(problem))
        except (UnknownError, UnreadableError) as problem:
            return self._ended(order.ref, Outcome.UNKNOWN, str(problem))
        elapsed = (self._clock() - started) * 1000
        self._blotter.apply(report)
        self._notices.say(f"Placed {order.stake:,.2f} on {_label(order)}")
        return self._blotter.update(order.ref, lambda known: msgspec.structs.replace(known, ack_ms=elapsed))

    async def cancel(self, ref: str) -> None:
        """Take what is left of an order off the book; tries again while the venue is still placing it."""
        order = self._blotter.orders[ref]
        if not order.is_cancellable or order.cancelling:
            return
        self._mark_cancelling(ref, True)
        try:
            await self._cancel_patiently(order)
            self._notices.say(f"Cancelled what was left of {_label(order)}")
        except RefusedError as problem:
            self._mark_cancelling(ref, False)
            await self._after_refused_cancel(order, problem)
        except NotSentError as problem:
            self._notices.say(f"Cancel of {_label(order)} was not sent: {problem}", Tone.BAD)
        except VenueError as problem:
            # The venue may have done it: what it says next, by push or by history, decides.
            self._notices.say(f"Cancel of {_label(order)}: outcome unknown ({problem})", Tone.WARNING)
        finally:
            self._mark_cancelling(ref, False)

    async def cancel_many(self, refs: Sequence[str]) -> None:
        """Take several orders off, each with its own result."""
        await asyncio.gather(*(self.cancel(ref) for ref in refs))

    async def cancel_all(self) -> None:
        """Everything off the book: the venue's own cancel-all first, then what it left, one by one."""
        try:
            await self._venue.cancel_all()
        except RefusedError as problem:
            if problem.code not in {"no_cancellable_orders", "no_cancellable_wagers"}:
                self._notices.say(f"Cancel all: {problem}", Tone.BAD)
        except VenueError as problem:
            self._notices.say(f"Cancel all: outcome unknown ({problem})", Tone.BAD)
        await self._sleep(CANCEL_AGAIN)
        await self.cancel_many([order.ref for order in self._blotter.live() if order.is_cancellable])

    async def _cancel_patiently(self, order: Order) -> None:
        for left in reversed(range(CANCEL_TRIES)):
            try:
                report = await self._venue.cancel(order.ref, order.venue_order_id)
            except RefusedError as problem:
                if problem.code not in _ORDER_STILL_PLACING or left == 0:
                    raise
                await self._sleep(CANCEL_AGAIN)
            else:
                if report:
                    self._blotter.apply(report)
                return

    async def _after_refused_cancel(self, order: Order, problem: RefusedError) -> None:
        if problem.code in _ORDER_IS_OVER or problem.status == 404:
            try:
                self._blotter.apply(await self._venue.order(order.venue_order_id))
            except VenueError as unread:
                self._notices.say(f"Cancel of {_label(order)} refused ({problem}), and the order cannot be read: {unread}", Tone.WARNING)
            return
        self._notices.say(f"Cancel of {_label(order)} refused: {problem}", Tone.WARNING)

    def _mark_cancelling(self, ref: str, is_cancelling: bool) -> None:
        self._blotter.update(ref, lambda order: msgspec.structs.replace(order, cancelling=is_cancelling and order.is_cancellable))

    def _ended(self, ref: str, outcome: Outcome, words: str) -> Order:
        """Note how the sending ended, unless the venue has spoken of the order meanwhile."""
        self._notices.say(f"{_label(self._blotter.orders[ref])}: {outcome}, {words}", Tone.BAD)
        return self._blotter.update(
            ref, lambda order: order if order.status else msgspec.structs.replace(order, outcome=outcome, reason=words)
        )


def _label(order: Order) -> str:
    return f"{order.draft.selection_name or order.ref} {order.odds.american:+d}"
