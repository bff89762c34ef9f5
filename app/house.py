"""What lives as long as the program does, whichever profile is open: looks, the profiles and their keys, the practice exchange."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app import doorway
from app.child import ChildError
from app.crash import BlackBox, LastWords
from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.profile import Profile
from app.exchange import PracticeExchange, nobody
from app.options import Options
from app.proving import PracticePlaces, Proving, places_of
from app.seat import why_taken
from app.services.idle import IdleLock
from app.services.setup.book import ProfileBook
from app.store.paths import Folders, resources
from app.store.pin import FILE as PIN_FILE
from app.store.pin import PinFile
from app.store.profiles import Profiles
from app.store.rsa.maker import RsaMaker
from app.store.vault.vault import Vault
from app.terminal import now
from app.ui.activity import Activity
from app.ui.clipboard import Clipboard
from app.ui.display import Display
from app.ui.formats import OddsFormat
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.workspace import Workspace
from app.venues.shares import Budgets


class Ends(NamedTuple):
    """How this run's end is written down where it is not as it should be, and how the last one's was."""

    box: BlackBox | None = None
    last: LastWords | None = None


class House:
    """Built once, and closed by `end`."""

    def __init__(self, application: QApplication, options: Options, where: Folders, ends: Ends) -> None:
        self.application = application
        self.options = options
        self.where = where
        self.exchange = PracticeExchange(options.practice)
        self.book = ProfileBook(self.profiles, Vault(where), now=now, why_busy=lambda profile: why_taken(profile, where))
        self.workspace = Workspace(QSettings(str(where.settings / "workspace.ini"), QSettings.Format.IniFormat))
        self.theme = Theme(application, resources(), self.workspace.chosen("theme", "dark"))
        self.display = Display(_odds_format(self.workspace.chosen("odds", str(OddsFormat.AMERICAN))))
        self.maker = RsaMaker()
        self.budgets = Budgets()
        self.prover = Proving(self._places, budgets=self.budgets)
        self.pins = PinFile(where.settings / PIN_FILE)
        self.now = now
        self.clock: Callable[[], float] = time.monotonic
        self.idle = IdleLock(self.pins, clock=self._seconds, now=now)
        self.activity = Activity(self.idle.touch, application)
        self.listener: Callable[[str], object] | None = None
        self.clipboard = Clipboard(application.clipboard(), self._say)
        self.ends = ends
        self.sounds = Sounds(resources() / "sounds", is_muted=self.workspace.chosen("muted", False))

    async def _places(self) -> PracticePlaces:
        """A dead exchange is started again where no window is there to ask whether it should be."""
        try:
            ready = self.exchange.restart() if self.exchange.is_dead and self.exchange.died is nobody else self.exchange.ready()
            return places_of(await ready)
        except ChildError as problem:
            raise NotSentError(str(problem)) from problem

    def _seconds(self) -> float:
        """By the clock as it is then: a test may put in another one."""
        return self.clock()

    def _say(self, words: str) -> None:
        """To the window that is open, where one is."""
        if self.listener is not None:
            self.listener(words)

    def report(self, problem: BaseException) -> None:
        """Something that nothing caught, for the report beside the logs."""
        if self.ends.box is not None:
            self.ends.box.report("a task or a slot", problem)

    def profiles(self) -> Profiles:
        """The profiles' file as it is now."""
        return doorway.profiles_of(self.where)

    @property
    def welcomes(self) -> bool:
        """Nobody has been through the wizard yet."""
        return self.options.welcomes and not self.workspace.chosen("welcomed", False) and len(self.profiles().all) == 1

    def has_welcomed(self) -> None:
        self.workspace.remember("welcomed", True)

    def why_not_openable(self, profile: Profile) -> str:
        """Why a window of this profile cannot be opened from here; empty when it can."""
        if profile.environment is Environment.PRACTICE and profile.replay:
            return f"It plays a recording: start the program with --profile {profile.name!r}"
        if self.options.replay:
            return "A recording is being played: close it first"
        return ""

    async def end(self) -> None:
        """The program ends."""
        self.clipboard.close()
        await self.exchange.end()


def _odds_format(text: str) -> OddsFormat:
    return OddsFormat(text) if text in set(OddsFormat) else OddsFormat.AMERICAN
