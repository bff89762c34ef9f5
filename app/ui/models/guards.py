"""The guards as a table: one row a guard, the newest on top, filtered by how they stand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QObject, Qt

from app.domain.guard import ACTIVE, CancelMoved, Guard, GuardState, scope_words
from app.services.guard_looks import Reading
from app.services.guards import Guards
from app.services.users import Users
from app.ui import formats
from app.ui.display import Display
from app.ui.models.table import Column, Index, TableModel


class Filter(StrEnum):
    """The chips over the table."""

    ALL = "All"
    ACTIVE = "Armed"
    FIRED = "Fired"
    STOPPED = "Stopped"
    EXPIRED = "Expired"

    def takes(self, state: GuardState) -> bool:
        return self is Filter.ALL or state in _STATES[self]


_STATES = {
    Filter.ACTIVE: ACTIVE,
    Filter.FIRED: frozenset({GuardState.FIRED}),
    Filter.STOPPED: frozenset({GuardState.STOPPED}),
    Filter.EXPIRED: frozenset({GuardState.EXPIRED}),
}
STATE_COLUMN, WHAT_COLUMN, NOW_COLUMN, LOOKED_COLUMN = 0, 2, 4, 5


class GuardsModel(TableModel[Guard]):
    """`refresh` after the list changed, `tick` each second: what is now, and when it was looked, move by themselves."""

    def __init__(self, guards: Guards, users: Users, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guards = guards
        self._users = users
        self._display = display
        self.chip = Filter.ALL
        self.counts: Counter[Filter] = Counter()
        self.columns = (
            Column("State", lambda guard: str(guard.state), None, 84),
            Column("Kind", lambda guard: guard.plan.title, None, 130),
            Column("What", self._scope, None, 236),
            Column("Condition", self._condition, None, 190),
            Column("Now", self._now, None, 84, is_number=True, tip="The figure it goes by, as it is now"),
            Column("Looked", self._looked, None, 66, tip="When it last looked"),
            Column("What happened", _happened, None, 180),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            guard = self.rows[index.row()]
            made = f"Made {formats.moment(guard.created)}"
            lines = [guard.plan.title, self._scope(guard), self._condition(guard), _happened(guard), made]
            return formats.tip("\n".join(filter(None, lines)))
        return super().data(index, role)

    def rebuild(self) -> None:
        """Lay everything out anew."""
        guards = list(self._guards.all.values())
        self.counts = Counter({chip: sum(_fits(guard, chip) for guard in guards) for chip in Filter})
        self.beginResetModel()
        self.rows = [guard for guard in reversed(guards) if _fits(guard, self.chip)]
        self.endResetModel()

    def refresh(self, changed: set[int | None]) -> bool:
        """Take what changed; True when rows came or went, so that the selection is lost."""
        guards = self._guards.all
        moved = [one for one in changed if one is None or one not in guards or _is_sorted_anew(self._row(one), guards[one])]
        if moved:
            self.rebuild()
            return True
        for place, row in enumerate(self.rows):
            if row.id in changed:
                self.rows[place] = guards[row.id]
                self.row_changed(place)
        return False

    def tick(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, NOW_COLUMN), self.index(len(self.rows) - 1, LOOKED_COLUMN))

    def _row(self, guard_id: int) -> Guard | None:
        return next((row for row in self.rows if row.id == guard_id), None)

    def _scope(self, guard: Guard) -> str:
        return formats.plain(scope_words(guard.plan, self._users.called))

    def _condition(self, guard: Guard) -> str:
        words = guard.plan.condition(self._display.odds, self._display.labels.odds_low)
        return f"{words} than {self._display.odds(guard.base)}" if isinstance(guard.plan, CancelMoved) and guard.base else words

    def _now(self, guard: Guard) -> str:
        return reading_text(self._guards.reading(guard), self._display) if guard.is_active else formats.NOTHING

    def _looked(self, guard: Guard) -> str:
        return _time(self._guards.looked_at(guard.id))


def reading_text(reading: Reading, display: Display) -> str:
    """`+146 (+6 steps)`, `120.00`, `12:40`; a dash where there is nothing to go by."""
    if reading.seconds is not None:
        return f"in {formats.timer(reading.seconds)}"
    if reading.stake is not None:
        return formats.money(reading.stake)
    if reading.odds is None:
        return formats.NOTHING
    steps = "" if reading.steps is None else f" ({reading.steps:+d})".replace("-", formats.MINUS)
    return f"{display.odds(reading.odds)}{steps}"


def _happened(guard: Guard) -> str:
    return f"{_time(guard.at)} {formats.plain(guard.words)}" if guard.words else ""


def _time(at: datetime | None) -> str:
    return f"{at.astimezone():%H:%M:%S}" if at else formats.NOTHING


def _fits(guard: Guard, chip: Filter) -> bool:
    return chip.takes(guard.state)


def _is_sorted_anew(before: Guard | None, after: Guard) -> bool:
    """Whether it counts under another chip now, or is not among the rows."""
    return before is None or [_fits(before, chip) for chip in Filter] != [_fits(after, chip) for chip in Filter]
