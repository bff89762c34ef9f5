"""Where things lie on this computer."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from app.store.paths import NAME, folders, resources, root


def test_folders_below_a_place_are_all_there(tmp_path: Path) -> None:
    where = folders(tmp_path)
    assert {where.data, where.settings, where.logs} == {tmp_path / "data", tmp_path / "settings", tmp_path / "logs"}


def test_the_users_folders_carry_the_programs_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert all(NAME in str(path) for path in (folders().data, folders().settings, folders().logs))


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_folders_are_made_for_this_user_only_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        where = folders(tmp_path / "new")
        where.make()
        where.make()
    finally:
        os.umask(before)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in (where.data, where.settings, where.logs))


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")
    with pytest.raises(OSError, match="data"):
        folders(tmp_path).make()


def test_resources_are_in_the_checkout() -> None:
    assert (resources() / "themes" / "dark.toml").is_file()
    assert (root() / "app").is_dir()


def test_a_frozen_program_finds_what_it_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources() == tmp_path / "resources"
