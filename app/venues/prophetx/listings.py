"""Pure readings of the lists that public sources describe only in part: players, found markets, strikes, trades, transactions.

Their fields are read loosely: what is left out or makes no sense is empty, and only a row without what names it is a fault.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from app.domain.account import Trade, Transaction
from app.domain.market import FoundMarket, Player, StrikePlace
from app.domain.money import cents
from app.venues.http import decoded
from app.venues.prophetx import codec, wire
from app.venues.prophetx.codec import Page

_PLAYERS = msgspec.json.Decoder(wire.PlayersBody)
_PLAYER_BODY = msgspec.json.Decoder(wire.PlayerBody)
_PLAYER = msgspec.json.Decoder(wire.WirePlayer)
_FOUND = msgspec.json.Decoder(wire.MarketsBody)
_FOUND_MARKET = msgspec.json.Decoder(wire.WireFoundMarket)
_STRIKES = msgspec.json.Decoder(wire.StrikesBody)
_STRIKE = msgspec.json.Decoder(wire.WireStrike)
_TRADES = msgspec.json.Decoder(wire.TradesBody)
_TRADE = msgspec.json.Decoder(wire.WireTrade)
_TRANSACTIONS = msgspec.json.Decoder(wire.TransactionsBody)
_TRANSACTION = msgspec.json.Decoder(wire.WireTransaction)


def read_players(body: bytes, faults: list[str] | None = None) -> list[Player]:
    return codec.each(decoded(body, _PLAYERS).data.players, _PLAYER, _player, "a player", faults)


def read_player(body: bytes) -> Player:
    return _player(decoded(body, _PLAYER_BODY).data)


def _player(row: wire.WirePlayer) -> Player:
    return Player(row.id, row.name or str(row.id), row.event_id)


def read_found_markets(body: bytes, faults: list[str] | None = None) -> list[FoundMarket]:
    return codec.each(decoded(body, _FOUND).data.markets, _FOUND_MARKET, _found_market, "a market that was found", faults)


def _found_market(row: wire.WireFoundMarket) -> FoundMarket:
    return FoundMarket(
        event_id=row.event_id,
        event_name=row.event_name or str(row.event_id),
        market_id=row.id,
        name=row.name or str(row.id),
        kind=row.type,
        sub_type=row.sub_type,
        status=row.status,
        player_id=row.player_id,
    )


def read_strikes(body: bytes, faults: list[str] | None = None) -> list[StrikePlace]:
    return codec.each(decoded(body, _STRIKES).data, _STRIKE, _strike, "a strike", faults)


def _strike(row: wire.WireStrike) -> StrikePlace:
    return StrikePlace(row.strike_id, row.event_id, row.market_id, row.type, row.sub_type)


def read_trades(body: bytes, faults: list[str] | None = None) -> Page[Trade]:
    told = decoded(body, _TRADES)
    rows = codec.each(told.data.trades, _TRADE, _trade, "a trade", faults)
    return Page(tuple(rows), told.data.next_cursor, codec.moment(told.last_synced_at))


def _trade(row: wire.WireTrade) -> Trade:
    return Trade(
        id=str(row.id),
        venue_order_id=row.order_id,
        odds=codec.maybe_odds(row.fill_price if row.fill_price is not None else row.price),
        stake=codec.maybe_money(row.quantity),
        profit=_signed(row.profit),
        status=row.status,
        winning=row.winning_status,
        strike=row.strike if row.strike is None or row.strike.is_finite() else None,
        matched_at=codec.moment(row.matched_at),
    )


def read_transactions(body: bytes, faults: list[str] | None = None) -> Page[Transaction]:
    told = decoded(body, _TRANSACTIONS)
    rows = codec.each(told.data.transactions, _TRANSACTION, _transaction, "a transaction", faults)
    return Page(tuple(rows), told.data.next_cursor, codec.moment(told.last_synced_at))


def _transaction(row: wire.WireTransaction) -> Transaction:
    return Transaction(
        id=str(row.id),
        kind=row.transaction_type,
        amount=_signed(row.amount),
        balance=_signed(row.balance),
        venue_order_id=row.order_id,
        trade_id="" if row.trade_id is None else str(row.trade_id),
        at=codec.moment(row.created_at),
    )


def _signed(value: Decimal | None) -> Decimal | None:
    """An amount that may be below nothing; None where it is none."""
    try:
        return cents(value) if value is not None else None
    except ValueError:
        return None
