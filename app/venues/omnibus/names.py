"""Where each call of the B2B Omnibus API lives (its guide's steps 1 to 6). Paths that the guide does not print say so."""

from __future__ import annotations

import msgspec


class Paths(msgspec.Struct, frozen=True):
    """Paths below the host. `submit_many` and `cancel_many` are spoken of in the guide and not printed."""

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
