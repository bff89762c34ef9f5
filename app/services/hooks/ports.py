"""What the webhooks' services need from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from app.domain.receiving import Plan, Tidings
from app.domain.secret import Secret
from app.domain.webhook import Delivery, DeliveryQuery, Letter, Listed, NewSubscription, Subscription, Tally


class HookVenue(Protocol):
    """The feed's calls about webhooks. Every method raises the exceptions of `domain.errors` and no others.

    `register` is sent once and never repeated: after an UnknownError the subscription may exist, and its secret is lost.
    """

    async def webhooks(self) -> Listed: ...
    async def register(self, event: str, target_url: str) -> NewSubscription: ...
    async def unregister(self, webhook_id: int) -> None:
        """RefusedError of 404 when it is not there, or not ours."""


class SecretShelf(Protocol):
    """Where the secrets of subscriptions are kept: in the system's keyring, an entry each. Any may raise `domain.keys.VaultError`."""

    async def keep(self, subscription: Subscription, secret: Secret) -> None: ...
    async def read(self, subscription: Subscription) -> Secret | None:
        """None also where what lies under its number belongs to another one: a practice exchange begins to count anew."""

    async def remove(self, subscription_id: int) -> None: ...
    def listed(self) -> tuple[int, ...]:
        """Of which the keyring may hold a secret: a list beside it says so, and no keyring is asked."""

    def rotations(self) -> tuple[tuple[int, int], ...]:
        """Which subscription, by number, is to be replaced by which: kept with that list."""

    def keep_rotations(self, rotations: Sequence[tuple[int, int]]) -> None: ...
    def is_of_this_run(self, subscription_id: int) -> bool:
        """Whether its secret is in memory only, and gone when the program ends."""


class ReceiverState(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


class Receiver(Protocol):
    """The receiver's process. `told` hears its tidings, `changed` that its state did; both in the loop's thread."""

    state: ReceiverState
    port: int  # that it listens on, 0 while it does not
    words: str  # why it failed; while it runs, what became of a file that it could not use
    told: list[Callable[[Tidings], None]]
    changed: list[Callable[[], None]]

    async def start(self, plan: Plan) -> None:
        """Returns when it listens or has failed; `state` says which."""

    def replan(self, plan: Plan) -> None:
        """Other routes from now on; the port stays."""

    async def stop(self) -> None: ...


class DeliveryShelf(Protocol):
    """The deliveries' file. Every method raises OSError, and nothing else, when the file cannot be used."""

    async def page(self, query: DeliveryQuery) -> list[Delivery]:
        """The newest first."""

    async def get(self, delivery_id: int) -> Delivery | None: ...

    async def letter(self, delivery_id: int) -> Letter | None:
        """None for one that was missed, and for one that is no longer kept."""

    async def add_missed(self, missed: Sequence[Delivery]) -> list[int]:
        """Their ids."""

    async def mark_late(self, delivery_id: int, at: datetime) -> None:
        """A missed one came after all."""

    async def remove(self, delivery_ids: Sequence[int]) -> None:
        """These were listed as missed, and were not; anything else stays."""

    async def note_refetched(self, delivery_ids: Sequence[int], paths: Sequence[str]) -> None: ...

    async def pin(self, delivery_id: int, *, is_pinned: bool) -> None:
        """A pinned one is kept when the file is full."""

    async def tallies(self, since: datetime) -> dict[int | None, Tally]:
        """By subscription, to the minute; under None what belongs to none. Also of what is no longer kept."""

    async def clear(self) -> int:
        """Remove all but the pinned ones; how many that were."""

    async def close(self) -> None: ...


class Answer(msgspec.Struct, frozen=True):
    """What a loopback server said to a delivery that we sent. `status` 0: nothing, `words` say why. `took` in milliseconds."""

    status: int
    took: float
    words: str = ""


class Poster(Protocol):
    """Sends to this computer only; ValueError, as a sentence, for any other address."""

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer: ...
