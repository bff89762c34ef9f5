"""Finding what is not in the catalogue: a search at the venue, and where a selection id belongs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from app.domain.errors import RefusedError, VenueError
from app.domain.events import EventChanged
from app.domain.market import FoundMarket, MarketKey, Player, StrikePlace
from app.domain.offer import Offer
from app.domain.order import Order, as_report
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Signal, TradingVenue

PAUSE = 0.4  # seconds without a key before the venue is asked
SHORTEST = 2  # letters worth asking for
PLAYERS_KEPT = 600.0  # seconds for which the list of players is good
STRIKES = 20  # ids a request (contract 5.3)


class MarketFinder:
    """What the venue's own search knows for some words. `words` is what the results answer, `trouble` why they are not whole."""

    def __init__(
        self,
        venue: TradingVenue,
        catalogue: Catalogue,
        notices: Notices,
        *,
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._catalogue = catalogue
        self._notices = notices
        self._clock = clock
        self._sleep = sleep
        self._wanted = ""
        self._players: Sequence[Player] = ()
        self._players_at: float | None = None
        self.words = ""
        self.markets: tuple[FoundMarket, ...] = ()
        self.players: tuple[Player, ...] = ()
        self.trouble = ""
        self.is_searching = False
        self.changed = Signal()

    async def find(self, words: str) -> None:
        """Ask for these words once nobody types any more, one request at a time; words that are too short show nothing."""
        self._wanted = " ".join(words.casefold().split())
        if len(self._wanted) < SHORTEST:
            self._show(self._wanted, (), (), "")
        if self.trouble:
            self.words = ""  # what failed is asked for again
        if not self.is_searching and self._wanted != self.words:
            await self._search()

    def event_name(self, event_id: int) -> str:
        """Empty where the event is not listed here."""
        event = self._catalogue.events.get(event_id)
        return event.name if event else ""

    async def home_of(self, player_id: int) -> int:
        """The event of a player whom the list names without one; 0 where the venue does not say either."""
        try:
            return (await self._venue.player(player_id)).event_id
        except VenueError as problem:
            self._notices.say(f"Reading where the player is: {problem}", Tone.WARNING)
            return 0

    async def bring(self, event_id: int) -> None:
        """Have an event in the catalogue that was found at the venue and is not listed here."""
        if event_id in self._catalogue.events:
            return
        try:
            for event in await self._venue.events_by_id([event_id]):
                self._catalogue.apply(EventChanged(event))
        except VenueError as problem:
            self._notices.say(f"Reading event {event_id}: {problem}", Tone.WARNING)

    async def _search(self) -> None:
        self.is_searching = True
        self.changed()
        try:
            while self._wanted != self.words:
                await self._pause()
                await self._ask(self._wanted)
        finally:
            self.is_searching = False
            self.changed()

    async def _pause(self) -> None:
        words = ""
        while words != self._wanted:
            words = self._wanted
            await self._sleep(PAUSE)

    async def _ask(self, words: str) -> None:
        if len(words) < SHORTEST:
            return
        if Offer.SEARCH not in self._venue.offers:
            self._show(words, (), (), "")
            return
        markets: Sequence[FoundMarket] = ()
        troubles = []
        try:
            markets = await self._venue.search_markets(words)
        except VenueError as problem:
            troubles.append(f"Markets were not searched: {problem}")
        try:
            await self._read_players()
        except VenueError as problem:
            troubles.append(f"Players were not read: {problem}")
        if words == self._wanted:
            named = [player for player in self._players if all(word in player.name.casefold() for word in words.split())]
            self._show(words, markets, (_at_home(player, markets) for player in named), "\n".join(troubles))

    async def _read_players(self) -> None:
        if self._players_at is None or self._clock() - self._players_at > PLAYERS_KEPT:
            self._players = await self._venue.players()
            self._players_at = self._clock()

    def _show(self, words: str, markets: Iterable[FoundMarket], players: Iterable[Player], trouble: str) -> None:
        self.words = words
        self.markets = tuple(sorted(markets, key=lambda market: (market.event_name, market.event_id, market.name, market.market_id)))
        self.players = tuple(sorted(players, key=lambda player: (player.name, player.id)))
        self.trouble = trouble
        self.changed()


def _at_home(player: Player, markets: Iterable[FoundMarket]) -> Player:
    """The player with an event to open: the venue's list may leave it out where its search does not."""
    if player.event_id:
        return player
    events = [market.event_id for market in markets if market.player_id == player.id]
    return msgspec.structs.replace(player, event_id=events[0]) if events else player


async def place_of(venue: TradingVenue, ids: Iterable[str]) -> dict[str, StrikePlace]:
    """Where each selection id belongs, by id; what the venue does not know is left out.

    One odd id may make it refuse all of a request: the rest is then asked for in halves. Other VenueErrors pass through.
    """
    wanted = sorted({selection_id for selection_id in ids if selection_id})
    found: dict[str, StrikePlace] = {}
    for first in range(0, len(wanted), STRIKES):
        for place in await _places(venue, wanted[first : first + STRIKES]):
            found[place.selection_id] = place
    return found


async def _places(venue: TradingVenue, ids: Sequence[str]) -> list[StrikePlace]:
    try:
        return await venue.strikes(ids)
    except RefusedError as problem:
        if len(ids) == 1 or problem.status == 404:
            return []
    half = len(ids) // 2
    return [*await _places(venue, ids[:half]), *await _places(venue, ids[half:])]


class Whereabouts:
    """Finds the market of orders that the venue told of without one. What it once had no answer for is not asked again."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, catalogue: Catalogue, notices: Notices) -> None:
        self._venue = venue
        self._blotter = blotter
        self._catalogue = catalogue
        self._notices = notices
        self._asked: set[str] = set()

    async def look(self, read: Callable[[int], Awaitable[None]]) -> None:
        """Ask where such orders belong, `read` those events' markets, and put the orders there. Only names hang on it: it never fails."""
        lost = [order for order in self._blotter.nameless() if not order.draft.market.event_id and order.draft.selection_id]
        ids = {order.draft.selection_id for order in lost} - self._asked
        if not ids or Offer.STRIKES not in self._venue.offers:
            return
        try:
            places = await place_of(self._venue, ids)
            self._asked |= ids
            for event_id in sorted({place.event_id for place in places.values()}):
                await read(event_id)
        except VenueError as problem:
            self._notices.say(f"Looking up what {len(lost)} orders are on: {problem}", Tone.WARNING)
            return
        for order in lost:
            place = places.get(order.draft.selection_id)
            if place:
                self._put(order, place)
        self._blotter.name_again()

    def _put(self, order: Order, place: StrikePlace) -> None:
        key = self._key(place)
        if key:
            told = msgspec.structs.replace(
                as_report(order), event_id=key.event_id, market_id=key.market_id, strike=key.strike, selection_id=place.selection_id
            )
            self._blotter.apply(told, "strikes")

    def _key(self, place: StrikePlace) -> MarketKey | None:
        """The market with that selection: the venue's answer leaves its number out."""
        groups = self._catalogue.groups_of(place.event_id)
        markets = (market for group in groups if group.id == place.market_id for market in group.markets)
        return next((market.key for market in markets if any(one.id == place.selection_id for one in market.selections)), None)
