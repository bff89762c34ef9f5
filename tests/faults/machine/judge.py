"""What must hold after every step, whatever happened: judged by the exchange's own truth, the journal's file and the requests that left."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

from app.domain.offer import Offer
from app.domain.order import Order, OrderState
from app.domain.record import READINGS, Denied, Entry, Halted, Presumed, Remarked, Reported, Resent, Resumed
from app.practice.clock import SECOND
from app.practice.model import Order as Held
from tests.faults.machine.desk import Run
from tests.faults.machine.paper import Auditor
from tests.faults.machine.transport import Asked
from tests.faults.machine.world import World, exposure

PER_SECOND = 50
SOON = 0.1  # seconds
LONGEST_LAG = 200 * SECOND  # more than the venue's record is ever behind, and a reconciliation ever takes
OURS = "ov-"
_GONE = frozenset({OrderState.REJECTED, OrderState.NOT_SENT, OrderState.DENIED, OrderState.PRESUMED})
REACH = 56 * 86_400 * SECOND  # as far as a start looks back for what was placed elsewhere
_OFF_BOOK = frozenset({OrderState.CANCELLED, OrderState.WIPED, OrderState.INVALID, OrderState.SETTLED, OrderState.VOID})
_CALM = "nothing is left"


class Judge:
    """`wrongs` holds what was seen to be wrong while it happened; `after_step` adds what is wrong now."""

    def __init__(self, world: World, auditor: Auditor) -> None:
        self._world = world
        self._auditor = auditor
        self.asked: list[Asked] = []
        self._recent: deque[int] = deque()
        self._seen: dict[str, Order] = {}
        self._doubtful: set[str] = set()
        self._started = 0
        self._is_killing = False
        self._kill_began = 0
        self.run: Run | None = None
        self.wrongs: list[str] = []

    def watch(self, run: Run) -> None:
        """A program starts: it knows what its journal told it, and has to ask the venue before it sends."""
        self.run = run
        self._started = len(self.asked)
        self._recent.clear()  # a program that starts cannot know of the second before
        self._seen.clear()
        self._doubtful.clear()
        self._is_killing = False
        run.desk.kill.changed.connect(self._kill_changed)

    def unwatch(self) -> None:
        """It is killed: what its tasks do while they end is nothing that happened."""
        self._is_killing = False

    # While it happens

    def request(self, asked: Asked) -> None:
        """Called just before a request leaves."""
        self._recent.append(asked.at_ns)
        while self._recent[0] <= asked.at_ns - 1_000_000_000:
            self._recent.popleft()
        if len(self._recent) > PER_SECOND:
            self.wrongs.append(f"{len(self._recent)} requests within a second")
        if asked.name == "submit":
            self.wrongs.extend(self._wrong_with_submit(asked.ref))
        self.asked.append(asked)

    def _wrong_with_submit(self, ref: str) -> Iterator[str]:
        assert self.run is not None
        before = [one for one in self.asked if one.name == "submit" and one.ref == ref]
        intents = self._auditor.intents(ref)
        allowed = intents + min(intents, sum(one.answer == 401 for one in before))
        if len(before) >= allowed:
            yield f"{ref} leaves for the {len(before) + 1}. time, and the journal knows of {allowed}"
        if self.run.journal.halt:
            yield f"{ref} leaves although orders are halted: {self.run.journal.halt}"
        if not self.run.desk.controls.is_on:
            yield f"{ref} leaves although trading is off"
        read = [one for one in self.asked[self._started :] if one.name == "history" and one.answer == 200]
        if len(read) < 2:
            yield f"{ref} leaves before the venue was asked about its orders"

    def saw(self, entry: Entry, order: Order | None) -> None:
        """Called for every entry of the journal, with the order after it."""
        if order is None or isinstance(entry, Denied | Halted | Resumed | Remarked):
            return
        known = self._seen.get(order.ref)
        self._seen[order.ref] = order
        if known is not None:
            self.wrongs.extend(self._wrong_with_step(known, entry, order))

    def _wrong_with_step(self, known: Order, entry: Entry, order: Order) -> Iterator[str]:
        if order.filled < known.filled:
            yield f"{order.ref}: filled fell from {known.filled} to {order.filled}"
        if isinstance(entry, Reported) and entry.by not in READINGS and order.is_live and known.state in _OFF_BOOK:
            yield f"{order.ref} went from {known.state} back to {order.state}, by {entry.by}"
        if isinstance(entry, Resent):
            if known.state is OrderState.UNKNOWN:
                self._doubtful.add(order.ref)
            return
        if order.status:
            self._doubtful.discard(order.ref)
        if known.state is not OrderState.UNKNOWN and not (known.state is OrderState.SENDING and order.ref in self._doubtful):
            return
        if order.state in {OrderState.UNKNOWN, OrderState.SENDING} or _is_evidence(entry):
            return
        yield f"{order.ref} went from {known.state} to {order.state} without evidence, by {entry}"

    def _kill_changed(self) -> None:
        assert self.run is not None
        kill = self.run.desk.kill
        was_killing, self._is_killing = self._is_killing, kill.is_running
        if kill.is_running and not was_killing:
            self._kill_began = self._world.time.now_ns()
        if was_killing and not kill.is_running and kill.words.startswith(_CALM):
            self.wrongs += [
                f"{held.external_id} stands on the book after the kill loop" for held in self._world.ours if self._is_left(held)
            ]

    def _is_left(self, held: Held) -> bool:
        """An old unknown order does not keep the loop from ending, nor does what the venue's record cannot show yet.

        Without a cancel-all the loop has to wait for the record: what was there before it began must be gone.
        """
        assert self.run is not None
        shown = self.run.desk.blotter.orders.get(held.external_id)
        until = self._world.time.now_ns() - LONGEST_LAG if Offer.CANCEL_ALL in self.run.venue.offers else self._kill_began
        return bool(held.open_quantity) and (shown.state is not OrderState.UNKNOWN if shown else held.created_at < until)

    def cancelled(self, since: float) -> None:
        """A cancel was wished for at that time (monotonic): it has to leave within a tenth of a second, whatever else wants to."""
        left = [asked for asked in self.asked if asked.name == "cancel" and since <= asked.at <= since + SOON]
        if not left:
            self.wrongs.append(f"a cancel did not leave within {SOON} s")

    # After each step

    def after_step(self) -> list[str]:
        run = self.run
        assert run is not None
        wrongs = self.wrongs + [f"an exception: {problem!r}" for problem in run.failures]
        if self._world.cents() != self._world.money:
            wrongs.append(f"the exchange's money went from {self._world.money} to {self._world.cents()} cents")
        for held in self._world.ours:
            wrongs += self._wrong_with_order(held)
        if not run.placing:
            sending = [order.ref for order in run.desk.blotter.live() if order.state is OrderState.SENDING]
            wrongs += [f"{ref} is shown as sending, and nobody sends it" for ref in sending]
        return wrongs

    def _wrong_with_order(self, held: Held) -> Iterator[str]:
        assert self.run is not None
        ref = held.external_id
        if not ref.startswith(OURS):
            yield from self._wrong_with_foreign(held)
            return
        if not self._auditor.intents(ref):
            yield f"{ref} is at the exchange and not in the journal"
        shown = self.run.desk.blotter.orders.get(ref)
        if shown is None:
            if exposure(held):
                yield f"{ref} risks {exposure(held)} cents at the exchange ({held.status}) and is not shown"
            return
        if shown.at_risk * 100 < exposure(held):
            yield f"{ref} risks {exposure(held)} cents ({held.status}), and {shown.at_risk} is shown ({shown.state})"
        if shown.filled * 100 > held.filled:
            yield f"{ref} is filled for {held.filled} cents, and {shown.filled} is shown"
        if shown.is_elsewhere:
            yield _theirs(held)
        if shown.state in _GONE and exposure(held):
            yield f"{ref} is shown as {shown.state}, and the exchange has it as {held.status}"

    def _wrong_with_foreign(self, held: Held) -> Iterator[str]:
        assert self.run is not None
        done_at = self.run.desk.reconciliation.done_at
        created_at = datetime.fromtimestamp((held.created_at + LONGEST_LAG) / SECOND, UTC)
        if exposure(held) and done_at and done_at > created_at and held.external_id not in self.run.desk.blotter.orders:
            yield f"{held.external_id} was placed elsewhere, and is not shown after a reconciliation{self._age(held)}"

    def _age(self, held: Held) -> str:
        is_old = self._world.time.now_ns() - held.created_at > REACH
        return " (placed more than eight weeks ago)" if is_old else ""

    # At the end

    def at_end(self) -> list[str]:
        """Everything has been healed and reconciled: what is shown is what is true."""
        run = self.run
        assert run is not None
        shown = run.desk.blotter.orders
        wrongs = [wrong for held in self._world.ours for wrong in _differences(held, shown.get(held.external_id), self._age(held))]
        there = {held.external_id for held in self._world.ours}
        for order in shown.values():
            if order.state in {OrderState.SENDING, OrderState.UNKNOWN}:
                wrongs.append(f"{order.ref} is still {order.state}")
            elif order.ref not in there and order.state not in _GONE:
                wrongs.append(f"{order.ref} is shown as {order.state}, and the exchange does not have it")
        return wrongs


def _is_evidence(entry: Entry) -> bool:
    return isinstance(entry, Reported | Presumed)


def _differences(held: Held, shown: Order | None, age: str) -> Iterator[str]:
    if shown is None:
        if exposure(held):  # what is over may have been so before the program began to look
            yield f"{held.external_id} is not shown at all{age}"
        return
    told = (_settled(shown.status), shown.matching, shown.winning, int(shown.filled * 100), int(shown.quantity * 100))
    true = (_settled(held.status.value), held.matching.value, held.winning.value, held.filled, held.quantity)
    if told != true:
        yield f"{held.external_id} is shown as {told}, and is {true}"
    if shown.is_elsewhere and held.external_id.startswith(OURS):
        yield _theirs(held)
    if not shown.is_elsewhere and not held.external_id.startswith(OURS):
        yield f"{held.external_id} is shown as ours"


def _settled(status: str) -> str:
    """Settled and paid out are one state to a trader."""
    return "settled" if status == "closed" else status


def _theirs(held: Held) -> str:
    return f"{held.external_id} is ours{'' if exposure(held) else ' and over'}, and shown as placed elsewhere"
