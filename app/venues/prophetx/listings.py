"""Pure readings of the lists that public sources describe only in part: players, found markets, strikes, trades, transactions.

Their fields are read loosely: what is left out or makes no sense is empty, and only a row without what names it is a fault.
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.account import Trade, Transaction
from app.domain.events import FeedFault
from app.domain.market import FoundMarket, Player, StrikePlace
from app.domain.money import cents
from app.venues.prophetx import places, wire
from app.venues.prophetx.codec import cursor_of, each
from app.venues.prophetx.spelling import Reader
from app.venues.prophetx.values import maybe_money, maybe_odds, moment, text_of
from app.venues.record import Page

_PLAYERS = Reader(wire.PlayersBody, places.PLAYERS)
_PLAYER_BODY = Reader(wire.PlayerBody, places.PLAYER_BODY)
_PLAYER = Reader(wire.WirePlayer, places.PLAYER)
_FOUND = Reader(wire.MarketsBody, places.MARKETS)
_FOUND_MARKET = Reader(wire.WireFoundMarket, places.FOUND)
_STRIKES = Reader(wire.StrikesBody, places.STRIKES)
_STRIKE = Reader(wire.WireStrike, places.STRIKE)
_TRADES = Reader(wire.TradesBody, places.TRADES)
_TRADE = Reader(wire.WireTrade, places.TRADE)
_TRANSACTIONS = Reader(wire.TransactionsBody, places.TRANSACTIONS)
_TRANSACTION = Reader(wire.WireTransaction, places.TRANSACTION)


def read_players(body: bytes, faults: list[FeedFault] | None = None) -> list[Player]:
    return each(_PLAYERS.body(body).data.players, _PLAYER, _player, "a player", faults)


def read_player(body: bytes) -> Player:
    return _player(_PLAYER_BODY.body(body).data)


def _player(row: wire.WirePlayer) -> Player:
    return Player(row.id, text_of(row.name) or str(row.id), row.event_id or 0)


def read_found_markets(body: bytes, faults: list[FeedFault] | None = None) -> list[FoundMarket]:
    return each(_FOUND.body(body).data.markets, _FOUND_MARKET, _found_market, "a market that was found", faults)


def _found_market(row: wire.WireFoundMarket) -> FoundMarket:
    return FoundMarket(
        event_id=row.event_id,
        event_name=text_of(row.event_name) or str(row.event_id),
        market_id=row.id,
        name=text_of(row.name) or str(row.id),
        kind=row.type,
        sub_type=row.sub_type,
        status=row.status,
        player_id=row.player_id,
    )


def read_strikes(body: bytes, faults: list[FeedFault] | None = None) -> list[StrikePlace]:
    return each(_STRIKES.body(body).data, _STRIKE, _strike, "a strike", faults)


def _strike(row: wire.WireStrike) -> StrikePlace:
    return StrikePlace(row.strike_id, row.event_id, row.market_id, row.type, row.sub_type)


def read_trades(body: bytes, faults: list[FeedFault] | None = None) -> Page[Trade]:
    told = _TRADES.body(body)
    rows = tuple(each(told.data.trades, _TRADE, _trade, "a trade", faults))
    return Page(rows, cursor_of(told.data.next_cursor), moment(told.last_synced_at), unread=len(told.data.trades or ()) - len(rows))


def _trade(row: wire.WireTrade) -> Trade:
    return Trade(
        id=str(row.id),
        venue_order_id=row.order_id,
        odds=maybe_odds(row.fill_price if row.fill_price is not None else row.price),
        stake=maybe_money(row.quantity),
        profit=_signed(row.profit),
        status=row.status,
        winning=row.winning_status,
        strike=row.strike if row.strike is None or row.strike.is_finite() else None,
        matched_at=moment(row.matched_at),
    )


def read_transactions(body: bytes, faults: list[FeedFault] | None = None) -> Page[Transaction]:
    told = _TRANSACTIONS.body(body)
    rows = tuple(each(told.data.transactions, _TRANSACTION, _transaction, "a transaction", faults))
    unread = len(told.data.transactions or ()) - len(rows)
    return Page(rows, cursor_of(told.data.next_cursor), moment(told.last_synced_at), unread=unread)


def _transaction(row: wire.WireTransaction) -> Transaction:
    return Transaction(
        id=str(row.id),
        kind=row.transaction_type,
        amount=_signed(row.amount),
        balance=_signed(row.balance),
        venue_order_id=row.order_id or "",
        trade_id="" if row.trade_id is None else str(row.trade_id),
        at=moment(row.created_at),
    )


def _signed(value: Decimal | None) -> Decimal | None:
    """An amount that may be below nothing; None where it is none."""
    try:
        return cents(value) if value is not None else None
    except ValueError:
        return None
