"""What goes into the journal and what comes out: a line to record, an order's newest state, an entry as it was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from app.store.journal.errors import JournalError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LIMIT: Final = 64_000_000  # bytes of one text; SQLite's own limit is a thousand million
_MICROSECOND: Final = timedelta(microseconds=1)


class Kept(msgspec.Struct, frozen=True):
    """The newest state of one order. `is_live`: it may still change at the venue. `touched_at` is aware."""

    ref: str
    venue_order_id: str
    is_live: bool
    touched_at: datetime
    body: str


class Line(msgspec.Struct, frozen=True):
    """One thing to record. In the same transaction `order` replaces the order's state and `flag` (name, value) is set.

    An empty flag value removes the flag. `at` is when it happened (aware); None is the moment it is written.
    """

    kind: str
    ref: str
    body: str
    order: Kept | None = None
    flag: tuple[str, str] | None = None
    at: datetime | None = None


class Entry(msgspec.Struct, frozen=True):
    """One row as it stands in the file; `seq` counts from 1 without gaps, `hash` covers everything before it."""

    seq: int
    at: datetime
    kind: str
    ref: str
    body: str
    previous: str
    hash: str


def check(line: Line) -> None:
    """JournalError when no journal could hold the line, so that it does not stand in the way of others."""
    if words := _objection(line):
        raise JournalError(f"An entry of kind {ascii(line.kind)[:40]} cannot be written: {words}")


def _objection(line: Line) -> str:
    order, flag = line.order, line.flag
    texts = [line.kind, line.ref, line.body, *(flag or ())]
    if order is not None:
        texts += [order.ref, order.venue_order_id, order.body]
    if order is not None and not order.ref:
        return "its order has no reference"
    if order is not None and order.ref != line.ref:
        return "it is about another order than the state it brings"
    if flag is not None and not flag[0]:
        return "its flag has no name"
    if any(moment is not None and moment.tzinfo is None for moment in (line.at, order.touched_at if order else None)):
        return "its time has no time zone"
    return next(filter(None, map(_text_objection, texts)), "")


def _text_objection(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        return f"its text is no Unicode at character {error.start}"
    return f"a text in it has {size} bytes, more than {LIMIT}" if size > LIMIT else ""


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC, exact."""
    return (moment - EPOCH) // _MICROSECOND


def moment(stored: object) -> datetime:
    """The aware UTC time of stored microseconds; 1970 for what is no time, because a damaged row must still be seen."""
    try:
        return EPOCH + timedelta(microseconds=stored) if isinstance(stored, int) else EPOCH
    except OverflowError:
        return EPOCH
