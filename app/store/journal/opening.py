"""Opening a journal: checked, migrated, and when it is damaged or gone kept aside and rebuilt. Never silently empty."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from app.store.journal import migrate, schema, shelf, verdict
from app.store.journal.errors import DamagedError, JournalError, mapped
from app.store.journal.file import JournalFile
from app.store.journal.sqlite import Database
from app.store.journal.verdict import Verdict

PATIENCE: Final = 2.0  # seconds to wait for another program's lock
SMALL: Final = 16_384  # pages (64 MB): to look at every page of 750 MB took 15 s from a cold disk; `verify` does it all the same


class Opened(msgspec.Struct, frozen=True):
    """`notes` are sentences for the person. `is_rebuilt`: entries may be missing, so ask the venue before anything is sent."""

    file: JournalFile
    notes: list[str]
    is_rebuilt: bool


def unheard(words: str) -> None:
    """Nobody listens."""


def open_journal(path: Path, *, now: Callable[[], datetime], heard: Callable[[str], None] = unheard, patience: float = PATIENCE) -> Opened:
    """Open the journal at `path`, or make it. JournalError when that cannot be done; a damaged file is not such a case.

    `heard` gets sentences about what happens to the file later, for instance that it was removed.
    """

    def opened(notes: list[str]) -> Opened:
        database, is_newer = _checked(path, patience)
        file = JournalFile(database, now=now, heard=heard, patience=patience, is_newer=is_newer)
        return Opened(file, notes, bool(notes))

    with mapped(path):
        shelf.make_folder(path.parent)
        with shelf.guarded(path, patience):
            words = _absence(path, patience)
            if words:
                return opened([_rebuild(path, words, now(), patience)])
            try:
                return opened([])
            except DamagedError as error:
                return opened([_rebuild(path, str(error), now(), patience)])


def back_up(path: Path, *, now: datetime, folder: Path | None = None, keep: int = 5, patience: float = PATIENCE) -> Path:
    """As `JournalFile.backup`, with a connection of its own: of a long journal this takes seconds, in which others may write it."""
    with mapped(path), contextlib.closing(Database(path, patience)) as database:
        return shelf.shelve(path, database.copy_to, now, folder, keep)


def examine(path: Path, patience: float = PATIENCE) -> Verdict:
    """Judge the journal at `path` and change nothing. JournalError when it cannot be read, also by this version."""
    with mapped(path), contextlib.closing(Database(path, patience)) as database:
        with database.reading() as connection:
            if migrate.revision(connection) not in schema.KNOWN:
                raise JournalError(f"The journal {path.name} belongs to a later version of the program")
        return verdict.judge(database)


def _absence(path: Path, patience: float) -> str:
    """Why there is no file to open, in words; a first start makes one."""
    if shelf.is_plain(path):
        return ""
    if os.path.lexists(path):
        return f"The journal {path.name} is no file"
    if shelf.backups(path) or shelf.leftovers(path):
        return f"The journal {path.name} is missing"
    _create(path, patience)
    return ""


def _checked(path: Path, patience: float) -> tuple[Database, bool]:
    """The open file, and whether it is a later version's. DamagedError says what is wrong with it."""
    with mapped(path), contextlib.ExitStack() as unless_good:
        database = Database(path, patience)
        unless_good.callback(database.close)
        is_small = database.pages() <= SMALL
        _refuse(path, _structure_words(database, is_small))
        with database.reading() as connection:
            found = migrate.revision(connection)
        is_newer = found not in schema.KNOWN
        if not is_newer:
            _bring_up(database, found, is_small)
        database.use_wal()
        shelf.keep_private(path)
        shelf.suspicion(path).unlink(missing_ok=True)
        unless_good.pop_all()
        return database, is_newer


def _structure_words(database: Database, is_small: bool) -> str:
    if shelf.suspicion(database.path).exists():
        return database.integrity_words()
    if is_small:
        return database.quick_words()
    return next(filter(None, map(database.quick_words, ("orders", "flags"))), "")


def _bring_up(database: Database, found: str, is_small: bool) -> None:
    """The present tables, with the newest rows in one chain and the states as they were written."""
    if found != schema.HEAD:
        with database.writing() as connection:
            migrate.upgrade(connection)
    with database.reading() as connection:
        _refuse(database.path, verdict.shape_words(connection))
        broken = verdict.tail_break(connection)
        _refuse(database.path, broken.words if broken else verdict.changed_words(connection, is_live_only=not is_small))


def _refuse(path: Path, words: str) -> None:
    if words:
        raise DamagedError(f"The journal {path.name} is damaged ({words})")


def _create(path: Path, patience: float) -> None:
    """A new journal, complete before it has its name."""
    draft = shelf.draft_of(path)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(Database(draft, patience)) as database, database.writing() as connection:
        migrate.upgrade(connection)
    shelf.put_in_place(draft, path)


def _rebuild(path: Path, words: str, now: datetime, patience: float) -> str:
    """Keep what is there aside and put the newest good backup in its place, or a new journal. Says what was done."""
    aside = shelf.set_aside(path, now)
    kept = f" The old file is kept as {aside.name}." if aside else ""
    for backup in reversed(shelf.backups(path)):
        if _restore(backup, path, patience):
            return (
                f"{words}.{kept} The backup of {shelf.written_at(backup):%Y-%m-%d %H:%M:%S} UTC took its place; what came later is missing."
            )
    _create(path, patience)
    return f"{words}.{kept} There was no good backup, so a new, empty journal took its place."


def _restore(backup: Path, path: Path, patience: float) -> bool:
    """Whether the backup is whole and now has the journal's name. The backup stays where it is."""
    draft = shelf.draft_of(path)
    shelf.copy(backup, draft)
    try:
        is_good = examine(draft, patience).is_whole
    except JournalError:
        is_good = False
    if is_good:
        shelf.put_in_place(draft, path)
    return is_good
