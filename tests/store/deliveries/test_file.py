"""The deliveries' file: opened whatever it is, written by two, kept small."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.domain.webhook import Verdict
from app.store.deliveries import file as module
from app.store.deliveries import thinning
from app.store.deliveries.file import DeliveriesFile
from tests.store.deliveries.kit import delivery, letter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "below" / "deliveries.db"


@pytest.fixture
def file(path: Path) -> Iterator[DeliveriesFile]:
    found = DeliveriesFile(path)
    yield found
    found.close()


def count(path: Path, table: str = "deliveries") -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_is_written_is_read_as_it_was(file: DeliveriesFile) -> None:
    row = delivery(7, Verdict.BAD, reason="no signature", refetched=("/odds/changes", "/matches/7/odds"), copy_of=3, is_pinned=True)

    (number,) = file.add([(row, letter())])

    assert file.get(number) == msgspec.structs.replace(row, id=number)
    assert file.letter(number) == letter()
    assert (file.get(99), file.letter(99)) == (None, None)


def test_it_is_for_this_user_only(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(), letter())])

    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_one_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o644)

    DeliveriesFile(path).close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_for_no_rows(file: DeliveriesFile, path: Path) -> None:
    assert file.add([]) == []
    assert count(path) == 0


def test_a_number_is_never_given_twice(file: DeliveriesFile, path: Path) -> None:
    first = file.add([(delivery(), letter()) for _ in range(3)])
    assert file.clear() == 3
    file.close()
    again = DeliveriesFile(path)
    second = again.add([(delivery(), None)])
    again.close()

    assert (first, second) == ([1, 2, 3], [4])


def test_no_more_rows_are_kept_than_said_and_the_oldest_go(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(0), letter())])
    file.pin(1, is_pinned=True)
    for _ in range(2 + thinning.MOST_ROWS // 1000):
        file.add([(delivery(1), letter()) for _ in range(1000)])

    assert count(path) == count(path, "letters") == thinning.MOST_ROWS + 1
    kept = file.get(1)
    assert kept is not None
    assert kept.is_pinned
    assert file.letter(1) == letter()
    assert file.get(2) is None
    assert file.get(1 + 2000) is None
    assert file.get(2 + 2000) is not None


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.NONE, Verdict.BAD])
def test_what_anybody_can_send_pushes_no_genuine_one_out(file: DeliveriesFile, path: Path, verdict: Verdict) -> None:
    file.add([(delivery(1), letter()), (delivery(2, Verdict.MISSED), None), (delivery(3, verdict), letter())])
    file.pin(3, is_pinned=True)
    for _ in range(1 + thinning.MOST_ROWS // 1000):
        file.add([(delivery(4, verdict), letter()) for _ in range(1000)])

    assert count(path) == thinning.MOST_BAD + 3
    assert count(path, "letters") == thinning.MOST_BAD + 2
    assert [file.get(number) is not None for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert file.letter(1) is not None


def test_no_more_bytes_are_kept_than_said_but_the_rows_stay(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(0), letter(16 * 1024))])
    file.pin(1, is_pinned=True)
    many = thinning.MOST_BYTES // (16 * 1024) + 1500
    for _ in range(many // 500):
        file.add([(delivery(1), letter(16 * 1024)) for _ in range(500)])

    assert count(path) > many - 500
    assert count(path, "letters") <= thinning.MOST_BYTES // (16 * 1024)
    assert file.letter(1) is not None
    assert file.letter(2) is None
    assert file.get(2) is not None
    assert path.stat().st_size < thinning.MOST_BYTES * 1.3


def test_clearing_gives_the_disk_back_and_keeps_what_is_pinned(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(1), letter(16 * 1024)) for _ in range(400)])
    file.pin(5, is_pinned=True)

    assert file.clear() == 399
    assert file.letter(5) is not None
    file.close()
    assert path.stat().st_size < 200_000


def test_only_so_many_can_be_pinned(file: DeliveriesFile) -> None:
    file.add([(delivery(1, is_pinned=True), None) for _ in range(module.MOST_PINNED)])
    (last,) = file.add([(delivery(1), None)])

    with pytest.raises(OSError, match=r"^1,000 deliveries are pinned already"):
        file.pin(last, is_pinned=True)
    file.pin(1, is_pinned=False)
    file.pin(last, is_pinned=True)

    found = file.get(last)
    assert found is not None
    assert found.is_pinned


def test_what_sqlite_cannot_hold_is_an_os_error_and_nothing_is_written(file: DeliveriesFile, path: Path) -> None:
    for more in ({"match_id": 2**63}, {"reason": "\ud800"}):
        with pytest.raises(OSError, match=r"too large|surrogates"):
            file.add([(delivery(1), letter()), (delivery(**more), letter())])

    assert count(path) == 0
    assert len(file.add([(delivery(1), letter())])) == 1


# Whatever lies at its path


def kept(path: Path) -> list[Path]:
    return sorted(each for each in path.parent.iterdir() if ".bad-" in each.name and not each.name.endswith(("-wal", "-shm")))


def usable(path: Path) -> str:
    """Its words; it can be written and read."""
    found = DeliveriesFile(path)
    try:
        (number,) = found.add([(delivery(5), letter())])
        assert found.letter(number) == letter()
        return found.words
    finally:
        found.close()


@pytest.mark.parametrize(
    "content", [b"this is no database, but text of some length " * 10, b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_what_is_no_database_is_put_aside_with_words(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    words = usable(path)

    (aside,) = kept(path)
    assert aside.read_bytes() == content
    assert words == f"The file of deliveries is damaged: it is kept as {aside.name}, and a new one was begun."
    assert usable(path) == ""


@pytest.mark.parametrize(
    ("pragma", "why"),
    [("user_version=99", "is of another version of this program (99, not 3)"), ("application_id=7", "is not of this program")],
)
def test_a_file_of_another_program_or_version_is_put_aside(path: Path, pragma: str, why: str) -> None:
    usable(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA {pragma}")

    assert why in usable(path)
    assert count(kept(path)[0]) == 1


def test_a_foreign_database_without_a_version_is_put_aside_untouched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE theirs (a)")
        raw.execute("INSERT INTO theirs VALUES (1)")
        raw.commit()

    assert "is not of this program" in usable(path)
    assert count(kept(path)[0], "theirs") == 1


def test_any_damage_leaves_a_usable_file(path: Path) -> None:
    usable(path)
    for _ in range(20):
        usable(path)
    whole = path.read_bytes()
    chance = random.Random(8)
    for _ in range(60):
        broken = bytearray(whole[: chance.choice((len(whole), chance.randrange(1, len(whole))))])
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(min(len(broken), chance.choice((100, len(broken)))))] = chance.randrange(256)
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        path.write_bytes(broken)

        usable(path)


def test_a_folder_in_its_place_is_an_os_error(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(OSError, match="unable to open"):
        DeliveriesFile(path)


def test_a_file_that_was_removed_is_begun_anew(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(), letter())])
    for each in path.parent.iterdir():
        each.unlink()

    file.add([(delivery(), letter())])

    assert count(path) == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_whoever_holds_a_file_that_was_put_aside_goes_on_with_the_new_one(file: DeliveriesFile, path: Path) -> None:
    file.add([(delivery(1), letter())])
    path.rename(path.with_name("elsewhere"))
    other = DeliveriesFile(path)
    (number,) = other.add([(delivery(77), letter())])

    found = file.get(number)

    other.close()
    assert found is not None
    assert found.match_id == 77


def test_a_lock_that_stays_is_an_os_error_and_passes(path: Path) -> None:
    file = DeliveriesFile(path, patience=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match=r"^database is locked$"):
            file.add([(delivery(), letter())])
        assert file.get(1) is None  # reading goes on
        other.execute("ROLLBACK")

    assert file.add([(delivery(), letter())]) == [1]
    file.close()


# Several processes


def writing(path: Path, times: int, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.deliveries.writing", str(path), str(times), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Said(msgspec.Struct):
    numbers: list[int]
    failures: list[str]
    words: str


def said(process: subprocess.Popen[str]) -> Said:
    out, errors = process.communicate(timeout=100)
    assert process.returncode == 0, errors
    return msgspec.json.decode(out, type=Said)


def test_several_begin_and_write_the_same_file_at_once(path: Path) -> None:
    found = [said(process) for process in [writing(path, 40) for _ in range(4)]]

    assert [each.failures for each in found] == [[]] * 4
    assert [each.words for each in found] == [""] * 4
    numbers = [number for each in found for number in each.numbers]
    assert sorted(numbers) == list(range(1, 1601))
    assert count(path) == count(path, "letters") == 1600


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX's")
def test_a_full_disk_loses_rows_and_not_the_file(path: Path) -> None:
    usable(path)

    found = said(writing(path, 200, 300_000))

    assert found.failures
    assert found.words == ""
    assert count(path) == len(found.numbers) + 1
    assert usable(path) == ""


def test_a_file_of_the_version_before_is_given_the_new_column_and_loses_nothing(path: Path) -> None:
    file = DeliveriesFile(path)
    file.add([(delivery(1), letter()), (delivery(2, Verdict.MISSED), None)])
    file.pin(1, is_pinned=True)
    file.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("ALTER TABLE deliveries DROP COLUMN noticed")
        raw.execute("PRAGMA user_version=2")

    for _ in range(2):
        again = DeliveriesFile(path)
        assert again.words == ""
        assert again.get(1) == delivery(1, id=1, is_pinned=True)
        assert again.letter(1) == letter()
        again.close()
    assert kept(path) == []
