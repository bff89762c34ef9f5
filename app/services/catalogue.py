"""What can be traded, as far as it has been read: tournaments, their events, and the markets of the events looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.domain.book import Book
from app.domain.errors import VenueError
from app.domain.events import EventChanged, EventUnlisted, MarketsSeeded, MarketStatusChanged, TournamentChanged, VenueEvent
from app.domain.fixture import by_start, fixtures, is_start_clear
from app.domain.link import Rank
from app.domain.market import Event, Listing, Market, MarketGroup, MarketKey, Selection, Tournament
from app.services.owners import Owners
from app.services.ports import Monotonic, Signal, TradingVenue
from app.services.shelf import Shelf, selections_in, with_status, words_in
from app.services.statuses import Statuses

LEAVING = 10.0  # seconds for which an event that is gone is still shown, struck through
OLD = timedelta(days=1)  # since its start, after which an event that was kept from an earlier start is not shown again


class Loading(StrEnum):
    """How far a tournament's events have been read."""

    NOT_READ = "not read"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class _Place(NamedTuple):
    """A selection and what it stands in."""

    group: MarketGroup
    market: Market
    selection: Selection


class Catalogue:
    """Folds what is listed. Views read the dicts; `changed` tells that the tree differs, `markets_changed` that markets do.

    `groups` has the markets of the events that are looked at, `shelf` those of the others; `unread` names the events whose markets were
    never read or are to be read again. `revisions` counts, by tournament, the changes of what stands under it. `as_of` is when what is
    shown was kept by an earlier start; None once all of it has been read again.
    """

    def __init__(self, venue: TradingVenue, clock: Monotonic) -> None:
        self._venue = venue
        self._clock = clock
        self.tournaments: dict[int, Tournament] = {}
        self.events: dict[int, Event] = {}
        self.groups: dict[int, tuple[MarketGroup, ...]] = {}
        self.shelf = Shelf()
        self.unread: set[int] = set()
        self.loading: dict[int, Loading] = {}
        self.revisions: dict[int, int] = {}
        self.as_of: datetime | None = None
        self.changed = Signal()
        self.markets_changed = Signal()
        self.forgotten: list[Callable[[int], None]] = []  # told the id of each event that is no longer listed
        self.packed: list[Callable[[tuple[Book, ...]], None]] = []  # told the books of each event that is put by
        self.owners = Owners()
        self._markets: dict[MarketKey, Market] = {}
        self._selections = 0
        self._by_tournament: dict[int, dict[int, None]] = {}
        self._leaving: dict[int, tuple[Event, float]] = {}
        self._fixtures: dict[int, tuple[int, list[tuple[Event, ...]]]] = {}
        self._names: dict[int, str] = {}
        self._words: dict[int, str] = {}
        self._statuses = Statuses(clock)
        self._read_at: dict[int, float] = {}  # by event, when the newest reading of its markets was asked for
        self._unconfirmed: set[int] = set()
        self._outdated: set[int] = set()

    # Reading from the venue

    async def read_tournaments(self) -> None:
        found = await self._venue.tournaments()
        for tournament in found:
            self._list(tournament)
        for gone in self._unconfirmed - {tournament.id for tournament in found}:
            self._delist(gone)
        self._settle_age()
        self.changed()

    async def read_events(self, tournament_id: int, rank: Rank = Rank.SCREEN) -> None:
        """Read a tournament's events, unless somebody else is at it. VenueError passes through; the tree shows that it failed."""
        if self.loading.get(tournament_id) is Loading.READING:
            return
        self._load(tournament_id, Loading.READING)
        try:
            events = await self._venue.events(tournament_id, rank)
        except VenueError:
            if tournament_id in self.loading:
                self._load(tournament_id, Loading.FAILED)
            raise
        if tournament_id not in self.loading:
            return  # meanwhile the venue said that it is no longer listed
        for gone in set(self._by_tournament.get(tournament_id, ())) - {event.id for event in events}:
            self._forget(gone)
        for event in events:
            self._remember(event)
        self._unconfirmed.discard(tournament_id)
        self._settle_age()
        self._load(tournament_id, Loading.NOT_READ if tournament_id in self._outdated else Loading.READ)
        self._outdated.discard(tournament_id)

    def forget_reading(self) -> None:
        """Everything is to be read again; what is known stays until then."""
        for tournament_id, loading in self.loading.items():
            if loading is Loading.READING:
                self._outdated.add(tournament_id)  # what is on its way may have been answered before the reason
            else:
                self.loading[tournament_id] = Loading.NOT_READ
        self.outdate(self.events)

    def outdate(self, event_ids: Iterable[int]) -> None:
        """The markets of these are to be read again, unless somebody looks at them and sees to it."""
        self.unread.update(event_id for event_id in event_ids if event_id in self.events and event_id not in self.groups)

    # What is kept from one start to the next

    def restore(self, listing: Listing, now: datetime) -> None:
        """Show what an earlier start knew, until it is read again; what has ended since is left out."""
        for tournament in listing.tournaments:
            self._list(tournament)
            self._unconfirmed.add(tournament.id)
        for event in listing.events:
            if event.tournament_id in self.tournaments and not _has_ended(event, now):
                self._remember(event)
        self.as_of = listing.at if self._unconfirmed else None
        self.changed()

    def listing(self, now: datetime) -> Listing:
        """What is worth keeping; its time is the earlier start's while not all of that has been read again."""
        return Listing(self.as_of or now, tuple(self.tournaments.values()), tuple(self.events.values()))

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
                self._list(tournament)
                self.changed()
            case MarketStatusChanged():
                self._restate(event)
            case MarketsSeeded():
                self._seed(event)
            case _:
                return

    def put_by(self, seeded: MarketsSeeded) -> None:
        """Markets and books of an event that nobody looks at, to be found by a search and at hand when it is opened."""
        event = self.events.get(seeded.event_id)
        self.unread.discard(seeded.event_id)
        if event is not None and event.id not in self.groups and self._is_newest(seeded):
            self.shelf.put(self._statuses.over(seeded))
            for told in self.packed:
                told(seeded.books)
            self._words[event.id] = words_in(seeded.groups)
            self._touch(event.tournament_id)
            self.changed()

    def look_away(self, event_id: int, books: tuple[Book, ...]) -> None:
        """Nobody looks at an event any more: its markets are packed, with the books as they were last known."""
        seeded = MarketsSeeded(event_id, self.groups[event_id], books, self._read_at.get(event_id, self._clock()))
        self._drop_groups(event_id)
        self.put_by(seeded)

    # Asking

    def market(self, key: MarketKey) -> Market | None:
        found = self._markets.get(key)
        if found is None and key.event_id in self.shelf:
            found = next((one for group in self.shelf.groups(key.event_id) for one in group.markets if one.key == key), None)
        return found

    def group(self, key: MarketKey) -> MarketGroup | None:
        """The group that a market belongs to, looked at or not."""
        return next((group for group in self.groups_of(key.event_id) if group.id == key.market_id), None)

    def groups_of(self, event_id: int) -> tuple[MarketGroup, ...]:
        """An event's groups as they were last read, looked at or not."""
        known = self.groups.get(event_id)
        return self.shelf.groups(event_id) if known is None else known

    def has_markets(self, event_id: int) -> bool:
        return bool(self.groups.get(event_id)) or event_id in self.shelf

    def events_of(self, tournament_id: int) -> list[Event]:
        """A tournament's events, soonest first; one without a start stands last."""
        return sorted((self.events[event_id] for event_id in self._by_tournament.get(tournament_id, ())), key=by_start)

    def fixtures_of(self, tournament_id: int) -> list[tuple[Event, ...]]:
        """The same with what is listed twice together, and what has just left in its old place."""
        revision = self.revisions.get(tournament_id, 0)
        known = self._fixtures.get(tournament_id)
        if known is None or known[0] != revision:
            leaving = [event for event, _ in self._leaving.values() if event.tournament_id == tournament_id]
            known = self._fixtures[tournament_id] = (revision, fixtures([*self.events_of(tournament_id), *leaving]))
        return known[1]

    def is_leaving(self, event_id: int) -> bool:
        """Whether an event is gone and still shown for a moment."""
        return event_id in self._leaving

    def sweep(self) -> None:
        """What has been leaving for long enough is gone for good."""
        now = self._clock()
        gone = [event_id for event_id, (_, since) in self._leaving.items() if now - since >= LEAVING]
        for event_id in gone:
            event, _ = self._leaving.pop(event_id)
            self._names.pop(event_id, None)
            self._touch(event.tournament_id)
        if gone:
            self.changed()

    def matches(self, event_id: int, words: Iterable[str]) -> bool:
        """Whether each of the casefolded `words` is in the event's names, or in its markets', selections' and players'."""
        text, more = self._names.get(event_id, ""), self._words.get(event_id, "")
        return all(word in text or word in more for word in words)

    def matches_by_name(self, event_id: int, words: Iterable[str]) -> bool:
        """The same for the names of the event, its tournament and its sport alone."""
        text = self._names.get(event_id, "")
        return all(word in text for word in words)

    def sub_types(self, event_id: int) -> frozenset[tuple[int, str]]:
        """The sub-market channels of an event: player markets travel on channels of their own."""
        groups = self.groups.get(event_id, ())
        return frozenset((event_id, group.sub_type) for group in groups if group.is_prop and group.sub_type)

    def names(self, key: MarketKey, selection_id: str) -> tuple[str, str, str]:
        """Event, market and selection names for an order of unknown origin; empty where not read.

        The market's is that of its group: the venue's own for one number ("Fixed total 24") is the same for a game and for a player.
        """
        event, place = self.events.get(key.event_id), self._place(key, selection_id)
        group = place.group if place else self.group(key)
        return event.name if event else "", group.name if group else "", place.selection.name if place else ""

    def home(self, key: MarketKey, selection_id: str) -> MarketKey:
        """The market in which a selection stands; `key` itself where that is not known.

        An order of the venue's names its selection's own number: the away side's is the market's with the other sign (contract 1.3).
        """
        place = self._place(key, selection_id)
        return place.market.key if place else key

    @property
    def selection_count(self) -> int:
        return self._selections + self.shelf.selections

    # Inside

    def _place(self, key: MarketKey, selection_id: str) -> _Place | None:
        """Where a selection stands among the markets of `key`'s group, whatever their numbers; of the event where no group is named."""
        for group in self.groups_of(key.event_id):
            for market in group.markets if key.market_id in {0, group.id} else ():
                for selection in market.selections:
                    if selection.id == selection_id:
                        return _Place(group, market, selection)
        return None

    def _list(self, tournament: Tournament) -> None:
        before = self.tournaments.get(tournament.id)
        self.tournaments[tournament.id] = tournament
        self.loading.setdefault(tournament.id, Loading.NOT_READ)
        if before != tournament:
            for event_id in self._by_tournament.get(tournament.id, ()):
                self._name(self.events[event_id])
            self._touch(tournament.id)

    def _delist(self, tournament_id: int) -> None:
        """A tournament of an earlier start that is no longer listed, with all its events."""
        for event_id in list(self._by_tournament.get(tournament_id, ())):
            self._forget(event_id)
            self._leaving.pop(event_id, None)
        del self.tournaments[tournament_id], self.loading[tournament_id]
        self._unconfirmed.discard(tournament_id)
        self._outdated.discard(tournament_id)
        self._touch(tournament_id)

    def _load(self, tournament_id: int, loading: Loading) -> None:
        self.loading[tournament_id] = loading
        self._touch(tournament_id)
        self.changed()

    def _settle_age(self) -> None:
        if not self._unconfirmed:
            self.as_of = None

    def _touch(self, tournament_id: int) -> None:
        self.revisions[tournament_id] = self.revisions.get(tournament_id, 0) + 1

    def _remember(self, event: Event) -> None:
        known = self.events.get(event.id)
        if known == event:
            return
        if known and not event.competitors:
            event = msgspec.structs.replace(event, competitors=known.competitors)
        if known and known.tournament_id != event.tournament_id:
            del self._by_tournament[known.tournament_id][event.id]
            self._touch(known.tournament_id)
        if known is None:
            self.unread.add(event.id)
        self._leaving.pop(event.id, None)
        self._by_tournament.setdefault(event.tournament_id, {})[event.id] = None
        self.events[event.id] = event
        self._name(event)
        self._touch(event.tournament_id)

    def _name(self, event: Event) -> None:
        """Prepare what a search looks through."""
        tournament = self.tournaments.get(event.tournament_id)
        above = f"{tournament.name} {tournament.sport.name}" if tournament else f"{event.tournament_name} {event.sport_name}"
        teams = " ".join(f"{one.name} {one.abbreviation}" for one in event.competitors)
        self._names[event.id] = f"{event.name} {above} {event.id} {teams}".casefold()

    def _forget(self, event_id: int) -> None:
        event = self.events.pop(event_id, None)
        if event is None:
            return
        del self._by_tournament[event.tournament_id][event_id]
        self.unread.discard(event_id)
        self._drop_groups(event_id)
        self.shelf.drop(event_id)
        self._words.pop(event_id, None)
        self._read_at.pop(event_id, None)
        self._leaving[event_id] = (event, self._clock())
        self._touch(event.tournament_id)
        for told in self.forgotten:
            told(event_id)

    def _seed(self, seeded: MarketsSeeded) -> None:
        if self._is_newest(seeded):
            groups = self._statuses.over(seeded).groups
            self._words[seeded.event_id] = words_in(groups)
            self._keep_groups(seeded.event_id, groups)

    def _is_newest(self, seeded: MarketsSeeded) -> bool:
        """Two readings may overtake each other: the one that was asked for last counts."""
        newest = self._read_at.get(seeded.event_id)
        if newest is not None and seeded.asked_at < newest:
            return False
        self._read_at[seeded.event_id] = seeded.asked_at
        return True

    def _keep_groups(self, event_id: int, groups: Iterable[MarketGroup]) -> None:
        self._drop_groups(event_id)
        self.shelf.drop(event_id)
        self.unread.discard(event_id)
        self.groups[event_id] = kept = tuple(self.owners.claim(group) for group in groups)
        for group in kept:
            self._markets.update((market.key, market) for market in group.markets)
        self._selections += selections_in(kept)
        if event_id in self.events:
            self._touch(self.events[event_id].tournament_id)
        self.markets_changed()

    def _drop_groups(self, event_id: int) -> None:
        groups = self.groups.pop(event_id, ())
        self._selections -= selections_in(groups)
        for group in groups:
            self.owners.give_up(group.markets)
            for market in group.markets:
                self._markets.pop(market.key, None)

    def _restate(self, told: MarketStatusChanged) -> None:
        if not told.status:
            return
        self._statuses.note(told)
        self.shelf.restate(told.event_id, told.market_id, told.status)
        groups = self.groups.get(told.event_id)
        if groups is None:
            return
        restated = [with_status(group, told.status) if group.id == told.market_id else group for group in groups]
        self._keep_groups(told.event_id, restated)


def _has_ended(event: Event, now: datetime) -> bool:
    if event.scheduled is None or not is_start_clear(event, now):
        return event.is_over
    return event.is_over or (not event.is_live and now - event.scheduled > OLD)
