"""What can be traded: tournaments, events, groups of markets, markets and their selections."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

ACTIVE = "active"
LIVE_WORDS = frozenset({"live", "inprogress", "in_progress"})
OVER_WORDS = frozenset({"finished", "ended", "closed", "cancelled", "canceled"})


class MarketKey(NamedTuple):
    """What names a market: the id alone is a template that every event shares."""

    event_id: int
    market_id: int
    strike: Decimal


class Sport(msgspec.Struct, frozen=True):
    id: int
    name: str


class Tournament(msgspec.Struct, frozen=True):
    id: int
    name: str
    sport: Sport
    category: str = ""


class Competitor(msgspec.Struct, frozen=True, gc=False):
    id: int
    name: str
    side: str = ""
    abbreviation: str = ""


class Event(msgspec.Struct, frozen=True, gc=False):
    """A contest. `status` is the venue's own word: the vocabulary is open, so ask `is_live` and `is_over`."""

    id: int
    name: str
    tournament_id: int
    tournament_name: str
    sport_name: str
    scheduled: datetime | None
    status: str
    sub_type: str = ""
    competitors: tuple[Competitor, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_WORDS

    @property
    def is_over(self) -> bool:
        return self.status in OVER_WORDS


class Selection(msgspec.Struct, frozen=True, gc=False):
    """One answer of a market. `id` is what an order names (the venue's strike_id or line_id)."""

    id: str
    name: str
    outcome_id: int
    strike: Decimal | None = None


class Market(msgspec.Struct, frozen=True, gc=False):
    """One question: a moneyline, or one number of a spread or a total. `flaw` says why it is shown and not traded on (else empty)."""

    key: MarketKey
    name: str
    kind: str
    sub_type: str
    status: str
    selections: tuple[Selection, ...]
    favourite: bool = False
    is_prop: bool = False
    traded: Decimal | None = None
    flaw: str = ""

    @property
    def is_open(self) -> bool:
        """Nothing but the known word trades: an unknown status is untradable, and so is what the venue told with a flaw."""
        return self.status == ACTIVE and not self.flaw


class MarketGroup(msgspec.Struct, frozen=True, gc=False):
    """The markets of an event that share the venue's market id: one for a moneyline, one a number for a spread."""

    event_id: int
    id: int
    name: str
    kind: str
    sub_type: str
    category: str
    status: str
    markets: tuple[Market, ...]
    is_prop: bool = False

    @property
    def main(self) -> Market:
        """The market to show first: the venue's favourite, else the middle one."""
        favourites = [market for market in self.markets if market.favourite]
        return favourites[0] if favourites else self.markets[len(self.markets) // 2]


class Listing(msgspec.Struct, frozen=True):
    """What was listed, as it is kept from one start to the next: no market, no price, nothing to be traded on. `at` is aware UTC."""

    at: datetime
    tournaments: tuple[Tournament, ...] = ()
    events: tuple[Event, ...] = ()
    version: int = 1


class Player(msgspec.Struct, frozen=True):
    """Somebody whom player markets are about."""

    id: int
    name: str
    event_id: int = 0


class FoundMarket(msgspec.Struct, frozen=True):
    """A market that the venue's own search found, without its books."""

    event_id: int
    event_name: str
    market_id: int
    name: str
    kind: str = ""
    sub_type: str = ""
    status: str = ""
    player_id: int = 0


class StrikePlace(msgspec.Struct, frozen=True):
    """Where a selection id belongs."""

    selection_id: str
    event_id: int
    market_id: int
    kind: str = ""
    sub_type: str = ""
