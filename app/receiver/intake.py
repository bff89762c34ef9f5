"""What was taken: counted, handed to the file's thread, and told to the window."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import msgspec

from app.domain.receiving import NEWEST, TIMES, Counts, Signal, Tidings
from app.domain.webhook import Delivery, Letter, Verdict
from app.store.deliveries.schema import LIMITED

SAME_WITHIN: Final = 60.0  # seconds
SEEN: Final = 10_000  # bodies that are remembered
IDS: Final = 200  # of deliveries that one signal names, the newest


class Taken(msgspec.Struct, frozen=True):
    """A delivery to be written down. `is_limited`: it came too fast, is counted and heard, and not written down."""

    delivery: Delivery
    letter: Letter
    is_limited: bool = False
    copy: bytes = b""  # the mark of its path and all its bytes, by which another with the same is found; empty: there is none


class Writer(Protocol):
    """The file's thread."""

    def put(self, taken: Taken) -> bool:
        """Whether there was room for it."""

    def count(self, kind: str, subscription_id: int | None, at: datetime) -> None:
        """One more that is not written down."""


class Intake:
    """`tell_soon` is called when there is something to tell: `tidings` takes it."""

    def __init__(self, writer: Writer, tell_soon: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._writer = writer
        self._tell_soon = tell_soon
        self._clock = clock
        self._counts = dict.fromkeys(Counts.__struct_fields__, 0)
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._newest: deque[Delivery] = deque(maxlen=NEWEST)
        self._signals: dict[tuple[str, int | None], Signal] = {}

    @property
    def counts(self) -> Counts:
        return Counts(**self._counts)

    def limit(self, verdict: Verdict, subscription_id: int | None, at: datetime) -> None:
        """One more that came too fast, and was not even valid; it is not written down."""
        self._count("received", *_kinds(verdict), "limited")
        self._writer.count(LIMITED, subscription_id, at)
        self._tell_soon()

    def refuse(self, at: datetime) -> None:
        """One more that was not looked at, and is not written down."""
        self._count("received", "refused")
        self._writer.count(str(Verdict.REFUSED), None, at)
        self._tell_soon()

    def take(self, taken: Taken) -> None:
        taken = self._compared(taken)
        delivery = taken.delivery
        is_heard = _is_heard(delivery)
        self._count("received", *_kinds(delivery.verdict), *(["unreadable"] if is_heard and delivery.match_id is None else []))
        if taken.is_limited:
            self._count("limited")
            self._writer.count(LIMITED, delivery.subscription_id, delivery.at)
        elif self._writer.put(taken):
            if not is_heard:
                self._tell_soon()
            return  # heard when it has its number, a moment later
        else:
            self._count("unwritten")
            self._writer.count(str(delivery.verdict), delivery.subscription_id, delivery.at)
            self._newest.append(delivery)
        if is_heard:
            self._hear(delivery)
        self._tell_soon()

    def written(self, rows: list[tuple[Taken, Delivery]]) -> None:
        """These are in the file; a number of 0: they could not be put there."""
        for _, delivery in rows:
            if not delivery.id:
                self._count("unwritten")
            self._newest.append(delivery)
            if _is_heard(delivery):
                self._hear(delivery)
        self._tell_soon()

    def tidings(self) -> Tidings:
        """What is new since the last asking."""
        newest, signals = tuple(self._newest), tuple(self._signals.values())
        self._newest.clear()
        self._signals.clear()
        return Tidings(self.counts, newest, signals)

    def _compared(self, taken: Taken) -> Taken:
        """A duplicate where its bytes came before."""
        if taken.delivery.verdict is Verdict.VALID and taken.copy:
            now, before = self._clock(), self._seen.get(taken.copy)
            if before is not None and now - before <= SAME_WITHIN:
                duplicate = msgspec.structs.replace(taken.delivery, verdict=Verdict.DUPLICATE)
                taken = msgspec.structs.replace(taken, delivery=duplicate)
            else:
                self._remember(taken.copy, now)
        return taken

    def _remember(self, mark: bytes, at: float) -> None:
        self._seen.pop(mark, None)
        self._seen[mark] = at
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)

    def _hear(self, delivery: Delivery) -> None:
        key = delivery.event, delivery.match_id
        ids = (delivery.id,) if delivery.id else ()
        known = self._signals.get(key)
        if known is None:
            self._signals[key] = Signal(*key, delivery.at, delivery.at, ids, (delivery.at,))
        else:
            first, last = min(known.first_at, delivery.at), max(known.last_at, delivery.at)  # what is not written is heard first
            self._signals[key] = Signal(*key, first, last, (*known.ids, *ids)[-IDS:], (*known.times, delivery.at)[-TIMES:])

    def _count(self, *kinds: str) -> None:
        for kind in kinds:
            self._counts[kind] += 1


def _is_heard(delivery: Delivery) -> bool:
    """Whether it invalidates: also a duplicate, because a second change within a second may well have the bytes of the first."""
    return delivery.verdict in {Verdict.VALID, Verdict.DUPLICATE}


def _kinds(verdict: Verdict) -> tuple[str, ...]:
    match verdict:
        case Verdict.VALID:
            return ("valid",)
        case Verdict.DUPLICATE:
            return ("duplicates",)
        case Verdict.BAD:
            return ("bad",)
        case Verdict.NONE:
            return ("unsigned",)
        case Verdict.UNCHECKED:
            return ("unchecked",)
    return ("refused",)
