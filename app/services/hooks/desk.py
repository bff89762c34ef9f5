"""All services of one feed account's webhooks, and every connection between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from app.domain.receiving import Tidings
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.feed.session import FeedSession
from app.services.hooks.choice import HookChoice
from app.services.hooks.deliveries import Deliveries
from app.services.hooks.gaps import GapWatch, Missed
from app.services.hooks.ports import DeliveryShelf, HookVenue, Poster, Receiver, ReceiverState, SecretShelf
from app.services.hooks.reception import Reception
from app.services.hooks.subscriptions import Rotation, Subscriptions
from app.services.hooks.trials import Trials
from app.services.hooks.verifying import Verifier
from app.services.notices import Notices
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks

BEAT: Final = 1.0  # seconds between two looks of the gap watch
COUNTED: Final = 5.0  # seconds between two reckonings of the figures while somebody looks
COUNTED_UNWATCHED: Final = 30.0


class HookOutside(msgspec.Struct):
    """What the webhooks are given. `takes_loopback`: a practice exchange delivers to this computer, by http."""

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
            outside.receiver, self.subscriptions, notices, choice=outside.choice, keep=outside.keep_choice, clock=outside.clock
        )
        self.deliveries = Deliveries(
            outside.shelf, outside.poster, self.reception, notices, tasks,
            heard=session.heard, clock=outside.clock, now=outside.now, sleep=outside.sleep,
        )  # fmt: skip
        self.gaps = GapWatch(
            now=outside.now, patience=lambda: self.reception.choice.patience, slowness=lambda: session.figures.interval,
            why_off=self._why_not_watched, missed=self._list_missed, late=self._mark_late,
        )  # fmt: skip
        self.trials = Trials(outside.poster, outside.now)
        self.verifier = Verifier(self.subscriptions)
        outside.receiver.told.append(self._take)
        self.reception.changed.connect(self._reception_changed)
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
        self.is_watched = is_watched

    def is_proven(self, rotation: Rotation) -> bool:
        """Whether something that the new subscription's secret signs has reached the receiver."""
        tally = self.deliveries.tallies.get(rotation.new_id)
        return tally is not None and tally.ok > 0

    def consequence(self, subscription_id: int) -> str:
        """What deleting this subscription means, in words."""
        one = self.subscriptions.all[subscription_id]
        tally = self.deliveries.tallies.get(subscription_id)
        came = f"{tally.ok:,} of its deliveries came in 24 h. " if tally is not None and tally.ok else ""
        others = [each.id for each in self.subscriptions.all.values() if each.event == one.event and each.is_active and each.id != one.id]
        if others:
            rest = f"{one.event} is still delivered by {', '.join(map(str, others))}."
        else:
            rest = f"Nobody is told of {one.event} any more; this program goes on polling each {self._session.figures.interval:g} s."
        return f"{came}{rest} Its secret is removed from this computer, and the feed never tells it again."

    # Inside

    async def _begin(self) -> None:
        await self.subscriptions.read()
        if self.reception.choice.is_on:
            await self.reception.open()

    async def _beat(self) -> None:
        while True:
            await self._outside.sleep(BEAT)
            self.gaps.look()

    async def _keep_counting(self) -> None:
        while True:
            await self.deliveries.count()
            await self._outside.sleep(COUNTED if self.is_watched else COUNTED_UNWATCHED)

    def _take(self, tidings: Tidings) -> None:
        for signal in tidings.signals:
            self.gaps.delivered(signal)
        self.deliveries.note(tidings)

    def _reception_changed(self) -> None:
        if self.reception.state is not ReceiverState.RUNNING:
            self.gaps.forget()

    def _odds_told(self, match_ids: frozenset[int]) -> None:
        for match_id in sorted(match_ids):
            self.gaps.told(HookEvent.ODDS_UPDATED, match_id)

    def _why_not_watched(self, event: str) -> str:
        """Why no delivery of an event can be expected now; empty where one can."""
        reception = self.reception
        if reception.running_since is None:
            return "The receiver does not run"
        if self._outside.clock() - reception.running_since < reception.choice.patience:
            return f"The receiver has run for less than {reception.choice.patience:g} s"
        if any(each.event == event and each.is_active and reception.is_received(each.id) for each in self.subscriptions.all.values()):
            return ""
        return f"No active subscription of {event} is received here with a stored secret"

    def _list_missed(self, missed: list[Delivery]) -> None:
        self._tasks.start(self._write_missed(missed))

    async def _write_missed(self, missed: list[Delivery]) -> None:
        try:
            ids = await self._outside.shelf.add_missed(missed)
        except OSError as problem:
            self.deliveries.trouble = f"The deliveries' file cannot be written: {problem}"
            ids = [0] * len(missed)
        rows = [msgspec.structs.replace(row, id=number) for row, number in zip(missed, ids, strict=True)]
        self.deliveries.list_missed(rows)
        self.gaps.noted(rows)

    def _mark_late(self, missed: Missed, at: datetime) -> None:
        self._tasks.start(self._write_late(missed, at))

    async def _write_late(self, missed: Missed, at: datetime) -> None:
        seconds = (at - missed.at).total_seconds()
        row = Delivery(
            missed.at, Verdict.LATE, missed.id, missed.key.event, missed.key.match_id, reason=f"came {seconds:.1f} s after the poll"
        )
        self.deliveries.mark_late(row)
        try:
            await self._outside.shelf.mark_late(missed.id, at)
        except OSError as problem:
            self.deliveries.trouble = f"The deliveries' file cannot be written: {problem}"
