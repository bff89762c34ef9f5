"""Makes RSA keys and reads and writes their files, without the window ever standing still.

Making a key does not hold Python's lock (cryptography 50 on a small 2-core computer, the longest stall of a thread that ticks each 1 ms:
2.6 ms while 2,048 or 3,072 bits were made, 4.8 ms with 4,096, which took 0.2 to 0.9 s). So it is made in a thread: no other process ever
holds it. A key whose making was given up is never written out as text; the library wipes its numbers when it is let go.
"""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.keys import BITS, KeyPair, PemError
from app.domain.secret import Secret
from app.store import sealing, settings
from app.store.apart import apart
from app.store.rsa import reading, words

EXPONENT: Final = 65_537
Generate = Callable[[int, int], rsa.RSAPrivateKey]

_NONE: Final = Secret()
_OPENING: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class RsaMaker:
    """The `KeyMaker` of services/setup/ports.py."""

    def __init__(self, *, generate: Generate = rsa.generate_private_key) -> None:
        """`generate` makes a key of an exponent and bits; another one in tests."""
        self._generate = generate
        self._turn = threading.Lock()

    async def make(self, bits: int) -> KeyPair:
        """A new pair of 2,048, 3,072 or 4,096 bits; one is made at a time. Cancelling returns at once and drops what is in the making."""
        if bits not in BITS:
            raise ValueError(f"A key has {', '.join(map(str, BITS))} bits, not {bits}")
        is_dropped = threading.Event()
        try:
            return await apart(lambda: self._made(bits, is_dropped), "make-key")
        except asyncio.CancelledError:
            is_dropped.set()
            raise

    def read(self, text: bytes, passphrase: Secret = _NONE) -> KeyPair:
        """The pair in what a person pasted; PemError, PemPassphraseError.

        Up to half a second (our own backup's scrypt) and longer for keys of 16,384 bits, almost all of it without Python's lock: call it
        in a worker thread. A locked PEM holds that lock for at most 0.2 s: `locks` bounds what it may ask for.
        """
        return reading.read(text, passphrase)

    async def read_file(self, path: Path) -> bytes:
        """A plain file's bytes, at most `reading.LIMIT`; kind and size are looked at before it is opened. PemError."""
        return await apart(lambda: _bytes(path), "read-key")

    async def exposure(self, path: Path) -> str:
        """A sentence where others can read this file or it is another user's (F-K05); empty where not, or where it cannot be told."""
        return await apart(lambda: _exposure(path), "look-at-key")

    async def write_public(self, path: Path, pair: KeyPair) -> None:
        """Put the public key in the place of `path` at once. OSError passes through."""
        await apart(lambda: settings.replace(path, pair.public_pem.encode()), "write-key")

    async def write_backup(self, path: Path, pair: KeyPair, passphrase: Secret) -> None:
        """Put the sealed private key in the place of `path` at once; `read` takes it again.

        VaultError for a passphrase that cannot be taken; OSError passes through. For this user only before the first byte.
        """
        await apart(lambda: _write_backup(path, pair, passphrase), "write-key")

    def _made(self, bits: int, is_dropped: threading.Event) -> KeyPair:
        """In the thread. The turn keeps a person who makes and cancels ten times from having ten threads at it."""
        with self._turn:
            if is_dropped.is_set():
                raise asyncio.CancelledError
            key = self._generate(EXPONENT, bits)
        if is_dropped.is_set():
            raise asyncio.CancelledError
        return reading.pair_of(key)


def _write_backup(path: Path, pair: KeyPair, passphrase: Secret) -> None:
    box = sealing.seal_with_passphrase(pair.private.reveal().encode(), passphrase, reading.BACKUP)
    settings.replace(path, box + b"\n")


def _exposure(path: Path) -> str:
    """Windows has no such bits: what they say there means nothing."""
    if os.name != "posix":
        return ""
    try:
        status = path.stat()
    except OSError:
        return ""
    if status.st_uid != os.getuid():
        return words.FOREIGN_FILE
    return words.OPEN_FILE if stat.S_IMODE(status.st_mode) & 0o077 else ""


def _bytes(path: Path) -> bytes:
    try:
        return _read(path)
    except (OSError, ValueError) as error:
        why = _why(error)
    raise PemError(why)


def _read(path: Path) -> bytes:
    """Looked at again once it is open, because another file may have taken its place; a pipe or device opened so does not block."""
    _refuse(path.stat())
    with os.fdopen(os.open(path, os.O_RDONLY | _OPENING), "rb") as file:
        _refuse(os.fstat(file.fileno()))
        text = file.read(reading.LIMIT + 1)
    if len(text) > reading.LIMIT:
        raise PemError(words.too_large(len(text), reading.LIMIT))
    return text


def _why(error: OSError | ValueError) -> str:
    match error:
        case PemError():
            return str(error)
        case FileNotFoundError() | NotADirectoryError():
            return "There is no such file."
        case PermissionError():
            return "You are not allowed to read this file."
        case OSError():
            return f"The file cannot be read: {error.strerror or 'the system does not say why'}."
        case _:
            return "This is no name of a file."


def _refuse(status: os.stat_result) -> None:
    """PemError for what is no plain file or too large for a key."""
    if stat.S_ISDIR(status.st_mode):
        raise PemError("This is a folder: choose the file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise PemError("This is a device, a pipe or a socket and not a plain file.")
    if status.st_size > reading.LIMIT:
        raise PemError(words.too_large(status.st_size, reading.LIMIT))
