"""Rows as text for spreadsheets: CSV lines in which nothing is ever run as a formula, and figures stay figures."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

MARK = "\ufeff"
"""What stands before a CSV file so that Excel reads it as UTF-8."""

_STARTS = frozenset("=@+-|%\t\r\n")  # what spreadsheets take for the start of a formula or of a command
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?", re.ASCII)
_LATER = re.compile(r"([;\t\r\n][ ;\t\r\n]*)(?=[=@+\-])")  # where a spreadsheet of another country, or a paste, begins the next cell


def csv_line(cells: Iterable[str]) -> str:
    """One line with its end (RFC 4180), each cell made harmless."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A whole file: the titles, then a line for each row."""
    return "".join(map(csv_line, (head, *rows)))


def time_cell(at: datetime | None) -> str:
    """An aware time in UTC as every spreadsheet takes it for one, `2026-11-22 10:45:08`; the title of its column says UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""


def local_cell(at: datetime | None) -> str:
    """The same in this computer's own time."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}" if at else ""


def harmless(text: str) -> str:
    """`text` so that no spreadsheet runs it: `+150`, `-110` and `-3.50` pass, what else starts like a formula gets a quote in front.

    The true minus becomes the one that programs read. Blanks and signs without a width before the start are looked through, wide signs
    are taken for narrow ones: some spreadsheets do so too.
    """
    plain = text.replace("\u2212", "-")
    if _NUMBER.fullmatch(plain):
        return plain
    safe = _LATER.sub(r"\1'", plain)
    return "'" + safe if _begins(plain) in _STARTS else safe


def _begins(text: str) -> str:
    """The first sign that would be read; a tab or an end of a line counts as one. Empty where there is none."""
    for sign in text:
        if sign not in {"\t", "\r", "\n"} and (sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}):
            continue
        return unicodedata.normalize("NFKC", sign)[:1]
    return ""
