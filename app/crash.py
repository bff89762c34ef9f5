"""What is left of a run that ended by itself: a report beside the logs, seen at the next start, sent nowhere.

A run writes into `crash-<UTC>-<process>.running`; faulthandler writes there when the interpreter dies (a segmentation fault, an abort), and
`report` what nothing has caught. No values of variables are ever written: a traceback names files, lines and functions, and its words are
without secrets. A run that ends as it should removes its file, or keeps it as `.txt` where something failed meanwhile. Whether a run still
lives is told by a lock of the operating system and not by its process id, which another process may have by now.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import msgspec
from filelock import FileLock, Timeout

from app.store import logs

KEPT: Final = 5  # reports
LARGEST: Final = 200_000  # bytes of reports in one file: a slot that fails at each frame would fill the disk
STOPPED: Final = "it was stopped from outside, or the computer went down"
_RUNNING: Final = ".running"
_BEGUN: Final = "What happened, the last at the end:\n"
_NAME: Final = re.compile(r"crash-\d{8}T\d{12}Z-\d+")
_FATAL: Final = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (.+)$", re.MULTILINE)
_DEADLY: Final = re.compile(r"^\S+ UTC, (.+), which ended the program: (.+)$", re.MULTILINE)
_WHERE: Final = re.compile(r'^  File "([^"]+)", line (\d+) in (.+)$', re.MULTILINE)

Now = Callable[[], datetime]
log = logging.getLogger(__name__)


class LastWords(msgspec.Struct, frozen=True):
    """How the last run ended that did not end as it should. `file`: its report; None when it was stopped from outside and left none."""

    at: datetime
    words: str
    file: Path | None = None


class BlackBox:
    """This run's report; a context manager that knows an exception passing through it as the end of the program."""

    def __init__(self, path: Path, now: Now) -> None:
        """OSError passes through."""
        self.path = path
        self._now = now
        self._lock = FileLock(path.with_suffix(".lock"), mode=0o600, thread_local=False)
        self._lock.acquire(timeout=0)
        self._writing = threading.Lock()
        self._file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600), "wb", buffering=0)
        self._file.write(f"{_facts(now())}{_BEGUN}".encode())
        self._size = self._empty = self._file.tell()
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._was_watched = faulthandler.is_enabled()
        self._is_dead = False

    def watch(self) -> None:
        """From now on the interpreter's end, an exception that ends the program and one that ends a thread are written here."""
        logs.to_stderr()
        faulthandler.enable(self._file, all_threads=True)
        sys.excepthook = self._uncaught
        threading.excepthook = self._thread_failed
        sys.unraisablehook = self._unraisable

    def report(self, where: str, problem: BaseException, *, is_end: bool = False) -> None:
        """Write down that `problem` was caught by nothing in `where` ("a task", "a slot"). It never raises, whatever the disk does."""
        try:
            told = traceback.TracebackException.from_exception(problem, capture_locals=False)
            line, trace = "".join(told.format_exception_only()).strip(), "".join(told.format())
            ended = ", which ended the program" if is_end else ""
            self._write(f"\n{self._now():%Y-%m-%dT%H:%M:%S} UTC, {where}{ended}: {_one(logs.clean(line))}\n{trace}")
        except (OSError, ValueError, RecursionError):
            return  # the window and the log have said it already

    def _write(self, text: str) -> None:
        raw = logs.clean(text).encode("utf-8", "replace")
        with self._writing:
            if not self._file.closed and self._size + len(raw) <= LARGEST:
                self._size += len(raw)
                self._file.write(raw)

    def end(self) -> None:
        """The program ends as it should. Nothing happens when it has ended already."""
        if self._file.closed:
            return
        faulthandler.disable()
        if self._was_watched:
            with contextlib.suppress(OSError, ValueError, RuntimeError, AttributeError):  # a stderr that is no file
                faulthandler.enable(sys.__stderr__ or sys.stderr)
        if sys.excepthook == self._uncaught:
            sys.excepthook = self._hooks[0]
        if threading.excepthook == self._thread_failed:
            threading.excepthook = self._hooks[1]
        if sys.unraisablehook == self._unraisable:
            sys.unraisablehook = self._hooks[2]
        with self._writing:
            self._file.close()
        self._lock.release()
        with contextlib.suppress(OSError):  # somebody cleared the folder away
            if self._size == self._empty:
                self.path.unlink()
            else:
                self.path.rename(self.path.with_suffix(".txt"))
            self.path.with_suffix(".lock").unlink()

    def __enter__(self) -> BlackBox:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None) -> None:
        if isinstance(problem, Exception):
            self._die(problem)
        else:
            self.end()

    def _die(self, problem: BaseException) -> None:
        """The file stays as it is, and its lock ends with the process: that is how the next start knows."""
        if not self._is_dead:
            self._is_dead = True
            self.report("an exception that nothing caught", problem, is_end=True)

    def _uncaught(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        """The interpreter's last act; what it prints is without secrets too."""
        if not issubclass(kind, Exception):  # Ctrl+C and an exit are no failures
            self._hooks[0](kind, problem, trace)
            return
        self._die(problem)
        if sys.stderr:  # a program without a console has none
            sys.stderr.write(logs.clean("".join(traceback.format_exception(kind, problem, trace))))

    def _thread_failed(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and isinstance(told.exc_value, Exception):
            self.report(f"the thread {told.thread.name if told.thread else 'without a name'}", told.exc_value)
            log.error("a thread failed", exc_info=told.exc_value)
        if self._hooks[1] is not threading.__excepthook__:  # that one would print it with its secrets
            self._hooks[1](told)

    def _unraisable(self, told: sys.UnraisableHookArgs) -> None:
        """An exception with nobody to hear it: in an object's end, in a callback of the interpreter's."""
        if isinstance(told.exc_value, Exception):
            self.report("an object's end", told.exc_value)
            log.error("%s", told.err_msg or "an object's end failed", exc_info=told.exc_value)
        if self._hooks[2] is not sys.__unraisablehook__:
            self._hooks[2](told)


def begin(folder: Path, *, now: Now = lambda: datetime.now(UTC)) -> BlackBox:
    """Open this run's report in `folder` and watch. OSError passes through. Call `last_words` first, and `end` at the end."""
    _drop_oldest(folder)
    box = BlackBox(folder / f"crash-{now():%Y%m%dT%H%M%S%fZ}-{os.getpid()}{_RUNNING}", now)
    box.watch()
    return box


def last_words(folder: Path) -> LastWords | None:
    """How the newest run ended that is over without having ended as it should; each is told once. It never raises for what lies there."""
    told: LastWords | None = None
    for path in sorted(folder.glob(f"crash-*{_RUNNING}")):
        try:
            told = _of(path) or told
        except OSError:
            continue
    return told


def _of(path: Path) -> LastWords | None:
    """What this run left, put aside; None while it lives."""
    named = _NAME.fullmatch(path.stem)
    if named is None:
        return None
    lock = FileLock(path.with_suffix(".lock"), mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    with lock:
        happened = path.read_text("utf-8", "replace").partition(_BEGUN)[2]
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        kept = path.rename(path.with_suffix(".txt")) if happened else None
        path.unlink(missing_ok=True)
    path.with_suffix(".lock").unlink(missing_ok=True)
    words = _words(happened)
    return LastWords(at, words or STOPPED, kept if words else None)


def _words(happened: str) -> str:
    """The end in one line: what it was, and where in our own code."""
    if fatal := _FATAL.search(happened):
        frames: list[tuple[str, str, str]] = _WHERE.findall(_current_thread(happened[fatal.end() :]))
        own = next((frame for frame in frames if f"{os.sep}app{os.sep}" in frame[0]), frames[0] if frames else None)
        where = f", in {own[2]} ({Path(own[0]).name}, line {own[1]})" if own else ""
        return _one(logs.clean(f"{fatal[1]}{where}"))
    if deadly := list(_DEADLY.finditer(happened)):
        return _one(logs.clean(deadly[-1][2]))
    return ""


def _current_thread(dump: str) -> str:
    """The stack of the thread that died; the others only waited where they always do."""
    _, mark, rest = dump.partition("Current thread ")
    return rest.partition("\n\n")[0] if mark else dump


def _one(text: str) -> str:
    """One line of at most 200 characters; clean it first: of a secret that was cut through the beginning would stay."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= 200 else f"{line[:199]}…"


def _drop_oldest(folder: Path) -> None:
    for path in sorted(folder.glob("crash-*.txt"))[: -(KEPT - 1) or None]:
        path.unlink(missing_ok=True)


def _facts(at: datetime) -> str:
    return (
        f"Overround, started {at:%Y-%m-%d %H:%M:%S} UTC as process {os.getpid()}.\n"
        f"Python {platform.python_version()} on {platform.platform()}.\n"
        "This file stays on this computer. It holds files, lines and functions, and no values of variables.\n\n"
    )
