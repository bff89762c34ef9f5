"""What drives the exchange and the league beside it: each step lets them live up to now and announces what happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from app.practice.clock import SECOND, Clock
from app.practice.cs2.league import League
from app.practice.cs2.model import Happened
from app.practice.exchange import Exchange
from app.practice.faults.lag import Past
from app.practice.wire.push import Announcer
from app.practice.wire.pusher import Hub

HEALTH_EVERY = 5 * SECOND
SILENCE_EVERY = SECOND
ASLEEP = 60 * SECOND  # a longer pause between two steps means that the computer slept: the world slept too


class Feed:
    def __init__(
        self,
        exchange: Exchange,
        hub: Hub,
        clock: Clock,
        keep: Callable[[], None],
        past: Past | None = None,
        league: League | None = None,
        tell: Callable[[Happened], None] = lambda happened: None,
    ) -> None:
        """`past` remembers what is announced, for histories that are to lag. `tell` hears what happens in the league."""
        self._exchange = exchange
        self._hub = hub
        self._clock = clock
        self.keep = keep
        self._announcer = Announcer(exchange, hub)
        self._announce = self._announcer.announce if past is None else past.before(self._announcer.announce)
        self._league = league
        self._tell = tell
        self._stepped_at = clock.now_ns()
        self._health_at = clock.now_ns() + HEALTH_EVERY
        self._silence_at = clock.now_ns() + SILENCE_EVERY

    def step(self) -> int:
        """Advance to now; gives the time (ns) it took for now."""
        now = self._clock.now_ns()
        if now - self._stepped_at > ASLEEP:
            self._sleep(now - self._stepped_at)
        self._stepped_at = now
        changes = self._exchange.advance(now)
        self.keep()
        self._hub.let_go(now)
        for change in changes:
            self._announce(change, now)
        if now >= self._health_at:
            self._health_at = now + HEALTH_EVERY
            self._announcer.announce_health(now)
        if now >= self._silence_at:
            self._silence_at = now + SILENCE_EVERY
            self._hub.watch_silence(now)
        self._play(now)
        return now

    def _sleep(self, span: int) -> None:
        self._exchange.skip(span)
        if self._league is not None:
            self._league.skip(span)

    def _play(self, now: int) -> None:
        if self._league is not None:
            for happened in self._league.advance(now):
                self._tell(happened)
