"""Where a profile is open now: told without taking its lock from anybody."""

from __future__ import annotations

import os
from pathlib import Path

from app.domain.environment import Environment
from app.domain.profile import PRACTICE, Profile, Provider
from app.store.lock import Holder, ProfileLock, where_open
from app.store.settings import utc_now, write

MAIN = Profile("main", Environment.SANDBOX, Provider.TRADING)


def holder_of(folder: Path) -> Path:
    return folder / "main-sandbox.holder.json"


def test_a_profile_that_nobody_has_open_is_open_nowhere(tmp_path: Path) -> None:
    assert where_open(tmp_path, MAIN) == ""
    assert list(tmp_path.iterdir()) == [], "nothing is locked to find that out"


def test_an_open_profile_is_open_until_it_is_given_back(tmp_path: Path) -> None:
    held = ProfileLock(tmp_path, MAIN)
    with held:
        assert where_open(tmp_path, MAIN) == "It is open in this program"
        assert held.is_held
        assert where_open(tmp_path, PRACTICE) == ""
    assert where_open(tmp_path, MAIN) == ""


def test_what_another_program_has_open_is_told_with_its_process(tmp_path: Path) -> None:
    with ProfileLock(tmp_path, MAIN):
        write(holder_of(tmp_path), Holder(os.getppid(), utc_now()))
        assert where_open(tmp_path, MAIN) == f"It is open in another window of this computer, process {os.getppid()}"


def test_a_renamed_profile_is_still_open(tmp_path: Path) -> None:
    with ProfileLock(tmp_path, MAIN):
        assert where_open(tmp_path, Profile("Front desk", Environment.SANDBOX, Provider.TRADING, id="main")) != ""


def test_a_program_that_was_killed_has_nothing_open(tmp_path: Path) -> None:
    write(holder_of(tmp_path), Holder(2**22, utc_now()))
    assert where_open(tmp_path, MAIN) == ""
    assert not holder_of(tmp_path).exists()
    with ProfileLock(tmp_path, MAIN) as taken:
        assert taken.is_held, "looking does not keep the lock"


def test_a_holder_that_cannot_be_read_is_one(tmp_path: Path) -> None:
    with ProfileLock(tmp_path, MAIN):
        holder_of(tmp_path).write_bytes(b"{")
        assert where_open(tmp_path, MAIN) == "It is open in another window of this computer"


def test_a_folder_that_cannot_be_locked_is_no_reason(tmp_path: Path) -> None:
    write(holder_of(tmp_path), Holder(1, utc_now()))
    (tmp_path / "main-sandbox.lock").mkdir()
    assert where_open(tmp_path, MAIN) == ""
