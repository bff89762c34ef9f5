"""The file of deliveries: opened or begun anew, written in batches, kept small. Used by the receiver's process and the window at once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, Select, create_engine, delete, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.domain.webhook import Delivery, Letter, Verdict
from app.store import settings
from app.store.deliveries.schema import VERSION, counter, deliveries, letters, metadata

PATIENCE: Final = 5.0  # seconds to wait while the other process writes
MOST_ROWS: Final = 20_000
MOST_PINNED: Final = 1_000
MOST_BYTES: Final = 64 * 1024 * 1024  # of all bodies and headers
SLACK: Final = 500  # rows written between two looks at the limits
# A log: after a crash of the computer the last moments may be missing, and nothing else.
_SETTINGS: Final = ("PRAGMA synchronous=NORMAL", "PRAGMA trusted_schema=OFF", "PRAGMA journal_size_limit=8388608")
_NUMBERED: Final = "deliveries"


class DeliveriesFile:
    """One connection, for one thread at a time. Every method raises OSError, and nothing else, when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        """`words` say what became of a file that could not be used and was put aside."""
        self.path = path
        self.words = ""
        with _as_os_error():
            self._open()
        if self._is_strange():
            self._begin_anew()
        self._since_look = 0

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # what was committed is in the file
            self._engine.dispose()
            self._raw.close()

    # Writing

    def add(self, rows: Sequence[tuple[Delivery, Letter | None]]) -> list[int]:
        """Their numbers, in their order."""
        with self._writing() as connection:
            last = self._numbered(connection, len(rows))
            numbers = list(range(last - len(rows) + 1, last + 1))
            connection.execute(insert(deliveries), [_columns(row, number) for (row, _), number in zip(rows, numbers, strict=True)])
            kept = [_letter(letter, number) for (_, letter), number in zip(rows, numbers, strict=True) if letter is not None]
            if kept:
                connection.execute(insert(letters), kept)
            self._since_look += len(rows)
            if self._since_look >= SLACK:
                self._since_look = 0
                _thin(connection)
        return numbers

    def change(self, number: int, **values: object) -> None:
        with self._writing() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == number).values(**values))

    def note_refetched(self, numbers: Sequence[int], paths: Sequence[str]) -> None:
        with self._writing() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id.in_(numbers)).values(refetched="\n".join(paths)))

    def pin(self, number: int, *, is_pinned: bool) -> None:
        """OSError where too many are pinned."""
        with self._writing() as connection:
            pinned = connection.scalar(select(func.count()).where(deliveries.c.is_pinned)) or 0
            if is_pinned and pinned >= MOST_PINNED:
                raise OSError(None, f"{MOST_PINNED:,} deliveries are pinned already: unpin some")
            connection.execute(update(deliveries).where(deliveries.c.id == number).values(is_pinned=is_pinned))

    def clear(self) -> int:
        with self._writing() as connection:
            removed = connection.execute(delete(deliveries).where(~deliveries.c.is_pinned)).rowcount
            connection.execute(delete(letters).where(letters.c.id.not_in(select(deliveries.c.id))))
        return removed

    # Reading

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        with _as_os_error(), self._engine.connect() as connection, connection.begin():
            yield connection

    def get(self, number: int) -> Delivery | None:
        with self.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == number)).first()
            return None if row is None else as_delivery(row)

    def letter(self, number: int) -> Letter | None:
        with self.reading() as connection:
            row = connection.execute(select(letters).where(letters.c.id == number)).first()
            return None if row is None else Letter(_headers(row.headers), row.body, row.full_size)

    # Inside

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        raw = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self._raw = raw
        self._engine = create_engine("sqlite+pysqlite://", creator=lambda: raw, poolclass=StaticPool)
        self._is_writing = False
        event.listen(self._engine, "begin", self._begin)

    def _begin(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if self._is_writing else "BEGIN")

    def _is_strange(self) -> bool:
        """Whether it is no file of ours, or not of this version; an empty one becomes one."""
        try:
            for setting in _SETTINGS:
                self._raw.execute(setting)
            version = int(self._raw.execute("PRAGMA user_version").fetchone()[0])
            if version == VERSION:
                return str(self._raw.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok"
            if version == 0 and not self._raw.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall():
                self._lay_out()
                return False
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                self.close()
                raise OSError(None, str(problem)) from None
        return True

    def _lay_out(self) -> None:
        self._raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
        self._raw.execute("PRAGMA journal_mode=WAL")
        with self._writing() as connection:
            metadata.create_all(connection)
            if not connection.scalar(select(func.count()).select_from(counter)):
                connection.execute(insert(counter).values(name=_NUMBERED, last=0))
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")

    def _begin_anew(self) -> None:
        self.close()
        aside = settings.move_aside(self.path, datetime.now(UTC))
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        self.words = f"The file of deliveries could not be used and is kept as {aside.name}; a new one was begun"
        with _as_os_error():
            self._open()
            for setting in _SETTINGS:
                self._raw.execute(setting)
            self._lay_out()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction with the file's write lock from its start."""
        self._is_writing = True
        try:
            with _as_os_error(), self._engine.connect() as connection, connection.begin():
                yield connection
        finally:
            self._is_writing = False

    def _numbered(self, connection: Connection, many: int) -> int:
        connection.execute(update(counter).where(counter.c.name == _NUMBERED).values(last=counter.c.last + many))
        return int(connection.scalar(select(counter.c.last).where(counter.c.name == _NUMBERED)) or 0)


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as problem:
        raise OSError(None, str(problem.__cause__ or problem)) from problem


def as_delivery(row: Row[tuple[object, ...]]) -> Delivery:
    it = row._mapping
    return Delivery(
        at=datetime.fromtimestamp(it["at"] / 1e6, UTC),
        verdict=Verdict(it["verdict"]),
        id=it["id"],
        event=it["event"],
        match_id=it["match_id"],
        subscription_id=it["subscription_id"],
        path=it["path"],
        size=it["size"],
        answer=it["answer"],
        took=None if it["took"] is None else it["took"] / 1000,
        reason=it["reason"],
        copy_of=it["copy_of"],
        refetched=tuple(filter(None, it["refetched"].split("\n"))),
        is_pinned=bool(it["is_pinned"]),
    )


def micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def _columns(row: Delivery, number: int) -> dict[str, object]:
    return {
        **{name: getattr(row, name) for name in ("event", "match_id", "subscription_id", "path", "size", "answer", "reason", "copy_of")},
        "id": number,
        "at": micros(row.at),
        "verdict": str(row.verdict),
        "took": None if row.took is None else round(row.took * 1000),
        "refetched": "\n".join(row.refetched),
        "is_pinned": row.is_pinned,
    }


def _letter(letter: Letter, number: int) -> dict[str, object]:
    return {"id": number, "headers": msgspec.json.encode(letter.headers), "body": letter.body, "full_size": letter.full_size}


def _headers(text: bytes) -> tuple[tuple[str, str], ...]:
    return msgspec.json.decode(text, type=tuple[tuple[str, str], ...])


def _thin(connection: Connection) -> None:
    """What is too much goes, the oldest first; what is pinned stays."""
    spare = select(deliveries.c.id).where(~deliveries.c.is_pinned).order_by(deliveries.c.id.desc()).offset(MOST_ROWS)
    newest_gone = connection.scalar(spare.limit(1))
    if newest_gone is not None:
        _drop(connection, newest_gone)
    sizes = select(letters.c.id, func.length(letters.c.body) + func.length(letters.c.headers)).order_by(letters.c.id.desc())
    total = 0
    for number, size in connection.execute(sizes):
        total += size
        if total > MOST_BYTES:
            connection.execute(delete(letters).where(letters.c.id <= number, letters.c.id.not_in(_pinned())))
            break


def _drop(connection: Connection, newest: int) -> None:
    connection.execute(delete(deliveries).where(deliveries.c.id <= newest, ~deliveries.c.is_pinned))
    connection.execute(delete(letters).where(letters.c.id <= newest, letters.c.id.not_in(_pinned())))


def _pinned() -> Select[tuple[int]]:
    return select(deliveries.c.id).where(deliveries.c.is_pinned)
