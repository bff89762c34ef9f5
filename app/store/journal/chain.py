"""The chain of hashes: what a row's hash covers, and a walk over rows that finds the first one that does not fit."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

ZERO: Final = "0" * 64  # what the first row follows


class Stored(NamedTuple):
    """A row as the database gives it; in a changed file any value may be of any type."""

    seq: int
    at: int
    kind: str
    ref: str
    body: str
    previous: str
    hash: str


class Break(NamedTuple):
    """The first row that does not fit, None when it is no row, and in words why."""

    seq: int | None
    words: str


def digest(*parts: int | str) -> str:
    """SHA-256 in hexadecimal. Each part goes in with its length before it, so that no two lists of parts have one encoding.

    An entry's parts are seq, at, kind, ref, body, previous; a number goes in as its decimal digits.
    """
    sha = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        sha.update(len(text).to_bytes(8, "big"))
        sha.update(text)
    return sha.hexdigest()


class Walk:
    """Takes rows in the order of their numbers."""

    def __init__(self, *, is_from_start: bool = True) -> None:
        """With `is_from_start` False the first row is trusted to follow what was not looked at."""
        self.first: Stored | None = None
        self.last: Stored | None = None
        self.rows = 0
        self._is_from_start = is_from_start

    def step(self, row: Stored) -> Break | None:
        """What is wrong with the next row, None when it fits."""
        words = _type_words(row) or self._place_words(row) or _hash_words(row)
        if words:
            return Break(row.seq if isinstance(row.seq, int) else 0, words)
        self.first = self.first or row
        self.last = row
        self.rows += 1
        return None

    def _place_words(self, row: Stored) -> str:
        if self.last is None and not self._is_from_start:
            return ""
        seq, hash_ = (self.last.seq, self.last.hash) if self.last else (0, ZERO)
        if row.seq != seq + 1:
            return _gap_words(seq, row.seq)
        if row.previous != hash_:
            return f"row {row.seq} does not follow row {seq}" if seq else "row 1 is not the first that was written"
        return ""


def _type_words(row: Stored) -> str:
    is_good = type(row.seq) is int and type(row.at) is int and all(type(text) is str for text in row[2:])
    return "" if is_good else f"row {row.seq} holds a value of a wrong type"


def _hash_words(row: Stored) -> str:
    return "" if digest(*row[:6]) == row.hash else f"row {row.seq} was changed"


def _gap_words(seq: int, found: int) -> str:
    if found <= seq:
        return f"row {found} was put in"
    missing = f"row {seq + 1} is" if found == seq + 2 else f"rows {seq + 1} to {found - 1} are"
    return f"{missing} missing"
