"""How an account at a feed is entered: nothing is kept of it but stars, and nothing can be ordered there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

from app.child import Ready
from app.domain.environment import Environment
from app.domain.profile import Profile
from app.doorway import DoorwayError
from app.entrance import Entrance
from app.feed_terminal import FeedTerminal
from app.house import House
from app.outlet import VenueKeys
from app.seat import Seat
from app.ui.shell import ConnectedFeed
from app.venues.rankacy.venue import Keys

PLOTTING = "pyqtgraph"
"""The library of the charts: it takes up to half a second to load, which the window would stand still for when the first one is shown."""


class FeedEntrance(Entrance):
    """A Rankacy account."""

    terminal: FeedTerminal

    def __init__(self, house: House, profile: Profile, again: Callable[[Ready], Awaitable[None]], seat: Seat | None = None) -> None:
        super().__init__(house, profile, again, seat)
        self.terminal = FeedTerminal(profile, house.where, tasks=self.tasks, budgets=house.budgets)
        self.terminal.desk.session.is_locked_out = self._has_no_keys
        self.notices = self.terminal.notices
        self.tasks.start(asyncio.to_thread(import_module, PLOTTING))

    def _as_shown(self, name: str) -> ConnectedFeed:
        return ConnectedFeed(
            feed=self.terminal.desk,
            hooks=self.terminal.hooks,
            video=self.terminal.video,
            facts=self.terminal.facts,
            environment=self.profile.environment,
            account=name,
            start=self.tasks.start,
            restart_practice=self.restart_practice if self.is_practice else None,
            enter_again=self.try_again,
            is_locked_out=lambda: self._is_locked_out or self.terminal.desk.session.is_refused,
        )

    def _has_no_keys(self) -> bool:
        return self._is_locked_out

    def _url_at(self, ready: Ready) -> str:
        if ready.rankacy is None:
            raise DoorwayError("This practice exchange does not serve the Rankacy feed")
        return ready.rankacy.url

    def _own_keys(self, ready: Ready) -> VenueKeys:
        assert ready.rankacy is not None  # `_url_at` came first
        return Keys(Environment.PRACTICE, ready.rankacy.api_key)
