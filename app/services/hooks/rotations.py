"""Which subscription is to take another's place: what this program began, or what a person says it is. Kept on this computer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from app.domain.keys import VaultError
from app.domain.webhook import Subscription
from app.services.hooks.ports import SecretShelf
from app.services.notices import Notices, Tone

FORGOTTEN: Final = "is known until the program ends and no longer"


class Rotation(msgspec.Struct, frozen=True):
    """Two active subscriptions of one event and target: the old one goes when the new one has proved itself."""

    old_id: int
    new_id: int


class Rotations:
    """`listed` says which subscriptions there are now. Two of one kind that somebody made on purpose are no rotation."""

    def __init__(self, shelf: SecretShelf, notices: Notices, listed: Callable[[], Mapping[int, Subscription]]) -> None:
        self._shelf = shelf
        self._notices = notices
        self._listed = listed
        self._all: tuple[tuple[int, int], ...] | None = None  # not read yet

    @property
    def all(self) -> tuple[Rotation, ...]:
        return tuple(Rotation(old, new) for old, new in self._known if self._is_running(old, new))

    def of(self, subscription_id: int) -> Rotation | None:
        return next((each for each in self.all if subscription_id in {each.old_id, each.new_id}), None)

    def successor(self, subscription_id: int) -> int | None:
        """The newest other one of its event and target, which may be meant to take its place; None where none is, or one does already."""
        if self.of(subscription_id) is not None:
            return None
        newer = [each for each in self._listed() if each > subscription_id and self._is_running(subscription_id, each)]
        return max((each for each in newer if self.of(each) is None), default=None)

    def begin(self, old_id: int, new_id: int) -> None:
        self._keep((*(pair for pair in self._known if self._is_running(*pair)), (old_id, new_id)))

    def forget(self, subscription_id: int) -> None:
        """It is deleted."""
        left = tuple(pair for pair in self._known if subscription_id not in pair)
        if left != self._known:
            self._keep(left)

    @property
    def _known(self) -> tuple[tuple[int, int], ...]:
        if self._all is None:
            self._all = self._shelf.rotations()
        return self._all

    def _is_running(self, old_id: int, new_id: int) -> bool:
        old, new = self._listed().get(old_id), self._listed().get(new_id)
        if old is None or new is None or not (old.is_active and new.is_active):
            return False
        return (old.event, old.target_url) == (new.event, new.target_url)

    def _keep(self, pairs: tuple[tuple[int, int], ...]) -> None:
        self._all = pairs
        try:
            self._shelf.keep_rotations(pairs)
        except VaultError as problem:
            self._notices.say(f"Which subscription takes another's place {FORGOTTEN}: {problem}", Tone.WARNING)
