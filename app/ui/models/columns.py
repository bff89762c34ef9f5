"""Kinds of columns that tables of the venue's records share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from app.domain.sheet import time_cell
from app.ui import formats
from app.ui.models.table import Column, Row

EPOCH = datetime.fromtimestamp(0, UTC)
NEVER = Decimal("-Infinity")  # where nobody told: below everything


def time_column(title: str, of: Callable[[Row], datetime | None]) -> Column[Row]:
    def plain(row: Row) -> str:
        return time_cell(of(row))

    return Column(
        title, lambda row: formats.moment(of(row)), lambda row: of(row) or EPOCH, 118, plain=plain, in_file=f"{title} (UTC)"
    )  # fmt: skip


def amount_column(title: str, of: Callable[[Row], Decimal | None], width: int = 84, tip: str = "") -> Column[Row]:
    return _money(title, of, formats.money, width, tip)


def signed_column(title: str, of: Callable[[Row], Decimal | None], width: int = 84, tip: str = "") -> Column[Row]:
    return _money(title, of, formats.signed, width, tip)


def _money(title: str, of: Callable[[Row], Decimal | None], text: Callable[[Decimal | None], str], width: int, tip: str) -> Column[Row]:
    def key(row: Row) -> Decimal:
        value = of(row)
        return NEVER if value is None else value

    return Column(title, lambda row: text(of(row)), key, width, is_number=True, plain=lambda row: _plain(of(row)), tip=tip)


def id_column(of: Callable[[Row], str], title: str = "Order id") -> Column[Row]:
    return Column(title, lambda row: formats.short_ref(of(row)) or formats.NOTHING, None, 96, plain=of)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def said(word: str) -> str:
    """The venue's own word, its underscores as spaces."""
    return word.replace("_", " ") or formats.NOTHING


def market_called(market_id: int) -> str:
    return f"market {market_id}" if market_id else formats.NOTHING


def cut_id(selection_id: str) -> str:
    return selection_id[:8] or formats.NOTHING


def colour_of(value: Decimal | None) -> str:
    return "" if not value else "price.up" if value > 0 else "price.down"


def result_colour(winning: str) -> str:
    return {"profit": "price.up", "won": "price.up", "manually_won": "price.up"}.get(
        winning, "price.down" if winning in {"loss", "lost", "manually_lost"} else ""
    )


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
