"""Every book that is known, how it last moved, and whether it may be believed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum

import msgspec

from app.domain.book import Book, Level, Side
from app.domain.events import BookChanged, ChannelsFollowed, HealthBeat, MarketsSeeded, StreamDown, Topic, VenueEvent
from app.domain.market import MarketKey
from app.services.ports import Monotonic, Signal

HEALTHY = 12.0  # seconds since the last sign of health within which a followed book is verified
TRAIL = 60  # moves of a best price that are remembered
DEPTH = 10  # levels a side that the stream carries (contract 4.5)
QUIET = 2.0  # seconds: a change that the venue's reading may not show yet
REST_LIVE = 120.0  # seconds for which a REST reading verifies a book of a live event
REST_BEFORE = 900.0  # the same before the start


class Tick(IntEnum):
    """Which way a best price went: up pays more."""

    DOWN = -1
    NONE = 0
    UP = 1


class Quote(msgspec.Struct):
    """One market's book and its history. Times are monotonic seconds; None is never.

    `trail` holds, by selection, when the best price changed and the chance it then implied, for the eye only. `sub_type` names the
    channel its changes come by; it is empty for those that come with their event's main markets. `newest_asked_at` is when the newest
    reading was asked for, whether it still proves anything (then `seed_asked_at` has it too) or not.
    """

    book: Book
    sub_type: str = ""
    changed_at: float | None = None
    streamed_at: float | None = None
    seeded_at: float | None = None
    seed_asked_at: float | None = None
    newest_asked_at: float = 0.0
    ticks: dict[str, tuple[Tick, float]] = {}
    trail: dict[str, deque[tuple[float, float]]] = {}

    def tick(self, selection_id: str) -> tuple[Tick, float]:
        """The last move of a selection's best price and when; (NONE, 0) without one."""
        return self.ticks.get(selection_id, (Tick.NONE, 0.0))


class Freshness(msgspec.Struct, frozen=True):
    """Whether a book may be ordered on, and the age in seconds of the newest proof (None: there is none)."""

    is_verified: bool
    age: float | None


class Prices:
    """Applies books. `dirty` holds the markets changed since it was last taken; `changed` is called when it becomes non-empty."""

    def __init__(self, clock: Monotonic) -> None:
        self._clock = clock
        self._quotes: dict[MarketKey, Quote] = {}
        self._keys: dict[int, set[MarketKey]] = {}
        self._followed: dict[Topic, float] = {}
        self._left_out: frozenset[Topic] = frozenset()
        self._health_at: float | None = None
        self.dirty: set[MarketKey] = set()
        self.changed = Signal()
        self.heard: list[Callable[[MarketKey], None]] = []  # told each market that is marked, in the middle of a burst
        self.ticks = 0
        self.late = 0

    def quote(self, key: MarketKey) -> Quote | None:
        return self._quotes.get(key)

    def book(self, key: MarketKey) -> Book | None:
        quote = self._quotes.get(key)
        return quote.book if quote else None

    def side(self, key: MarketKey, selection_id: str) -> Side:
        quote = self._quotes.get(key)
        return quote.book.side(selection_id) if quote else ()

    def let_go(self, keys: Iterable[MarketKey]) -> tuple[Book, ...]:
        """Forget these markets; their books as they were last known."""
        known = [key for key in keys if key in self._quotes]
        for key in known:
            keys_of_event = self._keys[key.event_id]
            keys_of_event.discard(key)
            if not keys_of_event:
                del self._keys[key.event_id]
        return tuple(self._quotes.pop(key).book for key in known)

    def forget(self, event_id: int) -> None:
        """An event is no longer listed: nothing of it is kept."""
        for key in self._keys.pop(event_id, ()):
            del self._quotes[key]
            self._mark(key)

    def take_dirty(self) -> set[MarketKey]:
        dirty, self.dirty = self.dirty, set()
        return dirty

    def apply(self, event: VenueEvent) -> None:
        match event:
            case BookChanged(book=book):
                self._stream(book)
            case HealthBeat():
                self._health_at = self._clock()
            case MarketsSeeded():
                self._seed(event)
            case ChannelsFollowed():
                self._follow(event)
            case StreamDown():
                self._invalidate()
            case _:
                return

    def freshness(self, key: MarketKey, *, is_live: bool) -> Freshness:
        """Verified while its channel is followed (and was seeded since) on a healthy socket, or by a recent enough REST reading."""
        quote = self._quotes.get(key)
        if quote is None:
            return Freshness(False, None)
        now = self._clock()
        ages = []
        if self._is_followed(key, quote):
            ages.append(now - self._heard_at(quote))
            if now - (self._health_at or 0.0) < HEALTHY:
                return Freshness(True, min(ages))
        if quote.seeded_at is not None:
            ages.append(now - quote.seeded_at)
            limit = REST_LIVE if is_live else REST_BEFORE
            return Freshness(ages[-1] < limit, min(ages))
        return Freshness(False, min(ages, default=None))

    @property
    def followed(self) -> frozenset[int]:
        """The events whose main markets a stream follows."""
        return frozenset(topic.event_id for topic in self._followed if not topic.sub_type)

    def follows(self, event_id: int) -> bool:
        """Whether all that is wanted of an event comes by stream."""
        return Topic(event_id) in self._followed and all(topic.event_id != event_id for topic in self._left_out)

    def comparable(self, seeded: MarketsSeeded) -> MarketsSeeded:
        """A reading without the books that the stream changed meanwhile or just before: it may not show those changes yet."""
        books = tuple(book for book in seeded.books if self._is_quiet(book.key, seeded.asked_at))
        return msgspec.structs.replace(seeded, books=books)

    def differing(self, seeded: MarketsSeeded) -> list[MarketKey]:
        """The followed books in which a comparable reading shows something else."""
        return [book.key for book in seeded.books if self._differs(book)]

    def _is_quiet(self, key: MarketKey, asked_at: float) -> bool:
        quote = self._quotes.get(key)
        return quote is None or quote.streamed_at is None or quote.streamed_at < asked_at - QUIET

    def _differs(self, book: Book) -> bool:
        quote = self._quotes.get(book.key)
        return quote is not None and self._is_followed(book.key, quote) and _shown(quote.book) != _shown(book)

    def needs_seed(self, event_id: int, keys: Iterable[MarketKey]) -> bool:
        """Whether a followed event has a book that was not read since its channel is followed."""
        if Topic(event_id) not in self._followed:
            return False
        quotes = [self._quotes.get(key) for key in keys]
        return not quotes or any(quote is None or self._is_unread(quote) for quote in quotes)

    def _is_unread(self, quote: Quote) -> bool:
        since = self._followed.get(Topic(quote.book.key.event_id, quote.sub_type))
        return since is not None and (quote.seed_asked_at or 0.0) < since

    def _is_followed(self, key: MarketKey, quote: Quote) -> bool:
        since = self._followed.get(Topic(key.event_id, quote.sub_type))
        return since is not None and quote.seed_asked_at is not None and quote.seed_asked_at >= since

    def _heard_at(self, quote: Quote) -> float:
        return max(self._health_at or 0.0, quote.streamed_at or 0.0)

    def _stream(self, book: Book) -> None:
        self.ticks += 1
        quote = self._quotes.get(book.key)
        if quote and book.sequence and book.sequence <= quote.book.sequence:
            self.late += 1
            return
        now = self._clock()
        quote = self._store(book, now)
        quote.streamed_at = now

    def _seed(self, seeded: MarketsSeeded) -> None:
        now = self._clock()
        if seeded.is_kept:
            self._show(seeded.books, now)
            return
        sub_types = {market.key: market.sub_type for group in seeded.groups for market in group.markets if market.is_prop}
        for book in seeded.books:
            quote = self._quotes.get(book.key)
            if quote and quote.newest_asked_at > seeded.asked_at:
                continue  # a reading that was asked for later has overtaken this one
            if quote and quote.streamed_at is not None and quote.streamed_at >= seeded.asked_at:
                pass  # the stream has said something newer since the request left
            elif quote and quote.book.sides == book.sides:
                pass
            else:
                sequence = quote.book.sequence if quote else 0
                quote = self._store(msgspec.structs.replace(book, sequence=sequence), now)
            assert quote is not None
            quote.seeded_at, quote.seed_asked_at, quote.newest_asked_at = now, seeded.asked_at, seeded.asked_at
            quote.sub_type = sub_types.get(book.key, "")
            self._mark(book.key)

    def _show(self, books: Iterable[Book], now: float) -> None:
        """Books of an earlier reading: better than nothing to look at, and proof of nothing."""
        for book in books:
            if book.key not in self._quotes:
                self._store(book, now)

    def _store(self, book: Book, now: float) -> Quote:
        quote = self._quotes.get(book.key)
        if quote is None:
            quote = self._quotes[book.key] = Quote(book)
            self._keys.setdefault(book.key.event_id, set()).add(book.key)
        else:
            _note_ticks(quote, book, now)
            quote.book = book
            quote.changed_at = now
        self._mark(book.key)
        return quote

    def _mark(self, key: MarketKey) -> None:
        for tell in self.heard:
            tell(key)
        was_clean = not self.dirty
        self.dirty.add(key)
        if was_clean:
            self.changed()

    def _follow(self, told: ChannelsFollowed) -> None:
        """A channel is followed since it was joined: what was read before may have missed a change.

        One that another socket carries now was followed without a gap, else a `StreamDown` would have come between.
        """
        now = self._clock()
        self._followed = {topic: self._followed.get(topic, now) for topic in told.topics}
        self._left_out = told.left_out
        if self._health_at is None:
            self._health_at = now

    def _invalidate(self) -> None:
        """The stream is gone: nothing read before counts any more."""
        self._followed = {}
        self._left_out = frozenset()
        self._health_at = None
        for key, quote in self._quotes.items():
            quote.seeded_at = None
            quote.seed_asked_at = None
            self._mark(key)


def _note_ticks(quote: Quote, book: Book, now: float) -> None:
    """Remember which best prices moved, which way, and where they were before."""
    for selection_id, side in book.sides.items():
        before = quote.book.best(selection_id)
        after = side[0] if side else None
        if before is None or after is None or before.odds == after.odds:
            continue
        if selection_id not in quote.trail:
            quote.trail[selection_id] = deque([(quote.streamed_at or quote.seeded_at or now, _chance(before))], maxlen=TRAIL)
        quote.trail[selection_id].append((now, _chance(after)))
        quote.ticks[selection_id] = (Tick.UP if after.odds > before.odds else Tick.DOWN, now)


def _chance(level: Level) -> float:
    return level.odds.den / (level.odds.num + level.odds.den)


def _shown(book: Book) -> dict[str, Side]:
    """What stream and reading both tell of a book: the best levels of each side that has any."""
    return {selection_id: side[:DEPTH] for selection_id, side in book.sides.items() if side}
