"""Core dumps are off, looked at from inside a process of its own: the tests' own process stays as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.store.paths import root

LOOK = """
import ctypes, json, os, resource, subprocess, sys
from app.hygiene import keep_memory_private
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]  # 0 where a test before this one has run the program
resource.setrlimit(resource.RLIMIT_CORE, (min(4096, hard) if hard >= 0 else 4096, hard))
words = keep_memory_private(is_debuggable="--debuggable" in sys.argv)
ask = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
child = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
print(json.dumps({
    "words": words,
    "limit": resource.getrlimit(resource.RLIMIT_CORE),
    "dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else None,
    "of a child": int(child.stdout),
    "own files": bool(os.listdir("/proc/self/fd")) if sys.platform == "linux" else True,
}))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has neither of the two")


def look(*words: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", LOOK, *words], cwd=root(), capture_output=True, text=True, timeout=60, check=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_no_core_is_written_and_no_other_program_may_look() -> None:
    told = look()
    assert told["words"] == []
    assert told["limit"] == [0, 0]
    assert told["of a child"] == 0
    assert told["dumpable"] in {0, None}
    assert told["own files"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there")
def test_a_developer_may_attach_and_there_is_no_core_all_the_same() -> None:
    told = look("--debuggable")
    assert (told["dumpable"], told["limit"]) == (1, [0, 0])


MODE = """
import ctypes, json, resource, sys
from main import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps([resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0]))
"""


@pytest.mark.parametrize("words", [("cancel-all",), ("test-connection",), ("journal", "verify")])
def test_the_modes_without_a_window_keep_their_memory_private_too(tmp_path: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", MODE, *words, "--home", str(tmp_path)]
    done = subprocess.run(command, cwd=root(), capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [[0, 0], 0], done.stderr
