"""Rows of a list of external users, judged one by one against who is known: what each would change, or why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.money import CENT
from app.domain.risk import BOUNDS
from app.domain.table_text import TableError, TableRow, find_columns, read_table
from app.domain.user import MOST, User, UserError, UserLimits, checked_name, checked_user

MOST_BYTES: Final = 10_000_000
COLUMNS: Final = ("id", "name", "order", "event", "day", "total")  # in this order where there is no heading
TITLES: Final = ("id", "name", "order limit", "event limit", "day limit", "total limit")
_CALLED: Final[Mapping[str, frozenset[str]]] = {
    "id": frozenset({"id", "user", "userid", "externaluser", "externaluserid", "customer", "customerid", "client", "clientid", "account"}),
    "name": frozenset({"name", "username", "customername", "clientname", "fullname"}),
    "order": frozenset({"order", "orderlimit", "perorder", "limitorder", "inoneorder", "maxorder"}),
    "event": frozenset({"event", "eventlimit", "perevent", "limitevent", "onanevent", "maxevent"}),
    "day": frozenset({"day", "daylimit", "perday", "daily", "dailylimit", "limitday", "inaday", "maxday"}),
    "total": frozenset({"total", "totallimit", "limit", "limittotal", "intotal", "inall", "maxtotal"}),
}
_BOUND: Final = {"order": "user_order", "event": "user_event", "day": "user_day", "total": "user"}
_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,2})?|\d{1,3}(,\d{3}){1,4}\.\d{2}", re.ASCII)
_CUT: Final = re.compile(r"\d(\.\d+)?[eE]\+\d{1,3}", re.ASCII)


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "no change"
    BAD = "bad"


class JudgedRow(msgspec.Struct, frozen=True):
    """One row of the list. `user` is what would be known afterwards, None where the row is bad; `words` says what changes, or why not."""

    line: int
    cells: tuple[str, ...]
    verdict: Verdict
    user: User | None
    words: str = ""


class UserTable(msgspec.Struct, frozen=True):
    """A list as it was read: its rows without the heading, where each of our columns stands, and the titles that are none of ours."""

    rows: tuple[TableRow, ...]
    places: Mapping[str, int]
    heading: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above its columns, or would."""
        return self.heading or TITLES

    @property
    def ignored(self) -> list[str]:
        """Columns that nothing is read from."""
        return [title for place, title in enumerate(self.heading) if place not in self.places.values() and title]


def read_users(source: bytes | str) -> UserTable:
    """A list with or without a heading; TableError with a sentence where it is none."""
    table = read_table(source, most_rows=MOST, most_bytes=MOST_BYTES)
    places = find_columns(table.rows[0].cells, _CALLED) if table.rows else {}
    if not places:
        return UserTable(_at_most(table.rows), {column: place for place, column in enumerate(COLUMNS)})
    if "id" not in places:
        raise TableError("No column of the heading is called id")
    rows = _at_most(table.rows[1:])
    if not rows:
        raise TableError("There is a heading and no row below it")
    return UserTable(rows, places, table.rows[0].cells)


def _at_most(rows: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
    if len(rows) > MOST:
        raise TableError(f"It has more than {MOST:,} rows: part it into several")
    return rows


def judged(table: UserTable, known: Mapping[str, User]) -> Iterator[JudgedRow]:
    """Each row in turn. The first row of an id counts, a later one is bad; what has no column in the list stays as it is known."""
    first: dict[str, int] = {}
    for row in table.rows:
        try:
            user = _user(row, table, known)
            if user.id in first:
                raise UserError(f"{user.id} stands in line {first[user.id]:,} already")
        except UserError as problem:
            yield JudgedRow(row.line, row.cells, Verdict.BAD, None, str(problem))
            continue
        first[user.id] = row.line
        yield _judged(row, user, known.get(user.id))


def _judged(row: TableRow, user: User, before: User | None) -> JudgedRow:
    if before is None:
        return JudgedRow(row.line, row.cells, Verdict.NEW, user)
    words = ", ".join(_changes(before, user))
    return JudgedRow(row.line, row.cells, Verdict.CHANGED if words else Verdict.SAME, user, words)


def _changes(before: User, after: User) -> Iterator[str]:
    if before.name != after.name:
        yield f"name {before.name or 'none'} → {after.name or 'none'}"
    for field in UserLimits.__struct_fields__:
        old, new = getattr(before.limits, field), getattr(after.limits, field)
        if old != new:
            yield f"{field} {_amount_words(old)} → {_amount_words(new)}"


def _amount_words(limit: Decimal | None) -> str:
    return "the profile's" if limit is None else f"{limit:,.2f}"


def _user(row: TableRow, table: UserTable, known: Mapping[str, User]) -> User:
    """UserError with a sentence where the row names nobody, or says something that cannot be meant."""
    if len(row.cells) > len(table.titles) and any(row.cells[len(table.titles) :]):
        raise UserError(f"It has {len(row.cells)} cells, and there are {len(table.titles)} columns")
    cells = {column: row.cells[place] for column, place in table.places.items() if place < len(row.cells)}
    user_id = _user_id(cells.get("id", ""))
    before = known.get(user_id) or User(user_id)
    name = checked_name(_unquoted(cells["name"])) if "name" in cells else before.name
    limits = {field: _limit(field, cells[field]) for field in UserLimits.__struct_fields__ if field in cells}
    return User(user_id, name, msgspec.structs.replace(before.limits, **limits))


def _user_id(cell: str) -> str:
    if not cell:
        raise UserError("There is no user id")
    if _CUT.fullmatch(cell):
        raise UserError(f"{cell} is a number that a spreadsheet has cut: save that column as text")
    return checked_user(_unquoted(cell))


def _unquoted(cell: str) -> str:
    """Without the sign that keeps a spreadsheet from running a cell; what this program saves has it too."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _limit(field: str, cell: str) -> Decimal | None:
    if not cell:
        return None
    if not _AMOUNT.fullmatch(cell):
        raise UserError(f"The {field} limit {cell[:40]} is no amount: write it like 2500 or 2500.50")
    limit = Decimal(cell.replace(",", "")).quantize(CENT)
    low, high = BOUNDS[_BOUND[field]]
    if not low <= limit <= high:
        raise UserError(f"The {field} limit {limit:,.2f} is not between {low:,.2f} and {high:,.2f}")
    return limit


def as_cells(rows: Sequence[JudgedRow]) -> list[tuple[str, ...]]:
    """Rows as they stood in the list, each with what was said of it in front of its line's number."""
    return [(str(row.line), row.words, *row.cells) for row in rows]
