"""What drives the exchange: each step lets it live up to now and announces what happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from app.practice.clock import SECOND, Clock
from app.practice.exchange import Exchange
from app.practice.faults.lag import Past
from app.practice.wire.push import Announcer
from app.practice.wire.pusher import Hub

HEALTH_EVERY = 5 * SECOND
SILENCE_EVERY = SECOND
ASLEEP = 60 * SECOND  # a longer pause between two steps means that the computer slept: the world slept too


class Feed:
    def __init__(self, exchange: Exchange, hub: Hub, clock: Clock, keep: Callable[[], None], past: Past | None = None) -> None:
        """`past` remembers what is announced, for histories that are to lag."""
        self._exchange = exchange
        self._hub = hub
        self._clock = clock
        self.keep = keep
        self._announcer = Announcer(exchange, hub)
        self._announce = self._announcer.announce if past is None else past.before(self._announcer.announce)
        self._stepped_at = clock.now_ns()
        self._health_at = clock.now_ns() + HEALTH_EVERY
        self._silence_at = clock.now_ns() + SILENCE_EVERY

    def step(self) -> int:
        """Advance to now; gives the time (ns) it took for now."""
        now = self._clock.now_ns()
        if now - self._stepped_at > ASLEEP:
            self._exchange.skip(now - self._stepped_at)
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
        return now
