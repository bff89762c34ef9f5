"""Lookouts as a table: one row each, the newest on top, filtered by how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt

from app.domain.lookout import ACTIVE, L, Lookout, LookoutState
from app.services.lookouts import Lookouts
from app.ui import formats
from app.ui.models.table import Column, Index, TableModel

STATE_COLUMN, WHAT_COLUMN, CONDITION_COLUMN, NOW_COLUMN, HAPPENED_COLUMN, LOOKED_COLUMN = 0, 2, 3, 4, 5, 6

T = TypeVar("T", bound=Lookout[Any], contravariant=True)


class Filter(StrEnum):
    """The chips over the table."""

    ALL = "All"
    ACTIVE = "Armed"
    FIRED = "Fired"
    STOPPED = "Stopped"
    EXPIRED = "Expired"

    def takes(self, state: LookoutState) -> bool:
        return self is Filter.ALL or state in _STATES[self]


_STATES = {
    Filter.ACTIVE: ACTIVE,
    Filter.FIRED: frozenset({LookoutState.FIRED}),
    Filter.STOPPED: frozenset({LookoutState.STOPPED}),
    Filter.EXPIRED: frozenset({LookoutState.EXPIRED}),
}


class Face(Protocol[T]):
    """How one kind of them reads in a row: what it is about, what it waits for, and the figure it goes by. `now_tip` explains the last."""

    @property
    def widths(self) -> Sequence[int]:
        """Of the columns, in pixels."""

    @property
    def now_tip(self) -> str: ...
    def scope(self, lookout: T) -> str: ...
    def condition(self, lookout: T) -> str: ...
    def now(self, lookout: T) -> str: ...


class LookoutsModel(TableModel[L]):
    """`refresh` after the list may have changed, `tick` each second: what is now, and when it was looked, move by themselves."""

    def __init__(self, lookouts: Lookouts[L], face: Face[L], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lookouts = lookouts
        self._face = face
        self.chip = Filter.ALL
        self.counts: Counter[Filter] = Counter()
        state, kind, what, condition, now, happened, looked = face.widths
        self.columns = (
            Column("State", lambda lookout: str(lookout.state), None, state),
            Column("Kind", lambda lookout: lookout.plan.title, None, kind),
            Column("What", face.scope, None, what),
            Column("Condition", face.condition, None, condition, plain=_for_file(face.condition)),
            Column("Now", self._now, None, now, is_number=True, plain=_for_file(self._now), tip=face.now_tip),
            Column("What happened", _happened, None, happened, plain=_for_file(_happened)),
            Column("Looked", self._looked, None, looked, tip="When it last looked"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            lookout = self.rows[index.row()]
            made = f"Made {formats.moment(lookout.created)}"
            lines = [lookout.plan.title, self._face.scope(lookout), self._face.condition(lookout), _happened(lookout), made]
            return formats.tip("\n".join(filter(None, lines)))
        return super().data(index, role)

    def refresh(self) -> bool:
        """Take over how they stand; True when rows came or went, so that the selection is lost."""
        lookouts = list(self._lookouts.all.values())
        states = Counter(lookout.state for lookout in lookouts)
        self.counts = Counter({chip: sum(count for state, count in states.items() if chip.takes(state)) for chip in Filter})
        shown = [lookout for lookout in reversed(lookouts) if self.chip.takes(lookout.state)]
        if [lookout.id for lookout in shown] != [lookout.id for lookout in self.rows]:
            self.beginResetModel()
            self.rows = shown
            self.endResetModel()
            return True
        for place, lookout in enumerate(shown):
            if lookout is not self.rows[place]:
                self.rows[place] = lookout
                self.row_changed(place)
        return False

    def tick(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, NOW_COLUMN), self.index(len(self.rows) - 1, LOOKED_COLUMN))

    def odds_changed(self) -> None:
        """They are shown in another format."""
        for place in range(len(self.rows)):
            self.row_changed(place)

    def _now(self, lookout: L) -> str:
        return self._face.now(lookout) if lookout.is_active else formats.NOTHING

    def _looked(self, lookout: L) -> str:
        return _time(self._lookouts.looked_at(lookout.id))


def _for_file(text: Callable[[T], str]) -> Callable[[T], str]:
    """With the minus that programs read."""
    return lambda lookout: text(lookout).replace(formats.MINUS, "-")


def _happened(lookout: Lookout[Any]) -> str:
    return f"{_time(lookout.at)} {formats.plain(lookout.words)}" if lookout.words else ""


def _time(at: datetime | None) -> str:
    return f"{at.astimezone():%H:%M:%S}" if at else formats.NOTHING
