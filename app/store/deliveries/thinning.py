"""What goes when the file of deliveries is full: the oldest first, and never what is pinned."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, true

from app.domain.webhook import Verdict
from app.store.deliveries.rows import BAD
from app.store.deliveries.schema import deliveries, letters

MOST_ROWS: Final = 20_000
MOST_BAD: Final = 2_000  # of those that anybody can send: they push no genuine one out
MOST_BYTES: Final = 64 * 1024 * 1024  # of all bodies and headers


def thin(connection: Connection) -> None:
    _keep(connection, MOST_BAD, deliveries.c.verdict.in_(list(map(str, (*BAD, Verdict.UNCHECKED)))))
    _keep(connection, MOST_ROWS, true())
    sizes = select(letters.c.id, func.length(letters.c.body) + func.length(letters.c.headers)).order_by(letters.c.id.desc())
    total = 0
    for number, size in connection.execute(sizes):
        total += size
        if total > MOST_BYTES:
            connection.execute(delete(letters).where(letters.c.id <= number, letters.c.id.not_in(_pinned())))
            break


def _keep(connection: Connection, most: int, kind: ColumnElement[bool]) -> None:
    """No more than so many of a kind that are not pinned."""
    spare = select(deliveries.c.id).where(kind, ~deliveries.c.is_pinned).order_by(deliveries.c.id.desc()).offset(most)
    newest_gone = connection.scalar(spare.limit(1))
    if newest_gone is not None:
        gone = select(deliveries.c.id).where(kind, ~deliveries.c.is_pinned, deliveries.c.id <= newest_gone)
        connection.execute(delete(letters).where(letters.c.id.in_(gone)))
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(gone)))


def _pinned() -> Select[tuple[int]]:
    return select(deliveries.c.id).where(deliveries.c.is_pinned)
