"""The watch list from one start to the next."""

from __future__ import annotations

from pathlib import Path

from app.store import stars


def test_stars_are_kept_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "stars-practice-practice.json"
    assert stars.keep(path, (7, 3, 19458)) == ""
    assert (stars.read(path).value, stars.read(path).words) == ((7, 3, 19458), "")


def test_without_a_file_there_is_no_star_and_no_word(tmp_path: Path) -> None:
    assert (stars.read(tmp_path / "none.json").value, stars.read(tmp_path / "none.json").words) == ((), "")


def test_a_file_that_cannot_be_used_is_said_and_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "stars.json"
    path.write_text('{"events": ["x"]}', "utf-8")
    read = stars.read(path)
    assert read.value == ()
    assert "stars.json cannot be used" in read.words
    assert not path.exists()


def test_a_star_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    words = stars.keep(tmp_path / "nowhere" / "stars.json", (1,))
    assert words == "The star holds until the end of the program, but could not be kept: No such file or directory"
