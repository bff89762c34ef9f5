"""Where each call of the Trading API lives in each of its spellings (contract section 1.1), and which words a call speaks there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.venues.paths import PathError as PathError
from app.venues.paths import check


class Spelling(StrEnum):
    """The names of today, those that the integration guide prints, and those of before."""

    V4 = "v4"
    SEED = "seed"
    LEGACY = "legacy"


class Paths(msgspec.Struct, frozen=True):
    """Paths below the base URL, which ends in /partner. `old_words` names the calls whose requests are spelt in the old words."""

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
    keys: str = "auth/keys"  # makes a pair of keys for a person who is logged in on the venue's own pages
    old_words: frozenset[str] = frozenset()


V4 = Paths()
CALLS = tuple(name for name in Paths.__struct_fields__ if name != "old_words")

# What the other spellings call differently; a call that they do not know keeps its name of today.
_SEED: Mapping[str, str] = {
    "balance": "mm/get_balance",
    "markets": "mm/get_markets",
    "multiple_markets": "mm/get_multiple_markets",
    "ladder": "mm/get_price_ladder",
    "register": "mm/pusher",
    "submit": "mm/place_order",
    "submit_many": "mm/place_batch_orders",
    "cancel": "mm/cancel_order",
    "cancel_many": "mm/cancel_batch_orders",
    "order": "mm/get_order",
}
_LEGACY: Mapping[str, str] = {
    "balance": "mm/get_balance",
    "markets": "v2/mm/get_markets",
    "multiple_markets": "v2/mm/get_multiple_markets",
    "ladder": "mm/get_odds_ladder",
    "register": "mm/pusher",
    "submit": "mm/place_wager",
    "submit_many": "mm/place_multiple_wagers",
    "cancel": "mm/cancel_wager",
    "cancel_many": "mm/cancel_multiple_wagers",
    "cancel_all": "mm/cancel_all_wagers",
    "cancel_event": "mm/cancel_wagers_by_event",
    "cancel_market": "mm/cancel_wagers_by_market",
    "order": "mm/get_wager",
    "history": "v2/mm/get_wager_histories",
    "matched_detail": "v2/mm/get_wager_matching_detail",
    "trades": "mm/get_matched_bets",
    "transactions": "v2/mm/get_transactions",
}
TABLE: Mapping[Spelling, Mapping[str, str]] = {Spelling.V4: {}, Spelling.SEED: _SEED, Spelling.LEGACY: _LEGACY}


def paths_for(spelling: Spelling, overrides: Mapping[str, str]) -> Paths:
    """The whole table of one spelling, with single paths put in its place. PathError names what cannot be used."""
    check(overrides, CALLS)
    changed = {**TABLE[spelling], **overrides}
    return msgspec.structs.replace(V4, **changed, old_words=frozenset(name for name in changed if _is_old(spelling, name, changed[name])))


def _is_old(spelling: Spelling, name: str, path: str) -> bool:
    """A path that the table knows speaks the words of its column; one that it does not know, those of the spelling around it."""
    if path == getattr(V4, name) or path == _SEED.get(name):
        return False
    return path == _LEGACY.get(name) or (spelling is Spelling.LEGACY and name in _LEGACY)
