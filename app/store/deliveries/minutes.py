"""How many deliveries came, by the minute: true for a day, however few of their rows the file still has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.webhook import Delivery, Tally, Verdict
from app.store.deliveries.rows import BAD, GOOD, micros
from app.store.deliveries.schema import LIMITED, minutes

KEPT: Final = 25 * 60  # minutes
_MINUTE: Final = 60_000_000  # microseconds
_Key = tuple[int, str, str]


class Unlisted(msgspec.Struct, frozen=True):
    """Some of one minute that are not among the deliveries; the last came `at`. `kind` is a verdict's word, or `LIMITED`."""

    at: datetime
    kind: str
    subscription_id: int | None = None
    number: int = 1

    @property
    def key(self) -> _Key:
        """What is counted together."""
        return _key(self.at, self.subscription_id, self.kind)

    def __add__(self, other: Unlisted) -> Unlisted:
        """Both, of one key."""
        return msgspec.structs.replace(self, at=max(self.at, other.at), number=self.number + other.number)


def count(connection: Connection, rows: Sequence[Delivery]) -> None:
    """These came; what is older than `KEPT` goes."""
    numbers = Counter(map(_key_of, rows))
    last: dict[_Key, int] = {}
    for row in rows:
        last[_key_of(row)] = max(micros(row.at), last.get(_key_of(row), 0))
    _add(connection, [(key, number, last[key]) for key, number in numbers.items()])
    connection.execute(delete(minutes).where(minutes.c.minute < max(_minute(row.at) for row in rows) - KEPT))


def count_unlisted(connection: Connection, unlisted: Sequence[Unlisted]) -> None:
    _add(connection, [(each.key, each.number, micros(each.at)) for each in unlisted])


def uncount(connection: Connection, rows: Sequence[Delivery]) -> None:
    """These were something else, or nothing at all."""
    _add(connection, [(key, -number, 0) for key, number in Counter(map(_key_of, rows)).items()])


def tallies(connection: Connection, since: datetime) -> dict[int | None, Tally]:
    """By subscription, from the minute on in which `since` lies."""
    it = minutes.c
    chosen = select(it.whose, it.verdict, func.sum(it.number), func.max(it.last)).where(
        it.minute >= micros(since) // _MINUTE, it.number > 0
    )
    found: dict[int | None, Tally] = {}
    for whose, verdict, number, last in connection.execute(chosen.group_by(it.whose, it.verdict)):
        owner = int(whose) if whose else None
        found[owner] = _added(found.get(owner, Tally()), verdict, number, datetime.fromtimestamp(last / 1e6, UTC))
    return found


def _add(connection: Connection, counts: Sequence[tuple[_Key, int, int]]) -> None:
    rows = [dict(zip(("minute", "whose", "verdict", "number", "last"), (*key, number, last), strict=True)) for key, number, last in counts]
    new = insert(minutes)
    more = {"number": minutes.c.number + new.excluded.number, "last": func.max(minutes.c.last, new.excluded.last)}
    connection.execute(new.on_conflict_do_update(index_elements=["minute", "whose", "verdict"], set_=more), rows)


def _key_of(row: Delivery) -> _Key:
    return _key(row.at, row.subscription_id, str(row.verdict))


def _key(at: datetime, subscription_id: int | None, kind: str) -> _Key:
    return _minute(at), "" if subscription_id is None else str(subscription_id), kind


def _minute(at: datetime) -> int:
    return micros(at) // _MINUTE


def _added(tally: Tally, kind: str, number: int, last: datetime) -> Tally:
    """A `kind` that is none is a ValueError."""
    if kind == LIMITED:
        return msgspec.structs.replace(tally, limited=tally.limited + number, last_at=max(last, tally.last_at or last))
    verdict = Verdict(kind)
    is_delivered = verdict in GOOD or verdict in BAD or verdict is Verdict.UNCHECKED
    more = {
        "ok": number * (verdict in GOOD),
        "bad": number * (verdict in BAD),
        "missed": number * (verdict is Verdict.MISSED),
        "duplicates": number * (verdict is Verdict.DUPLICATE),
        "late": number * (verdict is Verdict.LATE),
        "unchecked": number * (verdict is Verdict.UNCHECKED),
    }
    counted = {name: getattr(tally, name) + add for name, add in more.items()}
    return msgspec.structs.replace(
        tally,
        last_at=max(last, tally.last_at or last) if is_delivered else tally.last_at,
        valid_at=max(last, tally.valid_at or last) if verdict in GOOD else tally.valid_at,
        **counted,
    )
