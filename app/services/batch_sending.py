"""Places the rows of a batch: as many at once as the venue and the rates allow, and then it waits, however long that takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import takewhile
from typing import Final

import msgspec

from app.domain.errors import DeniedError
from app.domain.order import Order, OrderDraft
from app.services.batch_judge import PASSING
from app.services.controls import Controls
from app.services.trading import BATCH, Trading

LOOK: Final = 0.25  # seconds between two looks while it waits
SHORTEST: Final = 0.01  # seconds
STOPPING: Final = frozenset(
    {"HALTED", "DESK_LOCKED", "OFF", "JOURNAL_DOWN", "RECONCILING", "ENVIRONMENT", "DAY_LOSS"},
)
"""Rules that speak of the account and not of an order: the rest of the batch is not tried."""


class Going(msgspec.Struct, frozen=True):
    """A row that is sent, and the very order that was confirmed; `confirmed` are the rules that a person insists against for it."""

    row_id: int
    draft: OrderDraft
    confirmed: frozenset[str] = frozenset()


class Sending:
    """`sent` hears each row's order, `denied` each row that a rule stopped and why, `lost` each of which it is not known what became;
    `moved` that anything has changed.

    `left` rows are not sent yet; `resumes_in` are the seconds until the next ones may leave, 0 while none is waited for. `words` say how
    it ended.
    """

    def __init__(
        self,
        trading: Trading,
        controls: Controls,
        sleep: Callable[[float], Awaitable[None]],
        *,
        sent: Callable[[int, Order], None],
        denied: Callable[[int, str], None],
        lost: Callable[[int], None],
        moved: Callable[[], None],
    ) -> None:
        self._trading = trading
        self._controls = controls
        self._sleep = sleep
        self._sent = sent
        self._denied = denied
        self._lost = lost
        self._moved = moved
        self.is_running = False
        self.is_stopping = False
        self.total = 0
        self.on_their_way: frozenset[int] = frozenset()
        self._waiting: list[Going] = []
        self.resumes_in = 0.0
        self.words = ""

    @property
    def left(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> frozenset[int]:
        """The rows whose turn has not come."""
        return frozenset(one.row_id for one in self._waiting)

    def stop(self) -> None:
        """Send no more of it; what is on its way goes on."""
        if self.is_running and not self.is_stopping:
            self.is_stopping = True
            self._moved()

    async def run(self, going: Sequence[Going]) -> None:
        """Place all of these; a second call while it runs does nothing."""
        if self.is_running:
            return
        self.is_running, self.is_stopping = True, False
        self._waiting, self.total, self.words = list(going), len(going), ""
        placed = 0
        try:
            while self._waiting and not self.is_stopping:
                size = min(BATCH, self._alike(), self._controls.most_at_once)
                if await self._has_room(size):
                    placed += await self._send(size)
        finally:
            self.words = self._summary(placed)
            self.is_running = self.is_stopping = False
            self._waiting, self.on_their_way, self.resumes_in = [], frozenset(), 0.0
            self._moved()

    def _alike(self) -> int:
        """How many of the next rows are insisted on in the same way: one request has one way."""
        return len(list(takewhile(lambda one: one.confirmed == self._waiting[0].confirmed, self._waiting)))

    async def _has_room(self, size: int) -> bool:
        """Wait until so many may leave; False where nothing more is to be sent."""
        while not self.is_stopping:
            barrier = self._controls.objection(self._waiting[0].draft)
            if barrier is not None and barrier.code in STOPPING:
                self._end(barrier.words)
                return False
            self.resumes_in = max(self._controls.wait_for(size), LOOK if self._controls.requests_left <= 0 else 0.0)
            if self.resumes_in <= 0:
                return True
            self._moved()
            await self._sleep(max(min(self.resumes_in, LOOK), SHORTEST))
        return False

    async def _send(self, size: int) -> int:
        """Place the next ones in one request; how many became orders. What only came too early waits again."""
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        confirmed = batch[0].confirmed | {"LEAP"}  # asked before the first of them left: they are not compared with each other
        batch = [one for one in batch if not self._has_changed(one)]
        self.on_their_way, self.resumes_in = frozenset(one.row_id for one in batch), 0.0
        self._moved()
        results = await self._place(batch, confirmed)
        again: list[Going] = []
        for one, result in zip(batch, results, strict=True):
            if isinstance(result, Order):
                self._sent(one.row_id, result)
            elif result.code in PASSING | STOPPING:
                again.append(one)
            else:
                self._denied(one.row_id, str(result))
        self._waiting = [*again, *self._waiting]
        self.on_their_way = frozenset()
        if barrier := next((result for result in results if isinstance(result, DeniedError) and result.code in STOPPING), None):
            self._end(str(barrier))
        self._moved()
        return sum(isinstance(result, Order) for result in results)

    async def _place(self, batch: Sequence[Going], confirmed: frozenset[str]) -> list[Order | DeniedError]:
        try:
            return await self._trading.place_many([one.draft for one in batch], confirmed, by="Batch")
        except BaseException:  # given up in the middle, or a mistake of our own: their orders are unknown, and none is sent again
            for one in batch:
                self._lost(one.row_id)
            raise

    def _has_changed(self, one: Going) -> bool:
        """Whether a selection is called otherwise than when a person confirmed it; a batch may wait for minutes."""
        market = self._controls.market(one.draft)
        names = [each.name for each in market.selections if each.id == one.draft.selection_id] if market else []
        if not names or names[0] == one.draft.selection_name:
            return False  # what is not listed any more is told by the rules
        self._denied(one.row_id, f"This {self._controls.labels.selection_low} is {names[0] or 'nameless'} now")
        return True

    def _end(self, words: str) -> None:
        self.words, self.is_stopping = words, True

    def _summary(self, placed: int) -> str:
        why = f": {self.words}" if self.words else ""
        if placed == self.total:
            return f"All {self.total:,} rows were sent" if self.total > 1 else "The row was sent"
        if self.left:
            return f"Stopped after {placed:,} of {self.total:,} rows{why}. The others are still to be sent"
        return f"{placed:,} of {self.total:,} rows were sent; the others were not, each row says why"
