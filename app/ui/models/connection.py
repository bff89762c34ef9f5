"""What the connection panel lists: the requests of the last minutes by their kind, and the rows of a test as they come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt

from app.domain.link import CallFigures, Probe, Verdict
from app.ui import formats
from app.ui.models.table import ROOT, Column, Index, TableModel
from app.ui.theme import Theme

SIGNS = {Verdict.GOOD: "✓", Verdict.NOT_TRIED: "–"}  # anything else went wrong
_TONES = {Verdict.GOOD: "state.good", Verdict.NOT_TRIED: "text.dim"}
WORDS = 3  # the column of sentences
SLOW = 1.0  # seconds from which an answer is marked


def milliseconds(seconds: float) -> str:
    """`84`, `5,003`; what is faster than a millisecond is `<1`."""
    return f"{seconds * 1000:,.0f}" if seconds >= 0.0005 else "<1"


class CallsModel(TableModel[CallFigures]):
    """The most used first. `show_figures` once a second while somebody looks."""

    def __init__(self, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__()
        self._theme = theme
        self._clock = clock
        self.columns = (
            Column("Request", lambda call: call.name.replace("_", " "), None, 132),
            Column("Count", lambda call: f"{call.calls:,}", None, 58, is_number=True, tip="Within the last five minutes"),
            Column(
                "Failed", lambda call: f"{call.failures:,}" if call.failures else "", None, 58, is_number=True, tip="No or no good answer"
            ),
            Column("p50 ms", lambda call: milliseconds(call.p50), None, 66, is_number=True, tip="Half of the answers took no longer"),
            Column(
                "p95 ms", lambda call: milliseconds(call.p95), None, 66, is_number=True, tip="Nineteen of twenty answers took no longer"
            ),
            Column("Last ago", self._ago, None, 72, is_number=True),
        )

    def show_figures(self, calls: Sequence[CallFigures]) -> None:
        if len(calls) == len(self.rows):
            self.rows = list(calls)
            for row in range(len(self.rows)):
                self.row_changed(row)
            return
        self.beginResetModel()
        self.rows = list(calls)
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colours[self._use(self.rows[index.row()], index.column())]
        return super().data(index, role)

    def _use(self, call: CallFigures, column: int) -> str:
        if column == 2 and call.failures:
            return "state.bad"
        slow = {3: call.p50, 4: call.p95}.get(column, 0.0)
        return "state.warning" if slow >= SLOW else "text.normal"

    def _ago(self, call: CallFigures) -> str:
        return formats.age(self._clock() - call.last_at) if call.last_at is not None else formats.NOTHING


class ProbesModel(TableModel[Probe]):
    """One row a tried request in the order in which they were tried, those that failed on top."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.columns = (
            Column("", lambda probe: SIGNS.get(probe.verdict, "✗"), None, 26, plain=lambda probe: str(probe.verdict)),
            Column("Request", lambda probe: probe.name.replace("_", " "), None, 116),
            Column("ms", lambda probe: milliseconds(probe.seconds), None, 54, is_number=True),
            Column("What came of it", lambda probe: probe.words, None, 370),
            Column("Path", lambda probe: probe.path, None, 236),
        )

    @property
    def failures(self) -> int:
        return sum(probe.is_failure for probe in self.rows)

    @property
    def untried(self) -> int:
        return sum(probe.verdict is Verdict.NOT_TRIED for probe in self.rows)

    def begin(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def add(self, probe: Probe) -> None:
        place = self.failures if probe.is_failure else len(self.rows)
        self.beginInsertRows(ROOT, place, place)
        self.rows.insert(place, probe)
        self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        probe = self.rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole and (index.column() == 0 or probe.verdict is not Verdict.GOOD):
            return self._theme.colours[_TONES.get(probe.verdict, "state.bad")]
        return super().data(index, role)
