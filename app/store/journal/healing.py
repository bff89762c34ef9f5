"""A journal whose file was taken away while it was open is written anew from the connection that still holds it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

import msgspec

from app.store.journal import rows, shelf
from app.store.journal.chain import Stored
from app.store.journal.errors import JournalError, mapped
from app.store.journal.sqlite import Database


class Healed(msgspec.Struct, frozen=True):
    """The connection to go on with, and what happened in words."""

    database: Database
    words: str


def heal(database: Database, known: shelf.Identity, now: datetime, patience: float) -> Healed:
    """Bring the file back under its name. `known` are the numbers of the files that `database` has open.

    When another program has put a file there that holds all we have, that one is used.
    """
    path = database.path
    shelf.make_folder(path.parent)
    with shelf.guarded(path, patience):
        shelf.drop_log(path, known)
        if shelf.identity(path)[0] != known[0] and (other := _follower(database, patience)):
            database.close()
            return Healed(
                other, f"The journal {path.name} was replaced while in use by a file that holds the same entries: it is used now."
            )
        return _rewritten(database, now, patience)


def _follower(database: Database, patience: float) -> Database | None:
    """The file that has the name now, when it goes on from our newest row."""
    if not shelf.is_plain(database.path):
        return None
    with contextlib.suppress(JournalError), mapped(database.path), contextlib.ExitStack() as unless_good:
        other = Database(database.path, patience)
        unless_good.callback(other.close)
        if not other.quick_words() and _holds(other, _newest(database)):
            other.use_wal()
            unless_good.pop_all()
            return other
    return None


def _newest(database: Database) -> Stored | None:
    with database.reading() as connection:
        return next(iter(rows.last(connection)), None)


def _holds(database: Database, row: Stored | None) -> bool:
    with database.reading() as connection:
        return row is not None and rows.after(connection, row.seq - 1)[:1] == [row]


def _rewritten(database: Database, now: datetime, patience: float) -> Healed:
    path = database.path
    draft = shelf.draft_of(path)
    database.copy_to(draft)
    aside = shelf.set_aside(path, now)
    shelf.put_in_place(draft, path)
    database.close()
    fresh = connected(path, patience)
    beside = f" The file that had its name is kept as {aside.name}." if aside else ""
    return Healed(fresh, f"The journal {path.name} was removed or replaced while in use; it was written anew, with all entries.{beside}")


def connected(path: Path, patience: float) -> Database:
    """An open database with its log on, for this user only."""
    database = Database(path, patience)
    with contextlib.ExitStack() as unless_good:
        unless_good.callback(database.close)
        database.use_wal()
        shelf.keep_private(path)
        unless_good.pop_all()
    return database
