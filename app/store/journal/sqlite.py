"""All that is SQLite's alone: the connection's settings, its two kinds of transactions, its checks, and a copy made while it is open."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

# FULL: a commit is on the disk when it returns. A file from elsewhere may hold functions in its schema: those are not called.
_SETTINGS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_size_limit=16777216",
)
_BEGINNINGS: Final = {True: "BEGIN IMMEDIATE", False: "BEGIN"}


class Database:
    """One connection to the file at `path`, which must exist. Errors are SQLite's and SQLAlchemy's own: `errors.mapped` is the border."""

    def __init__(self, path: Path, patience: float) -> None:
        """`patience`: the seconds to wait for another program's lock."""
        self.path = path
        self._is_writing = False
        self._raw = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        )
        engine = create_engine("sqlite+pysqlite://", creator=lambda: self._raw, poolclass=StaticPool)
        event.listen(engine, "begin", self._begin)
        self._engine = engine
        try:
            for setting in _SETTINGS:
                self._raw.execute(setting)
            self._connection = engine.connect()
        except BaseException:
            self._raw.close()
            raise

    def _begin(self, connection: Connection) -> None:
        connection.exec_driver_sql(_BEGINNINGS[self._is_writing])

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees one state of the file, whatever others write meanwhile."""
        with self._connection.begin():
            yield self._connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the file's only write lock from its start; committed, on the disk, when it ends."""
        self._is_writing = True
        try:
            with self._connection.begin():
                yield self._connection
        finally:
            self._is_writing = False

    def use_wal(self) -> None:
        """Write-ahead logging: a commit is one write and one sync, and readers never wait. It stays with the file."""
        mode = self._raw.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise OSError(None, f"its file system cannot hold a write-ahead log (it stays in mode {mode})")
        self._raw.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()  # the first reading makes the log's file

    def touch(self) -> None:
        """Inside `writing`: change the file without touching a table, so that the commit is a real one."""
        number = int(self._raw.execute("PRAGMA user_version").fetchone()[0])
        self._raw.execute(f"PRAGMA user_version={(number + 1) % 1_000_000}")

    def pages(self) -> int:
        """The size of the file in pages, with what the log still holds."""
        return int(self._raw.execute("PRAGMA page_count").fetchone()[0])

    def quick_words(self, table: str = "") -> str:
        """What is wrong with the file's structure, or with that of one table; empty when it is whole."""
        return self._check(f"PRAGMA quick_check('{table}')" if table else "PRAGMA quick_check(1)")

    def integrity_words(self) -> str:
        """As `quick_words`, with every index compared to its table."""
        return self._check("PRAGMA integrity_check(1)")

    def _check(self, pragma: str) -> str:
        found = str(self._raw.execute(pragma).fetchone()[0])
        return "" if found == "ok" else " ".join(found.split())

    def data_version(self) -> int:
        """Another number than last time when another connection has committed since."""
        return int(self._raw.execute("PRAGMA data_version").fetchone()[0])

    def copy_to(self, target: Path) -> None:
        """Write a whole, compact copy of the present state; `target` must not exist or be empty. It is on the disk at the end."""
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._raw.execute("VACUUM INTO ?", (str(target),))

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # nothing is lost: what was committed is in the log
            self._connection.close()
            self._engine.dispose()
            self._raw.close()
