"""All services of one feed account, built once and in the order in which they need each other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

import msgspec

from app.domain.environment import Environment
from app.domain.feed_alert import FeedAlert
from app.services.feed.alerts import FeedAlerts
from app.services.feed.cycle import Sleep
from app.services.feed.delay import Delay, DelayChoice
from app.services.feed.ports import FeedVenue
from app.services.feed.session import FeedSession
from app.services.notices import Notices
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks


class FeedOutside(msgspec.Struct):
    """What a desk is given: the venue, clocks, chance (numbers from 0 to 1), and what was kept of an earlier start."""

    venue: FeedVenue
    clock: Monotonic
    now: Now
    environment: Environment
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = random.random
    starred: Sequence[int] = ()
    keep_stars: Callable[[tuple[int, ...]], str] = lambda _ids: ""
    delay: DelayChoice | None = None
    keep_delay: Callable[[DelayChoice], str] = lambda _choice: ""
    alerts: Sequence[FeedAlert] = ()
    keep_alerts: Callable[[tuple[FeedAlert, ...]], str] = lambda _alerts: ""


class FeedDesk:
    """Nothing runs until `session` and `alerts` are started."""

    def __init__(self, outside: FeedOutside, notices: Notices, tasks: Tasks) -> None:
        self.environment = outside.environment
        self.notices = notices
        self.tasks = tasks
        self.session = FeedSession(
            outside.venue,
            notices,
            tasks,
            delay=Delay(outside.clock, outside.delay, outside.keep_delay),
            clock=outside.clock,
            now=outside.now,
            sleep=outside.sleep,
            chance=outside.chance,
            starred=outside.starred,
            keep_stars=outside.keep_stars,
        )
        self.alerts = FeedAlerts(
            self.session,
            tasks,
            clock=outside.clock,
            now=outside.now,
            sleep=outside.sleep,
            kept=outside.alerts,
            keep=outside.keep_alerts,
        )
