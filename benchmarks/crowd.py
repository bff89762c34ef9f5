"""A catalogue of so many selections in the events pane, in a process of its own: `python -m benchmarks.crowd EVENTS SELECTIONS`.

A figure is from the call to the end of the painting that it causes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.environment import Environment
from app.services.desk import Desk, Outside
from app.services.notices import Notices
from app.services.tasks import Tasks
from app.store.paths import resources
from app.ui.theme import Theme
from app.ui.views.events import EventsView
from benchmarks import bulk
from benchmarks.desk import CannedVenue
from benchmarks.figures import Tail, tail
from benchmarks.orders import NoJournal
from benchmarks.shelves import Packed, resident

TURNS = 5
QUERIES = (
    "h", "ha", "har", "harb", "harbor", "harbor fo", "harbor foxes", "moreno", "passing yards", "cleo bright", "over 7.5", "spread",
    "league 7", "soccer otters", "12345", "nobody at all",
)  # fmt: skip


class Crowd(msgspec.Struct, frozen=True):
    """Times in milliseconds, but for `loaded` (seconds to read and keep all of it). `bytes` is the whole process with its pane."""

    selections: int
    events: int
    lines: int
    loaded: float
    bytes: int
    first_paint: float
    expand: Tail
    filter: Tail


class Pane:
    """The services and the events pane, without the rest of the window."""

    def __init__(self, application: QApplication) -> None:
        outside = Outside(CannedVenue(0), NoJournal(), Environment.PRACTICE, time.monotonic, _now, lambda: "bench")
        self.desk = Desk(outside, Notices(_now), Tasks(_fail))
        self.view = EventsView(self.desk.session, Theme(application, resources()), _now)
        self._frame = QWidget()
        self._frame.resize(304, 900)
        self.view.setParent(self._frame)
        self.view.resize(304, 900)
        self._frame.show()
        application.processEvents()
        self._application = application

    def painted(self, call: Callable[[], object]) -> float:
        """Milliseconds until what a call changes is on the screen."""
        begun = time.perf_counter()
        call()
        self._application.processEvents()
        return (time.perf_counter() - begun) * 1000

    def load(self, events: int, selections: int) -> float:
        """Seconds of reading and keeping."""
        kept = Packed(self.desk.catalogue)
        seconds = 0.0
        for some, body in bulk.bodies(events, selections):
            begun = time.perf_counter()
            kept.keep(some, body)
            seconds += time.perf_counter() - begun
        return seconds

    def branches(self) -> list[QModelIndex]:
        """The lines that can be opened: sports, then tournaments, then events of the first ones."""
        nodes = list(self.view.model.nodes())
        found = [node for node in nodes if node.event is None and not node.is_words]
        return [
            self.view.model.index_of(node) for node in [*found, *[node for node in nodes if node.is_event][:: max(len(nodes) // 40, 1)]]
        ]


def measure(events: int, selections: int) -> Crowd:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    pane = Pane(application)
    loaded = pane.load(events, selections)
    size = resident()
    first = pane.painted(pane.view.refresh)
    opened = [pane.painted(lambda index=index: pane.view.tree.expand(index)) for index in pane.branches()]  # type: ignore[misc]  # default
    pane.view.tree.collapseAll()
    typed = [pane.painted(lambda text=text: pane.view.search.setText(text)) for _ in range(TURNS) for text in QUERIES]  # type: ignore[misc]
    size = max(size, resident())
    catalogue = pane.desk.catalogue
    lines = len({one.sport.name for one in catalogue.tournaments.values()}) + len(catalogue.tournaments) + len(catalogue.events)
    lines += len(catalogue.events) * (len(catalogue.groups_of(next(iter(catalogue.events)))) + 1)
    return Crowd(catalogue.selection_count, len(catalogue.events), lines, loaded, size, first, tail(opened), tail(typed))


def _now() -> datetime:
    return datetime.now(UTC)


def _fail(problem: BaseException) -> None:
    raise problem


if __name__ == "__main__":
    print(msgspec.json.encode(measure(int(sys.argv[1]), int(sys.argv[2]))).decode())
