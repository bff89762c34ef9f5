"""What each body of the Trading API was called before, place by place: the data of the normaliser (contract sections 4.5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.venues.prophetx.spelling import Place

_SELECTION_WORDS = {
    "line_id": "strike_id",
    "line": "strike",
    "odds": "price",
    "adjusted_odds": "adjusted_price",
    "stake": "quantity",
    "display_odds": "display_price",
    "display_line": "display_strike",
}
_RESULTS: Mapping[str, Mapping[str, str]] = {"winning_status": {"won": "profit", "lost": "loss"}}
_ORDER_WORDS = {
    "wager_id": "order_id",
    "odds": "price",
    "stake": "quantity",
    "original_stake": "original_quantity",
    "line_id": "strike_id",
    "line": "strike",
    "matched_stake": "filled_quantity",
    "total_matched_stake": "total_filled_quantity",
    "unmatched_stake": "open_quantity",
    "matched_odds": "fill_price",
    "wager_strategy": "order_strategy",
    "profit_status": "winning_status",
    "update_status": "update_type",
    "externalUserId": "external_user_id",
}
_PLACE_IDS = frozenset({"sport_event_id", "event_id", "market_id", "outcome_id"})


def _data(place: Place) -> Place:
    return Place(inside={"data": place})


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    """A flat list of levels, as the oldest answers have it, is one list of levels for each selection."""
    levels = fields.get("selections")
    if not isinstance(levels, list) or not any(isinstance(level, dict) for level in levels):
        return fields
    if not all(isinstance(level, dict) for level in levels):
        raise ValueError("selections hold levels and lists of levels")
    sides: dict[object, list[object]] = {}
    for level in levels:
        sides.setdefault(str(level.get("strike_id", level.get("line_id"))), []).append(level)
    return {**fields, "selections": list(sides.values())}


def _by_event(fields: dict[str, Any]) -> dict[str, Any]:
    """Markets of several events as a flat list, or as a list of events, or of one event: all keyed by the event."""
    data = fields.get("data")
    if isinstance(data, dict) and "markets" in data:
        data = [data]
    if not isinstance(data, list):
        return fields
    found: dict[str, list[object] | None] = {}
    for item in data:
        event_id = item.get("event_id", item.get("sport_event_id")) if isinstance(item, dict) else None
        if event_id is None:
            found[""] = None  # no event's id, which is said where the answer is read
            continue
        if "markets" not in item:
            found[str(event_id)] = [*(found.get(str(event_id)) or []), item]
        elif item["markets"] is None or isinstance(item["markets"], list):
            found[str(event_id)] = [*(found.get(str(event_id)) or []), *(item["markets"] or [])] or None
        else:
            raise ValueError("an event's markets are no list")
    return {**fields, "data": found}


def _unwrapped(fields: dict[str, Any]) -> dict[str, Any]:
    data = fields.get("data")
    return data if isinstance(data, dict) else fields


def _wrapped(fields: dict[str, Any]) -> dict[str, Any]:
    return fields if "data" in fields else {"data": fields}


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """An order of before was named by `id` alone."""
    return fields if fields.get("order_id") else {**fields, **({"order_id": fields["id"]} if "id" in fields else {})}


LEVEL = Place(_SELECTION_WORDS, numbers=frozenset({"outcome_id", "competitor_id"}), texts=frozenset({"strike_id"}))
_MARKET_WORDS = {
    "market_lines": "market_strikes",
    "line": "strike",
    "total_stake": "total_quantity",
    "total_matched_stake": "total_filled_quantity",
}
_STRIKE = Place(_MARKET_WORDS, numbers=frozenset({"id", "player_id"}), inside={"selections": LEVEL}, reshape=_nested)
MARKET = Place(
    _MARKET_WORDS,
    numbers=frozenset({"id", "player_id"}),
    inside={"selections": LEVEL, "market_strikes": _STRIKE},
    reshape=_nested,
)
ORDER = Place(
    _ORDER_WORDS,
    numbers=_PLACE_IDS | {"sequence_number"},
    texts=frozenset({"order_id", "id", "external_id", "external_user_id", "strike_id", "user_id"}),
    results=_RESULTS,
    reshape=_named,
)
TRADE = Place(
    _ORDER_WORDS, numbers=_PLACE_IDS, texts=frozenset({"id", "order_id", "trade_id", "strike_id", "external_id"}), results=_RESULTS
)
TRANSACTION = Place(_ORDER_WORDS | {"type": "transaction_type"}, texts=frozenset({"id", "order_id", "trade_id"}))
COMPETITOR = Place(numbers=frozenset({"id"}))
EVENT = Place({"sport_event_id": "event_id"}, numbers=frozenset({"event_id", "tournament_id"}), inside={"competitors": COMPETITOR})
_NUMBERED = Place(numbers=frozenset({"id"}))
TOURNAMENT = Place(numbers=frozenset({"id"}), inside={"sport": _NUMBERED, "category": _NUMBERED})
FOUND = Place({"market_id": "id", "sport_event_id": "event_id"}, numbers=frozenset({"id", "event_id", "player_id"}))
PLAYER = Place({"player_id": "id", "sport_event_id": "event_id"}, numbers=frozenset({"id", "event_id"}))
STRIKE = Place({"line_id": "strike_id", "sport_event_id": "event_id"}, numbers=_PLACE_IDS, texts=frozenset({"strike_id"}))

TOURNAMENTS = _data(Place())
EVENTS = _data(Place())
MARKETS = _data(Place())
PLAYERS = _data(Place())
PLAYER_BODY = _data(PLAYER)
STRIKES = _data(Place())
MULTIPLE_MARKETS = Place(reshape=_by_event)
LADDER = _data(Place())
BALANCE = Place(
    inside={
        "data": Place(
            {
                "matched_wager_balance": "matched_order_balance",
                "unmatched_wager_balance": "unmatched_order_balance",
                "unmatched_wager_balance_status": "unmatched_order_balance_status",
                "unmatched_wager_last_synced_at": "unmatched_order_last_synced_at",
            }
        )
    },
    reshape=_wrapped,
)
LOGIN = Place(inside={"data": Place(numbers=frozenset({"access_expire_time", "refresh_expire_time"}))}, reshape=_wrapped)
PAIR = Place(reshape=_wrapped)
CONFIG = Place(numbers=frozenset({"ws_port"}), texts=frozenset({"app_id", "key"}), reshape=_unwrapped)
LOCATION = Place({"Success": "success"}, reshape=_unwrapped)
REPLY = Place({"Success": "success", "wager": "order"}, inside={"order": ORDER})
ORDER_REPLY = _data(REPLY)
ORDER_BODY = _data(ORDER)
SUBMISSION = Place(_SELECTION_WORDS)
SUBMISSIONS = _data(SUBMISSION)
FAILED = Place(numbers=frozenset({"index"}), inside={"request": ORDER})
BATCH = _data(Place({"succeed_wagers": "succeed_orders", "failed_wagers": "failed_orders"}))
HISTORY = _data(Place({"wagers": "orders"}))
TRADES = _data(Place({"matched_bets": "trades"}))
TRANSACTIONS = _data(Place())
MATCHES = _data(Place({"matched_details": "matching_details"}))

# Pushes

DEPTH_PUSH = Place(
    {"event_id": "sport_event_id"},
    numbers=frozenset({"sport_event_id", "market_id"}),
    inside={"info": Place(_MARKET_WORDS, numbers=frozenset({"id", "sequence_number"}), inside={"selections": LEVEL}, reshape=_nested)},
)
ORDER_PUSH = Place(inside={"info": ORDER})
EVENT_PUSH = Place(texts=frozenset({"id"}))
MARKET_PUSH = Place(
    inside={
        "info": Place(
            {"event_id": "sport_event_id", **_SELECTION_WORDS},
            numbers=_PLACE_IDS | {"id", "sequence_number"},
            texts=frozenset({"strike_id"}),
        )
    }
)
TOURNAMENT_PUSH = Place(inside={"info": TOURNAMENT})
MATCH_PUSH = Place(inside={"info": Place(_ORDER_WORDS, numbers=_PLACE_IDS | {"sequence_number"}, texts=frozenset({"strike_id"}))})

# Codes of refusals (contract section 5.4)

_OLD_CODES: Mapping[str, str] = {
    "invalid_line_id": "invalid_strike_id",
    "invalid_stake": "invalid_quantity",
    "market_line_invalid": "strike_id_invalid",
    "wager_already_matched": "order_already_filled",
    "wager_invalid_odds": "invalid_price",
    "wager_stake_exceeds_max": "order_quantity_exceeds_max",
    "wager_unable_cancel": "order_unable_to_cancel",
    "wager_unable_place": "order_unable_to_place",
}


UNPROVEN: Final = frozenset(
    {
        "internal_error",
        "unknown_error",
        "opened_retry",
        "order_balance_check_timeout",
        "order_unable_to_place",
        "order_unable_to_cancel",
        "order_not_belongs_to_user",
        "reporting_not_available",
        "order_is_placing",
        "order_opened_retry",
    }
)
"""The documented codes of a server in trouble (5xx) and of an order that is being placed (409, 425): none proves that there is no order."""


def code_of_today(code: str) -> str:
    """A refusal's code in today's words; but for a few, only `wager` became `order`."""
    return _OLD_CODES.get(code, code.replace("wager", "order"))
