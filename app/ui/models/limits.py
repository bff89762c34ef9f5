"""The limits as a table: what may be set first, each in the order in which it is asked, then the rules that have no limit; typed texts
become limits here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal

from app.domain.events import Channel
from app.domain.money import CENT
from app.domain.risk import BOUNDS, Limits, Silence
from app.services.controls import Controls
from app.services.rule import Rule
from app.ui import formats
from app.ui.models.table import ROOT, Column, Index, TableModel

FACTORS = frozenset({"unmatched_ratio", "sanity_factor", "leap_factor"})
UNITS = {
    "worse_steps": "steps",
    "duplicate_seconds": "s",
    "burst_seconds": "s",
    "silence_seconds": "s",
    "silence_wait": "s",
    **dict.fromkeys(FACTORS, "×"),
}
LONGEST = 32  # characters a limit may be typed with
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_FACTOR = re.compile(r"\d{1,15}(\.\d{1,2})?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,15}(\.\d{0,2})?|\.\d{1,2}", re.ASCII)
LIMIT_COLUMN, USE_COLUMN = 1, 2

Age = Callable[[Channel], float | None]


class Line(msgspec.Struct, frozen=True):
    """One row: `field` names the limit that may be set there, `use` says how much of it is used, or how it stands."""

    title: str
    code: str
    field: str
    use: Callable[[], str]


class LimitsModel(TableModel[Line]):
    """Reads the limits in force from `controls`; a typed text that is a limit goes to `keep`, whose sentences are `said`."""

    said = Signal(str)

    def __init__(self, controls: Controls, age: Age, keep: Callable[[Limits], list[str]]) -> None:
        super().__init__()
        self._controls = controls
        self._keep = keep
        self.rows = _lines(controls, age)
        self.columns = (
            Column("Rule", lambda line: line.title, None, 235),
            Column("Limit", self._limit, None, 140, is_number=True, plain=self._plain, tip="Double-click or type to set it"),
            Column("Today", lambda line: line.use(), None, 225),
            Column("May be set to", lambda line: bounds(line.field), None, 150),
            Column("Named in a denial", lambda line: line.code, None, 126),
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_editable(index) else flags

    def is_editable(self, index: Index) -> bool:
        return index.column() == LIMIT_COLUMN and bool(self.rows[index.row()].field)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.EditRole and self.is_editable(index):
            return self._plain(self.rows[index.row()])
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Set a limit from what was typed; a text that is none is refused with a sentence, and the old value stays."""
        if role != Qt.ItemDataRole.EditRole or not self.is_editable(index):
            return False
        field = self.rows[index.row()].field
        if value == self._plain(self.rows[index.row()]):
            return False
        try:
            limit = parse_limit(field, str(value))
        except ValueError as problem:
            self.said.emit(f"{self.rows[index.row()].title}: {problem}. It stays at {self._limit(self.rows[index.row()])}")
            return False
        words = self._keep(msgspec.structs.replace(self._controls.limits, **{field: limit}))
        kept = f"{self.rows[index.row()].title}: {self._limit(self.rows[index.row()])} from now on"
        self.said.emit("\n".join([kept, *words]))
        self.limits_changed()
        return True

    def limits_changed(self) -> None:
        self._announce(LIMIT_COLUMN)

    def use_changed(self) -> None:
        self._announce(USE_COLUMN)

    def _announce(self, column: int) -> None:
        self.dataChanged.emit(self.index(0, column), self.index(self.rowCount(ROOT) - 1, column))

    def _limit(self, line: Line) -> str:
        return limit_text(line.field, getattr(self._controls.limits, line.field)) if line.field else ""

    def _plain(self, line: Line) -> str:
        return plain_text(line.field, getattr(self._controls.limits, line.field)) if line.field else ""


def _lines(controls: Controls, age: Age) -> list[Line]:
    rules = [rule for rule in controls.rules if controls.has_users or not rule.is_of_users]
    lines = [_of_rule(rule, controls) for rule in rules]
    return [*(line for line in lines if line.field), *_watchdogs(age), *(line for line in lines if not line.field)]


def _of_rule(rule: Rule, controls: Controls) -> Line:
    return Line(rule.title, rule.code, rule.limit, lambda: rule.use(controls))


def _watchdogs(age: Age) -> list[Line]:
    def heard() -> str:
        seconds = age(Channel.ORDERS)
        return "nothing heard yet" if seconds is None else f"last heard {formats.age(seconds)} ago"

    return [
        Line("Silence watchdog: alarm after", "SILENCE", "silence_seconds", heard),
        Line("Silence watchdog: then wait", "SILENCE", "silence_wait", str),
        Line("Silence watchdog: then do", "SILENCE", "silence", str),
        Line("Burst breaker: matched above", "BURST", "burst_matched", str),
        Line("Burst breaker: within", "BURST", "burst_seconds", str),
    ]


def parse_limit(field: str, text: str) -> Decimal | int | Silence:
    """A limit as typed; ValueError with a sentence otherwise. What lies beyond its bounds is bent to them where it is kept."""
    clean = text.strip(" ")
    if len(text) >= LONGEST:
        raise ValueError("This is too long: the field may have cut it")
    if field == "silence":
        return Silence(clean)
    if field in FACTORS:
        if not _FACTOR.fullmatch(clean):
            raise ValueError("A factor is digits and one point, like 4 or 2.5")
        return Decimal(clean)
    if isinstance(getattr(Limits(), field), int):
        if not _WHOLE.fullmatch(clean):
            raise ValueError("This is a whole number, like 10")
        return int(clean)
    if not _AMOUNT.fullmatch(clean):
        raise ValueError("An amount is digits and one point, like 1000 or 2500.50")
    return Decimal(clean).quantize(CENT)


def limit_text(field: str, value: Decimal | int | Silence) -> str:
    """A limit for eyes: `1,000.00`, `2 s`, `4 ×`."""
    unit = UNITS.get(field, "")
    text = f"{value:,.2f}" if isinstance(value, Decimal) and field not in FACTORS else plain_text(field, value)
    return f"{text} {unit}".rstrip()


def plain_text(field: str, value: Decimal | int | Silence) -> str:
    """A limit as it would be typed."""
    if isinstance(value, Decimal) and field in FACTORS:
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return format(value, ".2f") if isinstance(value, Decimal) else str(value)


def bounds(field: str) -> str:
    """The floor and the ceiling that are built in."""
    if field not in BOUNDS:
        return ""
    low, high = BOUNDS[field]
    return f"{low.normalize():,f} to {high.normalize():,f}"
