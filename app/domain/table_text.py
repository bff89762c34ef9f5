"""A table as a person pastes it or a spreadsheet saves it: text in, rows of cells out. Nothing here opens a file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 2_000
LONGEST_CELL: Final = 1_000  # characters

_SEPARATORS: Final = "\t;,|"
_LOOKED_AT: Final = 50  # lines by which the separator is chosen
_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_BOM: Final = "\ufeff"
_CONTROLS: Final = frozenset(map(chr, range(32))) - set("\t\r\n\v\f")


class TableError(ValueError):
    """This is no table that can be read; `str(error)` is a sentence."""


class TableRow(msgspec.Struct, frozen=True):
    """The cells of a row without the blanks around them. `line` is where it begins in the text, from 1 on."""

    line: int
    cells: tuple[str, ...]


class Rows(msgspec.Struct, frozen=True):
    """The rows that hold anything, and the sign that parts their cells."""

    rows: tuple[TableRow, ...]
    separator: str


def read_table(source: bytes | str, *, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> Rows:
    """Rows parted by tabs, semicolons, commas or bars, quoted as spreadsheets quote; TableError with a sentence for anything else.

    Bytes are UTF-8 (with or without a mark), UTF-16 with a mark, or else what Windows programs write in the West. A first line `sep=;`
    names the separator. One row more than `most_rows` is a heading, for all that is known here.
    """
    text = _text(source, most_bytes)
    if not text.strip():
        raise TableError("There is nothing in it")
    text, separator = _separator(text)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(TableRow(line, tuple(map(_cell, cells))))
            if len(rows) > most_rows + 1:
                raise TableError(f"It has more than {most_rows:,} rows: part it into several")
            line = reader.line_num + 1
    except csv.Error as problem:
        raise TableError(_why(problem, line)) from problem
    if not rows:
        raise TableError("There is nothing in it")
    if long := next((row for row in rows if any(len(cell) > LONGEST_CELL for cell in row.cells)), None):
        raise TableError(f"A cell in line {long.line:,} has more than {LONGEST_CELL:,} characters: this is no such table")
    return Rows(tuple(rows), separator)


def find_columns(cells: Sequence[str], names: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Where each of our columns stands, if these cells are a heading; empty where they are none.

    `names` has, for each of our columns, what it may be called (lower case, without blanks and signs). A heading names at least two of
    them, or has one cell only. TableError where one stands there twice.
    """
    called = {name: column for column, known in names.items() for name in known}
    found = [(called[bare], place) for place, cell in enumerate(cells) if (bare := _bare(cell)) in called]
    if not found or (len(found) == 1 and len(cells) > 1):
        return {}
    column, times = Counter(column for column, _ in found).most_common(1)[0]
    if times > 1:
        raise TableError(f"The heading names the column {column!r} {times} times")
    return dict(found)


def _text(source: bytes | str, most_bytes: int) -> str:
    size = len(source)
    if isinstance(source, str) and size <= MOST_BYTES:
        size = len(source.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise TableError(f"It has {size / 1_000_000:.1f} MB: at most {most_bytes // 1_000_000} MB are read")
    text = (source if isinstance(source, str) else _decoded(source)).removeprefix(_BOM)
    if not _CONTROLS.isdisjoint(text):
        raise TableError("This is no text: save the sheet as CSV and choose that file")
    return text


def _decoded(source: bytes) -> str:
    mark, encoding = next((pair for pair in _MARKS if source.startswith(pair[0])), (b"", ""))
    for tried in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return source.removeprefix(mark).decode(tried)
        except UnicodeDecodeError:
            continue
    raise TableError("Its letters cannot be read: save the sheet as CSV in UTF-8")


def _separator(text: str) -> tuple[str, str]:
    """The text without a line that names its separator, and the separator: the first that parts every line, or else the most lines."""
    first, _, rest = text.partition("\n")
    named = first.strip().casefold()
    if len(named) == len("sep=") + 1 and named.startswith("sep="):
        return "\n" + rest, named[-1]  # an empty line keeps the count
    if first.strip("\r") == "sep=\t":
        return "\n" + rest, "\t"
    lines = [_unquoted(line) for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    parted = {sign: sum(sign in line for line in lines) for sign in _SEPARATORS}
    return text, max(_SEPARATORS, key=lambda sign: parted[sign])  # of equals the first


def _unquoted(line: str) -> str:
    """What stands outside quotes."""
    return "".join(line.split('"')[::2])


def _cell(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _why(problem: csv.Error, line: int) -> str:
    if "unexpected end" in str(problem):
        return f"A quote that is opened in line {line:,} is never closed"
    if "field larger" in str(problem):
        return f"A cell in line {line:,} is too long: a quote there is never closed, or this is no table"
    return f"Line {line:,} cannot be read: after a quoted cell there is something else than a separator"
