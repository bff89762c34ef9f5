"""Bringing what we believe of orders in line with what the venue says: at the start, after each outage, and every few minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.errors import RefusedError
from app.domain.order import Order, OrderState
from app.services.account import midnight
from app.services.blotter import Blotter
from app.services.controls import Controls
from app.services.notices import Notices, Tone
from app.services.ports import Now, Signal, TradingVenue
from app.services.search import Search

EVERY = 180.0  # seconds between two reconciliations while nothing else calls for one
OVERLAP = timedelta(seconds=600)  # what was read before is read again so far back: the venue's record may lag
LONGEST_UPDATED = timedelta(days=2) - timedelta(seconds=60)  # contract 5.4
LONGEST_CREATED = timedelta(days=7) - timedelta(seconds=60)
DETAILS = 100  # order ids a request


class Reconciliation:
    """`is_done` once every open or unknown order has been looked up since the start; orders wait for that."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, search: Search, controls: Controls, notices: Notices, *, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._search = search
        self._controls = controls
        self._notices = notices
        self._now = now
        self._read_up_to: datetime | None = None
        self.done_at: datetime | None = None
        self.changed = Signal()

    async def run(self) -> None:
        """Read what changed, then every live order that was not told of, then look for the unknown ones. VenueError passes through."""
        now = self._now()
        told = await self._read_updated(now) | await self._read_open(now)
        for order in self._blotter.live():
            if order.venue_order_id and order.ref not in told:
                await self._read(order)
        await self._search.look([order.ref for order in self._blotter.unclear()])
        await self.learn_matches()
        self._read_up_to = now
        self.done_at = self._now()
        if not self._controls.is_reconciled:
            self._controls.is_reconciled = True
            self._controls.changed()
        self.changed()

    async def learn_matches(self) -> None:
        """Ask what orders were matched at, where no push told it: realised money rests on it."""
        ids = self._blotter.without_matches()
        for first in range(0, len(ids), DETAILS):
            self._blotter.learn_matches(await self._venue.matches(ids[first : first + DETAILS]))

    async def _read_updated(self, now: datetime) -> set[str]:
        """What was touched since the last reading; at the start since midnight, so that today's figures are whole."""
        since = min(midnight(now), now - OVERLAP) if self._read_up_to is None else self._read_up_to - OVERLAP
        since = max(since, now - LONGEST_UPDATED)
        return await self._apply({"updated_at_from": int(since.timestamp())})

    async def _read_open(self, now: datetime) -> set[str]:
        """What stands on the book, from wherever it was placed."""
        return await self._apply({"from": int((now - LONGEST_CREATED).timestamp()), "status": "open"})

    async def _apply(self, bounds: dict[str, int | str]) -> set[str]:
        read = await self._venue.history(bounds)
        return {self._blotter.apply(report, "history").ref for report in read.reports}

    async def _read(self, order: Order) -> None:
        try:
            self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
        except RefusedError as problem:
            words = f"{order.draft.selection_name or order.ref} is {order.state} here, but the venue does not show it: {problem}"
            self._notices.say(words, Tone.BAD)

    def restore(self, orders: list[Order]) -> None:
        """Take up what the journal held at the start."""
        for order in orders:
            self._blotter.add(order)

    @property
    def waiting(self) -> int:
        """Orders whose fate the start still has to learn."""
        return sum(order.state in {OrderState.UNKNOWN, OrderState.SENDING} for order in self._blotter.live())
