"""What a key in DER is, told from its shape alone: which of them is an RSA key, and a sentence for each that is not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from app.domain.keys import PemError
from app.store.rsa import der, words

_RSA: Final = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
_BY_NAME: Final[Mapping[bytes, str]] = {
    bytes.fromhex("2a864886f70d01010a"): words.PSS,  # 1.2.840.113549.1.1.10
    bytes.fromhex("2a8648ce3d0201"): words.EC,  # 1.2.840.10045.2.1
    bytes.fromhex("2a8648ce380401"): words.DSA,  # 1.2.840.10040.4.1
    bytes.fromhex("2b6570"): words.ED25519,  # 1.3.101.112
}
_BY_TAGS: Final[Mapping[tuple[int, ...], str]] = {
    (der.SEQUENCE, der.BITS): words.PUBLIC,
    (der.INTEGER, der.BYTES): words.EC,
    (der.NAME, der.FIRST): words.PKCS7,
}
_MOST_LACK: Final = 20_000  # bytes: more than a key has, so that a damaged length is not called a cut
_OPENSSH: Final = b"openssh-key-v1\0"
_SSH_KINDS: Final[Mapping[bytes, str]] = {b"ssh-rsa": "", b"ssh-ed25519": words.ED25519, b"ssh-dss": words.DSA}


class Shape(Enum):
    """What can be tried: a key that lies open, or one that is locked."""

    OPEN = auto()
    LOCKED = auto()


def shape(key: bytes, unknown: str = words.BAD_KEY) -> Shape:
    """PemError says what it is instead of a private RSA key; `unknown` where that cannot be told."""
    try:
        lack = der.missing(key)
        found = words.cut_off(lack) if 0 < lack < _MOST_LACK else _shape(der.only(key)) or unknown
    except (der.DerError, IndexError):
        found = unknown
    if isinstance(found, str):
        raise PemError(found)
    return found


def ssh_objection(key: bytes) -> str:
    """A sentence why what stands in an OpenSSH block is not taken; empty for an RSA key that is not locked.

    The layout is PROTOCOL.key's: mark, cipher, derivation, its options, a count, and the public key that begins with its kind.
    """
    if not key.startswith(_OPENSSH):
        return words.BAD_KEY
    cipher, rest = _string(key[len(_OPENSSH) :])
    _, rest = _string(rest)
    _, rest = _string(rest)
    count, rest = int.from_bytes(rest[:4], "big"), rest[4:]
    kind, _ = _string(_string(rest)[0])
    if not kind:
        return words.BAD_KEY
    if kind.startswith(b"ecdsa-"):
        return words.EC
    if words_of_kind := _SSH_KINDS.get(kind, words.OTHER_KEY):
        return words_of_kind
    if count != 1:
        return words.BAD_KEY
    return "" if cipher == b"none" else words.OPENSSH_LOCKED


def _shape(found: tuple[der.Part, ...]) -> Shape | str:
    """Empty: none that is known.

    RFC 8017 (PKCS#1), 5958 (PKCS#8), 5915 (EC), 5280 (certificate), 2986 (request), 7292 (PKCS#12) and 2315 (PKCS#7) have the shapes.
    """
    tags = tuple(part.tag for part in found)
    numbers = len(tags) if set(tags) == {der.INTEGER} else 0
    if numbers == 9:
        return Shape.OPEN
    if tags[:3] == (der.INTEGER, der.SEQUENCE, der.BYTES):
        return _by_name(found[1])
    if tags == (der.SEQUENCE, der.BYTES):
        return Shape.LOCKED
    if tags == (der.SEQUENCE, der.SEQUENCE, der.BITS):
        inner = tuple(part.tag for part in der.inside(found[0]))
        return words.REQUEST if inner[:3] == (der.INTEGER, der.SEQUENCE, der.SEQUENCE) and len(inner) <= 4 else words.CERTIFICATE
    if tags[:2] == (der.INTEGER, der.SEQUENCE) and found[0].number == 3:
        return words.PKCS12
    if numbers:
        return {2: words.PUBLIC_PKCS1, 6: words.DSA}.get(numbers, "")
    return _BY_TAGS.get(tags[:2], "")


def _by_name(algorithm: der.Part) -> Shape | str:
    name = der.inside(algorithm)[0]
    if name.tag != der.NAME:
        return ""
    return Shape.OPEN if name.content == _RSA else _BY_NAME.get(name.content, words.OTHER_KEY)


def _string(data: bytes) -> tuple[bytes, bytes]:
    """SSH's string: four bytes of length, then that many bytes; and what follows it."""
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]
