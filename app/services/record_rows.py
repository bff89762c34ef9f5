"""Orders of the venue's record as rows: what they hold, what they add up to, and how they are written into a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

import msgspec

from app.domain.money import ZERO
from app.domain.odds import Odds, odds_of
from app.domain.order import Order
from app.domain.sheet import MARK, csv_line, local_cell, time_cell

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "placed_at": "Placed", "event": "Event", "market": "Market", "selection": "Selection", "odds": "Odds", "stake": "Stake",
        "filled": "Filled", "average": "Avg", "rest": "Rest", "status": "Status", "matching": "Matching", "result": "Result",
        "to_win": "To win", "realised": "P&L", "user": "User", "reference": "Reference", "order_id": "Order id", "updated_at": "Updated",
    }
)  # fmt: skip
"""What each column is called, on the screen and in files; an account with other words brings its own."""


class Form(StrEnum):
    """How rows are written: for Excel with the mark that it needs to read UTF-8, plain, or one JSON object a line."""

    EXCEL = "CSV for Excel"
    CSV = "CSV"
    JSON = "JSON lines"


class RecordRow(msgspec.Struct, frozen=True):
    """One order of the record, with what is known of it here where that is newer. What nobody told is None or empty.

    `ref` is the blotter's, by which it is cancelled; `reference` the one that the venue holds. `status`, `matching` and `result` are the
    venue's own words. `average` is what the filled part was matched at, all of it known. `to_win` counts the filled part at its own prices
    and the rest at the limit; what was matched at unknown prices counts at the limit too (the venue never fills worse).
    """

    order_id: str
    ref: str = ""
    reference: str = ""
    user: str = ""
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    event_id: int = 0
    event: str = ""
    market_id: int = 0
    market: str = ""
    strike: Decimal = ZERO
    selection_id: str = ""
    selection: str = ""
    odds: Odds | None = None
    stake: Decimal = ZERO
    filled: Decimal = ZERO
    average: Odds | None = None
    rest: Decimal = ZERO
    status: str = ""
    matching: str = ""
    result: str = ""
    to_win: Decimal = ZERO
    realised: Decimal | None = None
    is_cancellable: bool = False
    is_cancelling: bool = False

    def has(self, words: str, called: str = "") -> bool:
        """Whether every one of these words occurs in what a person reads of it; `called` is its user with the name."""
        read = " ".join((self.event, self.market, self.selection, self.user, called, self.reference, self.order_id, self.ref, self._said))
        return all(word in read.casefold() for word in words.casefold().split())

    @property
    def cancelled(self) -> Decimal:
        """What of the stake neither matched nor may match any more."""
        return max(self.stake - self.filled - self.rest, ZERO)

    @property
    def is_named(self) -> bool:
        """Whether it is known in words what it is on."""
        return bool(self.event and self.market and self.selection)

    @property
    def _said(self) -> str:
        return f"{self.status} {self.matching} {self.result}".replace("_", " ")


class RecordSums(msgspec.Struct, frozen=True):
    """What rows add up to. `open` may still match, `cancelled` not any more: with `filled` they are the stake. `lost` is nought or below;
    `realised` is what was won and lost together.
    """

    count: int = 0
    stake: Decimal = ZERO
    filled: Decimal = ZERO
    open: Decimal = ZERO
    cancelled: Decimal = ZERO
    won: Decimal = ZERO
    lost: Decimal = ZERO

    @property
    def realised(self) -> Decimal:
        return self.won + self.lost


def sum_rows(rows: Iterable[RecordRow]) -> RecordSums:
    found = list(rows)
    brought = [row.realised for row in found if row.realised is not None]
    return RecordSums(
        len(found),
        sum((row.stake for row in found), ZERO),
        sum((row.filled for row in found), ZERO),
        sum((row.rest for row in found), ZERO),
        sum((row.cancelled for row in found), ZERO),
        sum((amount for amount in brought if amount > 0), ZERO),
        sum((amount for amount in brought if amount < 0), ZERO),
    )


def average_of(order: Order) -> Odds | None:
    """What the filled part was matched at, weighed by stake; None unless each part of it is known."""
    matched = sum((fill.stake for fill in order.fills), ZERO)
    if not order.filled > 0 or matched != order.filled:
        return None
    prices = {fill.odds for fill in order.fills}
    if len(prices) == 1:
        return prices.pop()
    won = sum((Fraction(fill.stake) * Fraction(fill.odds.num, fill.odds.den) for fill in order.fills), Fraction(0))
    ratio = won / Fraction(matched)
    return odds_of(ratio.numerator, ratio.denominator)


# Files


def head_of(form: Form, titles: Mapping[str, str] = TITLES) -> list[str]:
    """What stands before the rows."""
    if form is Form.JSON:
        return []
    names = [title.format(**titles) for title, _ in _CELLS]
    return [MARK] * (form is Form.EXCEL) + [csv_line(names)]


def lines_of(rows: Iterable[RecordRow], form: Form) -> list[str]:
    """A line for each row, with its end."""
    return [_json_line(row) if form is Form.JSON else csv_line([cell(row) for _, cell in _CELLS]) for row in rows]


def _json_line(row: RecordRow) -> str:
    """Amounts and decimal odds as text, so that nothing is rounded; times in UTC; null where nobody told."""
    told = {
        "order_id": row.order_id, "reference": row.reference, "external_user": row.user, "placed_at": _utc(row.placed_at),
        "updated_at": _utc(row.updated_at), "event_id": row.event_id, "event": row.event, "market_id": row.market_id, "market": row.market,
        "strike": row.strike, "selection_id": row.selection_id, "selection": row.selection,
        "odds": row.odds.american if row.odds else None, "decimal_odds": _decimal(row.odds) or None, "stake": row.stake,
        "filled": row.filled, "average_odds": _decimal(row.average) or None, "rest": row.rest, "cancelled": row.cancelled,
        "status": row.status, "matching_status": row.matching, "result": row.result, "to_win": row.to_win, "realised": row.realised,
    }  # fmt: skip
    return msgspec.json.encode(told).decode() + "\n"


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


def _american(odds: Odds | None) -> str:
    return f"{odds.american:+d}" if odds else ""


def _decimal(odds: Odds | None) -> str:
    return f"{odds.decimal:.4f}".rstrip("0").rstrip(".") if odds else ""


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


_CELLS: tuple[tuple[str, Callable[[RecordRow], str]], ...] = (
    ("{placed_at} (UTC)", lambda row: time_cell(row.placed_at)),
    ("{placed_at} (local)", lambda row: local_cell(row.placed_at)),
    ("{event}", lambda row: row.event),
    ("{event} id", lambda row: str(row.event_id or "")),
    ("{market}", lambda row: row.market),
    ("{market} id", lambda row: str(row.market_id or "")),
    ("Strike", lambda row: _amount(row.strike)),
    ("{selection}", lambda row: row.selection),
    ("{selection} id", lambda row: row.selection_id),
    ("{odds}", lambda row: _american(row.odds)),
    ("{odds} decimal", lambda row: _decimal(row.odds)),
    ("{stake}", lambda row: _amount(row.stake)),
    ("{filled}", lambda row: _amount(row.filled)),
    ("{average} decimal", lambda row: _decimal(row.average)),
    ("{rest}", lambda row: _amount(row.rest)),
    ("Cancelled", lambda row: _amount(row.cancelled)),
    ("{status}", lambda row: row.status),
    ("{matching}", lambda row: row.matching),
    ("{result}", lambda row: row.result),
    ("{to_win}", lambda row: _amount(row.to_win)),
    ("{realised}", lambda row: _amount(row.realised)),
    ("{user}", lambda row: row.user),
    ("{reference}", lambda row: row.reference),
    ("{order_id}", lambda row: row.order_id),
    ("{updated_at} (UTC)", lambda row: time_cell(row.updated_at)),
    ("{updated_at} (local)", lambda row: local_cell(row.updated_at)),
)
