"""The search for canaries finds one wherever it hides, and finds none where none is."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.kit_canary import assert_absent, canary

SECRET = canary()
ODD = canary('with "quotes" \\ ümlaut / +')


def deep(folder: Path) -> None:
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/.f").write_text(SECRET)


def database(folder: Path) -> None:
    """A cell so long that the secret in it is torn apart by the end of a page: the file's bytes do not hold it."""
    path = folder / "a.db"
    for behind in range(600, 1200, 16):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as file:
            file.execute("pragma page_size = 512")
            file.execute("create table words (text)")
            file.execute("insert into words values (?)", ("x" * 200 + SECRET + "y" * behind,))
            file.commit()
        if SECRET.encode() not in path.read_bytes():
            return
    raise AssertionError("it was never torn apart")


def write_ahead_log(folder: Path) -> None:
    """What a killed program leaves: the row stands in the log beside the file only."""
    with closing(sqlite3.connect(folder / "a.db")) as file:
        file.execute("pragma journal_mode = wal")
        file.execute("create table words (text)")
        file.execute("insert into words values (?)", (SECRET,))
        file.commit()
        for end in ("", "-wal"):
            (folder / f"b.db{end}").write_bytes((folder / f"a.db{end}").read_bytes())
    for path in folder.glob("a.db*"):
        path.unlink()


HIDE: dict[str, Callable[[Path], object]] = {
    "plain": lambda folder: (folder / "f").write_text(f"a{SECRET}b"),
    "deep in folders": deep,
    "a file's name": lambda folder: (folder / f"x{SECRET}").touch(),
    "a folder's name": lambda folder: (folder / f"x{SECRET}").mkdir(),
    "utf-16": lambda folder: (folder / "f").write_bytes(f"ä{SECRET}".encode("utf-16")),
    "hexadecimal": lambda folder: (folder / "f").write_text(SECRET.encode().hex()),
    "base64": lambda folder: (folder / "f").write_bytes(base64.b64encode(SECRET.encode())),
    "base64 behind one": lambda folder: (folder / "f").write_bytes(base64.b64encode(b"k" + SECRET.encode() + b"after")),
    "base64 behind two": lambda folder: (folder / "f").write_bytes(base64.urlsafe_b64encode(b"k:" + SECRET.encode() + b"after")),
    "gzip": lambda folder: (folder / "f").write_bytes(b"head" + gzip.compress(f"a{SECRET}b".encode())),
    "gzip without its end": lambda folder: (folder / "f").write_bytes(gzip.compress(SECRET.encode() + bytes(range(256)) * 99)[:-30]),
    "zlib in gzip": lambda folder: (folder / "f").write_bytes(gzip.compress(b"0" + zlib.compress(SECRET.encode()))),
    "a database": database,
    "a write-ahead log": write_ahead_log,
}


@pytest.mark.parametrize("how", HIDE)
def test_a_secret_is_found_in_files(tmp_path: Path, how: str) -> None:
    HIDE[how](tmp_path)
    with pytest.raises(AssertionError) as caught:
        assert_absent([canary(), SECRET], tmp_path)
    assert "secret 1 in" in str(caught.value)
    assert "secret 0" not in str(caught.value)
    assert_absent([canary()], tmp_path)


WRITTEN: dict[str, str | bytes] = {
    "as it is": ODD,
    "JSON": json.dumps(ODD),
    "a repr": repr(ODD),
    "an address": quote(ODD),
    "a part of an address": quote(ODD, safe=""),
    "utf-16": ODD.encode("utf-16-be"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_secret_with_odd_characters_is_found_in_texts(how: str) -> None:
    with pytest.raises(AssertionError, match="secret 0 in stdout"):
        assert_absent([ODD], None, {"stdout": WRITTEN[how]})


def test_a_line_of_a_key_is_found_by_itself() -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{canary()}\n{SECRET}\n-----END PRIVATE KEY-----\n"
    with pytest.raises(AssertionError):
        assert_absent([key], None, {"log": f"it begins with {SECRET}"})
    assert_absent([key], None, {"log": "-----BEGIN PRIVATE KEY-----"})


def test_the_error_does_not_hold_the_secret() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_absent([SECRET], None, {"log": SECRET})
    assert SECRET not in str(caught.value)


def test_a_short_canary_is_refused() -> None:
    with pytest.raises(AssertionError, match="longer"):
        assert_absent(["1234567"])
