"""Rankacy's feed as a venue that is only read: each method one request with the partner's key, answered in values.

Errors: RefusedError, NotSentError, UnknownError as `venues.http.accepted` sorts them; UnreadableError for an answer of the wrong shape.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from app.domain.cs2 import Match, MatchDetail, OddsHistory, OddsKey, Season, StreamPlace, Upcoming
from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.feed import Changes, FeedMarket, MatchOdds, Page, Partner, Standings
from app.domain.hook_faults import HookFaults
from app.domain.link import Rank
from app.domain.secret import Secret
from app.domain.typed import is_one_word
from app.domain.webhook import Listed, NewSubscription
from app.venues.call import Call
from app.venues.gate import NOT_CONNECTED, Gate, Gated
from app.venues.hosts import Address, HostError
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.meter import Meter
from app.venues.rankacy.calls import MOST_CHANGES, MOST_ROWS, Calls
from app.venues.rankacy.clock import earlier
from app.venues.rankacy.codec import read_markets, read_ping, read_seasons, read_standings
from app.venues.rankacy.matches import read_match, read_matches, read_upcoming
from app.venues.rankacy.names import FEED, Paths
from app.venues.rankacy.prices import read_changes, read_history, read_odds
from app.venues.rankacy.stream import read_stream
from app.venues.rankacy.teams import Teams
from app.venues.rankacy.webhooks import read_faults, read_registered, read_webhooks
from app.venues.shares import Budgets

Value = TypeVar("Value")

LARGE: Final = 256 * 1024  # bytes of an answer that is read beside the loop: a history of an evening takes a second


class Keys(msgspec.Struct, frozen=True):
    """The partner's key of one environment."""

    environment: Environment
    api_key: Secret


class Rankacy(Gated):
    """Reads, and keeps the partner's webhooks. There is nothing to place an order with.

    A FeedVenue (`services.feed.ports`). An id that nobody knows is a RefusedError of 404; 5xx is an UnknownError with its status, which for
    something that only reads means: ask again. An answer about something else than was asked for is an UnreadableError.
    """

    def __init__(
        self,
        *,
        paths: Paths = FEED,
        clock: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Http] = Http,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        budgets: Budgets | None = None,
    ) -> None:
        self.paths = paths
        self._calls = Calls(paths)
        self._clock = clock
        self._connect = connect
        self._api_key = Secret()
        self._environment = Environment.PRACTICE
        self._teams = Teams()
        self.budget = Budget(clock, sleep)
        self._budgets = budgets
        self.meter = Meter(clock)

    @property
    def environment(self) -> Environment:
        return self._environment

    async def point(self, address: Address, keys: Keys) -> None:
        """Use this account at this address from now on. HostError when the key belongs to another environment: it is never sent there."""
        if keys.environment is not address.environment:
            raise HostError(f"This is a key for {keys.environment}, and the address is {address.environment}'s")
        await self.close()
        http = self._connect(address.base_url + "/")
        if self._budgets:
            self.budget = self._budgets.of(address, keys.api_key)
        self._gate = Gate(http, self.budget, self.meter, self._clock, self._calls.name_of)
        self._api_key, self._environment = keys.api_key, keys.environment
        self._teams.forget()

    async def ping(self) -> Partner:
        """Whether the key is known, and whose it is."""
        return read_ping(await self._ask(self._calls.ping()))

    async def markets(self) -> list[FeedMarket]:
        return read_markets(await self._ask(self._calls.markets()))

    async def seasons(self) -> Page[Season]:
        return read_seasons(await self._ask(self._calls.seasons()))

    async def matches(
        self,
        *,
        status: str = "",
        season_id: int | None = None,
        updated_since: datetime | None = None,
        limit: int = MOST_ROWS,
        offset: int = 0,
        rank: Rank = Rank.ROUTINE,
    ) -> Page[Match]:
        """`updated_since` is aware."""
        page = read_matches(await self._ask(self._calls.matches(status, season_id, updated_since, limit, offset, rank)))
        self._teams.note(page.rows)
        return page

    async def upcoming(
        self, *, season_id: int | None = None, limit: int = MOST_ROWS, offset: int = 0, rank: Rank = Rank.ROUTINE
    ) -> Page[Upcoming]:
        return read_upcoming(await self._ask(self._calls.upcoming(season_id, limit, offset, rank)))

    async def match(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchDetail:
        body = await self._ask(self._calls.match(match_id, rank))
        detail = await _aside(body, lambda: read_match(body, match_id))
        self._teams.note([detail.match])
        return detail

    async def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchOdds:
        return read_odds(await self._ask(self._calls.odds(match_id, rank)), match_id, self._teams.of)

    async def history(self, key: OddsKey, rank: Rank = Rank.SCREEN) -> OddsHistory:
        """Of a match's ROUND or NEXT_ROUND with the round that `key` names; the feed refuses (422) a key without one."""
        body = await self._ask(self._calls.history(key, rank))
        return await _aside(body, lambda: read_history(body, key))

    async def changes(self, since: str = "", limit: int = MOST_CHANGES, overlap: float = 0.0) -> Changes:
        """`since`: the last answer's `server_time` as it was told, empty on the first call; `overlap` seconds before it are asked again."""
        body = await self._ask(self._calls.changes(earlier(since, overlap), limit))
        return await _aside(body, lambda: read_changes(body, limit, self._teams.of))

    async def standings(self, season_id: int) -> Standings:
        return read_standings(await self._ask(self._calls.standings(season_id)), season_id)

    async def stream(self) -> StreamPlace:
        """UnreadableError unless it is Twitch's own player, or, in practice, this computer."""
        return read_stream(await self._ask(self._calls.stream()), is_practice=self._environment is Environment.PRACTICE)

    # Webhooks (`services.hooks.ports.HookVenue`)

    async def webhooks(self) -> Listed:
        return read_webhooks(await self._ask(self._calls.webhooks()))

    async def register(self, event: str, target_url: str) -> NewSubscription:
        """Sent once, never again: after an UnknownError it may exist."""
        return read_registered(await self._ask(self._calls.register(event, target_url)), event, target_url)

    async def unregister(self, webhook_id: int) -> None:
        """RefusedError of 404 where it is not there, or another partner's."""
        await self._ask(self._calls.unregister(webhook_id))

    async def switch_faults(self, faults: HookFaults | None = None) -> HookFaults:
        """What the practice exchange does to deliveries, after these were switched; NotSentError at any other."""
        if self._environment is not Environment.PRACTICE:
            raise NotSentError("Only the practice exchange has such switches")
        return read_faults(await self._ask(self._calls.faults(faults)))

    async def _ask(self, call: Call) -> bytes:
        if self._gate is None:
            raise NotSentError(NOT_CONNECTED)
        key = self._api_key.reveal()
        if not is_one_word(key):  # the client that is told to send it would quote it in its objection
            raise NotSentError("This is no API key: it is one long word of letters, digits and signs, without spaces")
        turn = await self._gate.wait(call)
        return (await self._gate.send(call, turn, {"X-API-Key": key})).body


async def _aside(body: bytes, read: Callable[[], Value]) -> Value:
    """What `read` makes of an answer; a large one is read in a worker thread, so that the window does not stand still."""
    return read() if len(body) <= LARGE else await asyncio.to_thread(read)
