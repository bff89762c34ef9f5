"""The spellings of the wire: which field of today's API was called what before, and which of them an answer carries."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Document = dict[str, Any]
"""A JSON object on its way in or out."""


class Vocabulary(StrEnum):
    """The words of one path (contract 1.1). SEED is V4 with an order's `id` beside its `order_id`; BOTH carries every word."""

    V4 = "v4"
    SEED = "seed"
    LEGACY = "legacy"
    BOTH = "both"


MARKET_WORDS: Mapping[str, str] = {
    "market_strikes": "market_lines",
    "strike": "line",
    "strike_id": "line_id",
    "price": "odds",
    "adjusted_price": "adjusted_odds",
    "quantity": "stake",
    "display_price": "display_odds",
    "display_strike": "display_line",
    "total_quantity": "total_stake",
    "total_filled_quantity": "total_matched_stake",
    "fill_price": "matched_odds",
    "filled_quantity": "matched_stake",
    "origin_market_strike": "origin_market_line",
}

ORDER_WORDS: Mapping[str, str] = {
    "order_id": "id",
    "price": "odds",
    "quantity": "stake",
    "original_quantity": "original_stake",
    "strike_id": "line_id",
    "strike": "line",
    "filled_quantity": "matched_stake",
    "total_filled_quantity": "total_matched_stake",
    "open_quantity": "unmatched_stake",
    "fill_price": "matched_odds",
    "order_strategy": "wager_strategy",
}

# A trade or a statement line has an id of its own, so the order's cannot be called `id` there.
TRADE_WORDS: Mapping[str, str] = {**ORDER_WORDS, "order_id": "wager_id"}

BALANCE_WORDS: Mapping[str, str] = {
    "matched_order_balance": "matched_wager_balance",
    "unmatched_order_balance": "unmatched_wager_balance",
    "unmatched_order_balance_status": "unmatched_wager_balance_status",
    "unmatched_order_last_synced_at": "unmatched_wager_last_synced_at",
}

FRAME_WORDS: Mapping[str, str] = {
    "order": "wager",
    "orders": "wagers",
    "succeed_orders": "succeed_wagers",
    "failed_orders": "failed_wagers",
    "trades": "matched_bets",
    "market_strike": "market_line",
    "matched_order": "matched_bet",
}
"""Names around the fields: wrappers, lists, kinds of pushes."""

WINNING_WORDS: Mapping[str, str] = {"profit": "won", "loss": "lost"}

TRANSACTION_WORDS: Mapping[str, str] = {"TRADE": "BET"}


def frame_word(word: str, vocabulary: Vocabulary) -> str:
    """A wrapper's or push's name; a path or socket that carries both vocabularies belongs to the older clients."""
    if vocabulary in (Vocabulary.V4, Vocabulary.SEED):
        return word
    return FRAME_WORDS.get(word, word)


def spell(document: Any, words: Mapping[str, str], vocabulary: Vocabulary) -> Any:
    """`document` (objects, lists, values, in v4 words) in the words of `vocabulary`; v4 documents come back as they are."""
    if vocabulary in (Vocabulary.V4, Vocabulary.SEED):
        return document
    return _rename(document, words, keep=vocabulary is Vocabulary.BOTH)


def _rename(value: Any, words: Mapping[str, str], *, keep: bool) -> Any:
    if isinstance(value, list):
        return [_rename(item, words, keep=keep) for item in value]
    if not isinstance(value, dict):
        return value
    renamed: Document = {}
    for key, item in value.items():
        inner = _rename(item, words, keep=keep)
        if keep:
            renamed[key] = inner
        renamed[words.get(key, key)] = inner
    return renamed


def spell_order(order: Document, vocabulary: Vocabulary) -> Document:
    """An order's fields as its path says them: the seed's carry `id` too, the legacy ones say won and lost."""
    if vocabulary is Vocabulary.V4:
        return order
    if vocabulary is Vocabulary.SEED:
        return {"id": order["order_id"], **order}
    return _with_old_result(spell(order, ORDER_WORDS, vocabulary))


def spell_trade(trade: Document, vocabulary: Vocabulary) -> Document:
    if vocabulary in (Vocabulary.V4, Vocabulary.SEED):
        return trade
    return _with_old_result(spell(trade, TRADE_WORDS, vocabulary))


def _with_old_result(document: Document) -> Document:
    result = document.get("winning_status")
    return document if result is None else {**document, "winning_status": WINNING_WORDS.get(result, result)}


def read_word(fields: Mapping[str, Any], word: str, vocabulary: Vocabulary) -> Any:
    """What a request says for the v4 field `word`: legacy paths take the old name only, the others the new one; None if absent."""
    old = TRADE_WORDS.get(word, word)
    if vocabulary is Vocabulary.LEGACY:
        return fields.get(old)
    if vocabulary is Vocabulary.BOTH:
        return fields.get(word, fields.get(old))
    return fields.get(word)
