"""Where each call of the B2B Omnibus API lives (its guide's steps 1 to 6), and what it calls what is asked of it: data, both of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from app.domain.redact import beginning
from app.venues.paths import PathError as PathError
from app.venues.paths import check

Words = Literal["guide", "v4"]


class Paths(msgspec.Struct, frozen=True):
    """Paths below the host. `orders` is placed to and read from; `submit_many` and `cancel_many` are spoken of and not printed."""

    balance: str = "api/v1/balance"
    tournaments: str = "api/v1/tournaments"
    events: str = "api/v1/sport-events"
    markets: str = "api/v1/markets"
    config: str = "api/v1/websocket/connection-config"
    register: str = "api/v1/websocket/register"
    orders: str = "api/v1/orders"
    cancel: str = "api/v1/orders/cancel"
    submit_many: str = "api/v1/orders/batch"
    cancel_many: str = "api/v1/orders/batch-cancel"
    keys: str = "api/v1/internal/b2b/keys"


B2B = Paths()
CALLS: Final = Paths.__struct_fields__


def paths_for(overrides: Mapping[str, str]) -> Paths:
    """The table with single paths put in its place. PathError names what cannot be used."""
    check(overrides, CALLS)
    return msgspec.structs.replace(B2B, **overrides)


class Fields(msgspec.Struct, frozen=True):
    """What a request calls our reference, the external user, the selection, odds and stake, and the venue's id of an order; then the
    parameters of the listings, and those by which the record of orders is asked.
    """

    ref: str = "external_id"
    user: str = "external_user_id"
    selection: str = "line_id"
    odds: str = "odds"
    stake: str = "stake"
    order: str = "order_id"
    tournament: str = "tournament_id"
    event: str = "event_id"
    events: str = "event_ids"
    since: str = "from"
    until: str = "to"
    status: str = "status"
    matching: str = "matching_status"
    of_user: str = "external_user_id"
    cursor: str = "next_cursor"
    limit: str = "limit"


FIELDS: Final[Mapping[Words, Fields]] = MappingProxyType(
    {"guide": Fields(), "v4": Fields(selection="strike_id", odds="price", stake="quantity")},
)
"""The guide prints its words as a list and no body (step 5), so both vocabularies of the venue are there (contract 3)."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_TOGETHER: Final = (
    ("ref", "user", "selection", "odds", "stake"),
    ("since", "until", "status", "matching", "of_user", "cursor", "limit"),
)
"""What stands in one request: two of them under one name would overwrite each other."""


def fields_for(words: Words, overrides: Mapping[str, str]) -> Fields:
    """A vocabulary with single names put in their place. PathError names what cannot be used."""
    for part, name in overrides.items():
        if part not in Fields.__struct_fields__:
            raise PathError(f"There is no field {beginning(part)!r}. There are: {', '.join(Fields.__struct_fields__)}")
        if not _WORD.fullmatch(name):
            raise PathError(f"{beginning(name)!r} cannot be what {part} is called: a letter, then at most 39 letters, digits, _, - and .")
    fields = msgspec.structs.replace(FIELDS[words], **overrides)
    for together in _TOGETHER:
        seen: dict[str, str] = {}
        for part in together:
            name = getattr(fields, part)
            if (other := seen.setdefault(name, part)) != part:
                raise PathError(f"{other} and {part} cannot both be called {beginning(name)!r}: they stand in one request")
    return fields
