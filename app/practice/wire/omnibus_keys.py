"""The public keys a partner has registered: strictly read, at most twenty, kept by the exchange's state."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from app.practice.model import RefusalError

MOST_KEYS = 20
FEWEST_BITS = 2048
LONGEST_PEM = 10_000
LONGEST_NAME = 100

_SIGNS = "234567abcdefghijklmnopqrstuv"  # lower case, and base32 in the alphabets of RFC 4648 and of xid alike
_LINE = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")


def new_id() -> str:
    """Of an issuer or a key: twenty signs of lower-case base32."""
    return "".join(secrets.choice(_SIGNS) for _ in range(20))


class Registered(msgspec.Struct, frozen=True):
    """A key as it is kept: `pem` is its SPKI form, `created_at` ns."""

    key_id: str
    name: str
    pem: str
    created_at: int


class PartnerKeys:
    """All keys of one issuer. `save` is called with a snapshot after every change, `saved` is such a snapshot."""

    def __init__(self, issuer_id: str, save: Callable[[bytes], None] = lambda saved: None, saved: bytes | None = None) -> None:
        self.issuer_id = issuer_id
        self._save = save
        kept = msgspec.json.decode(saved, type=list[Registered]) if saved else []
        self._registered = {each.key_id: each for each in kept}
        self._loaded = {each.key_id: _read(each.pem) for each in kept}

    @property
    def registered(self) -> list[Registered]:
        """Oldest first."""
        return list(self._registered.values())

    def add(self, name: object, pem: object, now: int) -> Registered:
        """Register a key. Raises the refusal that says what is wrong with it."""
        if not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME:
            raise RefusalError("invalid_name")
        key = read_public_key(pem)
        text = _spki(key)
        if any(each.pem == text for each in self._registered.values()):
            raise RefusalError("public_key_exists")
        if len(self._registered) >= MOST_KEYS:
            raise RefusalError("keypair_num_exceed")
        added = Registered(new_id(), name.strip(), text, now)
        self._keep({**self._registered, added.key_id: added})
        self._loaded[added.key_id] = key
        return added

    def remove(self, key_id: str) -> None:
        """No token of this key is good any more. Raises key_not_found."""
        if key_id not in self._registered:
            raise RefusalError("key_not_found")
        self._keep({each: key for each, key in self._registered.items() if each != key_id})
        del self._loaded[key_id]

    def verifying(self, issuer: object, key_id: object = None) -> list[RSAPublicKey]:
        """The keys that may have signed a token of that issuer; of that one key where it is named. Raises unknown_issuer, unknown_key."""
        if issuer != self.issuer_id or not self._loaded:
            raise RefusalError("unknown_issuer")
        if key_id is None:
            return list(self._loaded.values())
        if not isinstance(key_id, str) or key_id not in self._loaded:
            raise RefusalError("unknown_key")
        return [self._loaded[key_id]]

    def _keep(self, keys: dict[str, Registered]) -> None:
        """What cannot be saved does not happen."""
        self._save(msgspec.json.encode(list(keys.values())))
        self._registered = keys


def fingerprint(key: Registered) -> str:
    """SHA-256 of the key's SPKI form (DER), in hex."""
    return hashlib.sha256(_read(key.pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_public_key(pem: object) -> RSAPublicKey:
    """One SPKI PEM block with an RSA key that is long enough, and nothing beside it. Raises a refusal for each thing it may be instead."""
    if not isinstance(pem, str) or not 0 < len(pem) <= LONGEST_PEM:
        raise RefusalError("invalid_public_key")
    kinds = _LINE.findall(pem)
    if any("PRIVATE KEY" in kind for kind in kinds):
        raise RefusalError("private_key_sent")
    if any("CERTIFICATE" in kind for kind in kinds):
        raise RefusalError("public_key_is_certificate")
    if kinds == ["RSA PUBLIC KEY"]:
        raise RefusalError("public_key_not_spki")
    if kinds != ["PUBLIC KEY"] or not _is_one_block(pem):
        raise RefusalError("public_key_not_pem")
    key = _read(pem.strip())
    if key.key_size < FEWEST_BITS:
        raise RefusalError("public_key_too_small", f"This RSA key has {key.key_size} bits; it has to have {FEWEST_BITS} or more")
    return key


def _is_one_block(pem: str) -> bool:
    text = pem.strip()
    return text.startswith("-----BEGIN PUBLIC KEY-----") and text.endswith("-----END PUBLIC KEY-----")


def _read(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusalError("public_key_unreadable") from error
    if not isinstance(key, RSAPublicKey):
        raise RefusalError("public_key_not_rsa")
    return key


def _spki(key: RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
