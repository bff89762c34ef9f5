"""Entries in a keyring: read, replaced so that the old one is there again when anything fails, removed; and its failures in words.

Nothing that a back end says is passed on: it might quote what it was given. A sentence names the keyring and the kind of failure.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Final, Protocol

from app.domain.keys import VaultError
from app.domain.secret import Secret
from app.store.vault.errands import Errand

ENTRY: Final = "credentials"
_TRIAL: Final = "trial"
_NOT_OPENED: Final = frozenset({"LockedException", "PromptDismissedException"})  # of secretstorage, which only Linux has
_IS_LOCKED: Final = "org.freedesktop.Secret.Error.IsLocked"  # by the service itself: somebody locked it a moment after it was looked at
_log = logging.getLogger(__name__)


class Backend(Protocol):
    """A keyring, as the library `keyring` has them. Every call may block, and may raise anything."""

    @property
    def name(self) -> str: ...

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class NoKeyringError(VaultError):
    """This computer has no keyring that keeps secrets. `name` is what it has instead."""

    def __init__(self, words: str, name: str = "") -> None:
        super().__init__(words)
        self.name = name


class Ring:
    """One keyring, on behalf of one errand: an errand that was given up writes nothing more but what it puts back."""

    def __init__(self, backend: Backend, errand: Errand) -> None:
        self._backend = backend
        self._errand = errand

    @property
    def name(self) -> str:
        return self._backend.name

    def get(self, service: str, user: str = ENTRY) -> Secret | None:
        self._errand.step()
        return self._get(service, user)

    def put(self, service: str, text: Secret, *, is_final: bool) -> None:
        """Put `text` in the place of the entry. VaultError: the entry is what it was. `is_final`: nothing gives the errand up after it."""
        before = self.get(service)
        try:
            self._set(service, text)
            self._compare(service, text)
            if is_final:
                self._errand.claim()
        except VaultError as problem:
            self.put_back(service, before, problem)
            raise

    def rehearse(self, service: str, text: Secret) -> None:
        """Write, read and remove `text` beside the entry: what a keyring cuts or loses is found out before the entry is touched."""
        beside = f"{service}/{_TRIAL}"
        self.get(beside)  # asks the person, where the keyring is locked: one who says no is not asked again
        try:
            self._errand.step()
            self._set(beside, text)
            self._compare(beside, text)
            self.drop(beside)
        except VaultError as problem:
            self.put_back(beside, None, problem)
            raise

    def put_back(self, service: str, before: Secret | None, why: VaultError) -> None:
        """Make the entry what it was, also on behalf of nobody. A VaultError that says so when that fails."""
        try:
            self._undo(service, before)
        except VaultError as problem:
            _log.warning("An entry of the keyring could not be put back: %s", problem)
            if before is not None:
                raise VaultError(f"{why} The keys that were kept before could not be put back: {problem}") from None

    def drop(self, service: str, user: str = ENTRY) -> bool:
        """Whether there was one. VaultError when it is still there."""
        if self.get(service, user) is None:
            return False
        self._errand.step()
        self._delete(service, user)
        if self.get(service, user) is not None:
            raise VaultError(f"The keyring ({self.name}) does not remove what it is told to remove.")
        return True

    def drop_trial(self, service: str) -> None:
        """What a rehearsal left that was killed in the middle."""
        self.drop(f"{service}/{_TRIAL}")

    def _undo(self, service: str, before: Secret | None) -> None:
        if self._get(service, ENTRY) == before:
            return
        if before is None:
            self._delete(service, ENTRY)
            return
        self._set(service, before)
        self._compare(service, before)

    def _compare(self, service: str, text: Secret) -> None:
        kept = self._get(service, ENTRY)
        if kept != text:
            words = f"{len(kept.reveal()):,} of" if kept is not None else "none of the"
            raise VaultError(f"The keyring ({self.name}) loses what it is given: it kept {words} {len(text.reveal()):,} characters.")

    def _get(self, service: str, user: str) -> Secret | None:
        self._errand.beat()
        with Border(self.name):
            found = self._backend.get_password(service, user)
            return None if found is None else Secret(found)

    def _set(self, service: str, text: Secret) -> None:
        self._errand.beat()
        with Border(self.name):
            self._backend.set_password(service, ENTRY, text.reveal())

    def _delete(self, service: str, user: str) -> None:
        self._errand.beat()
        with Border(self.name):
            self._backend.delete_password(service, user)


class Border:
    """Whatever a keyring raises leaves here as a VaultError. Its back ends raise what their systems raise, which nobody has a list of."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, Exception) and not isinstance(error, VaultError):
            raise VaultError(_words(self._name, error)) from None


def _words(name: str, error: Exception) -> str:
    from keyring import errors  # loaded by now: the library takes a quarter of a second, which a start does not spend

    match error:
        case _ if isinstance(error, errors.KeyringLocked) or _was_not_opened(error) or _was_not_opened(error.__cause__):
            return f"The keyring ({name}) is locked and was not opened: unlock it and try again."
        case errors.NoKeyringError():
            return "This computer has no keyring that is running."
        case errors.InitError():
            return f"The keyring ({name}) could not be opened: see that it is set up and that Overround may use it, and try again."
        case errors.PasswordSetError():
            return f"The keyring ({name}) refused to keep the keys: allow it and try again."
        case errors.PasswordDeleteError():
            return f"The keyring ({name}) refused to remove the keys: allow it and try again."
    return f"The keyring ({name}) failed ({type(error).__name__}): see that it is running and try again."


def _was_not_opened(error: BaseException | None) -> bool:
    """Also inside another one: the library wraps some of what the service says."""
    return type(error).__name__ in _NOT_OPENED or getattr(error, "name", "") == _IS_LOCKED
