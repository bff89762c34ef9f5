"""A vault, a maker of keys and a prover that answer from memory and fail when they are told to."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.keys import (
    ACCESS,
    API_KEY,
    SECRET,
    Credentials,
    KeyNote,
    KeyPair,
    KeyringFacts,
    KeysFullError,
    NoKeysError,
    PemError,
    PemPassphraseError,
    Place,
    VaultError,
)
from app.domain.profile import PRACTICE, Profile, ProfileError, Provider, keyring_name, same_name
from app.domain.proof import ProofRow, ProofState, Registered, TokenPreview
from app.domain.secret import Secret
from app.services.setup.book import ProfileBook
from app.services.setup.ports import NO_PASSPHRASE
from app.services.setup.wizard import Wizard
from app.services.tasks import Tasks

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROWS = ("Clock", "Token", "Account")
FIXED = {Environment.PRACTICE: "", Environment.SANDBOX: "https://sandbox.test", Environment.PRODUCTION: "https://real.test"}


def canary() -> str:
    """A text that is nowhere else: where it is found, a secret got out."""
    return f"canary-{secrets.token_hex(12)}"


class FakeVault:
    """`problem` is raised by the next thing that is kept; `facts` is how the keyring answers, once `answering` is set."""

    def __init__(self) -> None:
        self.facts = KeyringFacts("Test Keyring")
        self.answering = asyncio.Event()
        self.answering.set()
        self.tried = 0
        self.problem: VaultError | None = None
        self.kept: dict[str, tuple[Credentials, Place, Secret]] = {}
        self.notes: dict[str, KeyNote] = {}
        self.removed: list[str] = []

    async def keyring(self) -> KeyringFacts:
        self.tried += 1
        await self.answering.wait()
        return self.facts

    async def holds(self, profile: Profile, place: Place) -> bool:
        return keyring_name(profile) in self.kept

    async def keep(self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret = NO_PASSPHRASE) -> None:
        await self.answering.wait()
        if self.problem is not None:
            problem, self.problem = self.problem, None
            raise problem
        self.kept[keyring_name(profile)] = (credentials, place, passphrase)

    async def read(self, profile: Profile, passphrase: Secret = NO_PASSPHRASE) -> Credentials:
        if keyring_name(profile) not in self.kept:
            raise NoKeysError(f"Nothing is kept for {profile.name!r}")
        return self.kept[keyring_name(profile)][0]

    async def remove(self, profile: Profile) -> tuple[str, ...]:
        self.removed.append(profile.name)
        return ("It was removed",) if self.kept.pop(keyring_name(profile), None) else ()

    def place(self, profile: Profile) -> Place | None:
        found = self.kept.get(keyring_name(profile))
        return found[1] if found else None

    def note(self, profile: Profile) -> KeyNote | None:
        return self.notes.get(keyring_name(profile))

    def write_note(self, profile: Profile, note: KeyNote) -> None:
        self.notes[keyring_name(profile)] = note

    def problems(self, profile: Profile) -> tuple[str, ...]:
        return ()

    async def mend(self, profile: Profile) -> tuple[str, ...]:
        return ()


class FakeMaker:
    """Its pairs hold a canary in place of a key. `answering` holds up `make`; `locked` needs that passphrase."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()
        self.answering.set()
        self.cancelled = 0
        self.private = canary()
        self.passphrase = ""
        self.problem: PemError | None = None
        self.files: dict[Path, bytes] = {}
        self.exposed = ""
        self.written: dict[Path, str] = {}
        self.sealed: dict[Path, Secret] = {}
        self.made: list[int] = []

    async def make(self, bits: int) -> KeyPair:
        try:
            await self.answering.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.made.append(bits)
        return self._pair(bits)

    def read(self, text: bytes, passphrase: Secret = NO_PASSPHRASE) -> KeyPair:
        if self.problem is not None:
            raise self.problem
        if self.passphrase and passphrase.reveal() != self.passphrase:
            raise PemPassphraseError("This passphrase does not open the key" if passphrase else "The key is encrypted")
        return self._pair(2048)

    async def exposure(self, path: Path) -> str:
        return self.exposed

    async def read_file(self, path: Path) -> bytes:
        if path not in self.files:
            raise PemError(f"{path.name} is no file")
        return self.files[path]

    async def write_public(self, path: Path, pair: KeyPair) -> None:
        self.written[path] = pair.public_pem

    async def write_backup(self, path: Path, pair: KeyPair, passphrase: Secret) -> None:
        self.sealed[path] = passphrase

    def _pair(self, bits: int) -> KeyPair:
        public = "-----BEGIN PUBLIC KEY-----\n" + "\n".join(["MIIBpublic" * 6 + "test"] * 6) + "\n-----END PUBLIC KEY-----\n"
        return KeyPair(Secret(self.private), public, bits, " ".join(f"{number:04X}" for number in range(0xA0B1, 0xA0B1 + 16)))


class FakeProver:
    """`failing` maps a row's title to its words; a run waits before its first row until `answering` is set."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()
        self.answering.set()
        self.failing: dict[str, str] = {}
        self.is_full = False
        self.spared: list[Collection[str]] = []
        self.remedy = "Ask Prophet"
        self.details = '{"iss": "…"}'
        self.runs: list[tuple[Profile, Credentials]] = []
        self.registered: list[tuple[str, Secret]] = []
        self.sessions: list[Secret] = []
        self.problem: VenueError | None = None
        self.access, self.secret, self.api_key = canary(), canary(), canary()
        self.partner_token, self.session = canary(), canary()

    def address(self, provider: Provider, environment: Environment, typed: str) -> str:
        if provider is Provider.TRADING or environment is Environment.PRACTICE:
            return FIXED[environment]
        if not typed.strip():
            raise ValueError("No host was given")
        if "." not in typed:
            raise ValueError(f"{typed} is not a full host name: it needs a domain")
        return f"https://{typed.strip().removeprefix('https://')}"

    def rows(self, profile: Profile) -> tuple[str, ...]:
        return ROWS

    async def prove(self, profile: Profile, credentials: Credentials) -> AsyncGenerator[ProofRow, None]:
        self.runs.append((profile, credentials))
        is_over = False
        for title in ROWS:
            if is_over:
                yield ProofRow(title, ProofState.SKIPPED)
                continue
            yield ProofRow(title, ProofState.RUNNING)
            await self.answering.wait()
            is_over = title in self.failing
            if is_over:
                yield ProofRow(title, ProofState.FAILED, 0.25, self.failing[title], self.remedy, "status 401")
            else:
                yield ProofRow(title, ProofState.GOOD, 0.125, f"{title} is good", details=self.details)

    def preview(self, profile: Profile, credentials: Credentials) -> TokenPreview:
        claims = {"iss": profile.issuer, profile.token.hash_claim: "…", **profile.token.claims}
        return TokenPreview(f'{{"alg": "{profile.token.algorithm}"}}', msgspec.json.encode(claims).decode())

    async def register(self, profile: Profile, public_pem: str, token: Secret, name: str) -> Registered:
        if self.problem is not None:
            raise self.problem
        if self.is_full:
            raise KeysFullError("20 keys are there", code="keypair_num_exceed", status=403)
        self.registered.append((public_pem, token))
        return Registered("issuer-1", "key-1")

    async def remove_oldest(self, profile: Profile, token: Secret, but: Collection[str]) -> str:
        self.spared.append(but)
        self.is_full = False
        return "desk one"

    async def make_pair(self, profile: Profile, session: Secret) -> Credentials:
        if self.problem is not None:
            raise self.problem
        self.sessions.append(session)
        return Credentials({ACCESS: Secret(self.access), SECRET: Secret(self.secret)})

    async def rehearse(self, profile: Profile) -> tuple[Credentials, dict[str, str]]:
        if self.problem is not None:
            raise self.problem
        match profile.provider:
            case Provider.TRADING:
                return Credentials({ACCESS: Secret(self.access), SECRET: Secret(self.secret), "web_session": Secret(self.session)}), {}
            case Provider.OMNIBUS:
                return Credentials({"partner_token": Secret(self.partner_token)}), {"issuer_hint": "issuer-1"}
            case Provider.RANKACY:
                return Credentials({API_KEY: Secret(self.api_key)}), {}


class FakeShelf:
    """The profiles' file in memory. `problem` is raised by `save`."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self.saved = tuple(profiles)
        self.problem: OSError | None = None

    def read(self) -> OpenShelf:
        return OpenShelf(self)


class OpenShelf:
    """One reading of it."""

    def __init__(self, shelf: FakeShelf) -> None:
        self._shelf = shelf
        self._own = list(shelf.saved)

    @property
    def all(self) -> tuple[Profile, ...]:
        return (PRACTICE, *self._own)

    def find(self, name: str) -> Profile:
        for profile in self.all:
            if same_name(profile.name) == same_name(name):
                return profile
        raise ProfileError(f"There is no profile {name!r}")

    def free_name(self, wanted: str) -> str:
        taken = {same_name(profile.name) for profile in self.all}
        return wanted if same_name(wanted) not in taken else f"{wanted} 2"

    def add(self, profile: Profile) -> Profile:
        if self.free_name(profile.name) != profile.name:
            raise ProfileError(f"There is a profile {profile.name!r} already")
        self._own.append(profile)
        return profile

    def change(self, name: str, changed: Profile) -> None:
        self._own[self._own.index(self.find(name))] = changed

    def remove(self, name: str) -> None:
        self._own.remove(self.find(name))

    def save(self) -> None:
        if self._shelf.problem is not None:
            raise self._shelf.problem
        self._shelf.saved = tuple(self._own)


class Hands:
    """A clock that moves only when told, and sleeps that end when it has."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._moved = asyncio.Event()

    def clock(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        until = self.seconds + seconds
        while self.seconds < until:
            await self._moved.wait()

    def move(self, seconds: float) -> None:
        self.seconds += seconds
        self._moved.set()
        self._moved = asyncio.Event()


async def at_once(call: Callable[[bytes, Secret], KeyPair], text: bytes, passphrase: Secret) -> KeyPair:
    """Reads a key in the loop's own thread."""
    return call(text, passphrase)


class Scene:
    """A wizard on all of it. `closed` holds what it was closed with."""

    def __init__(self, tasks: Tasks, profiles: Iterable[Profile] = (), prover: FakeProver | None = None) -> None:
        self.tasks = tasks
        self.vault = FakeVault()
        self.maker = FakeMaker()
        self.prover = prover or FakeProver()
        self.shelf = FakeShelf(profiles)
        self.hands = Hands()
        self.closed: list[Profile | None] = []
        self.no_window: set[Provider] = set()
        self.book = ProfileBook(self.shelf.read, self.vault, now=lambda: NOON)
        self.wizard = Wizard(
            self.book,
            self.maker,
            self.prover,
            tasks,
            clock=self.hands.clock,
            sleep=self.hands.sleep,
            aside=at_once,
            why_not_open=lambda profile: "no window" if profile.provider in self.no_window else "",
            closed=self.closed.append,
        )


Settle = Callable[[], Awaitable[None]]


async def settled() -> None:
    """Everything that can go on has gone on."""
    for _ in range(60):
        await asyncio.sleep(0)
