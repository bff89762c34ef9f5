"""The file with a profile's sealed credentials: for this user only before its first byte, and replaced at once."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from app.domain.keys import VaultError
from app.domain.profile import Profile
from app.store import sealing

LIMIT: Final = 400_000  # bytes; of the longest credentials there are fewer
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_IS_POSIX: Final = os.name == "posix"
_log = logging.getLogger(__name__)

Replace = Callable[[Path, bytes], None]


def path_of(folder: Path, profile: Profile) -> Path:
    """Environment and provider hold no "-", so no two profiles share a file."""
    return folder / f"{profile.slug}-{profile.environment}-{profile.provider}.sealed".lower()


class SealedFile:
    """One profile's file. Every method blocks on the disk; VaultError says what is wrong with the file and what helps."""

    def __init__(self, path: Path, replace: Replace) -> None:
        self.path = path
        self._replace = replace

    def read(self) -> bytes | None:
        """What is in it; None when there is none. A link and another user's file are not read: somebody may have put them there."""
        try:
            if words := self._foreign():
                raise VaultError(words)
            with os.fdopen(os.open(self.path, _FLAGS), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise VaultError(f"{self.path} is not a plain file.")
                content = file.read(LIMIT + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultError(f"{self.path} cannot be read: {error.strerror or type(error).__name__}.") from error
        if len(content) > LIMIT:
            raise VaultError(f"{self.path} is larger than {LIMIT // 1_000} kB: it is none of Overround's.")
        return content

    @property
    def exists(self) -> bool:
        return os.path.lexists(self.path)

    @property
    def is_with_passphrase(self) -> bool:
        """Whether a file is there that a passphrase opens; one that cannot be read is none."""
        try:
            box = self.read()
        except VaultError:
            return False
        return box is not None and sealing.is_with_passphrase(box)

    def prepare(self) -> None:
        """Make the folder, for this user only."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if words := _foreign(folder, "folder"):
                raise VaultError(words)
            if _IS_POSIX:
                folder.chmod(0o700)
        except OSError as error:
            raise VaultError(f"{folder} cannot be used: {error.strerror or type(error).__name__}.") from error

    def write(self, box: bytes) -> None:
        """Put `box` in its place at once; after a VaultError it is what it was.

        Where it lies there and only the flush behind it failed, as on some shares, that is logged.
        """
        try:
            self._replace(self.path, box)
        except OSError as error:
            why = error.strerror or type(error).__name__
            if not self._has(box):
                raise VaultError(f"{self.path} cannot be written: {why}.") from error
            _log.warning("%s is written, but a loss of power now may undo it: %s", self.path, why)

    def _has(self, box: bytes) -> bool:
        try:
            return self.read() == box
        except VaultError:
            return False

    def remove(self) -> bool:
        """Whether there was one."""
        try:
            if not self.exists:
                return False
            self.path.unlink()
        except OSError as error:
            raise VaultError(f"{self.path} cannot be removed: {error.strerror or type(error).__name__}.") from error
        return True

    def remove_parts(self) -> None:
        """What a program left that was killed while it wrote; it holds nothing that is not sealed."""
        with contextlib.suppress(OSError):
            for part in self.path.parent.glob(f".{self.path.name}.*.part"):
                part.unlink(missing_ok=True)

    def problems(self) -> Iterator[str]:
        """A sentence for each thing about the file and its folder that endangers the keys."""
        if not self.exists:
            return
        with contextlib.suppress(OSError):
            if words := self._foreign():
                yield words
                return
            for one, kind in ((self.path.parent, "folder"), (self.path, "file")):
                if others := _others(one):
                    yield f"The {kind} {one} can be {others} other users of this computer."

    def mend(self) -> None:
        """Take others' rights away. VaultError for what cannot be mended so."""
        if not _IS_POSIX or not self.exists:
            return
        try:
            if words := self._foreign():
                raise VaultError(words)
            self.path.parent.chmod(0o700)
            self.path.chmod(0o600)
        except OSError as error:
            raise VaultError(f"The rights of {self.path} cannot be changed: {error.strerror or type(error).__name__}.") from error

    def _foreign(self) -> str:
        return _foreign(self.path.parent, "folder") or _foreign(self.path, "file")


def _foreign(path: Path, kind: str) -> str:
    """Why this is not to be trusted; empty when it is. FileNotFoundError when it is not there."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"The {kind} {path} is a link to another place, so it is not used: put the {kind} itself there, or remove the link."
    if _IS_POSIX and status.st_uid != os.geteuid():
        return f"The {kind} {path} belongs to another user of this computer, so it is not used: remove it and enter the keys again."
    return ""


def _others(path: Path) -> str:
    """What others may do with it; empty: nothing."""
    mode = path.lstat().st_mode if _IS_POSIX else 0
    if mode & 0o022:
        return "changed by"
    return "read by" if mode & 0o055 else ""
