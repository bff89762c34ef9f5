"""How the journal can fail, and the one border at which SQLite's, SQLAlchemy's and the system's errors become sentences.

JournalError           it cannot be read or written; `str(error)` is a sentence for the screen
├── DamagedError       the file itself is not whole: torn, foreign, changed
├── NewerError         a later version of the program wrote it: nothing may be added
├── HaltedError        an intent was refused because orders are halted; the text is the reason that was written down
└── RefTakenError      an intent was refused because its reference is in the journal already
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError


class JournalError(Exception):
    """The journal cannot do what was asked."""


class DamagedError(JournalError):
    """The file is not a whole journal."""


class NewerError(JournalError):
    """The file belongs to a later version of the program."""


class HaltedError(JournalError):
    """Orders are halted; nothing was written."""


class RefTakenError(JournalError):
    """The reference was used before; nothing was written."""


# https://www.sqlite.org/rescode.html: the low byte is the primary result code.
_BY_SQLITE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_PERM: "may not be opened by this user",
    sqlite3.SQLITE_BUSY: "is locked by another program",
    sqlite3.SQLITE_LOCKED: "is locked by another program",
    sqlite3.SQLITE_NOMEM: "needs more memory than there is",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_IOERR: "cannot be used: the disk reports an input/output error",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_TOOBIG: "was given a text that is too large",
}
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_BY_SYSTEM: Final[Mapping[int, str]] = {
    errno.ENOSPC: _BY_SQLITE[sqlite3.SQLITE_FULL],
    errno.EDQUOT: _BY_SQLITE[sqlite3.SQLITE_FULL],
    errno.EROFS: _BY_SQLITE[sqlite3.SQLITE_READONLY],
    errno.EACCES: _BY_SQLITE[sqlite3.SQLITE_PERM],
    errno.EPERM: _BY_SQLITE[sqlite3.SQLITE_PERM],
    errno.EIO: _BY_SQLITE[sqlite3.SQLITE_IOERR],
}


@contextlib.contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Inside, every error of the file or the database about `path` leaves as a JournalError."""
    try:
        yield
    except DBAPIError as error:
        raise _from_driver(path, error.orig) from error
    except SQLAlchemyError as error:
        raise DamagedError(f"The journal {path.name} cannot be read ({error})") from error
    except sqlite3.Error as error:
        raise _from_driver(path, error) from error
    except OSError as error:
        raise JournalError(_from_system(path, error)) from error


def _from_driver(path: Path, error: BaseException | None) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own words: a text that is no UTF-8, a value of a type that SQLite does not know
        return DamagedError(f"The journal {path.name} is damaged ({error})")
    primary = code & 0xFF
    if primary in _DAMAGE:
        return DamagedError(f"The journal {path.name} is damaged ({error})")
    if primary == sqlite3.SQLITE_ERROR:  # a table or a column that is not there
        return DamagedError(f"The journal {path.name} is not built as it should be ({error})")
    return JournalError(f"The journal {path.name} {_BY_SQLITE.get(primary, f'cannot be used ({error})')}")


def _from_system(path: Path, error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"The journal {path.name} {_BY_SQLITE[sqlite3.SQLITE_BUSY]}"
    words = _BY_SYSTEM.get(error.errno or 0)
    return f"The journal {path.name} {words}" if words else f"The journal {path.name} cannot be used: {error.strerror or error}"
