"""A file of rows: there whole, there in part where a person says so, or not there."""

from __future__ import annotations

import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.sheet_file import SheetFile, free_path, moved, sweep

ROOT = Path(__file__).parents[2]
WRITE = """
import pathlib, sys
from app.store.sheet_file import SheetFile
file = SheetFile(pathlib.Path(sys.argv[1]))
file.write(["a customer's row\\r\\n"] * 10_000)
print("written", flush=True)
sys.stdin.read()
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_has_the_name_before_it_is_whole(tmp_path: Path) -> None:
    file = SheetFile(tmp_path / "orders.csv")
    file.write(["a\r\n", "Grün\r\n"])
    assert not (tmp_path / "orders.csv").exists()
    assert file.finish() == tmp_path / "orders.csv"
    assert (tmp_path / "orders.csv").read_bytes() == "a\r\nGrün\r\n".encode()
    assert names(tmp_path) == ["orders.csv"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_it_is_for_this_user_only(tmp_path: Path) -> None:
    path = SheetFile(tmp_path / "orders.csv").finish()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_there_already_stays(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("old")
    file = SheetFile(tmp_path / "orders.csv")
    file.write(["new"])
    (tmp_path / "orders-2.csv").write_text("came meanwhile")
    assert file.finish().name == "orders-3.csv"
    assert (tmp_path / "orders.csv").read_text() == "old"
    assert (tmp_path / "orders-2.csv").read_text() == "came meanwhile"


def test_a_dropped_file_leaves_nothing_and_may_be_dropped_again(tmp_path: Path) -> None:
    file = SheetFile(tmp_path / "orders.csv")
    file.write(["a"])
    file.drop()
    file.drop()
    assert names(tmp_path) == []


def test_a_part_is_called_a_part(tmp_path: Path) -> None:
    file = SheetFile(tmp_path / "orders.csv")
    file.write(["a"])
    assert file.keep_part() == tmp_path / "orders.part.csv"
    file.drop()
    assert names(tmp_path) == ["orders.part.csv"]


def test_half_a_sign_is_no_reason_to_stop(tmp_path: Path) -> None:
    file = SheetFile(tmp_path / "orders.jsonl")
    file.write(["a\ud800b"])
    assert file.finish().read_bytes() == b"a?b"


def test_a_closed_file_takes_no_more(tmp_path: Path) -> None:
    file = SheetFile(tmp_path / "orders.csv")
    file.finish()
    with pytest.raises(OSError, match="closed"):
        file.write(["a"])
    with pytest.raises(OSError, match="closed"):
        file.keep_part()
    assert names(tmp_path) == ["orders.csv"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SheetFile(tmp_path / "gone" / "orders.csv")


def test_a_name_that_leads_nowhere_is_not_free(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").symlink_to(tmp_path / "gone")
    assert free_path(tmp_path / "orders.csv").name == "orders-2.csv"


def test_a_file_that_came_between_the_look_and_the_move_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "new", tmp_path / "orders.csv"
    source.write_text("new")
    target.write_text("came meanwhile")
    assert not moved(source, target)
    assert (source.read_text(), target.read_text()) == ("new", "came meanwhile")


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program in the middle of an export into the same folder."""
    command = [sys.executable, "-c", WRITE, str(tmp_path / "k.csv")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "written\n"
        yield program
        program.kill()


@pytest.mark.skipif(os.name != "posix", reason="POSIX's signals")
def test_what_a_killed_export_left_goes_with_the_next_one_into_that_folder(
    killed: subprocess.Popen[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".k.csv.abcdefgh.part").write_text("somebody else's")
    running = SheetFile(tmp_path / "other.csv")
    assert len(names(tmp_path)) == 3, "a program that runs keeps its part"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    left = next(tmp_path.glob(".k.csv.overround-*.part"))
    with caplog.at_level(logging.WARNING):
        SheetFile(tmp_path / "new.csv").finish()
    assert f"{left} was left by an export that was killed: it is removed" in caplog.text
    assert running.finish().name == "other.csv"
    assert names(tmp_path) == [".k.csv.abcdefgh.part", "new.csv", "other.csv"]


def test_a_sweep_leaves_links_folders_and_what_another_program_holds(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".a.overround-abcdefgh.part").symlink_to(tmp_path / "mine")
    (tmp_path / ".b.overround-abcdefgh.part").mkdir()
    file = SheetFile(tmp_path / "orders.csv")
    assert sweep(tmp_path) == []
    file.write(["a"])
    assert file.finish().read_text() == "a"
    assert sweep(tmp_path / "gone") == []


def test_the_longest_name_still_leaves_room_for_the_parts(tmp_path: Path) -> None:
    path = SheetFile(tmp_path / ("\U0001f600" * 58 + ".csv")).finish()
    assert path.exists()
