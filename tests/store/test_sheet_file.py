"""A file of rows: there whole, there in part where a person says so, or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.store.sheet_file import SheetFile, free_path, moved


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
