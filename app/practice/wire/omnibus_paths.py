"""The paths of the B2B Omnibus API (contract 3)."""

from __future__ import annotations

from app.practice.wire.names import Vocabulary
from app.practice.wire.paths import Row

V4, BOTH = Vocabulary.V4, Vocabulary.BOTH

_KEYS = "/api/v1/internal/b2b/keys"

ROWS: tuple[Row, ...] = (
    Row("POST", _KEYS, "omnibus.add_key", V4),
    Row("GET", _KEYS, "omnibus.list_keys", V4),
    Row("DELETE", _KEYS + "/{key_id}", "omnibus.delete_key", V4),
    Row("GET", "/api/v1/balance", "omnibus.balance", V4),
    Row("GET", "/api/v1/tournaments", "omnibus.tournaments", V4),
    Row("GET", "/api/v1/sport-events", "omnibus.sport_events", V4),
    Row("GET", "/api/v1/markets", "omnibus.markets", BOTH),
    Row("POST", "/api/v1/orders", "omnibus.submit", BOTH),
    Row("GET", "/api/v1/orders", "omnibus.orders", BOTH),
    Row("POST", "/api/v1/orders/cancel", "omnibus.cancel", BOTH),
    Row("POST", "/api/v1/orders/batch", "omnibus.submit_many", BOTH),
    Row("POST", "/api/v1/orders/batch-cancel", "omnibus.cancel_many", BOTH),
    Row("GET", "/api/v1/websocket/connection-config", "omnibus.connection_config", V4),
    Row("POST", "/api/v1/websocket/register", "omnibus.register", V4),
)
"""Markets and orders carry every word: the guide speaks of lines, stakes and odds, the newer pages of strikes, quantities and prices."""

OF_THE_PARTNER = frozenset({"omnibus.add_key", "omnibus.list_keys", "omnibus.delete_key"})
"""What takes the partner's own token; everything else takes a token signed by a registered key."""
