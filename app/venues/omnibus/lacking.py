"""What a trading venue may be asked and the B2B Omnibus API has no call for: refused in words before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from app.domain.account import TradesPage, TransactionsPage
from app.domain.errors import RefusedError
from app.domain.market import FoundMarket, Player, StrikePlace
from app.domain.odds import Odds


class Lacking:
    """Each of these raises RefusedError; `offers` of the venue says that they are not there."""

    async def cancel_all(self) -> None:
        _has_no("call that cancels everything: orders are cancelled by their ids")

    async def cancel_event(self, _event_id: int) -> None:
        _has_no("call that cancels an event's orders: they are cancelled by their ids")

    async def cancel_market(self, _event_id: int, _market_id: int) -> None:
        _has_no("call that cancels a market's orders: they are cancelled by their ids")

    async def search_markets(self, _words: str) -> list[FoundMarket]:
        _has_no("search")

    async def players(self) -> list[Player]:
        _has_no("list of players")

    async def player(self, _player_id: int) -> Player:
        _has_no("list of players")

    async def strikes(self, _selection_ids: Sequence[str]) -> list[StrikePlace]:
        _has_no("call that says what a selection belongs to")

    async def trades(self, _since: datetime, _cursor: str = "") -> TradesPage:
        _has_no("list of trades")

    async def transactions(self, _kind: str = "", _cursor: str = "") -> TransactionsPage:
        _has_no("list of transactions")

    async def matches(self, _venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        _has_no("list of what an order matched at")


def _has_no(what: str) -> NoReturn:
    raise RefusedError(f"The B2B API has no {what}", code="not_offered")
