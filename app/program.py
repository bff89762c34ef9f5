"""One open profile: its terminal, its window, how it is entered, and how it makes room for another."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt

from app import doorway, proving
from app.child import ChildError, Ready, TradingAddress
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.keys import ACCESS, SECRET, Credentials, VaultError
from app.domain.profile import PRACTICE, Profile, ProfileError
from app.domain.secret import Secret
from app.doorway import DoorwayError, PracticeDoor
from app.exchange import nobody
from app.house import Ends, House
from app.seat import Seat
from app.services.notices import Tone
from app.services.setup.room import ProfileRoom
from app.services.setup.wizard import Wizard
from app.services.tasks import Tasks
from app.stall import StallWatch
from app.store import export
from app.store.lock import LockError
from app.store.paths import resources
from app.terminal import Terminal, now
from app.ui.pulse import Pulse
from app.ui.views.idle_lock import IdleLockBox
from app.ui.views.profiles import ProfilesWindow
from app.ui.window import MainWindow, Shell
from app.ui.wizard.window import WizardWindow
from app.venues.hosts import practice
from app.venues.prophetx.names import Spelling
from app.venues.prophetx.venue import Keys
from app.venues.reel import spelling_of

log = logging.getLogger(__name__)


class Program:
    """Everything that lives as long as the window of one profile does. `next` is who sits here after it, None at the program's end."""

    def __init__(self, house: House, profile: Profile) -> None:
        self.house = house
        self.profile = _as_recorded(profile, house)
        self.next: Seat | None = None
        self._is_locked_out = False
        self.setup: Wizard | None = None
        self.wizard: WizardWindow | None = None
        self.profiles: ProfilesWindow | None = None
        self.tasks = Tasks(self.failed)
        self.terminal = Terminal(self.profile, house.where, journal=self._fresh_journal(), tasks=self.tasks, desk_lock=house.idle.objection)
        self.notices = self.terminal.notices
        for words in (*house.profiles().words, house.pins.words):
            if words:
                self.notices.say(words, Tone.WARNING)
        self.venue, self.follower = self.terminal.venue, self.terminal.follower
        self.session = self.terminal.desk.session
        self.stalls = StallWatch(self._stalled)
        self.theme = house.theme
        self.pulse = Pulse()
        self.window = MainWindow(
            Shell(
                desk=self.terminal.desk,
                environment=self.profile.environment,
                account=self._account(),
                keep_limits=self.terminal.keep_limits,
                theme=house.theme,
                display=house.display,
                pulse=self.pulse,
                sounds=house.sounds,
                workspace=house.workspace,
                start=self.tasks.start,
                clock=time.monotonic,
                now=now,
                link=self.terminal.link,
                icon=resources() / "icons" / "overround.svg",
                restart_practice=self.restart_practice if self._is_practice else None,
                enter_again=self.try_again,
                is_locked_out=lambda: self._is_locked_out,
                taping=self.terminal.taping,
                idle=house.idle,
                set_up=self._set_up_another,
                holds_up=self._holds_up,
                show_profiles=self.show_profiles,
            )
        )

    @property
    def _is_practice(self) -> bool:
        return self.profile.environment is Environment.PRACTICE

    def _fresh_journal(self) -> Path | None:
        return self.house.exchange.journal(self.profile) if self._is_practice else None

    def _account(self) -> str:
        if replay := self.house.options.replay:
            return f"replay of {replay.name}"
        return "ProphetX Trading" if self.profile.name == PRACTICE.name else self.profile.name

    def begin(self) -> None:
        """Show the window and start what lives in it."""
        self.house.listener = self.notices.say
        if self._is_practice:
            self.house.exchange.died = self.session.venue_is_gone
            self.house.exchange.launch()
        self.window.show()
        self.pulse.start()
        self.stalls.start()
        self.tasks.start(self.enter())
        self._tell_last_words()
        if self.house.welcomes:
            self.set_up()

    def _tell_last_words(self) -> None:
        """How the last run ended, once."""
        last, self.house.ends = self.house.ends.last, Ends(self.house.ends.box)
        if last is None:
            return
        if last.file is not None:
            self.window.last_words.tell(last.at, last.words, last.file)
        self.notices.say(f"The last run ended by itself ({last.at.astimezone():%Y-%m-%d %H:%M}): {last.words}", Tone.WARNING)

    # Entering

    async def enter(self) -> None:
        """Read the journal, find the account, connect to it."""
        await self.terminal.open()
        if self._is_practice:
            await self._enter_practice()
            return
        await self._enter_account()

    async def _enter_account(self) -> None:
        try:
            door = await doorway.find(self.profile, self.house.where, self._credentials)
        except DoorwayError as problem:
            self.session.venue_is_gone(str(problem))
            return
        await self.terminal.point(door.address, door.keys)
        self.terminal.start()

    async def _credentials(self, profile: Profile) -> Credentials:
        """From where they are kept; a person is asked for the passphrase as long as it is not the right one."""
        return await self.house.book.open_asking(profile, self.window.passphrase_box.ask)

    def try_again(self) -> None:
        """The account could not be entered; a person may have mended what was in the way."""
        if self.session.is_venue_gone:
            self.session.trouble_is_over()
            self.tasks.start(self._enter_practice() if self._is_practice else self._enter_account())

    # The practice exchange

    async def _enter_practice(self) -> None:
        """Wait for the exchange, then connect to it."""
        ready = await self._practice_ready(self.house.exchange.ready())
        if ready is None or not await self._point(ready):
            return
        self.terminal.start()
        if self.house.options.replay:  # the venue in it takes no orders anyway
            self.terminal.desk.controls.switch(is_on=False)

    async def _point(self, ready: Ready) -> bool:
        """Use this exchange, and note where it is for a second program of the same person. False where its keys cannot be had."""
        told = ready.trading
        try:
            keys = await self._practice_keys(told)
        except (VaultError, ProfileError) as problem:
            self._is_locked_out = True
            self.session.venue_is_gone(str(problem))
            return False
        self._is_locked_out = False
        await self.terminal.point(practice(told.url), keys)
        journal = str(self.terminal.journal_file) if not self.house.exchange.is_kept else ""
        try:
            doorway.note_practice(self.house.where, PracticeDoor(told.url, told.access_key, told.secret_key, journal))
        except OSError as problem:
            self.notices.say(f"cancel-all from the command line will not find this exchange: {problem}", Tone.WARNING)
        return True

    async def _practice_keys(self, told: TradingAddress) -> Keys:
        """The exchange's own pair for the built-in profile; another practice profile has its own."""
        if doorway.uses_exchanges_own(self.profile) or self.house.options.replay:
            return Keys(Environment.PRACTICE, Secret(told.access_key), Secret(told.secret_key))
        kept = await self._credentials(self.profile)
        return Keys(Environment.PRACTICE, kept.parts[ACCESS], kept.parts[SECRET])

    def restart_practice(self) -> None:
        """A person asked for it: end the old process if it still runs, start another and read everything again."""
        self.tasks.start(self._restart_practice())

    async def _restart_practice(self) -> None:
        was_started = self.terminal.is_started
        ready = await self._practice_ready(self.house.exchange.restart())
        if ready is None or not await self._point(ready):
            return
        if not was_started:
            self.terminal.start()
            return
        self.follower.drop()
        self.session.venue_is_back()

    async def _practice_ready(self, coming: Awaitable[Ready]) -> Ready | None:
        try:
            return await coming
        except ChildError as problem:
            remedy = " Starting the program with --fresh plays a new exchange without the kept one." if self.house.exchange.is_kept else ""
            self.session.venue_is_gone(f"{problem}{remedy}")
            return None

    # Accounts

    def set_up(self, begin: Callable[[Wizard], None] | None = None) -> None:
        """Open the wizard, or bring it to the front; `begin` may lead it past its first pages.

        One account at a time: a wizard that was only opened makes room for another, one in which something was typed does not.
        """
        if begin is not None and self.setup is not None:
            if self.setup.is_begun:
                self.notices.say("The wizard is open for another account: finish it or close it first", Tone.WARNING)
            else:
                self.setup.give_up()
        if self.wizard is None:
            wizard = Wizard(
                self.house.book,
                self.house.maker,
                self.house.prover,
                self.tasks,
                clock=self.house.clock,
                why_not_open=self.house.why_not_openable,
                closed=self._set_up_is_over,
            )
            wizard.choose_practice(is_chosen=self.house.welcomes)
            if begin is not None:
                begin(wizard)
            self.setup = wizard
            clipboard = self.house.clipboard
            self.wizard = WizardWindow(self.window, wizard, self.theme, clipboard.copy, pasted=clipboard.expire)
        self.wizard.bring()

    def show_profiles(self) -> None:
        """Open the window of profiles and keys, or bring it to the front."""
        if self.profiles is None:
            self.profiles = self._build_profiles()
        self.profiles.bring()

    def _build_profiles(self) -> ProfilesWindow:
        house, theme, start = self.house, self.theme, self.tasks.start
        room = ProfileRoom(
            house.book,
            house.prover,
            self.tasks,
            clock=house.clock,
            now=house.now,
            here=self.profile,
            export=lambda path: export.write(path, house.where, house.now()),
            why_not_open=house.why_not_openable,
            check=proving.objection,
        )
        profiles = ProfilesWindow(self.window, room, theme, IdleLockBox(house.idle, start, theme))
        profiles.open_wanted.connect(self.switch)
        profiles.rotate_wanted.connect(lambda profile: self.set_up(lambda wizard: wizard.rotate(profile)))
        profiles.set_up_wanted.connect(self._set_up_another)
        return profiles

    def _set_up_another(self) -> None:
        """For menus and buttons, which have nothing to say about it."""
        self.set_up()

    def _set_up_is_over(self, profile: Profile | None) -> None:
        self.house.has_welcomed()
        was_rotating = self.setup is not None and self.setup.is_rotating
        self.setup = self.wizard = None  # the hidden window goes with this one: a deletion left to Qt's loop may crash in PySide
        if profile is None:
            return
        is_here = profile.slug == self.profile.slug
        if was_rotating and is_here:
            self.tasks.start(self._use_new_keys())
        elif not was_rotating and not is_here and not self.house.why_not_openable(profile):
            self.switch(profile)

    async def _use_new_keys(self) -> None:
        """The open profile's keys were replaced: log in with the new ones."""
        if self.session.is_venue_gone:
            self.try_again()
            return
        try:
            if self._is_practice:
                keys = await self._practice_keys((await self.house.exchange.ready()).trading)
                await self.terminal.point(practice((await self.house.exchange.ready()).trading.url), keys)
            else:
                door = await doorway.find(self.profile, self.house.where, self._credentials)
                await self.terminal.point(door.address, door.keys)
        except (DoorwayError, ChildError, VaultError, ProfileError) as problem:
            self.notices.say(f"This window goes on with the old keys: {problem}", Tone.WARNING)
            return
        self.follower.drop()
        self.session.venue_is_back()

    # Making room for another profile

    def switch(self, profile: Profile) -> None:
        """Close this profile's window and open the other's in this program; over open orders the person is asked first."""
        if words := self.house.why_not_openable(profile):
            self.notices.say(words, Tone.WARNING)
            return
        self._get_up()
        try:
            self.next = Seat(profile, self.house.where)
        except LockError as problem:
            self.notices.say(str(problem), Tone.WARNING)
            return
        self.window.quit_box.rejected.connect(self._get_up)
        self.window.quit_box.speak_of(switching=True)
        self.window.close()

    def _holds_up(self) -> bool:
        """Whether the window has to stay: in the wizard something would be lost, and the person is asked there first."""
        if self.wizard is None or self.setup is None or not self.setup.is_begun:
            return False
        self._get_up()
        self.wizard.bring()
        self.wizard.ask_to_leave()
        return True

    def take_next(self) -> Seat | None:
        """Who sits here next; this program holds it no longer."""
        following, self.next = self.next, None
        return following

    def _get_up(self) -> None:
        """Stay with this profile after all."""
        self.window.quit_box.speak_of(switching=False)
        if self.next is not None:
            self.next.leave()
            self.next = None

    def show(self) -> None:
        """Bring the window to the front: a person started the program once more."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()
        self.notices.say("This profile is open here already")

    # Ends

    def failed(self, problem: BaseException) -> None:
        """A background task failed: a venue's words are for the log pane, anything else is our own mistake."""
        if isinstance(problem, VenueError):
            self.notices.say(str(problem), Tone.WARNING)
            return
        log.error("a task failed", exc_info=problem)
        self.house.report(problem)
        self.notices.say(f"Something in the program failed: {problem!r}. The log file has the details", Tone.BAD)

    def _stalled(self, seconds: float) -> None:
        self.notices.say(f"The program stood still for {seconds:.1f} s; the log file says where", Tone.BAD)

    async def close(self) -> None:
        if self.setup is not None:
            self.setup.give_up()
        self.house.exchange.died = nobody
        self.pulse.stop()
        await self.terminal.finish_sending()
        self.stalls.stop()
        await self.tasks.stop()
        await self.terminal.close()
        if self.profiles is not None:
            self.profiles.close_for_good()


def _as_recorded(profile: Profile, house: House) -> Profile:
    """A replay is spoken to in the words it was recorded in."""
    replay = house.options.replay
    if replay and (spelling := spelling_of(replay)) in set(Spelling):
        return msgspec.structs.replace(profile, spelling=spelling)
    return profile
