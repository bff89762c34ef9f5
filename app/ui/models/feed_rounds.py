"""The rounds of a match as lines, newest first: a head for each round and below it what happened, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from app.domain.cs2 import Match, MatchDetail, Round, RoundEvent, Team
from app.ui import formats
from app.ui.models.event_nodes import kept_in_order
from app.ui.models.table import ROOT, Index

MOST_ROUNDS: Final = 60  # the newest; a match of regular length has at most 24
MOST_EVENTS: Final = 200  # of one round, the newest
MOST_LINES: Final = 1_000  # with which no further round is begun: lines of their own heights cost time
MOST_AHEAD: Final = 3  # rounds that the match has and its detail does not yet: more is no lag but a mistake


class Wanted(StrEnum):
    IMPORTANT = "important"
    ALL = "all"


class Line(msgspec.Struct, frozen=True, gc=False):
    """`key` outlives a reading of the feed. A head has only `text`; an event has a `time` and a `label` as well."""

    key: str
    text: str
    time: str = ""
    label: str = ""
    is_head: bool = False
    is_live: bool = False

    @property
    def words(self) -> str:
        """All of it, as one copies it."""
        return " · ".join(filter(None, (self.time, self.label, self.text)))


class RoundsModel(QAbstractListModel):
    """What stays is not touched: lines are put in, taken out and changed one by one, so that the view keeps what is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def show_lines(self, fresh: Sequence[Line]) -> bool:
        """Take these over; whether lines came, went or moved."""
        old, new = [line.key for line in self.lines], [line.key for line in fresh]
        has_moved = old != new
        if has_moved:
            stay = kept_in_order(old, new)
            self._remove(stay)
            self._insert(fresh, stay)
        for row, line in enumerate(fresh):
            if self.lines[row] != line:
                self.lines[row] = line
                self.dataChanged.emit(self.index(row), self.index(row))
        return has_moved

    def row_of(self, key: str) -> int | None:
        return next((row for row, line in enumerate(self.lines) if line.key == key), None)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return line.words
        return formats.tip(line.words) if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def _remove(self, stay: Collection[str]) -> None:
        last = len(self.lines) - 1
        while last >= 0:
            first = last
            while first >= 0 and self.lines[first].key not in stay:
                first -= 1
            if first < last:
                self.beginRemoveRows(QModelIndex(), first + 1, last)
                del self.lines[first + 1 : last + 1]
                self.endRemoveRows()
            last = first - 1

    def _insert(self, fresh: Sequence[Line], stay: Collection[str]) -> None:
        at = 0
        while at < len(fresh):
            end = at
            while end < len(fresh) and fresh[end].key not in stay:
                end += 1
            if end > at:
                self.beginInsertRows(QModelIndex(), at, end - 1)
                self.lines[at:at] = fresh[at:end]
                self.endInsertRows()
            at = end + 1


def lines_of(match: Match, detail: MatchDetail, wanted: Wanted, *, is_read: bool = True) -> list[Line]:
    """Every round has its head, whatever is left out below it.

    `match` may know more than the detail: a round that it has begun or ended is marked as not told yet. `is_read`: the detail is being
    read again.
    """
    newest = sorted({each.number: each for each in detail.rounds}.values(), key=lambda each: each.number, reverse=True)
    before = {each.number: each for each in newest}
    lines = _ahead(match, max(before, default=0), is_read=is_read)
    waits = _waits(is_read=is_read) if _lags(match, detail) else ""
    shown = 0
    for each in newest[:MOST_ROUNDS]:
        if len(lines) >= MOST_LINES:
            break
        lines.append(_head(match, each, before.get(each.number - 1), waits))
        lines += _events(each, wanted)
        shown += 1
    if shown < len(newest):
        lines.append(Line("older", f"{len(newest) - shown} older rounds are not shown"))
    return lines


def important_count(detail: MatchDetail) -> tuple[int, int]:
    """How many events are important, and how many there are."""
    events = [event for each in detail.rounds for event in each.events]
    return sum(event.is_important for event in events), len(events)


def _lags(match: Match, detail: MatchDetail) -> bool:
    """Whether the match went on since its detail was told."""
    told = detail.match
    is_ahead = (match.round_number or 0) > (told.round_number or 0) or match.rounds_won > told.rounds_won
    return is_ahead or (match.is_settled and not told.is_settled)


def _ahead(match: Match, told: int, *, is_read: bool) -> list[Line]:
    """Heads of rounds that the match has and its detail does not tell yet, newest first."""
    last = match.round_number if match.is_live and match.round_number is not None else 0
    if not 0 < last - told <= MOST_AHEAD or not told:
        return []
    waits = _waits(is_read=is_read)
    found = [Line(f"r{number}", f"Round {number} · {waits}", is_head=True) for number in range(last - 1, told, -1)]
    return [Line(f"r{last}", f"Round {last} · live", is_head=True, is_live=True), *found]


def _waits(*, is_read: bool) -> str:
    return "over, its winner is being read" if is_read else "over, its winner is not known"


def _head(match: Match, each: Round, before: Round | None, waits: str) -> Line:
    is_over = each.number < (match.round_number or 0) or each.number <= match.rounds_won
    is_waited_for = bool(waits) and each.winner_team_id is None and (is_over or match.is_settled)
    is_live = match.is_live and each.number == match.round_number and each.winner_team_id is None and not is_waited_for
    swap = "sides swapped" if before is not None and _is_swapped(before, each) else ""
    result = "live" if is_live else waits if is_waited_for else _result(match, each)
    parts = (f"Round {each.number}", result, swap)
    return Line(f"r{each.number}", " · ".join(filter(None, parts)), is_head=True, is_live=is_live)


def _result(match: Match, each: Round) -> str:
    reason = formats.plain(each.win_reason).replace("_", " ").lower()
    winner = _name(match.team(each.winner_team_id)) if each.winner_team_id is not None else "winner not told"
    return f"{winner} · {reason}" if reason else winner


def _name(team: Team | None) -> str:
    return (formats.plain(team.name) or f"Team {team.id}") if team is not None else "won by a team not of this match"


def _is_swapped(before: Round, each: Round) -> bool:
    is_told = None not in (before.ct_team_id, before.t_team_id)
    return is_told and before.ct_team_id != before.t_team_id and (before.ct_team_id, before.t_team_id) == (each.t_team_id, each.ct_team_id)


def _events(each: Round, wanted: Wanted) -> list[Line]:
    """An event's key is its place counted from the oldest, which newer ones leave as it is."""
    total = len(each.events)
    chosen = [(total - place, event) for place, event in enumerate(each.events) if event.is_important or wanted is Wanted.ALL]
    lines = [_event(f"r{each.number}e{place}", event) for place, event in chosen[:MOST_EVENTS]]
    if len(chosen) > MOST_EVENTS:
        lines.append(Line(f"r{each.number}e0", f"{len(chosen) - MOST_EVENTS} older events of this round are not shown"))
    return lines


def _event(key: str, event: RoundEvent) -> Line:
    label = formats.plain(event.label or event.category).replace("_", " ").upper()
    return Line(key, formats.plain(event.summary), formats.plain(event.timestamp), label or "EVENT")
