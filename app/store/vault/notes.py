"""What is remembered of each profile's keys beside them: where they are, how old. No secret, and no key depends on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from app.domain.keys import KeyNote
from app.domain.profile import Profile, keyring_name
from app.store import settings
from app.store.turn import alone

FILE: Final = "keys.json"
_log = logging.getLogger(__name__)


class _File(msgspec.Struct, frozen=True):
    version: int = 1
    keys: dict[str, KeyNote] = {}


class Notes:
    """By the name that a profile's keys have in the keyring. What cannot be written is remembered for this run and logged."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = settings.utc_now) -> None:
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        self._unwritten: dict[str, KeyNote | None] = {}

    def get(self, profile: Profile) -> KeyNote | None:
        with self._lock:
            return self._read().get(keyring_name(profile))

    def put(self, profile: Profile, note: KeyNote | None) -> bool:
        """Whether it is on the disk. None forgets it."""
        with self._lock:
            self._unwritten[keyring_name(profile)] = note
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with alone(self._path):
                    settings.write(self._path, _File(keys=self._read()))
            except (OSError, ValueError) as error:
                _log.warning("What is remembered of keys could not be written to %s: %s", self._path, error)
                return self._file() == self._read()  # only the flush of the folder may have failed
            self._unwritten.clear()
            return True

    def _read(self) -> dict[str, KeyNote]:
        """The file's, as another program may have changed it meanwhile, and over them what could not be written."""
        return {name: note for name, note in {**self._file(), **self._unwritten}.items() if note is not None}

    def _file(self) -> dict[str, KeyNote]:
        read = settings.read(self._path, _File, _File, now=self._now)
        if read.words:
            _log.warning("%s", read.words)
        return read.value.keys
