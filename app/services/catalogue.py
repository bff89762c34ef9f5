"""What can be traded, as far as it has been read: tournaments, their events, and the markets of the events looked at."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from app.domain.errors import VenueError
from app.domain.events import EventChanged, EventUnlisted, MarketsSeeded, MarketStatusChanged, TournamentChanged, VenueEvent
from app.domain.market import Event, Market, MarketGroup, MarketKey, Tournament
from app.services.ports import Signal, TradingVenue


class Loading(StrEnum):
    """How far a tournament's events have been read."""

    NOT_READ = "not read"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class Catalogue:
    """Folds what is listed. Views read the dicts; `changed` tells that the tree differs, `markets_changed` that markets do."""

    def __init__(self, venue: TradingVenue) -> None:
        self._venue = venue
        self.tournaments: dict[int, Tournament] = {}
        self.events: dict[int, Event] = {}
        self.groups: dict[int, tuple[MarketGroup, ...]] = {}
        self.loading: dict[int, Loading] = {}
        self.changed = Signal()
        self.markets_changed = Signal()
        self._markets: dict[MarketKey, Market] = {}
        self._by_tournament: dict[int, list[int]] = {}

    # Reading from the venue

    async def read_tournaments(self) -> None:
        for tournament in await self._venue.tournaments():
            self.tournaments[tournament.id] = tournament
            self.loading.setdefault(tournament.id, Loading.NOT_READ)
        self.changed()

    async def read_events(self, tournament_id: int) -> None:
        """Read a tournament's events, unless somebody else is at it. VenueError passes through; the tree shows that it failed."""
        if self.loading.get(tournament_id) is Loading.READING:
            return
        self.loading[tournament_id] = Loading.READING
        self.changed()
        try:
            events = await self._venue.events(tournament_id)
        except VenueError:
            self.loading[tournament_id] = Loading.FAILED
            self.changed()
            raise
        self.loading[tournament_id] = Loading.READ
        for gone in set(self._by_tournament.get(tournament_id, ())) - {event.id for event in events}:
            self._forget(gone)
        for event in events:
            self._remember(event)
        self.changed()

    async def read_all_events(self) -> None:
        """Read every tournament not yet read, one after the other (the venue allows one such request a second)."""
        for tournament_id in list(self.tournaments):
            if self.loading.get(tournament_id) in {Loading.NOT_READ, Loading.FAILED}:
                await self.read_events(tournament_id)

    def forget_reading(self) -> None:
        """Everything is to be read again; what is known stays until then."""
        for tournament_id in self.loading:
            self.loading[tournament_id] = Loading.NOT_READ

    # What the stream and the seeds say

    def apply(self, event: VenueEvent) -> None:
        match event:
            case EventChanged(event=changed):
                self._remember(changed)
                self.changed()
            case EventUnlisted(event_id=event_id):
                self._forget(event_id)
                self.changed()
            case TournamentChanged(tournament=tournament):
                self.tournaments[tournament.id] = tournament
                self.loading.setdefault(tournament.id, Loading.NOT_READ)
                self.changed()
            case MarketStatusChanged():
                self._restate(event)
            case MarketsSeeded(event_id=event_id, groups=groups):
                self._keep_groups(event_id, groups)
            case _:
                return

    # Asking

    def market(self, key: MarketKey) -> Market | None:
        return self._markets.get(key)

    def events_of(self, tournament_id: int) -> list[Event]:
        """A tournament's events, soonest first; one without a start stands last."""
        events = [self.events[event_id] for event_id in self._by_tournament.get(tournament_id, ())]
        return sorted(events, key=lambda event: (event.scheduled is None, event.scheduled, event.id))

    def sub_types(self, event_id: int) -> frozenset[tuple[int, str]]:
        """The sub-market channels of an event: player markets travel on channels of their own."""
        groups = self.groups.get(event_id, ())
        return frozenset((event_id, group.sub_type) for group in groups if group.is_prop and group.sub_type)

    def names(self, key: MarketKey, selection_id: str) -> tuple[str, str, str]:
        """Event, market and selection names for an order of unknown origin; empty where not read."""
        event = self.events.get(key.event_id)
        market = self._markets.get(key)
        selections = [] if market is None else [one.name for one in market.selections if one.id == selection_id]
        return event.name if event else "", market.name if market else "", selections[0] if selections else ""

    @property
    def selection_count(self) -> int:
        return sum(len(market.selections) for market in self._markets.values())

    # Inside

    def _remember(self, event: Event) -> None:
        known = self.events.get(event.id)
        if known and not event.competitors:
            event = msgspec.structs.replace(event, competitors=known.competitors)
        if known and known.tournament_id != event.tournament_id:
            self._by_tournament[known.tournament_id].remove(event.id)
        ids = self._by_tournament.setdefault(event.tournament_id, [])
        if event.id not in ids:
            ids.append(event.id)
        self.events[event.id] = event

    def _forget(self, event_id: int) -> None:
        event = self.events.pop(event_id, None)
        if event is None:
            return
        self._by_tournament[event.tournament_id].remove(event_id)
        self._drop_groups(event_id)

    def _keep_groups(self, event_id: int, groups: Iterable[MarketGroup]) -> None:
        self._drop_groups(event_id)
        self.groups[event_id] = tuple(groups)
        for group in self.groups[event_id]:
            self._markets.update((market.key, market) for market in group.markets)
        self.markets_changed()

    def _drop_groups(self, event_id: int) -> None:
        for group in self.groups.pop(event_id, ()):
            for market in group.markets:
                self._markets.pop(market.key, None)

    def _restate(self, told: MarketStatusChanged) -> None:
        groups = self.groups.get(told.event_id)
        if groups is None:
            return
        restated = [_with_status(group, told.status) if group.id == told.market_id and told.status else group for group in groups]
        self._keep_groups(told.event_id, restated)


def _with_status(group: MarketGroup, status: str) -> MarketGroup:
    markets = tuple(msgspec.structs.replace(market, status=status) for market in group.markets)
    return msgspec.structs.replace(group, status=status, markets=markets)
