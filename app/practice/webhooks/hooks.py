"""The subscriptions of the feed's partners: strictly made, kept by the exchange's state, each with a secret that is told once."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from app.practice.cs2.model import Kind
from app.practice.model import RefusalError
from app.practice.webhooks.target import why_refused

MOST_HOOKS = 100
"""Subscriptions of all partners together; a practice exchange needs no more."""

NOT_FOUND = RefusalError("data_not_found", "Webhook not found")


def new_secret() -> str:
    return secrets.token_hex(32)


class Hook(msgspec.Struct, frozen=True):
    """One event type at one address. `created_at` is ns; `secret` signs, and is in no repr."""

    id: int
    partner_id: int
    kind: Kind
    target_url: str
    secret: str
    created_at: int

    def __repr__(self) -> str:
        return f"Hook({self.id}, {self.kind}, {self.target_url!r})"


class Kept(msgspec.Struct, frozen=True):
    """What a state keeps. The number of a webhook that was removed is not given again."""

    next_id: int = 1
    hooks: list[Hook] = []


class Hooks:
    """`save` is called with a snapshot after every change, `saved` is such a snapshot.

    `takes_loopback`: http on this computer may be subscribed, and is delivered to.
    """

    def __init__(
        self,
        save: Callable[[bytes], None] = lambda saved: None,
        saved: bytes | None = None,
        *,
        takes_loopback: bool = False,
        make_secret: Callable[[], str] = new_secret,
    ) -> None:
        self.takes_loopback = takes_loopback
        self._save = save
        self._make_secret = make_secret
        kept = msgspec.json.decode(saved, type=Kept) if saved else Kept()
        self._next_id = kept.next_id
        self._hooks = {hook.id: hook for hook in kept.hooks}

    def of(self, partner_id: int) -> list[Hook]:
        """Oldest first."""
        return [hook for hook in self._hooks.values() if hook.partner_id == partner_id]

    def hearing(self, kind: Kind) -> list[Hook]:
        """Whoever subscribed to these events, oldest first."""
        return [hook for hook in self._hooks.values() if hook.kind is kind]

    def has(self, hook_id: int) -> bool:
        return hook_id in self._hooks

    def add(self, partner_id: int, kind: Kind, target_url: str, now: int) -> Hook:
        """Raises invalid_param with a sentence."""
        if why := why_refused(target_url, takes_loopback=self.takes_loopback):
            raise RefusalError("invalid_param", f"target_url cannot be used: {why}")
        if len(self._hooks) >= MOST_HOOKS:
            raise RefusalError("invalid_param", f"There are {MOST_HOOKS} webhooks, and practice takes no more")
        hook = Hook(self._next_id, partner_id, kind, target_url, self._make_secret(), now)
        self._keep(hook.id + 1, {**self._hooks, hook.id: hook})
        return hook

    def remove(self, partner_id: int, hook_id: int) -> None:
        """Raises data_not_found, for another partner's too."""
        hook = self._hooks.get(hook_id)
        if hook is None or hook.partner_id != partner_id:
            raise NOT_FOUND
        self._keep(self._next_id, {number: each for number, each in self._hooks.items() if number != hook_id})

    def _keep(self, next_id: int, hooks: dict[int, Hook]) -> None:
        """What cannot be saved does not happen."""
        self._save(msgspec.json.encode(Kept(next_id, list(hooks.values()))))
        self._next_id, self._hooks = next_id, hooks
