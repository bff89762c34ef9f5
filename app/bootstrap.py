"""The composition root: the folders, the event loop, and one profile after the other in the same program."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType

import msgspec
import qasync
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app import crash
from app.crash import BlackBox
from app.domain.profile import PRACTICE, ProfileError
from app.garbage import Collector
from app.house import Ends, House
from app.hygiene import keep_memory_private
from app.options import Options, of_profile, parse
from app.program import Program
from app.seat import Seat, bell_of
from app.store import logs
from app.store.lock import LockError, TakenError
from app.store.paths import Folders, folders
from app.store.profiles import FILE, Profiles
from app.ui.doorbell import ring

log = logging.getLogger(__name__)

Drive = Callable[[Program], object]


def run(options: Options, drive: Drive | None = None, prepare: Callable[[House], None] = lambda _house: None) -> int:
    """Build everything and run it to its end; the exit code. `prepare` may change the house before anything is started in it."""
    where = folders(options.home)
    where.make()
    handler = logs.to_file(where.logs)
    for words in keep_memory_private():
        log.warning("%s", words)
    last = crash.last_words(where.logs)
    with _black_box(where) as box:
        try:
            return _run(options, where, drive, prepare, Ends(box, last))
        finally:
            logging.getLogger().removeHandler(handler)
            handler.close()


def _black_box(where: Folders) -> AbstractContextManager[BlackBox | None]:
    """The crash report of this run; where none can be written the program runs without."""
    try:
        return crash.begin(where.logs)
    except OSError as problem:
        log.warning("no crash report can be written: %s", problem)
        return nullcontext()


def _run(options: Options, where: Folders, drive: Drive | None, prepare: Callable[[House], None], ends: Ends) -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Overround")
    application.setDesktopFileName("overround")
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    hook = sys.excepthook
    try:
        seat = _seat(options, where)
        if isinstance(seat, int):
            return seat
        house = House(application, options, where, ends)
        prepare(house)
        with Collector() as collector:
            return int(loop.run_until_complete(_stay(house, seat, drive, collector)))
    finally:
        sys.excepthook = hook
        loop.close()


def _seat(options: Options, where: Folders) -> Seat | int:
    """The profile's seat, or the exit code when it cannot be had: 0 where another program has it open and was brought to the front."""
    try:
        profile = Profiles(where.settings / FILE).find(options.profile)
    except ProfileError as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        return Seat(profile, where)
    except TakenError as problem:
        print(problem, file=sys.stderr)
        return 0 if ring(bell_of(profile, where)) else 2
    except LockError as problem:
        print(problem, file=sys.stderr)
        return 2


class _Failures:
    """Hears what nothing else caught, for the profile that is open; threads hold it as long as they live, so it holds no old one."""

    def __init__(self) -> None:
        self.program: Program | None = None

    def of_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        problem = context.get("exception")
        self._tell(problem if isinstance(problem, BaseException) else RuntimeError(str(context.get("message"))))

    def of_slot(self, _kind: type[BaseException], problem: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(problem, KeyboardInterrupt):
            if self.program is not None:
                self.program.window.leave()
            return
        self._tell(problem)

    def _tell(self, problem: BaseException) -> None:
        if self.program is not None:
            self.program.failed(problem)
        else:
            log.error("something failed while no window was open", exc_info=problem)


async def _stay(house: House, seat: Seat, drive: Drive | None, collector: Collector) -> int:
    """One profile after the other until a window is closed without naming a next one."""
    failures = _Failures()
    collecting = asyncio.ensure_future(collector.run())
    asyncio.get_running_loop().set_exception_handler(failures.of_loop)
    sys.excepthook = failures.of_slot
    try:
        while True:
            code, following = await _sat(house, seat, failures, drive)
            if following is None:
                return code
            seat = following
    finally:
        collecting.cancel()
        await house.end()


async def _sat(house: House, seat: Seat, failures: _Failures, drive: Drive | None) -> tuple[int, Seat | None]:
    """The life of one profile's window: the exit code, and who sits here next."""
    failures.program = program = Program(house, seat.profile)
    seat.rung = program.show
    try:
        code = await _live(program, drive)
        following = program.take_next()
        if following is not None:
            program.vanish()
        return code, following
    finally:
        failures.program = None
        seat.leave()


async def _live(program: Program, drive: Drive | None) -> int:
    """Show the window and stay until it is closed, or drive it (the tour)."""
    closed = asyncio.Event()
    program.window.closed.connect(closed.set)
    program.begin()
    code = 0
    if drive is None:
        await closed.wait()
    else:
        result = drive(program)
        code = await result if asyncio.iscoroutine(result) else 0
        program.window.leave()
    await program.close()
    return code


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
    from app.tour.tour import PRACTICE as QUICK
    from app.tour.tour import Tour

    assert options.tour is not None
    folder = options.tour
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(_heard_without_screen)
    with tempfile.TemporaryDirectory(prefix="overround-tour-") as home:
        own = msgspec.structs.replace(options, home=Path(home), practice=(*QUICK, *options.practice))
        return run(own, lambda program: Tour(program, folder).run())


def main(arguments: Sequence[str]) -> int:
    """The window, or the tour of it."""
    gc.collect()
    gc.freeze()  # what was imported lives as long as the program: looking through it again and again costs pauses
    options = of_profile(parse(arguments))
    if options.tour is not None:
        return _touring(options)
    return run(options) if options.replay is None else _replaying(options)
