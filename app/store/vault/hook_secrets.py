"""The secrets of webhook subscriptions: an entry each in the system's keyring, and a list (of numbers, no secret) of which there are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from app.domain.environment import Environment
from app.domain.keys import UnreadableSecretError, VaultError
from app.domain.profile import Profile, keyring_name
from app.domain.secret import Secret
from app.domain.webhook import Subscription, is_same_time
from app.store import logs, settings
from app.store.paths import Folders
from app.store.vault.errands import PATIENCE, Errand, Errands
from app.store.vault.ring import Backend, NoKeyringError, Ring
from app.store.vault.systems import systems_own

LONGEST: Final = 1_200  # characters of an entry; Windows holds 1,280
T = TypeVar("T")
_log = logging.getLogger(__name__)


class _Listed(msgspec.Struct, frozen=True):
    """`is_lost`: another list could not be used once, so that there may be entries that this one does not name.

    `rotations`: the numbers of old subscriptions, each with that of the new one that takes its place.
    """

    ids: tuple[int, ...] = ()
    is_lost: bool = False
    rotations: tuple[tuple[int, int], ...] = ()
    version: int = 1


_NONE: Final = _Listed()


def entry(profile: Profile, subscription_id: int) -> str:
    """What the entry is called."""
    return f"{keyring_name(profile)}/webhook/{subscription_id}"


def list_path(profile: Profile, where: Folders) -> Path:
    return where.settings / f"webhook-secrets-{profile.slug}-{profile.environment.lower()}.json"


class _Entry(msgspec.Struct, frozen=True):
    """With whose it is: the number alone does not say that where a practice exchange has begun to count anew. `mark` stands for its event
    and target, which would not fit into an entry.
    """

    mark: str
    created_at: datetime | None
    secret: str


class HookSecrets:
    """A `services.hooks.ports.SecretShelf`. A practice profile's are kept for the run where this computer has no keyring."""

    def __init__(
        self,
        profile: Profile,
        where: Folders,
        *,
        choose: Callable[[], Backend] = systems_own,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self._profile = profile
        self._list = list_path(profile, where)
        self._choose = choose
        self._errands = Errands(limit=patience, sleep=sleep)
        self._of_this_run: dict[int, Secret] = {}
        self._is_list_lost = False
        self._writing = threading.Lock()

    async def keep(self, subscription: Subscription, secret: Secret) -> None:
        logs.hide(secret)
        written = _written(subscription, secret)
        if not secret.reveal() or len(written.reveal()) > LONGEST:
            raise VaultError(f"A secret of {len(secret.reveal()):,} characters does not fit into an entry of the keyring.")
        try:
            await self._run(partial(self._keep, subscription.id, written))
        except NoKeyringError:
            if self._profile.environment is not Environment.PRACTICE:
                raise
            self._of_this_run[subscription.id] = written
        else:
            self._of_this_run.pop(subscription.id, None)

    async def read(self, subscription: Subscription) -> Secret | None:
        """UnreadableSecretError where what lies there cannot be understood."""
        held = self._of_this_run.get(subscription.id)
        if held is None and (subscription.id in self._ids() or self._is_list_lost):  # else no keyring is asked, and no person by it
            held = await self._run(partial(self._read, subscription.id))
        secret = None if held is None else _read(subscription, held)
        if secret is not None:
            logs.hide(secret)
        return secret

    async def remove(self, subscription_id: int) -> None:
        self._of_this_run.pop(subscription_id, None)
        if subscription_id in self._ids() or self._is_list_lost:
            await self._run(partial(self._drop, subscription_id))

    def listed(self) -> tuple[int, ...]:
        """Of which there may be an entry; no keyring is asked."""
        return self._ids()

    def rotations(self) -> tuple[tuple[int, int], ...]:
        """That were begun and not ended yet."""
        return self._read_list().rotations

    def keep_rotations(self, rotations: Sequence[tuple[int, int]]) -> None:
        """VaultError where the list cannot be written."""
        self._write(self._ids(), rotations)

    def is_of_this_run(self, subscription_id: int) -> bool:
        """Whether its secret is in memory only, because this computer has no keyring."""
        return subscription_id in self._of_this_run

    async def remove_all(self, *, is_keyring_there: bool = True) -> tuple[str, ...]:
        """Of a profile that is deleted: sentences about what was removed, and what may have stayed.

        The list stays for a keyring that is there another time. VaultError where a keyring that is there does not remove them.
        """
        ids = self._ids()
        lost = (f"The list of its webhook secrets was damaged once, so entries {self._named} may still be in the keyring.",)
        if ids and not (is_keyring_there and await self._drop_all(ids)):
            return (self._left(ids), *lost[: self._is_list_lost])
        self._forget_list()
        return (*_removed(len(ids)), *lost[: self._is_list_lost])

    async def _drop_all(self, ids: tuple[int, ...]) -> bool:
        """Whether there is a keyring to drop them from."""
        try:
            for subscription_id in ids:
                await self._run(partial(self._drop, subscription_id))
        except NoKeyringError:
            return False
        return True

    @property
    def _named(self) -> str:
        return f"{keyring_name(self._profile)}/webhook/<number>"

    def _left(self, ids: tuple[int, ...]) -> str:
        whose = f"the subscription{'s' if len(ids) > 1 else ''} {', '.join(map(str, ids))}"
        return f"The keyring does not answer, so the webhook secrets {self._named} of {whose} may still be in it."

    def _forget_list(self) -> None:
        try:
            self._list.unlink(missing_ok=True)
        except OSError as problem:
            raise VaultError(f"{self._list} cannot be removed ({problem.strerror or problem}).") from None

    # In a thread

    def _keep(self, subscription_id: int, secret: Secret, errand: Errand) -> None:
        """Listed first: what is in the keyring can be found again whatever happens in between."""
        ring, before = self._ring(errand), self._ids()
        self._write((*before, subscription_id))
        try:
            ring.put(entry(self._profile, subscription_id), secret, is_final=True)
        except VaultError:
            with contextlib.suppress(VaultError):  # else it stays on the list: something may lie there
                if ring.get(entry(self._profile, subscription_id)) is None:
                    self._write(tuple(known for known in self._ids() if known != subscription_id))
            raise

    def _read(self, subscription_id: int, errand: Errand) -> Secret | None:
        held = self._ring(errand).get(entry(self._profile, subscription_id))
        if held is not None and subscription_id not in self._ids():
            self._write((*self._ids(), subscription_id))
        return held

    def _drop(self, subscription_id: int, errand: Errand) -> None:
        self._ring(errand).drop(entry(self._profile, subscription_id))
        self._write(tuple(known for known in self._ids() if known != subscription_id))

    def _ring(self, errand: Errand) -> Ring:
        return Ring(self._choose(), errand)

    def _ids(self) -> tuple[int, ...]:
        return self._read_list().ids

    def _read_list(self) -> _Listed:
        read = settings.read(self._list, _Listed, lambda: _NONE)
        if read.words:
            _log.warning("%s", read.words)
        self._is_list_lost = self._is_list_lost or read.value.is_lost
        if read.words and read.value is _NONE:
            self._mark_lost()
        return read.value

    def _mark_lost(self) -> None:
        """The bad list is set aside: without a mark the next run would take it that there was none."""
        self._is_list_lost = True
        try:
            self._write(())
        except VaultError as problem:
            _log.warning("That the list of webhook secrets was damaged is known to this run only: %s", problem)

    def _write(self, ids: tuple[int, ...], rotations: Sequence[tuple[int, int]] | None = None) -> None:
        """VaultError where the list cannot be written: a secret that nothing tells of would stay for ever. None: the rotations stay."""
        with self._writing:
            kept = settings.read(self._list, _Listed, lambda: _NONE).value.rotations if rotations is None else tuple(rotations)
            self._put(_Listed(tuple(sorted(set(ids))), self._is_list_lost, kept))

    def _put(self, listed: _Listed) -> None:
        try:
            settings.write(self._list, listed)
        except OSError as problem:
            raise VaultError(f"The settings folder cannot be written ({problem.strerror or problem}).") from None

    async def _run(self, work: Callable[[Errand], T]) -> T:
        return await self._errands.run(work, entry(self._profile, 0))


def _removed(many: int) -> tuple[str, ...]:
    if not many:
        return ()
    what = "secret of 1 webhook subscription was" if many == 1 else f"secrets of {many} webhook subscriptions were"
    return (f"The {what} removed from the keyring.",)


def _written(subscription: Subscription, secret: Secret) -> Secret:
    return Secret(msgspec.json.encode(_Entry(_mark(subscription), subscription.created_at, secret.reveal())).decode())


def _read(subscription: Subscription, held: Secret) -> Secret | None:
    try:
        kept = msgspec.json.decode(held.reveal(), type=_Entry)
    except msgspec.MsgspecError:
        words = f"What the keyring holds as the secret of subscription {subscription.id} cannot be understood."
        raise UnreadableSecretError(words) from None
    is_same = kept.mark == _mark(subscription) and is_same_time(kept.created_at, subscription.created_at)
    return Secret(kept.secret) if is_same else None


def _mark(subscription: Subscription) -> str:
    return sha256(f"{subscription.event} {subscription.target_url}".encode()).hexdigest()
