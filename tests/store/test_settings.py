"""Settings files: whatever lies there the program starts, says what was wrong and keeps the old file."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.settings import LIMIT, Read, copy_aside, read, replace, write

NOW = datetime(2026, 11, 21, 14, 3, 9, tzinfo=UTC)
KEPT = "chosen.json.bad-20261121T140309Z"
ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX's files and rights")

WATCHER = """
import os, sys
print(flush=True)
while True:
    for one in os.scandir(sys.argv[1]):
        try:
            if one.stat().st_mode & 0o77:
                raise SystemExit(f"{one.name} is open to others")
        except FileNotFoundError:
            pass
"""
WRITER = """
import itertools, pathlib, sys
from app.store.settings import write
for turn in itertools.count():
    write(pathlib.Path(sys.argv[1]), {"size": turn, "more": [{"name": "x" * 900} for _ in range(500)]})
    print(turn, flush=True)
"""


class Colour(msgspec.Struct, frozen=True):
    name: str = "red"


class Chosen(msgspec.Struct, frozen=True):
    version: int = 2
    size: int = 10
    ratio: float = 1.0
    stake: Decimal = Decimal(5)
    colour: Colour = Colour()
    more: list[Colour] = []
    by_name: dict[str, Colour] = {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chosen.json"


def read_chosen(path: Path) -> Read[Chosen]:
    return read(path, Chosen, Chosen, now=lambda: NOW)


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


# Reading


def test_a_missing_file_gives_the_default_without_a_word(path: Path) -> None:
    assert read_chosen(path) == Read(Chosen(), "")
    assert not path.exists()


def test_a_missing_folder_gives_the_default_without_a_word(tmp_path: Path) -> None:
    assert read_chosen(tmp_path / "gone" / "chosen.json") == Read(Chosen(), "")


def test_what_was_written_is_read(path: Path) -> None:
    value = Chosen(size=3, stake=Decimal("0.10"), colour=Colour("grün"), more=[Colour("a"), Colour("b")], by_name={"x": Colour("y")})
    write(path, value)
    assert read_chosen(path) == Read(value, "")


def test_an_older_version_and_missing_keys_are_read_with_defaults(path: Path) -> None:
    path.write_text('{"version": 1, "size": 7}')
    assert read_chosen(path) == Read(Chosen(version=1, size=7), "")


def test_an_editors_byte_order_mark_is_no_fault(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbf{"size": 7}')
    assert read_chosen(path) == Read(Chosen(size=7), "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "it is empty"),
        (b" \r\n\t\n", "it is empty"),
        (b"\0" * 4096, "it is empty"),
        (b'{"size": 1', "not JSON from line 1"),
        (b'{"size":', "not JSON from line 1"),
        (b'{\n"size": 1,\n}', "not JSON from line"),
        (b'{"size": 1} {}', "not JSON from line 1, column 13"),
        (b"size = 1", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"size": "1"}', "Expected `int`, got `str` - at `$.size`"),
        (b'{"size": 1.5}', "Expected `int`"),
        (b'{"size": null}', "Expected `int`, got `null`"),
        (b'{"size": true}', "Expected `int`, got `bool`"),
        (b'{"colour": []}', "Expected `object`, got `array`"),
        (b'{"stake": "much"}', "Invalid decimal"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b"1", "Expected `object`, got `int`"),
        (b'{"ratio": NaN}', "NaN is not a number"),
        (b'{"ratio": -Infinity}', "-Infinity is not a number"),
        (b'{"unknown": NaN}', "NaN is not a number"),
        (b'{"ratio": 1e999}', "out of range"),
        (b'{"size": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"size": 1, "size": 2}', "it has the key 'size' twice"),
        (b'{"colour": {"name": "a", "name": "a"}}', "it has the key 'name' twice"),
        (b'{"size": 1} // mine', "not JSON"),
        (b'/* mine */ {"size": 1}', "not JSON"),
        (b'# mine\n{"size": 1}', "not JSON"),
        (b'{\n<<<<<<< HEAD\n"size": 1\n=======\n"size": 2\n>>>>>>> other\n}', "not JSON from line 2"),
        (b'{"version": 3}', "written by a later version of the program (its version is 3, this program knows 2)"),
        (b'{"version": 3, "size": "other types"}', "written by a later version"),
        (b'{"version": "2"}', "Expected `int`, got `str`"),
        (b'{"colour": {"name": "\xff"}}', "not text in UTF-8"),
        ('{"size": 1}'.encode("utf-16"), "not text in UTF-8"),
        (b'{"colour": {"name": "\\ud800"}}', "cannot be used"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"x":' * 100_000, "nested too deeply"),
        (b'{"size": 1}' + b" " * LIMIT, "larger than 1 MB"),
    ],
)
def test_a_bad_file_gives_the_default_is_kept_and_said(path: Path, text: bytes, why: str) -> None:
    path.write_bytes(text)
    found = read_chosen(path)
    assert found.value == Chosen()
    assert found.words.startswith("chosen.json cannot be used (")
    assert why in found.words
    assert found.words.endswith(f"kept as {KEPT}.")
    assert names(path.parent) == [KEPT]
    assert (path.parent / KEPT).read_bytes() == text


def test_every_truncation_of_a_good_file_is_noticed(path: Path) -> None:
    write(path, Chosen(colour=Colour("grün")))
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = read_chosen(path)
        assert found.value == Chosen(), length
        assert found.words, length


def test_a_file_of_fifty_megabytes_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert "larger than 1 MB" in read_chosen(path).words
    assert (path.parent / KEPT).stat().st_size == 50_000_000


def test_a_folder_in_the_files_place_is_moved_away(path: Path) -> None:
    (path / "inner").mkdir(parents=True)
    found = read_chosen(path)
    assert "it is a folder" in found.words
    assert (path.parent / KEPT / "inner").is_dir()
    write(path, Chosen(size=3))
    assert read_chosen(path).value.size == 3


@POSIX
def test_a_pipe_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    assert "it is not a plain file" in read_chosen(path).words
    assert names(path.parent) == [KEPT]


@POSIX
def test_an_endless_device_is_not_read(path: Path) -> None:
    path.symlink_to("/dev/zero")
    assert "it is not a plain file" in read_chosen(path).words


@POSIX
def test_a_link_in_a_circle_is_said(path: Path) -> None:
    path.symlink_to(path)
    assert "it cannot be read" in read_chosen(path).words
    assert names(path.parent) == [KEPT]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that every reading fails on, even root's")
def test_a_file_that_cannot_be_read_is_said(path: Path) -> None:
    path.symlink_to("/proc/self/mem")
    assert "it cannot be read: Input/output error" in read_chosen(path).words


@POSIX
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_said(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0)
    assert "it cannot be read: Permission denied" in read_chosen(path).words
    assert names(path.parent) == [KEPT]


def test_no_kept_file_replaces_another(path: Path) -> None:
    for text in ("first", "second", "third"):
        path.write_text(text)
        read_chosen(path)
    assert names(path.parent) == [KEPT, f"{KEPT}-2", f"{KEPT}-3"]
    assert [one.read_text() for one in sorted(path.parent.iterdir())] == ["first", "second", "third"]


def test_a_file_that_cannot_be_moved_is_copied(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    path.write_text("bad")
    monkeypatch.setattr(os, "rename", is_busy)
    assert f"stays where it is, with a copy in {KEPT}" in read_chosen(path).words
    assert path.read_text() == (path.parent / KEPT).read_text() == "bad"


def test_a_file_that_cannot_be_kept_at_all_is_said_and_left(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 245 + ".json")  # with more letters the name is too long for the disk
    path.write_text("bad")
    found = read_chosen(path)
    assert found.value == Chosen()
    assert "It could not be kept under another name (File name too long)" in found.words
    assert path.read_text() == "bad"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"size": 7, "colr": {"a": 1}}', "'colr'"),
        ('{"size": 7, "colour": {"name": "x", "shade": 1}}', "'colour.shade'"),
        ('{"size": 7, "more": [{}, {"shade": 1}]}', "'more.1.shade'"),
        ('{"size": 7, "by_name": {"a": {"shade": 1}}}', "'by_name.a.shade'"),
        ('{"size": 7, "a\\n": 1}', r"'a\n'"),
        ('{"size": 7, "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}', "'a', 'b', 'c', 'd', 'e' and 2 more"),
    ],
)
def test_unknown_keys_are_left_out_and_said(path: Path, text: str, keys: str) -> None:
    path.write_text(text)
    found = read_chosen(path)
    assert found.value.size == 7
    assert found.words == f"chosen.json holds keys that this version does not know and leaves out: {keys}."
    assert names(path.parent) == ["chosen.json"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(Chosen.__struct_fields__) | st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_content_whatever_stops_the_start(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "chosen.json"
    path.write_bytes(content)
    found = read_chosen(path)
    assert isinstance(found.value, Chosen)
    assert path.exists() != (path.parent / KEPT).exists()


# Writing


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@POSIX
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777], indirect=True)
@pytest.mark.usefixtures("umask")
def test_files_are_for_this_user_only_whatever_the_umask(path: Path) -> None:
    write(path, Chosen())
    kept = copy_aside(path, NOW)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, kept)] == [0o600, 0o600]


@POSIX
def test_a_file_that_others_could_read_is_closed_to_them_by_the_next_write(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0o644)
    write(path, Chosen())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@POSIX
def test_nothing_is_written_before_the_file_is_closed_to_others(path: Path) -> None:
    """Another process looks again and again for a file with rights for others while this one writes."""
    before = os.umask(0)
    watcher = subprocess.Popen([sys.executable, "-c", WATCHER, str(path.parent)], stdout=subprocess.PIPE, text=True)
    assert watcher.stdout is not None
    try:
        watcher.stdout.readline()
        for size in range(200):
            write(path, Chosen(size=size))
        assert watcher.poll() is None
    finally:
        os.umask(before)
        watcher.kill()
        watcher.communicate()


@POSIX
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    import resource

    write(path, Chosen(size=1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(path, Chosen(size=2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read_chosen(path) == Read(Chosen(size=1), "")
    assert names(path.parent) == ["chosen.json"]


@pytest.mark.parametrize(
    "value", [Colour("\ud800"), Colour("x" * LIMIT), {"a": object()}], ids=["text that is no UTF-8", "too large", "no JSON"]
)
def test_what_could_not_be_read_again_is_not_written(path: Path, value: Any) -> None:
    write(path, Chosen(size=1))
    with pytest.raises((ValueError, TypeError)):
        write(path, value)
    assert read_chosen(path).value.size == 1
    assert names(path.parent) == ["chosen.json"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "gone" / "chosen.json", Chosen())


@POSIX
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(path: Path) -> None:
    for turns in (1, 2, 3, 5, 8):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert child.stdout is not None
        last = [int(child.stdout.readline()) for _ in range(turns)][-1]
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        written = int(rest.split()[-1]) if rest.split() else last
        found = read_chosen(path)
        assert not found.words
        assert found.value.size in (written, written + 1)
        assert len(found.value.more) == 500


# Shares whose folders cannot be flushed


class Share:
    """A network share: what `fsync` says of its folders."""

    def __init__(self, code: int) -> None:
        self._code = code
        self.flushed = 0

    def sync(self, handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(self._code, os.strerror(self._code))
        self.flushed += 1


@pytest.mark.skipif(os.name != "posix", reason="Windows flushes no folder")
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_share_that_cannot_flush_a_folder_keeps_the_file(path: Path, code: int) -> None:
    share = Share(code)
    replace(path, b"new", sync=share.sync)
    assert path.read_bytes() == b"new"
    assert share.flushed == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows flushes no folder")
def test_a_folder_that_fails_to_be_flushed_for_another_reason_is_said(path: Path) -> None:
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        replace(path, b"new", sync=Share(errno.EIO).sync)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EIO])
def test_a_file_that_cannot_be_flushed_is_not_put_in_place(path: Path, code: int) -> None:
    def sync(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    path.write_bytes(b"old")
    with pytest.raises(OSError, match=os.strerror(code)):
        replace(path, b"new", sync=sync)
    assert path.read_bytes() == b"old"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
