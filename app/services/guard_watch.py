"""Which guards are active and what each goes by, so that a changed book costs only those; and whether anything can be believed now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from app.domain.events import Topic
from app.domain.guard import Guard, market_of
from app.domain.market import MarketKey
from app.services.guard_keep import Moved
from app.services.ports import Monotonic, Now
from app.services.session import Session

STOOD_STILL = 10.0  # seconds between two beats from which the computer is taken to have slept
_WHO = "guards"


class Watching(msgspec.Struct):
    """What is remembered of a guard while it is active. Times are monotonic seconds."""

    since: float
    is_seen: bool = False
    moved_at: float | None = None
    is_moving: bool = False
    left_behind: Moved | None = None


class Wakefulness:
    """Whether this program sees: the stream is up, the venue is there, and no time was missed."""

    def __init__(self, session: Session, clock: Monotonic, now: Now) -> None:
        self._session = session
        self._clock = clock
        self._now = now
        self._beat_at: float | None = None
        self._beat_on: datetime | None = None

    def beat(self) -> None:
        """Another second was lived through."""
        self._beat_at, self._beat_on = self._clock(), self._now()

    @property
    def why_blind(self) -> str:
        """Why nothing can be believed, and since when; empty while it can."""
        if self._session.is_venue_gone:
            return f"the venue's process had ended at {self.time}"
        if not self._session.is_streaming:
            return f"prices were not fresh at {self.time}: the stream was lost"
        missed = self._missed()
        return f"the computer slept or stood still for {missed:.0f} s until {self.time}" if missed > STOOD_STILL else ""

    @property
    def time(self) -> str:
        """Local time of day, for a sentence."""
        return f"{self._now().astimezone():%H:%M:%S}"

    def _missed(self) -> float:
        """Seconds since the last beat, by whichever clock saw more of them."""
        if self._beat_at is None or self._beat_on is None:
            return 0.0
        return max(self._clock() - self._beat_at, abs((self._now() - self._beat_on).total_seconds()))


class WatchList:
    """The active guards by id and by market. Their events are followed by the stream, whatever is on screen."""

    def __init__(self, session: Session, clock: Monotonic) -> None:
        self._session = session
        self._clock = clock
        self._by_market: defaultdict[MarketKey, set[int]] = defaultdict(set)
        self.active: dict[int, Watching] = {}

    def __contains__(self, key: object) -> bool:
        """Whether a guard goes by this market."""
        return key in self._by_market

    def of(self, keys: Iterable[MarketKey]) -> tuple[int, ...]:
        return tuple(one for key in keys for one in self._by_market.get(key, ()))

    def add(self, guard: Guard) -> None:
        self.active[guard.id] = Watching(self._clock())
        if (key := market_of(guard.plan)) is not None:
            self._by_market[key].add(guard.id)

    def drop(self, guard: Guard) -> None:
        self.active.pop(guard.id, None)
        key = market_of(guard.plan)
        if key is not None and key in self._by_market:
            self._by_market[key].discard(guard.id)
            if not self._by_market[key]:
                del self._by_market[key]

    def follow(self, guards: Sequence[Guard]) -> None:
        """These are the active ones now."""
        events = sorted({guard.event_id for guard in guards})
        parts = sorted({part for guard in guards if (part := self._part(guard)) is not None})
        self._session.want(_WHO, events, parts)

    def _part(self, guard: Guard) -> Topic | None:
        """The channel of its own by which a player market comes."""
        key = market_of(guard.plan)
        market = self._session.catalogue.market(key) if key is not None else None
        return Topic(guard.event_id, market.sub_type) if market and market.is_prop and market.sub_type else None
