"""Keeping, reading and removing a profile's credentials, step by step: wherever it is killed, the old ones or the new ones can be read.

What makes each change at once is one replacement: of the keyring's entry, or of the sealed file.

| now it is in    | it goes into   | in this order (the replacement that counts is in capitals)                     |
|-----------------|----------------|--------------------------------------------------------------------------------|
| anything        | entry          | rehearse, ENTRY, note, remove the file                                         |
| entry           | file, keyring  | rehearse, file under a new key, ENTRY with that key, note                      |
| file or nothing | file, keyring  | rehearse, entry with the new key and the old one, FILE, note, entry without it |
| anything        | file, typed    | FILE, note, remove the entry                                                   |
| anything        | this run       | memory, note, remove file and entry                                            |

A rotated key gets a new file key, so that who once read the keyring cannot read the file of today, and a file from a backup does not open.
Where two places hold something, because the program was killed in between, the note says which counts; a file says by itself whether a
passphrase or the keyring opens it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from app.domain.keys import Credentials, KeyNote, KeyringFacts, NoKeysError, Place, VaultError
from app.domain.profile import Profile, keyring_name
from app.domain.secret import Secret
from app.store import sealing
from app.store.vault import contents, kept
from app.store.vault.contents import FileKeys
from app.store.vault.errands import Errand, SlowError
from app.store.vault.notes import Notes
from app.store.vault.ring import Backend, NoKeyringError, Ring
from app.store.vault.sealed_file import Replace, SealedFile, path_of

_log = logging.getLogger(__name__)
_ANEW: Final = "Enter or make new ones: Profiles and keys (Ctrl+P) → New keys…"


class _MismatchError(VaultError):
    """The file and the keyring's key for it do not belong together."""


class Safe:
    """Everything here blocks and belongs on a thread, but `place`, which reads one small file. VaultError as in `services.setup.ports`."""

    def __init__(
        self,
        folder: Path,
        notes: Notes,
        *,
        choose: Callable[[], Backend],
        replace: Replace,
        now: Callable[[], datetime],
        random: sealing.Random = os.urandom,
        cost: sealing.Cost = sealing.COST,
    ) -> None:
        self._folder = folder
        self._notes = notes
        self._choose = choose
        self._replace = replace
        self._now = now
        self._random = random
        self._cost = cost
        self._session: dict[str, Credentials] = {}
        self._keyring_turn = threading.RLock()
        self.is_keyring_ill = False  # it failed when it was tried last: it is not asked to tidy up what is likely not there

    def place(self, profile: Profile) -> Place | None:
        if keyring_name(profile) in self._session:
            return Place.SESSION
        note, file = self._notes.get(profile), self.file(profile)
        if note is None and file.exists:
            return Place.PASSPHRASE if file.is_with_passphrase else Place.KEYRING
        if note is None or note.place is Place.SESSION:
            return None
        if note.place is Place.PASSPHRASE and not file.exists:
            return None
        return note.place

    def file(self, profile: Profile) -> SealedFile:
        return SealedFile(path_of(self._folder, profile), self._replace)

    def check(self, errand: Errand) -> KeyringFacts:
        """Whether the keyring keeps and gives back the longest entry there is."""
        try:
            ring = self._ring(errand)
            ring.rehearse(f"overround/{self._random(8).hex()}", Secret(self._random(contents.ENTRY_LIMIT // 2).hex()))
        except NoKeyringError as problem:
            return KeyringFacts(problem.name, str(problem))
        return KeyringFacts(ring.name)

    def holds(self, profile: Profile, place: Place, errand: Errand) -> bool:
        """Whether anything lies where the profile's keys would be put, noted or not."""
        if self._notes.get(profile) is not None or self.place(profile) is not None:
            return True
        if self.is_keyring_ill and place is not Place.KEYRING:
            return False
        try:
            return kept.lies(self._ring(errand), profile)
        except NoKeyringError:
            return False

    # Keeping

    def keep(self, profile: Profile, credentials: Credentials, place: Place, passphrase: Secret, errand: Errand) -> tuple[str, ...]:
        """Sentences about what of the old ones could not be removed. VaultError: the old ones are still there."""
        text = contents.write(profile, credentials)
        was_in_keyring = self.is_in_keyring(profile)
        match place:
            case Place.KEYRING:
                with self._unhidden(profile):
                    self._into_keyring(profile, text, errand)
            case Place.PASSPHRASE:
                with self._unhidden(profile):
                    self._into_file(profile, text, passphrase, errand)
            case Place.SESSION:
                errand.claim()
        self._change_session(profile, credentials if place is Place.SESSION else None)
        self._notes.put(profile, KeyNote(place, self._now()))
        errand.commit()
        return self.tidy(profile, errand, was_in_keyring=was_in_keyring)

    @contextlib.contextmanager
    def _unhidden(self, profile: Profile) -> Iterator[None]:
        """Without the note of keys for one run, which would hide what is kept now from the next start; with it again after a failure."""
        note = self._notes.get(profile)
        if note is None or note.place is not Place.SESSION:
            yield
            return
        if not self._notes.put(profile, None):
            raise VaultError(
                "The keys can be kept for this run only: the settings folder cannot be written. Make room on the disk and try again."
            )
        try:
            yield
        except VaultError:
            self._notes.put(profile, note)
            raise

    def _into_keyring(self, profile: Profile, text: Secret, errand: Errand) -> None:
        ring, name = self._ring(errand), keyring_name(profile)
        if self.place(profile) is Place.PASSPHRASE and self.file(profile).is_with_passphrase:
            kept.drop(ring, profile)  # the file counts: what lies here was to be removed when the program was killed
        held = kept.find_whole(ring, profile)
        if contents.fits(text):
            ring.rehearse(name, text)
            ring.put(name, text, is_final=True)
        else:
            self._into_file_under_keyring(profile, text, held, ring, errand)
        self.is_keyring_ill = False

    def _into_file_under_keyring(
        self, profile: Profile, text: Secret, held: Credentials | FileKeys | None, ring: Ring, errand: Errand
    ) -> None:
        name, file, key = keyring_name(profile), self.file(profile), self._random(sealing.KEY_SIZE)
        opening = self._opening(profile, held) if isinstance(held, FileKeys) else ()
        entry = contents.write(profile, contents.file_keys(key, *opening))
        box = sealing.seal_with_key(text.reveal().encode(), key, kept.context(profile), random=self._random)
        file.prepare()
        ring.rehearse(name, entry)
        if isinstance(held, Credentials):
            errand.step()
            file.write(box)
            ring.put(name, entry, is_final=True)
            return
        before = ring.get(name)
        ring.put(name, entry, is_final=False)
        try:
            errand.claim()
            file.write(box)
        except VaultError as problem:
            if file.read() != box:  # else it was written before it failed, and the entry as it is opens it
                ring.put_back(name, before, problem)
            raise

    def _into_file(self, profile: Profile, text: Secret, passphrase: Secret, errand: Errand) -> None:
        errand.step()
        plain = text.reveal().encode()
        box = sealing.seal_with_passphrase(plain, passphrase, kept.context(profile), cost=self._cost, random=self._random)
        file = self.file(profile)
        file.prepare()
        errand.claim()
        file.write(box)

    def _opening(self, profile: Profile, held: FileKeys) -> tuple[bytes, ...]:
        """The one of the keys that opens the file as it is; none when there is no such file. VaultError when it cannot be read now."""
        box = self.file(profile).read()
        if box is None:
            return ()
        return tuple(key for key in held.raw if kept.opened(profile, box, key) is not None)[:1]

    # Tidying

    def tidy(self, profile: Profile, errand: Errand, *, was_in_keyring: bool = True) -> tuple[str, ...]:
        """Remove what lies where the profile's credentials are not; sentences about what cannot be removed."""
        place, left = self.place(profile), list[str]()
        for remove in (self._tidy_file, self._tidy_keyring):
            try:
                remove(profile, place, errand, was_in_keyring)
            except NoKeyringError as problem:
                left += [str(problem)] if was_in_keyring else []
            except VaultError as problem:
                left.append(str(problem))
        words = tuple(f"Earlier keys of the profile {profile.name!r} are still kept. {why}" for why in left)
        for sentence in words:
            _log.warning("%s", sentence)
        return words

    def _tidy_file(self, profile: Profile, place: Place | None, _errand: Errand, _was_in_keyring: bool) -> None:
        self.file(profile).remove_parts()
        if place is Place.SESSION:
            self.file(profile).remove()

    def _tidy_keyring(self, profile: Profile, place: Place | None, errand: Errand, was_in_keyring: bool) -> None:
        if place is Place.KEYRING:
            self._tidy_entries(profile, self._ring(errand))
        elif place is not None and (was_in_keyring or not self.is_keyring_ill):
            kept.drop(self._ring(errand), profile)

    def _tidy_entries(self, profile: Profile, ring: Ring) -> None:
        held, name = kept.find(ring, profile), keyring_name(profile)
        if isinstance(held, Credentials):
            self.file(profile).remove()
        elif held is not None and len(held.keys) > 1 and (opening := self._opening(profile, held)):
            ring.put(name, contents.write(profile, contents.file_keys(*opening)), is_final=False)
        if ring.get(name) is not None:
            kept.drop_old_form(ring, profile)
        ring.drop_trial(name)

    # Reading

    def read(self, profile: Profile, passphrase: Secret, errand: Errand) -> Credentials:
        if credentials := self._session.get(keyring_name(profile)):
            return credentials
        note = self._notes.get(profile)
        if note is not None and note.place is Place.SESSION:
            raise NoKeysError(f"The keys of the profile {profile.name!r} were kept for one run only. {_ANEW}")
        if self.place(profile) is Place.PASSPHRASE:
            box = self.file(profile).read()
            if box is not None and sealing.is_with_passphrase(box):
                return kept.opened_with_passphrase(profile, box, passphrase)
        try:
            return self._from_keyring(profile, passphrase, errand)
        except _MismatchError:  # another program may have replaced both between our two looks
            return self._from_keyring(profile, passphrase, errand)

    def _from_keyring(self, profile: Profile, passphrase: Secret, errand: Errand) -> Credentials:
        try:
            held = kept.find(self._ring(errand), profile)
        except NoKeyringError as problem:
            if self.is_in_keyring(profile):
                raise
            raise NoKeysError(f"There are no keys for the profile {profile.name!r}. {problem}") from None
        if isinstance(held, Credentials):
            return held
        return self._from_file(profile, held, passphrase)

    def _from_file(self, profile: Profile, held: FileKeys | None, passphrase: Secret) -> Credentials:
        file = self.file(profile)
        box = file.read()
        if box is None:
            why = f" The keyring has the key of {file.path}, but that file is gone." if held else ""
            raise NoKeysError(f"There are no keys for the profile {profile.name!r}.{why}")
        if sealing.is_with_passphrase(box):
            return kept.opened_with_passphrase(profile, box, passphrase)
        if held is None:
            raise NoKeysError(f"The keyring has no key for {file.path}, so it cannot be opened: enter the keys of {profile.name!r} again.")
        for key in held.raw:
            if (credentials := kept.opened(profile, box, key)) is not None:
                return credentials
        raise _MismatchError(f"{file.path} does not open with the key in the keyring: it was changed, or it is a file from before.")

    # Removing

    def remove(self, profile: Profile, removed: list[str], errand: Errand) -> None:
        """Put a sentence into `removed` about each thing, what needs no keyring first. VaultError, with them, when something stayed."""
        stayed, is_in_keyring = list[str](), self.is_in_keyring(profile)
        errand.step()
        if self._session.pop(keyring_name(profile), None) is not None:
            removed.append("The keys that this run remembered are forgotten.")
        try:
            removed += self._remove_file(profile)
        except VaultError as problem:
            stayed.append(str(problem))
        try:
            removed += self._remove_entries(profile, errand, is_in_keyring=is_in_keyring)
        except SlowError:
            raise
        except VaultError as problem:
            stayed.append(str(problem))
        if stayed:
            raise VaultError(" ".join(["Not everything was removed.", *stayed, *removed]))
        self._notes.put(profile, None)

    def _remove_entries(self, profile: Profile, errand: Errand, *, is_in_keyring: bool) -> Iterator[str]:
        try:
            ring = self._ring(errand)
        except NoKeyringError:
            if is_in_keyring:
                raise
            return
        if kept.drop(ring, profile):
            yield f"The entry {keyring_name(profile)} was removed from the keyring ({ring.name})."

    def _remove_file(self, profile: Profile) -> Iterator[str]:
        file = self.file(profile)
        file.remove_parts()
        if file.remove():
            yield f"The sealed file {file.path} was removed."

    def _ring(self, errand: Errand) -> Ring:
        """The keyring, for this errand alone until it ends: one that was given up may still have something to put back."""
        errand.hold(self._keyring_turn)
        return Ring(self._choose(), errand)

    def is_in_keyring(self, profile: Profile) -> bool:
        """Whether something of it is known to lie there."""
        note, file = self._notes.get(profile), self.file(profile)
        return (note is not None and note.place is Place.KEYRING) or (file.exists and not file.is_with_passphrase)

    def _change_session(self, profile: Profile, credentials: Credentials | None) -> None:
        self._session.pop(keyring_name(profile), None)
        if credentials is not None:
            self._session[keyring_name(profile)] = credentials
