"""The rows of a batch as a table: as they were typed where they are edited, as they are understood where they are read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import msgspec
from PySide6.QtCore import Qt

from app.domain.batch import BatchRow
from app.domain.book import Match
from app.domain.order import UNSENT_STATES, Order
from app.services.batch import LONGEST, Batch
from app.services.batch_judge import Judged
from app.ui import formats
from app.ui.display import Display
from app.ui.models.orders import status_text
from app.ui.models.table import Column, Index, TableModel
from app.ui.theme import Theme
from app.ui.views.outcome import outcome_words

OVERRULED: Final = " (it may be overruled)"
WAITING: Final = "Waits for its turn"
SENDING: Final = "Being sent"
LOST: Final = "Unknown: sending it was broken off. Look for its order among the orders"
UNKNOWN_YET: Final = "…"


class Line(msgspec.Struct, frozen=True):
    """One row with all that is shown of it. `trouble` is why its order's last cancel was refused, `denial` why it was not sent."""

    number: int
    row: BatchRow
    judged: Judged | None = None
    order: Order | None = None
    trouble: str = ""
    denial: str = ""
    is_waiting: bool = False
    is_on_its_way: bool = False
    is_lost: bool = False

    @property
    def stake(self) -> Decimal | None:
        if self.order is not None:
            return self.order.stake
        return self.judged.draft.stake if self.judged and self.judged.draft else None

    @property
    def match(self) -> Match | None:
        return self.judged.match if self.judged and self.order is None else None


class BatchModel(TableModel[Line]):
    """`refresh` shows the batch as it stands; a row that changed costs its own line only."""

    def __init__(self, batch: Batch, called: Callable[[str], str], refusal: Callable[[Order], str], display: Display, theme: Theme) -> None:
        super().__init__()
        self._batch = batch
        self._refusal = refusal
        self.labels = display.labels
        self._theme = theme
        self._fields, self.columns = _columns(display, called, has_users=batch.has_users)

    def refresh(self) -> bool:
        """True where rows came or went, and with them the selection."""
        lines = self._lines()
        if [line.row.id for line in lines] != [line.row.id for line in self.rows]:
            self.beginResetModel()
            self.rows = lines
            self.endResetModel()
            return True
        for place, line in enumerate(lines):
            if line != self.rows[place]:
                self.rows[place] = line
                self.row_changed(place)
        return False

    def field(self, column: int) -> str:
        """The field of a row that a column edits; empty where it edits none."""
        return self._fields.get(self.columns[column].title, "")

    def column_of(self, field: str) -> int:
        return next(place for place in range(len(self.columns)) if self.field(place) == field)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.field(index.column()) and self._batch.may_edit(self.rows[index.row()].row.id):
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.EditRole and (field := self.field(index.column())):
            return getattr(line.row, field)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(_told(line)) if column.title == RESULT else formats.tip(column.text(line)) or None
        if role == Qt.ItemDataRole.ForegroundRole and (use := _colour(line, column.title)):
            return self._theme.colours[use]
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        field = self.field(index.column())
        if role != Qt.ItemDataRole.EditRole or not field:
            return False
        return self._batch.edit(self.rows[index.row()].row.id, field, str(value)[:LONGEST])

    def _lines(self) -> list[Line]:
        batch, sending = self._batch, self._batch.sending
        waiting = sending.waiting
        lines = []
        for number, row in enumerate(batch.rows, 1):
            order = batch.order(row.id)
            lines.append(
                Line(
                    number, row, batch.judged.get(row.id), order, self._refusal(order) if order else "", batch.denials.get(row.id, ""),
                    row.id in waiting, row.id in sending.on_their_way, row.id in batch.lost,
                )
            )  # fmt: skip
        return lines


RESULT: Final = "Result"
RESULT_WIDTH: Final = 300  # pixels, where there is room


def result_words(line: Line) -> tuple[str, str]:
    """What speaks against a row or what became of it, and the colour to say it in."""
    if line.order is not None:
        words, tone = outcome_words(line.order)
        if line.order.cancelling or line.trouble:
            words = f"{status_text(line.order, line.trouble)}{': ' if line.trouble else ''}{line.trouble}"
        return words, tone
    if line.is_lost:
        return LOST, "state.warning"
    if line.is_on_its_way:
        return SENDING, "state.warning"
    if line.is_waiting:
        return WAITING, "text.dim"
    if line.judged is None or (not line.judged.objection and line.judged.draft is None):
        return UNKNOWN_YET, "text.dim"
    if line.judged.objection:
        words = line.judged.objection + (OVERRULED if line.judged.may_confirm else "")
        return (f"Not sent: {words}" if line.denial else words), "state.warning" if line.judged.may_confirm else "state.bad"
    if line.denial:
        return f"Was not sent: {line.denial}. It may go now", "state.warning"
    return "Ready", "state.good"


def _mark(line: Line) -> str:
    """How a row stands, as a sign: the colour repeats it."""
    if line.order is not None:
        return "✓" if line.order.state not in UNSENT_STATES else "✕"
    if line.is_lost:
        return "⚠"
    if line.is_waiting or line.is_on_its_way or line.judged is None:
        return "…"
    if line.judged.objection:
        return "⚠" if line.judged.may_confirm else "✕"
    return "●" if line.judged.is_good else "…"


def says(line: Line) -> str:
    """What the live book would do with a row."""
    if line.match is None:
        return formats.NOTHING
    if line.match.fills <= 0:
        return f"{formats.money(line.match.rests)} rests"
    if line.match.rests <= 0:
        return f"fills {formats.money(line.match.fills)}"
    return f"fills {formats.money(line.match.fills)}, {formats.money(line.match.rests)} rests"


def _told(line: Line) -> str:
    """All that is to be said of a row, a line each."""
    words = [result_words(line)[0]]
    if line.judged and line.judged.place:
        words.append(f"Understood as {line.judged.place.words}")
    if line.order is not None:
        words.append(f"Our reference {line.order.ref}")
        if line.order.venue_order_id:
            words.append(f"The venue's order id {line.order.venue_order_id}")
    return "\n".join(words)


def _colour(line: Line, title: str) -> str:
    """The name of a colour; empty for the usual one."""
    if title == RESULT:
        return result_words(line)[1]
    if title == "For" and line.judged and line.judged.is_new_user and line.order is None:
        return "state.warning"
    if title == "#":
        return result_words(line)[1]
    if title in {"Best now", "Says"}:
        return "state.good" if title == "Says" and line.match and line.match.fills > 0 else "text.dim"
    is_guess = title in {"Event", "Market"} and not getattr(line.row, title.lower())
    return "text.dim" if is_guess else ""


def _columns(display: Display, called: Callable[[str], str], *, has_users: bool) -> tuple[dict[str, str], list[Column[Line]]]:
    """The columns, and which field of a row each one edits."""

    def user(line: Line) -> str:
        if line.order is not None:
            return called(line.order.draft.external_user)
        draft = line.judged.draft if line.judged else None
        if draft is None:
            return formats.plain(line.row.user)
        return f"{draft.external_user} (new)" if line.judged and line.judged.is_new_user else called(draft.external_user)

    def odds(line: Line) -> str:
        draft = line.order.draft if line.order else line.judged.draft if line.judged else None
        return display.odds(draft.odds) if draft else formats.plain(line.row.odds)

    def plain_odds(line: Line) -> str:
        draft = line.order.draft if line.order else line.judged.draft if line.judged else None
        return f"{draft.odds.american:+d}" if draft else line.row.odds

    def to_win(line: Line) -> Decimal | None:
        if line.order is not None:
            return line.order.odds.profit(line.order.stake)
        return line.judged.wins if line.judged and line.judged.draft else None

    def best(line: Line) -> str:
        return display.odds(line.judged.best) if line.judged and line.order is None else formats.NOTHING

    labels = display.labels
    columns: list[Column[Line]] = [
        Column("#", lambda line: f"{_mark(line)} {line.number:,}", None, 46, is_number=True, plain=lambda line: str(line.number)),
        Column("For", user, None, 104, plain=lambda line: line.order.draft.external_user if line.order else line.row.user),
        Column("Event", lambda line: _name(line, "event_name", line.row.event), None, 84),
        Column("Market", lambda line: _name(line, "market_name", line.row.market), None, 72),
        Column(labels.selection, lambda line: _name(line, "selection_name", line.row.selection), None, 126),
        Column(labels.odds, odds, None, 56, is_number=True, plain=plain_odds),
        Column(labels.stake, lambda line: _money(line.stake, line.row.stake), None, 66, is_number=True, plain=_plain_stake),
        Column(RESULT, lambda line: result_words(line)[0], None, RESULT_WIDTH, tip="What speaks against the row, or what became of it"),
        Column("To win", lambda line: formats.money(to_win(line)), None, 84, is_number=True, plain=lambda line: _plain(to_win(line))),
        Column("Best now", best, None, 72, is_number=True, tip=f"The best {labels.odds_low} offered now"),
        Column("Says", says, None, 168, tip="What the live book would do with it, after the rows above"),
        Column("Ref", lambda line: formats.short_ref(line.order.ref) if line.order else "", None, 92, plain=_ref),
    ]
    fields = {
        "For": "user",
        "Event": "event",
        "Market": "market",
        labels.selection: "selection",
        labels.odds: "odds",
        labels.stake: "stake",
    }
    return fields, columns if has_users else [column for column in columns if column.title != "For"]


def _ref(line: Line) -> str:
    return line.order.ref if line.order else ""


def _name(line: Line, field: str, typed: str) -> str:
    """What was understood, else what was typed."""
    if line.order is not None:
        return str(getattr(line.order.draft, field)) or typed
    place = line.judged.place if line.judged else None
    if place is None:
        return formats.plain(typed)
    return {"event_name": place.event_name, "market_name": place.market_name, "selection_name": place.selection.name}[field]


def _money(value: Decimal | None, typed: str) -> str:
    return formats.plain(typed) if value is None else formats.money(value)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _plain_stake(line: Line) -> str:
    return line.row.stake if line.stake is None else str(line.stake)
