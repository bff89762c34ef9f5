"""Sees a message arrive and the window paint it: how long after sending each one was on screen, and what became of all."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QRegion

from app.domain.events import BookChanged, VenueEvent
from app.domain.market import MarketKey
from app.ui.models.odds_grid import COLUMNS, Col, Line
from app.ui.window import MainWindow
from benchmarks.frames import sent_at

BEAT = 5  # ms


class Watch(QObject):
    """Filters the events of the window and of the grid in it.

    A message is seen when the window's update that painted a level of its row has ended, with its own book or a newer one, or when a
    frame found that every level of it already stands there. `each` holds the wait
    of every message, `painted` of those whose own book was drawn; the rest were superseded before a frame, which is no loss.
    Milliseconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self.updates = 0
        self.each: list[float] = []
        self.painted: list[float] = []
        self.waiting: dict[MarketKey, list[int]] = {}
        self._drawn: list[list[int]] = []
        self._window: MainWindow | None = None
        self._rows: dict[MarketKey, int] = {}
        self._announced: set[int] = set()

    def attach(self, window: MainWindow) -> None:
        """Watch a window from now on; its event must be laid out."""
        self._window = window
        self._rows = {row.market.key: place for place, row in enumerate(window.at_hand.grid.model.rows) if isinstance(row, Line)}
        window.at_hand.grid.model.dataChanged.connect(self._announced_cells)
        window._shell.pulse.on_frame(self._framed)
        window.installEventFilter(self)
        window.at_hand.grid.table.viewport().installEventFilter(self)

    @property
    def rows_on_screen(self) -> int:
        """Selections whose best price is within the viewport as a whole."""
        assert self._window is not None
        table, model = self._window.at_hand.grid.table, self._window.at_hand.grid.model
        places = [place for place, row in enumerate(model.rows) if isinstance(row, Line)]
        return sum(table.viewport().rect().contains(table.visualRect(model.index(place, Col.BEST))) for place in places)

    def forget(self) -> None:
        """What was counted so far was for warming up."""
        self.received = self.updates = 0
        self.each, self.painted = [], []

    def heard(self, events: Sequence[VenueEvent]) -> None:
        for event in events:
            if isinstance(event, BookChanged):
                self.received += 1
                self.waiting.setdefault(event.book.key, []).append(event.book.sequence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.UpdateRequest and watched is self._window:
            handled = watched.event(event)
            self._ended(time.monotonic_ns())
            return handled
        if event.type() is QEvent.Type.Paint and isinstance(event, QPaintEvent) and watched is not self._window:
            self._paints(event.region())
        return False

    def _paints(self, region: QRegion) -> None:
        """Note which waiting books this painting of the grid is about to draw."""
        assert self._window is not None
        self._announced = {place for place in self._announced if not self._touches(region, place)}
        for key in [key for key in self.waiting if self._touches(region, self._rows[key])]:
            self._drawn.append(self.waiting.pop(key))

    def _touches(self, region: QRegion, place: int) -> bool:
        assert self._window is not None
        grid = self._window.at_hand.grid
        return any(region.intersects(grid.table.visualRect(grid.model.index(place, column))) for column in COLUMNS)

    def _announced_cells(self, first: QModelIndex, _last: QModelIndex) -> None:
        if first.column() in COLUMNS:
            self._announced.add(first.row())

    def _framed(self) -> None:
        """A frame was made: a book of which no level differs from what stands on screen needs no painting to be there."""
        assert self._window is not None
        now = time.monotonic_ns()
        for key in list(self.waiting):
            if key not in self._window.at_hand.session.prices.dirty and self._rows[key] not in self._announced:
                self._seen(self.waiting.pop(key), now)

    def _ended(self, now: int) -> None:
        """The window's update is done, and with it everything noted in it."""
        self.updates += 1
        for sequences in self._drawn:
            self._seen(sequences, now)
        self._drawn = []

    def _seen(self, sequences: Sequence[int], now: int) -> None:
        waits = [(now - sent_at(sequence)) / 1e6 for sequence in sequences]
        self.each += waits
        self.painted.append(waits[-1])


class Beat(QObject):
    """How late a timer of five milliseconds fires: the longest the window was deaf."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._at = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)

    def start(self) -> None:
        self._at = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max((now - self._at) * 1000 - BEAT, 0.0))
        self._at = now
