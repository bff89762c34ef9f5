"""A file that a person chose to import a table from: its kind and size are looked at before a byte of it is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from app.domain.table_text import MOST_BYTES, TableError
from app.store.apart import apart

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


async def read(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """A plain file's bytes, at most so many; TableError with a sentence for what is none. The loop goes on meanwhile."""
    return await apart(lambda: _bytes(path, most_bytes), "read-table")


def _bytes(path: Path, most_bytes: int) -> bytes:
    try:
        return _read(path, most_bytes)
    except TableError:
        raise
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise TableError("There is no such file") from problem
    except PermissionError as problem:
        raise TableError("You are not allowed to read this file") from problem
    except OSError as problem:
        raise TableError(f"The file cannot be read: {problem.strerror or 'the system does not say why'}") from problem
    except ValueError as problem:
        raise TableError("This is no name of a file") from problem


def _read(path: Path, most_bytes: int) -> bytes:
    """Looked at again once it is open, because another file may have taken its place; a pipe or device opened so does not block."""
    _refuse(path.stat(), most_bytes)
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _refuse(os.fstat(file.fileno()), most_bytes)
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise TableError(f"It has more than {most_bytes // 1_000_000} MB, which is the most that is read")
    return content


def _refuse(status: os.stat_result, most_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise TableError("This is a folder: choose the file in it")
    if not stat.S_ISREG(status.st_mode):
        raise TableError("This is a device, a pipe or a socket and not a plain file")
    if status.st_size > most_bytes:
        raise TableError(f"It has {status.st_size / 1_000_000:.1f} MB: at most {most_bytes // 1_000_000} MB are read")
