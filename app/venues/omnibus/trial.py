"""Test connection: each request of the table once, with what came of it in words. Nothing is ordered, cancelled or subscribed.

What reads is asked for something that is there; what writes is sent what can do nothing, and never to a path that may be another's.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from app.domain.link import Probe, Verdict
from app.domain.order import HistoryQuery
from app.venues import probing
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.names import B2B, Paths
from app.venues.omnibus.venue import Omnibus
from app.venues.probing import NOBODYS, NONE_SUCH, Touch, asked, count, touched, verdict_of

RECENT: Final = timedelta(days=1)
WRITING: Final = ("orders", "cancel", "submit_many", "cancel_many", "register", "keys")
NEVER_SENT: Final = {"keys": "it registers a public key, with the partner's own token"}
BATCHES: Final = {"submit_many": "orders are placed one by one", "cancel_many": "orders are cancelled one by one"}


class _Seen(msgspec.Struct):
    """What earlier answers named, for later requests to ask about; nothing is asked about what no answer named."""

    tournament_id: int | None = None
    event_ids: list[int] = []


async def probes(venue: Omnibus, clock: Callable[[], float] = time.monotonic, now: Callable[[], float] = time.time) -> AsyncIterator[Probe]:
    """One after the other, through the venue's own budget. `clock` is monotonic, `now` Unix seconds."""
    for name, path, ask in _Trial(venue, now).steps():
        started = clock()
        verdict, words = await verdict_of(ask, path)
        yield Probe(name, path, verdict, words, clock() - started)
    for touch in touches(Calls(venue.paths, venue.fields), has_batches=venue.has_batches):
        started = clock()
        verdict, words = await touched(venue, touch, misnamed(venue.paths, touch.name))
        yield Probe(touch.name, touch.call.path, verdict, words, clock() - started)
    for name, why in {**({} if venue.has_batches else BATCHES), **NEVER_SENT}.items():
        yield Probe(name, getattr(venue.paths, name), Verdict.NOT_TRIED, f"not tried: {why}", 0.0)


def touches(calls: Calls, *, has_batches: bool) -> list[Touch]:
    """What is sent to the paths that write. A cancel is never empty: that may be taken for one of everything."""
    together = [
        Touch("submit_many", calls.submit_many(()), "a list without orders"),
        Touch("cancel_many", calls.cancel_many([NOBODYS]), "a list with a cancel of an order that nobody has"),
    ]
    return [
        Touch("register", calls.register_nothing(NONE_SUCH), "a socket that cannot be"),
        Touch("orders", calls.submit_nothing(), "an order with nothing in it"),
        Touch("cancel", calls.cancel(NOBODYS), "a cancel of an order that nobody has"),
        *(together if has_batches else []),
    ]


def misnamed(paths: Paths, name: str) -> str:
    """Why nothing may be sent to this call's path, because it may be another's; empty where nothing speaks against it."""
    return probing.misnamed(getattr(paths, name), name, _names(paths))


def _names(paths: Paths) -> Iterator[tuple[str, str]]:
    for table in (B2B, paths):
        for name in WRITING:
            yield name, getattr(table, name)


class _Trial:
    def __init__(self, venue: Omnibus, now: Callable[[], float]) -> None:
        self._venue = venue
        self._since = datetime.fromtimestamp(now(), UTC) - RECENT
        self._seen = _Seen()

    def steps(self) -> list[tuple[str, str, Callable[[], Awaitable[str]]]]:
        """Name, path, and what asks: it returns what was found, in words."""
        paths = self._venue.paths
        together = [("multiple_markets", paths.markets, self._many_markets)] if self._venue.has_many_events else []
        return [
            ("balance", paths.balance, self._balance),
            ("config", paths.config, self._config),
            ("tournaments", paths.tournaments, self._tournaments),
            ("events", paths.events, self._events),
            ("markets", paths.markets, self._markets),
            *together,
            ("history", paths.orders, self._history),
        ]

    async def _balance(self) -> str:
        await self._venue.balance()
        return "the balance was read"

    async def _config(self) -> str:
        await self._venue.config()
        return "it names a stream of the venue's own"

    async def _tournaments(self) -> str:
        found = await self._venue.tournaments()
        self._seen.tournament_id = found[0].id if found else None
        return count(len(found), "tournament")

    async def _events(self) -> str:
        found = await self._venue.events(asked(self._seen.tournament_id, "no tournament was listed"))
        self._seen.event_ids = [event.id for event in found[:2]]
        return count(len(found), "event")

    async def _markets(self) -> str:
        seeded = await self._venue.markets(asked(next(iter(self._seen.event_ids), None), "no event was listed"))
        return count(len(seeded.books), "book")

    async def _many_markets(self) -> str:
        asked(len(self._seen.event_ids), "no event was listed")
        found = await self._venue.multiple_markets(self._seen.event_ids)
        return count(sum(len(seeded.books) for seeded in found), "book")

    async def _history(self) -> str:
        page = await self._venue.history_page(HistoryQuery(self._since))
        return count(len(page.reports), "order") + " of the last day"
