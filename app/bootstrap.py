"""The composition root: options, folders, the event loop, and every object built and connected once."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec
import qasync
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app.child import ChildError, PracticeChild, Ready
from app.domain.account import Deduction
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.services.account import Account
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.prices import Prices
from app.services.session import Session
from app.services.tasks import Tasks
from app.services.trading import Trading
from app.store import logs
from app.store.paths import Folders, folders, resources
from app.ui.display import Display
from app.ui.formats import OddsFormat
from app.ui.pulse import Pulse
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.window import MainWindow, Shell
from app.ui.workspace import Workspace
from app.venues.follow import Follower
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX

log = logging.getLogger(__name__)


class Options(msgspec.Struct, frozen=True):
    """What the command line said."""

    home: Path | None = None
    tour: Path | None = None
    practice: tuple[str, ...] = ()


def now() -> datetime:
    return datetime.now(UTC)


def new_ref() -> str:
    """A reference no other order ever had: 122 random bits, in the venue's alphabet."""
    return f"ov-{uuid.uuid4().hex}"


class Program:
    """Everything that lives as long as the window does."""

    def __init__(self, application: QApplication, options: Options, where: Folders) -> None:
        self.notices = Notices(now)
        self.tasks = Tasks(self._failed)
        self.child: PracticeChild | None = None
        self._options = options
        self._where = where
        clock = time.monotonic
        self.venue = ProphetX(clock=clock, emit=self._emit)
        self.follower = Follower(self.venue, parse_push, self._emit, clock=clock)
        catalogue = Catalogue(self.venue)
        prices = Prices(clock)
        blotter = Blotter(now, catalogue.names)
        trading = Trading(self.venue, blotter, catalogue, prices, self.notices, now=now, clock=clock, new_ref=new_ref)
        self.session = Session(
            self.venue,
            self.follower.want,
            catalogue=catalogue,
            prices=prices,
            blotter=blotter,
            account=Account(self.venue, blotter, Deduction.ON_MATCH, now),
            trading=trading,
            notices=self.notices,
            tasks=self.tasks,
            clock=clock,
            now=now,
        )
        workspace = Workspace(QSettings(str(where.settings / "workspace.ini"), QSettings.Format.IniFormat))
        self.theme = Theme(application, resources(), workspace.chosen("theme", "dark"))
        self.pulse = Pulse()
        self.window = MainWindow(
            Shell(
                session=self.session,
                environment=Environment.PRACTICE,
                account="ProphetX Trading",
                theme=self.theme,
                display=Display(_odds_format(workspace.chosen("odds", str(OddsFormat.AMERICAN)))),
                pulse=self.pulse,
                sounds=Sounds(resources() / "sounds", is_muted=workspace.chosen("muted", False)),
                workspace=workspace,
                start=self.tasks.start,
                clock=clock,
                now=now,
                budget_left=lambda: self.venue.budget.left,
                icon=resources() / "icons" / "overround.svg",
                restart_practice=self.restart_practice,
            )
        )

    def _emit(self, events: Sequence[object]) -> None:
        self.session.emit(events)  # type: ignore[arg-type]

    # The practice exchange

    def launch_practice(self) -> None:
        self.child = PracticeChild(self._options.practice, self.session.venue_is_gone)
        self.child.launch()

    async def enter_practice(self) -> None:
        """Wait for the exchange, then connect to it."""
        ready = await self._practice_ready()
        if ready is None:
            return
        await self.venue.point(ready.trading.url, Keys(ready.trading.access_key, ready.trading.secret_key))
        self.session.start()
        self.tasks.start(self.follower.run())

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
            await self.venue.point(ready.trading.url, Keys(ready.trading.access_key, ready.trading.secret_key))
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

    # Ends

    def _failed(self, problem: BaseException) -> None:
        """A background task failed: a venue's words are for the log pane, anything else is our own mistake."""
        if isinstance(problem, VenueError):
            self.notices.say(str(problem), Tone.WARNING)
            return
        log.error("a task failed", exc_info=problem)
        self.notices.say(f"Something in the program failed: {problem!r}. The log file has the details", Tone.BAD)

    async def close(self) -> None:
        self.pulse.stop()
        await self.tasks.stop()
        await self.venue.close()
        if self.child:
            await asyncio.to_thread(self.child.end)


def _odds_format(text: str) -> OddsFormat:
    return OddsFormat(text) if text in set(OddsFormat) else OddsFormat.AMERICAN


async def _live(program: Program, drive: Callable[[Program], object] | None) -> int:
    """Show the window and stay until it is closed, or drive it (the tour)."""
    closed = asyncio.Event()
    program.window.closed.connect(closed.set)
    program.window.show()
    program.pulse.start()
    asyncio.get_running_loop().set_exception_handler(_loop_failed(program))
    program.tasks.start(program.enter_practice())
    code = 0
    if drive is None:
        await closed.wait()
    else:
        result = drive(program)
        code = await result if asyncio.iscoroutine(result) else 0
        program.window.close()
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
            program.window.close()
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
    program = build(application, options, where)
    program.launch_practice()
    sys.excepthook = _slot_failed(program)
    try:
        return int(loop.run_until_complete(_live(program, drive)))
    finally:
        sys.excepthook = sys.__excepthook__
        loop.close()
        logging.getLogger().removeHandler(handler)
        handler.close()


def parse(arguments: Sequence[str]) -> Options:
    """The options of the window's modes; argparse ends the program with words and code 2 on a bad one."""
    parser = argparse.ArgumentParser(
        prog="overround",
        description="A desktop terminal for the ProphetX betting exchange.",
        epilog="Other modes: 'practice-server --help' (the practice exchange alone), 'doctor' (is this computer ready?).",
    )
    parser.add_argument("--practice", action="store_true", help="open the practice exchange (the first start does so anyway)")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="drive the window through the main job and write pictures and tour.json")
    parser.add_argument("--home", type=Path, metavar="DIR", help="keep data, settings and logs below DIR")
    parser.add_argument("--fresh", action="store_true", help="a new practice exchange, nothing kept from the last time")
    for name, kind, words in (
        ("seed", int, "which world the practice exchange plays"),
        ("speed", float, "how fast its games run"),
        ("rate", float, "depth changes a second"),
        ("load", Path, "venue payloads to add to it"),
    ):
        parser.add_argument(f"--{name}", type=kind, help=words)
    told = parser.parse_args(arguments)
    practice = [
        word
        for name in ("seed", "speed", "rate", "load")
        if (value := getattr(told, name)) is not None
        for word in (f"--{name}", str(value))
    ]
    if not told.fresh and told.tour is None:
        practice += ["--state", str(folders(told.home).data / "practice")]
    return Options(home=told.home, tour=told.tour, practice=tuple(practice))


def _touring(options: Options) -> int:
    """The tour leaves nothing behind but its pictures: folders of its own, a fresh exchange, no screen."""
    from app.tour import PRACTICE, Tour

    assert options.tour is not None
    folder = options.tour
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="overround-tour-") as home:
        own = msgspec.structs.replace(options, home=Path(home), practice=(*PRACTICE, *options.practice))
        return run(own, lambda program: Tour(program, folder).run())


def main(arguments: Sequence[str]) -> int:
    """The window, or the tour of it."""
    options = parse(arguments)
    return run(options) if options.tour is None else _touring(options)
