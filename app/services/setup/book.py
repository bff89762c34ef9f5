"""The book of profiles: what is there, and every change of it, with the keys that belong to them. Each change reads the file anew."""

from __future__ import annotations

import asyncio
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
        self.added: Profile | None = None
        """The profile that was set up last."""
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
        """Keep the keys, then list the profile. What was kept is removed again when it cannot be listed, or when this is cancelled.

        It is filed where nothing lies: keys of a profile that is not on the list, because that was damaged, stay what they are.
        """
        check_pin(profile, credentials.host)
        wanted = await self._filed_apart(profile, place)
        added = self._read().add(wanted)
        try:
            await self.vault.keep(added, _named(credentials, profile), place, passphrase)
        except asyncio.CancelledError:
            if self.vault.place(added) is not None:  # it came too late
                with contextlib.suppress(VaultError):
                    await self.vault.remove(added)
            raise
        try:
            self._list(wanted, added)
        except ProfileError as problem:
            raise ProfileError(await self._taken_back(added, str(problem))) from problem
        self._note(added, place, pair, is_proven=is_proven)
        self.added = added
        self.changed()
        return added

    async def _filed_apart(self, profile: Profile, place: Place) -> Profile:
        """The profile, with another id where the vault holds something under the one that it would be given."""
        wanted, number = profile, 1
        while await self.vault.holds(self._read().add(wanted), place):
            number += 1
            wanted = _numbered(profile, number)
        return wanted

    def _list(self, wanted: Profile, added: Profile) -> None:
        shelf = self._read()
        if keyring_name(shelf.add(wanted)) != keyring_name(added):
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
        """Put proven keys in the place of the old ones. `profile` carries the new issuer, key id and token's shape, if they changed.

        Issuer and key id are kept with the key, so that one replacement changes all of them; the list follows. Where it cannot, which is
        said, what is kept with the key counts.
        """
        before = _one_of(self._read(), profile)
        check_pin(before, credentials.host)
        after = msgspec.structs.replace(before, issuer=profile.issuer, key_id=profile.key_id, token=profile.token)
        named = msgspec.structs.replace(_named(credentials, after), replaces=(before.issuer, before.key_id))
        await self.vault.keep(after, named, place, passphrase)
        self._note(after, place, pair, is_proven=True)
        self.changed()
        try:
            self._follow(after)
        except ProfileError as problem:
            raise ProfileError(f"The new keys are kept and used, but the list still shows what was there before: {problem}") from problem

    def _follow(self, after: Profile) -> None:
        """Let the list say what is kept."""
        before = _one_of(self._read(), after)
        changed = msgspec.structs.replace(before, issuer=after.issuer, key_id=after.key_id, token=after.token)
        if changed != before:
            self._replace(before, changed)
            self.changed()

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
        name = self._read().free_name(f"{profile.name[:35].rstrip()} copy")
        copy = wanted = msgspec.structs.replace(profile, name=name, id="", issuer="", key_id="")
        number = 1
        while self.vault.note(added := (shelf := self._read()).add(wanted)) or self.vault.place(added):
            number += 1
            wanted = _numbered(copy, number)
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
        note = self.vault.note(profile) or self._found_note(profile)
        self.vault.write_note(profile, msgspec.structs.replace(note, used_at=self._now()))
        self.changed()
        return self._with_issuer(credentials, profile)

    def _found_note(self, profile: Profile) -> KeyNote:
        """In the place of one that was lost. Without a note and a file, keys that could be read lie in the keyring."""
        return KeyNote(self.vault.place(profile) or Place.KEYRING, made_at=self._now(), is_found=True)

    async def find_lost(self, profile: Profile) -> bool:
        """Whether keys are there that nothing told of, because their note was lost; it is written anew then."""
        if self.vault.note(profile) is not None or self.vault.place(profile) is not None:
            return False
        try:
            await self.vault.read(profile)
        except VaultError:
            return False
        self.vault.write_note(profile, self._found_note(profile))
        self.changed()
        return True

    def _with_issuer(self, credentials: Credentials, profile: Profile) -> Credentials:
        """The issuer and key id on the list belong to the key, but where the list did not follow a rotation: then it does now."""
        if credentials.replaces != (profile.issuer, profile.key_id):
            return _named(credentials, profile)
        with contextlib.suppress(ProfileError):  # what is kept counts, whatever is shown
            listed = _one_of(self._read(), profile)
            if credentials.replaces == (listed.issuer, listed.key_id):
                self._follow(msgspec.structs.replace(listed, issuer=credentials.issuer, key_id=credentials.key_id))
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


def _named(credentials: Credentials, profile: Profile) -> Credentials:
    """With the issuer and the key id of the profile."""
    return msgspec.structs.replace(credentials, issuer=profile.issuer, key_id=profile.key_id)


def _numbered(profile: Profile, number: int) -> Profile:
    """The profile under another id."""
    return msgspec.structs.replace(profile, id=f"{profile.slug[:36].rstrip()}-{number}")


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
