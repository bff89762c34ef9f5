"""How one account is entered: what is kept of it is read, its keys are asked for, its venue is found (practice or a real one)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from app import doorway
from app.child import ChildError, Ready
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.keys import Credentials, VaultError
from app.domain.profile import Profile, ProfileError
from app.domain.secret import Secret
from app.doorway import Door, DoorwayError
from app.house import House
from app.outlet import VenueKeys, keys_of
from app.seat import Seat
from app.services.notices import Notices, Tone
from app.services.setup.book import Ask
from app.services.tasks import Tasks
from app.ui.shell import Account
from app.venues.hosts import Address, practice

log = logging.getLogger(__name__)


async def _nobody_to_ask(_words: str) -> Secret | None:
    """Before there is a window."""
    return None


class Connection(Protocol):
    """The services of one account with its venue. `open` reads what is kept, `point` chooses the address and keys, `start` connects."""

    @property
    def is_started(self) -> bool: ...
    async def open(self) -> None: ...
    async def point(self, address: Address, keys: VenueKeys) -> None: ...
    def start(self) -> None: ...
    def go_on(self) -> None:
        """The venue or the keys are others now: read everything again."""

    def venue_is_gone(self, words: str) -> None: ...
    @property
    def is_venue_gone(self) -> bool: ...
    def trouble_is_over(self) -> None:
        """It may be tried again."""

    async def finish_sending(self) -> None: ...
    async def close(self) -> None: ...


class Entrance:
    """One account that a window has connected, with background tasks of its own. `seat` is None for the account whose seat another holds.

    `again` hears of a practice exchange that was started anew. `ask` brings a passphrase from a person; whoever shows the account sets it.
    A subclass sets `terminal` and `notices`.
    """

    terminal: Connection
    notices: Notices
    account: Account

    def __init__(self, house: House, profile: Profile, again: Callable[[Ready], Awaitable[None]], seat: Seat | None = None) -> None:
        self._house = house
        self._again = again
        self._is_locked_out = False
        self.profile = profile
        self.seat = seat
        self.tasks = Tasks(self.failed)
        self.ask: Ask = _nobody_to_ask

    @property
    def is_practice(self) -> bool:
        return self.profile.environment is Environment.PRACTICE

    def connected(self, name: str) -> Account:
        """The account as the window shows it, from now on `account`."""
        self.account = self._as_shown(name)
        return self.account

    def _as_shown(self, name: str) -> Account:
        raise NotImplementedError

    def stop_orders(self, words: str) -> None:
        """Nothing leaves this account from now on, because of `words`."""

    # Entering

    async def enter(self) -> None:
        """Read the journal, find the account, connect to it."""
        await self.terminal.open()
        await self._enter()

    async def _enter(self) -> None:
        if self.is_practice:
            await self._enter_practice()
            return
        try:
            door = await doorway.find(self.profile, self._house.where, self._credentials)
        except DoorwayError as problem:
            self._is_locked_out = isinstance(problem.__cause__, VaultError)
            self.terminal.venue_is_gone(str(problem))
            return
        self._is_locked_out = False
        await self.terminal.point(door.address, door.keys)
        self.terminal.start()

    async def _credentials(self, profile: Profile) -> Credentials:
        """From where they are kept; a person is asked for the passphrase as long as it is not the right one."""
        return await self._house.book.open_asking(profile, self.ask)

    def try_again(self) -> None:
        """The account could not be entered; a person may have mended what was in the way."""
        if self.terminal.is_venue_gone:
            self.terminal.trouble_is_over()
            self.tasks.start(self._enter())

    async def use_new_keys(self) -> None:
        """The account's keys were replaced: go on with the new ones."""
        if self.terminal.is_venue_gone:
            self.try_again()
            return
        try:
            if self.is_practice:
                door = await self._practice_door(await self._house.exchange.ready())
            else:
                door = await doorway.find(self.profile, self._house.where, self._credentials)
        except (DoorwayError, ChildError, VaultError, ProfileError) as problem:
            self.notices.say(f"This window goes on with the old keys: {problem}", Tone.WARNING)
            return
        await self.terminal.point(door.address, door.keys)
        self.terminal.go_on()

    # The practice exchange

    async def _enter_practice(self) -> None:
        """Wait for the exchange, then connect to it."""
        ready = await self._ready(self._house.exchange.ready())
        if ready is None or not await self._point(ready):
            return
        self.terminal.start()
        self._practice_has_begun()

    def _practice_has_begun(self) -> None:
        """Connected to the practice exchange for the first time."""

    async def _ready(self, coming: Awaitable[Ready]) -> Ready | None:
        try:
            return await coming
        except ChildError as problem:
            remedy = " Starting the program with --fresh plays a new exchange without the kept one." if self._house.exchange.is_kept else ""
            self.terminal.venue_is_gone(f"{problem}{remedy}")
            return None

    async def _point(self, ready: Ready) -> bool:
        """Use this exchange, and note where it is for a second program of the same person. False where its keys cannot be had."""
        try:
            door = await self._practice_door(ready)
        except (VaultError, ProfileError, DoorwayError) as problem:
            self._is_locked_out = True
            self.terminal.venue_is_gone(str(problem))
            return False
        self._is_locked_out = False
        await self.terminal.point(door.address, door.keys)
        self._note(ready)
        return True

    async def _practice_door(self, ready: Ready) -> Door:
        """The exchange's own keys for a built-in profile; another practice profile has its own."""
        url = self._url_at(ready)
        if doorway.uses_exchanges_own(self.profile) or self._house.options.replay:
            return Door(practice(url), self._own_keys(ready))
        return Door(practice(url), keys_of(self.profile, await self._credentials(self.profile)))

    def _url_at(self, ready: Ready) -> str:
        """Where this exchange serves the account. DoorwayError where it does not."""
        raise NotImplementedError

    def _own_keys(self, ready: Ready) -> VenueKeys:
        """What the exchange said when it was started."""
        raise NotImplementedError

    def _note(self, ready: Ready) -> None:
        """A second program of the same person may want to find the exchange."""

    def restart_practice(self) -> None:
        """A person asked for it: end the old process if it still runs, start another; every practice account goes on with it."""
        self.tasks.start(self._restart())

    async def _restart(self) -> None:
        ready = await self._ready(self._house.exchange.restart())
        if ready is not None:
            await self._again(ready)

    async def go_on_with(self, ready: Ready) -> None:
        """Another practice exchange runs now: connect to it and read everything again."""
        was_started = self.terminal.is_started
        if not await self._point(ready):
            return
        if not was_started:
            self.terminal.start()
            return
        self.terminal.go_on()

    # Ends

    def failed(self, problem: BaseException) -> None:
        """A background task failed: a venue's words are for the log pane, anything else is our own mistake."""
        if isinstance(problem, VenueError):
            self.notices.say(str(problem), Tone.WARNING)
            return
        log.error("a task failed", exc_info=problem)
        self._house.report(problem)
        self.notices.say(f"Something in the program failed: {problem!r}. The log file has the details", Tone.BAD)

    @property
    def what_holds_it(self) -> str:
        """Why it cannot be let go of without losing something, as the end of a sentence; empty where it can."""
        return ""

    async def close(self) -> None:
        """Let orders that are on their way arrive, then let go of everything."""
        await self.terminal.finish_sending()
        await self.tasks.stop()
        await self.terminal.close()
        if self.seat is not None:
            self.seat.leave()
