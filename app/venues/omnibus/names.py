"""Where each call of the B2B Omnibus API lives (its guide's steps 1 to 6), and what it calls the parts of an order: data, both of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

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
    """What a request calls our reference, the external user, the selection, odds and stake, and the venue's id of an order."""

    ref: str = "external_id"
    user: str = "external_user_id"
    selection: str = "line_id"
    odds: str = "odds"
    stake: str = "stake"
    order: str = "order_id"


FIELDS: Final[Mapping[Words, Fields]] = MappingProxyType(
    {"guide": Fields(), "v4": Fields(selection="strike_id", odds="price", stake="quantity")},
)
"""The guide prints its words as a list and no body (step 5), so both vocabularies of the venue are there (contract 3)."""
