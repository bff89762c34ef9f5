"""What logs an account in, and what is known of it without showing it: credentials, a pair of RSA keys, where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.errors import RefusedError
from app.domain.profile import Provider
from app.domain.secret import Secret

ACCESS: Final = "access"
SECRET: Final = "secret"
PRIVATE: Final = "private_key"
API_KEY: Final = "api_key"
PARTS: Final[Mapping[Provider, tuple[str, ...]]] = {
    Provider.TRADING: (ACCESS, SECRET),
    Provider.OMNIBUS: (PRIVATE,),
    Provider.RANKACY: (API_KEY,),
}
"""What each provider's account is entered with."""

BITS: Final = (2048, 3072, 4096)
"""Sizes of an RSA key that can be made; the venue's page asks for the first."""


class Credentials(msgspec.Struct, frozen=True):
    """The secrets of one profile by their part's name, bound to the host a person confirmed for them ("": the provider's fixed one).

    `issuer` and `key_id` belong to a B2B key, are no secret and are kept with it, so that key and issuer are replaced at once.
    `replaces` is the pair of them that the list of profiles had when this key took another one's place.
    """

    parts: dict[str, Secret]
    host: str = ""
    issuer: str = ""
    key_id: str = ""
    replaces: tuple[str, str] | None = None

    def is_whole(self, provider: Provider) -> bool:
        """Whether every part the provider asks for is there."""
        return all(self.parts.get(part) for part in PARTS[provider])


class Place(StrEnum):
    """Where a profile's secrets are kept: the system's keyring, a file sealed with a typed passphrase, or nowhere beyond this run."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"
    SESSION = "session"


class KeyringFacts(msgspec.Struct, frozen=True):
    """The system's keyring as it answered: its name as its back end gives it, and a sentence why it cannot be used (empty: it can)."""

    name: str
    words: str = ""

    @property
    def is_usable(self) -> bool:
        return not self.words


class KeyNote(msgspec.Struct, frozen=True):
    """What is remembered of a profile's keys beside them; no secret. Times are aware UTC. `fingerprint` is the public key's.

    `is_found`: the note of before was lost, and `made_at` is when the keys were found again.
    """

    place: Place
    made_at: datetime
    proven_at: datetime | None = None
    used_at: datetime | None = None
    fingerprint: str = ""
    is_found: bool = False


class KeyPair(msgspec.Struct, frozen=True):
    """An RSA pair: the private key as unencrypted PKCS#8 PEM, the public one as SPKI PEM (BEGIN PUBLIC KEY).

    `fingerprint` is the SHA-256 of the public key's DER in capital hexadecimal groups of four, to be read out.
    """

    private: Secret
    public_pem: str
    bits: int
    fingerprint: str


class VaultError(Exception):
    """Secrets cannot be kept, read or removed; `str(error)` is a sentence that says what helps."""


class UnreadableSecretError(VaultError):
    """What is kept as one secret cannot be understood; others may well be."""


class NoKeysError(VaultError):
    """Nothing is kept for this profile."""


class PassphraseError(VaultError):
    """A passphrase is needed, or it is not the one: ask the person."""


class KeysFullError(RefusedError):
    """The venue takes no more keys of this partner before one is removed."""


class PemError(ValueError):
    """This is no private RSA key that can be used; `str(error)` says what it is instead, and never holds any of it."""


class PemPassphraseError(PemError):
    """The key is encrypted: its passphrase is needed, or is another one."""
