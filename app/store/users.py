"""The external users of one account as settings files: the roster, and apart from it for whom orders were placed last.

They are two because the second changes with every other order and the first may hold fifty thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from app.domain.user import Roster, User, UserError, UserLimits, checked_name, checked_user
from app.store import settings

LIMIT: Final = 32_000_000  # bytes; fifty thousand users with the longest ids and names take about twenty million


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One user in a line: id, name, then what may be at risk in an order, on an event, in a day and altogether."""

    id: str
    name: str = ""
    order: Decimal | None = None
    event: Decimal | None = None
    day: Decimal | None = None
    total: Decimal | None = None


class Known(msgspec.Struct, frozen=True):
    """The first file."""

    users: tuple[Row, ...] = ()
    version: int = 1


class Used(msgspec.Struct, frozen=True):
    """The second file: ids, the newest first."""

    users: tuple[str, ...] = ()
    version: int = 1


class UserFiles:
    """`profile` is its slug; the environment is part of the names, so that practice users never appear in production."""

    def __init__(self, folder: Path, profile: str, environment: str) -> None:
        self._known = folder / f"users-{profile}-{environment.lower()}.json"
        self._used = folder / f"recent-users-{profile}-{environment.lower()}.json"
        self._kept = Roster()

    def read(self) -> settings.Read[Roster]:
        """Who is known and was used, and words for what cannot be used. Never raises for what the files hold."""
        known = settings.read(self._known, Known, Known, limit=LIMIT)
        used = settings.read(self._used, Used, Used)
        users, bad = _users(known.value.users)
        said = [known.words, used.words, f"{self._known.name}: {bad:,} rows name nobody and are left out" if bad else ""]
        self._kept = Roster(users, tuple(user_id for user_id in used.value.users if _is_id(user_id)))
        return settings.Read(self._kept, " ".join(filter(None, said)))

    def keep(self, roster: Roster) -> str:
        """Write down what has changed since the last time; a sentence when that could not be done."""
        try:
            if roster.users != self._kept.users:
                settings.replace(self._known, _text(roster.users))
            if roster.used != self._kept.used:
                settings.write(self._used, Used(roster.used))
        except OSError as problem:
            return f"The users hold until the end of the program, but could not be kept: {problem.strerror or problem}"
        self._kept = roster
        return ""


def _users(rows: Sequence[Row]) -> tuple[tuple[User, ...], int]:
    """The users of a file and how many of its rows were none: somebody may have written in it."""
    users: dict[str, User] = {}
    bad = 0
    for row in rows:
        try:
            user = _user(row)
        except UserError:
            bad += 1
        else:
            users[user.id] = user
    return tuple(users.values()), bad


def _user(row: Row) -> User:
    limits = UserLimits(row.order, row.event, row.day, row.total)
    if any(limit is not None and not limit.is_finite() for limit in msgspec.structs.astuple(limits)):
        raise UserError("A limit is an amount of money")
    return User(checked_user(row.id), checked_name(row.name), limits)


def _is_id(text: str) -> bool:
    try:
        return checked_user(text) == text
    except UserError:
        return False


def _text(users: Sequence[User]) -> bytes:
    """One user a line."""
    rows = (msgspec.json.encode(Row(user.id, user.name, *msgspec.structs.astuple(user.limits))) for user in users)
    return b'{"version": 1, "users": [\n' + b",\n".join(rows) + b"\n]}\n"
