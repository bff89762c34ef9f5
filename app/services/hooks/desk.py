"""All services of one feed account's webhooks, and every connection between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from app.domain.receiving import Tidings
from app.domain.webhook import Delivery, HookEvent, Subscription, Verdict, leads_to, path_of
from app.services.feed.session import FeedSession
from app.services.hooks.choice import HookChoice
from app.services.hooks.deliveries import Deliveries
from app.services.hooks.faults import FaultSwitches, PracticeFaults
from app.services.hooks.gap_ledger import GapLedger
from app.services.hooks.gaps import GapWatch, Missed
from app.services.hooks.known_secrets import SecretState
from app.services.hooks.own_posts import OwnPosts
from app.services.hooks.ports import DeliveryShelf, HookVenue, Poster, Receiver, ReceiverState, SecretShelf
from app.services.hooks.reception import Reception
from app.services.hooks.rotations import Rotation
from app.services.hooks.subscriptions import Subscriptions
from app.services.hooks.trials import Trials
from app.services.hooks.verifying import Verifier
from app.services.notices import Notices
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks

REREAD: Final = 300.0  # seconds between two readings of the subscriptions
RETRY: Final = 5.0  # the same, before they were read for the first time
AGAIN: Final = 30.0  # the same, after one that failed
BEAT: Final = 1.0  # seconds between two looks of the gap watch
COUNTED: Final = 5.0  # seconds between two reckonings of the figures while somebody looks
COUNTED_UNWATCHED: Final = 30.0
_REMOVED: Final = "Its secret is removed from this computer, and the feed never tells it again."
_GENUINE: Final = frozenset({Verdict.VALID, Verdict.DUPLICATE})  # of two subscriptions at one path the second is the first's duplicate
OF_SECRETS: Final = {
    SecretState.STORED: _REMOVED,
    SecretState.THIS_RUN: _REMOVED,
    SecretState.NOT_STORED: "Its secret is not on this computer.",
    SecretState.UNKNOWN: "Its secret, if this computer has it, is removed, and the feed never tells it again.",
}
"""What becomes of a secret when its subscription is deleted."""


class HookOutside(msgspec.Struct):
    """What the webhooks are given. `takes_loopback`: a practice exchange delivers to this computer, by http. `is_free`: of a port here.
    `faults`: of a practice exchange; None at a real feed.
    """

    venue: HookVenue
    secrets: SecretShelf
    receiver: Receiver
    shelf: DeliveryShelf
    poster: Poster
    clock: Monotonic
    now: Now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    choice: HookChoice = HookChoice()
    keep_choice: Callable[[HookChoice], str] = lambda _choice: ""
    takes_loopback: bool = False
    is_free: Callable[[int], bool] = lambda _port: True
    faults: FaultSwitches | None = None


class HookDesk:
    """Nothing runs until `start`. `close` ends the receiver's process; the tasks are stopped by their owner."""

    def __init__(self, outside: HookOutside, session: FeedSession, notices: Notices, tasks: Tasks) -> None:
        self._outside = outside
        self._session = session
        self._tasks = tasks
        self._is_started = False
        self.is_watched = False
        self.notices = notices
        self.takes_loopback = outside.takes_loopback
        self.subscriptions = Subscriptions(
            outside.venue, outside.secrets, notices, tasks, now=outside.now, takes_loopback=outside.takes_loopback
        )
        self.reception = Reception(
            outside.receiver, self.subscriptions, notices, choice=outside.choice, keep=outside.keep_choice,
            is_free=outside.is_free, clock=outside.clock,
        )  # fmt: skip
        self._posts = OwnPosts(outside.poster, outside.now)
        self._place: tuple[int, str] | None = None  # where is received
        self._proven: set[int | None] = set()  # subscriptions of which something was delivered here
        self._fed: dict[int, datetime] = {}  # when the feed last delivered here what a subscription's secret signs
        self.deliveries = Deliveries(
            outside.shelf, self._posts, self.reception, notices, tasks,
            heard=session.heard, clock=outside.clock, now=outside.now, sleep=outside.sleep,
        )  # fmt: skip
        self.gaps = GapWatch(
            now=outside.now, patience=lambda: self.reception.choice.patience, why_off=self._why_not_watched,
            missed=self._list_missed, late=self._mark_late, in_time=self._withdraw,
        )  # fmt: skip
        self._ledger = GapLedger(
            outside.shelf, self.subscriptions, self.deliveries, tasks,
            whose=self._whose, taken_back=self.gaps.take_back, clock=outside.clock, now=outside.now, sleep=outside.sleep,
        )  # fmt: skip
        self.trials = Trials(self._posts, outside.now)
        self.verifier = Verifier(self.subscriptions)
        self.faults = PracticeFaults(outside.faults) if outside.faults is not None else None
        outside.receiver.told.append(self._take)
        self.reception.changed.connect(self._reception_changed)
        self.subscriptions.changed.connect(self.gaps.review)
        session.poll_news.odds.append(self._odds_told)
        session.poll_news.stepped.append(self.gaps.told)
        session.poll_news.holed.append(self.gaps.forget)

    def start(self) -> None:
        """Read the subscriptions; receive, if the receiver was on at the end of the last start."""
        if self._is_started:
            return
        self._is_started = True
        self._tasks.start(self._begin())
        self._tasks.start(self._beat())
        self._tasks.start(self._keep_counting())

    async def close(self) -> None:
        await self.reception.close()
        await self._outside.shelf.close()

    def watch(self, is_watched: bool) -> None:
        """Whether the page is on screen: unwatched, figures are reckoned more seldom."""
        if is_watched and not self.is_watched:
            self._tasks.start(self.deliveries.count())
            self._read_faults()
        self.is_watched = is_watched

    @property
    def feed_trouble(self) -> str:
        """Why nothing new comes from the feed, in words; empty while it does."""
        return self._session.trouble

    @property
    def live_match_id(self) -> int | None:
        """The first match that is live; None where none is known."""
        return next((match.id for match in self._session.matches.live()), None)

    def is_proven(self, rotation: Rotation) -> bool:
        """Whether the feed has delivered here with the new subscription's secret, since that was made and this program started."""
        return self._is_of_the_new(rotation, self._fed.get(rotation.new_id))

    def works_here(self, rotation: Rotation) -> bool:
        """Whether the stored secret of the new one has been found right by anything: our own tests and replays, too."""
        tally = self.deliveries.tallies.get(rotation.new_id)
        return self._is_of_the_new(rotation, tally.valid_at if tally is not None else None)

    def is_held_back(self, delivery: Delivery) -> bool:
        """Whether it tells the end of a match that is watched beside its video, which has not shown that yet."""
        if delivery.event != HookEvent.MATCH_FINISHED or delivery.match_id is None:
            return False
        return self._session.told.held_for(delivery.match_id, delivery.at) > 0

    def consequence(self, subscription_id: int) -> str:
        """What deleting this subscription means, in words."""
        one = self.subscriptions.all.get(subscription_id)
        if one is None:
            return "It does not exist any more."
        tally = self.deliveries.tallies.get(subscription_id)
        came = f"{tally.ok:,} of its deliveries came in 24 h. " if tally is not None and tally.ok else ""
        others = [each.id for each in self.subscriptions.all.values() if each.event == one.event and each.is_active and each.id != one.id]
        if others:
            rest = f"{one.event} is still delivered by {', '.join(map(str, others))}."
        else:
            rest = f"Nobody is told of {one.event} any more; this program goes on polling each {self._session.attention.polls_every():g} s."
        return f"{came}{rest} {OF_SECRETS[self.subscriptions.secret_state(subscription_id)]}"

    def venue_is_back(self) -> None:
        """Another venue process, or another key: what is subscribed to there is asked for anew."""
        if self._is_started:
            self._proven.clear()
            self._fed.clear()
            self.gaps.forget()
            self.subscriptions.reread()
            self._read_faults()

    # Inside

    def _is_of_the_new(self, rotation: Rotation, at: datetime | None) -> bool:
        new = self.subscriptions.all.get(rotation.new_id)
        if new is None or at is None:
            return False
        ahead = timedelta(seconds=self._session.figures.offset or 0.0)  # its time is the feed's, and that of a delivery is ours
        return new.created_at is None or at + ahead >= new.created_at - timedelta(seconds=2)

    def _read_faults(self) -> None:
        """A practice exchange that was started anew has none."""
        if self.faults is not None:
            self._tasks.start(self.faults.read())

    async def _begin(self) -> None:
        """Received is what is known by then; where the list could not be read, its routes are added when it can."""
        await self.subscriptions.read()
        if self.reception.choice.is_on and self.reception.state is ReceiverState.STOPPED:  # else a person has started it meanwhile
            await self.reception.open()
        while True:
            is_hurried = self.subscriptions.read_at is None or self.subscriptions.has_strays
            pause = RETRY if is_hurried else AGAIN if self.subscriptions.trouble else REREAD
            await self._outside.sleep(pause)
            if not self._session.is_venue_gone:
                await self.subscriptions.read(asks_keyring=False)

    async def _beat(self) -> None:
        while True:
            await self._outside.sleep(BEAT)
            self.gaps.look()
            self.deliveries.look()

    async def _keep_counting(self) -> None:
        while True:
            await self.deliveries.count()
            await self._outside.sleep(COUNTED if self.is_watched else COUNTED_UNWATCHED)

    def _take(self, tidings: Tidings) -> None:
        self._prove(tidings.newest)
        for signal in tidings.signals:
            times = tuple(at for at in signal.all_times if not self._posts.were_sent_at(at))
            if times:
                self.gaps.delivered(msgspec.structs.replace(signal, first_at=min(times), last_at=max(times), times=times))
        self.deliveries.note(tidings)

    def _prove(self, newest: Sequence[Delivery]) -> None:
        """What the feed delivered shows that its target leads here; what this program sent itself does not."""
        fed = [row for row in newest if row.verdict in _GENUINE and not self._posts.were_sent_at(row.at)]
        self._fed |= {row.subscription_id: row.at for row in fed if row.subscription_id is not None}
        good = {row.subscription_id for row in fed}
        if not good <= self._proven:
            self._proven |= good
            self.gaps.review()

    def _odds_told(self, changed: Mapping[int, Collection[datetime]], seconds: float) -> None:
        offset = self._session.figures.offset
        for match_id in sorted(changed):
            ours = [] if offset is None else [at - timedelta(seconds=offset) for at in changed[match_id]]
            self.gaps.told(HookEvent.ODDS_UPDATED, match_id, seconds, ours)

    def _why_not_watched(self, event: str) -> str:
        """Why no delivery of an event can be expected now; empty where one can."""
        if self.reception.state is not ReceiverState.RUNNING:
            return "The receiver does not run"
        if self._session.is_venue_gone:
            return "The feed is not asked"
        active = [each for each in self.subscriptions.all.values() if each.event == event and each.is_active]
        received = [each for each in active if self.reception.is_received(each.id)]
        if not received:
            elsewhere = [
                f"Subscription {each.id} is not received here because {words}"
                for each in active
                if (words := self.reception.why_not_received(each.id))
            ]
            return elsewhere[0] if elsewhere else f"No active subscription of {event} is received here with a stored secret"
        if any(each.id in self._proven or self._leads_here(each) for each in received):
            return ""
        return f"No delivery of {event} has reached this computer yet, so its target may lead elsewhere"

    def _leads_here(self, one: Subscription) -> bool:
        return leads_to(one.target_url, self.reception.port) and self.reception.path(one.id) == path_of(one.target_url)

    def _reception_changed(self) -> None:
        """At another place nothing is proven."""
        reception = self.reception
        place = (reception.port, reception.choice.path) if reception.state is ReceiverState.RUNNING else None
        if place != self._place:
            self._place = place
            self._proven.clear()
        self.gaps.review()

    def _whose(self, event: str) -> int | None:
        """The subscription that should have told of it: the newest of several, because the older ones are on their way out."""
        ids = [each.id for each in self.subscriptions.all.values() if each.event == event and self.reception.is_received(each.id)]
        return max(ids, default=None)

    def _list_missed(self, missed: list[Delivery]) -> None:
        self._ledger.list(missed)

    def _mark_late(self, missed: Missed, at: datetime) -> None:
        self._ledger.mark_late(missed, at)

    def _withdraw(self, missed: Missed) -> None:
        self._ledger.remove(missed)
