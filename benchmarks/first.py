"""One cold start in a process of its own: `python -m benchmarks.first bare|own|running HOME [READY]` prints its `Marks` as JSON.

`bare` is an empty QMainWindow of the same size; `own` the terminal with its practice exchange as the program starts it; `running` the
terminal on an exchange that already runs, whose ready line is READY. The app is imported where it is used: importing is part of a start.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

if TYPE_CHECKING:
    from app.program import Program

SIZE = (1600, 1000)  # pixels, the terminal's own
PATIENCE = 30.0  # seconds for what should take two
POLL = 0.002


class Marks(msgspec.Struct, omit_defaults=True):
    """Monotonic ns, a clock all processes share.

    The first frame on screen; the account's balance, the first answer a person sees; the first row painted with a live price (verified:
    it may be traded on); the first painted with one that the stream brought, which depends on when the market next moves.
    """

    window: int = 0
    balance: int = 0
    price: int = 0
    streamed: int = 0


class FirstPaint(QObject):
    """Calls `done` once, when a widget's painting has been carried out in which `counts` said yes."""

    def __init__(self, watched: QWidget, done: Callable[[], None], counts: Callable[[], bool] = lambda: True) -> None:
        super().__init__(watched)
        self._done = done
        self._counts = counts
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Paint and self._counts():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._done)
        return False


def bare() -> Marks:
    """The least a Qt window needs."""
    marks = Marks()
    application = QApplication(["bare"])
    window = QMainWindow()
    window.resize(*SIZE)

    def shown() -> None:
        marks.window = time.monotonic_ns()
        application.quit()

    FirstPaint(window, shown)
    window.show()
    application.exec()
    return marks


async def drive(program: Program, marks: Marks) -> int:
    """Open the first event that is listed, as soon as it is, and wait for its prices."""
    session, window = program.session, program.window
    FirstPaint(window, lambda: _mark(marks, "window"))
    await _until(lambda: session.account.balance is not None, "the balance")
    _mark(marks, "balance")
    await _until(lambda: bool(session.catalogue.events), "the events")
    events = sorted(session.catalogue.events.values(), key=lambda event: not event.is_live)
    viewport = window.at_hand.grid.table.viewport()
    FirstPaint(viewport, lambda: _mark(marks, "price"), lambda: _priced(program, by_stream=False))
    FirstPaint(viewport, lambda: _mark(marks, "streamed"), lambda: _priced(program, by_stream=True))
    window.open_event(events[0].id)
    await _until(lambda: bool(marks.price and marks.streamed), "a price of the stream")
    return 0


def _priced(program: Program, *, by_stream: bool) -> bool:
    """Whether a row on screen has a price that may be traded on; only one that the stream brought, if asked for."""
    from app.ui.models.odds_grid import Line

    grid, quote = program.window.at_hand.grid, program.session.prices.quote
    last = grid.table.rowAt(grid.table.viewport().height() - 1)
    rows = grid.model.rows[: last + 1 if last >= 0 else None]
    lines = [row for row in rows if isinstance(row, Line) and row.level(0) and row.is_tradable]
    quotes = [quote(line.market.key) for line in lines]
    return any(one is not None and (one.streamed_at is not None or not by_stream) for one in quotes)


def _mark(marks: Marks, name: str) -> None:
    setattr(marks, name, time.monotonic_ns())


async def _until(check: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE:g} s for {what}")
        await asyncio.sleep(POLL)


def terminal(home: Path, ready: str) -> Marks:
    """The program as it starts; on a running exchange when its ready line is given."""
    from app import bootstrap
    from app.options import parse

    marks = Marks()
    from benchmarks.visit import visiting

    options = parse(["--practice", "--fresh", "--home", str(home)])
    prepare = (visiting(ready),) if ready else ()
    code = bootstrap.run(options, lambda program: drive(program, marks), *prepare)
    if code:
        raise SystemExit(code)
    return marks


def main(way: str, home: str, ready: str = "") -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    marks = bare() if way == "bare" else terminal(Path(home), ready)
    print(msgspec.json.encode(marks).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
