"""The tag of this installation: made once, private, and replaced only when its file is damaged."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.machine import FILE, machine_tag


@pytest.fixture
def token() -> Callable[[int], str]:
    made: Iterator[int] = iter(range(0xABCDEF00, 0xABCDEFFF))

    def next_one(size: int) -> str:
        assert size == 4
        return f"{next(made):08x}"

    return next_one


def test_a_tag_is_made_once_and_stays(tmp_path: Path, token: Callable[[int], str]) -> None:
    first = machine_tag(tmp_path, token=token)
    assert first == "abcdef00"
    assert [machine_tag(tmp_path, token=token) for _ in range(3)] == [first] * 3


def test_two_installations_have_different_tags(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(20)]
    for folder in folders:
        folder.mkdir()
    tags = [machine_tag(folder) for folder in folders]
    assert all(re.fullmatch("[0-9a-f]{8}", tag) for tag in tags)
    assert len(set(tags)) == 20


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_its_file_is_for_this_user_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        machine_tag(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "abcdef00",
        '{"tag": ""}',
        '{"tag": "ABCDEF00"}',
        '{"tag": "abcdef0"}',
        '{"tag": "abcdef000"}',
        '{"tag": "abcdef0\\n"}',
        '{"tag": "../../xx"}',
        '{"tag": 1}',
        "{}",
    ],
)
def test_a_damaged_file_gives_a_new_tag_which_then_stays(tmp_path: Path, token: Callable[[int], str], text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert machine_tag(tmp_path, token=token) == "abcdef00"
    assert machine_tag(tmp_path, token=token) == "abcdef00"
    (kept,) = tmp_path.glob(f"{FILE}.bad-*")
    assert kept.read_text() == text


def test_a_folder_in_its_place_is_moved_away(tmp_path: Path, token: Callable[[int], str]) -> None:
    (tmp_path / FILE).mkdir()
    assert machine_tag(tmp_path, token=token) == machine_tag(tmp_path, token=token) == "abcdef00"


def test_a_tag_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        machine_tag(tmp_path / "gone")
