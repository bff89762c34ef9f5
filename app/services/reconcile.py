"""Bringing what we believe of orders in line with what the venue says: at the start, after each outage, and every few minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.errors import RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.offer import Offer
from app.domain.order import Cancel, History, HistoryQuery, Order, OrderState, Outcome
from app.domain.record import CancelEnded, Ended, step
from app.services.account import midnight
from app.services.blotter import Blotter
from app.services.controls import Controls
from app.services.ports import Now, Signal, TradingVenue
from app.services.search import Search
from app.services.sight import REACH, UNREAD, Sight, sight_of

NOT_FOUND = 404
EVERY = 180.0  # seconds between two reconciliations while nothing else calls for one
OVERLAP = timedelta(seconds=600)  # what was read before is read again so far back: the venue's record may lag
LONGEST_UPDATED = timedelta(days=2) - timedelta(seconds=120)  # what a venue tells in one answer, with room for the way there
LONGEST_CREATED = timedelta(days=7) - timedelta(seconds=120)
DETAILS = 100  # order ids a request


def remembered_since(now: datetime) -> datetime:
    """From when on a start takes orders out of the journal: today's for its figures, and all that the venue may speak of again.

    What was ours and over, and is not remembered, would pass for somebody else's when the venue's record names it.
    """
    return min(midnight(now), now - LONGEST_UPDATED - OVERLAP)


class Reconciliation:
    """`done_at` is the moment that its last whole run speaks of, when that began; orders wait for the first.

    `not_shown` holds live orders that the venue says it does not have. `is_blind`: nothing is known from before (the journal is new or was
    rebuilt), so the first reading goes back as far as the venue's record may be asked.
    """

    def __init__(self, venue: TradingVenue, blotter: Blotter, search: Search, controls: Controls, *, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._search = search
        self._controls = controls
        self._now = now
        self._read_up_to: datetime | None = None
        self.done_at: datetime | None = None
        self.not_shown: set[str] = set()
        self.is_blind = False
        self.unlearned = ""
        self.changed = Signal()

    async def run(self) -> None:
        """Learn how every order stands, and what those that matched were matched at. VenueError passes through.

        A venue that will not tell the latter leaves `unlearned`: how the orders stand is known all the same.
        """
        await self.read()
        try:
            await self.learn_matches()
        except RefusedError as problem:
            self.unlearned = str(problem)
        else:
            self.unlearned = ""

    async def read(self) -> Sight:
        """Read what changed, then every live order that was not told of, then look for the unknown ones. VenueError passes through.

        Returns how far the reading of what stands on the book can be relied on. At the start it has to be whole.
        """
        now, told = self._now(), set[str]()
        changed = await self._read_updated(now, told)
        standing = await self._read_open(now, told)
        if self.is_blind:
            self.is_blind = not (await self._apply(HistoryQuery(now - LONGEST_CREATED), told)).is_whole
        self.not_shown -= told
        doubtful = self._blotter.unsettled() if self._has_gap(now) else self._blotter.live()
        answered = [await self._read(order) for order in doubtful if order.venue_order_id and order.ref not in told]
        is_answered = await self._search.look([order.ref for order in self._blotter.unclear()])
        self._end(now, is_answered and all(answered), changed, standing)
        return sight_of(standing, now)

    def _end(self, now: datetime, is_answered: bool, changed: History, standing: History) -> None:
        if not self._controls.is_reconciled and not is_answered:
            raise UnknownError("An open or unknown order could not be looked up at the venue")
        if not self._controls.is_reconciled and not standing.is_whole:
            raise UnreadableError(f"Orders wait: {UNREAD}")
        if changed.is_whole:
            self._read_up_to = now
        self.done_at = now  # and not the end: a computer may sleep for days in the middle of a reading
        if not self._controls.is_reconciled:
            self._controls.is_reconciled = True
            self._controls.changed()
        self.changed()

    async def learn_matches(self) -> None:
        """Ask what orders were matched at, where no push told it and the venue has a list of it: realised money rests on it."""
        if Offer.MATCHES not in self._venue.offers:
            return
        ids = self._blotter.without_matches()
        for first in range(0, len(ids), DETAILS):
            self._blotter.learn_matches(await self._venue.matches(ids[first : first + DETAILS]))

    def _has_gap(self, now: datetime) -> bool:
        """Whether something may have settled at a time that no reading of what was updated reaches back to."""
        return self._read_up_to is None or now - self._read_up_to > LONGEST_UPDATED - OVERLAP

    async def _read_updated(self, now: datetime, told: set[str]) -> History:
        """What was touched since the last reading; at the start as far back as may be asked."""
        earliest = now - LONGEST_UPDATED
        since = earliest if self._read_up_to is None else max(self._read_up_to - OVERLAP, earliest)
        return await self._apply(HistoryQuery(since, is_touched=True), told)

    async def _read_open(self, now: datetime, told: set[str]) -> History:
        """What stands on the book, from wherever it was placed; what stood there at the last reading is known."""
        earliest = now - REACH if self._read_up_to is None else min(self._read_up_to - OVERLAP, now - LONGEST_CREATED)
        return await self._apply(HistoryQuery(earliest, status="open"), told)

    async def _apply(self, query: HistoryQuery, told: set[str]) -> History:
        """Take in what the record says, and note which orders it told of."""
        read = await self._venue.history(query)
        told.update(self._blotter.apply(report, "history").ref for report in read.reports)
        return read

    async def _read(self, order: Order) -> bool:
        """Read one order; whether the venue answered. One that it does not show, or shows unreadably, does not keep the others waiting."""
        try:
            self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
        except (RefusedError, UnreadableError) as problem:
            self._miss(order, problem)
        except VenueError:
            return False
        else:
            self.not_shown.discard(order.ref)
        return True

    def _miss(self, order: Order, problem: RefusedError | UnreadableError) -> None:
        """We hold it for live, and the venue does not show it. It goes on counting; a person must see it."""
        if isinstance(problem, RefusedError) and problem.status == NOT_FOUND:
            self.not_shown.add(order.ref)
        if not order.alarm:
            self._blotter.alarm(order, f"it is {order.state} here, but the venue does not show it: {problem}")

    def restore(self, orders: Iterable[Order], *, is_guest: bool = False) -> None:
        """Take up what the journal held. What was under way when the program ended is unclear now.

        Where the journal opened late the venue may have spoken already: its word stays. A guest shares the journal with the program whose
        orders these are, and writes no guesses about them into it.
        """
        for order in orders:
            self._blotter.restore(order)
            for entry in _loose_ends(self._blotter.orders.get(order.ref, order)):
                if is_guest:
                    self._blotter.add(step(self._blotter.orders[order.ref], entry, self._now()))
                else:
                    self._blotter.record(entry)


def _loose_ends(order: Order) -> list[Ended | CancelEnded]:
    """What a program that ended in the middle left unclear."""
    words = "the program ended before the answer came"
    ends: list[Ended | CancelEnded] = []
    if order.state is OrderState.SENDING:
        ends.append(Ended(order.ref, Outcome.UNKNOWN, words))
    if order.cancel is Cancel.SENT:
        ends.append(CancelEnded(order.ref, Cancel.UNKNOWN, words))
    return ends
