"""The journal's statements on an open connection: adding lines, the newest states, the flags. Nothing here is SQLite's alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from app.store.journal.chain import ZERO, Stored, digest
from app.store.journal.lines import Entry, Kept, Line, microseconds, moment
from app.store.journal.schema import entries, flags, orders

PAGE: Final = 1_000  # rows read at once
HALT: Final = "halt"  # the flag that stops intents; its value is the reason

_LAST: Final = select(entries).order_by(entries.c.seq.desc()).limit(bindparam("count"))
_AFTER: Final = select(entries).where(entries.c.seq > bindparam("after")).order_by(entries.c.seq).limit(PAGE)
_FIRST: Final = select(entries).order_by(entries.c.seq).limit(PAGE)
_ADD: Final = insert(entries)
_FLAG: Final = select(flags.c.value).where(flags.c.name == bindparam("wanted"))
_KEPT: Final = select(orders).where(orders.c.ref == bindparam("wanted"))
_LIVE: Final = select(orders).where(orders.c.is_live).order_by(orders.c.seq)
_TOUCHED: Final = select(orders).where(orders.c.touched_at >= bindparam("since")).order_by(orders.c.seq)
_STANDING: Final = select(
    select(flags.c.value).where(flags.c.name == HALT).scalar_subquery(),
    select(orders.c.ref).where(orders.c.ref == bindparam("wanted")).scalar_subquery(),
    select(entries.c.seq).order_by(entries.c.seq.desc()).limit(1).scalar_subquery(),
    select(entries.c.hash).order_by(entries.c.seq.desc()).limit(1).scalar_subquery(),
)
_ORDER_COLUMNS: Final = ("venue_order_id", "is_live", "touched_at", "seq", "body", "hash")
_RENEW_ORDER: Final = (
    update(orders).where(orders.c.ref == bindparam("wanted")).values({name: bindparam(f"new_{name}") for name in _ORDER_COLUMNS})
)
_RENEW_SEQ: Final = update(orders).where(orders.c.ref == bindparam("wanted")).values(seq=bindparam("new_seq"))
_ADD_ORDER: Final = insert(orders)
_RENEW_FLAG: Final = (
    update(flags)
    .where(flags.c.name == bindparam("wanted"))
    .values(value=bindparam("new_value"), seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)
_ADD_FLAG: Final = insert(flags)
_DROP_FLAG: Final = delete(flags).where(flags.c.name == bindparam("wanted"))


def last(connection: Connection, count: int = 1) -> list[Stored]:
    """The newest rows, oldest of them first."""
    return [Stored(*row) for row in reversed(connection.execute(_LAST, {"count": count}).all())]


def first(connection: Connection) -> list[Stored]:
    """At most `PAGE` rows from the beginning, whatever number the first has."""
    return [Stored(*row) for row in connection.execute(_FIRST)]


def after(connection: Connection, seq: int) -> list[Stored]:
    """At most `PAGE` rows that follow row `seq`."""
    return [Stored(*row) for row in connection.execute(_AFTER, {"after": seq})]


class Standing(NamedTuple):
    """What an intent depends on: the reason of a halt, whether its reference was used before, the newest row's number and hash."""

    halt: str | None
    taken: str | None
    seq: int | None
    hash: str | None


def standing(connection: Connection, ref: str) -> Standing:
    """In one question, because each costs as much as half of a commit."""
    return Standing(*connection.execute(_STANDING, {"wanted": ref}).one())


def add(connection: Connection, lines: Sequence[Line], now: datetime, at: Standing | None = None) -> None:
    """Chain the lines to the newest row; order states and flags with them. `at` is what was asked for before, for one line."""
    seq, hash_ = (at.seq, at.hash) if at else _newest(connection)
    rows = list(_chained(seq or 0, hash_ or ZERO, lines, now))
    connection.execute(_ADD, [row._asdict() for row in rows])
    _keep_orders(connection, lines, rows, is_first=at is not None and at.taken is None)
    _keep_flags(connection, lines, rows)


def _newest(connection: Connection) -> tuple[int | None, str | None]:
    newest = last(connection)
    return (newest[0].seq, newest[0].hash) if newest else (None, None)


def _chained(seq: int, hash_: str, lines: Sequence[Line], now: datetime) -> Iterator[Stored]:
    for line in lines:
        seq, previous = seq + 1, hash_
        at = microseconds(line.at or now)
        hash_ = digest(seq, at, line.kind, line.ref, line.body, previous)
        yield Stored(seq, at, line.kind, line.ref, line.body, previous, hash_)


def _keep_orders(connection: Connection, lines: Sequence[Line], rows: Sequence[Stored], *, is_first: bool) -> None:
    """One write an order, however often it moved in these lines. `is_first`: no order of theirs is there yet."""
    newest: dict[str, int] = {}
    states: dict[str, Kept] = {}
    for line, row in zip(lines, rows, strict=True):
        if line.ref:
            newest[line.ref] = row.seq
        if line.order is not None:
            states[line.ref] = line.order
    for ref, seq in newest.items():
        if ref in states:
            _keep_order(connection, states[ref], seq, is_first=is_first)
        else:
            connection.execute(_RENEW_SEQ, {"wanted": ref, "new_seq": seq})


def _keep_order(connection: Connection, order: Kept, seq: int, *, is_first: bool) -> None:
    touched_at = microseconds(order.touched_at)
    values = {
        "venue_order_id": order.venue_order_id,
        "is_live": order.is_live,
        "touched_at": touched_at,
        "seq": seq,
        "body": order.body,
        "hash": digest(order.ref, order.venue_order_id, order.is_live, touched_at, order.body),
    }
    renewal = {"wanted": order.ref} | {f"new_{name}": value for name, value in values.items()}
    if is_first or not connection.execute(_RENEW_ORDER, renewal).rowcount:
        connection.execute(_ADD_ORDER, {"ref": order.ref} | values)


def _keep_flags(connection: Connection, lines: Sequence[Line], rows: Sequence[Stored]) -> None:
    for line, row in zip(lines, rows, strict=True):
        if line.flag is not None:
            _keep_flag(connection, *line.flag, row.seq)


def _keep_flag(connection: Connection, name: str, value: str, seq: int) -> None:
    if not value:
        connection.execute(_DROP_FLAG, {"wanted": name})
        return
    hash_ = digest(name, value)
    renewed = connection.execute(_RENEW_FLAG, {"wanted": name, "new_value": value, "new_seq": seq, "new_hash": hash_})
    if not renewed.rowcount:
        connection.execute(_ADD_FLAG, {"name": name, "value": value, "seq": seq, "hash": hash_})


def flag(connection: Connection, name: str) -> str:
    """Empty when it is not set."""
    return str(connection.execute(_FLAG, {"wanted": name}).scalar_one_or_none() or "")


def kept(connection: Connection, ref: str) -> Kept | None:
    row = connection.execute(_KEPT, {"wanted": ref}).one_or_none()
    return None if row is None else _kept(row)


def live(connection: Connection) -> list[Kept]:
    """In the order of their newest entries."""
    return [_kept(row) for row in connection.execute(_LIVE)]


def touched_since(connection: Connection, since: datetime) -> list[Kept]:
    """In the order of their newest entries."""
    return [_kept(row) for row in connection.execute(_TOUCHED, {"since": microseconds(since)})]


def changed_order(connection: Connection, *, is_live_only: bool) -> str | None:
    """The reference of an order whose state is not as it was written."""
    found = connection.execution_options(yield_per=PAGE).execute(_LIVE if is_live_only else select(orders))
    return next((str(row.ref) for row in found if not _is_order_unchanged(row)), None)


def _is_order_unchanged(row: Row[Any]) -> bool:
    return bool(row.hash == digest(row.ref, row.venue_order_id, row.is_live, row.touched_at, row.body))


def changed_flag(connection: Connection) -> str | None:
    """The name of a flag that is not as it was written."""
    found = connection.execute(select(flags))
    return next((str(row.name) for row in found if row.hash != digest(row.name, row.value)), None)


def _kept(row: Row[Any]) -> Kept:
    """Whatever a damaged row holds, the order is shown: what is no time is 1970, what is no text is written out."""
    return Kept(str(row.ref), str(row.venue_order_id), bool(row.is_live), moment(row.touched_at), str(row.body))


def entry(row: Stored) -> Entry:
    return Entry(row.seq, moment(row.at), str(row.kind), str(row.ref), str(row.body), str(row.previous), str(row.hash))
