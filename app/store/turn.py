"""One program at a time changes a settings file: between its look at the file and the replacement no other one writes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock, SoftFileLock, Timeout

PATIENCE: Final = 2.0  # seconds for another program that writes it; it takes some milliseconds
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def alone(path: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock beside `path`; what a program left that was killed while it wrote is removed then.

    Where there are no locks, or another program keeps it for longer than `patience` seconds, that is logged and one goes on.
    """
    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=patience, mode=0o600)
    try:
        lock.acquire()
        if isinstance(lock, SoftFileLock):
            lock.release()  # a marker file, which a killed program would leave for ever
        else:
            _remove_parts(path)
    except (OSError, NotImplementedError, Timeout) as error:
        _log.warning("%s is written without a lock: %s", path, error)
    try:
        yield
    finally:
        lock.release()


def _remove_parts(path: Path) -> None:
    """Only who holds the lock may: another program's part is no leftover."""
    with contextlib.suppress(OSError):
        for part in path.parent.glob(f".{path.name}.*.part"):
            part.unlink(missing_ok=True)
