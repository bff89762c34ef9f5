"""Users by events: what is at risk in each cell, the largest users on top and the largest events at the left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from PySide6.QtCore import QAbstractTableModel, Qt

from app.domain.money import ZERO
from app.services.exposure import EventShare, Exposure
from app.services.users import Users
from app.ui import formats
from app.ui.models.columns import counted
from app.ui.models.table import ROOT, Index
from app.ui.models.users import name_of

MOST_USERS, MOST_EVENTS = 60, 24
STEPS = (Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))  # shares of the limit on an event that part the colours
FIXED = 2  # columns before the events: the user, the total
TOTAL = 1


class Layout(msgspec.Struct, frozen=True):
    """What is shown: users and events by what is at risk, the sums of each, and how many of both found no room."""

    users: tuple[str, ...] = ()
    events: tuple[int, ...] = ()
    of_user: Mapping[str, Decimal] = msgspec.field(default_factory=dict)
    of_event: Mapping[int, Decimal] = msgspec.field(default_factory=dict)
    more_users: int = 0
    more_events: int = 0


class HeatModel(QAbstractTableModel):
    """`rebuild` lays it out anew; a cell is asked of the exposure when it is painted."""

    def __init__(self, exposure: Exposure, users: Users) -> None:
        super().__init__()
        self._exposure = exposure
        self._users = users
        self.layout = Layout()

    def rebuild(self) -> None:
        layout = lay_out(self._exposure)
        if (layout.users, layout.events) == (self.layout.users, self.layout.events):
            self.layout = layout
            if layout.users:
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.layout = layout
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.layout.users)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else FIXED + len(self.layout.events)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(self.explained(index))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("User", "At risk")[section] if section < FIXED else self._exposure.event_name(self.layout.events[section - FIXED])
        if role == Qt.ItemDataRole.ToolTipRole and section >= FIXED:
            event_id = self.layout.events[section - FIXED]
            return formats.tip(f"{self._exposure.event_name(event_id)}: {formats.money(self.layout.of_event[event_id])} at risk")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def event_at(self, index: Index) -> int | None:
        return self.layout.events[index.column() - FIXED] if index.isValid() and index.column() >= FIXED else None

    def user_at(self, index: Index) -> str | None:
        return self.layout.users[index.row()] if index.isValid() else None

    def amount(self, index: Index) -> Decimal:
        event_id = self.event_at(index)
        return ZERO if event_id is None else self._exposure.events_of(self.layout.users[index.row()]).get(event_id, ZERO)

    def heat(self, index: Index) -> int:
        """0 for nothing at risk, then 1 to 5 by the share of what the user may have at risk on one event."""
        amount = self.amount(index)
        limit = self._exposure.limits_of(self.layout.users[index.row()]).event
        return 0 if not amount or not limit else 1 + sum(amount > step * limit for step in STEPS)

    def explained(self, index: Index) -> str:
        """The exact figures of a cell."""
        if not index.isValid():
            return ""
        user_id = self.layout.users[index.row()]
        who = name_of(self._users.user(user_id))
        event_id = self.event_at(index)
        if event_id is None:
            events = counted(len(self._exposure.events_of(user_id)), "event")
            return f"{who}: {formats.money(self.layout.of_user[user_id])} at risk on {events}"
        where = f"{who} on {self._exposure.event_name(event_id)}"
        share = self._exposure.on_event(user_id, event_id)
        return (
            f"{where}: {_figures(share, self._exposure.limits_of(user_id).event)}" if share != EventShare() else f"{where}: nothing at risk"
        )

    def _text(self, index: Index) -> str:
        user_id = self.layout.users[index.row()]
        if index.column() == 0:
            return name_of(self._users.user(user_id))
        amount = self.layout.of_user[user_id] if index.column() == TOTAL else self.amount(index)
        return formats.money(amount) if amount else ""


def lay_out(exposure: Exposure) -> Layout:
    """Everybody with anything at risk, by its sum; of equals the lower id stands first."""
    of_user: dict[str, Decimal] = {}
    of_event: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for user_id in exposure.user_ids:
        risks = exposure.events_of(user_id)
        if (total := sum(risks.values(), ZERO)) > 0:
            of_user[user_id] = total
            for event_id, risk in risks.items():
                of_event[event_id] += risk
    users = sorted(of_user, key=lambda user_id: (-of_user[user_id], user_id))
    events = sorted((event_id for event_id in of_event if of_event[event_id] > 0), key=lambda event_id: (-of_event[event_id], event_id))
    return Layout(
        tuple(users[:MOST_USERS]), tuple(events[:MOST_EVENTS]), of_user, of_event,
        max(len(users) - MOST_USERS, 0), max(len(events) - MOST_EVENTS, 0),
    )  # fmt: skip


def legend(limit: Decimal) -> Sequence[str]:
    """What the five colours mean for a user with the profile's own limit on an event."""
    parts = [limit * step for step in STEPS]
    return [
        f"up to {formats.short_money(parts[0])}",
        *(f"to {formats.short_money(part)}" for part in parts[1:]),
        f"above {formats.short_money(parts[-1])}",
    ]


def _figures(share: EventShare, limit: Decimal | None) -> str:
    words = f"{formats.money(share.at_risk)} at risk, the worst result would lose {formats.money(share.worst)}"
    if limit:
        words += f" ({share.worst / limit * 100:.0f} % of the {formats.money(limit)} allowed)"
    return f"{words}; {share.open:,} open, {share.unknown:,} of unknown outcome"
