"""All services of one account, built once and in the order in which they need each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.account import Deduction
from app.domain.environment import Environment
from app.domain.events import Channel, Wanted
from app.domain.risk import Limits
from app.services.account import Account
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.finding import MarketFinder
from app.services.kill import KillSwitch
from app.services.notices import Notices
from app.services.ports import Journal, Monotonic, Now, TradingVenue
from app.services.prices import Prices
from app.services.reconcile import Reconciliation
from app.services.search import Search
from app.services.seeding import ROOM, Seeder
from app.services.session import Session
from app.services.stars import Stars
from app.services.statement import Statement
from app.services.tasks import Tasks
from app.services.trading import Trading
from app.services.watch import Watch


class Outside(msgspec.Struct):
    """What a desk is given: the venue and its stream, the journal, clocks, chance. `desk_lock`: why nobody may order at this desk now."""

    venue: TradingVenue
    journal: Journal
    environment: Environment
    clock: Monotonic
    now: Now
    new_ref: Callable[[], str]
    follow: Callable[[Wanted], None] = lambda _wanted: None
    reconnect: Callable[[], None] = lambda: None
    requests_left: Callable[[], int] = lambda: 1
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    limits: Limits = Limits()
    rule: Deduction = Deduction.ON_MATCH
    starred: tuple[int, ...] = ()
    room: int = ROOM
    desk_lock: Callable[[], str] = lambda: ""
    keep_stars: Callable[[tuple[int, ...]], str] = lambda _ids: ""


class Desk:
    """The services; nothing runs until `session` is started and `watch` is run."""

    def __init__(self, outside: Outside, notices: Notices, tasks: Tasks) -> None:
        venue, journal, clock, now, sleep = outside.venue, outside.journal, outside.clock, outside.now, outside.sleep
        self.notices = notices
        self.tasks = tasks
        self.journal = journal
        self.catalogue = Catalogue(venue, clock)
        self.stars = Stars(outside.starred, outside.keep_stars)
        self.prices = Prices(clock)
        self.blotter = Blotter(now, self.catalogue.names, journal.note)
        self.account = Account(venue, self.blotter, outside.rule, now)
        self.controls = Controls(
            venue, journal, self.blotter, self.catalogue, self.prices, self.account,
            environment=outside.environment, limits=outside.limits, requests_left=outside.requests_left, clock=clock, now=now,
            desk_lock=outside.desk_lock,
        )  # fmt: skip
        self.trading = Trading(
            venue, journal, self.blotter, self.controls, notices, now=now, clock=clock, new_ref=outside.new_ref, sleep=sleep
        )
        self.search = Search(venue, self.blotter, notices, clock=clock, now=now)
        self.reconciliation = Reconciliation(venue, self.blotter, self.search, self.controls, now=now)
        self.kill = KillSwitch(venue, journal, self.blotter, self.reconciliation, notices, tasks, now=now, sleep=sleep)
        self.seeder = Seeder(
            venue, self.catalogue, notices, tasks, wanted=lambda: self.blotter.event_ids() | self.stars.ids, clock=clock, sleep=sleep,
            room=outside.room,
        )  # fmt: skip
        self.session = Session(
            venue, outside.follow, catalogue=self.catalogue, prices=self.prices, blotter=self.blotter, account=self.account,
            seeder=self.seeder, stars=self.stars,
            trading=self.trading, controls=self.controls, reconciliation=self.reconciliation, notices=notices, tasks=tasks,
            clock=clock, now=now, sleep=sleep,
        )  # fmt: skip
        self.statement = Statement(venue, self.blotter, self.catalogue, now=now)
        self.finder = MarketFinder(venue, self.catalogue, notices, clock=clock, sleep=sleep)
        self.watch = Watch(
            venue, journal, self.blotter, self.controls, self.search, self.reconciliation, self.trading, self.kill, notices, tasks,
            age=self._age, reconnect=outside.reconnect, clock=clock, now=now, sleep=sleep,
        )  # fmt: skip

    def _age(self, channel: Channel) -> float | None:
        return self.session.age(channel)
