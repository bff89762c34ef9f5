"""Fixtures, books and orders as JSON documents in v4 words, with the venue's own oddities.

Units on the wire: dollars with two decimals (whole ones without), American prices as integers, times as ns or ISO text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.practice.clock import SECOND
from app.practice.ladder import RUNG, win_of
from app.practice.model import Event, Fill, Level, Market, Order, Outcome, Strike, Tournament, Transaction
from app.practice.wire.names import Document

NIL = "<nil>"
"""What the venue prints for a text it does not have."""

GAME_MONEYLINE = "moneyline"
"""The sub_type of the one market whose level names embed the price."""


def dollars(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


def number(value: float) -> int | float:
    """A strike as the venue prints it: 2 and 2.5, never 2.0."""
    return int(value) if value == int(value) else value


def iso_seconds(at: int) -> str:
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ns(at: int) -> str:
    """RFC 3339 with nine decimals, as in `last_synced_at`."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%dT%H:%M:%S}.{at % SECOND:09d}Z"


def signed(value: float) -> str:
    return f"{number(value):+}"


# Fixtures


def tournament_document(tournament: Tournament) -> Document:
    """Some come without pictures and category id, some without a country code, as on the venue."""
    category: Document = {"name": tournament.category.name}
    if tournament.category.country_code:
        category["countryCode"] = tournament.category.country_code
    if tournament.category.id:
        category["id"] = tournament.category.id
    pictures = {"banner": NIL, "image": NIL} if tournament.category.id else {}
    return {
        **pictures,
        "category": category,
        "id": tournament.id,
        "name": tournament.name,
        "sport": {"id": tournament.sport.id, "name": tournament.sport.name},
        "updated_at": tournament.updated_at,
    }


def event_document(event: Event, tournament: Tournament | None) -> Document:
    document: Document = {
        "competitors": [_competitor(event, index) for index in range(len(event.competitors))],
        "display_name": event.name,
        "event_id": event.id,
        "live_disabled": False,
        "name": event.name,
        "scheduled": iso_seconds(event.scheduled),
        "sport_name": tournament.sport.name if tournament else "",
        "status": event.status.value,
        "tournament_id": event.tournament_id,
        "tournament_name": tournament.name if tournament else "",
        "updated_at": event.updated_at,
    }
    if event.sub_type is not None:
        document["sub_type"] = event.sub_type
        document["type"] = "custom"
    return document


def _competitor(event: Event, index: int) -> Document:
    competitor = event.competitors[index]
    document: Document = {
        "abbreviation": competitor.abbreviation,
        "display_name": competitor.name,
        "id": competitor.id,
        "name": competitor.name,
    }
    if competitor.country:
        document["country"] = competitor.country
    if competitor.side:
        document["side"] = competitor.side
    return document


# Books


def market_document(market: Market, books: Sequence[Sequence[Sequence[Level]]]) -> Document:
    """A market with `books[i]` being the levels of `market.strikes[i]`, per outcome, best first.

    Moneylines carry `selections`; spreads and totals carry `market_strikes`, whose children reuse the market's id.
    """
    document: Document = {
        "category_name": market.category,
        "id": market.id,
        "name": market.name,
        "status": market.status.value,
        "sub_type": market.sub_type,
        "total_filled_quantity": dollars(sum(strike.filled for strike in market.strikes)),
        "type": market.type,
        "updated_at": market.updated_at,
    }
    if market.group or market.sub_type not in ("moneyline", "spread", "total"):
        document["group_name"] = market.group or NIL
    if market.player_id:
        document["player_id"] = market.player_id
    total = _total(market, books)
    if total:  # the venue leaves it out where it is nothing, and on the strikes of a market
        document["total_quantity"] = dollars(total)
    pairs = list(zip(market.strikes, books, strict=True))
    if carries_strikes(market):
        document["market_strikes"] = [_strike_document(market, strike, book) for strike, book in pairs]
        return document
    document["strike"] = 0
    document["selections"] = selections(market, *pairs[0], adjusted=True)
    return document


def carries_strikes(market: Market) -> bool:
    return market.type in ("spread", "total")


def _strike_document(market: Market, strike: Strike, book: Sequence[Sequence[Level]]) -> Document:
    document: Document = {
        "category_name": "",
        "id": market.id,
        "name": strike.name,
        "selections": selections(market, strike, book, adjusted=True),
        "status": strike.status.value,
        "strike": number(strike.strike),
        "sub_type": market.sub_type,
        "total_filled_quantity": dollars(strike.filled),
        "type": market.type,
    }
    if strike.favourite:
        document["favourite"] = True
    return document


def _total(market: Market, books: Sequence[Sequence[Sequence[Level]]]) -> int:
    """Cents: what was matched and what the makers still risk."""
    risked = sum(win_of(RUNG[level.price], level.value) for book in books for levels in book for level in levels)
    return sum(strike.filled for strike in market.strikes) + risked


def selections(market: Market, strike: Strike, book: Sequence[Sequence[Level]], *, adjusted: bool = False) -> list[list[Document]]:
    """Per outcome its levels, best price for a taker first; an empty side is one placeholder that still names the strike id."""
    sides: list[list[Document]] = []
    for index, outcome in enumerate(strike.outcomes):
        base = _selection_base(market, outcome)
        levels = book[index] if index < len(book) else ()
        sides.append([_level(base, market, level, adjusted) for level in levels] or [{**base, **_PLACEHOLDER}])
    return sides


_PLACEHOLDER: Document = {"price": None, "quantity": 0, "value": 0, "updated_at": 0, "display_price": ""}


def _selection_base(market: Market, outcome: Outcome) -> Document:
    base: Document = {
        "display_name": outcome.name,
        "name": outcome.name,
        "outcome_id": outcome.outcome_id,
        "strike": number(outcome.strike),
        "strike_id": outcome.strike_id,
    }
    if outcome.competitor_id:
        base["competitor_id"] = outcome.competitor_id
    if market.type == "spread":
        base["display_strike"] = signed(outcome.strike)
    if market.type == "total":
        base["display_strike"] = str(number(outcome.strike))
    return base


def _level(base: Document, market: Market, level: Level, adjusted: bool) -> Document:
    shown = f"{level.price:+}"
    document: Document = {
        **base,
        "display_price": shown,
        "price": level.price,
        "quantity": dollars(level.quantity),
        "updated_at": level.updated_at,
        "value": dollars(level.value),
    }
    if market.sub_type == GAME_MONEYLINE:
        document["display_name"] = f"{base['name']} {shown}"
    if adjusted:
        document["adjusted_price"] = level.price
    return document


# Orders and what comes of them


def order_document(order: Order) -> Document:
    """The order of a reply (contract 1.5, v4.Order). `profit` is what it wins: matched parts as matched, the rest at its price."""
    return {
        **user_words(order),
        "order_id": order.id,
        "external_id": order.external_id,
        "user_id": order.user_id,
        "sport_event_id": order.event_id,
        "market_id": order.market_id,
        "outcome_id": order.outcome_id,
        "strike": number(order.strike),
        "strike_id": order.strike_id,
        "price": order.price,
        "quantity": dollars(order.quantity),
        "profit": dollars(order_profit(order)),
        "filled_quantity": dollars(order.filled),
        "open_quantity": dollars(order.open_quantity),
        "matching_status": order.matching.value,
        "status": order.status.value,
        "winning_status": order.winning.value,
    }


def user_words(order: Order) -> Document:
    """For whom a partner placed it; nothing for a trader's own order."""
    return {"external_user_id": order.external_user_id} if order.external_user_id else {}


def order_profit(order: Order) -> int:
    return order.win + win_of(RUNG[order.price], order.quantity - order.filled)


def order_record(order: Order) -> Document:
    """The order of a read: with its times and the quantity first asked for."""
    document: Document = {
        **order_document(order),
        "original_quantity": dollars(order.original_quantity),
        "created_at": iso_ns(order.created_at),
        "updated_at": iso_ns(order.updated_at),
    }
    if order.strategy:
        document["order_strategy"] = order.strategy
    if order.settled_at:
        document["settled_at"] = iso_ns(order.settled_at)
    return document


def trade_document(order: Order, fill: Fill) -> Document:
    """One fill as a row of trades or matched details. The venue's own field list is not public; these are what clients read."""
    return {
        "id": fill.id,
        "order_id": fill.order_id,
        "external_id": order.external_id,
        "sport_event_id": order.event_id,
        "market_id": order.market_id,
        "outcome_id": order.outcome_id,
        "strike": number(order.strike),
        "strike_id": order.strike_id,
        "price": fill.price,
        "quantity": dollars(fill.stake),
        "profit": dollars(fill.win),
        "status": order.status.value,
        "winning_status": order.winning.value,
        "matched_at": iso_ns(fill.matched_at),
    }


def transaction_document(transaction: Transaction) -> Document:
    return {
        "id": transaction.id,
        "transaction_type": transaction.kind,
        "amount": dollars(transaction.amount),
        "balance": dollars(transaction.balance),
        "order_id": transaction.order_id,
        "created_at": iso_ns(transaction.created_at),
    }
