"""The PIN of the idle lock, kept as a hash in settings/pin.json.

The lock keeps somebody who passes an unattended desk from trading at it. It protects no file: whoever can write in the settings' folder can
remove this one, and the next start has no lock and no PIN. Nothing is lost or opened by that: keys lie elsewhere and are sealed otherwise,
and no other secret depends on the PIN. So a forgotten PIN is got rid of by removing the file while the program does not run.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from app.domain.idle import IdleChoice
from app.domain.secret import Secret
from app.store import settings

FILE: Final = "pin.json"
COST: Final = 2**15  # scrypt's N: 32 MB and about 0.1 s a try
_COSTS: Final = frozenset(2**power for power in range(14, 19))
_BLOCK: Final = 8
_SALT: Final = 16  # bytes
_HASH: Final = 32


class _File(msgspec.Struct, frozen=True):
    """`salt` and `hash` in hexadecimal, empty where no PIN was ever set."""

    version: int = 1
    is_on: bool = False
    minutes: int = IdleChoice().minutes
    cost: int = COST
    salt: str = ""
    hash: str = ""

    def __post_init__(self) -> None:
        IdleChoice(self.is_on, self.minutes)
        has_pin = (len(bytes.fromhex(self.salt)), len(bytes.fromhex(self.hash))) == (_SALT, _HASH)
        if self.cost not in _COSTS or not (has_pin or (not self.salt and not self.hash)):
            raise ValueError("the PIN's hash is not one of this program's")
        if self.is_on and not has_pin:
            raise ValueError("the lock is on without a PIN")


class PinFile:
    """Never raises for what `path` holds. `words` says why it was not used at the start: the desk is not locked then.

    Every program of this person has its own of these: `look` takes over what another one wrote.
    """

    def __init__(self, path: Path, *, token: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._path = path
        self._token = token
        self._stamp = _stamp_of(path)
        read = settings.read(path, _File, _File)
        self._file = read.value
        self.words = f"{read.words} The desk is not locked when nobody is at it." if read.words else ""

    @property
    def choice(self) -> IdleChoice:
        return IdleChoice(self._file.is_on, self._file.minutes)

    @property
    def has_pin(self) -> bool:
        return bool(self._file.hash)

    def look(self) -> bool:
        """Read again when the file is another than the one that was read; whether that changed anything.

        One that is gone, that cannot be used or that knows no PIN changes nothing: only a PIN opens a desk whose program runs.
        """
        stamp = _stamp_of(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        found, before = settings.read(self._path, _File, lambda: self._file).value, self._file
        if found.hash:
            self._file = found
        return self._file != before

    async def is_pin(self, pin: Secret) -> bool:
        """Whether this is the PIN; reckoned in a thread."""
        self.look()
        file = self._file
        if not file.hash:
            return False
        found = await asyncio.to_thread(_hash, pin, bytes.fromhex(file.salt), file.cost)
        return hmac.compare_digest(found, bytes.fromhex(file.hash))

    async def keep(self, choice: IdleChoice, pin: Secret | None = None) -> None:
        """Write the choice down, and a new PIN where there is one. OSError passes through, and everything is as it was.

        ValueError when the lock would be on without a PIN.
        """
        parts: dict[str, str | int] = {}
        if pin is not None:
            salt = self._token(_SALT)
            found = await asyncio.to_thread(_hash, pin, salt, COST)
            parts = {"cost": COST, "salt": salt.hex(), "hash": found.hex()}
        self.look()
        changed = msgspec.structs.replace(self._file, is_on=choice.is_on, minutes=choice.minutes, **parts)
        settings.write(self._path, changed)
        self._file, self._stamp = changed, _stamp_of(self._path)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What tells one writing of the file from the next; None where it cannot be seen."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _hash(pin: Secret, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(pin.reveal().encode(), salt=salt, n=cost, r=_BLOCK, p=1, maxmem=256 * cost * _BLOCK, dklen=_HASH)
