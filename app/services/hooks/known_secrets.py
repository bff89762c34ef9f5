"""Which secrets of subscriptions this computer has: those in the keyring, and those that were just told and are not kept yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from app.domain.keys import UnreadableSecretError, VaultError
from app.domain.secret import Secret
from app.domain.webhook import Subscription
from app.services.hooks.ports import SecretShelf


class SecretState(StrEnum):
    """Whether this computer has a subscription's secret."""

    STORED = "stored"
    THIS_RUN = "stored for this run"
    NOT_STORED = "not stored"
    UNKNOWN = "not known"


class KnownSecrets:
    """By a subscription's number. `listed` says which subscriptions there are now. Nothing is asked before `read`."""

    def __init__(self, shelf: SecretShelf, listed: Callable[[], Mapping[int, Subscription]]) -> None:
        self._shelf = shelf
        self._listed = listed
        self._kept: dict[int, Secret] = {}
        self._told: dict[int, Secret] = {}  # told by the feed, and not kept yet
        self._states: dict[int, SecretState] = {}
        self._turn = asyncio.Lock()
        self._is_ill = False  # the keyring did not answer: it is asked again when a person wants it
        self.trouble = ""  # what was wrong when the keyring was last read

    @property
    def listed(self) -> tuple[int, ...]:
        """Of which the keyring may hold one."""
        return self._shelf.listed()

    @property
    def is_ill(self) -> bool:
        """Whether the keyring did not answer when it was asked last."""
        return self._is_ill

    def of(self, subscription_id: int) -> Secret | None:
        """The one that is kept; while somebody looks at one that was just told, that."""
        return self._kept.get(subscription_id) or self._told.get(subscription_id)

    def state(self, subscription_id: int) -> SecretState:
        return self._states.get(subscription_id, SecretState.UNKNOWN)

    def tell(self, subscription_id: int, secret: Secret) -> None:
        """The feed told it, this once; nobody has stored it yet."""
        self.note(subscription_id, None)
        self._told[subscription_id] = secret

    def let_go(self, subscription_ids: Collection[int]) -> bool:
        """Nobody looks at what was told of these any more; whether any of it was not stored, and is known no longer."""
        return bool([self._told.pop(each) for each in subscription_ids if each in self._told])

    def note(self, subscription_id: int, secret: Secret | None) -> None:
        """What is kept of it; None: nothing is."""
        if secret is None:
            self._states[subscription_id] = SecretState.NOT_STORED
            self._kept.pop(subscription_id, None)
        else:
            is_of_this_run = self._shelf.is_of_this_run(subscription_id)
            self._states[subscription_id] = SecretState.THIS_RUN if is_of_this_run else SecretState.STORED
            self._kept[subscription_id] = secret
            self._told.pop(subscription_id, None)

    def forget(self, subscription_id: int) -> None:
        """It is gone, or its number belongs to another one now: a practice exchange begins to count anew."""
        self._kept.pop(subscription_id, None)
        self._told.pop(subscription_id, None)
        self._states.pop(subscription_id, None)

    async def keep(self, subscription: Subscription, secret: Secret) -> None:
        """In the keyring. VaultError passes."""
        await self._shelf.keep(subscription, secret)

    async def remove(self, subscription_id: int) -> None:
        """Here and in the keyring. VaultError passes, and it is forgotten here all the same."""
        self.forget(subscription_id)
        await self._shelf.remove(subscription_id)

    async def read(self, *, asks_keyring: bool) -> None:
        """One after the other; a keyring that does not answer is not asked for the others.

        `asks_keyring`: also where it did not answer before, and may ask a person for a passphrase again.
        """
        if self._is_ill and not asks_keyring:
            return
        async with self._turn:
            self.trouble, self._is_ill = "", False
            for subscription in tuple(self._listed().values()):
                if subscription.id not in self._kept and not await self._read_one(subscription):
                    return

    async def _read_one(self, subscription: Subscription) -> bool:
        """Whether the keyring answered."""
        try:
            secret = await self._shelf.read(subscription)
        except UnreadableSecretError as problem:
            self.trouble = str(problem)
            self.note(subscription.id, None)
        except VaultError as problem:
            self.trouble, self._is_ill = str(problem), True
            return False
        else:
            self._note_read(subscription, secret)
        return True

    def _note_read(self, subscription: Subscription, secret: Secret | None) -> None:
        """Unless it was deleted, or its secret stored, while the keyring was asked."""
        if self._listed().get(subscription.id) is subscription and subscription.id not in self._kept:
            self.note(subscription.id, secret)
