"""Where each call of the Trading API lives: contract section 1.1, v4 names (the default of a profile)."""

from __future__ import annotations

import msgspec


class Paths(msgspec.Struct, frozen=True):
    """Paths below the base URL, which ends in /partner."""

    login: str = "auth/login"
    refresh: str = "auth/refresh"
    balance: str = "v4/mm/get_balance"
    tournaments: str = "mm/get_tournaments"
    events: str = "mm/get_sport_events"
    markets: str = "v4/mm/get_markets"
    multiple_markets: str = "v4/mm/get_multiple_markets"
    search_markets: str = "mm/search_markets"
    players: str = "mm/get_players"
    strikes: str = "v4/mm/get_strikes"
    ladder: str = "v4/mm/get_price_ladder"
    config: str = "websocket/connection-config"
    register: str = "v4/mm/websocket"
    submit: str = "v4/mm/submit_order"
    submit_many: str = "v4/mm/submit_multiple_orders"
    cancel: str = "v4/mm/cancel_order"
    cancel_many: str = "v4/mm/cancel_multiple_orders"
    cancel_all: str = "v4/mm/cancel_all_orders"
    cancel_event: str = "v4/mm/cancel_orders_by_event"
    cancel_market: str = "v4/mm/cancel_orders_by_market"
    order: str = "v4/mm/get_order"
    history: str = "v4/mm/get_order_history"
    matched_detail: str = "v4/mm/get_order_matched_detail"
    trades: str = "v4/mm/get_trades"
    transactions: str = "v4/mm/get_transactions"


V4 = Paths()
