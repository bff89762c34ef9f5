"""One terminal a profile: a second one is refused in words, and a killed one leaves nothing behind."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.environment import Environment
from app.domain.profile import PRACTICE, Profile, Provider
from app.store.lock import Holder, LockError, ProfileLock, TakenError

NOW = datetime(2026, 11, 21, 14, 3, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX's signals and rights")
HOLD = """
import pathlib, subprocess, sys
from app.store.lock import ProfileLock, TakenError
from app.domain.profile import PRACTICE
try:
    with ProfileLock(pathlib.Path(sys.argv[1]), PRACTICE):
        if "with-a-child" in sys.argv:
            subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"])
        print("held", flush=True)
        sys.stdin.read()
except TakenError as error:
    print(error, flush=True)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts another process that asks for the practice profile's lock; it ends with its standard input."""
    started: list[subprocess.Popen[str]] = []

    def start_one(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-c", HOLD, str(tmp_path), *options]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT))
        return started[-1]

    yield start_one
    for process in started:
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def lock(folder: Path, profile: Profile = PRACTICE) -> ProfileLock:
    return ProfileLock(folder, profile, now=lambda: NOW)


def test_a_second_process_is_refused_and_told_who_has_it(tmp_path: Path, start: Start) -> None:
    with lock(tmp_path):
        words = said(start())
    assert words == f"The profile 'practice' is already open in another Overround, process {os.getpid()}, since 2026-11-21 14:03 UTC"


def test_another_processs_lock_is_refused_here_at_once(tmp_path: Path, start: Start) -> None:
    other = start()
    assert said(other) == "held"
    with pytest.raises(TakenError, match=f"process {other.pid}") as caught:
        lock(tmp_path).acquire()
    assert caught.value.holder is not None
    assert caught.value.holder.pid == other.pid


def test_a_released_lock_is_free_for_another_process(tmp_path: Path, start: Start) -> None:
    with lock(tmp_path) as mine:
        assert mine.is_held
    assert not mine.is_held
    assert said(start()) == "held"


def test_a_process_that_ends_gives_its_lock_back(tmp_path: Path, start: Start) -> None:
    other = start()
    assert said(other) == "held"
    other.communicate()
    with lock(tmp_path):
        assert (tmp_path / "practice-practice.holder.json").exists()
    assert not (tmp_path / "practice-practice.holder.json").exists()


@POSIX
def test_a_killed_process_leaves_no_lock(tmp_path: Path, start: Start) -> None:
    for _ in range(3):
        other = start()
        assert said(other) == "held"
        other.send_signal(signal.SIGKILL)
        other.wait()
        with lock(tmp_path):
            assert said(start()).startswith(f"The profile 'practice' is already open in another Overround, process {os.getpid()}")


@POSIX
def test_a_killed_process_whose_child_lives_on_leaves_no_lock(tmp_path: Path, start: Start) -> None:
    other = start("with-a-child")
    assert said(other) == "held"
    other.send_signal(signal.SIGKILL)
    other.wait()
    with lock(tmp_path) as mine:
        assert mine.is_held


def test_a_used_again_process_id_takes_nothing(tmp_path: Path) -> None:
    """The killed holder's id belongs to a living process now: this one."""
    before = lock(tmp_path)
    before.acquire()
    left = (tmp_path / "practice-practice.holder.json").read_bytes()
    before.release()
    (tmp_path / "practice-practice.holder.json").write_bytes(left)
    with lock(tmp_path) as mine:
        assert mine.is_held


@pytest.mark.parametrize("left", [b"", b"{", b"\xff", b'{"pid": "x"}', b'{"pid": 1, "since": "yesterday"}', b'{"pid": 1}'])
def test_a_damaged_note_about_the_holder_only_shortens_the_words(tmp_path: Path, left: bytes) -> None:
    with lock(tmp_path):
        (tmp_path / "practice-practice.holder.json").write_bytes(left)
        with pytest.raises(TakenError) as caught:
            lock(tmp_path).acquire()
    assert str(caught.value) == "The profile 'practice' is already open in another Overround"
    assert caught.value.holder is None


def test_a_note_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "practice-practice.holder.json").mkdir()
    with lock(tmp_path) as mine:
        assert mine.is_held


def test_two_locks_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(TakenError) as caught:
        lock(tmp_path).acquire()
    assert caught.value.holder == Holder(os.getpid(), NOW)


def test_profiles_and_environments_do_not_lock_each_other_out(tmp_path: Path) -> None:
    with (
        lock(tmp_path),
        lock(tmp_path, Profile("main", Environment.SANDBOX, Provider.TRADING)),
        lock(tmp_path, Profile("main", Environment.PRODUCTION, Provider.TRADING)),
        pytest.raises(TakenError, match="'MAIN'"),
    ):
        lock(tmp_path, Profile("MAIN", Environment.SANDBOX, Provider.OMNIBUS)).acquire()


def test_acquiring_and_releasing_twice_is_harmless(tmp_path: Path) -> None:
    mine = lock(tmp_path)
    mine.release()
    mine.acquire()
    mine.acquire()
    mine.release()
    mine.release()
    with lock(tmp_path) as other:
        assert other.is_held


def test_a_lock_may_be_given_back_from_another_thread(tmp_path: Path) -> None:
    mine = lock(tmp_path)
    mine.acquire()
    thread = threading.Thread(target=mine.release)
    thread.start()
    thread.join()
    with lock(tmp_path) as other:
        assert other.is_held


@POSIX
def test_its_files_are_for_this_user_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with lock(tmp_path):
            modes = {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {0o600}


@pytest.mark.parametrize("way", ["folder", "missing"])
def test_a_lock_that_cannot_be_had_is_said(tmp_path: Path, way: str) -> None:
    if way == "folder":
        (tmp_path / "practice-practice.lock").mkdir()
    else:
        (tmp_path / "file").write_text("")
        tmp_path /= "file"
    with pytest.raises(LockError, match="The profile 'practice' cannot be locked: ") as caught:
        lock(tmp_path).acquire()
    assert not isinstance(caught.value, TakenError)


@POSIX
def test_a_file_system_without_locks_is_refused_and_left_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def is_missing(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", is_missing)
    with pytest.warns(UserWarning, match="SoftFileLock"), pytest.raises(LockError, match="file system has no locks"):
        lock(tmp_path).acquire()
    assert list(tmp_path.iterdir()) == []
