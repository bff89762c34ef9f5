"""The vault of this computer: what `services.setup.ports.Vault` asks for, without blocking the loop."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from app.domain.keys import Credentials, KeyNote, KeyringFacts, Place, VaultError
from app.domain.profile import Profile, keyring_name
from app.domain.secret import Secret
from app.store import logs, sealing, settings
from app.store.paths import Folders
from app.store.vault.errands import PATIENCE, Errand, Errands, SlowError, UntidyError
from app.store.vault.hook_secrets import HookSecrets
from app.store.vault.notes import FILE, Notes
from app.store.vault.ring import Backend
from app.store.vault.safe import Safe
from app.store.vault.sealed_file import Replace
from app.store.vault.systems import systems_own

FOLDER: Final = "keys"  # below the data
_NO_PASSPHRASE: Final = Secret()
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Vault:
    """Errands for the safe, one at a time a profile, with its notes. What is kept for the session is this object's: make one a program."""

    def __init__(
        self,
        where: Folders,
        *,
        choose: Callable[[], Backend] = systems_own,
        replace: Replace = settings.replace,
        now: Callable[[], datetime] = settings.utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: float = PATIENCE,
        random: sealing.Random = os.urandom,
        cost: sealing.Cost = sealing.COST,
    ) -> None:
        """`patience`: seconds that a keyring may take for one step before it is given up."""
        self._notes = Notes(where.settings / FILE, now=now)
        self._safe = Safe(where.data / FOLDER, self._notes, choose=choose, replace=replace, now=now, random=random, cost=cost)
        self._errands = Errands(limit=patience, sleep=sleep)
        self._hooks = partial(HookSecrets, where=where, choose=choose, sleep=sleep, patience=patience)
        self._leftovers: dict[str, tuple[str, ...]] = {}

    async def keyring(self) -> KeyringFacts:
        """Try the system's keyring: write, read and remove a test entry. Never raises."""
        try:
            facts = await self._run(self._safe.check, "")
        except VaultError as problem:
            facts = KeyringFacts("", str(problem))
        self._safe.is_keyring_ill = not facts.is_usable
        return facts

    async def holds(self, profile: Profile, place: Place) -> bool:
        """Whether anything lies where this profile's keys would be put. A keyring that cannot be asked is taken to hold nothing."""
        try:
            return await self._run(partial(self._safe.holds, profile, place), keyring_name(profile))
        except VaultError as problem:
            _log.warning("Whether the keyring holds keys of an earlier profile %r is not known: %s", profile.name, problem)
            self._safe.is_keyring_ill = True
            return False

    async def keep(self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret = _NO_PASSPHRASE) -> None:
        """Put these in the place of what was kept, with a new note of now. VaultError: the old ones are still there.

        What of the old ones cannot be removed from another place is logged, and one of the `problems`.
        """
        logs.hide(passphrase, *credentials.parts.values())
        try:
            left = await self._run(partial(self._safe.keep, profile, credentials, place, passphrase), keyring_name(profile))
        except UntidyError as problem:
            _log.warning("%s", problem)
            left = (str(problem),)
        self._leftovers[keyring_name(profile)] = left

    async def read(self, profile: Profile, passphrase: Secret = _NO_PASSPHRASE) -> Credentials:
        """NoKeysError, PassphraseError (one is needed, or another one), VaultError for anything else. The caller checks the host's pin."""
        logs.hide(passphrase)
        credentials = await self._run(partial(self._safe.read, profile, passphrase), keyring_name(profile))
        logs.hide(*credentials.parts.values())
        return credentials

    async def remove(self, profile: Profile) -> tuple[str, ...]:
        """A sentence for each thing that was removed. VaultError when something stayed.

        A keyring that did not answer before either, and that no keys are known to lie in, keeps no profile on the list: that is one of
        the sentences. Nor does one that is gone with the secrets of webhooks.
        """
        removed = list[str]()
        is_keyring_there = await self._remove_keys(profile, removed)
        self._leftovers.pop(keyring_name(profile), None)
        try:
            removed += await self._hooks(profile).remove_all(is_keyring_there=is_keyring_there)
        except VaultError as problem:
            raise VaultError(" ".join(["Not everything was removed.", str(problem), *removed])) from problem
        return tuple(removed)

    async def _remove_keys(self, profile: Profile, removed: list[str]) -> bool:
        """Whether the keyring answered."""
        is_doubtful = self._safe.is_keyring_ill and not self._safe.is_in_keyring(profile)
        try:
            await self._run(partial(self._safe.remove, profile, removed), keyring_name(profile))
        except SlowError as problem:
            words = f"The keyring does not answer, so an entry {keyring_name(profile)} may still be in it."
            if not is_doubtful:
                raise VaultError(" ".join(["Not everything was removed.", words, *removed])) from problem
            self._notes.put(profile, None)
            removed.append(words)
            return False
        return True

    def place(self, profile: Profile) -> Place | None:
        """Where the keys are, by the note and by what lies in the folder. None is no proof: a keyring may hold what no note tells of."""
        return self._safe.place(profile)

    def note(self, profile: Profile) -> KeyNote | None:
        return self._notes.get(profile)

    def write_note(self, profile: Profile, note: KeyNote) -> None:
        """What cannot be written is remembered for this run and logged, because no key depends on it."""
        self._notes.put(profile, note)

    def problems(self, profile: Profile) -> tuple[str, ...]:
        """A sentence for each thing that endangers the keys: others' rights, a link, another owner, old keys that are still there."""
        return (*self._safe.file(profile).problems(), *self._leftovers.get(keyring_name(profile), ()))

    async def mend(self, profile: Profile) -> tuple[str, ...]:
        """Take others' rights away and remove what is left of old keys; the problems that stay. VaultError for what a person must mend."""
        self._safe.file(profile).mend()
        self._leftovers[keyring_name(profile)] = await self._run(partial(self._safe.tidy, profile), keyring_name(profile))
        return self.problems(profile)

    async def _run(self, work: Callable[[Errand], T], subject: str) -> T:
        try:
            return await self._errands.run(work, subject)
        except (SlowError, UntidyError):
            self._safe.is_keyring_ill = True
            raise
