"""Whether the official player can play here: a web engine with H.264 and AAC. Asked of a program of its own, for an engine may die of it.

The engine of the PyPI wheels has neither codec (measured with PySide6 6.11); distributions' builds have both. Run as a program
(`python -m app.ui.feed.stream.probe`) it prints one word for these two, and one for each other codec of CODECS that it has.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer

from app.ui.feed.stream.backends import Able

MODULE: Final = "PySide6.QtWebEngineWidgets"
COMMAND: Final = (sys.executable, "-m", "app.ui.feed.stream.probe")
ROOT: Final = Path(__file__).parents[4]  # where the package `app` is found
IS_PACKAGED: Final = bool(getattr(sys, "frozen", False))
LONGEST: Final = 15_000  # ms for the engine to start and answer
YES: Final = "codecs"
NO: Final = "no-codecs"
MAIN: Final = 'video/mp4; codecs="avc1.4d401f,mp4a.40.2"'
CODECS: Final = {"VP9": 'video/webm; codecs="vp9"'}
SCRIPT: Final = f"JSON.stringify({json.dumps([MAIN, *CODECS.values()])}.map(type => MediaSource.isTypeSupported(type)))"
HAS: Final = Able(is_able=True, why="this web engine has H.264 and AAC")
LACKS: Final = Able(is_able=False, why="this web engine has no H.264 and no AAC, as in the PyPI wheels", can_load=True)
DEAD: Final = Able(is_able=False, why="the web engine does not start on this computer")
NOT_TRIED: Final = Able(is_able=False, why="a packaged program does not load a web engine")
ABSENT: Final = Able(is_able=False, why="Qt WebEngine is not installed")


def read_answer(told: Sequence[str]) -> Able:
    """What the other program printed; anything but an answer means that its engine does not start."""
    if YES not in told and NO not in told:
        return DEAD
    return msgspec.structs.replace(HAS if YES in told else LACKS, codecs=tuple(name for name in CODECS if name in told))


def is_engine_there() -> bool:
    """Whether there is a web engine at all; nothing is loaded by asking."""
    try:
        return find_spec(MODULE) is not None
    except ModuleNotFoundError:
        return False


class Probe(Protocol):
    def ask(self, answer: Callable[[Able], None]) -> None:
        """Calls `answer` once, soon or at once."""


class EngineProbe(QObject):
    """Asks once; the answer is kept for as long as the program runs."""

    def __init__(
        self, command: Sequence[str] = COMMAND, has_engine: Callable[[], bool] = is_engine_there, *, is_packaged: bool = IS_PACKAGED
    ) -> None:
        super().__init__()
        self._command = command
        self._has_engine = has_engine
        self._is_packaged = is_packaged
        self._answer: Able | None = None
        self._waiting: list[Callable[[Able], None]] = []
        self._process: QProcess | None = None
        self._limit = QTimer(self, singleShot=True, interval=LONGEST)
        self._limit.timeout.connect(self._give_up)

    def ask(self, answer: Callable[[Able], None]) -> None:
        if self._answer is not None:
            answer(self._answer)
            return
        self._waiting.append(answer)
        if self._process is None:
            self._begin()

    def _begin(self) -> None:
        if not self._has_engine():
            self._tell(ABSENT)
        elif self._is_packaged:  # there is no interpreter to run a program of its own with
            self._tell(NOT_TRIED)
        else:
            self._process = QProcess(self)
            self._process.setWorkingDirectory(str(ROOT))
            self._process.finished.connect(self._on_finished)
            self._process.errorOccurred.connect(self._on_error)
            self._process.start(self._command[0], list(self._command[1:]))
            self._limit.start()

    def _on_finished(self) -> None:
        told = bytes(self._process.readAllStandardOutput().data()).decode("ascii", "replace").split() if self._process else []
        self._tell(read_answer(told))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._tell(DEAD)

    def close(self) -> None:
        """The last call: a probe that still runs is ended, and nobody is told."""
        self._waiting.clear()
        self._give_up()

    def _give_up(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
        self._tell(DEAD)

    def _tell(self, answer: Able) -> None:
        self._limit.stop()
        self._answer = answer
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call(answer)


def main() -> int:
    """Load the engine, ask its script, print the answer."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    from PySide6.QtWebEngineCore import QWebEnginePage

    application = QApplication(["probe", "-platform", "offscreen"])
    page = QWebEnginePage()

    def on_answer(answer: object) -> None:
        has_main, *others = json.loads(answer) if isinstance(answer, str) else [False]
        found = [name for name, is_there in zip(CODECS, others, strict=False) if is_there is True]
        sys.stdout.write(" ".join([YES if has_main is True else NO, *found]))
        sys.stdout.flush()
        application.quit()

    def on_loaded(_is_good: bool) -> None:
        page.runJavaScript(SCRIPT, 0, on_answer)

    page.loadFinished.connect(on_loaded)
    page.setHtml("<!doctype html><title>probe</title>")
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
