"""One open journal: lines are added in transactions, the newest states and flags are read, it is copied and verified."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from app.store.journal import healing, rows, shelf, verdict
from app.store.journal.errors import DamagedError, HaltedError, JournalError, NewerError, RefTakenError, mapped
from app.store.journal.lines import Entry, Kept, Line, check
from app.store.journal.sqlite import Database
from app.store.journal.verdict import Verdict


class JournalFile:
    """Used by one thread at a time; other programs may have the same file open. Every failure is a JournalError.

    When the file is removed or replaced while it is open, the next write says so and the one after it rebuilds the file from
    what the open connection still holds; `heard` gets a sentence about that.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], datetime], heard: Callable[[str], None], patience: float, is_newer: bool
    ) -> None:
        """Use `opening.open_journal`, which checks the file first. `is_newer`: a later version's, only read."""
        self.path = database.path
        self.is_newer = is_newer
        self.heard = heard
        self._database = database
        self._now = now
        self._patience = patience
        self._identity = shelf.identity(self.path)
        self._is_missed = False  # it was seen and said that the file is gone

    # writing

    def append(self, lines: Sequence[Line]) -> None:
        """Write all of them or none; on the disk when this returns."""
        for line in lines:
            check(line)
        if not lines:
            return
        with self._writing() as connection:
            rows.add(connection, lines, self._now())

    def intend(self, line: Line, *, is_new: bool = True) -> None:
        """Write that an order is about to be sent. HaltedError or RefTakenError, looked at in the same transaction, refuse it.

        Not `is_new`: a person sends the same order once more, under the reference that is there already.
        """
        check(line)
        if line.order is None:
            raise JournalError("An intent cannot be written without its order: its reference would not be known as taken")
        with self._writing() as connection:
            standing = rows.standing(connection, line.ref)
            if standing.halt:
                raise HaltedError(standing.halt)
            if is_new and standing.taken is not None:
                raise RefTakenError(f"The reference {line.ref} is in the journal already")
            rows.add(connection, [line], self._now(), standing)

    def probe(self) -> None:
        """Raise what a write would raise now; nothing is added."""
        with self._writing():
            self._database.touch()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self.is_newer:
            raise NewerError(f"The journal {self.path.name} belongs to a later version of the program: nothing can be added to it")
        try:
            with mapped(self.path):
                self._be_in_place()
                with self._database.writing() as connection:
                    yield connection
        except DamagedError:
            with contextlib.suppress(OSError):
                shelf.suspicion(self.path).touch()
            raise

    def _be_in_place(self) -> None:
        """SQLite would go on writing into a file that has no name any more."""
        if shelf.identity(self.path) == self._identity:
            return
        if not self._is_missed:
            self._is_missed = True
            raise JournalError(f"The journal {self.path.name} was removed or replaced while in use")
        healed = healing.heal(self._database, self._identity, self._now(), self._patience)
        self._database = healed.database
        self._identity = shelf.identity(self.path)
        self._is_missed = False
        self.heard(healed.words)

    # reading

    def live(self) -> list[Kept]:
        """The orders that may still change at the venue, longest untouched first."""
        with self._reading() as connection:
            return rows.live(connection)

    def touched_since(self, moment: datetime) -> list[Kept]:
        """The orders touched at `moment` (aware) or later."""
        with self._reading() as connection:
            return rows.touched_since(connection, moment)

    def kept(self, ref: str) -> Kept | None:
        with self._reading() as connection:
            return rows.kept(connection, ref)

    def flag(self, name: str) -> str:
        """Empty when it is not set."""
        with self._reading() as connection:
            return rows.flag(connection, name)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries that follow number `after`, a page at a time; between two pages others may write."""
        while True:
            with self._reading() as connection:
                page = rows.after(connection, after)
            yield from map(rows.entry, page)
            if not page:
                return
            after = page[-1].seq

    def data_version(self) -> int:
        """Another number than last time when another program, or another connection of this one, has written since."""
        with mapped(self.path):
            return self._database.data_version()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with mapped(self.path), self._database.reading() as connection:
            yield connection

    # care

    def backup(self, folder: Path | None = None, keep: int = 5) -> Path:
        """Write a copy of the present state into `folder` (`shelf.backup_folder` if not given) and keep the newest `keep`."""
        with mapped(self.path):
            return shelf.shelve(self.path, self._database.copy_to, self._now(), folder, keep)

    def verify(self) -> Verdict:
        """Read all of it; what is wrong is in the verdict, and an error only when it is not the file's."""
        with mapped(self.path):
            return verdict.judge(self._database)

    def close(self) -> None:
        self._database.close()
