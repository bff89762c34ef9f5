"""One open window: the accounts that are connected in it, the wizard and the list of profiles, and how it makes room for another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

import msgspec
import shiboken6
from PySide6.QtCore import Qt

from app import proving
from app.child import Ready
from app.desk_entrance import DeskEntrance
from app.domain.profile import PRACTICE, PRACTICE_FEED, Profile, Provider
from app.doorway import uses_exchanges_own
from app.entrance import Entrance
from app.exchange import nobody
from app.feed_entrance import FeedEntrance
from app.house import Ends, House
from app.seat import Seat, why_taken
from app.services.floor import Floor
from app.services.notices import Tone
from app.services.session import Session
from app.services.setup.room import ProfileRoom
from app.services.setup.wizard import Wizard
from app.services.tasks import Tasks
from app.stall import StallWatch
from app.store import export, table_file
from app.store.lock import LockError
from app.store.paths import resources
from app.store.sheet_file import SheetFile
from app.terminal import Terminal, now
from app.ui.account_view import AccountView
from app.ui.pulse import Pulse
from app.ui.shell import Account, Files
from app.ui.views.idle_lock import IdleLockBox
from app.ui.views.profiles import ProfilesWindow
from app.ui.window import MainWindow, Shell
from app.ui.wizard.window import WizardWindow
from app.venues.prophetx.names import Spelling
from app.venues.reel import spelling_of

BESIDE = "beside"  # under which the accounts are remembered that were connected together


class Program:
    """Everything that lives as long as a window does. It is opened for one profile; others of the same environment may be connected beside.

    `next` is who sits here after it, None at the program's end.
    """

    def __init__(self, house: House, profile: Profile) -> None:
        self.house = house
        self.profile = _as_recorded(profile, house)
        self.next: Seat | None = None
        self._is_first_start = house.welcomes
        self.setup: Wizard | None = None
        self.wizard: WizardWindow | None = None
        self.profiles: ProfilesWindow | None = None
        self.first = self._entrance(self.profile)
        self.entrances = [self.first]
        self._leaving: list[Entrance] = []  # being let go
        self.failed = self.first.failed
        self.tasks = Tasks(self.failed)
        self.notices = self.first.notices
        for words in (*house.profiles().words, house.pins.words):
            if words:
                self.notices.say(words, Tone.WARNING)
        self.stalls = StallWatch(self._stalled)
        self.theme = house.theme
        self.pulse = Pulse()
        self.floor = Floor()
        self.window = MainWindow(self._shell(), self._shown(self.first, self._account()))
        self.first.ask = self.window.seen.passphrase_box.ask

    def _entrance(self, profile: Profile, seat: Seat | None = None) -> Entrance:
        kind = FeedEntrance if profile.provider is Provider.RANKACY else DeskEntrance
        return kind(self.house, profile, self._practice_is_back, seat)

    def _shown(self, entrance: Entrance, name: str) -> Account:
        """An account as the window shows it."""
        account = entrance.connected(name)
        if not uses_exchanges_own(entrance.profile):
            account.new_keys = partial(self.renew_keys, entrance.profile)
        return account

    @property
    def terminal(self) -> Terminal:
        """Of the account that the window was opened for, where it trades."""
        assert isinstance(self.first, DeskEntrance)
        return self.first.terminal

    @property
    def session(self) -> Session:
        return self.terminal.desk.session

    def _shell(self) -> Shell:
        house = self.house
        return Shell(
            floor=self.floor,
            files=Files(table_file.read, SheetFile),
            theme=house.theme,
            display=house.display,
            pulse=self.pulse,
            sounds=house.sounds,
            workspace=house.workspace,
            start=self.tasks.start,
            clock=time.monotonic,
            now=now,
            icon=resources() / "icons" / "overround.svg",
            idle=house.idle,
            set_up=self._set_up_another,
            holds_up=self._holds_up,
            show_profiles=self.show_profiles,
            others=self._others,
            connect=self.connect,
            disconnect=self.disconnect,
            clipboard=house.clipboard,
        )

    def _account(self) -> str:
        if replay := self.house.options.replay:
            return f"replay of {replay.name}"
        return _called(self.profile)

    def begin(self) -> None:
        """Show the window and start what lives in it."""
        self.house.listener = self.notices.say
        if self.first.is_practice:
            self.house.exchange.died = self._practice_died
            self.house.exchange.launch()
        self.window.show()
        self.pulse.start()
        self.stalls.start()
        self.first.tasks.start(self.first.enter())
        self._tell_last_words()
        self._connect_again()
        if self._is_first_start:
            self.set_up()

    def _tell_last_words(self) -> None:
        """How the last run ended, once."""
        last, self.house.ends = self.house.ends.last, Ends(self.house.ends.box)
        if last is None:
            return
        if last.file is not None:
            self.window.seen.last_words.tell(last.at, last.words, last.file)
        self.notices.say(f"The last run ended by itself ({last.at.astimezone():%Y-%m-%d %H:%M}): {last.words}", Tone.WARNING)

    # Several accounts at once

    def connect(self, profile: Profile) -> None:
        """Connect one more account in this window, and bring it to hand."""
        if words := self._why_not_beside(profile):
            self.notices.say(words, Tone.WARNING)
            return
        try:
            seat = Seat(profile, self.house.where)
        except LockError as problem:
            self.notices.say(str(problem), Tone.WARNING)
            return
        entrance = self._entrance(profile, seat)
        view = self.window.seat_account(self._shown(entrance, _called(profile)))
        entrance.ask = view.passphrase_box.ask
        seat.rung = lambda: self._show_account(view)
        self.entrances.append(entrance)
        self._remember([*self._remembered(), profile.slug])
        entrance.tasks.start(entrance.enter())

    def disconnect(self, account: Account) -> None:
        """Let an account go that was connected beside; not over its open orders, and not the one the window was opened for."""
        entrance = next(entrance for entrance in self.entrances if entrance.account is account)
        if entrance in self._leaving:
            return
        if entrance is self.first:
            words = f"This window was opened for {self._account()}: open another profile in its place, or close the window"
            self.notices.say(words, Tone.WARNING)
            return
        if any(view.is_holding for view in self.window.accounts if view.account is account):
            return
        if words := entrance.what_holds_it:
            said = f"{entrance.profile.name} stays connected: {words}"
            self.window.seen.notices.say(said, Tone.WARNING)
            return
        self._leaving.append(entrance)
        entrance.stop_orders("this account is being disconnected")
        self._remember([slug for slug in self._remembered() if slug != entrance.profile.slug])
        self.tasks.start(self._let_go(entrance))

    async def _let_go(self, entrance: Entrance) -> None:
        """What runs for it ends first, then what shows it: nothing is told to a view that is gone."""
        await entrance.close()
        self._leaving.remove(entrance)
        self.entrances.remove(entrance)
        self.window.unseat(entrance.account)

    def _others(self) -> list[Profile]:
        """What could be connected beside now."""
        return [profile for profile in (*self.house.book.profiles, PRACTICE_FEED) if not self._why_not_beside(profile)]

    def _why_not_beside(self, profile: Profile) -> str:
        if words := self.house.why_not_openable(profile):
            return words
        if profile.environment is not self.profile.environment:
            here = self.profile.environment
            return f"{profile.name} is a {profile.environment} account; this window shows {here} accounts, and no window shows both"
        for entrance in self.entrances:
            if _is_same_account(entrance.profile, profile):
                return f"{profile.name} signs for the same issuer as {entrance.profile.name}: it is the same account"
        return why_taken(profile, self.house.where)

    def _remembered(self) -> list[str]:
        """The profiles, by slug, that are connected beside this one whenever they can be."""
        return [slug for slug in self.house.workspace.chosen(f"{BESIDE} {self.profile.slug}", "").split("|") if slug]

    def _remember(self, slugs: Iterable[str]) -> None:
        self.house.workspace.remember(f"{BESIDE} {self.profile.slug}", "|".join(dict.fromkeys(slugs)))

    def _connect_again(self) -> None:
        """What was connected beside this account when it was last closed."""
        if self.house.options.tour is not None or self.house.options.replay is not None:
            return
        wanted = self._remembered()
        first = self.window.seen
        for profile in self._others():
            if profile.slug in wanted:
                self.connect(profile)
        self.window.take_in_hand(first)

    def _show_account(self, view: AccountView) -> None:
        self.window.take_in_hand(view)
        self.show()

    # The practice exchange

    def _practice_died(self, words: str) -> None:
        for entrance in self.entrances:
            entrance.terminal.venue_is_gone(words)

    async def _practice_is_back(self, ready: Ready) -> None:
        for entrance in self.entrances:
            entrance.tasks.start(entrance.go_on_with(ready))  # each for itself: one may wait for a passphrase

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

    def renew_keys(self, profile: Profile) -> None:
        """Open the window of profiles and keys at a profile, its rotation begun."""
        self.show_profiles()
        if self.profiles is not None:
            self.profiles.renew(profile)

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
            why_not_beside=self._why_not_beside,
            check=proving.objection,
        )
        profiles = ProfilesWindow(self.window, room, theme, IdleLockBox(house.idle, start, theme))
        profiles.open_wanted.connect(self.switch)
        profiles.beside_wanted.connect(self.connect)
        profiles.rotate_wanted.connect(lambda profile: self.set_up(lambda wizard: wizard.rotate(profile)))
        profiles.set_up_wanted.connect(self._set_up_another)
        return profiles

    def _set_up_another(self) -> None:
        """For menus and buttons, which have nothing to say about it."""
        self.set_up()

    def _set_up_is_over(self, profile: Profile | None) -> None:
        self.house.has_welcomed()
        was_rotating = self.setup is not None and self.setup.is_rotating
        self.setup = self.wizard = None  # the hidden window goes with this one
        if profile is None:
            return
        here = next((entrance for entrance in self.entrances if entrance.profile.slug == profile.slug), None)
        if was_rotating and here is not None:
            here.tasks.start(here.use_new_keys())
        elif not was_rotating and here is None:
            self._use(profile, in_place=self._is_first_start)

    def _use(self, profile: Profile, *, in_place: bool) -> None:
        """An account was set up: it is opened in the place of the first start's, otherwise beside what is connected where that can be."""
        if not in_place and not self._why_not_beside(profile):
            self.connect(profile)
        elif not self.house.why_not_openable(profile):
            self.switch(profile)

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
        """Whether the window has to stay: in the wizard or in an account something would be lost, and the person is asked there first."""
        if any(view.is_holding for view in self.window.accounts):
            self._get_up()
            return True
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

    def _stalled(self, seconds: float) -> None:
        self.notices.say(f"The program stood still for {seconds:.1f} s; the log file says where", Tone.BAD)

    def vanish(self) -> None:
        """After `close`, where the program goes on without this window: it goes now, by hand.

        Left to Qt's loop its deletion crashed in PySide 6.11; left alone it would keep the account's keys in memory with it.
        """
        shiboken6.delete(self.window)

    async def close(self) -> None:
        if self.setup is not None:
            self.setup.give_up()
        self.house.exchange.died = nobody
        self.pulse.stop()
        for entrance in self.entrances:
            await entrance.terminal.finish_sending()
        self.stalls.stop()
        await self.tasks.stop()
        for entrance in self.entrances:
            await entrance.close()
        if self.profiles is not None:
            self.profiles.close_for_good()


def _called(profile: Profile) -> str:
    """On the screen."""
    return {PRACTICE.name: "ProphetX Trading", PRACTICE_FEED.name: "CS2 practice league"}.get(profile.name, profile.name)


def _is_same_account(one: Profile, other: Profile) -> bool:
    """Whether two B2B profiles are one account of the partner's: what is at risk there would count twice."""
    return bool(one.issuer) and (one.provider, one.host, one.issuer) == (other.provider, other.host, other.issuer)


def _as_recorded(profile: Profile, house: House) -> Profile:
    """A replay is spoken to in the words it was recorded in."""
    replay = house.options.replay
    if replay and (spelling := spelling_of(replay)) in set(Spelling):
        return msgspec.structs.replace(profile, spelling=spelling)
    return profile
