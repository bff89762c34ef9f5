"""How a locked key (encrypted PKCS#8, RFC 5958 and 8018) is locked, and whether opening it takes a bearable amount of work.

The library opens it in one call that holds Python's lock: a doctored file could ask for minutes. Measured on a small 2-core computer:
PBKDF2 0.17 us a round, PBES1 0.82 us, scrypt 2.9 us for each n * r * p / 8; the limits keep each below 0.2 s.
"""

from __future__ import annotations

from typing import Final

from app.store.rsa import der, words

MOST_ROUNDS: Final = 1_000_000  # of PBKDF2: OpenSSL does 2,048, careful people 600,000
MOST_OLD_ROUNDS: Final = 200_000  # of the schemes before it
MOST_SCRYPT: Final = 2**16 * 8  # n * r * p: four times OpenSSL's, 64 MB

_PBES2: Final = bytes.fromhex("2a864886f70d01050d")  # 1.2.840.113549.1.5.13
_PBKDF2: Final = bytes.fromhex("2a864886f70d01050c")  # 1.2.840.113549.1.5.12
_SCRYPT: Final = bytes.fromhex("2b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11
_OLD: Final = (bytes.fromhex("2a864886f70d0105"), bytes.fromhex("2a864886f70d010c01"))  # PKCS#5 1.5, PKCS#12


def objection(key: bytes) -> str:
    """A sentence why this encrypted PKCS#8 in DER is not opened; empty when it may be tried."""
    try:
        return _objection(der.inside(der.only(key)[0]))
    except (der.DerError, IndexError):
        return words.UNKNOWN_LOCK


def _objection(algorithm: tuple[der.Part, ...]) -> str:
    name, parameters = algorithm[0].content, der.inside(algorithm[1])
    if name != _PBES2:
        return _bounded(parameters[1].number, MOST_OLD_ROUNDS, "rounds of work") if name.startswith(_OLD) else words.UNKNOWN_LOCK
    derivation = der.inside(parameters[0])
    numbers = der.inside(derivation[1])
    if derivation[0].content == _PBKDF2:
        return _bounded(numbers[1].number, MOST_ROUNDS, "rounds of work")
    if derivation[0].content == _SCRYPT:
        n, r, p = (part.number for part in numbers[1:4])
        if min(n, r, p) < 1:
            return words.UNKNOWN_LOCK
        return _bounded(n * r * p, MOST_SCRYPT, "steps of scrypt (n × r × p)")
    return words.UNKNOWN_LOCK


def _bounded(asked: int, most: int, what: str) -> str:
    if asked < 1:
        return words.UNKNOWN_LOCK
    return words.too_much_work(asked, most, what) if asked > most else ""
