"""A file that is written as it is read: beside its place under a hidden name, and put there whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import stat
import tempfile
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO, Final, cast

try:
    import fcntl
except ImportError:  # Windows, where what a process has open cannot be taken away
    fcntl = None  # type: ignore[assignment]  # typeshed has no type for a module that is missing

_TRIES: Final = 100  # names that somebody else may take between the look and the rename
_PART: Final = re.compile(r"\..+\.overround-[a-z0-9_]{8}\.part", re.DOTALL)
_FLAGS: Final = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_log = logging.getLogger(__name__)


class SheetFile:
    """Lines on their way to `path`, for this user only. Every method may raise OSError; then `drop` it.

    `finish` puts it there; what is there already stays, and the next free name is taken. `keep_part` does so under `<name>.part.csv`,
    so that nobody takes it for the whole. After either, or `drop`, nothing of it is left elsewhere. What a program left in that folder
    that was killed meanwhile is taken away first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        sweep(path.parent)
        handle, self._beside = _begin(path)
        self._claim = os.dup(handle) if fcntl else None  # the lock stays until the file has its name
        self._file = cast("BinaryIO | None", os.fdopen(handle, "wb"))

    def write(self, lines: Iterable[str]) -> None:
        """Text as UTF-8; half a sign of a venue's text becomes a question mark."""
        if self._file is None:
            raise OSError("The file is closed")
        for line in lines:
            self._file.write(line.encode("utf-8", "replace"))

    def finish(self) -> Path:
        """Where it is now."""
        return self._put(self._path)

    def keep_part(self) -> Path:
        """Where it is now."""
        return self._put(self._path.with_name(f"{self._path.stem}.part{self._path.suffix}"))

    def drop(self) -> None:
        """Leave nothing. Nothing happens where it was put or dropped before."""
        self._close()
        self._beside.unlink(missing_ok=True)
        self._let_go()

    def _put(self, wanted: Path) -> Path:
        if self._file is None:
            raise OSError("The file is closed")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._close()
        for _ in range(_TRIES):
            free = free_path(wanted)
            if moved(self._beside, free):
                self._let_go()
                return free
        raise FileExistsError(f"No free name beside {wanted.name}")

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _let_go(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            os.close(claim)


def sweep(folder: Path) -> list[Path]:
    """Take away the parts that programs left in this folder which were killed while they wrote them; those that were. It is logged.

    Only what is named as `SheetFile` names them, is this user's, and is held by no program that runs.
    """
    try:
        names = [entry.name for entry in os.scandir(folder) if _PART.fullmatch(entry.name)]
    except OSError:
        return []  # a folder that cannot be listed: whoever writes there will hear why
    gone = [folder / name for name in names if _is_swept(folder / name)]
    for path in gone:
        _log.warning("%s was left by an export that was killed: it is removed", path)
    return gone


def _is_swept(path: Path) -> bool:
    with contextlib.suppress(OSError):  # held by a program that runs, another user's, or gone meanwhile
        handle = os.open(path, _FLAGS)
        try:
            if not _is_plain(handle):
                return False
            _hold(handle)
            path.unlink()
        finally:
            os.close(handle)
        return True
    return False


def _is_plain(handle: int) -> bool:
    status = os.fstat(handle)
    return stat.S_ISREG(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())


def _begin(path: Path) -> tuple[int, Path]:
    """A new part, held by this process until it is closed, and where it is; OSError passes through."""
    for _ in range(_TRIES):
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:48]}.overround-", suffix=".part", dir=path.parent)
        with contextlib.suppress(OSError):  # a file system without locks, where nothing is swept either
            _hold(handle)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(name)):
                return handle, Path(name)
        os.close(handle)  # another program took it for a leftover before it was held
    raise FileExistsError(f"Nothing can be begun beside {path.name}")


def _hold(handle: int) -> None:
    """The system's own lock, which ends with the process however that ends; OSError where another has it."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def free_path(path: Path) -> Path:
    """`path`, or where something is there already `name-2.csv`, `name-3.csv` and so on."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(free for free in chain([path], names) if not os.path.lexists(free))


def moved(source: Path, target: Path) -> bool:
    """Whether `source` is `target` now: never in the place of a file that came meanwhile, as far as the file system can tell."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the look just before is all there is
        os.rename(source, target)
        return True
    source.unlink()
    return True
