"""Taking orders off the book: one, several in a batch, a market's, an event's, all; each order ends with a result of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.offer import Offer
from app.domain.order import Cancel, HistoryQuery, Order
from app.domain.record import CancelEnded, CancelSent
from app.services.blotter import Blotter
from app.services.notices import Notices, Tone
from app.services.order_words import for_whom, label, wished
from app.services.ports import Now, TradingVenue
from app.services.sight import REACH, sight_of

CANCEL_AGAIN = 0.3  # seconds: the venue asks for it while an order is in its first matching queue (contract 5.2)
CANCEL_TRIES = 25  # an in-play order cannot be cancelled for about five seconds
BATCH = 20  # orders a request (contract 1.5)
NAMED = 3  # orders that a sentence names; the others are counted

_ORDER_STILL_PLACING = frozenset({"order_is_placing", "order_opened_retry", "opened_retry", "wager_is_placing"})
_ORDER_IS_OVER = frozenset({"order_already_filled", "order_already_cancelled", "order_is_invalid"})
_ELSEWHERE = "orders placed elsewhere may still stand"
_GIVEN_UP = "the program stopped waiting"
_NOTHING_TO_CANCEL = frozenset({"no_cancellable_orders", "no_cancellable_wagers"})


class Cancels:
    """Whatever way was taken, an order's cancel ends: it is off the book, it was refused (the blotter keeps why), or nobody knows."""

    def __init__(
        self, venue: TradingVenue, blotter: Blotter, notices: Notices, *, now: Now, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._venue = venue
        self._blotter = blotter
        self._notices = notices
        self._now = now
        self._sleep = sleep

    async def one(self, ref: str, by: str = "") -> None:
        """Take what is left of an order off the book; tries again while the venue is still placing it. `by`: who wished it, where it was
        no hand.
        """
        order = self._blotter.orders[ref]
        if not order.is_cancellable or order.cancelling:
            return
        self._blotter.record(CancelSent(ref))
        try:
            await self._patiently(order)
            if self._blotter.orders[ref].cancelling:
                self._end(ref, Cancel.NONE, "answered")
            self._say_cancelled(self._blotter.orders[ref], by)
        except RefusedError as problem:
            self._end(ref, Cancel.NONE, str(problem))
            await self._after_refusal(order, problem, by)
        except NotSentError as problem:
            self._end(ref, Cancel.NONE, str(problem))
            self._notices.say(f"Cancel of {label(order)}{wished(by)} was not sent: {problem}", Tone.BAD)
        except VenueError as problem:
            # The venue may have done it: what it says next, by push or by history, decides.
            self._end(ref, Cancel.UNKNOWN, str(problem))
            self._notices.say(f"Cancel of {label(order)}{wished(by)}: outcome unknown ({problem})", Tone.WARNING)
        finally:
            self._end_all([order], Cancel.UNKNOWN, _GIVEN_UP)

    async def many(self, refs: Iterable[str], by: str = "") -> None:
        """Several orders, up to 20 in one request; those that it leaves are cancelled one by one, which says why of each."""
        orders = self._still_cancellable(refs)
        if len(orders) == 1:
            await self.one(orders[0].ref, by)
            return
        await self._in_batches([order.ref for order in orders])
        self._say_counted(orders, by)

    async def everything(self) -> None:
        """The venue's own cancel-all first, then what it left; where it has none what is known, then what its record shows beside that."""
        await self._by_venue("Cancel all", self._venue.cancel_all, self._blotter.live)

    async def of_event(self, event_id: int, by: str = "") -> None:
        """Every order on an event, those placed elsewhere too."""
        await self._by_venue(
            f"Cancel all on {self._event(event_id)}{wished(by)}",
            lambda: self._venue.cancel_event(event_id),
            lambda: [order for order in self._blotter.live() if order.draft.market.event_id == event_id],
        )

    async def of_market(self, event_id: int, market_id: int) -> None:
        """Every order on a market of an event, whatever its number."""
        await self._by_venue(
            f"Cancel all on a market of {self._event(event_id)}",
            lambda: self._venue.cancel_market(event_id, market_id),
            lambda: [order for order in self._blotter.live() if order.draft.market[:2] == (event_id, market_id)],
        )

    # One call of the venue's for many

    async def _by_venue(self, what: str, ask: Callable[[], Awaitable[None]], meant: Callable[[], list[Order]]) -> None:
        """The venue's own call, a moment for its pushes, by their ids what that left, and what came of it."""
        if Offer.CANCEL_ALL not in self._venue.offers:
            await self._by_ids(what, meant)
            return
        before = meant()
        is_answered = await self._ask(what, ask)
        await self._sleep(CANCEL_AGAIN)
        left = await self._cancel_meant(meant)
        refs = dict.fromkeys([*(order.ref for order in before), *left])
        self._say_outcome(what, [self._blotter.orders[ref] for ref in refs], meant(), is_answered)

    async def _by_ids(self, what: str, meant: Callable[[], list[Order]]) -> None:
        """Where the venue has no such calls: what is known at once, then what its record shows beside that, as of when it is."""
        before = [order.ref for order in meant()]
        await self._cancel_meant(meant)
        as_of = await self._read_standing(what)
        found = await self._cancel_meant(lambda: [order for order in meant() if order.ref not in before])
        refs = [*before, *found]
        self._say_outcome(what, [self._blotter.orders[ref] for ref in refs], meant(), is_answered=True, as_of=as_of)

    async def _cancel_meant(self, meant: Callable[[], list[Order]]) -> list[str]:
        refs = [order.ref for order in meant() if order.is_cancellable]
        await self._in_batches(refs)
        return refs

    async def _read_standing(self, what: str) -> str:
        """Take in what the venue's record has on the book; as of when that is. Where more may stand there that is said at once."""
        asked_at = self._now()
        try:
            read = await self._venue.history(HistoryQuery(asked_at - REACH, status="open"))
        except VenueError as problem:
            self._notices.say(f"{what}: {_ELSEWHERE}, as the venue's record could not be read: {problem}", Tone.BAD)
            return ""
        self._blotter.apply_all(read.reports, "history")
        sight = sight_of(read, asked_at)
        if not sight.is_whole:
            self._notices.say(f"{what}: {_ELSEWHERE}, as the venue's record could not be read whole", Tone.BAD)
        return f"as of {sight.kept_up:%H:%M:%S} UTC by the venue's record"

    async def _ask(self, what: str, ask: Callable[[], Awaitable[None]]) -> bool:
        """Whether the venue answered that it cancels, or that there is nothing to cancel."""
        try:
            await ask()
        except RefusedError as problem:
            if problem.code in _NOTHING_TO_CANCEL:
                return True
            self._notices.say(f"{what} was refused: {problem}", Tone.BAD)
        except NotSentError as problem:
            self._notices.say(f"{what} was not sent: {problem}", Tone.BAD)
        except VenueError as problem:
            self._notices.say(f"{what}: outcome unknown ({problem})", Tone.BAD)
        else:
            return True
        return False

    def _event(self, event_id: int) -> str:
        names = (order.draft.event_name for order in self._blotter.of_event(event_id))
        return next(filter(None, names), f"event {event_id}")

    def _still_cancellable(self, refs: Iterable[str]) -> list[Order]:
        orders = [self._blotter.orders[ref] for ref in dict.fromkeys(refs)]
        return [order for order in orders if order.is_cancellable and not order.cancelling]

    async def _in_batches(self, refs: Sequence[str]) -> None:
        """While one batch is answered, orders of a later one may be filled, or cancelled by somebody else."""
        for first in range(0, len(refs), BATCH):
            orders = self._still_cancellable(refs[first : first + BATCH])
            if orders:
                await self._batch(orders)

    async def _batch(self, orders: Sequence[Order]) -> None:
        for order in orders:
            self._blotter.record(CancelSent(order.ref))
        try:
            reports, _ = await self._venue.cancel_many([(order.venue_ref, order.venue_order_id) for order in orders])
        except RefusedError as problem:  # perhaps for one of them only
            self._end_all(orders, Cancel.NONE, str(problem))
            await self._singly(orders)
        except NotSentError as problem:
            self._end_all(orders, Cancel.NONE, str(problem))
            self._notices.say(f"Cancel of {len(orders)} orders was not sent: {problem}", Tone.BAD)
        except VenueError as problem:
            self._end_all(orders, Cancel.UNKNOWN, str(problem))
            self._notices.say(f"Cancel of {len(orders)} orders: outcome unknown ({problem})", Tone.WARNING)
        else:
            self._blotter.apply_all(reports, "reply")
            left = [order for order in orders if self._blotter.orders[order.ref].cancelling]
            self._end_all(left, Cancel.NONE, "answered")
            await self._singly(left)
        finally:  # stopped in mid-send, or a mistake of our own: either way nobody knows, and it may be tried again
            self._end_all(orders, Cancel.UNKNOWN, _GIVEN_UP)

    async def _singly(self, orders: Iterable[Order]) -> None:
        await asyncio.gather(*(self.one(order.ref) for order in orders))

    # What came of it

    async def _patiently(self, order: Order) -> None:
        for left in reversed(range(CANCEL_TRIES)):
            try:
                report = await self._venue.cancel(order.venue_ref, order.venue_order_id)
            except RefusedError as problem:
                if problem.code not in _ORDER_STILL_PLACING or left == 0:
                    raise
                await self._sleep(CANCEL_AGAIN)
            else:
                if report:
                    self._blotter.apply(report, "reply")
                elif self._blotter.orders[order.ref].is_live:
                    await self._read(order)
                return

    async def _read(self, order: Order) -> None:
        """The venue took the cancel, but its answer holds no order: only its record of it says how it ended."""
        try:
            self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
        except VenueError as problem:
            raise UnknownError(f"the cancel was taken, but the order cannot be read: {problem}") from problem

    async def _after_refusal(self, order: Order, problem: RefusedError, by: str) -> None:
        if problem.code in _ORDER_IS_OVER or problem.status == 404:
            try:
                self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
            except VenueError as unread:
                what = f"Cancel of {label(order)}{wished(by)}"
                self._notices.say(f"{what} refused ({problem}), and the order cannot be read: {unread}", Tone.WARNING)
            return
        self._blotter.refuse_cancel(order.ref, str(problem))
        self._notices.say(f"Cancel of {label(order)}{wished(by)} refused: {problem}", Tone.WARNING)

    def _end(self, ref: str, cancel: Cancel, words: str) -> None:
        self._blotter.record(CancelEnded(ref, cancel, words))

    def _end_all(self, orders: Iterable[Order], cancel: Cancel, words: str) -> None:
        for order in orders:
            if self._blotter.orders[order.ref].cancelling:
                self._end(order.ref, cancel, words)

    def _say_cancelled(self, order: Order, by: str) -> None:
        what = f"{label(order)}{wished(by)}"
        if order.is_live:
            self._notices.say(f"The venue took the cancel of {what}, but {order.rest:,.2f} of it still stands", Tone.WARNING)
        else:
            self._notices.say(f"Cancelled what was left of {what}")

    def _say_counted(self, orders: Sequence[Order], by: str) -> None:
        """How many of several are off the book now."""
        if not orders:
            return
        left = sum(self._blotter.orders[order.ref].is_live for order in orders)
        what = f"{len(orders)} orders{for_whom(orders)}{wished(by)}"
        if left:
            self._notices.say(f"Cancelled {len(orders) - left} of {what}; {left} still stand or are unclear", Tone.WARNING)
        else:
            self._notices.say(f"Cancelled what was left of {what}")

    def _say_outcome(self, what: str, orders: Sequence[Order], left: Sequence[Order], is_answered: bool, as_of: str = "") -> None:
        """What came of a call for many: how many are off the book, which still stand, which may still turn up there."""
        end = f"; {as_of}" if as_of else ""
        parts = []
        off = sum(not order.is_live for order in orders)
        if off:
            parts.append(f"{counted(off)} off the book")
        resting = [order for order in left if order.is_cancellable]
        if resting:
            parts.append(f"{counted(len(resting))} still standing or unclear: {_named(resting)}")
        coming = [order for order in left if not order.is_cancellable]
        if coming:
            parts.append(f"{counted(len(coming))} under way or unclear, which may still turn up: {_named(coming)}")
        if parts:
            self._notices.say(f"{what}: {'; '.join(parts)}{end}", Tone.WARNING if left else Tone.PLAIN)
        elif is_answered:
            self._notices.say(f"{what}: no order known here was left to cancel{end}")


def counted(number: int) -> str:
    return "1 order" if number == 1 else f"{number:,} orders"


def _named(orders: Sequence[Order]) -> str:
    """The first of them by what they are on."""
    names = ", ".join(label(order) for order in orders[:NAMED])
    return f"{names} and {len(orders) - NAMED} more" if len(orders) > NAMED else names
