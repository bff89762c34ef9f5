"""One feed account's services with its venue: everything but the window. Nothing can be ordered there, so nothing is journaled."""

from __future__ import annotations

import time
from functools import partial
from typing import TypeVar

from app.domain.feed_alert import FeedAlert
from app.domain.link import LinkFacts
from app.domain.profile import Profile
from app.footage import Footage
from app.outlet import VenueKeys, secrets_of
from app.services.feed.delay import DelayChoice
from app.services.feed.desk import FeedDesk, FeedOutside
from app.services.notices import Notices, Tone
from app.services.tasks import Tasks
from app.store import feed_alerts, logs, settings, stars
from app.store.paths import Folders
from app.terminal import now
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.rankacy.venue import Keys, Rankacy
from app.venues.shares import Budgets
from app.webhooks import hook_desk

Kept = TypeVar("Kept")


class FeedTerminal:
    """Built around one profile. `point` chooses the account, `start` connects; `video` finds the league's video."""

    def __init__(self, profile: Profile, where: Folders, *, tasks: Tasks, budgets: Budgets | None = None) -> None:
        self.profile = profile
        self.notices = Notices(now, logs.clean)
        connect = partial(Http, proxy=profile.proxy)
        self.venue = Rankacy(connect=connect, budgets=budgets)
        self.video = Footage(connect=connect, proxy=profile.proxy)
        self._is_started = False
        self._is_tried = False
        name = f"{profile.slug}-{profile.environment.lower()}.json"
        self._stars, self._delay = where.settings / f"stars-{name}", where.settings / f"delay-{name}"
        self._alerts = where.settings / f"feed-alerts-{name}"
        starred: tuple[int, ...] = self._said(stars.read(self._stars), "Stars")
        alerts: tuple[FeedAlert, ...] = self._said(feed_alerts.read(self._alerts), "Alerts")
        outside = FeedOutside(
            venue=self.venue,
            clock=time.monotonic,
            now=now,
            environment=profile.environment,
            starred=starred,
            keep_stars=partial(stars.keep, self._stars),
            delay=self._said(settings.read(self._delay, DelayChoice, DelayChoice), "Delay"),
            keep_delay=self._keep_delay,
            alerts=alerts,
            keep_alerts=partial(feed_alerts.keep, self._alerts),
        )
        self.desk = FeedDesk(outside, self.notices, tasks)
        self.hooks = hook_desk(profile, where, self.venue, self.desk.session, self.notices, tasks)

    @property
    def is_started(self) -> bool:
        return self._is_started

    async def open(self) -> None:
        """Nothing is kept that would have to be read first."""

    async def point(self, address: Address, keys: VenueKeys) -> None:
        assert isinstance(keys, Keys)
        logs.hide(*secrets_of(keys))
        await self.venue.point(address, keys)

    def start(self) -> None:
        """Connect, or go on where the feed had been given up."""
        session = self.desk.session
        self._is_tried = False
        if session.is_venue_gone:
            session.venue_is_back()
            self.hooks.venue_is_back()
        if not self._is_started:
            self._is_started = True
            session.start()
            self.hooks.start()
            self.desk.alerts.start()

    def go_on(self) -> None:
        """The venue or the key is another now: everything is read again."""
        self.desk.session.venue_is_back()
        self.hooks.venue_is_back()

    def venue_is_gone(self, words: str) -> None:
        self._is_tried = False
        self.desk.session.venue_is_gone(words)

    @property
    def is_venue_gone(self) -> bool:
        return self.desk.session.is_venue_gone and not self._is_tried

    def trouble_is_over(self) -> None:
        """It is tried again: nothing is asked before the venue was pointed at with the keys that are kept now."""
        self._is_tried = True

    def facts(self) -> LinkFacts:
        """How the line to the venue stands."""
        venue = self.venue
        return LinkFacts(
            budget_left=venue.budget.left, waiting=venue.budget.waiting, calls=venue.meter.figures(), clock_offset=venue.clock_offset
        )

    async def finish_sending(self) -> None:
        """Nothing is ever on its way."""

    async def close(self) -> None:
        """After the tasks have been stopped."""
        await self.hooks.close()
        await self.venue.close()
        await self.video.close()

    def _keep_delay(self, choice: DelayChoice) -> str:
        try:
            settings.write(self._delay, choice)
        except OSError as problem:
            return f"The delay holds until the end of the program, but could not be kept: {problem.strerror or problem}"
        return ""

    def _said(self, read: settings.Read[Kept], what: str) -> Kept:
        """What a settings file holds; that it could not be used is said."""
        if read.words:
            self.notices.say(f"{what}: {read.words}", Tone.WARNING)
        return read.value
