"""The reading calls about fixtures and books: tournaments, sport events, markets, ladder, strikes, players (contract 1.3)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import msgspec

from app.practice.exchange import Exchange
from app.practice.model import Event, Market, RefusalError
from app.practice.wire.bodies import Call, query_id, query_ids, read_id
from app.practice.wire.names import MARKET_WORDS, Document, spell
from app.practice.wire.shapes import event_document, market_document, tournament_document

MOST_EVENTS = 50
MOST_STRIKES = 20
MOST_FOUND = 100
"""Markets one search gives back."""

_STRIKE_ID = re.compile(r"[0-9a-f]{32}")


class Catalogue:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def tournaments(self, call: Call) -> Document:
        found = self._exchange.tournaments()
        if call.query.get("has_active_events", "").lower() == "true":
            found = [each for each in found if self._exchange.has_active_events(each.id)]
        return {"data": {"tournaments": [tournament_document(each) for each in found]}}

    def sport_events(self, call: Call) -> Document:
        """By `tournament_id` or `event_ids`; null instead of an empty list, as the venue does."""
        if "event_ids" in call.query:
            known = (self._exchange.event(event_id) for event_id in self._event_ids(call))
            events = [event for event in known if event is not None]
        else:
            events = self._exchange.events(self._tournament_id(call))
        tournaments = {each.id: each for each in self._exchange.tournaments()}
        rows = [event_document(event, tournaments.get(event.tournament_id)) for event in events]
        return {"data": {"sport_events": rows or None}}

    def markets(self, call: Call) -> Document:
        event_id = query_id(call.query, "event_id", "market_invalid_event")
        if event_id is None:
            raise RefusalError("market_invalid_event")
        if self._exchange.event(event_id) is None:
            raise RefusalError("sport_event_not_found")
        return {"data": {"markets": self._markets_of(event_id, call)}}

    async def multiple_markets(self, call: Call) -> Document:
        """Markets keyed by event id; null for an id that is unknown or has none.

        Fifty events are 18 MB and a third of a second's work: between two of them the pushes have their turn.
        """
        data: dict[str, msgspec.Raw] = {}
        for event_id in self._event_ids(call):
            data[str(event_id)] = msgspec.Raw(msgspec.json.encode(self._markets_of(event_id, call)))
            await asyncio.sleep(0)
        return {"data": data}

    def price_ladder(self, call: Call) -> Document:
        return {"data": list(self._exchange.ladder)}

    def strikes(self, call: Call) -> Document:
        """Where each strike id belongs; ids that do not exist are left out."""
        ids = query_ids(call.query, "strike_ids", "invalid_strike_id")
        if len(ids) > MOST_STRIKES:
            raise RefusalError("invalid_param", "strike_ids")
        if any(_STRIKE_ID.fullmatch(each) is None for each in ids):
            raise RefusalError("strike_id_invalid")
        return {"data": [row for each in ids if (row := self._strike_row(each)) is not None]}

    def search_markets(self, call: Call) -> Document:
        """Markets whose name, kind or event contains every word of `keyword`, at most 100, without their books."""
        words = call.query.get("keyword", call.query.get("name", "")).lower().split()
        only_event = query_id(call.query, "event_id", "invalid_event_id")
        rows: list[Document] = []
        for event, market in self._all_markets():
            text = f"{event.name} {market.name} {market.sub_type}".lower()
            if only_event in (None, event.id) and all(word in text for word in words):
                rows.append(_found_market(event, market))
            if len(rows) == MOST_FOUND:
                break
        return {"data": {"markets": rows}}

    def players(self, call: Call) -> Document:
        return {"data": {"players": list(self._players().values())}}

    def player(self, call: Call) -> Document:
        player = self._players().get(read_id(call.path["id"], "invalid_competitor_id"))
        if player is None:
            raise RefusalError("data_not_found")
        return {"data": player}

    def _event_ids(self, call: Call) -> list[int]:
        ids = query_ids(call.query, "event_ids", "market_invalid_event")
        if len(ids) > MOST_EVENTS:
            raise RefusalError("market_event_limit_exceeded")
        return [read_id(each, "market_invalid_event") for each in ids]

    def _tournament_id(self, call: Call) -> int:
        tournament_id = query_id(call.query, "tournament_id", "invalid_param")
        if tournament_id is None:
            raise RefusalError("invalid_param", "tournament_id")
        return tournament_id

    def _markets_of(self, event_id: int, call: Call) -> list[Document] | None:
        markets = self._exchange.markets(event_id)
        if not markets:
            return None
        levels = self._exchange.levels
        rows = [market_document(each, [levels(strike) for strike in each.strikes]) for each in markets]
        return [spell(row, MARKET_WORDS, call.vocabulary) for row in rows]

    def _strike_row(self, strike_id: str) -> Document | None:
        found = self._exchange.find_strike(strike_id)
        if found is None:
            return None
        market, _, _ = found
        return {
            "event_id": market.event_id,
            "market_id": market.id,
            "strike_id": strike_id,
            "type": market.type,
            "sub_type": market.sub_type,
        }

    def _all_markets(self) -> Iterator[tuple[Event, Market]]:
        for tournament in self._exchange.tournaments():
            for event in self._exchange.events(tournament.id):
                for market in self._exchange.markets(event.id) or ():
                    yield event, market

    def _players(self) -> dict[int, Document]:
        """Players are known by their markets only; a market is called "<statistic> - <player>"."""
        players: dict[int, Document] = {}
        for event, market in self._all_markets():
            if market.player_id and market.player_id not in players:
                name = market.name.rpartition(" - ")[2]
                players[market.player_id] = {"id": market.player_id, "name": name, "event_id": event.id}
        return players


def _found_market(event: Event, market: Market) -> Document:
    return {
        "event_id": event.id,
        "event_name": event.name,
        "id": market.id,
        "name": market.name,
        "type": market.type,
        "sub_type": market.sub_type,
        "status": market.status.value,
        "player_id": market.player_id,
    }
