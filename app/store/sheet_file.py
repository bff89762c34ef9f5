"""A file that is written as it is read: beside its place under a hidden name, and put there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO, cast

_TRIES = 100  # names that somebody else may take between the look and the rename


class SheetFile:
    """Lines on their way to `path`, for this user only. Every method may raise OSError; then `drop` it.

    `finish` puts it there; what is there already stays, and the next free name is taken. `keep_part` does so under `<name>.part.csv`,
    so that nobody takes it for the whole. After either, or `drop`, nothing of it is left elsewhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
        self._beside = Path(name)
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

    def _put(self, wanted: Path) -> Path:
        if self._file is None:
            raise OSError("The file is closed")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._close()
        for _ in range(_TRIES):
            free = free_path(wanted)
            if moved(self._beside, free):
                return free
        raise FileExistsError(f"No free name beside {wanted.name}")

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


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
