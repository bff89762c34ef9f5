"""The watchdogs: what must be noticed although nobody says it. Turned once a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from decimal import Decimal

from app.domain.errors import VenueError
from app.domain.events import Channel
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.risk import Silence
from app.services.blotter import Blotter
from app.services.controls import Controls
from app.services.kill import KillSwitch
from app.services.notices import Notices, Tone
from app.services.ports import Journal, Monotonic, Now, Signal, TradingVenue
from app.services.reconcile import EVERY, Reconciliation
from app.services.search import Search
from app.services.tasks import Tasks
from app.services.trading import Trading

ACTIVATION = 10.0  # seconds after which an order that is still inactive is asked for (contract 5.1, vendor's FAQ)
BEAT = 1.0  # seconds
AGAIN = 10.0  # seconds after which what silence asks for is done again while it lasts: the network may be what is silent


class Watch:
    """Unknown orders, slow activations, a silent private channel, too much matched at once, and news from a second program.

    `alarm` is what the window must show in red until it is over; `changed` is called when it changes.
    """

    def __init__(
        self,
        venue: TradingVenue,
        journal: Journal,
        blotter: Blotter,
        controls: Controls,
        search: Search,
        reconciliation: Reconciliation,
        trading: Trading,
        kill: KillSwitch,
        notices: Notices,
        tasks: Tasks,
        *,
        age: Callable[[Channel], float | None],
        reconnect: Callable[[], None],
        clock: Monotonic,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._blotter = blotter
        self._controls = controls
        self._search = search
        self._reconciliation = reconciliation
        self._trading = trading
        self._kill = kill
        self._notices = notices
        self._tasks = tasks
        self._age = age
        self._reconnect = reconnect
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._matched: deque[tuple[float, Decimal]] = deque()
        self._silent_since: float | None = None
        self._acted_at: float | None = None
        self._started_at = clock()
        self._reconciled_at = clock()
        self._is_reconciling = False
        self._is_looking = False
        self.alarm = ""
        self.beats: list[Callable[[], None]] = []  # what else looks once a second
        self.changed = Signal()
        blotter.filled.append(self._on_fill)
        blotter.alarmed.append(self._on_alarm)

    async def run(self) -> None:
        while True:
            await self._sleep(BEAT)
            if not self._is_looking:  # a disk that hangs must not stop the watchdogs
                self._tasks.start(self._look())
            self.turn()

    async def _look(self) -> None:
        self._is_looking = True
        try:
            await self._journal.look()
        finally:
            self._is_looking = False

    def turn(self) -> None:
        """One beat of all watchdogs."""
        if self._search.is_due:
            self._tasks.start(self._search.look_at_due())
        self._watch_activation()
        self._watch_silence()
        if self._controls.is_reconciled and self._clock() - self._reconciled_at >= EVERY:
            self.reconcile()
        for beat in self.beats:
            beat()

    def reconcile(self) -> None:
        """Start a reconciliation unless one runs."""
        self._reconciled_at = self._clock()
        if not self._is_reconciling:
            self._tasks.start(self._reconcile())

    async def _reconcile(self) -> None:
        self._is_reconciling = True
        try:
            await self._reconciliation.run()
        except VenueError as problem:
            self._notices.say(f"Comparing orders with the venue: {problem}", Tone.WARNING)
        finally:
            self._is_reconciling = False

    # An order that the venue has, but does not open

    def _watch_activation(self) -> None:
        accepted = self._blotter.accepted()
        late = [order for order in accepted if self._is_late(order)]
        is_first = any(order.ref not in self._asked for order in late)
        self._asked = {order.ref: self._asked[order.ref] for order in accepted if order.ref in self._asked}
        for order in late:
            self._asked[order.ref] = self._clock()
            self._tasks.start(self._ask(order))
        if is_first:  # a stream that lost one message may have lost more; an order that stays so is only asked for
            words = f"{len(late)} accepted but not active after {ACTIVATION:g} s: asked for, and the stream is connected anew"
            self._notices.say(words, Tone.BAD)
            self._reconnect()

    def _is_late(self, order: Order) -> bool:
        waited = (self._now() - order.asked_at).total_seconds()
        return waited >= ACTIVATION and self._clock() - self._asked.get(order.ref, -ACTIVATION) >= ACTIVATION

    async def _ask(self, order: Order) -> None:
        try:
            self._blotter.apply(await self._venue.order(order.venue_order_id), "order")
        except VenueError as problem:
            self._notices.say(f"{order.draft.selection_name or order.ref} cannot be read: {problem}", Tone.WARNING)

    # A private channel that says nothing while money is on the book

    def _watch_silence(self) -> None:
        limits = self._controls.limits
        is_silent = self._silent_for() > limits.silence_seconds
        if not is_silent or not self._blotter.live_count:
            self._set_alarm("")
            self._silent_since, self._acted_at = None, None
            return
        if self._silent_since is None:
            self._silent_since = self._clock()
            self._notices.say(f"Nothing was heard about orders for {limits.silence_seconds} s while orders are open", Tone.BAD)
        self._act_on_silence(limits.silence, self._clock() - self._silent_since, limits.silence_wait)

    def _silent_for(self) -> float:
        """Seconds since something was heard about orders; before the first word, since this program began to listen."""
        age = self._age(Channel.ORDERS)
        return age if age is not None else self._clock() - self._started_at

    def _act_on_silence(self, action: Silence, silent: float, wait: int) -> None:
        left = wait - silent
        todo = "" if action is Silence.ALARM else f" Now: {action}." if left <= 0 else f" In {max(left, 0):.0f} s: {action}."
        count = self._blotter.live_count
        self._set_alarm(f"Nothing has been heard about orders for {self._silent_for():.0f} s while {count} are open.{todo}")
        has_just_acted = self._acted_at is not None and self._clock() - self._acted_at < AGAIN
        if action is Silence.ALARM or left > 0 or has_just_acted:
            return
        self._acted_at = self._clock()
        if action is Silence.HALT:
            if not self._kill.is_running:
                self._kill.pull("the private channel was silent")
        else:
            self._tasks.start(self._trading.cancel_all())

    def _set_alarm(self, words: str) -> None:
        if words != self.alarm:
            self.alarm = words
            self.changed()

    # Too much at once, and what cannot be

    def _on_fill(self, _order: Order, stake: Decimal) -> None:
        limits = self._controls.limits
        now = self._clock()
        self._matched.append((now, stake))
        while self._matched[0][0] < now - limits.burst_seconds:
            self._matched.popleft()
        matched = sum((amount for _, amount in self._matched), ZERO)
        if matched > limits.burst_matched and not self._kill.is_running:
            self._matched.clear()
            self._kill.pull(f"{matched:,.2f} matched within {limits.burst_seconds} s, above {limits.burst_matched:,.2f}")

    def _on_alarm(self, order: Order, words: str) -> None:
        self._notices.say(f"{order.draft.selection_name or order.ref}: {words}", Tone.BAD)
        if order.is_overfilled:
            self._controls.halt_market(order.draft.market, "More matched here than was asked for: this market is halted")
