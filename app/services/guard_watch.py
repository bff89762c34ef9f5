"""Which guards are active and what each goes by, so that a changed book costs only those; and whether anything can be believed now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from app.domain.events import Topic
from app.domain.guard import Guard, market_of
from app.domain.market import MarketKey
from app.services.guard_keep import Moved
from app.services.heartbeat import Heartbeat
from app.services.ports import Monotonic
from app.services.session import Session

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

    def __init__(self, session: Session, heart: Heartbeat) -> None:
        self._session = session
        self._heart = heart

    @property
    def why_blind(self) -> str:
        """Why nothing can be believed; empty while it can. When that began is told beside the words."""
        if self._session.is_venue_gone:
            return "the venue's process had ended"
        if not self._session.is_streaming:
            return "prices were not fresh: the stream was lost"
        return self._heart.why_missed


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
