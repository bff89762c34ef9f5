"""Orders as the B2B desk writes them, in each of its vocabularies."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import OrderDraft

SELECTION = "c0ffee00c0ffee00c0ffee00c0ffee00"
DRAFT = OrderDraft(MarketKey(501, 219, Decimal(0)), SELECTION, from_american(-110), Decimal("12.50"), external_user="cust-8841")

_OLD = {
    "strike_id": "line_id",
    "price": "odds",
    "quantity": "stake",
    "filled_quantity": "matched_stake",
    "open_quantity": "unmatched_stake",
    "external_user_id": "externalUserId",
}


def row(ref: str = "b2b-1", **change: object) -> dict[str, Any]:
    """In the words of today."""
    told: dict[str, Any] = {
        "order_id": f"v-{ref}",
        "external_id": ref,
        "external_user_id": "cust-8841",
        "user_id": "the-partner",
        "sport_event_id": 501,
        "market_id": 219,
        "outcome_id": 4,
        "strike": 0,
        "strike_id": SELECTION,
        "price": -110,
        "quantity": 12.5,
        "filled_quantity": 0,
        "open_quantity": 12.5,
        "matching_status": "unmatched",
        "status": "open",
        "winning_status": "tbd",
    }
    return told | change


def old_row(ref: str = "b2b-1", **change: object) -> dict[str, Any]:
    """In the words of the guide."""
    return {_OLD.get(name, name): value for name, value in row(ref, **change).items()}


def page(*rows: dict[str, Any], cursor: object = "", synced_at: str | None = "2026-11-18T12:00:00Z") -> bytes:
    told: dict[str, Any] = {"data": {"orders": rows, "next_cursor": cursor}}
    return json.dumps(told | ({"last_synced_at": synced_at} if synced_at else {})).encode()
