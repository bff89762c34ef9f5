"""Rows of orders as a person pastes them: which column is which, what each row asks for, and the same stake over neighbouring prices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec

from app.domain.labels import OWN, Labels
from app.domain.ladder import Ladder
from app.domain.money import parse_stake
from app.domain.odds import Odds, parse_american
from app.domain.split import parts, rungs
from app.domain.table_text import TableError, TableRow, find_columns, read_table

MOST_ROWS: Final = 2_000
FIELDS: Final = ("user", "event", "market", "selection", "odds", "stake")

# What a heading may call each column, in small letters without blanks and signs.
_CALLED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "user": frozenset({"user", "users", "userid", "for", "customer", "customerid", "externaluser", "externaluserid", "account"}),
        "event": frozenset({"event", "game", "match", "fixture", "eventname", "sportevent"}),
        "market": frozenset({"market", "markettype", "marketname"}),
        "selection": frozenset(
            {"selection", "selectionid", "selectionname", "participant", "pick", "side", "runner", "outcome", "lineid", "strikeid", "line"}
        ),
        "odds": frozenset({"odds", "price", "american", "americanodds"}),
        "stake": frozenset({"stake", "quantity", "amount", "risk", "qty", "size"}),
    }
)
# Without a heading, by the number of columns: the last ones are always odds and stake.
_PLAIN: Final = {3: ("selection",), 4: ("event", "selection"), 5: ("event", "market", "selection")}
_PLAIN_FOR_USERS: Final = {4: ("user", "selection"), 5: ("user", "event", "selection"), 6: ("user", "event", "market", "selection")}


class BatchRow(msgspec.Struct, frozen=True):
    """One row, every cell as it was typed. `id` names it for as long as it stands."""

    id: int
    user: str = ""
    event: str = ""
    market: str = ""
    selection: str = ""
    odds: str = ""
    stake: str = ""


def read_rows(source: bytes | str, first_id: int, *, has_users: bool, labels: Labels = OWN) -> list[BatchRow]:
    """The rows of a table with or without a heading, numbered from `first_id` on; TableError with a sentence where it is none."""
    rows = read_table(source, most_rows=MOST_ROWS).rows
    places = find_columns(rows[0].cells, _CALLED)
    if places:
        _check_heading(places, labels, has_users=has_users)
        rows = rows[1:]
    if not rows:
        raise TableError("There is a heading and no row below it")
    if len(rows) > MOST_ROWS:
        raise TableError(f"It has more than {MOST_ROWS:,} rows: part it into several")
    return [_row(first_id + number, row, places or _plain_places(row, labels, has_users=has_users)) for number, row in enumerate(rows)]


def _check_heading(places: Mapping[str, int], labels: Labels, *, has_users: bool) -> None:
    needed = ("user", "selection", "odds", "stake") if has_users else ("selection", "odds", "stake")
    if missing := [labels.column(name) for name in needed if name not in places]:
        raise TableError(f"The heading has no column for {' and '.join(missing)}")


def _plain_places(row: TableRow, labels: Labels, *, has_users: bool) -> Mapping[str, int]:
    """Which column is which where no heading says it; what is missing at the end leaves odds and stake empty."""
    known = _PLAIN_FOR_USERS if has_users else _PLAIN
    count = len(row.cells)
    if count > max(known):
        most = max(known)
        raise TableError(f"Line {row.line:,} has {count} columns: at most {most} are known, in this order: {_words(known[most], labels)}")
    names = known.get(count)
    if names is None:
        return {name: place for place, name in enumerate((*known[min(known)], "odds", "stake")[:count])}
    return {name: place for place, name in enumerate((*names, "odds", "stake"))}


def _words(names: Sequence[str], labels: Labels) -> str:
    return ", ".join(map(labels.column, (*names, "odds", "stake")))


def _row(row_id: int, row: TableRow, places: Mapping[str, int]) -> BatchRow:
    cells = {name: row.cells[place] for name, place in places.items() if place < len(row.cells)}
    return BatchRow(row_id, **cells)


def typed_odds(text: str, labels: Labels = OWN) -> Odds:
    """Odds as typed, without the mark that our own files put before what looks like a formula; ValueError with a sentence."""
    return parse_american(text.removeprefix("'"), labels)


def typed_stake(text: str, labels: Labels = OWN) -> Decimal:
    """A stake as typed; ValueError with a sentence."""
    return parse_stake(text, labels)


def off_ladder(odds: Odds, ladder: Ladder) -> str:
    """Why these odds cannot be asked for, with the rungs beside them; empty where they can."""
    if not (lack := ladder.lack(odds)):
        return ""
    place = bisect_left(ladder.rungs, odds)
    beside = [rung.words for rung in ladder.rungs[max(place - 1, 0) : place + 1]]
    words = f"its neighbours are {' and '.join(beside)}" if len(beside) > 1 else f"the nearest is {beside[0]}"
    return f"{lack}: {words}"


def spread(row: BatchRow, ladder: Ladder, count: int, first_id: int, labels: Labels = OWN) -> list[BatchRow]:
    """A row as `count` of them: its stake in equal parts, its odds and the next ones that pay more. ValueError with a sentence."""
    odds, stake = typed_odds(row.odds, labels), typed_stake(row.stake, labels)
    pairs = zip(rungs(ladder, odds, count), parts(stake, count), strict=True)
    return [
        msgspec.structs.replace(row, id=first_id + number, odds=f"{rung.american:+d}", stake=format(part, "f"))
        for number, (rung, part) in enumerate(pairs)
    ]
