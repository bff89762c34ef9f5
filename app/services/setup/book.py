"""The book of profiles: what is there, and every change of it, with the keys that belong to them. Each change reads the file anew."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.keys import Credentials, KeyNote, KeyPair, PassphraseError, Place, VaultError
from app.domain.profile import PRACTICE, Profile, ProfileError, check_pin, keyring_name, needs_host
from app.domain.secret import Secret
from app.services.ports import Now, Signal
from app.services.setup.ports import NO_PASSPHRASE, Shelf, Vault

Ask = Callable[[str], Awaitable[Secret | None]]
"""Asks a person for a passphrase, with a sentence why; None: they would rather not."""


class ProfileBook:
    """Each change either happened as a whole or raised ProfileError or VaultError with words and changed nothing.

    `read` reads the profiles' file; `why_busy` says that a profile is open somewhere, and where, or nothing.
    """

    def __init__(
        self, read: Callable[[], Shelf], vault: Vault, *, now: Now, why_busy: Callable[[Profile], str] = lambda _profile: ""
    ) -> None:
        self._read = read
        self.vault = vault
        self._now = now
        self.why_busy = why_busy
        self.changed = Signal()

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All there are; the built-in practice profile is the first."""
        return self._read().all

    def note(self, profile: Profile) -> KeyNote | None:
        return self.vault.note(profile)

    def free_name(self, wanted: str) -> str:
        return self._read().free_name(wanted)

    # Adding

    async def add(
        self,
        profile: Profile,
        credentials: Credentials,
        place: Place,
        passphrase: Secret = NO_PASSPHRASE,
        *,
        pair: KeyPair | None = None,
        is_proven: bool,
    ) -> Profile:
        """Keep the keys, then list the profile. What was kept is removed again when it cannot be listed."""
        check_pin(profile, credentials.host)
        added = self._read().add(profile)
        await self.vault.keep(added, credentials, place, passphrase)
        try:
            self._list(profile, added)
        except ProfileError as problem:
            raise ProfileError(await self._taken_back(added, str(problem))) from problem
        self._note(added, place, pair, is_proven=is_proven)
        self.changed()
        return added

    def _list(self, profile: Profile, added: Profile) -> None:
        shelf = self._read()
        if keyring_name(shelf.add(profile)) != keyring_name(added):
            raise ProfileError("Another profile was added meanwhile: try again")
        _save(shelf)

    async def _taken_back(self, profile: Profile, words: str) -> str:
        try:
            await self.vault.remove(profile)
        except VaultError as problem:
            return f"{words}. What was kept of its keys could not be removed again: {problem}"
        return words

    async def rotate(
        self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret = NO_PASSPHRASE, *, pair: KeyPair | None = None
    ) -> None:
        """Put proven keys in the place of the old ones. `profile` carries the new issuer, key id and token's shape, if they changed."""
        before = _one_of(self._read(), profile)
        check_pin(before, credentials.host)
        after = msgspec.structs.replace(before, issuer=profile.issuer, key_id=profile.key_id, token=profile.token)
        with contextlib.ExitStack() as undoing:
            if after != before:
                self._replace(before, after)
                undoing.callback(self._put_back, after, before)
            await self.vault.keep(after, credentials, place, passphrase)
            undoing.pop_all()
        self._note(after, place, pair, is_proven=True)
        self.changed()

    def _put_back(self, after: Profile, before: Profile) -> None:
        try:
            self._replace(after, before)
        except ProfileError as problem:
            raise ProfileError(
                f"The keys are the old ones, but the new issuer of {before.name!r} could not be taken back: {problem}"
            ) from None

    # Changing

    def rename(self, profile: Profile, name: str) -> Profile:
        """Its keys, journal and limits stay with it: they are filed under its id."""
        self.put(profile, msgspec.structs.replace(profile, name=name))
        return _one_of(self._read(), profile)

    def put(self, profile: Profile, changed: Profile) -> None:
        """Another name or other settings for the same account; the keys do not move, so the host cannot change.

        A profile that is open goes on as it was opened.
        """
        if changed.host != profile.host:
            raise ProfileError("The host is sealed with the keys: set the account up anew to use another")
        self._replace(profile, changed)
        self.changed()

    def _replace(self, before: Profile, after: Profile) -> None:
        shelf = self._read()
        if _one_of(shelf, before) != before:
            raise ProfileError(f"The profile {before.name!r} was changed elsewhere meanwhile: look at it again")
        shelf.change(before.name, after)
        _save(shelf)

    def duplicate(self, profile: Profile) -> Profile:
        """The same settings under another name, without keys. The host goes along and counts only once new keys are kept with it."""
        if keyring_name(profile) == keyring_name(PRACTICE):
            raise ProfileError("The practice profile is built in; there is one of it")
        shelf = self._read()
        name = shelf.free_name(f"{profile.name[:35].rstrip()} copy")
        added = shelf.add(msgspec.structs.replace(profile, name=name, id="", issuer="", key_id=""))
        _save(shelf)
        self.changed()
        return added

    async def remove(self, profile: Profile) -> tuple[str, ...]:
        """Remove keys and profile; what was removed, a sentence each.

        Keys first: a crash in between leaves a profile without keys, and no keys that nothing tells of. That the list can be written is
        tried before.
        """
        if words := self.why_busy(profile):
            raise ProfileError(words)
        self._without(profile)
        _save(self._read())
        removed = await self.vault.remove(profile)
        try:
            _save(self._without(profile))
        except ProfileError as problem:
            raise ProfileError(" ".join([*removed, str(problem)])) from problem
        self.changed()
        return (*removed, f"The profile {profile.name!r} is off the list.")

    def _without(self, profile: Profile) -> Shelf:
        shelf = self._read()
        shelf.remove(_one_of(shelf, profile).name)
        return shelf

    # Using

    async def open(self, profile: Profile, passphrase: Secret = NO_PASSPHRASE) -> Credentials:
        """The profile's credentials, proved to belong to its host, and noted as used. ProfileError, VaultError."""
        credentials = await self.vault.read(profile, passphrase)
        check_pin(profile, credentials.host)
        if not credentials.is_whole(profile.provider):
            raise VaultError(f"What is kept for the profile {profile.name!r} is not whole: set its keys up again")
        if note := self.vault.note(profile):
            self.vault.write_note(profile, msgspec.structs.replace(note, used_at=self._now()))
            self.changed()
        return credentials

    async def open_asking(self, profile: Profile, ask: Ask) -> Credentials:
        """The same; a person is asked for the passphrase as long as it is needed or another one."""
        passphrase = NO_PASSPHRASE
        while True:
            try:
                return await self.open(profile, passphrase)
            except PassphraseError as problem:
                words = str(problem)
            typed = await ask(words)
            if typed is None:
                raise VaultError(f"The keys of {profile.name!r} stay locked: {words}")
            passphrase = typed

    async def is_pinned(self, profile: Profile, ask: Ask) -> bool:
        """Whether the keys that are kept prove that a person confirmed this host; PinError when they say another.

        False where they cannot say it: there are none, or they cannot be read. New keys go to a host that was confirmed, or to none.
        """
        if not needs_host(profile):
            return True
        try:
            await self.open_asking(profile, ask)
        except VaultError:
            return False
        return True

    def proven(self, profile: Profile) -> None:
        """A proof run of kept keys was good."""
        if note := self.vault.note(profile):
            self.vault.write_note(profile, msgspec.structs.replace(note, proven_at=self._now()))
            self.changed()

    def _note(self, profile: Profile, place: Place, pair: KeyPair | None, *, is_proven: bool) -> None:
        now = self._now()
        fingerprint = pair.fingerprint if pair else ""
        self.vault.write_note(profile, KeyNote(place, made_at=now, proven_at=now if is_proven else None, fingerprint=fingerprint))


def _one_of(shelf: Shelf, profile: Profile) -> Profile:
    """The profile as the file has it now, whatever it is called by now. ProfileError when it is gone."""
    for one in shelf.all:
        if keyring_name(one) == keyring_name(profile):
            return one
    raise ProfileError(f"The profile {profile.name!r} is not on the list any more")


def _save(shelf: Shelf) -> None:
    """ProfileError where it cannot be written; the file is as it was then."""
    try:
        shelf.save()
    except OSError as problem:
        raise ProfileError(f"The list of profiles could not be written: {problem.strerror or problem}") from problem
    except ValueError as problem:
        raise ProfileError(f"The list of profiles could not be written: {problem}") from problem
