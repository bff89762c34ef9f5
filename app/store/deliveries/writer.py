"""The one thread that writes deliveries down, in batches: whoever delivers never waits for a disk."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from app.domain.webhook import Delivery, Letter, Verdict
from app.store.deliveries.file import DeliveriesFile
from app.store.deliveries.minutes import Unlisted

WAITING: Final = 5_000  # deliveries that may wait for the disk
BATCH: Final = 500
REMEMBERED: Final = 10_000  # marks of bodies
GATHER: Final = 0.05  # seconds that the first of a batch waits for others: a transaction costs far more than its rows
PATIENCE: Final = 2.0  # seconds given to what still waits at the end

MOST_UNLISTED: Final = 10_000  # counts that wait for a file which cannot be used

log = logging.getLogger(__name__)


class Sign(Enum):
    """What is in the queue beside deliveries."""

    END = "end"
    COUNT = "count"


class Arrival(Protocol):
    """What is written down. `copy` marks the same bytes at the same path; empty where nobody asks."""

    @property
    def delivery(self) -> Delivery: ...
    @property
    def letter(self) -> Letter: ...
    @property
    def copy(self) -> bytes: ...


A = TypeVar("A", bound=Arrival)


class DeliveryWriter(Generic[A]):
    """`written` is called in this thread with each batch: the deliveries with their numbers, 0 where the file could not take them."""

    def __init__(self, file: DeliveriesFile, written: Callable[[list[tuple[A, Delivery]]], None]) -> None:
        self._file = file
        self._written = written
        self._waiting: queue.Queue[A | Sign] = queue.Queue(WAITING)
        self._unlisted: dict[tuple[int, str, str], Unlisted] = {}
        self._turn = threading.Lock()  # whoever looks at what is only counted
        self._firsts: OrderedDict[bytes, int] = OrderedDict()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="deliveries", daemon=True)
        self._thread.start()

    def put(self, arrival: A) -> bool:
        """Whether there was room for it."""
        try:
            self._waiting.put_nowait(arrival)
        except queue.Full:
            return False
        return True

    def count(self, kind: str, subscription_id: int | None, at: datetime) -> None:
        """One more that is not written down: it is counted in the file all the same, with all others of its minute."""
        if self._add(Unlisted(at, kind, subscription_id)):
            with contextlib.suppress(queue.Full):  # the thread is awake then
                self._waiting.put_nowait(Sign.COUNT)

    def close(self) -> None:
        """What waits is written first, within `PATIENCE`."""
        self._is_ending.set()
        with contextlib.suppress(queue.Full):
            self._waiting.put(Sign.END, timeout=PATIENCE)
        self._thread.join(PATIENCE)
        if not self._thread.is_alive():
            self._file.close()

    def _work(self) -> None:
        while True:
            batch = self._batch()
            arrivals = [arrival for arrival in batch if not isinstance(arrival, Sign)]
            if arrivals:
                self._written(self._write(arrivals))
            self._count_unlisted()
            if batch[-1] is Sign.END:
                return

    def _count_unlisted(self) -> None:
        """What cannot be counted now is counted with what comes next."""
        with self._turn:
            unlisted, self._unlisted = self._unlisted, {}
        if not unlisted:
            return
        try:
            self._file.count_unlisted(list(unlisted.values()))
        except OSError as problem:
            log.warning("%d deliveries are not counted yet: %s", sum(each.number for each in unlisted.values()), problem)
            for each in list(unlisted.values())[-MOST_UNLISTED:]:
                self._add(each)

    def _add(self, unlisted: Unlisted) -> bool:
        """Whether it is the first of its kind and minute."""
        key = unlisted.key
        with self._turn:
            known = self._unlisted.get(key)
            self._unlisted[key] = unlisted if known is None else known + unlisted
        return known is None

    def _batch(self) -> list[A | Sign]:
        """What waits when the first has waited a moment."""
        batch = [self._waiting.get()]
        if self._waiting.qsize() < BATCH:
            self._is_ending.wait(GATHER)
        while len(batch) < BATCH and batch[-1] is not Sign.END:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, arrivals: Sequence[A]) -> list[tuple[A, Delivery]]:
        """After a part that failed the rest is not tried: each would wait as long for a locked file, and all are heard after that."""
        done: list[tuple[A, Delivery]] = []
        try:
            for part in _parts(arrivals):
                done += self._write_part(part)
        except OSError as problem:
            rest = arrivals[len(done) :]
            log.warning("deliveries are not written down (%d of them): %s", len(rest), problem)
            done += [(arrival, self._numbered_copy(arrival)) for arrival in rest]
        return done

    def _write_part(self, arrivals: Sequence[A]) -> list[tuple[A, Delivery]]:
        rows = [self._numbered_copy(arrival) for arrival in arrivals]
        numbers = self._file.add(list(zip(rows, (arrival.letter for arrival in arrivals), strict=True)))
        done = [msgspec.structs.replace(row, id=number) for row, number in zip(rows, numbers, strict=True)]
        self._remember(arrivals, done)
        return list(zip(arrivals, done, strict=True))

    def _numbered_copy(self, arrival: A) -> Delivery:
        """A duplicate names its first."""
        first = self._firsts.get(arrival.copy, 0) if arrival.delivery.verdict is Verdict.DUPLICATE else 0
        return msgspec.structs.replace(arrival.delivery, copy_of=first) if first else arrival.delivery

    def _remember(self, arrivals: Sequence[A], done: Sequence[Delivery]) -> None:
        for arrival, row in zip(arrivals, done, strict=True):
            if arrival.copy and row.verdict is Verdict.VALID:
                self._firsts.pop(arrival.copy, None)
                self._firsts[arrival.copy] = row.id
        while len(self._firsts) > REMEMBERED:
            self._firsts.popitem(last=False)


def _parts(arrivals: Sequence[A]) -> list[list[A]]:
    """A duplicate of one that has no number yet waits until that has one."""
    parts: list[list[A]] = [[]]
    firsts: set[bytes] = set()
    for arrival in arrivals:
        if arrival.delivery.verdict is Verdict.DUPLICATE and arrival.copy in firsts:
            parts.append([])
            firsts.clear()
        elif arrival.delivery.verdict is Verdict.VALID:
            firsts.add(arrival.copy)
        parts[-1].append(arrival)
    return parts
