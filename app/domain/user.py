"""An external user: somebody of the partner's own, for whom an order is placed (the B2B guide's step 5)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

LONGEST_NAME: Final = 60  # characters
MOST: Final = 50_000  # users of one account that are known by name
_ID: Final = re.compile(r"[A-Za-z0-9._:@+-]{1,100}")


class UserError(ValueError):
    """No external user can be called so; `str(error)` is a sentence."""


class UserLimits(msgspec.Struct, frozen=True):
    """What may be at risk for one user: in one order, on one event, in one day's orders, and altogether. None: the profile's own limit."""

    order: Decimal | None = None
    event: Decimal | None = None
    day: Decimal | None = None
    total: Decimal | None = None


class User(msgspec.Struct, frozen=True):
    """`id` goes to the venue with every order; `name` is for the screen only."""

    id: str
    name: str = ""
    limits: UserLimits = UserLimits()


class Roster(msgspec.Struct, frozen=True):
    """The users of one account as they are kept: those known by name, and the ids for whom orders were placed, the newest first."""

    users: tuple[User, ...] = ()
    used: tuple[str, ...] = ()


def called(user: User) -> str:
    """`Ann Lee (cust-8841)`, or the id alone."""
    return f"{user.name} ({user.id})" if user.name else user.id


def checked_name(text: str) -> str:
    """A name as it may stand on the screen, without the blanks around it; UserError when it cannot."""
    name = text.strip()
    if len(name) > LONGEST_NAME:
        raise UserError(f"A name has at most {LONGEST_NAME} characters, this one has {len(name):,}")
    if not name.isprintable():
        raise UserError("A name is one line of letters, without tabs, line ends and signs that cannot be seen")
    return name


def checked_user(text: str) -> str:
    """The id that was typed, without the blanks around it; UserError when it cannot be one.

    The venue documents no form (contract 3). Letters, digits and . _ : @ + - are what systems name people by; a blank inside is a slip.
    """
    user_id = text.strip()
    if not user_id:
        raise UserError("Type for whom this order is: the external user id")
    if len(user_id) > 100:
        raise UserError("An external user id has at most 100 characters")
    if not _ID.fullmatch(user_id):
        raise UserError("An external user id has letters A to Z, digits and . _ : @ + - only, without blanks")
    return user_id
