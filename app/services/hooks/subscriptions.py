"""What a partner is subscribed to: listed, made, deleted, rotated, and which secrets are kept on this computer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.keys import VaultError
from app.domain.secret import Secret
from app.domain.webhook import HookEvent, Listed, NewSubscription, Subscription, is_same_time, why_no_target
from app.services.hooks.known_secrets import KnownSecrets, SecretState
from app.services.hooks.ports import HookVenue, SecretShelf
from app.services.hooks.rotations import Rotation, Rotations
from app.services.notices import Notices, Tone
from app.services.ports import Now, Signal
from app.services.tasks import Tasks

MISSING: Final = 404
TRIES: Final = 3  # readings of a list that is changed while it is read


class Made(msgspec.Struct, frozen=True):
    """What came of one POST: the new subscription with its secret, or `words` that say why not, and what to do."""

    event: str
    new: NewSubscription | None = None
    words: str = ""


class Subscriptions:
    """`changed` tells that the list did, or which secrets are kept. Nothing is asked before `reread`."""

    def __init__(self, venue: HookVenue, secrets: SecretShelf, notices: Notices, tasks: Tasks, *, now: Now, takes_loopback: bool) -> None:
        self._venue = venue
        self._secrets = KnownSecrets(secrets, lambda: self._all)
        self._notices = notices
        self._tasks = tasks
        self._now = now
        self._takes_loopback = takes_loopback
        self._all: dict[int, Subscription] = {}
        self.faults: tuple[str, ...] = ()
        self.trouble = ""  # why the list cannot be read
        self.is_reading = False
        self.read_at: datetime | None = None
        self._turn = asyncio.Lock()
        self._readings = 0
        self._changes = 0  # made or deleted by this program
        self._rotating: set[int] = set()
        self._rotations = Rotations(secrets, notices, lambda: self._all)
        self._strays: frozenset[int] = frozenset()
        self._stuck: frozenset[int] = frozenset()  # strays that the keyring did not let go
        self.changed = Signal()

    # Asking

    @property
    def all(self) -> Mapping[int, Subscription]:
        """By id, as the feed listed them."""
        return self._all

    def secret_of(self, subscription_id: int) -> Secret | None:
        """The one that is kept; while somebody looks at one that was just told, that."""
        return self._secrets.of(subscription_id)

    def secret_state(self, subscription_id: int) -> SecretState:
        return self._secrets.state(subscription_id)

    @property
    def keyring_trouble(self) -> str:
        """Why secrets could not be read; empty where they could."""
        return self._secrets.trouble

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
        """That this program began or a person told it of; one that was interrupted by the end of the program goes on."""
        return self._rotations.all

    def rotation_of(self, subscription_id: int) -> Rotation | None:
        return self._rotations.of(subscription_id)

    def successor_of(self, subscription_id: int) -> int | None:
        """Another one that may be meant to take its place, and of which nobody has said so."""
        return self._rotations.successor(subscription_id)

    @property
    def has_strays(self) -> bool:
        """Whether the keyring may hold secrets of subscriptions that the feed did not list: at the next reading they go."""
        return bool(self._strays - self._stuck)

    # Reading

    def reread(self) -> None:
        """A person asks. One reading may wait for its turn: the one that is under way may have begun before what he wants to see."""
        if self._readings < 2:
            self._tasks.start(self.read())

    async def read(self, *, asks_keyring: bool = True) -> None:
        """The list and the secrets. What goes wrong is said in `trouble`, and the list that was known stays.

        `asks_keyring`: also where it did not answer before, and may ask a person for a passphrase again.
        """
        self._readings += 1
        self.is_reading = True
        try:
            kept = frozenset(self._secrets.listed)
            if await self._read_list():
                await self._secrets.read(asks_keyring=asks_keyring)
                await self._remove_strays(kept)
        finally:
            self._readings -= 1
            self.is_reading = self._readings > 0
            self.changed()

    async def _read_list(self) -> bool:
        """Whether it could be read."""
        async with self._turn:
            try:
                listed = await self._newest_list()
            except VenueError as problem:
                self.trouble = str(problem)
                return False
            self._take(listed)
            self.changed()
            return True

    async def _remove_strays(self, kept: frozenset[int]) -> None:
        """Secrets of what is gone at the feed: a program that ended in the middle of a deletion leaves one. No secret is told twice, so
        that two whole lists in a row have to be without its subscription.
        """
        missing = frozenset() if self.faults else kept - self._all.keys()
        gone, self._strays = missing & self._strays, missing
        self._stuck &= missing
        for subscription_id in sorted(gone) if not self._secrets.is_ill else ():
            await self._remove_stray(subscription_id)

    async def _remove_stray(self, subscription_id: int) -> None:
        """Where the keyring keeps it, that is said once, and it is tried again at each reading."""
        try:
            await self._secrets.remove(subscription_id)
        except VaultError as problem:
            if subscription_id not in self._stuck:
                self._notices.say(f"The feed has no subscription {subscription_id} any more, and its secret stays: {problem}", Tone.WARNING)
            self._stuck |= {subscription_id}
        else:
            self._strays -= {subscription_id}
            self._stuck -= {subscription_id}
            self._notices.say(f"The feed has no subscription {subscription_id} any more: its secret was removed from the keyring.")

    async def _newest_list(self) -> Listed:
        """One that was asked for after whatever was made or deleted meanwhile."""
        for _try in range(TRIES):
            before = self._changes
            listed = await self._venue.webhooks()
            if before == self._changes:
                break
        return listed

    def _take(self, listed: Listed) -> None:
        told = {each.id: each for each in sorted(listed.subscriptions, key=lambda each: each.id)}
        gone = [known for known, each in self._all.items() if known not in told or not _is_same(told[known], each)]
        if gone and len(gone) == len(self._all):
            self._say_all_gone(len(gone))
        for known in gone:
            self._secrets.forget(known)
        self._all = told
        self.faults, self.trouble, self.read_at = listed.faults, "", self._now()

    def _say_all_gone(self, many: int) -> None:
        what = "does not list the one subscription" if many == 1 else f"lists none of the {many:,} subscriptions"
        self._notices.say(f"The feed {what} that it listed before.", Tone.WARNING)

    # What a person does

    async def create(self, url: str, events: Sequence[str]) -> list[Made]:
        """One POST for each event, in the order of the feed's page; a failure does not keep the others from being tried."""
        made = [await self._make(url, event) for event in sorted(set(events), key=_place)]
        self._tasks.start(self.read(asks_keyring=False))  # what was told once is not held back for it
        return made

    def let_go(self, subscription_ids: Collection[int]) -> None:
        """Nobody looks at what was told of these any more: what was not stored of it is known no longer."""
        if self._secrets.let_go(subscription_ids):
            self.changed()

    async def store(self, subscription_id: int, secret: Secret) -> str:
        """Keep it in the keyring; a sentence when that could not be done."""
        subscription = self._all.get(subscription_id)
        if subscription is None:
            return f"The feed does not list subscription {subscription_id}: there is nothing to keep its secret for."
        try:
            await self._secrets.keep(subscription, secret)
        except VaultError as problem:
            return str(problem)
        if (now := self._all.get(subscription_id)) is not None and _is_same(now, subscription):
            self._secrets.note(subscription_id, secret)
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
            await self.read(asks_keyring=False)
            if self.trouble or subscription_id in self._all:
                return f"{problem} Whether it was deleted is not known: look at the list again."
        except VenueError as problem:
            return str(problem)
        self._changes += 1
        self._all.pop(subscription_id, None)
        self._rotations.forget(subscription_id)
        self.changed()
        words = await self._forget_secret(subscription_id)
        await self.read(asks_keyring=False)
        return words

    async def rotate(self, subscription_id: int) -> Made:
        """The first step: a second one of the same event and target. Both are received until the old one is deleted."""
        old = self._all.get(subscription_id)
        if old is None:
            return Made("", words=f"Subscription {subscription_id} does not exist any more.")
        if (running := self.rotation_of(subscription_id)) is not None:
            return Made(old.event, words=f"{running.new_id} is to take the place of {running.old_id} already: finish that first.")
        if subscription_id in self._rotating:
            return Made(old.event, words=f"One that takes the place of {subscription_id} is being made.")
        self._rotating.add(subscription_id)
        try:
            made = await self._make(old.target_url, old.event)
            if made.new is not None:
                self._rotations.begin(old.id, made.new.subscription.id)
        finally:
            self._rotating.discard(subscription_id)
        self._tasks.start(self.read(asks_keyring=False))
        return made

    def call_rotation(self, old_id: int, new_id: int) -> None:
        """A person says that the one is to take the other's place."""
        self._rotations.begin(old_id, new_id)
        self.changed()

    async def _make(self, url: str, event: str) -> Made:
        known = set(self._all) if self.read_at is not None and not self.trouble else None
        try:
            new = await self._venue.register(event, url)
        except UnknownError as problem:
            await self._read_list()
            return Made(event, words=f"{problem} {self._after_unknown(url, event, known)}")
        except NotSentError as problem:
            return Made(event, words=f"Nothing was sent: {problem}")
        except VenueError as problem:
            return Made(event, words=str(problem))
        self._changes += 1
        self._all[new.subscription.id] = new.subscription
        self._secrets.tell(new.subscription.id, new.secret)
        self.changed()
        return Made(event, new)

    def _after_unknown(self, url: str, event: str, known: Collection[int] | None) -> str:
        """`known`: what there was before; None where that is not known, and an old one might be taken for the new one."""
        if known is not None and not self.trouble:
            there = [each.id for each in self._all.values() if each.id not in known and (each.event, each.target_url) == (event, url)]
            if there:
                self._secrets.note(there[0], None)
                return f"It exists ({there[0]}), and its secret is lost: delete it and make another."
        return "It may exist all the same, without its secret: look at the list before you try again."

    async def _forget_secret(self, subscription_id: int) -> str:
        try:
            await self._secrets.remove(subscription_id)
        except VaultError as problem:
            words = f"Subscription {subscription_id} is deleted, but its secret may still be in the keyring: {problem}"
            self._notices.say(words, Tone.WARNING)
            return words
        return ""


def _is_same(one: Subscription, other: Subscription) -> bool:
    """Whether both are one, and not another that has the same number."""
    return (one.event, one.target_url) == (other.event, other.target_url) and is_same_time(one.created_at, other.created_at)


def _place(event: str) -> int:
    order = [str(each) for each in HookEvent]
    return order.index(event) if event in order else len(order)
