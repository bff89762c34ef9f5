"""What the journal's tests share: a clock that ticks, lines, an open file, and other programs that touch it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.store.journal.file import JournalFile
from app.store.journal.lines import Kept, Line
from app.store.journal.opening import Opened, open_journal

NOON = datetime(2026, 3, 4, 12, 0, 0, 5, UTC)
SHORT = 0.05  # seconds to wait for a lock that will not be given


class Ticking:
    """A clock that goes on by a second with each look."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def line(number: int = 1, kind: str = "noted", *, is_live: bool = True) -> Line:
    """A line about an order, with the order's state."""
    ref = f"ref-{number}"
    return Line(kind, ref, f'{{"number":{number}}}', order=Kept(ref, f"venue-{number}", is_live, NOON + timedelta(seconds=number), "{}"))


def remark(words: str = "{}") -> Line:
    return Line("remarked", "", words)


def opening(path: Path, clock: Ticking | None = None, *, patience: float = SHORT) -> Opened:
    return open_journal(path, now=clock or Ticking(), patience=patience)


@contextlib.contextmanager
def opened(path: Path, *, patience: float = SHORT) -> Iterator[JournalFile]:
    """An open journal that must need no repair."""
    found = opening(path, patience=patience)
    with contextlib.closing(found.file):
        assert not found.is_rebuilt, found.notes
        yield found.file


def filled(path: Path, count: int = 5) -> None:
    """A journal of `count` rows, closed."""
    with opened(path) as file:
        file.append([line(number) for number in range(1, count + 1)])


def change(path: Path, *statements: str) -> None:
    """Another program changes the file behind the journal's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@contextlib.contextmanager
def write_locked(path: Path) -> Iterator[None]:
    """Another connection holds the write lock."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def bodies(file: JournalFile) -> list[str]:
    return [entry.body for entry in file.entries()]


def seqs(file: JournalFile) -> list[int]:
    return [entry.seq for entry in file.entries()]
