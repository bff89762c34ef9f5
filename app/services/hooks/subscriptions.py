"""What a partner is subscribed to: listed, made, deleted, rotated, and which secrets are kept on this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.keys import VaultError
from app.domain.secret import Secret
from app.domain.webhook import HookEvent, NewSubscription, Subscription, why_no_target
from app.services.hooks.ports import HookVenue, SecretShelf
from app.services.notices import Notices, Tone
from app.services.ports import Now, Signal
from app.services.tasks import Tasks

MISSING: Final = 404


class SecretState(StrEnum):
    """Whether this computer has a subscription's secret."""

    STORED = "stored"
    NOT_STORED = "not stored"
    UNKNOWN = "not known"


class Made(msgspec.Struct, frozen=True):
    """What came of one POST: the new subscription with its secret, or `words` that say why not, and what to do."""

    event: str
    new: NewSubscription | None = None
    words: str = ""


class Rotation(msgspec.Struct, frozen=True):
    """Two active subscriptions of one event and target: the old one goes when the new one has proved itself."""

    old_id: int
    new_id: int


class Subscriptions:
    """`changed` tells that the list did, or which secrets are kept. Nothing is asked before `reread`."""

    def __init__(self, venue: HookVenue, secrets: SecretShelf, notices: Notices, tasks: Tasks, *, now: Now, takes_loopback: bool) -> None:
        self._venue = venue
        self._shelf = secrets
        self._notices = notices
        self._tasks = tasks
        self._now = now
        self._takes_loopback = takes_loopback
        self._all: dict[int, Subscription] = {}
        self._secrets: dict[int, Secret] = {}
        self._states: dict[int, SecretState] = {}
        self.faults: tuple[str, ...] = ()
        self.trouble = ""  # why the list cannot be read
        self.keyring_trouble = ""
        self.is_reading = False
        self.read_at: datetime | None = None
        self.changed = Signal()

    # Asking

    @property
    def all(self) -> Mapping[int, Subscription]:
        """By id, as the feed listed them."""
        return self._all

    def secret_of(self, subscription_id: int) -> Secret | None:
        return self._secrets.get(subscription_id)

    def secret_state(self, subscription_id: int) -> SecretState:
        return self._states.get(subscription_id, SecretState.UNKNOWN)

    def objection(self, url: str, events: Sequence[str]) -> str:
        """Why nothing could be made of this, as a sentence; empty when something could."""
        return why_no_target(url, takes_loopback=self._takes_loopback) or ("" if events else "Tick at least one event.")

    def warning(self, url: str, events: Sequence[str]) -> str:
        """What a person may not have meant, as a sentence."""
        same = [each for each in self._all.values() if each.is_active and each.target_url == url and each.event in events]
        if not same:
            return ""
        return f"There is one of {same[0].event} for this target already ({same[0].id}): each would be delivered twice."

    def rotations(self) -> tuple[Rotation, ...]:
        """Known from the list alone, so that one that was interrupted by the end of the program goes on."""
        by_place: dict[tuple[str, str], list[int]] = {}
        for each in self._all.values():
            if each.is_active:
                by_place.setdefault((each.event, each.target_url), []).append(each.id)
        return tuple(Rotation(ids[-2], ids[-1]) for ids in map(sorted, by_place.values()) if len(ids) > 1)

    def rotation_of(self, subscription_id: int) -> Rotation | None:
        return next((each for each in self.rotations() if subscription_id in {each.old_id, each.new_id}), None)

    # Reading

    def reread(self) -> None:
        if not self.is_reading:
            self.is_reading = True
            self._tasks.start(self.read())

    async def read(self) -> None:
        """The list and the secrets. What goes wrong is said in `trouble`, and the list that was known stays."""
        self.is_reading = True
        try:
            listed = await self._venue.webhooks()
        except VenueError as problem:
            self.trouble = str(problem)
        else:
            self._all = {each.id: each for each in sorted(listed.subscriptions, key=lambda each: each.id)}
            self.faults, self.trouble, self.read_at = listed.faults, "", self._now()
            await self._read_secrets()
        finally:
            self.is_reading = False
            self.changed()

    async def _read_secrets(self) -> None:
        self._secrets = {known: secret for known, secret in self._secrets.items() if known in self._all}
        self._states = {known: state for known, state in self._states.items() if known in self._all}
        self.keyring_trouble = ""
        for subscription_id, subscription in self._all.items():
            if self.keyring_trouble or self.secret_state(subscription_id) is SecretState.STORED:
                continue
            try:
                secret = await self._shelf.read(subscription)
            except VaultError as problem:
                self.keyring_trouble = str(problem)
                continue
            self._note_secret(subscription_id, secret)

    def _note_secret(self, subscription_id: int, secret: Secret | None) -> None:
        self._states[subscription_id] = SecretState.NOT_STORED if secret is None else SecretState.STORED
        if secret is None:
            self._secrets.pop(subscription_id, None)
        else:
            self._secrets[subscription_id] = secret

    # What a person does

    async def create(self, url: str, events: Sequence[str]) -> list[Made]:
        """One POST for each event, in the order of the feed's page; a failure does not keep the others from being tried."""
        made = [await self._make(url, event) for event in sorted(set(events), key=_place)]
        await self.read()
        return made

    async def store(self, subscription_id: int, secret: Secret) -> str:
        """Keep it in the keyring; a sentence when that could not be done."""
        try:
            await self._shelf.keep(self._all[subscription_id], secret)
        except VaultError as problem:
            return str(problem)
        self._note_secret(subscription_id, secret)
        self.changed()
        return ""

    async def delete(self, subscription_id: int) -> str:
        """At the feed, then its secret here; a sentence when something of it stayed. One that is gone already is no trouble."""
        try:
            await self._venue.unregister(subscription_id)
        except RefusedError as problem:
            if problem.status != MISSING:
                return str(problem)
        except UnknownError as problem:
            await self.read()
            if self.trouble or subscription_id in self._all:
                return f"{problem} Whether it was deleted is not known: look at the list again."
        except VenueError as problem:
            return str(problem)
        words = await self._forget_secret(subscription_id)
        await self.read()
        return words

    async def rotate(self, subscription_id: int) -> Made:
        """The first step: a second one of the same event and target. Both are received until the old one is deleted."""
        old = self._all[subscription_id]
        if (running := self.rotation_of(subscription_id)) is not None:
            return Made(old.event, words=f"{running.new_id} is to take the place of {running.old_id} already: finish that first.")
        made = await self._make(old.target_url, old.event)
        await self.read()
        return made

    async def _make(self, url: str, event: str) -> Made:
        known = set(self._all)
        try:
            new = await self._venue.register(event, url)
        except UnknownError as problem:
            await self.read()
            there = [each.id for each in self._all.values() if each.id not in known and (each.event, each.target_url) == (event, url)]
            if there:
                return Made(event, words=f"{problem} It exists ({there[0]}), and its secret is lost: delete it and make another.")
            return Made(event, words=f"{problem} It may exist all the same, without its secret: look at the list before you try again.")
        except NotSentError as problem:
            return Made(event, words=f"Nothing was sent: {problem}")
        except VenueError as problem:
            return Made(event, words=str(problem))
        self._all[new.subscription.id] = new.subscription
        self._states[new.subscription.id] = SecretState.NOT_STORED
        return Made(event, new)

    async def _forget_secret(self, subscription_id: int) -> str:
        self._secrets.pop(subscription_id, None)
        self._states.pop(subscription_id, None)
        try:
            await self._shelf.remove(subscription_id)
        except VaultError as problem:
            words = f"Subscription {subscription_id} is deleted, but its secret may still be in the keyring: {problem}"
            self._notices.say(words, Tone.WARNING)
            return words
        return ""


def _place(event: str) -> int:
    order = [str(each) for each in HookEvent]
    return order.index(event) if event in order else len(order)
