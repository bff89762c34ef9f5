"""F-K07. What the next start knows of a run that ended by itself. Real processes die here; this one never does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import crash
from app.store.paths import root

START = """
import faulthandler, logging, os, sys, threading
from pathlib import Path
from app import crash
from app.domain.secret import Secret
from app.store import logs
folder = Path(sys.argv[1])
logs.hide(Secret(sys.argv[2]))
local = sys.argv[2]
"""
SECRET = "canary-" + "q" * 20
LATELY = timedelta(minutes=5)


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START + body, str(folder), SECRET]
    done = subprocess.run(command, cwd=root(), capture_output=True, text=True, timeout=60, check=False)
    assert SECRET not in done.stdout + done.stderr
    return done


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="ends otherwise there")
@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("faulthandler._sigsegv()", "Segmentation fault"),
        ("os.abort()", "Aborted"),
        ("threading.Thread(target=faulthandler._sigsegv).start(); threading.Event().wait(30)", "Segmentation fault"),
    ],
)
def test_fk07_a_death_of_the_interpreter_is_told_at_the_next_start_once(tmp_path: Path, death: str, words: str) -> None:
    done = run(tmp_path, f"crash.begin(folder)\n{death}")
    assert done.returncode < 0
    told = crash.last_words(tmp_path)
    assert told is not None
    assert told.words.startswith(words)
    assert "in <module>" in told.words or "thread" in death
    assert abs(told.at - datetime.now(UTC)) < LATELY
    assert told.file is not None
    report = told.file.read_text()
    assert "most recent call first" in report
    assert SECRET not in report
    assert crash.last_words(tmp_path) is None
    assert files(tmp_path) == [".txt"]


@pytest.mark.parametrize(
    "body",
    [
        "crash.begin(folder)\nraise ValueError(f'the key {local} is bad')",
        "with crash.begin(folder):\n    raise ValueError(f'the key {local} is bad')",
        "with crash.begin(folder):\n    try:\n        {}[local]\n    except KeyError:\n        raise ValueError(f'the key {local} is bad')",
    ],
    ids=["by the hook", "through the block", "with a cause"],
)
def test_an_exception_that_ends_the_program_is_told_without_its_secrets(tmp_path: Path, body: str) -> None:
    done = run(tmp_path, body)
    assert done.returncode == 1
    assert "the key … is bad" in done.stderr
    told = crash.last_words(tmp_path)
    assert told is not None
    assert told.words == "ValueError: the key … is bad"
    assert told.file is not None
    report = told.file.read_text()
    assert report.count("which ended the program") == 1
    assert "Traceback" in report
    assert SECRET not in report
    assert "local =" not in report


def test_an_exception_in_a_thread_is_written_down_and_the_program_goes_on(tmp_path: Path) -> None:
    body = """
def fail():
    raise ValueError(local)
class Ending:
    def __del__(self):
        raise KeyError(local)
with crash.begin(folder) as box:
    Ending()
    thread = threading.Thread(target=fail, name="reader")
    thread.start()
    thread.join()
    box.report("a task", RuntimeError(f"token={local}"))
    print("went on")
"""
    done = run(tmp_path, body)
    assert (done.returncode, done.stdout) == (0, "went on\n")
    assert crash.last_words(tmp_path) is None, "it ended as it should"
    (report,) = (path.read_text() for path in tmp_path.iterdir())
    assert "the thread reader: ValueError: …" in report
    assert "a task: RuntimeError: token=…" in report
    assert "an object's end: KeyError: '…'" in report
    assert SECRET not in report


@pytest.mark.parametrize("body", ["box = crash.begin(folder)\nbox.end()\nbox.end()", "with crash.begin(folder):\n    sys.exit(3)"])
def test_a_run_that_ends_as_it_should_leaves_nothing(tmp_path: Path, body: str) -> None:
    assert run(tmp_path, body).stderr == ""
    assert files(tmp_path) == []
    assert crash.last_words(tmp_path) is None


def test_a_folder_that_was_cleared_away_meanwhile_is_no_failure(tmp_path: Path) -> None:
    body = """
import shutil
with crash.begin(folder) as box:
    shutil.rmtree(folder)
    box.report("a slot", ValueError("odd"))
print("went on")
"""
    done = run(tmp_path / "logs", "folder.mkdir()\n" + body)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="ends otherwise there")
def test_a_run_that_was_killed_is_told_without_a_report(tmp_path: Path) -> None:
    run(tmp_path, "crash.begin(folder)\nos.kill(os.getpid(), 9)")
    told = crash.last_words(tmp_path)
    assert told is not None
    assert (told.words, told.file) == (crash.STOPPED, None)
    assert files(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="ends otherwise there")
def test_what_failed_before_a_kill_is_kept(tmp_path: Path) -> None:
    run(tmp_path, "crash.begin(folder).report('a slot', ValueError('odd'))\nos.kill(os.getpid(), 9)")
    told = crash.last_words(tmp_path)
    assert told is not None
    assert told.words == crash.STOPPED
    (report,) = (path.read_text() for path in tmp_path.glob("*.txt"))
    assert "a slot: ValueError: odd" in report


def test_a_run_that_still_lives_is_not_told(tmp_path: Path) -> None:
    body = "box = crash.begin(folder)\nprint('begun', flush=True)\nsys.stdin.read()\nbox.end()"
    with subprocess.Popen(
        [sys.executable, "-c", START + body, str(tmp_path), SECRET], cwd=root(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        assert crash.last_words(tmp_path) is None
        assert ".running" in files(tmp_path)
        process.communicate()
    assert process.returncode == 0


def test_a_report_that_goes_on_and_on_stops_growing(tmp_path: Path) -> None:
    body = """
box = crash.begin(folder)
for number in range(3000):
    box.report("a slot", ValueError("x" * 150))
box.end()
"""
    run(tmp_path, body)
    (report,) = tmp_path.iterdir()
    assert report.stat().st_size <= crash.LARGEST


def test_five_reports_are_kept_the_newest_ones(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"crash-2026010{number}T000000000000Z-1.txt").touch()
    run(tmp_path, "crash.begin(folder).report('a slot', ValueError('odd'))\nos._exit(1)")
    crash.last_words(tmp_path)
    kept = sorted(path.name[:14] for path in tmp_path.glob("crash-*.txt"))
    assert len(kept) == crash.KEPT
    assert kept[0] == "crash-20260105"


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"\xff\xfe\x00"), lambda path: path.symlink_to("nowhere")])
def test_nothing_that_lies_there_stops_the_start(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "crash-20260101T000000000000Z-1.running")
    (tmp_path / "crash-of another kind.running").touch()
    told = crash.last_words(tmp_path)
    assert told is None or told.words == crash.STOPPED


def test_a_folder_that_is_not_there_has_no_last_words(tmp_path: Path) -> None:
    assert crash.last_words(tmp_path / "gone") is None


@pytest.mark.parametrize("words", ["a\nb\tc", "\x1b[31mred\u202e"])
def test_the_words_are_one_line(tmp_path: Path, words: str) -> None:
    run(tmp_path, f"crash.begin(folder)\nraise ValueError({words!r} + 'x ' * 500)")
    told = crash.last_words(tmp_path)
    assert told is not None
    assert told.words.isprintable()
    assert len(told.words) == 200


def test_fk07_of_a_secret_at_the_end_of_a_reports_line_nothing_is_left(tmp_path: Path) -> None:
    """The line is cut at 200 characters, and half a secret is known to nobody."""
    body = (
        "with crash.begin(folder) as box:\n    for much in range(70, 100):\n        box.report('a task', ValueError('x ' * much + local))"
    )
    run(tmp_path, body)
    (report,) = (path.read_text() for path in tmp_path.iterdir())
    assert report.count("a task: ValueError: x x") == 30
    assert SECRET[:8] not in report
