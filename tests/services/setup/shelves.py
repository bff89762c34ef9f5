"""A book of profiles on a vault that can refuse each thing, and the page of profiles on top of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.environment import Environment
from app.domain.keys import ACCESS, API_KEY, PRIVATE, SECRET, Credentials, KeyNote, PassphraseError, Place, VaultError
from app.domain.profile import Profile, Provider, keyring_name
from app.domain.secret import Secret
from app.services.setup.book import ProfileBook
from app.services.setup.ports import NO_PASSPHRASE, Vault
from app.services.setup.room import ProfileRoom
from app.services.tasks import Tasks
from app.store.profiles import FILE, Profiles
from tests.services.setup.fakes import NOON, FakeProver, FakeVault, Hands, canary

HOST = "https://api.partner.test"
DESK = Profile("Desk", Environment.SANDBOX, Provider.TRADING)
PARTNER = Profile("Partner", Environment.SANDBOX, Provider.OMNIBUS, HOST, issuer="issuer-0", key_id="key-0")
FEED = Profile("Feed", Environment.PRODUCTION, Provider.RANKACY, HOST)


def credentials(profile: Profile, host: str | None = None) -> Credentials:
    names = {Provider.TRADING: (ACCESS, SECRET), Provider.OMNIBUS: (PRIVATE,), Provider.RANKACY: (API_KEY,)}[profile.provider]
    return Credentials({name: Secret(canary()) for name in names}, profile.host if host is None else host)


class StrictVault(FakeVault):
    """`refusing` names the methods that raise VaultError; sealed files ask for their passphrase; `troubles` is what `mend` takes away.

    `silent` are the profiles whose keys nothing tells of without a note, as an entry of a keyring does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refusing: set[str] = set()
        self.troubles: tuple[str, ...] = ()
        self.silent: set[str] = set()
        self.reads = 0

    def place(self, profile: Profile) -> Place | None:
        if keyring_name(profile) in self.silent and self.note(profile) is None:
            return None
        return super().place(profile)

    def lose_note(self, profile: Profile) -> None:
        """Of keys that are an entry of the keyring."""
        self.notes.pop(keyring_name(profile), None)
        self.silent.add(keyring_name(profile))

    async def keep(self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret = NO_PASSPHRASE) -> None:
        self._refuse("keep")
        await super().keep(profile, credentials, place, passphrase)

    async def read(self, profile: Profile, passphrase: Secret = NO_PASSPHRASE) -> Credentials:
        self.reads += 1
        self._refuse("read")
        held = await super().read(profile, passphrase)
        _credentials, place, right = self.kept[keyring_name(profile)]
        if place is Place.PASSPHRASE and passphrase != right:
            raise PassphraseError("This passphrase does not open the file" if passphrase else "The keys are sealed with a passphrase")
        return held

    async def remove(self, profile: Profile) -> tuple[str, ...]:
        await self.answering.wait()
        self._refuse("remove")
        return await super().remove(profile)

    def problems(self, profile: Profile) -> tuple[str, ...]:
        return self.troubles

    async def mend(self, profile: Profile) -> tuple[str, ...]:
        self._refuse("mend")
        self.troubles = self.troubles[1:]
        return self.troubles

    def _refuse(self, what: str) -> None:
        if what in self.refusing:
            raise VaultError("The keyring said no")


class FileShelf:
    """The real file of profiles below `folder`. `problem` is raised by `save`."""

    def __init__(self, folder: Path, profiles: Iterable[Profile]) -> None:
        self.path = folder / FILE
        self.problem: OSError | None = None
        self.saved = tuple(profiles)

    def read(self) -> Profiles:
        return _Reading(self)

    @property
    def saved(self) -> tuple[Profile, ...]:
        return Profiles(self.path).all[1:]

    @saved.setter
    def saved(self, profiles: tuple[Profile, ...]) -> None:
        self.path.unlink(missing_ok=True)
        shelf = Profiles(self.path)
        for profile in profiles:
            shelf.add(profile)
        shelf.save()


class _Reading(Profiles):
    def __init__(self, shelf: FileShelf) -> None:
        super().__init__(shelf.path)
        self._shelf = shelf

    def save(self) -> None:
        if self._shelf.problem is not None:
            raise self._shelf.problem
        super().save()


class Office:
    """A book and its page. `typed` are the passphrases that are typed when asked, None for one who would rather not; `busy` are open."""

    def __init__(self, folder: Path, tasks: Tasks, *profiles: Profile, here: Profile | None = None) -> None:
        self.vault = StrictVault()
        self.shelf = FileShelf(folder, profiles)
        self.prover = FakeProver()
        self.hands = Hands()
        self.now = NOON
        self.busy: dict[str, str] = {}
        self.typed: list[Secret | None] = []
        self.asked: list[str] = []
        self.confirming = True
        self.hosts: list[str] = []
        self.rotating: list[Profile] = []
        self.exported: list[Path] = []
        self.export_problem: OSError | None = None
        vault: Vault = self.vault
        self.book = ProfileBook(self.shelf.read, vault, now=lambda: self.now, why_busy=lambda one: self.busy.get(one.slug, ""))
        self.room = ProfileRoom(
            self.book,
            self.prover,
            tasks,
            clock=self.hands.clock,
            now=lambda: self.now,
            here=here or self.book.profiles[0],
            export=self._export,
            why_not_open=lambda one: "" if one.provider is Provider.TRADING else f"there is no window for {one.provider.called} accounts",
            check=lambda one: "There is no call 'nonsense'" if "nonsense" in one.paths else "",
            aside=at_once,
        )

    async def keep(self, profile: Profile, place: Place = Place.KEYRING, passphrase: str = "") -> Credentials:
        """Keys for a profile that is listed, made now."""
        kept = credentials(profile)
        await self.vault.keep(profile, kept, place, Secret(passphrase))
        self.vault.write_note(profile, KeyNote(place, self.now))
        self.book.changed()
        return kept

    def pass_days(self, days: int) -> datetime:
        self.now += timedelta(days=days)
        return self.now

    async def ask(self, words: str) -> Secret | None:
        self.asked.append(words)
        return self.typed.pop(0)

    async def confirm(self, profile: Profile) -> bool:
        self.hosts.append(profile.host)
        return self.confirming

    def _export(self, path: Path) -> tuple[str, ...]:
        if self.export_problem is not None:
            raise self.export_problem
        self.exported.append(path)
        return ("What looks like a secret is left out of a profile: its host.",)


async def at_once(call: Callable[[Path], tuple[str, ...]], path: Path) -> tuple[str, ...]:
    return call(path)
