"""Deliveries as a table, the newest on top: live ones are put in above, older ones are read below."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt

from app.domain.webhook import Delivery, DeliveryQuery, Show, Verdict
from app.ui import formats
from app.ui.models.table import ROOT, Column, Index, TableModel, to_csv

HELD: Final = "held back"
HELD_TIP: Final = "What it tells is held back until the video has shown it."
LATEST: Final = 500  # rows among which one may be held back: an older one was shown by then
MOST: Final = 5_000  # rows in memory
SIGNATURE: Final = 3
REFETCHED: Final = 7
TONES: Final = {
    Verdict.VALID: "good",
    Verdict.DUPLICATE: "info",
    Verdict.BAD: "bad",
    Verdict.NONE: "bad",
    Verdict.UNCHECKED: "warning",
    Verdict.REFUSED: "warning",
    Verdict.MISSED: "warning",
    Verdict.LATE: "warning",
}
"""The state whose colours each verdict has."""

TIME: Final = "When its last byte was read; of a missed one, when that was noticed, and beside its badge stands when the change was"
STATUS: Final = "The answer that the receiver gave it"
NOT_DELIVERED: Final = frozenset({Verdict.MISSED, Verdict.LATE})  # lines of the gap watch, with the time of the change


class DeliveriesModel(TableModel[Delivery]):
    """`put` takes the newest as they stand, `add_older` a page from the file. No row is shown twice. `now`: by which a row is of today."""

    def __init__(self, now: Callable[[], datetime], is_held: Callable[[Delivery], bool] = lambda _row: False) -> None:
        """`is_held`: what a row tells may not be known yet, by who watches the match's video."""
        super().__init__()
        self._now = now
        self._is_held = is_held
        self._held: frozenset[int] = frozenset()  # numbers of rows that were shown so
        self.columns = (
            Column("Time", self._time, lambda row: row.listed_at, 112, plain=lambda row: row.listed_at.isoformat(), tip=TIME),
            Column("Event", self._event, None, 122),
            Column("Match", lambda row: _number(row.match_id), lambda row: row.match_id or 0, 50, is_number=True),
            Column("Signature", signature_words, None, 160),
            Column("Bytes", _bytes, lambda row: row.size or 0, 48, is_number=True, plain=lambda row: _number(row.size)),
            Column("Status", lambda row: _number(row.answer), lambda row: row.answer or 0, 54, is_number=True, tip=STATUS),
            Column("ms", _took, lambda row: row.took or 0.0, 42, is_number=True, tip="Until it was answered"),
            Column("Refetched", _refetched, None, 110, plain=lambda row: " ".join(row.refetched), tip="What was read again because of it"),
        )

        self.for_file = (
            Column[Delivery]("Id", lambda row: str(row.id)),
            *self.columns,
            Column[Delivery]("Subscription", lambda row: _number(row.subscription_id)),
            Column[Delivery]("Path", lambda row: row.path),
            Column[Delivery]("Change", lambda row: row.at.isoformat() if row.verdict in NOT_DELIVERED else ""),
        )

    def to_csv(self) -> str:
        """What is shown, with whose it is."""
        return to_csv(self.for_file, self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole and self._is_held(self.rows[index.row()]):
            return formats.tip(HELD_TIP)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip("\n".join(map(formats.plain, tip_lines(self.rows[index.row()]))))
        return super().data(index, role)

    def tick(self) -> None:
        """A second went by: what was held back may be told now."""
        held = frozenset(row.id for row in self.rows[:LATEST] if self._is_held(row))
        for place, row in enumerate(self.rows[:LATEST]):
            if row.id in held ^ self._held:
                self.row_changed(place)
        self._held = held

    def _event(self, row: Delivery) -> str:
        return HELD if self._is_held(row) else formats.plain(row.event) or formats.NOTHING

    def _time(self, row: Delivery) -> str:
        return day_time(row.listed_at, self._now())

    @property
    def oldest(self) -> int:
        """The number of the last row; 0 without one."""
        return self.rows[-1].id if self.rows else 0

    def start_again(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def put(self, newest: Sequence[Delivery]) -> None:
        """Changed ones where they stand, others at their place by number, none below the oldest. `newest` are the newest first.

        What two processes write is told in any order: a number between two that stand here already is no older news.
        """
        fresh, oldest = [], self.oldest
        for row in newest:
            place = self._place(row.id)
            if place is None:
                if row.id > oldest:
                    fresh.append(row)
            elif self.rows[place] != row:
                self.rows[place] = row
                self.row_changed(place)
        for run in _runs(fresh, self.rows):
            self._insert(run)
        self._thin()

    def remove(self, ids: Collection[int]) -> None:
        """They are in the file no more, or do not belong into this list any more."""
        for place in sorted((place for each in ids if (place := self._place(each)) is not None), reverse=True):
            self.beginRemoveRows(ROOT, place, place)
            del self.rows[place]
            self.endRemoveRows()

    def _place(self, delivery_id: int) -> int | None:
        """None also for one without a number."""
        place = bisect_left(self.rows, -delivery_id, key=_downwards)
        return place if delivery_id and place < len(self.rows) and self.rows[place].id == delivery_id else None

    def _insert(self, run: Sequence[Delivery]) -> None:
        """Neighbours, at their place."""
        place = bisect_left(self.rows, -run[0].id, key=_downwards)
        self.beginInsertRows(ROOT, place, place + len(run) - 1)
        self.rows[place:place] = run
        self.endInsertRows()

    def add_older(self, rows: Sequence[Delivery]) -> None:
        known = {row.id for row in self.rows}
        rows = [row for row in rows if row.id not in known][: max(MOST - len(self.rows), 0)]
        if rows:
            self.beginInsertRows(ROOT, len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def tone(self, row: int) -> str:
        """The state whose colours its badge has."""
        return "warning" if is_unreadable(self.rows[row]) else TONES[self.rows[row].verdict]

    def replace(self, row: Delivery) -> None:
        place = self._place(row.id)
        if place is not None:
            self.rows[place] = row
            self.row_changed(place)

    def _thin(self) -> None:
        if len(self.rows) > MOST:
            self.beginRemoveRows(ROOT, MOST, len(self.rows) - 1)
            del self.rows[MOST:]
            self.endRemoveRows()


def fits(row: Delivery, query: DeliveryQuery) -> bool:
    """Whether a live row belongs into what is filtered, by the rules of the file."""
    show, verdict = query.show, query.show.verdict
    if query.subscription_id not in {None, row.subscription_id}:
        return False
    if show is Show.PINNED and not row.is_pinned:
        return False
    if verdict not in {None, row.verdict}:
        return False
    told = f"{row.verdict} {row.event} {row.reason} {row.path} {' '.join(row.refetched)}".lower()
    return all(word in told or word == str(row.match_id) for word in query.text.lower().split())


def _downwards(row: Delivery) -> int:
    """The newest have the greatest numbers, and stand first."""
    return -row.id


def _runs(fresh: Sequence[Delivery], rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """`fresh`, the newest first, in parts between which there are rows already: the newest part last, so that places below it hold."""
    runs: dict[int, list[Delivery]] = {}
    for row in sorted(fresh, key=_downwards):
        runs.setdefault(bisect_left(rows, -row.id, key=_downwards), []).append(row)
    return [runs[place] for place in sorted(runs, reverse=True)]


def day_time(at: datetime, now: datetime) -> str:
    """Local: `14:03:22.418` today, `21 Nov 14:03:22` on another day, `21 Nov 2025 14:03` in another year."""
    at, now = at.astimezone(), now.astimezone()
    if at.date() == now.date():
        return formats.clock(at)
    return f"{at:%d %b %H:%M:%S}" if at.year == now.year else f"{at:%d %b %Y %H:%M}"


def tip_lines(row: Delivery) -> list[str]:
    """All that is known of it, in sentences."""
    whose = f"subscription {row.subscription_id}" if row.subscription_id is not None else "no subscription"
    lines = [
        f"{row.verdict}: {row.reason}" if row.reason else str(row.verdict),
        f"{row.event or 'no event'} for {whose} at {row.path or 'no path'}",
    ]
    lines.append(change_words(row) if row.verdict in NOT_DELIVERED else f"Its last byte was read at {formats.zoned(row.at)}.")
    if row.refetched:
        lines.append(f"Read again because of it: {', '.join(row.refetched)}")
    return lines


def change_words(row: Delivery) -> str:
    """Of one that was missed: when what it would have told of happened, and when it was missed."""
    told = f"The poll told of the change at {formats.zoned(row.at)}"
    if row.noticed_at is None:
        return f"{told}; it stands where its delivery was found to be missing."
    return f"{told}; that its delivery was missing was noticed {(row.noticed_at - row.at).total_seconds():.1f} s later, where it stands."


def brief_change(row: Delivery) -> str:
    """The same in a few words."""
    later = "" if row.noticed_at is None else f", found missing {(row.noticed_at - row.at).total_seconds():.1f} s later"
    return f"the change was at {formats.moment(row.at)}{later}"


def signature_words(row: Delivery) -> str:
    """The badge's word, and beside it the reason."""
    pin = "⚑ " if row.is_pinned else ""
    badge = f"{row.verdict}, unreadable" if is_unreadable(row) else str(row.verdict)
    words = f"of {row.copy_of}" if row.copy_of else row.reason
    if row.verdict is Verdict.MISSED and row.noticed_at is not None:
        words = f"{words.replace('no delivery', 'none') or 'change'} of {row.at.astimezone():%H:%M:%S}"
    elif row.verdict is Verdict.LATE:
        words = words.removeprefix("a delivery ")  # the whole of it stands below and in the tooltip
    return formats.plain(f"{pin}{badge}{f'  {words}' if words else ''}")


def is_unreadable(row: Delivery) -> bool:
    """Signed as it should be, and it says of no match that anything changed: nothing was read again because of it."""
    return row.verdict in {Verdict.VALID, Verdict.DUPLICATE} and row.match_id is None


def _refetched(row: Delivery) -> str:
    """The narrowest of what was read; how much else there was, the tooltip says."""
    if not row.refetched:
        return formats.NOTHING
    others = f"  +{len(row.refetched) - 1}" if len(row.refetched) > 1 else ""
    return formats.plain(row.refetched[-1]) + others


def _bytes(row: Delivery) -> str:
    return formats.NOTHING if row.size is None else f"{row.size:,}"


def _number(value: int | None) -> str:
    return formats.NOTHING if value is None else str(value)


def _took(row: Delivery) -> str:
    return formats.NOTHING if row.took is None else f"{row.took:.1f}"
