"""The paths of the Trading API in all spellings: v4, the integration guide's, the old ones (contract 1.1)."""

from __future__ import annotations

from typing import NamedTuple

from app.practice.wire.names import Vocabulary

V4, SEED, LEGACY, BOTH = Vocabulary.V4, Vocabulary.SEED, Vocabulary.LEGACY, Vocabulary.BOTH


class Row(NamedTuple):
    """One path: `name` says what it does, `vocabulary` in which words."""

    method: str
    path: str
    name: str
    vocabulary: Vocabulary


ROWS: tuple[Row, ...] = (
    Row("POST", "/auth/login", "login", V4),
    Row("POST", "/auth/refresh", "refresh", V4),
    Row("POST", "/auth/keys", "keys", V4),
    Row("GET", "/v4/mm/get_balance", "balance", V4),
    Row("GET", "/mm/get_balance", "balance", BOTH),
    Row("GET", "/mm/get_tournaments", "tournaments", V4),
    Row("GET", "/mm/get_sport_events", "sport_events", V4),
    Row("GET", "/v4/mm/get_markets", "markets", V4),
    Row("GET", "/mm/get_markets", "markets", BOTH),
    Row("GET", "/v2/mm/get_markets", "markets", LEGACY),
    Row("GET", "/v4/mm/get_multiple_markets", "multiple_markets", V4),
    Row("GET", "/mm/get_multiple_markets", "multiple_markets", BOTH),
    Row("GET", "/v2/mm/get_multiple_markets", "multiple_markets", LEGACY),
    Row("GET", "/v4/mm/get_price_ladder", "price_ladder", V4),
    Row("GET", "/mm/get_price_ladder", "price_ladder", V4),
    Row("GET", "/mm/get_odds_ladder", "price_ladder", LEGACY),
    Row("GET", "/v4/mm/get_strikes", "strikes", V4),
    Row("GET", "/mm/search_markets", "search_markets", V4),
    Row("GET", "/mm/get_players", "players", V4),
    Row("GET", "/mm/get_players/{id}", "player", V4),
    Row("GET", "/websocket/connection-config", "connection_config", V4),
    Row("POST", "/v4/mm/websocket", "register", V4),
    Row("POST", "/mm/websocket", "register", V4),
    Row("POST", "/mm/pusher", "register", BOTH),
    Row("POST", "/v4/mm/pusher", "register", BOTH),
    Row("POST", "/v4/mm/submit_order", "submit", V4),
    Row("POST", "/mm/submit_order", "submit", V4),
    Row("POST", "/mm/place_order", "submit", SEED),
    Row("POST", "/mm/place_wager", "submit", LEGACY),
    Row("POST", "/v4/mm/submit_multiple_orders", "submit_many", V4),
    Row("POST", "/mm/place_batch_orders", "submit_many", SEED),
    Row("POST", "/mm/place_multiple_order", "submit_many", SEED),
    Row("POST", "/mm/place_multiple_wagers", "submit_many", LEGACY),
    Row("POST", "/v4/mm/cancel_order", "cancel", V4),
    Row("POST", "/mm/cancel_order", "cancel", SEED),
    Row("POST", "/mm/cancel_wager", "cancel", LEGACY),
    Row("POST", "/v4/mm/cancel_multiple_orders", "cancel_many", V4),
    Row("POST", "/mm/cancel_batch_orders", "cancel_many", SEED),
    Row("POST", "/mm/cancel_multiple_wagers", "cancel_many", LEGACY),
    Row("POST", "/v4/mm/cancel_all_orders", "cancel_all", V4),
    Row("POST", "/mm/cancel_all_wagers", "cancel_all", LEGACY),
    Row("POST", "/v4/mm/cancel_orders_by_event", "cancel_by_event", V4),
    Row("POST", "/mm/cancel_wagers_by_event", "cancel_by_event", LEGACY),
    Row("POST", "/v4/mm/cancel_orders_by_market", "cancel_by_market", V4),
    Row("POST", "/mm/cancel_wagers_by_market", "cancel_by_market", LEGACY),
    Row("GET", "/v4/mm/get_order/{id}", "order", V4),
    Row("GET", "/mm/get_order/{id}", "order", SEED),
    Row("GET", "/mm/get_wager/{id}", "order", LEGACY),
    Row("GET", "/v4/mm/get_order_history", "orders", V4),
    Row("GET", "/v2/mm/get_wager_histories", "orders", LEGACY),
    Row("GET", "/mm/get_wager_histories", "orders", LEGACY),
    Row("GET", "/v4/mm/get_order_matched_detail", "matched_details", V4),
    Row("GET", "/mm/get_wager_matching_detail", "matched_details", LEGACY),
    Row("GET", "/v2/mm/get_wager_matching_detail", "matched_details", LEGACY),
    Row("GET", "/v4/mm/get_trades", "trades", V4),
    Row("GET", "/mm/get_matched_bets", "trades", LEGACY),
    Row("GET", "/v4/mm/get_transactions", "transactions", V4),
    Row("GET", "/mm/get_transactions", "transactions", LEGACY),
    Row("GET", "/v2/mm/get_transactions", "transactions", LEGACY),
    Row("GET", "/ip-geolocation/api/v1/check-ip", "check_ip", V4),
)

ROOTED = frozenset({"check_ip"})
"""What lies below the host itself, and not below the API's own path."""

OPEN = frozenset({"login", "refresh"})
"""What needs no bearer token."""

OF_THE_PAGES = frozenset({"keys"})
"""What takes the bearer of a person who is logged in on the venue's own pages, and not that of a trading session."""

SPACED = frozenset(
    {
        "balance",
        "tournaments",
        "sport_events",
        "markets",
        "multiple_markets",
        "price_ladder",
        "strikes",
        "players",
        "player",
        "search_markets",
    }
)
"""What may be asked once a second, each path by itself."""
