"""The kill switch: halt first, then a loop that cancels and looks until nothing is left, whatever the network does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.domain.errors import NotSentError, RefusedError, UnreadableError, VenueError
from app.domain.offer import Offer
from app.domain.order import Cancel, Order, OrderReport, OrderState
from app.domain.record import CancelEnded, CancelSent
from app.services.blotter import Blotter
from app.services.notices import Notices, Tone
from app.services.ports import Journal, Now, Signal, TradingVenue
from app.services.reconcile import Reconciliation
from app.services.sight import UNREAD, Sight
from app.services.tasks import Tasks

log = logging.getLogger(__name__)

PAUSE = 0.3  # seconds between a cancel-all and the next look (contract 5.2)
SLOWEST = 5.0  # seconds between two rounds while the venue cannot be reached
CALM = 2  # consecutive looks that must find nothing
OLD = timedelta(seconds=60)  # an unknown order younger than this may still turn up
BATCH = 20  # contract 5.3
TO_RESUME = "resume"  # the word a person types to lift the halt
_NOTHING_TO_CANCEL = frozenset({"no_cancellable_orders", "no_cancellable_wagers"})


class KillSwitch:
    """`is_running` while the loop works; `rounds` counts its turns, `words` says how the last one went.

    `has_emptied`: the last loop ended because nothing was left. Stopped by a person it proves nothing of what is not known here.
    """

    def __init__(
        self,
        venue: TradingVenue,
        journal: Journal,
        blotter: Blotter,
        reconciliation: Reconciliation,
        notices: Notices,
        tasks: Tasks,
        *,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._blotter = blotter
        self._reconciliation = reconciliation
        self._notices = notices
        self._tasks = tasks
        self._now = now
        self._sleep = sleep
        self._is_stopped = False
        self._problems: list[str] = []
        self._mistakes: set[str] = set()
        self._began_at: datetime | None = None
        self.is_running = False
        self.has_emptied = False
        self.rounds = 0
        self.words = ""
        self.changed = Signal()

    @property
    def halt(self) -> str:
        """Why orders are halted; empty while they are not."""
        return self._journal.halt

    @property
    def remaining(self) -> list[Order]:
        """What may still stand or turn up at the venue: not what it has not known of for a while."""
        return [order for order in self._blotter.live() if self._is_young(order) or not self._is_gone(order)]

    def pull(self, words: str) -> None:
        """Halt at once, then cancel until nothing is left. Pulled again it goes on."""
        self._journal.halt_for(words)
        self._tasks.start(self.run(words))

    async def run(self, words: str) -> bool:
        """Halt, cancel and look; True when two looks in a row found nothing, False when a person stopped it."""
        self._journal.halt_for(words)
        if self.is_running:
            self._is_stopped = False
            return False
        self.is_running, self._is_stopped, self.rounds = True, False, 0
        self._mistakes.clear()
        self._began_at, self.has_emptied = None, False
        self._notices.say(f"Kill switch: {words}. No order leaves, everything is being cancelled", Tone.BAD)
        self.changed()
        try:
            return await self._until_calm()
        finally:
            self.is_running = False
            self.changed()

    def stop(self) -> None:
        """A person stops the loop; the halt stays."""
        self._is_stopped = True
        self.words = "stopped by hand"
        self.changed()

    def resume(self, typed: str) -> bool:
        """Lift the halt when the word was typed and the loop has ended; whether it was."""
        if typed.strip().casefold() != TO_RESUME or self.is_running:
            return False
        self._journal.resume("a person typed the word")
        self._notices.say("The halt was lifted", Tone.WARNING)
        self.changed()
        return True

    async def _until_calm(self) -> bool:
        calm = 0
        while calm < CALM:
            if self._is_stopped:
                return False
            self.rounds += 1
            is_sure = await self._round()
            calm = calm + 1 if is_sure and not self.remaining else 0
            self.changed()
            if calm < CALM:
                await self._sleep(min(PAUSE * 2 ** min(self.rounds, 5), SLOWEST) if self._problems else PAUSE)
        self.has_emptied = True
        self.words = "nothing is left on the book"
        self._notices.say(f"Kill switch: {self.words} after {self.rounds} rounds", Tone.GOOD)
        return True

    async def _round(self) -> bool:
        """Cancel all, give the venue its moment, look at what is left. Whether what the look does not find is gone, however the
        cancelling went.
        """
        self._problems = []
        await self._cancel_everything()
        await self._sleep(PAUSE)
        is_sure = await self._try(self._look)
        said = f": {self._problems[-1]}" if self._problems else ""
        self.words = f"round {self.rounds}, {len(self.remaining)} left{said}"
        return is_sure

    async def _look(self) -> None:
        """UnreadableError while the record may lack something that stood on the book when the loop began."""
        doubt = self._doubt(await self._reconciliation.read())
        if doubt:
            raise UnreadableError(doubt)

    def _doubt(self, sight: Sight) -> str:
        """The venue's own cancel-all reaches what its record lags behind with; where there is none only the record tells of it."""
        self._began_at = self._began_at or sight.read_at
        if Offer.CANCEL_ALL not in self._venue.offers:
            return sight.doubt(self._began_at)
        return "" if sight.is_whole else UNREAD

    async def _try(self, act: Callable[[], Awaitable[None]]) -> bool:
        try:
            await act()
        except VenueError as problem:
            self._problems.append(str(problem))
            return False
        except Exception as problem:  # noqa: BLE001  # whatever is wrong in this program, what stands on the book must be taken off
            self._own_mistake(problem)
            return False
        return True

    def _own_mistake(self, problem: Exception) -> None:
        """The loop goes on; a person and the log learn of it, once for each kind."""
        words = f"a mistake of this program ({problem!r})"
        if words not in self._mistakes:
            self._mistakes.add(words)
            log.error("the kill switch goes on after a mistake", exc_info=problem)
            self._notices.say(f"Kill switch: {words}; it goes on", Tone.BAD)
        self._problems.append(words)

    async def _cancel_everything(self) -> None:
        """The venue's own cancel-all; by their ids what that left, or everything where it does not work or there is none."""
        is_done = Offer.CANCEL_ALL in self._venue.offers and await self._try(self._cancel_all)
        if is_done and self.rounds == 1:
            return
        left = [order for order in self._blotter.live() if order.is_cancellable]
        for first in range(0, len(left), BATCH):
            await self._try(partial(self._cancel_batch, left[first : first + BATCH]))

    async def _cancel_all(self) -> None:
        try:
            await self._venue.cancel_all()
        except RefusedError as problem:
            if problem.code not in _NOTHING_TO_CANCEL:
                raise

    async def _cancel_batch(self, orders: Sequence[Order]) -> None:
        """One by one what is refused together: perhaps for one of them only, or there is no such call."""
        try:
            await self._cancelled(orders, self._ask_many)
        except RefusedError:
            await asyncio.gather(*(self._try(partial(self._cancelled, [order], self._ask_one)) for order in orders))

    async def _ask_many(self, orders: Sequence[Order]) -> Sequence[OrderReport]:
        reports, _ = await self._venue.cancel_many([(order.venue_ref, order.venue_order_id) for order in orders])
        return reports

    async def _ask_one(self, orders: Sequence[Order]) -> Sequence[OrderReport]:
        (order,) = orders
        report = await self._venue.cancel(order.venue_ref, order.venue_order_id)
        return [report] if report else []

    async def _cancelled(self, orders: Sequence[Order], ask: Callable[[Sequence[Order]], Awaitable[Sequence[OrderReport]]]) -> None:
        """Ask for it and write down how it ended for each. VenueError passes through."""
        for order in orders:
            self._blotter.record(CancelSent(order.ref))
        try:
            self._blotter.apply_all(await ask(orders), "reply")
            self._end_cancels(orders, Cancel.NONE, "answered")
        except VenueError as problem:
            is_certain = isinstance(problem, RefusedError | NotSentError)
            self._end_cancels(orders, Cancel.NONE if is_certain else Cancel.UNKNOWN, str(problem))
            raise
        finally:
            self._end_cancels(orders, Cancel.UNKNOWN, "the program stopped waiting")

    def _end_cancels(self, orders: Sequence[Order], cancel: Cancel, words: str) -> None:
        for order in orders:
            if self._blotter.orders[order.ref].cancelling:
                self._blotter.record(CancelEnded(order.ref, cancel, words))

    def _is_gone(self, order: Order) -> bool:
        return order.state is OrderState.UNKNOWN or order.ref in self._reconciliation.not_shown

    def _is_young(self, order: Order) -> bool:
        return self._now() - order.asked_at < OLD
