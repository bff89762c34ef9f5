"""The external users of one account: who is known by name, for whom orders were placed last, and what may be at risk for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.domain.risk import BOUNDS, Limits
from app.domain.user import MOST, Roster, User, UserError, UserLimits, called, checked_user
from app.services.ports import Signal
from app.services.user_index import UserIndex, distance, has_all, searched

RECENT: Final = 12  # ids that are offered first
REMEMBERED: Final = 2000  # ids for whom an order was placed here; for one of them nobody is asked again whether it is no slip


class Users:
    """`keep` writes the roster down, and answers with a sentence when it cannot; `trouble` is the last answer. `changed` is called after
    every change.
    """

    def __init__(
        self,
        known: Iterable[User] = (),
        used: Iterable[str] = (),
        keep: Callable[[Roster], str] = lambda _roster: "",
        has_orders: Callable[[str], bool] = lambda _user_id: False,
    ) -> None:
        self._users = {user.id: user for user in known}
        self._used = dict.fromkeys(used)
        self._keep = keep
        self._has_orders = has_orders
        self._accepted: set[str] = set()
        self._index: UserIndex | None = None
        self.known: Mapping[str, User] = MappingProxyType(self._users)
        self.recent: tuple[str, ...] = tuple(self._used)[:RECENT]
        self.trouble = ""
        self.changed = Signal()

    def find(self, words: str, most: int = 20) -> list[User]:
        """Users by id or name: every word must occur. Whole words come before beginnings of words, those before mere parts; among equals
        the recent ones come first, then those whose id or name starts so, then by id.
        """
        wanted = words.casefold().split()
        recent = [user for user in map(self.user, self.recent) if has_all(searched(user), wanted)]
        others = self._searchable().find(wanted, most + len(recent))
        found = [*recent, *(user for user in others if user.id not in self.recent)]
        return sorted(found, key=lambda user: distance(searched(user), wanted))[:most]

    def named(self, name: str) -> list[str]:
        """Ids of those who are called exactly so, by name or by name and id, whatever the case."""
        return self._searchable().named(name)

    def meant(self, words: str) -> str:
        """The id of whom was typed: an id on the list, whom alone is called so, else any id. UserError with a sentence where it names
        nobody, or might name two.
        """
        typed = " ".join(words.split())
        if typed in self._users:
            return typed
        named = self.named(typed)
        if len(named) > 1:
            raise UserError(f"{len(named):,} users are called {typed}: type the id, as {named[0]} or {named[1]}")
        if not named:
            return checked_user(words)
        if not self.is_new(typed):
            raise UserError(f"{typed} is an id and also the name of {named[0]}: type {named[0]}, or put {typed} on the list of users")
        return named[0]

    def called(self, user_id: str) -> str:
        """`Ann Lee (cust-8841)`, or the id alone."""
        return called(self.user(user_id))

    def user(self, user_id: str) -> User:
        """A known one, or somebody of that id."""
        return self._users.get(user_id) or User(user_id)

    def is_new(self, user_id: str) -> bool:
        """Whether nobody has met this id here before: it may be a slip of the fingers."""
        is_met = user_id in self._users or user_id in self._used or user_id in self._accepted
        return not is_met and not self._has_orders(user_id)

    def accept(self, user_ids: Iterable[str]) -> None:
        """A person was told that these are new and says that they are right. Nothing of it is kept before an order is placed."""
        self._accepted.update(user_ids)

    def limits_of(self, user_id: str, limits: Limits) -> UserLimits:
        """What may be at risk for them: their own limits where they have some, else the profile's; within the built-in bounds."""
        own = self.user(user_id).limits
        return UserLimits(
            order=_within("user_order", own.order, limits.user_order),
            event=_within("user_event", own.event, limits.user_event),
            day=_within("user_day", own.day, limits.user_day),
            total=_within("user", own.total, limits.user),
        )

    def note_used(self, user_id: str) -> None:
        """An order was placed for them."""
        if not user_id or self.recent[:1] == (user_id,):
            return
        self._used.pop(user_id, None)
        self._used = dict.fromkeys([user_id, *self._used][:REMEMBERED])
        self.recent = tuple(self._used)[:RECENT]
        self._tell()

    def put(self, users: Sequence[User]) -> str:
        """Add or replace all of them, or none; a sentence when they could not be, or could not be kept."""
        new = sum(user_id not in self._users for user_id in {user.id for user in users})
        if len(self._users) + new > MOST:
            return f"{len(self._users) + new:,} users would be known; at most {MOST:,} are. Nothing was changed"
        self._users.update((user.id, user) for user in users)
        self._index = None
        return self._tell()

    def remove(self, user_id: str) -> str:
        """Forget name and limits; their orders stay what they are. A sentence when that could not be kept."""
        if self._users.pop(user_id, None) is None:
            return ""
        self._index = None
        return self._tell()

    def _tell(self) -> str:
        self.trouble = self._keep(Roster(tuple(self._users.values()), tuple(self._used)))
        self.changed()
        return self.trouble

    def _searchable(self) -> UserIndex:
        """Made once after each change of the roster."""
        if self._index is None:
            self._index = UserIndex(self._users.values())
        return self._index


def _within(field: str, own: Decimal | None, limit: Decimal) -> Decimal:
    low, high = BOUNDS[field]
    return min(max(limit if own is None else own, low), high)
