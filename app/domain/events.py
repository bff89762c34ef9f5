"""What a venue says, as immutable values: the only thing that flows from venues into services."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.domain.book import Book
from app.domain.market import Event, MarketGroup, Tournament
from app.domain.order import OrderReport


class Topic(NamedTuple):
    """One channel of prices: an event's main markets, or (with a sub type) some of its others."""

    event_id: int
    sub_type: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """What a stream is asked to follow, the most important first: where a venue allows fewer channels, the last ones are left out."""

    topics: tuple[Topic, ...] = ()


class Channel(StrEnum):
    """A stream of news with an age of its own."""

    REST = "REST"
    PRICES = "Prices"
    ORDERS = "Orders"


class BookChanged(msgspec.Struct, frozen=True):
    """The full sides of one market, by stream."""

    book: Book


class EventChanged(msgspec.Struct, frozen=True):
    """A contest was created, changed or relisted."""

    event: Event


class EventUnlisted(msgspec.Struct, frozen=True):
    event_id: int


class TournamentChanged(msgspec.Struct, frozen=True):
    tournament: Tournament


class MarketStatusChanged(msgspec.Struct, frozen=True):
    """A market (template id within an event) was suspended, reopened or closed; read its event again for what else changed."""

    event_id: int
    market_id: int
    status: str


class MarketsChanged(msgspec.Struct, frozen=True):
    """A strike was added, changed or removed: the event's markets must be read again."""

    event_id: int


class MarketsSeeded(msgspec.Struct, frozen=True):
    """An event's markets and books as read over REST; `asked_at` is the monotonic time before the request left.

    `is_kept`: they were read a while ago and kept since. They are shown until the next reading, and nothing is believed of them.
    """

    event_id: int
    groups: tuple[MarketGroup, ...]
    books: tuple[Book, ...]
    asked_at: float
    is_kept: bool = False


class OrderReported(msgspec.Struct, frozen=True):
    report: OrderReport
    by: str = "push"


class OrdersUnclear(msgspec.Struct, frozen=True):
    """An order changed in a way that could not be read: the venue's record has to tell how."""


class HealthBeat(msgspec.Struct, frozen=True):
    """The venue's own sign of life on the private channel."""


class ChannelsFollowed(msgspec.Struct, frozen=True):
    """The price channels that the venue has confirmed on the socket that lives now, and those of what was wanted that are not."""

    topics: frozenset[Topic] = frozenset()
    left_out: frozenset[Topic] = frozenset()

    @property
    def event_ids(self) -> frozenset[int]:
        """Events whose main markets are followed."""
        return frozenset(topic.event_id for topic in self.topics if not topic.sub_type)


class StreamUp(msgspec.Struct, frozen=True):
    """A new socket is registered, signed in and subscribed. `is_relief`: the one before lived until then, so nothing was missed."""

    is_relief: bool = False


class StreamDown(msgspec.Struct, frozen=True):
    """No socket: every book that rested on it is unverified from now on."""

    words: str
    retry_in: float = 0.0


class StreamNotice(msgspec.Struct, frozen=True):
    """A sentence about the stream for a person; nothing of what is shown becomes wrong by it."""

    words: str


class FeedFault(msgspec.Struct, frozen=True):
    """A message that could not be read; `sample` is cut short and holds no secret."""

    words: str
    sample: str = ""


VenueEvent = (
    BookChanged
    | EventChanged
    | EventUnlisted
    | TournamentChanged
    | MarketStatusChanged
    | MarketsChanged
    | MarketsSeeded
    | OrderReported
    | OrdersUnclear
    | HealthBeat
    | ChannelsFollowed
    | StreamUp
    | StreamDown
    | StreamNotice
    | FeedFault
)
