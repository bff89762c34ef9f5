"""The batch ticket: rows of orders, what each comes to now, and what became of those that were sent. It lives as long as the account."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Final

import msgspec

from app.domain.batch import FIELDS, MOST_ROWS, BatchRow, read_rows, spread
from app.domain.events import Topic
from app.domain.order import UNSENT_STATES, Order, OrderState
from app.domain.table_text import TableError
from app.services.batch_judge import Judge, Judged, Twin, twin
from app.services.batch_sending import Going, Sending
from app.services.batch_totals import Totals, totalled
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.ports import Monotonic, Now, Signal, TradingVenue
from app.services.prices import Prices
from app.services.session import Session
from app.services.tasks import Tasks
from app.services.trading import Trading
from app.services.users import Users

APART: Final = 0.25  # seconds between two judgements of all rows
SHARE: Final = 3  # times as long as a judgement took is nothing judged after it
WHO: Final = "batch"
LONGEST: Final = 200  # characters of a cell that is edited

_GONE = UNSENT_STATES | {OrderState.CANCELLED, OrderState.INVALID, OrderState.WIPED, OrderState.VOID}
_PROVEN = frozenset({OrderState.NOT_SENT, OrderState.DENIED, OrderState.REJECTED})


class Batch:
    """`rows` in their order; `judged` and `refs` by a row's id: what it comes to, and the reference of its order once there is one.

    `denials` say why a row was not sent when it was tried; of `lost` ones it is not known. `insisted` are by row the rules that a person
    overrules; any edit ends that. `changed` after any of this changed.
    """

    def __init__(
        self, venue: TradingVenue, session: Session, catalogue: Catalogue, prices: Prices, blotter: Blotter, controls: Controls,
        trading: Trading, users: Users, tasks: Tasks, *, clock: Monotonic, now: Now, sleep: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._session = session
        self._catalogue = catalogue
        self._blotter = blotter
        self._controls = controls
        self._trading = trading
        self._tasks = tasks
        self._clock = clock
        self._sleep = sleep
        self._judge = Judge(venue, catalogue, prices, controls, users, clock=clock, now=now, sleep=sleep)
        self._next_id = 1
        self._version = 0
        self._is_judging = False
        self._is_due = False
        self._is_moved = False
        self._asked: set[int] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.has_users = self._judge.has_users
        self.rows: list[BatchRow] = []
        self.judged: dict[int, Judged] = {}
        self.refs: dict[int, str] = {}
        self._replaced: set[int] = set()
        self.denials: dict[int, str] = {}
        self.lost: set[int] = set()
        self.insisted: dict[int, dict[str, str]] = {}
        self.totals = Totals()
        self.changed = Signal()
        self.sending = Sending(trading, controls, sleep, sent=self._sent, denied=self._denied, lost=self.lost.add, moved=self._moved)
        for signal in (
            catalogue.changed, catalogue.markets_changed, prices.changed, controls.changed, users.changed, session.changed,
        ):  # fmt: skip
            signal.connect(self.look)
        blotter.changed.connect(self._orders_moved)

    # Rows

    def add(self, source: bytes | str) -> str:
        """Put the rows of a table below those that are there; a sentence that says how many, or why none."""
        try:
            rows = read_rows(source, self._next_id, has_users=self.has_users, labels=self._controls.labels)
        except TableError as problem:
            return f"Nothing was added: {problem}"
        if len(self.rows) + len(rows) > MOST_ROWS:
            return f"Nothing was added: {len(self.rows) + len(rows):,} rows would stand here, and at most {MOST_ROWS:,} may"
        self._next_id += len(rows)
        self._replace([*self.rows, *rows])
        return "1 row was added" if len(rows) == 1 else f"{len(rows):,} rows were added"

    def add_empty(self) -> int:
        """One row to be typed; its id, or 0 where there is no room."""
        if len(self.rows) >= MOST_ROWS:
            return 0
        row = BatchRow(self._next_id)
        self._next_id += 1
        self._replace([*self.rows, row])
        return row.id

    def edit(self, row_id: int, field: str, text: str) -> bool:
        """Put another text into a cell; False for a row that is sent, or a text that is too long."""
        row = next((row for row in self.rows if row.id == row_id), None)
        if row is None or field not in FIELDS or len(text) > LONGEST or not self.may_edit(row_id):
            return False
        edited = msgspec.structs.replace(row, **{field: " ".join(text.split())})
        if edited != row:
            self._replace([edited if one.id == row_id else one for one in self.rows])
        return True

    def may_edit(self, row_id: int) -> bool:
        return row_id not in self._settled() | self._busy()

    def remove(self, row_ids: Collection[int]) -> None:
        """Take rows away; those that are being sent stay. An order that was sent stays in the blotter."""
        busy = self._busy()
        self._replace([row for row in self.rows if row.id not in row_ids or row.id in busy])

    def _busy(self) -> frozenset[int]:
        return self.sending.waiting | self.sending.on_their_way

    def _settled(self) -> set[int]:
        """Rows that are not sent any more."""
        return self.refs.keys() | self.lost

    def clear(self) -> None:
        self.remove({row.id for row in self.rows})

    def clear_sent(self) -> None:
        """Take away the rows that were sent, but for those that may go again: the venue has no order of them."""
        self.remove({row_id for row_id in self._settled() if not self.may_go_again(row_id)})

    def spread(self, row_id: int, count: int) -> str:
        """One row as several on neighbouring prices, its stake in equal parts; a sentence."""
        ladder = self._controls.ladder
        row = next((row for row in self.rows if row.id == row_id), None)
        if row is None or not self.may_edit(row_id):
            return "A row that was sent is not spread"
        if ladder is None:
            return "The venue's price ladder has not been read yet"
        if len(self.rows) + count - 1 > MOST_ROWS:
            return f"There is no room for {count} rows: at most {MOST_ROWS:,} stand here"
        try:
            parts = spread(row, ladder, count, self._next_id, self._controls.labels)
        except ValueError as problem:
            return str(problem)
        self._next_id += count
        place = self.rows.index(row)
        self._replace([*self.rows[:place], *parts, *self.rows[place + 1 :]])
        return f"The row is {count} rows now, from {parts[0].odds} to {parts[-1].odds}"

    def put_back(self, row_ids: Iterable[int]) -> int:
        """Rows of which it is certain that the venue has no order become rows to be sent again; how many."""
        back = [row_id for row_id in row_ids if self.may_go_again(row_id)]
        for row_id in back:
            del self.refs[row_id]
        if back:
            self._replace(self.rows)
        return len(back)

    def may_go_again(self, row_id: int) -> bool:
        order = self.order(row_id)
        return order is not None and order.state in _PROVEN and not order.is_doubtful and row_id not in self._replaced

    def order(self, row_id: int) -> Order | None:
        """What became of a row; None while it is not sent."""
        return self._blotter.orders.get(self.refs.get(row_id, ""))

    def read_markets(self) -> int:
        """Have the markets read of all events that rows name and that were never read; of how many."""
        unread = {event_id for one in self.judged.values() for event_id in one.unread}
        self._asked |= unread
        self._want()
        return len(unread)

    def _replace(self, rows: list[BatchRow]) -> None:
        self.rows = rows
        self._version += 1
        kept = {row.id for row in rows}
        for gone in (self.judged.keys() | self.refs.keys() | self.denials.keys()) - kept:
            self.judged.pop(gone, None)
            self.refs.pop(gone, None)
            self.denials.pop(gone, None)
        self.lost &= kept
        self._replaced &= kept
        for row in rows:
            if row.id in self.judged and self.judged[row.id].row != row:
                self.judged[row.id] = Judged(row)
                self.denials.pop(row.id, None)
        self.insisted = {}
        self.totals = self._totalled()
        self.changed()
        self.look()

    # Judging

    def look(self) -> None:
        """Something moved: judge the rows that are not sent, at most four times a second."""
        if not self.rows:
            self._want()
            return
        self._is_due = True
        if not self._is_judging:
            self._is_judging = True
            self._tasks.start(self._judge_all())

    def _orders_moved(self) -> None:
        self._is_moved = bool(self.refs)
        self.look()

    def insist(self, *, is_on: bool) -> None:
        """Overrule what may be overruled, as it is said now."""
        if not is_on:
            self.insisted = {}
        for row_id, one in self.judged.items() if is_on else ():
            if one.may_confirm:
                self.insisted = {**self.insisted, row_id: {**self.insisted.get(row_id, {}), one.code: one.objection}}
        self.look()

    async def _judge_all(self) -> None:
        try:
            while self._is_due and self.rows:
                self._is_due = False
                began = self._clock()
                await self._judge_once()
                await self._sleep(max(APART, SHARE * (self._clock() - began)))
        finally:
            self._is_judging = False

    async def _judge_once(self) -> None:
        version, insisted = self._version, self.insisted
        busy = self._busy() | self._settled()
        rows = [(number, row) for number, row in enumerate(self.rows, 1) if row.id not in busy]
        judged = await self._judge.judge(rows, insisted, self._taken())
        if version != self._version or insisted is not self.insisted:
            self._is_due = True  # what was judged is not what stands there
            return
        before, self.judged = self.judged, {**self.judged, **judged}
        is_moved, self._is_moved = self._is_moved, False
        self.totals = self._totalled()
        self._want()
        if is_moved or before != self.judged:
            self.changed()

    def _taken(self) -> dict[Twin, int]:
        """Rows of this batch whose orders stand: the same again is most likely a mistake."""
        found: dict[Twin, int] = {}
        busy = self._busy() | self.lost
        for number, row in enumerate(self.rows, 1):
            order = self.order(row.id)
            if order is not None and order.state not in _GONE:
                found.setdefault(twin(order.draft), number)
            elif order is None and row.id in busy:
                draft = self.judged[row.id].draft
                if draft is not None:
                    found.setdefault(twin(draft), number)
        return found

    def _want(self) -> None:
        """Books of events that rows are on are read and followed, or their prices could not be verified."""
        settled = self._settled()
        unsent = [one for row_id, one in self.judged.items() if row_id not in settled]
        keys = dict.fromkeys(one.place.key for one in unsent if one.place is not None)
        events = dict.fromkeys(key.event_id for key in keys)
        parts = [
            Topic(key.event_id, told.sub_type) for key in keys if (told := self._catalogue.market(key)) and told.is_prop and told.sub_type
        ]
        self._asked &= {event_id for one in unsent for event_id in one.unread}
        self._session.want(WHO, [*events, *sorted(self._asked)], parts)

    def _totalled(self) -> Totals:
        settled = self._settled()
        unsent = [one for row in self.rows if row.id not in settled and (one := self.judged.get(row.id)) is not None]
        return totalled(unsent, sent=len(self.refs))

    # Sending

    def going(self) -> tuple[Going, ...]:
        """Exactly what would be sent now."""
        if self.sending.is_running:
            return ()
        settled = self._settled()
        found = (self.judged.get(row.id) for row in self.rows if row.id not in settled)
        return tuple(Going(one.row.id, one.draft, one.confirmed) for one in found if one is not None and one.is_good and one.draft)

    async def send(self, going: Sequence[Going]) -> None:
        """Place these rows."""
        self._idle.clear()
        self.denials.clear()
        try:
            await self.sending.run(going)
        finally:
            self.insisted = {}
            self._idle.set()
            self.look()

    async def cancel_all(self) -> None:
        """Stop sending, and take off the book what rests of all orders of this batch."""
        self.sending.stop()
        await self._trading.cancel_many(list(self.refs.values()))
        if self.sending.is_running:
            await self._idle.wait()
            await self._trading.cancel_many(list(self.refs.values()))

    @property
    def cancellable(self) -> int:
        """How many orders of this batch rest on the book."""
        orders = filter(None, map(self.order, self.refs))
        return sum(order.is_cancellable and not order.cancelling for order in orders)

    def counts(self) -> Counter[OrderState]:
        """How the orders of this batch stand."""
        return Counter(order.state for order in map(self.order, self.refs) if order is not None)

    def _sent(self, row_id: int, order: Order) -> None:
        self.refs[row_id] = order.ref

    def follow(self, ref: str, new_ref: str) -> None:
        """A guard put another order in the place of one of these: it is the row's now, and the row is never sent again."""
        moved = [row_id for row_id, known in self.refs.items() if known == ref]
        self._replaced.update(moved)
        self.refs.update(dict.fromkeys(moved, new_ref))
        if moved:
            self._moved()

    def _denied(self, row_id: int, words: str) -> None:
        self.denials[row_id] = words

    def _moved(self) -> None:
        self.totals = self._totalled()
        self.changed()
