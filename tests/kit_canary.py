"""Looks for secrets where none may be: in files whatever they are packed into, in texts, in the names of files.

A canary is a secret that occurs nowhere else in the world: `canary()` makes one. It is looked for as it is, in UTF-16, in base64 (in
each of its three positions) and hexadecimal, escaped for JSON, Python and addresses. What is packed by gzip or zlib is
unpacked, a database is read cell by cell as well, because a long text is spread over its pages.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

DEEPEST = 4  # packed in packed in packed
LARGEST = 64 * 1024 * 1024  # bytes unpacked of one stream
_LINE = 24  # characters from which a line of a key is looked for by itself
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


def canary(what: str = "canary") -> str:
    """A secret that is made anew each time and occurs nowhere else."""
    return f"{what}-{token_hex(16)}"


def assert_absent(secrets: Sequence[str], folder: Path | None = None, texts: Mapping[str, str | bytes] | None = None) -> None:
    """AssertionError names each place where one of the secrets stands, and never the secret itself (its place among `secrets` instead)."""
    needles = [(number, needle) for number, secret in enumerate(secrets) for needle in sorted(needles_of(secret))]
    found = sorted(
        {f"secret {number} in {where}" for where, raw in _everything(folder, texts or {}) for number, needle in needles if needle in raw}
    )
    assert not found, "; ".join(found)


def needles_of(secret: str) -> set[bytes]:
    """Every way in which it is looked for. One of fewer than 8 characters would be found by chance."""
    assert len(secret) >= 8, "a canary is longer"
    lines = [line for line in map(str.strip, secret.splitlines()) if len(line) >= _LINE and not line.startswith("-----")]
    return {needle for text in (secret, *lines) for needle in _forms(text)}


def _forms(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode(), quote(text, safe="").encode(), quote(text).encode())
    for shift in range(3):
        # What stands before it moves its bytes within base64's groups of three; the groups at both ends hold some of the neighbours.
        coded = base64.b64encode(b"\0" * shift + raw)
        middle = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
        yield from (middle, middle.translate(bytes.maketrans(b"+/", b"-_")))


def _everything(folder: Path | None, texts: Mapping[str, str | bytes]) -> Iterator[tuple[str, bytes]]:
    for name, text in texts.items():
        yield from unpacked(name, text if isinstance(text, bytes) else text.encode())
    if folder is None:
        return
    for path in sorted(folder.rglob("*")):
        where = str(path.relative_to(folder))
        yield f"the name {where}", where.encode()
        if path.is_symlink() or not path.is_file():
            continue
        raw = path.read_bytes()
        yield from unpacked(where, raw)
        if raw.startswith(b"SQLite format 3\0"):
            yield from _cells(where, path)


def unpacked(where: str, raw: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The bytes, and what is packed anywhere in them."""
    yield where, raw
    if depth == DEEPEST:
        return
    for match in _PACKED.finditer(raw):
        inner = _inflated(raw[match.start() :])
        if inner:
            yield from unpacked(f"{where}, unpacked at {match.start()}", inner, depth + 1)


def _inflated(raw: bytes) -> bytes:
    """As much as can be unpacked, with its end missing too; nothing where it is no packed text."""
    machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
    parts = []
    try:
        for start in range(0, len(raw), 4096):
            parts.append(machine.decompress(raw[start : start + 4096], LARGEST))
            if machine.eof or sum(map(len, parts)) >= LARGEST:
                break
    except zlib.error:
        pass
    return b"".join(parts)


def _cells(where: str, path: Path) -> Iterator[tuple[str, bytes]]:
    """Every cell of every table, of a copy with its write-ahead log: the program's own file is not touched."""
    with tempfile.TemporaryDirectory(prefix="overround-canary-") as folder:
        copy = Path(folder) / "copy.db"
        for end in ("", "-wal"):
            source = path.with_name(path.name + end)
            if source.exists():
                shutil.copyfile(source, copy.with_name(copy.name + end))
        with closing(sqlite3.connect(copy)) as database:
            for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
                yield from _rows(f"{where}, table {table}", database.execute(f'select * from "{table}"'))


def _rows(where: str, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, bytes]]:
    for row in rows:
        for cell in row:
            if isinstance(cell, str | bytes):
                yield from unpacked(where, cell if isinstance(cell, bytes) else cell.encode())
