"""Trying out what was built: a run of the frozen program, what it said, and a line in words about it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

TOUR = 420.0  # seconds it may take
SHORT = 60.0
PATIENCE = 15.0  # seconds a program may take to end when asked
LOOK = 0.25  # seconds between two looks
PROCESSES = Path("/proc")

# What would lead a frozen program to the checkout, or Qt to another back end than the trial's.
_FOREIGN = ("PYTHON", "QT_", "LD_LIBRARY_PATH", "DISPLAY", "WAYLAND_DISPLAY", "VIRTUAL_ENV")


class Seen(msgspec.Struct, frozen=True):
    """One line of the report. `is_good` is None when it was not tried."""

    what: str
    is_good: bool | None
    words: str


class Ran(msgspec.Struct, frozen=True):
    """A command that has ended. `code` is None when it had to be ended."""

    code: int | None
    out: str
    errors: str
    seconds: float

    def last_words(self) -> str:
        return last_line(self.out + self.errors)


def last_line(text: str) -> str:
    said = [line for line in text.splitlines() if line.strip()]
    return said[-1] if said else "it said nothing"


class Feed(msgspec.Struct):
    """The part of the exchange's line that is used here: the door of the CS2 feed."""

    url: str
    api_key: str


class Ready(msgspec.Struct):
    """The line that the exchange writes when it is ready."""

    base: str
    rankacy: Feed


class Tour(msgspec.Struct):
    """The part of tour.json that is judged here."""

    ok: bool
    steps: list[dict[str, object]]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose home is `home`, whatever the builder's is."""
    runtime = home / "runtime"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    own = {name: value for name, value in os.environ.items() if not name.startswith((*_FOREIGN, "XDG_"))}
    return {**own, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), **more}


def run(command: Sequence[str], *, env: Mapping[str, str], seconds: float) -> Ran:
    started = time.monotonic()
    try:
        done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Ran(None, "", f"it had not ended after {seconds:g} s", time.monotonic() - started)
    return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def left_running(folder: Path) -> list[int]:
    """The processes whose program lies in the folder. Only Linux tells."""
    if not PROCESSES.is_dir():
        return []
    return [pid for pid in map(int, filter(str.isdigit, os.listdir(PROCESSES))) if _program(pid).startswith(f"{folder}/")]


def _program(pid: int) -> str:
    try:
        return os.readlink(PROCESSES / str(pid) / "exe")
    except OSError:  # it has ended, or is not ours to look at
        return ""


def try_doctor(program: Path, env: Mapping[str, str]) -> list[Seen]:
    ran = run([str(program), "doctor"], env=env, seconds=SHORT)
    found = re.search(r"^ok .*Qt Multimedia loads; (\d+) video codecs", ran.out, re.MULTILINE)
    codecs = int(found.group(1)) if found else 0
    return [
        Seen("doctor", ran.code == 0, f"{last_line(ran.out)} ({ran.seconds:.1f} s)"),
        Seen("multimedia", codecs > 0, f"the FFmpeg plug-in lists {codecs} video codecs"),
        said_good("clip", "Video", ran.out),
        said_good("charts", "Charts", ran.out),
        said_good("streamlink", "Twitch's videos", ran.out),
    ]


def said_good(what: str, finding: str, text: str) -> Seen:
    """One line of the doctor's, which may be a warning for him and is a failure here."""
    found = re.search(rf"^(ok|warn|BAD) +{finding} +(.*)$", text, re.MULTILINE)
    return Seen(what, found is not None and found.group(1) == "ok", found.group(2) if found else f"the doctor says nothing of '{finding}'")


def try_exchange(program: Path, env: Mapping[str, str]) -> list[Seen]:
    """The practice exchange alone: one JSON line, its feed and its video, Ctrl+C ends it."""
    if os.name == "nt":
        return [Seen("exchange", None, "not tried alone: Windows has no Ctrl+C for one process")]
    started = time.monotonic()
    with subprocess.Popen([str(program), "practice-server"], env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        too_late = threading.Timer(SHORT, server.kill)
        too_late.start()
        line = server.stdout.readline()
        too_late.cancel()
        took = time.monotonic() - started
        try:
            seen = try_feed(program, env, line)
        finally:
            code = end(server)
    is_ready = line.startswith(b'{"base":"http://127.0.0.1:')
    return [Seen("exchange", is_ready and code == 0, f"one line after {took:.1f} s, exit code {code} after Ctrl+C"), *seen]


def try_feed(program: Path, env: Mapping[str, str], line: bytes) -> list[Seen]:
    """Whether the feed answers to the key in the line, and whether the program plays the exchange's video over HTTP."""
    try:
        ready = msgspec.json.decode(line, type=Ready)
    except msgspec.MsgspecError as problem:
        return [Seen("feed", False, f"the exchange's line names no feed: {problem}")]
    video = f"{ready.base}/practice-stream/master.m3u8"
    ping, playlist = answered(f"{ready.rankacy.url}/api/b2b/ping", ready.rankacy.api_key), answered(video)
    ran = run([str(program), "doctor", "--video", video], env=env, seconds=SHORT)
    return [
        Seen("feed", ping.startswith("200"), f"its ping answers {ping.splitlines()[0]}"),
        Seen("playlist", playlist.startswith("200 #EXTM3U"), f"the video's answers {playlist.splitlines()[0]}"),
        said_good("stream", "Video", ran.out),
    ]


def answered(url: str, key: str = "") -> str:
    """The status and the body of a GET, or why there is none."""
    request = urllib.request.Request(url, headers={"X-API-Key": key} if key else {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this computer, whatever proxy there is
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return f"{answer.status} {answer.read().decode('utf-8', 'replace')}"
    except OSError as problem:
        return str(problem) or type(problem).__name__


def end(process: subprocess.Popen[bytes]) -> int | None:
    """Ctrl+C, and the exit code; None when it had to be killed."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return None


def try_tour(program: Path, folder: Path, env: Mapping[str, str]) -> Seen:
    """The window's main job against its own exchange, both frozen, without a screen."""
    (folder / "tour.json").unlink(missing_ok=True)
    ran = run([str(program), "--tour", str(folder)], env={**env, "QT_QPA_PLATFORM": "offscreen"}, seconds=TOUR)
    if not (folder / "tour.json").is_file():
        return Seen("tour", False, ran.last_words())
    tour = msgspec.json.decode((folder / "tour.json").read_bytes(), type=Tour)
    pictures = len(list(folder.glob("*.png")))
    words = f"{len(tour.steps)} steps, {pictures} pictures in {folder}, {ran.seconds:.0f} s"
    return Seen("tour", ran.code == 0 and tour.ok and pictures == len(tour.steps), words if tour.ok else f"{words}: {tour.steps[-1]}")


def try_frozen(tree: Path, pictures: Path, env: Mapping[str, str]) -> list[Seen]:
    program = tree / ("overround.exe" if os.name == "nt" else "overround")
    seen = [*try_doctor(program, env), *try_exchange(program, env), try_tour(program, pictures, env)]
    left = left_running(tree)
    return [*seen, Seen("processes", not left, f"left running: {left}" if left else "none left running")]
