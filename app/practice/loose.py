"""Loose reading of the venue's own payloads: old and new names, `<nil>` texts, nulls, amounts into cents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]

_MOST: Final = Decimal(10) ** 12  # dollars or points: beyond what any market has
_MOST_WHOLE: Final = Decimal(10) ** 19  # room for ids and for ns since 1970

_OLD_NAMES: Final = {
    "line_id": "strike_id",
    "line": "strike",
    "odds": "price",
    "stake": "quantity",
    "market_lines": "market_strikes",
    "matched_stake": "filled_quantity",
    "total_matched_stake": "total_filled_quantity",
}


class LoadError(Exception):
    """A payload cannot be used; the text says which file and why."""


def read_json(path: Path) -> Any:
    """A file's JSON with exact numbers, without the outer `data`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    except OSError as error:
        raise LoadError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{path.name} is not JSON: {error}.") from error
    return content.get("data", content) if isinstance(content, dict) else content


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def rows(value: Any, what: str) -> list[Row]:
    """A list of objects with today's names; null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise LoadError(f"{what} is not a list of objects.")
    return [renamed(row) for row in value]


def renamed(row: Row) -> Row:
    """The row with v4 names; where both spellings are there, the v4 one counts."""
    fresh = {_OLD_NAMES.get(name, name): value for name, value in row.items() if name in _OLD_NAMES}
    return fresh | {name: value for name, value in row.items() if name not in _OLD_NAMES}


def text(row: Row, name: str, default: str = "") -> str:
    value = row.get(name)
    return default if value is None or value in ("<nil>", "") else str(value)


def integer(row: Row, name: str, default: int = 0) -> int:
    """A whole number, also as text; the default where absent. Raises LoadError."""
    value = row.get(name)
    if value is None or value == "<nil>" or value == "":
        return default
    try:
        if isinstance(value, bool) or abs(Decimal(value)) >= _MOST_WHOLE or int(value) != Decimal(value):
            raise ValueError(value)
        return int(value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise LoadError(f"{name} {value!r} is not a whole number.") from error


def number(row: Row, name: str, default: float = 0.0) -> float:
    return float(_decimal(row, name, Decimal(str(default))))


def cents(row: Row, name: str) -> int | None:
    """An amount of dollars in cents; None where absent."""
    if row.get(name) is None:
        return None
    return round(_decimal(row, name, Decimal(0)) * 100)


def _decimal(row: Row, name: str, default: Decimal) -> Decimal:
    value = row.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not -_MOST < value < _MOST:
        raise LoadError(f"{name} {value!r} is not a number.")
    return Decimal(value)


def moment(row: Row, name: str, default: int) -> int:
    """An ISO 8601 time in ns since 1970."""
    value = text(row, name)
    if not value:
        return default
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise LoadError(f"{name} {value!r} is not an ISO 8601 time.") from error
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return int(aware.timestamp()) * 1_000_000_000


def payload_files(path: Path) -> Iterator[tuple[str, Path]]:
    """The payload files of a path with their kind: tournaments, sport_events or multiple_markets."""
    if not path.exists():
        raise LoadError(f"{path} does not exist.")
    if path.is_file():
        yield "multiple_markets", path
        return
    for kind in ("tournaments", "sport_events", "multiple_markets"):
        for found in sorted(path.glob(f"{kind}*.json")):
            yield kind, found
