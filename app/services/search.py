"""Finding out what became of orders whose answer was lost: asked for at the venue, by our reference, until somebody knows.

An unknown order never turns into a refused one by waiting. It leaves that state by evidence only (a push, a row of the venue's history, the
venue's own record), or by a person who decides to treat it as not placed after the venue was asked in vain often enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from app.domain.errors import RefusedError, VenueError
from app.domain.order import ENOUGH, Cancel, History, HistoryQuery, Order, OrderState
from app.domain.record import CancelEnded, Looked
from app.services.blotter import Blotter
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal, TradingVenue

WAITS = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0)  # seconds after the sending at which the venue is asked
THEN = 60.0  # and seconds between two askings after those
BEFORE = timedelta(seconds=60)  # how long before the sending its history is read from: clocks differ
LATE = timedelta(seconds=60)  # a not-found counts only in an answer that had kept up to this long after the sending
LONGEST = timedelta(days=7) - 2 * BEFORE  # how much of history is read: an order is created when it is sent


class Look(msgspec.Struct):
    """What was tried for one order. `next_at` is monotonic, `last_at` the time of day."""

    since: float
    tries: int = 0
    next_at: float = 0.0
    last_at: datetime | None = None
    words: str = "not looked up yet"


class Search:
    """`looks` holds, by reference, what was tried for each order whose sending or cancelling ended unclear."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, notices: Notices, *, clock: Monotonic, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._notices = notices
        self._clock = clock
        self._now = now
        self._looking = asyncio.Lock()
        self.looks: dict[str, Look] = {}
        self.changed = Signal()
        blotter.unclear_changed.connect(self.track)

    def track(self) -> None:
        """Take up orders that became unclear, and drop those that are clear now."""
        unclear = {order.ref: order for order in self._blotter.unclear()}
        for ref in self.looks.keys() - unclear.keys():
            del self.looks[ref]
            order = self._blotter.orders[ref]
            if not order.venue_order_id:
                continue  # it is being sent again, or a person has decided
            self._notices.say(f"{order.draft.selection_name or ref}: found out, it is {order.state}", Tone.GOOD)
        for ref in unclear.keys() - self.looks.keys():
            self.looks[ref] = Look(since=self._clock(), next_at=self._clock() + WAITS[0])
        self.changed()

    @property
    def is_due(self) -> bool:
        """Whether an order wants looking up now, and nobody does."""
        return not self._looking.locked() and any(look.next_at <= self._clock() for look in self.looks.values())

    async def look_at_due(self) -> None:
        await self.look([ref for ref, look in self.looks.items() if look.next_at <= self._clock()])

    async def look(self, refs: Iterable[str]) -> bool:
        """Ask the venue for these orders now; whether it answered for all of them. Those it did not are asked for again."""
        async with self._looking:
            answered = [await self._look_once(self._blotter.orders[ref], self.looks[ref]) for ref in refs if ref in self.looks]
        self.changed()
        return all(answered)

    async def _look_once(self, order: Order, look: Look) -> bool:
        look.tries += 1
        is_answered = True
        try:
            if order.state is OrderState.UNKNOWN:
                await self._look_for_order(order, look)
            else:
                await self._look_for_cancel(order, look)
        except VenueError as problem:
            look.words = f"could not be looked up: {problem}"
            is_answered = False
        look.last_at = self._now()
        wait = WAITS[look.tries] - WAITS[look.tries - 1] if look.tries < len(WAITS) else THEN
        look.next_at = self._clock() + wait
        return is_answered

    async def _look_for_order(self, order: Order, look: Look) -> None:
        asked_at = self._now()
        read = await self._history_around(order)
        # What was over before this start is in the journal, and not looked for: met here it would pass for somebody else's.
        self._blotter.apply_all(report for report in read.reports if self._blotter.knows(report) or not report.is_over)
        is_found = bool(self._blotter.orders[order.ref].venue_order_id)
        kept_up = read.synced_at or asked_at
        is_still_unknown = self._blotter.orders[order.ref].state is OrderState.UNKNOWN  # it may be on its way again
        is_counted = is_still_unknown and read.is_whole and kept_up > order.asked_at + LATE
        look.words = _words(order.not_seen + is_counted, is_found=is_found, is_counted=is_counted)
        self._blotter.record(Looked(order.ref, is_found, is_counted, look.words))

    async def _history_around(self, order: Order) -> History:
        start = order.placed_at - BEFORE
        return await self._venue.history(HistoryQuery(start, min(self._now() + BEFORE, start + LONGEST)))

    async def _look_for_cancel(self, order: Order, look: Look) -> None:
        """The venue's record of the order says whether the cancel went through: if it still stands there, it did not."""
        try:
            report = await self._venue.order(order.venue_order_id)
        except RefusedError as problem:
            look.words = f"the venue does not show it: {problem}"
            return
        known = self._blotter.apply(report, "order")
        if known.cancel is Cancel.UNKNOWN:
            self._blotter.record(CancelEnded(order.ref, Cancel.NONE, "it still stands on the book"))


def _words(not_seen: int, *, is_found: bool, is_counted: bool) -> str:
    if is_found:
        return "found"
    if not_seen >= ENOUGH:
        return f"not seen at the venue ({not_seen} times)"
    if is_counted:
        return f"not there yet ({not_seen} of {ENOUGH})"
    return "not there, but the venue's record does not reach that far yet"
