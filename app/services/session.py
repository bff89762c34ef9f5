"""One connected account: starts the services in order, hands them the venue's events, and keeps what is on screen followed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from app.domain.errors import NotSentError, RefusedError, UnreadableError, VenueError
from app.domain.events import (
    Channel,
    ChannelsFollowed,
    EventChanged,
    FeedFault,
    HealthBeat,
    MarketsChanged,
    MarketsSeeded,
    OrderReported,
    OrdersUnclear,
    StreamDown,
    StreamNotice,
    StreamUp,
    Topic,
    VenueEvent,
    Wanted,
)
from app.domain.order import Order
from app.services.account import Account
from app.services.audit import Audit
from app.services.blotter import Blotter
from app.services.books import UNFOLLOWED_READ, BookReader
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.finding import Whereabouts
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal, TradingVenue
from app.services.prices import Prices
from app.services.reconcile import Reconciliation
from app.services.rungs import Rungs
from app.services.seeding import Seeder
from app.services.stars import Stars
from app.services.tasks import Tasks
from app.services.tidying import StarTidy
from app.services.trading import Trading

BALANCE_EVERY = 15.0  # seconds without an order moving
RETRY = 3.0  # seconds between tries of what a session cannot be without
LONGEST_RETRY = 12.0  # seconds
SOON = 2.0  # seconds after an order's message that could not be read
LOOKED_AT = 40  # events, wanted ones apart, whose markets stay values after somebody looked at them
FAULTS_KEPT = 50  # the newest, to be looked at


class HeardFault(msgspec.Struct, frozen=True):
    """Something of the venue's that could not be read, and when it came."""

    at: datetime
    fault: FeedFault


def _is_unknown(problem: VenueError) -> bool:
    """Whether the venue does not know who asks: waiting changes nothing about that."""
    return isinstance(problem, NotSentError) and problem.status == 401


class Session:
    """The services of one account, and the order in which things happen to them."""

    def __init__(
        self,
        venue: TradingVenue,
        follow: Callable[[Wanted], None],
        *,
        catalogue: Catalogue,
        prices: Prices,
        blotter: Blotter,
        account: Account,
        trading: Trading,
        controls: Controls,
        reconciliation: Reconciliation,
        seeder: Seeder,
        stars: Stars,
        notices: Notices,
        tasks: Tasks,
        clock: Monotonic,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._follow = follow
        self.catalogue = catalogue
        self.prices = prices
        self.blotter = blotter
        self.account = account
        self.trading = trading
        self.controls = controls
        self.reconciliation = reconciliation
        self.seeder = seeder
        self.stars = stars
        self.notices = notices
        self._tasks = tasks
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._money_moved = asyncio.Event()
        self._rungs = Rungs(controls)
        self._heard: dict[Channel, float] = {}
        self.books = BookReader(venue, catalogue, prices, notices, tasks, self.emit, clock=clock, sleep=sleep)
        self.whereabouts = Whereabouts(venue, blotter, catalogue, notices)
        self.audit = Audit(venue, prices, notices, self.emit, clock=clock, sleep=sleep)
        self._wanted: frozenset[int] = frozenset()
        self._wanted_by: dict[str, tuple[int, ...]] = {}
        self._parts_by: dict[str, tuple[Topic, ...]] = {}
        self._is_doubting = False
        self._lost_at: float | None = None
        self._lost_for = 0.0
        self._missing: dict[str, str] = {}
        self.starred = stars.ids
        self.is_streaming = False
        self.is_venue_gone = False
        self.trouble = ""
        self.gaps = 0  # times the stream was lost while it was up
        self.faults = 0
        self.recent_faults: deque[HeardFault] = deque(maxlen=FAULTS_KEPT)
        self.last_seeded_at: float | None = None  # monotonic: when the newest reading of books was asked for
        self.changed = Signal()
        self.stars.changed.connect(lambda: self.star(stars.ids))
        self._star_tidy = StarTidy(venue, catalogue, stars, seeder, tasks)
        self.catalogue.changed.connect(blotter.name_again)
        self.catalogue.markets_changed.connect(blotter.name_again)
        self.catalogue.forgotten.append(prices.forget)
        self.catalogue.packed.append(self._rungs.see)

    # Starting

    def start(self) -> None:
        self._connect()
        self._tasks.start(self._watch_money())
        self._tasks.start(self.books.read_unfollowed(lambda: self.is_venue_gone))
        self._tasks.start(self.audit.run())

    def _connect(self) -> None:
        """What the window needs, in the order a person misses it; what cannot be read keeps nothing else waiting."""
        for read, what in (
            (self._read_ladder, "the price ladder"),
            (self.account.read, "the balance"),
            (self._read_listing, "the tournaments"),
            (self.read_orders, "the orders"),
        ):
            self._tasks.start(self._surely(read, what))

    async def _surely(self, read: Callable[[], Awaitable[None]], what: str) -> None:
        """Try until it works, less and less often; each failure is said, and `missing` says what the venue answers and will not give."""
        pause = RETRY
        while True:
            try:
                await read()
            except VenueError as problem:
                self.notices.say(f"Reading {what}: {problem}", Tone.WARNING)
                if isinstance(problem, RefusedError | UnreadableError) or _is_unknown(problem):
                    self._miss(what, str(problem))
                await self._sleep(pause)
                pause = min(2 * pause, LONGEST_RETRY)
            else:
                self._miss(what, "")
                return

    def _miss(self, what: str, words: str) -> None:
        if self._missing.get(what, "") == words:
            return
        self._missing.pop(what, None)
        if words:
            self._missing[what] = words
        self.changed()

    @property
    def missing(self) -> str:
        """What the venue would not tell though it answers, a line each; empty where nothing is."""
        return "\n".join(f"{what.capitalize()} cannot be read: {words}" for what, words in self._missing.items())

    async def _read_listing(self) -> None:
        await self.catalogue.read_tournaments()
        self.seeder.start()

    async def _read_ladder(self) -> None:
        self._rungs.read(await self._venue.ladder())

    async def read_orders(self) -> None:
        """What the venue has of our orders, and the names of what they are on."""
        await self.reconciliation.run()
        self._miss("what some orders matched at", self.reconciliation.unlearned)
        self._money_moved.set()
        self.account.changed()
        self._refollow()
        await self.whereabouts.look(self._read_names)
        for event_id in sorted(self.blotter.nameless_events() - {0}):
            await self._read_names(event_id)

    def _doubt_orders(self) -> None:
        """Ask the record soon, once for all messages that could not be read until then."""
        if not self._is_doubting:
            self._is_doubting = True
            self._tasks.start(self._read_doubtful())

    async def _read_doubtful(self) -> None:
        await self._sleep(SOON)
        self._is_doubting = False
        await self._surely(self.read_orders, "the orders again")

    async def _read_names(self, event_id: int) -> None:
        """Read an event's markets for the names of orders in it; one that is no longer listed leaves them without."""
        try:
            self.emit([await self._venue.markets(event_id)])
        except RefusedError:
            return

    # What is on screen

    @property
    def open_event_id(self) -> int | None:
        return self.books.open_event_id

    def open_event(self, event_id: int) -> None:
        """Show an event: what is known of it at once, read its books now, follow them from now on."""
        kept = self.catalogue.shelf.take(event_id)
        if kept is not None:
            self.emit([kept])
        self.seeder.look_at(event_id)
        self.books.look_at(event_id)
        self._refollow()
        self.changed()

    def expand(self, tournament_id: int) -> None:
        """A person opened a tournament in the tree: its events are wanted before the others."""
        self.seeder.open(tournament_id)

    def star(self, event_ids: Iterable[int]) -> None:
        """The watch list is another one now: what is in it is followed."""
        self.starred = frozenset(event_ids)
        self._refollow()

    def want(self, who: str, event_ids: Iterable[int], parts: Iterable[Topic] = ()) -> None:
        """A part of the desk needs these events read and followed (and these parts of them), and no longer what it needed before."""
        wanted, topics = tuple(dict.fromkeys(event_ids)), tuple(dict.fromkeys(parts))
        if wanted != self._wanted_by.get(who, ()) or topics != self._parts_by.get(who, ()):
            self._wanted_by[who], self._parts_by[who] = wanted, topics
            self._refollow()

    def _refollow(self) -> None:
        """Want what is on screen first, then what holds orders, then what parts of the desk need, then the watch list."""
        events = dict.fromkeys([self.open_event_id] if self.open_event_id is not None else [])
        events |= dict.fromkeys(sorted({order.draft.market.event_id for order in self.blotter.live()} - {0}))
        events |= dict.fromkeys(event_id for wanted in self._wanted_by.values() for event_id in wanted)
        events |= dict.fromkeys(sorted(self.starred))
        sub_types = sorted(self.catalogue.sub_types(self.open_event_id)) if self.open_event_id is not None else []
        mains = [Topic(event_id) for event_id in events]
        self._wanted = frozenset(events)
        parts = [*(Topic(*one) for one in sub_types), *(topic for topics in self._parts_by.values() for topic in topics)]
        self._follow(Wanted((*mains[:1], *dict.fromkeys(parts), *mains[1:])))
        self.books.want(events)
        self._put_by()

    def _put_by(self) -> None:
        """What was looked at a while ago and is not wanted any more is packed."""
        looked_at = list(self.catalogue.groups)
        for event_id in looked_at[: max(len(looked_at) - LOOKED_AT, 0)]:
            if event_id not in self._wanted:
                keys = [market.key for group in self.catalogue.groups[event_id] for market in group.markets]
                self.catalogue.look_away(event_id, self.prices.let_go(keys))

    # What the venue says

    def emit(self, events: Sequence[VenueEvent]) -> None:
        """The one entrance of news, a burst at a time."""
        for event in events:
            self._hear(event)
            self._rungs.hear(event)
            self.prices.apply(event)
            self.catalogue.apply(event)
            match event:
                case OrderReported(report=report):
                    self._order_moved(self.blotter.apply(report))
                case OrdersUnclear():
                    self._doubt_orders()
                case EventChanged(event=changed) if changed.id == self.open_event_id:
                    self.changed()
                case MarketsChanged(event_id=event_id):
                    self.books.outdated(event_id)
                case MarketsSeeded(event_id=event_id):
                    self._say_clashes()
                    if event_id == self.open_event_id:
                        self._refollow()
                case ChannelsFollowed() as followed:
                    self.books.followed(followed.event_ids)
                case StreamUp(is_relief=True):
                    self.notices.say("The stream moved to a new connection; nothing was missed")
                case StreamUp():
                    self._on_up()
                case StreamDown(words=words, retry_in=retry_in):
                    self._on_down(words, retry_in)
                case StreamNotice(words=words):
                    self.notices.say(words, Tone.WARNING)
                case FeedFault(words=words) as fault:
                    self.faults += 1
                    self.recent_faults.append(HeardFault(self._now(), fault))
                    self.notices.say(f"Feed: {words}", Tone.WARNING)

    def _say_clashes(self) -> None:
        """Markets that the catalogue locked: seen only where several events stand side by side."""
        clashes = self.catalogue.owners.take_clashes()
        self.emit([FeedFault(words) for words in clashes])

    def age(self, channel: Channel) -> float | None:
        """Seconds since something was heard on a channel; None before the first time."""
        heard = self._heard.get(channel)
        return self._clock() - heard if heard is not None else None

    @property
    def price_age(self) -> float | None:
        """Seconds since the socket that carries prices said anything, its sign of health included; None before the first time."""
        ages = [age for age in (self.age(Channel.PRICES), self.age(Channel.ORDERS)) if age is not None]
        return min(ages, default=None)

    @property
    def lost_for(self) -> float:
        """Seconds without a stream since it was first up, in sum."""
        return self._lost_for + (self._clock() - self._lost_at if self._lost_at is not None else 0.0)

    @property
    def answered_at(self) -> float | None:
        """When the venue last answered a request; monotonic."""
        return self._venue.answered_at

    @property
    def rest_age(self) -> float | None:
        """Seconds since the venue last answered a request; None before the first answer."""
        return self._clock() - self._venue.answered_at if self._venue.answered_at is not None else None

    @property
    def rest_latency(self) -> float | None:
        """Seconds the last request took."""
        return self._venue.latency

    def _hear(self, event: VenueEvent) -> None:
        if isinstance(event, MarketsSeeded):
            self.last_seeded_at = max(event.asked_at, self.last_seeded_at or event.asked_at)
        if isinstance(event, HealthBeat | OrderReported):
            self._heard[Channel.ORDERS] = self._clock()
        elif not isinstance(event, StreamDown | StreamNotice | MarketsSeeded | FeedFault):  # a fault may be of a request's answer
            self._heard[Channel.PRICES] = self._clock()

    def _order_moved(self, order: Order) -> None:
        self._money_moved.set()
        if order.realised is not None:
            self.account.changed()
        if order.is_live and order.draft.market.event_id not in self._wanted:
            self._refollow()

    def venue_is_gone(self, words: str) -> None:
        """The venue's own process ended (practice): nothing comes from there until it is started again."""
        self.is_venue_gone = True
        self.trouble = words
        self.notices.say(words, Tone.BAD)
        self.changed()

    def trouble_is_over(self) -> None:
        """What kept the account closed was mended, or may have been: it is entered again."""
        self.is_venue_gone = False
        self.trouble = ""
        self.changed()

    def venue_is_back(self) -> None:
        """Another venue process answers now: read everything again."""
        self.trouble_is_over()
        self.seeder.read_again()
        self._connect()
        self.books.read_again()
        self.changed()

    def _on_up(self) -> None:
        self.is_streaming = True
        if self._lost_at is not None:
            self._lost_for, self._lost_at = self.lost_for, None
        self.trouble = ""
        self.notices.say("The stream is connected", Tone.GOOD)
        self._tasks.start(self._surely(self.read_orders, "the orders again"))
        self.seeder.read_again()
        self.changed()

    def _on_down(self, words: str, retry_in: float) -> None:
        if self.is_streaming:
            self.gaps += 1
            self._lost_at = self._clock()
        self.is_streaming = False
        if not self.is_venue_gone:
            self.trouble = f"No live prices: {words}. The open event is read anew every {UNFOLLOWED_READ:g} s until the stream is back."
        self.notices.say(f"{words}; trying again in {retry_in:.1f} s. Prices are not verified until then", Tone.BAD)
        self.changed()

    # Money

    async def _watch_money(self) -> None:
        """Ask for the balance soon after an order moved, and now and then anyway."""
        while True:
            try:
                async with asyncio.timeout(BALANCE_EVERY):
                    await self._money_moved.wait()
            except TimeoutError:
                pass
            self._money_moved.clear()
            if not self.account.is_answered:
                continue  # the start is still asking
            try:
                await self.account.read()
            except VenueError as problem:
                self.notices.say(f"Reading the balance: {problem}", Tone.WARNING)
