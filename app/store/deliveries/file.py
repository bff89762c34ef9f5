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
from sqlalchemy import Connection, create_engine, delete, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.domain.webhook import Delivery, Letter, Verdict
from app.store import settings
from app.store.deliveries import minutes
from app.store.deliveries.rows import as_delivery, as_letter, columns, letter_columns
from app.store.deliveries.schema import OURS, VERSION, WITHOUT_NOTICED, counter, deliveries, letters, metadata
from app.store.deliveries.thinning import thin

PATIENCE: Final = 5.0  # seconds to wait while the other process writes
MOST_PINNED: Final = 1_000
SLACK: Final = 500  # rows written between two looks at the limits
# A log: after a crash of the computer the last moments may be missing, and nothing else.
_SETTINGS: Final = ("PRAGMA synchronous=NORMAL", "PRAGMA trusted_schema=OFF", "PRAGMA journal_size_limit=8388608")
_NUMBERED: Final = "deliveries"
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
    }
)  # fmt: skip
"""What says nothing against the file itself."""


class DeliveriesFile:
    """One connection, for one thread at a time. Every method raises OSError, and nothing else, when the file cannot be used."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        """`words` say what became of a file that could not be used and was put aside; `patience` in seconds, while another one writes."""
        self.path = path
        self._patience = patience
        self._is_open = False
        self.words = ""
        self._since_look = 0
        self._is_writing = False
        self._begin()

    def close(self) -> None:
        self._is_open = False
        with contextlib.suppress(sqlite3.Error):  # what was committed is in the file
            self._engine.dispose()
            self._raw.close()

    # Writing

    def add(self, rows: Sequence[tuple[Delivery, Letter | None]]) -> list[int]:
        """Their numbers, in their order."""
        if not rows:
            return []
        with self._writing() as connection:
            last = self._numbered(connection, len(rows))
            numbers = list(range(last - len(rows) + 1, last + 1))
            connection.execute(insert(deliveries), [columns(row, number) for (row, _), number in zip(rows, numbers, strict=True)])
            kept = [letter_columns(letter, number) for (_, letter), number in zip(rows, numbers, strict=True) if letter is not None]
            if kept:
                connection.execute(insert(letters), kept)
            minutes.count(connection, [row for row, _ in rows])
            self._since_look += len(rows)
            if self._since_look >= SLACK:
                self._since_look = 0
                thin(connection)
        return numbers

    def count_unlisted(self, unlisted: Sequence[minutes.Unlisted]) -> None:
        """These came as well, and are only counted."""
        with self._writing() as connection:
            minutes.count_unlisted(connection, unlisted)

    def mark_late(self, number: int, at: datetime) -> None:
        """Nothing where it was not missed."""
        with self._writing() as connection:
            for row in _missed(connection, [number]):
                reason = f"a delivery came {(at - row.at).total_seconds():.1f} s after the poll"
                connection.execute(update(deliveries).where(deliveries.c.id == number).values(verdict=str(Verdict.LATE), reason=reason))
                minutes.uncount(connection, [row])
                minutes.count(connection, [msgspec.structs.replace(row, verdict=Verdict.LATE)])

    def remove_missed(self, numbers: Sequence[int]) -> None:
        """These were not missed after all, pinned or not; nothing else is removed."""
        with self._writing() as connection:
            if rows := _missed(connection, numbers):
                connection.execute(delete(deliveries).where(deliveries.c.id.in_([row.id for row in rows])))
                minutes.uncount(connection, rows)

    def note_refetched(self, numbers: Sequence[int], paths: Sequence[str]) -> None:
        with self._writing() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id.in_(numbers)).values(refetched="\n".join(paths)))

    def pin(self, number: int, *, is_pinned: bool) -> None:
        """OSError where too many are pinned."""
        with self._writing() as connection:
            pinned = connection.scalar(select(func.count()).where(deliveries.c.is_pinned)) or 0
            if is_pinned and pinned >= MOST_PINNED:
                raise OSError(f"{MOST_PINNED:,} deliveries are pinned already: unpin some")
            connection.execute(update(deliveries).where(deliveries.c.id == number).values(is_pinned=is_pinned))

    def clear(self) -> int:
        """Remove all but the pinned ones, and give the disk back what they took. What came is still counted."""
        with self._writing() as connection:
            removed = connection.execute(delete(deliveries).where(~deliveries.c.is_pinned)).rowcount
            connection.execute(delete(letters).where(letters.c.id.not_in(select(deliveries.c.id))))
        with _as_os_error():
            self._raw.executescript("PRAGMA incremental_vacuum")  # `execute` would stop after its first page
            self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return removed

    # Reading

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        self._follow()
        with _as_os_error(), self._engine.connect() as connection, connection.begin():
            yield connection

    def get(self, number: int) -> Delivery | None:
        with self.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == number)).first()
            return None if row is None else as_delivery(row)

    def letter(self, number: int) -> Letter | None:
        with self.reading() as connection:
            row = connection.execute(select(letters).where(letters.c.id == number)).first()
            return None if row is None else as_letter(row)

    # Inside

    def _begin(self) -> None:
        """Open the file; where it cannot be used, put it aside and begin a new one."""
        with _as_os_error():
            if why := self._open():
                self._put_aside(why)
                if why := self._open():
                    raise OSError(f"a new file {why}")
        self._is_open = True

    def _open(self) -> str:
        """Why the file cannot be used; it is closed then, as it is after any error."""
        self._connect()
        why = "could not be asked"
        try:
            why = self._ready()
        finally:
            if why:
                self.close()
        return why

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if os.name == "posix" and self.path.stat().st_mode & 0o077:
            self.path.chmod(0o600)
        self._place = _place(self.path)
        raw = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None, check_same_thread=False)
        raw.text_factory = _as_text
        self._raw = raw
        self._engine = create_engine("sqlite+pysqlite://", creator=lambda: raw, poolclass=StaticPool)
        event.listen(self._engine, "begin", self._started)

    def _started(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if self._is_writing else "BEGIN")

    def _follow(self) -> None:
        """Somebody removed the file, or put it aside: go on with the one that is there now."""
        if not self._is_open or _place(self.path) != self._place:
            self.close()
            self._begin()

    def _ready(self) -> str:
        """Empty when it can be used, otherwise why not; an empty file becomes one of ours. Errors when that cannot be said now."""
        try:
            for setting in _SETTINGS:
                self._raw.execute(setting)
            if not self._told("application_id") and not self._told("user_version"):
                self._lay_out()
            if self._told("application_id") != OURS:
                return "is not of this program"
            self._widen()
            if (version := self._told("user_version")) != VERSION:
                return f"is of another version of this program ({version}, not {VERSION})"
            return "" if self._is_sound() else "is damaged"
        except (sqlite3.DatabaseError, DBAPIError) as problem:
            cause = problem.orig if isinstance(problem, DBAPIError) else problem
            code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF
            if code in _PASSING or (code == sqlite3.SQLITE_READONLY and not os.access(self.path, os.W_OK)):
                raise
            return "is damaged"
        except UnicodeDecodeError:
            return "is damaged"

    def _is_sound(self) -> bool:
        """All of it can be read and written. Errors where that ends early."""
        if str(self._raw.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            return False
        with self._transaction() as connection:
            for table in metadata.tables.values():
                connection.execute(select(table).limit(1)).all()
            with connection.begin_nested() as trial:
                connection.execute(update(counter).values(last=counter.c.last))
                trial.rollback()  # nothing need be written on a disk that is full
            newest = connection.scalar(select(func.max(deliveries.c.id))) or 0
            last = connection.scalar(select(counter.c.last).where(counter.c.name == _NUMBERED))
        return last is not None and newest <= last

    def _told(self, name: str) -> int:
        return int(self._raw.execute(f"PRAGMA {name}").fetchone()[0])

    def _lay_out(self) -> None:
        """Nothing where another process has just done it, or the file holds something of its own."""
        with contextlib.suppress(sqlite3.OperationalError):  # another process does this at the moment
            self._raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
            self._raw.execute("PRAGMA journal_mode=WAL")
        with self._transaction() as connection:
            if not connection.exec_driver_sql("SELECT name FROM sqlite_master LIMIT 1").fetchall():
                metadata.create_all(connection)
                connection.execute(insert(counter).values(name=_NUMBERED, last=0))
                connection.exec_driver_sql(f"PRAGMA application_id={OURS}")
                connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")

    def _widen(self) -> None:
        """A file of the version before has no column for when something was noticed."""
        if self._told("user_version") != WITHOUT_NOTICED:
            return
        with self._transaction() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar() == WITHOUT_NOTICED:  # no other process has done it meanwhile
                connection.exec_driver_sql("ALTER TABLE deliveries ADD COLUMN noticed BIGINT")
                connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")

    def _put_aside(self, why: str) -> None:
        if _place(self.path) != self._place:
            return  # another process has done it
        aside = settings.move_aside(self.path, datetime.now(UTC))
        for end in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self.path.with_name(self.path.name + end).rename(aside.with_name(aside.name + end))
        self.words = f"The file of deliveries {why}: it is kept as {aside.name}, and a new one was begun."

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._follow()
        with _as_os_error(), self._transaction() as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """With the file's write lock from its start."""
        self._is_writing = True
        try:
            with self._engine.connect() as connection, connection.begin():
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
    except (DBAPIError, sqlite3.Error, OverflowError, ValueError, msgspec.MsgspecError) as problem:
        raise OSError(str(problem.__cause__ or problem)) from problem


def _missed(connection: Connection, numbers: Sequence[int]) -> list[Delivery]:
    chosen = select(deliveries).where(deliveries.c.id.in_(numbers), deliveries.c.verdict == str(Verdict.MISSED))
    return [as_delivery(row) for row in connection.execute(chosen)]


def _as_text(text: bytes) -> str:
    """A damaged letter is no reason to show no row."""
    return text.decode(errors="replace")


def _place(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None where none does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
