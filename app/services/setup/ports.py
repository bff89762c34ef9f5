"""What setting an account up needs from the outside, as protocols: a vault, a maker of keys, a prover."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from pathlib import Path
from typing import Protocol

from app.domain.environment import Environment
from app.domain.keys import Credentials, KeyNote, KeyPair, KeyringFacts, Place
from app.domain.profile import Profile, Provider
from app.domain.proof import ProofRow, Registered, TokenPreview
from app.domain.secret import Secret

NO_PASSPHRASE = Secret()


class Vault(Protocol):
    """Where secrets are kept. Each coroutine may last as long as the keyring's own dialog stays open.

    What is kept is bound to the profile's environment, provider and id, and to the host in it: none of it opens for another.
    """

    async def keyring(self) -> KeyringFacts:
        """Try the system's keyring: write, read and remove a test entry. Never raises."""

    async def holds(self, profile: Profile, place: Place) -> bool:
        """Whether anything lies where this profile's keys would be put, so that they would replace it. Never raises."""

    async def keep(self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret = NO_PASSPHRASE) -> None:
        """Put these in the place of what was kept for the profile, at once: after a failure (VaultError) the old ones are still there.

        What lay in another place before is removed from it. `passphrase` is for Place.PASSPHRASE only.
        """

    async def read(self, profile: Profile, passphrase: Secret = NO_PASSPHRASE) -> Credentials:
        """NoKeysError, PassphraseError (one is needed, or another one), VaultError for anything else."""

    async def remove(self, profile: Profile) -> tuple[str, ...]:
        """Remove everything kept for the profile; a sentence for each thing that was removed. VaultError when something stayed."""

    def place(self, profile: Profile) -> Place | None:
        """Where the profile's keys are now; None where none are."""

    def note(self, profile: Profile) -> KeyNote | None:
        """What is remembered beside them."""

    def write_note(self, profile: Profile, note: KeyNote) -> None:
        """Remember another note; what cannot be written is logged, because no key depends on it."""

    def problems(self, profile: Profile) -> tuple[str, ...]:
        """A sentence for each thing that endangers the keys: others' rights, a link, another owner, old keys that are still there."""

    async def mend(self, profile: Profile) -> tuple[str, ...]:
        """Take others' rights away and remove what is left of old keys; the problems that stay. VaultError for what a person must mend."""


class KeyMaker(Protocol):
    """Makes and reads RSA keys."""

    async def make(self, bits: int) -> KeyPair:
        """A new pair; the window stays alive meanwhile. Cancelling the task returns at once and drops what is in the making, unwritten."""

    def read(self, text: bytes, passphrase: Secret = NO_PASSPHRASE) -> KeyPair:
        """The pair in a PEM as a person pasted it. PemError says what it is instead, PemPassphraseError that it is locked.

        It may take a second, without Python's lock for almost all of it: call it in a worker thread (`asyncio.to_thread`).
        """

    async def read_file(self, path: Path) -> bytes:
        """A file's bytes, its kind and size checked before it is opened. PemError."""

    async def exposure(self, path: Path) -> str:
        """A sentence where others can read this file or it is another user's; empty where it is not so."""

    async def write_public(self, path: Path, pair: KeyPair) -> None:
        """The public key as PEM. OSError passes through."""

    async def write_backup(self, path: Path, pair: KeyPair, passphrase: Secret) -> None:
        """The private key, sealed with the passphrase (scrypt and AES-GCM), 0600 before the first byte; `read` takes it again.

        VaultError says why a passphrase cannot be taken. OSError passes through.
        """


class Shelf(Protocol):
    """The profiles' file as it was read; `store.profiles.Profiles`. Nothing is written before `save`, which raises OSError."""

    @property
    def all(self) -> tuple[Profile, ...]: ...
    def find(self, name: str) -> Profile: ...
    def free_name(self, wanted: str) -> str: ...
    def add(self, profile: Profile) -> Profile: ...
    def change(self, name: str, changed: Profile) -> None: ...
    def remove(self, name: str) -> None: ...
    def save(self) -> None: ...


class Prover(Protocol):
    """Tries accounts at their venue. Nothing is kept, ordered or cancelled by any of it."""

    def address(self, provider: Provider, environment: Environment, typed: str) -> str:
        """Where such an account's requests go, as it is kept and shown; ValueError with a sentence when `typed` is no host to speak to.

        The Trading API's and practice's are fixed: `typed` is then not looked at, and practice's may be empty before its exchange runs.
        """

    def rows(self, profile: Profile) -> tuple[str, ...]:
        """The titles of the rows that `prove` will fill, in order."""

    def prove(self, profile: Profile, credentials: Credentials) -> AsyncGenerator[ProofRow, None]:
        """Each row as it starts and as it ends. The first that fails leaves the later ones skipped. Never raises for what a venue does."""

    def preview(self, profile: Profile, credentials: Credentials) -> TokenPreview:
        """What a B2B token of this profile would say now."""

    async def register(self, profile: Profile, public_pem: str, token: Secret, name: str) -> Registered:
        """Send the public key to the venue with a person's token (B2B; practice takes it). VenueError as everywhere.

        KeysFullError: the venue takes no more before one is removed.
        """

    async def remove_oldest(self, profile: Profile, token: Secret, but: Collection[str]) -> str:
        """Withdraw the oldest public key at the venue whose id is not among `but` (B2B); its name. VenueError as everywhere."""

    async def make_pair(self, profile: Profile, session: Secret) -> Credentials:
        """Make a pair of keys with the session of the venue's own web page (Trading API). VenueError as everywhere."""

    async def rehearse(self, profile: Profile) -> tuple[Credentials, dict[str, str]]:
        """What the practice exchange gives a new account of this kind: its keys where it has some, and words by name.

        For OMNIBUS the parts hold `partner_token` and the words `issuer_hint`; the key is its own. VenueError where none runs.
        """
