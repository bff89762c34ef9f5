"""Is a journal whole? Its tail at every start, all of it on demand: the chain, the newest states, the file's structure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, func, or_, select

from app.store.journal import rows
from app.store.journal.chain import Break, Stored, Walk
from app.store.journal.errors import DamagedError, mapped
from app.store.journal.lines import moment
from app.store.journal.schema import entries, flags, metadata, orders
from app.store.journal.sqlite import Database

TAIL: Final = 1_000  # rows whose chain is looked at when a journal is opened

_newest = func.max(entries.c.seq)
_STRAYS: Final = (
    select(orders.c.ref, orders.c.seq, _newest.label("newest"))
    .select_from(orders.outerjoin(entries, entries.c.ref == orders.c.ref))
    .group_by(orders.c.ref, orders.c.seq)
    .having(or_(_newest.is_(None), _newest != orders.c.seq))
    .limit(1)
)
_LOST_FLAGS: Final = (
    select(flags.c.name).select_from(flags.outerjoin(entries, entries.c.seq == flags.c.seq)).where(entries.c.seq.is_(None)).limit(1)
)


class Verdict(msgspec.Struct, frozen=True):
    """`rows` were looked at, the first written at `first` and the last at `last` (UTC). `broken_at`: the row that does not fit.

    `words` says what is wrong, empty when `is_whole`. A chain cannot tell that rows at its very end were cut off, unless the
    newest state of an order or a flag names them.
    """

    rows: int
    is_whole: bool
    words: str = ""
    broken_at: int | None = None
    first: datetime | None = None
    last: datetime | None = None


def judge(database: Database) -> Verdict:
    """Reads all of it, a page at a time, in one transaction. What is damaged is in the verdict, not an error."""
    walk = Walk()
    try:
        with mapped(database.path):
            broken = _break(database, walk)
    except DamagedError as error:
        broken = Break(None, str(error))
    first, last = (moment(row.at) if row else None for row in (walk.first, walk.last))
    return Verdict(walk.rows, broken is None, broken.words if broken else "", broken.seq if broken else None, first, last)


def _break(database: Database, walk: Walk) -> Break | None:
    with database.reading() as connection:
        for row in pages(connection):
            if broken := walk.step(row):
                return broken
        words = state_words(connection)
    words = words or database.integrity_words()
    return Break(None, words) if words else None


def pages(connection: Connection) -> Iterator[Stored]:
    """Every row in the order of the numbers, bounded in memory."""
    page = rows.first(connection)
    while page:
        yield from page
        page = rows.after(connection, page[-1].seq)


def tail_break(connection: Connection) -> Break | None:
    """The first of the newest rows that does not fit."""
    newest = rows.last(connection, TAIL)
    walk = Walk(is_from_start=len(newest) < TAIL)
    return next(filter(None, map(walk.step, newest)), None)


def state_words(connection: Connection) -> str:
    """What is wrong with the newest states and the flags; empty when they are as they were written and agree with the entries."""
    return changed_words(connection, is_live_only=False) or _stray_words(connection)


def changed_words(connection: Connection, *, is_live_only: bool) -> str:
    """Which state or flag is not as it was written; empty when all are, or all of the live orders."""
    if (ref := rows.changed_order(connection, is_live_only=is_live_only)) is not None:
        return f"the state of the order {ref} was changed"
    name = rows.changed_flag(connection)
    return "" if name is None else f"the flag {name!r} was changed"


def _stray_words(connection: Connection) -> str:
    stray = connection.execute(_STRAYS).first()
    if stray is not None and stray.newest is None:
        return f"the state of the order {stray.ref} has no entry"
    if stray is not None:
        return f"the state of the order {stray.ref} is of row {stray.seq}, its newest entry is row {stray.newest}"
    name = connection.execute(_LOST_FLAGS).scalar()
    return "" if name is None else f"the flag {name!r} has no entry"


def shape_words(connection: Connection) -> str:
    """What the tables lack; empty when every column of this version is there. Reads no row."""
    for table in metadata.sorted_tables:
        there = set(connection.exec_driver_sql(f"SELECT * FROM {table.name} WHERE 1 = 0").keys())
        missing = [column.name for column in table.columns if column.name not in there]
        if missing:
            return f"the table {table.name} lacks {', '.join(missing)}"
    return ""
