"""All services of one account, built once and in the order in which they need each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from app.domain.account import Deduction
from app.domain.environment import Environment
from app.domain.events import Channel, Wanted
from app.domain.guard import Guard
from app.domain.labels import OWN, Labels
from app.domain.order import Order
from app.domain.risk import Limits
from app.domain.user import Roster, User
from app.services.account import Account
from app.services.batch import Batch
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.exposure import Exposure
from app.services.finding import MarketFinder
from app.services.guard_keep import Mover
from app.services.guards import Guards
from app.services.kill import KillSwitch
from app.services.notices import Notices, Tone
from app.services.order_record import OrderRecord
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
from app.services.user_cancels import UserCancels
from app.services.user_statement import UserRecord
from app.services.users import Users
from app.services.watch import Watch


class Outside(msgspec.Struct):
    """What a desk is given: the venue and its stream, the journal, clocks, chance. `desk_lock`: why nobody may order at this desk now.
    `labels`: what its provider calls things.
    """

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
    known_users: Sequence[User] = ()
    recent_users: Sequence[str] = ()
    keep_users: Callable[[Roster], str] = lambda _roster: ""
    guards: Sequence[Guard] = ()
    keep_guards: Callable[[tuple[Guard, ...]], str] = lambda _guards: ""
    labels: Labels = OWN


class Desk:
    """The services; nothing runs until `session` is started and `watch` is run."""

    def __init__(self, outside: Outside, notices: Notices, tasks: Tasks) -> None:
        venue, journal, clock, now, sleep = outside.venue, outside.journal, outside.clock, outside.now, outside.sleep
        self.offers = venue.offers
        self.labels = outside.labels
        self.notices = notices
        self.tasks = tasks
        self.journal = journal
        self.catalogue = Catalogue(venue, clock)
        self.stars = Stars(outside.starred, outside.keep_stars)
        self.prices = Prices(clock)
        self.blotter = Blotter(now, self.catalogue.names, journal.note, self.catalogue.home)
        self.users = Users(outside.known_users, outside.recent_users, outside.keep_users, self.blotter.has_user)
        self.blotter.placed.append(self._note_user)
        self.account = Account(venue, self.blotter, outside.rule, now)
        self.controls = Controls(
            venue, journal, self.blotter, self.catalogue, self.prices, self.account,
            environment=outside.environment, limits=outside.limits, requests_left=outside.requests_left, clock=clock, now=now,
            desk_lock=outside.desk_lock, users=self.users, labels=outside.labels,
        )  # fmt: skip
        self.trading = Trading(
            venue, journal, self.blotter, self.controls, notices, now=now, clock=clock, new_ref=outside.new_ref, sleep=sleep
        )
        self.exposure = Exposure(
            self.blotter, self.users, lambda draft: self.catalogue.market(draft.market), lambda: self.controls.limits, now
        )
        self.user_record = UserRecord(venue, self.blotter, self.catalogue.names, now=now)
        self.catalogue.changed.connect(self.user_record.name_again)
        self.catalogue.markets_changed.connect(self.user_record.name_again)
        self.user_cancels = UserCancels(self.trading, self.blotter, self.user_record, self.users)
        self.search = Search(venue, self.blotter, notices, clock=clock, now=now)
        self.reconciliation = Reconciliation(venue, self.blotter, self.search, self.controls, now=now)
        self.kill = KillSwitch(venue, journal, self.blotter, self.reconciliation, notices, tasks, now=now, sleep=sleep)
        self.seeder = Seeder(
            venue, self.catalogue, notices, tasks, wanted=lambda: self.blotter.event_ids() | self.stars.ids, clock=clock, sleep=sleep,
            room=outside.room, labels=outside.labels,
        )  # fmt: skip
        self.session = Session(
            venue, outside.follow, catalogue=self.catalogue, prices=self.prices, blotter=self.blotter, account=self.account,
            seeder=self.seeder, stars=self.stars,
            trading=self.trading, controls=self.controls, reconciliation=self.reconciliation, notices=notices, tasks=tasks,
            clock=clock, now=now, sleep=sleep,
        )  # fmt: skip
        self.record = OrderRecord(venue, self.blotter, self.catalogue, now=now, sleep=sleep)
        self.statement = Statement(venue, self.blotter, now=now)
        self.finder = MarketFinder(venue, self.catalogue, notices, clock=clock, sleep=sleep)
        self.batch = Batch(
            venue, self.session, self.catalogue, self.prices, self.blotter, self.controls, self.trading, self.users, tasks,
            clock=clock, now=now, sleep=sleep,
        )  # fmt: skip
        self.watch = Watch(
            venue, journal, self.blotter, self.controls, self.search, self.reconciliation, self.trading, self.kill, notices, tasks,
            age=self._age, reconnect=outside.reconnect, clock=clock, now=now, sleep=sleep,
        )  # fmt: skip
        self.guards = Guards(
            self.session, Mover(venue, self.trading, self.blotter, sleep), notices, tasks, clock=clock, now=now, sleep=sleep,
            kept=outside.guards, keep=outside.keep_guards,
        )  # fmt: skip
        self.guards.moved.append(self.batch.follow)
        self.kill.changed.connect(self.guards.look)
        self.watch.beats.append(self.guards.turn)

    def _age(self, channel: Channel) -> float | None:
        return self.session.age(channel)

    def _note_user(self, order: Order) -> None:
        """The next order is likely to be for one of the last users; what cannot be kept is said when that begins."""
        before = self.users.trouble
        self.users.note_used(order.draft.external_user)
        if self.users.trouble and self.users.trouble != before:
            self.notices.say(self.users.trouble, Tone.WARNING)
