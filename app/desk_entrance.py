"""How an account that trades is entered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app import doorway
from app.child import Ready
from app.domain.environment import Environment
from app.domain.profile import Profile, Provider
from app.domain.secret import Secret
from app.doorway import DoorwayError, PracticeDoor
from app.entrance import Entrance
from app.house import House
from app.outlet import VenueKeys
from app.seat import Seat
from app.services.notices import Tone
from app.terminal import Terminal
from app.ui.shell import Connected
from app.venues.prophetx.venue import Keys


class DeskEntrance(Entrance):
    """A Trading or a B2B account: its journal is read before its venue is asked for anything."""

    terminal: Terminal

    def __init__(self, house: House, profile: Profile, again: Callable[[Ready], Awaitable[None]], seat: Seat | None = None) -> None:
        super().__init__(house, profile, again, seat)
        journal = house.exchange.journal(profile) if self.is_practice else None
        self.terminal = Terminal(
            profile, house.where, journal=journal, tasks=self.tasks, desk_lock=house.idle.objection, budgets=house.budgets
        )
        self.desk = self.terminal.desk
        self.notices = self.terminal.notices

    def _as_shown(self, name: str) -> Connected:
        terminal = self.terminal
        return Connected(
            desk=terminal.desk,
            environment=self.profile.environment,
            account=name,
            provider=self.profile.provider,
            keep_limits=terminal.keep_limits,
            link=terminal.link,
            start=self.tasks.start,
            restart_practice=self.restart_practice if self.is_practice else None,
            enter_again=self.try_again,
            is_locked_out=lambda: self._is_locked_out,
            taping=terminal.taping,
        )

    def _practice_has_begun(self) -> None:
        if self._house.options.replay:  # the venue in it takes no orders anyway
            self.desk.controls.switch(is_on=False)

    def _url_at(self, ready: Ready) -> str:
        if self.profile.provider is Provider.TRADING:
            return ready.trading.url
        if ready.omnibus is None:
            raise DoorwayError("This practice exchange does not serve B2B accounts")
        return ready.omnibus.url

    def _own_keys(self, ready: Ready) -> VenueKeys:
        return Keys(Environment.PRACTICE, Secret(ready.trading.access_key), Secret(ready.trading.secret_key))

    def _note(self, ready: Ready) -> None:
        told, exchange = ready.trading, self._house.exchange
        omnibus = ready.omnibus.url if ready.omnibus else ""
        try:
            doorway.note_practice(self._house.where, PracticeDoor(told.url, told.access_key, told.secret_key, omnibus, exchange.fresh))
        except OSError as problem:
            self.notices.say(f"cancel-all from the command line will not find this exchange: {problem}", Tone.WARNING)

    def stop_orders(self, words: str) -> None:
        self.desk.controls.keep_off(words)

    @property
    def what_holds_it(self) -> str:
        desk = self.desk
        if live := desk.blotter.live_count:
            return f"it has {live} open or unclear orders: cancel them first"
        if desk.batch.sending.is_running:
            return "a batch of it is being sent: stop that first"
        if desk.trading.is_busy:
            return "an order of it is on its way"
        if guards := len(desk.guards.active()):
            return f"{guards} of its guards are armed: stop them first"
        return ""
