"""Test connection: each request of the table once, with what came of it in words. Nothing is ordered, cancelled or subscribed.

What reads is asked for something that is there; what writes is sent what can do nothing (`harmless`).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from app.domain.account import TradesPage, TransactionsPage
from app.domain.events import MarketsSeeded
from app.domain.link import Probe, Verdict
from app.domain.market import Event, FoundMarket, Player, StrikePlace, Tournament
from app.domain.order import HistoryPage, HistoryQuery
from app.venues.http import Reply
from app.venues.probing import asked, count, touched, verdict_of
from app.venues.prophetx.calls import Call, Calls
from app.venues.prophetx.harmless import NEVER_SENT, misnamed, touches
from app.venues.prophetx.names import Paths

NOBODY = "0"  # an order's id that no order has: the answer is empty, or says so
RECENT = timedelta(days=1)


class Readable(Protocol):
    """What of a venue is tried."""

    paths: Paths

    async def touch(self, call: Call, *, is_open: bool = False) -> Reply: ...
    async def log_in(self) -> None: ...
    async def config(self) -> object: ...
    async def tournaments(self) -> list[Tournament]: ...
    async def events(self, tournament_id: int) -> list[Event]: ...
    async def markets(self, event_id: int) -> MarketsSeeded: ...
    async def multiple_markets(self, event_ids: list[int]) -> list[MarketsSeeded]: ...
    async def ladder(self) -> object: ...
    async def strikes(self, selection_ids: list[str]) -> list[StrikePlace]: ...
    async def search_markets(self, words: str) -> list[FoundMarket]: ...
    async def players(self) -> list[Player]: ...
    async def player(self, player_id: int) -> Player: ...
    async def balance(self) -> object: ...
    async def history_page(self, query: HistoryQuery) -> HistoryPage: ...
    async def order(self, venue_order_id: str) -> object: ...
    async def matches(self, venue_order_ids: list[str]) -> object: ...
    async def trades(self, since: datetime) -> TradesPage: ...
    async def transactions(self) -> TransactionsPage: ...


class _Seen(msgspec.Struct):
    """What earlier answers named, for later requests to ask about; nothing is asked about what no answer named."""

    tournament_id: int | None = None
    event_id: int | None = None
    selection_id: str = ""
    player_id: int | None = None
    order_id: str = ""


async def probes(
    venue: Readable, clock: Callable[[], float] = time.monotonic, now: Callable[[], float] = time.time
) -> AsyncIterator[Probe]:
    """One after the other, through the venue's own budget; after a failed login nothing else. `clock` is monotonic, `now` Unix seconds."""
    for name, path, ask in _Trial(venue, now).steps():
        started = clock()
        verdict, words = await verdict_of(ask, path)
        yield Probe(name, path, verdict, words, clock() - started)
        if name == "login" and verdict is not Verdict.GOOD:
            return
    async for probe in _writing(venue, clock):
        yield probe


async def _writing(venue: Readable, clock: Callable[[], float]) -> AsyncIterator[Probe]:
    for touch in touches(Calls(venue.paths)):
        started = clock()
        verdict, words = await touched(venue, touch, misnamed(venue.paths, touch.name))
        yield Probe(touch.name, touch.call.path, verdict, words, clock() - started)
    for name, why in NEVER_SENT.items():
        yield Probe(name, getattr(venue.paths, name), Verdict.NOT_TRIED, f"not tried: {why}", 0.0)


class _Trial:
    def __init__(self, venue: Readable, now: Callable[[], float]) -> None:
        self._venue = venue
        self._since = datetime.fromtimestamp(now(), UTC) - RECENT
        self._seen = _Seen()

    def steps(self) -> list[tuple[str, str, Callable[[], Awaitable[str]]]]:
        """Name, path, and what asks: it returns what was found, in words."""
        paths = self._venue.paths
        return [
            ("login", paths.login, self._log_in),
            ("config", paths.config, self._config),
            ("tournaments", paths.tournaments, self._tournaments),
            ("events", paths.events, self._events),
            ("markets", paths.markets, self._markets),
            ("multiple_markets", paths.multiple_markets, self._multiple_markets),
            ("ladder", paths.ladder, self._ladder),
            ("strikes", paths.strikes, self._strikes),
            ("search_markets", paths.search_markets, self._search),
            ("players", paths.players, self._players),
            ("player", f"{paths.players}/{{id}}", self._player),
            ("balance", paths.balance, self._balance),
            ("history", paths.history, self._history),
            ("order", paths.order, self._order),
            ("matched_detail", paths.matched_detail, self._matches),
            ("trades", paths.trades, self._trades),
            ("transactions", paths.transactions, self._transactions),
        ]

    async def _log_in(self) -> str:
        await self._venue.log_in()
        return "logged in"

    async def _config(self) -> str:
        await self._venue.config()
        return "it names a stream of the venue's own"

    async def _tournaments(self) -> str:
        found = await self._venue.tournaments()
        self._seen.tournament_id = found[0].id if found else None
        return count(len(found), "tournament")

    async def _events(self) -> str:
        found = await self._venue.events(asked(self._seen.tournament_id, "no tournament was listed"))
        self._seen.event_id = found[0].id if found else None
        return count(len(found), "event")

    async def _markets(self) -> str:
        seeded = await self._venue.markets(asked(self._seen.event_id, "no event was listed"))
        ids = [selection.id for group in seeded.groups for market in group.markets for selection in market.selections]
        self._seen.selection_id = ids[0] if ids else ""
        return count(len(seeded.books), "book")

    async def _multiple_markets(self) -> str:
        found = await self._venue.multiple_markets([asked(self._seen.event_id, "no event was listed")])
        return count(sum(len(seeded.books) for seeded in found), "book")

    async def _ladder(self) -> str:
        await self._venue.ladder()
        return "the allowed prices were read"

    async def _strikes(self) -> str:
        return count(len(await self._venue.strikes([asked(self._seen.selection_id, "no selection was seen")])), "strike")

    async def _search(self) -> str:
        return count(len(await self._venue.search_markets("moneyline")), "market")

    async def _players(self) -> str:
        found = await self._venue.players()
        self._seen.player_id = found[0].id if found else None
        return count(len(found), "player")

    async def _player(self) -> str:
        player = await self._venue.player(asked(self._seen.player_id, "no player was listed"))
        return f"{player.name} was read"

    async def _balance(self) -> str:
        await self._venue.balance()
        return "the balance was read"

    async def _history(self) -> str:
        page = await self._venue.history_page(HistoryQuery(self._since))
        self._seen.order_id = page.reports[0].venue_order_id if page.reports else ""
        return count(len(page.reports), "order") + " of the last day"

    async def _order(self) -> str:
        await self._venue.order(asked(self._seen.order_id, "there is no order of the last day"))
        return "an order was read"

    async def _matches(self) -> str:
        await self._venue.matches([self._seen.order_id or NOBODY])
        return "what it matched at was read" if self._seen.order_id else "it answers; there is no order of the last day"

    async def _trades(self) -> str:
        return count(len((await self._venue.trades(self._since)).rows), "trade") + " of the last day"

    async def _transactions(self) -> str:
        return count(len((await self._venue.transactions()).rows), "transaction")
