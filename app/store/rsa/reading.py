"""A pair of RSA keys from whatever a person pasted or chose. Every refusal is a sentence of its own that quotes nothing.

The library's own check of a key tests its primes, which holds Python's lock: 0.05 s for 2,048 bits, 0.3 for 4,096, 4.5 for 8,192. So it
is left out; the numbers are checked against each other and a signature made with the key must fit its public half, which proves as much.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
)

from app.domain.keys import KeyPair, PassphraseError, PemError, PemPassphraseError, VaultError
from app.domain.passphrase import passphrase_objection
from app.domain.secret import Secret
from app.store import sealing
from app.store.rsa import armour, der, kinds, locks, words
from app.store.rsa.kinds import Shape

LIMIT: Final = 64_000  # bytes; a key of 16,384 bits has 13,000 as PEM
LEAST_BITS: Final = 2048  # below that 112 bits of strength are not reached (NIST SP 800-57)
MOST_BITS: Final = 16_384  # OpenSSL's own limit
EXPONENTS: Final = range(65_537, 2**64, 2)  # FIPS 186-5's least; OpenSSL's most for long keys
BACKUP: Final = "overround/backup/rsa"
"""The context under which a backup is sealed."""

_TRIED: Final = b"Overround tries whether a key fits itself"
_SSH_LINE: Final = re.compile(r"\s*(ssh-(rsa|dss|ed25519)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) |\s*---- BEGIN SSH2 PUBLIC KEY")
_PAGE: Final = re.compile(r"\s*<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_JAVA: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")


_OTHERS: Final = ((EllipticCurvePrivateKey, words.EC), (Ed25519PrivateKey, words.ED25519), (DSAPrivateKey, words.DSA))


class _Failure(Enum):
    UNREADABLE = auto()
    UNKNOWN = auto()


def read(text: bytes, passphrase: Secret) -> KeyPair:
    """The pair in `text`: PEM, DER or our own backup. PemError says what it is instead, PemPassphraseError that it stays locked."""
    if len(text) > LIMIT:
        raise PemError(words.too_large(len(text), LIMIT))
    if not text.strip(b" \t\r\n\0"):
        raise PemError(words.EMPTY)
    if der.is_sequence(text):
        return pair_of(_from_der(text, passphrase, words.BINARY))
    if text.startswith(_JAVA):
        raise PemError(words.JAVA)
    plain = armour.decoded(text)
    if sealing.FORMAT in plain and "-----BEGIN" not in plain:
        return read(_unsealed(plain, passphrase), Secret())
    if found := armour.block(plain):
        return pair_of(_from_block(found, passphrase))
    if found_bytes := armour.from_base64(plain):
        return pair_of(_from_der(found_bytes, passphrase))
    raise PemError(_otherwise(text, plain))


def pair_of(key: RSAPrivateKey) -> KeyPair:
    """The pair as the program keeps it, the same whatever form the key came in."""
    public = key.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(spki).hexdigest().upper()
    return KeyPair(
        private=Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()),
        public_pem=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        bits=key.key_size,
        fingerprint=" ".join(digest[at : at + 4] for at in range(0, len(digest), 4)),
    )


def _unsealed(text: str, passphrase: Secret) -> bytes:
    """What our own backup holds. The vault's sentences are ours here."""
    words_of_vault, is_passphrase = "", False
    if not passphrase:
        raise PemPassphraseError(words.NEEDS_PASSPHRASE)
    try:
        return sealing.open_sealed(text.strip().encode(), passphrase, BACKUP)
    except VaultError as error:
        words_of_vault, is_passphrase = str(error), isinstance(error, PassphraseError)
    raise (PemPassphraseError if is_passphrase else PemError)(words_of_vault)


def _from_block(block: armour.Block, passphrase: Secret) -> RSAPrivateKey:
    if block.label == "OPENSSH PRIVATE KEY":
        if objection := kinds.ssh_objection(block.body):
            raise PemError(objection)
        return _sound(lambda: load_ssh_private_key(block.pem, None, unsafe_skip_rsa_key_validation=True))
    if not block.lock:
        return _from_der(block.body, passphrase)
    if block.label != "RSA PRIVATE KEY":
        raise PemError({"EC PRIVATE KEY": words.EC, "DSA PRIVATE KEY": words.DSA}.get(block.label, words.UNKNOWN_LOCK))
    return _unlocked(lambda typed: load_pem_private_key(block.pem, typed, unsafe_skip_rsa_key_validation=True), passphrase)


def _from_der(key: bytes, passphrase: Secret, unknown: str = words.BAD_KEY) -> RSAPrivateKey:
    if kinds.shape(key, unknown) is Shape.OPEN:
        return _sound(lambda: load_der_private_key(key, None, unsafe_skip_rsa_key_validation=True))
    if objection := locks.objection(key):
        raise PemError(objection)
    return _unlocked(lambda typed: load_der_private_key(key, typed, unsafe_skip_rsa_key_validation=True), passphrase)


def _unlocked(load: Callable[[bytes], object], passphrase: Secret) -> RSAPrivateKey:
    if not passphrase:
        raise PemPassphraseError(words.NEEDS_PASSPHRASE)
    if objection := passphrase_objection(passphrase):
        raise PemPassphraseError(f"{objection}.")
    loaded = _loaded(lambda: load(passphrase.reveal().encode()))
    if loaded is _Failure.UNREADABLE:
        raise PemPassphraseError(words.WRONG_PASSPHRASE)
    return _checked(loaded)


def _sound(load: Callable[[], object]) -> RSAPrivateKey:
    return _checked(_loaded(load))


def _loaded(load: Callable[[], object]) -> object:
    """What the library makes of it. Its errors end here: what it says of a key is for no person and might quote it."""
    try:
        return load()
    except UnsupportedAlgorithm:
        return _Failure.UNKNOWN
    except (ValueError, TypeError, OverflowError, InternalError):
        return _Failure.UNREADABLE


def _checked(key: object) -> RSAPrivateKey:
    if key is _Failure.UNKNOWN:
        raise PemError(words.UNKNOWN_LOCK)
    if key is _Failure.UNREADABLE:
        raise PemError(words.BAD_KEY)
    if not isinstance(key, RSAPrivateKey):
        raise PemError(next((said for kind, said in _OTHERS if isinstance(key, kind)), words.OTHER_KEY))
    if objection := _objection(key.private_numbers()):
        raise PemError(objection)
    if not _fits(key):
        raise PemError(words.BAD_SUM)
    return key


def _objection(key: RSAPrivateNumbers) -> str:
    """A sentence why these numbers are no key to work with."""
    bits = key.public_numbers.n.bit_length()
    if bits < LEAST_BITS:
        return words.too_short(bits, LEAST_BITS)
    if bits > MOST_BITS:
        return words.too_long(bits, MOST_BITS)
    if key.public_numbers.e not in EXPONENTS:
        return words.exponent(key.public_numbers.e)
    return "" if _belong_together(key) else words.BAD_SUM


def _belong_together(key: RSAPrivateNumbers) -> bool:
    n, e = key.public_numbers.n, key.public_numbers.e
    p, q, d = key.p, key.q, key.d
    if p < 3 or q < 3 or p % 2 == 0 or q % 2 == 0 or p * q != n or not 0 < d < n:
        return False
    is_inverse = d * e % (p - 1) == 1 and d * e % (q - 1) == 1
    return is_inverse and key.dmp1 == d % (p - 1) and key.dmq1 == d % (q - 1) and 0 < key.iqmp < p and key.iqmp * q % p == 1


def _fits(key: RSAPrivateKey) -> bool:
    """Whether what it signs fits its public half: no number of it is wrong then, and its primes behave as primes."""
    try:
        signature = key.sign(_TRIED, padding.PKCS1v15(), hashes.SHA256())
        key.public_key().verify(signature, _TRIED, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, InternalError):
        return False
    return True


def _otherwise(text: bytes, plain: str) -> str:
    """What this is that has no PEM block in it."""
    if _SSH_LINE.match(plain):
        return words.SSH_PUBLIC
    if _PAGE.match(plain):
        return words.HTML
    if plain.lstrip().startswith("PuTTY-User-Key-File"):
        return words.PUTTY
    if plain.lstrip().startswith(("{", "[")):
        return words.JWK if '"kty"' in plain else words.JSON
    if "PRIVATE KEY" in plain:
        return words.BAD_LINES
    return words.BINARY if _is_binary(text) else words.JUNK


def _is_binary(text: bytes) -> bool:
    return any(sign < 32 and sign not in b"\t\n\v\f\r\x1a\x1b" for sign in text)
