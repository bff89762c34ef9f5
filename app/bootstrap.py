"""The composition root: options, folders, the event loop, and every object built and connected once."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import msgspec
import qasync
from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app import doorway
from app.child import ChildError, PracticeChild, Ready
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.doorway import DoorwayError, PracticeDoor
from app.services.notices import Tone
from app.services.tasks import Tasks
from app.stall import StallWatch
from app.store import logs
from app.store.lock import LockError, ProfileLock, TakenError
from app.store.paths import Folders, folders, resources
from app.store.profiles import PRACTICE, Profile, ProfileError, Profiles
from app.terminal import Terminal, now
from app.ui.display import Display
from app.ui.doorbell import Doorbell, name_of, ring
from app.ui.formats import OddsFormat
from app.ui.pulse import Pulse
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.window import MainWindow, Shell
from app.ui.workspace import Workspace
from app.venues.hosts import practice
from app.venues.prophetx.names import Spelling
from app.venues.prophetx.venue import Keys
from app.venues.reel import spelling_of

log = logging.getLogger(__name__)


class Options(msgspec.Struct, frozen=True):
    """What the command line said."""

    home: Path | None = None
    tour: Path | None = None
    practice: tuple[str, ...] = ()
    profile: str = PRACTICE.name
    replay: Path | None = None


class Program:
    """Everything that lives as long as the window does."""

    def __init__(self, application: QApplication, options: Options, where: Folders) -> None:
        self.tasks = Tasks(self._failed)
        self.child: PracticeChild | None = None
        self._options = options
        self._where = where
        self._fresh: tempfile.TemporaryDirectory[str] | None = None
        profiles = Profiles(where.settings / "profiles.json")
        self.profile = profiles.find(options.profile)
        if options.replay and (spelling := spelling_of(options.replay)) in set(Spelling):
            self.profile = msgspec.structs.replace(self.profile, spelling=spelling)
        self.terminal = Terminal(self.profile, where, journal=self._fresh_journal(), tasks=self.tasks)
        self.notices = self.terminal.notices
        for words in profiles.words:
            self.notices.say(words, Tone.WARNING)
        self.venue, self.follower = self.terminal.venue, self.terminal.follower
        self.session = self.terminal.desk.session
        self.stalls = StallWatch(self._stalled)
        workspace = Workspace(QSettings(str(where.settings / "workspace.ini"), QSettings.Format.IniFormat))
        self.theme = Theme(application, resources(), workspace.chosen("theme", "dark"))
        self.pulse = Pulse()
        self.window = MainWindow(
            Shell(
                desk=self.terminal.desk,
                environment=self.profile.environment,
                account=_account(self.profile, options.replay),
                keep_limits=self.terminal.keep_limits,
                theme=self.theme,
                display=Display(_odds_format(workspace.chosen("odds", str(OddsFormat.AMERICAN)))),
                pulse=self.pulse,
                sounds=Sounds(resources() / "sounds", is_muted=workspace.chosen("muted", False)),
                workspace=workspace,
                start=self.tasks.start,
                clock=time.monotonic,
                now=now,
                link=self.terminal.link,
                icon=resources() / "icons" / "overround.svg",
                restart_practice=self.restart_practice if self._is_practice else None,
                taping=self.terminal.taping,
            )
        )

    @property
    def _is_practice(self) -> bool:
        return self.profile.environment is Environment.PRACTICE

    def _fresh_journal(self) -> Path | None:
        """An exchange that keeps nothing gets a journal that is thrown away with it."""
        if not self._is_practice or "--state" in self._options.practice:
            return None
        self._fresh = tempfile.TemporaryDirectory(prefix="overround-fresh-")
        return Path(self._fresh.name) / "journal.db"

    async def enter(self) -> None:
        """Read the journal, find the account, connect to it."""
        await self.terminal.open()
        if self._is_practice:
            await self.enter_practice()
            return
        try:
            door = await asyncio.to_thread(doorway.find, self.profile, self._where)  # a keyring may ask a person first
        except DoorwayError as problem:
            self.session.venue_is_gone(str(problem))
            return
        await self.terminal.point(door.address, door.keys)
        self.terminal.start()

    # The practice exchange

    def launch_practice(self) -> None:
        if not self._is_practice:
            return
        self.child = PracticeChild(self._options.practice, self.session.venue_is_gone)
        self.child.launch()

    async def enter_practice(self) -> None:
        """Wait for the exchange, then connect to it."""
        ready = await self._practice_ready()
        if ready is None:
            return
        await self._point(ready)
        self.terminal.start()
        if self._options.replay:  # the venue in it takes no orders anyway
            self.terminal.desk.controls.switch(is_on=False)

    async def _point(self, ready: Ready) -> None:
        """Use this exchange, and note where it is for a second program of the same person."""
        told = ready.trading
        await self.terminal.point(practice(told.url), Keys(Environment.PRACTICE, told.access_key, told.secret_key))
        journal = str(self.terminal.journal_file) if self._fresh else ""
        try:
            doorway.note_practice(self._where, PracticeDoor(told.url, told.access_key, told.secret_key, journal))
        except OSError as problem:
            self.notices.say(f"cancel-all from the command line will not find this exchange: {problem}", Tone.WARNING)

    def restart_practice(self) -> None:
        """A person asked for it: end the old process if it still runs, start another and read everything again."""
        self.tasks.start(self._restart_practice())

    async def _restart_practice(self) -> None:
        was_running = self.venue.answered_at is not None
        if self.child:
            await asyncio.to_thread(self.child.end)
        self.launch_practice()
        if not was_running:
            await self.enter_practice()
            return
        ready = await self._practice_ready()
        if ready is not None:
            await self._point(ready)
            self.follower.drop()
            self.session.venue_is_back()

    async def _practice_ready(self) -> Ready | None:
        assert self.child is not None
        try:
            return await self.child.ready()
        except ChildError as problem:
            kept = "--state" in self._options.practice
            remedy = " Starting the program with --fresh plays a new exchange without the kept one." if kept else ""
            self.session.venue_is_gone(f"{problem}{remedy}")
            return None

    def show(self) -> None:
        """Bring the window to the front: a person started the program once more."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()
        self.notices.say("This profile is open here already")

    # Ends

    def _failed(self, problem: BaseException) -> None:
        """A background task failed: a venue's words are for the log pane, anything else is our own mistake."""
        if isinstance(problem, VenueError):
            self.notices.say(str(problem), Tone.WARNING)
            return
        log.error("a task failed", exc_info=problem)
        self.notices.say(f"Something in the program failed: {problem!r}. The log file has the details", Tone.BAD)

    def _stalled(self, seconds: float) -> None:
        self.notices.say(f"The program stood still for {seconds:.1f} s; the log file says where", Tone.BAD)

    async def close(self) -> None:
        self.pulse.stop()
        await self.terminal.finish_sending()
        self.stalls.stop()
        await self.tasks.stop()
        await self.terminal.close()
        if self.child:
            await asyncio.to_thread(self.child.end)
        if self._fresh:
            self._fresh.cleanup()


def _account(profile: Profile, replay: Path | None) -> str:
    if replay:
        return f"replay of {replay.name}"
    return "ProphetX Trading" if profile.name == PRACTICE.name else profile.name


def _odds_format(text: str) -> OddsFormat:
    return OddsFormat(text) if text in set(OddsFormat) else OddsFormat.AMERICAN


async def _live(program: Program, drive: Callable[[Program], object] | None) -> int:
    """Show the window and stay until it is closed, or drive it (the tour)."""
    closed = asyncio.Event()
    program.window.closed.connect(closed.set)
    program.window.show()
    program.pulse.start()
    program.stalls.start()
    asyncio.get_running_loop().set_exception_handler(_loop_failed(program))
    program.tasks.start(program.enter())
    code = 0
    if drive is None:
        await closed.wait()
    else:
        result = drive(program)
        code = await result if asyncio.iscoroutine(result) else 0
        program.window.leave()
    await program.close()
    return code


def _loop_failed(program: Program) -> Callable[[asyncio.AbstractEventLoop, dict[str, object]], None]:
    def failed(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        problem = context.get("exception")
        program._failed(problem if isinstance(problem, BaseException) else RuntimeError(str(context.get("message"))))

    return failed


def _slot_failed(program: Program) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def failed(_kind: type[BaseException], problem: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(problem, KeyboardInterrupt):
            program.window.leave()
            return
        program._failed(problem)

    return failed


def run(options: Options, drive: Callable[[Program], object] | None = None, build: Callable[..., Program] = Program) -> int:
    """Build the program and run it to its end; the exit code. `build` makes it, where another kind of `Program` is wanted."""
    where = folders(options.home)
    where.make()
    handler = logs.to_file(where.logs)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Overround")
    application.setDesktopFileName("overround")
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    bell = name_of(where.data, options.profile)
    try:
        lock = ProfileLock(where.data, Profiles(where.settings / "profiles.json").find(options.profile))
        lock.acquire()
    except TakenError as problem:
        print(problem, file=sys.stderr)
        return 0 if ring(bell) else 2
    except (ProfileError, LockError) as problem:
        print(problem, file=sys.stderr)
        return 2
    program = build(application, options, where)
    doorbell = Doorbell(bell, program.show)
    program.launch_practice()
    sys.excepthook = _slot_failed(program)
    try:
        return int(loop.run_until_complete(_live(program, drive)))
    finally:
        sys.excepthook = sys.__excepthook__
        doorbell.close()
        loop.close()
        lock.release()
        logging.getLogger().removeHandler(handler)
        handler.close()


def parse(arguments: Sequence[str]) -> Options:
    """The options of the window's modes; argparse ends the program with words and code 2 on a bad one."""
    parser = argparse.ArgumentParser(
        prog="overround",
        description="A desktop terminal for the ProphetX betting exchange.",
        epilog="Other modes: 'cancel-all' (the kill switch from outside), 'journal verify', 'test-connection' (does the venue know every "
        "name of a profile?), 'practice-server' (the practice exchange alone), 'doctor' (is this computer ready?); each has a --help.",
    )
    parser.add_argument("--practice", action="store_true", help="open the practice exchange (the first start does so anyway)")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="drive the window through the main job and write pictures and tour.json")
    parser.add_argument("--home", type=Path, metavar="DIR", help="keep data, settings and logs below DIR")
    parser.add_argument("--profile", default=PRACTICE.name, metavar="NAME", help="which account (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="a new practice exchange, nothing kept from the last time")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a recorded session at the pace of --speed (0: at once)")
    for name, kind, words in (
        ("seed", int, "which world the practice exchange plays"),
        ("speed", float, "how fast its games run"),
        ("rate", float, "depth changes a second"),
        ("load", Path, "venue payloads to add to it"),
        ("faults", Path, "a fault script for it: rehearse a bad day"),
        ("truth", Path, "where it logs every request it received"),
    ):
        parser.add_argument(f"--{name}", type=kind, help=words)
    told = parser.parse_args(arguments)
    practice = [
        word
        for name in ("seed", "speed", "rate", "load", "faults", "truth", "replay")
        if (value := getattr(told, name)) is not None
        for word in (f"--{name}", str(value))
    ]
    if not told.fresh and told.tour is None and told.replay is None:
        practice += ["--state", str(folders(told.home).data / "practice")]
    return Options(home=told.home, tour=told.tour, practice=tuple(practice), profile=told.profile, replay=told.replay)


def _of_profile(options: Options) -> Options:
    """With the recording of a profile that is there to play one; a profile that cannot be found is said where it is opened."""
    try:
        profile = Profiles(folders(options.home).settings / "profiles.json").find(options.profile)
    except ProfileError:
        return options
    if options.replay or not profile.replay:
        return options
    told = _without(options.practice, "--state")
    pace = () if "--speed" in told else ("--speed", str(profile.pace))
    return msgspec.structs.replace(options, replay=Path(profile.replay), practice=(*told, *pace, "--replay", profile.replay))


def _without(words: tuple[str, ...], option: str) -> tuple[str, ...]:
    """A command line without one option and its value."""
    place = words.index(option) if option in words else len(words)
    return words[:place] + words[place + 2 :]


def _replaying(options: Options) -> int:
    """A replay keeps nothing: its orders are in nobody's journal, its prices in nobody's cache."""
    with tempfile.TemporaryDirectory(prefix="overround-replay-") as home:
        return run(msgspec.structs.replace(options, home=Path(home), profile=PRACTICE.name))


def _heard_without_screen(_kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    """What Qt says, but for what a screen that is none cannot do."""
    if not words.startswith("This plugin does not support"):
        print(words, file=sys.stderr)


def _touring(options: Options) -> int:
    """The tour leaves nothing behind but its pictures: folders of its own, a fresh exchange, no screen."""
    from app.tour import PRACTICE, Tour

    assert options.tour is not None
    folder = options.tour
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(_heard_without_screen)
    with tempfile.TemporaryDirectory(prefix="overround-tour-") as home:
        own = msgspec.structs.replace(options, home=Path(home), practice=(*PRACTICE, *options.practice))
        return run(own, lambda program: Tour(program, folder).run())


def main(arguments: Sequence[str]) -> int:
    """The window, or the tour of it."""
    options = _of_profile(parse(arguments))
    if options.tour is not None:
        return _touring(options)
    return run(options) if options.replay is None else _replaying(options)
