"""Sealed boxes: bytes under AES-256-GCM, opened by a random key or by a passphrase (scrypt). Pure: no file, no keyring, no clock.

A box is one JSON object: `format`, `version`, `kind` ("key" or "passphrase"), `nonce` (12 random bytes) and `box` (the ciphertext with
its 16-byte tag), bytes as base64. A passphrase's box has `scrypt` too: n, r, p, a 16-byte salt, and a check of 16 bytes that tells
another passphrase from a changed file. The associated data is format, version, kind and the caller's `context`: a box that is copied
to another place, or whose head was edited, does not open.

scrypt takes 128 MB and about half a second while other threads run on: what seals or opens with a passphrase belongs in a worker thread.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.keys import PassphraseError, VaultError
from app.domain.passphrase import passphrase_objection
from app.domain.secret import Secret

FORMAT: Final = "overround-sealed"
VERSION: Final = 1
LIMIT: Final = 1_000_000  # bytes of a box that is opened
KEY_SIZE: Final = 32

_NONCE: Final = 12
_SALT: Final = 16
_CHECK: Final = 16
_MEMORY: Final = 256 * 1024 * 1024  # bytes scrypt may take for a file somebody doctored: twice what ours need
_MOST_LANES: Final = 4
_LEAST_N: Final = 2**14
_LEAST_R: Final = 8

Random = Callable[[int], bytes]
T = TypeVar("T")


class Cost(msgspec.Struct, frozen=True):
    """What one guess of a passphrase costs: 128 * n * r bytes and p times the work (RFC 7914)."""

    n: int = 2**17
    r: int = 8
    p: int = 1

    @property
    def is_bearable(self) -> bool:
        """Whether a box may ask for it: neither next to nothing nor all of the memory."""
        is_power = self.n >= _LEAST_N and self.n & (self.n - 1) == 0
        return is_power and self.r >= _LEAST_R and 1 <= self.p <= _MOST_LANES and 128 * self.n * self.r <= _MEMORY


COST: Final = Cost()


class _Scrypt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    n: int
    r: int
    p: int
    salt: bytes
    check: bytes


class _Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    format: str
    version: int
    kind: Literal["key", "passphrase"]
    nonce: bytes
    box: bytes
    scrypt: _Scrypt | None = None


class _Head(msgspec.Struct, frozen=True):
    """Looked at before the rest, whose shape a later program may have changed."""

    format: str
    version: int


_HEAD: Final = msgspec.json.Decoder(_Head)
_BOX: Final = msgspec.json.Decoder(_Box)


def seal_with_key(plain: bytes, key: bytes, context: str, *, random: Random = os.urandom) -> bytes:
    """A box that only these 32 bytes open, and only for the same `context`. The key must be random."""
    return msgspec.json.encode(_sealed(plain, _whole(key), "key", context, random))


def seal_with_passphrase(plain: bytes, passphrase: Secret, context: str, *, cost: Cost = COST, random: Random = os.urandom) -> bytes:
    """A box that only this passphrase opens. VaultError when the passphrase cannot be taken: the words of `passphrase_objection`.

    The same characters typed on another system may come composed in another way: what is used is their NFC form.
    """
    if words := passphrase_objection(passphrase):
        raise VaultError(f"{words}.")
    salt = random(_SALT)
    key, check = _derived(passphrase, cost, salt)
    box = _sealed(plain, key, "passphrase", context, random)
    return msgspec.json.encode(msgspec.structs.replace(box, scrypt=_Scrypt(cost.n, cost.r, cost.p, salt, check)))


def open_sealed(box: bytes, key_or_passphrase: bytes | Secret, context: str) -> bytes:
    """What was sealed. PassphraseError: a passphrase is needed or it is another one. VaultError: the box, key or context is not right."""
    sealed = _read(box)
    if isinstance(key_or_passphrase, Secret):
        return _opened(sealed, _key_of(sealed, key_or_passphrase), context)
    if sealed.kind != "key":
        raise PassphraseError("This is sealed with a passphrase: type it to open it.")
    return _opened(sealed, _whole(key_or_passphrase), context)


def is_with_passphrase(box: bytes) -> bool:
    """Whether it is a box that a passphrase opens, and not a key."""
    try:
        return _read(box).kind == "passphrase"
    except VaultError:
        return False


def _sealed(plain: bytes, key: bytes, kind: Literal["key", "passphrase"], context: str, random: Random) -> _Box:
    nonce = random(_NONCE)
    return _Box(FORMAT, VERSION, kind, nonce, AESGCM(key).encrypt(nonce, plain, _bound(kind, context)))


def _opened(sealed: _Box, key: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.box, _bound(sealed.kind, context))
    except (InvalidTag, ValueError):  # ValueError: a nonce of a size that AES-GCM does not know
        raise VaultError("This sealed file was changed, or belongs to another profile or computer: it does not open.") from None


def _bound(kind: str, context: str) -> bytes:
    return f"{FORMAT}/{VERSION}/{kind}/{context}".encode()


def _whole(key: bytes) -> bytes:
    if len(key) != KEY_SIZE:
        raise VaultError(f"The key of the sealed file has {len(key)} bytes instead of {KEY_SIZE}: it is damaged.")
    return key


def _key_of(sealed: _Box, passphrase: Secret) -> bytes:
    if sealed.kind != "passphrase" or sealed.scrypt is None:
        raise VaultError("This is sealed with a key and not with a passphrase.")
    cost = Cost(sealed.scrypt.n, sealed.scrypt.r, sealed.scrypt.p)
    if not cost.is_bearable:
        raise VaultError("This sealed file asks for an amount of work that none of this program does: it was changed.")
    if words := passphrase_objection(passphrase):
        raise PassphraseError(f"{words}.")
    key, check = _derived(passphrase, cost, sealed.scrypt.salt)
    if not hmac.compare_digest(check, sealed.scrypt.check):
        raise PassphraseError("That is another passphrase than the one this was sealed with.")
    return key


def _derived(passphrase: Secret, cost: Cost, salt: bytes) -> tuple[bytes, bytes]:
    """The key, and the check that goes into the box. hashlib's scrypt lets other threads run."""
    text = unicodedata.normalize("NFC", passphrase.reveal()).encode()
    room = 2 * _MEMORY
    try:
        made = hashlib.scrypt(text, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=KEY_SIZE + _CHECK)
    except (ValueError, MemoryError):
        needed = 128 * cost.n * cost.r // 1_000_000
        raise VaultError(f"There is not enough memory to work with a passphrase: it takes {needed} MB for a moment.") from None
    return made[:KEY_SIZE], made[KEY_SIZE:]


def _read(box: bytes) -> _Box:
    """No error of the decoder is passed on or chained: it could quote the file."""
    if len(box) > LIMIT:
        raise VaultError(f"This is no sealed file: it is larger than {LIMIT // 1_000_000} MB.")
    head = _decoded(_HEAD, box)
    if head is None or head.format != FORMAT:
        raise VaultError("This is no file that Overround sealed, or it was cut off.")
    if head.version != VERSION:
        raise VaultError(f"This was sealed by another version of the program: its version is {head.version}, this program knows {VERSION}.")
    if (sealed := _decoded(_BOX, box)) is None:
        raise VaultError("This sealed file is damaged: one of its parts cannot be read.")
    return sealed


def _decoded(decoder: msgspec.json.Decoder[T], box: bytes) -> T | None:
    try:
        return decoder.decode(box)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
