"""One terminal a profile: a lock of the operating system, which ends with its process however that ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec
from filelock import FileLock, SoftFileLock, Timeout

from app.domain.profile import Profile
from app.store import settings


class Holder(msgspec.Struct, frozen=True):
    """Who has a profile open: a process id of this computer, and since when (aware UTC)."""

    pid: int
    since: datetime


class LockError(Exception):
    """The lock could not be had; `str(error)` is a sentence."""


class TakenError(LockError):
    """Another terminal has the profile open. `holder` is what it wrote about itself, None when that cannot be read."""

    def __init__(self, profile: Profile, holder: Holder | None) -> None:
        since = f", process {holder.pid}, since {holder.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if holder else ""
        super().__init__(f"The profile {profile.name!r} is already open in another Overround{since}")
        self.holder = holder


class ProfileLock:
    """Held by the one terminal that has `profile` open; a context manager.

    The lock is the system's own on an open file, not the file's existence: after `kill -9` it is free, and a process id that
    is used again means nothing to it. The files stay in `folder` after the release.
    """

    def __init__(self, folder: Path, profile: Profile, *, now: Callable[[], datetime] = settings.utc_now) -> None:
        name = f"{profile.slug.lower()}-{profile.environment.lower()}"
        self._profile = profile
        self._now = now
        self._lock = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False)
        self._beside = folder / f"{name}.holder.json"

    @property
    def is_held(self) -> bool:
        return self._lock.is_locked

    @property
    def has_holder(self) -> bool:
        """Whether somebody wrote down to have it; that may have been a program that was killed."""
        return self._beside.exists()

    def acquire(self) -> None:
        """Take the lock now or raise: TakenError when another holds it, LockError when the file cannot be locked."""
        if self.is_held:
            return
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise TakenError(self._profile, _read(self._beside)) from None
        except OSError as error:
            raise LockError(f"The profile {self._profile.name!r} cannot be locked: {error.strerror or error}") from error
        self._refuse_soft_lock()
        with contextlib.suppress(OSError):
            settings.write(self._beside, Holder(os.getpid(), self._now()))

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if not self.is_held:
            return
        with contextlib.suppress(OSError):
            self._beside.unlink()
        self._lock.release()

    def _refuse_soft_lock(self) -> None:
        """On a file system without locks filelock takes a marker file instead, which a killed process would leave for ever."""
        if isinstance(self._lock, SoftFileLock):
            self._lock.release()
            raise LockError(f"The profile {self._profile.name!r} cannot be locked: its folder's file system has no locks")

    def __enter__(self) -> ProfileLock:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def where_open(folder: Path, profile: Profile) -> str:
    """Where `profile` is open now, as a sentence; empty where it is not. A program of before that was killed does not count."""
    lock = ProfileLock(folder, profile)
    if not lock.has_holder:
        return ""
    try:
        lock.acquire()
    except TakenError as problem:
        return _told(problem.holder)
    except LockError:
        return ""
    lock.release()
    return ""


def _told(holder: Holder | None) -> str:
    if holder is None:
        return "It is open in another window of this computer"
    is_here = holder.pid == os.getpid()
    return "It is open in this program" if is_here else f"It is open in another window of this computer, process {holder.pid}"


def _read(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return None
