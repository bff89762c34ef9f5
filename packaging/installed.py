"""The .deb as a user meets it: installed by apt, started from the path on an X screen, removed again."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from debian import HOME
from libraries import unnamed
from screen import Screen, ScreenError, XWindow, save
from trial import LOOK, SHORT, Ran, Seen, end, last_line, left_running, run

TITLE = "PRACTICE · ProphetX Trading — Overround"
SETTLED = 8.0  # seconds after which the window shows prices
APT = 600.0
COMMAND = Path("/usr/bin/overround")
TOOLS = ("apt-get", "Xvfb", "xwininfo")
PLACES = ("/opt", "/usr/bin", "/usr/share")


def reason_not_to() -> str:
    """Why the package cannot be tried here; empty when it can."""
    if os.geteuid() != 0:
        return "not tried: only root may install (run as root, or install the .deb by hand)"
    if absent := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"not tried: {', '.join(absent)} missing"
    if is_installed():
        return "not tried: an overround is installed here already, and it is left alone"
    return ""


def is_installed() -> bool:
    said = subprocess.run(["dpkg-query", "-W", "-f=${Status}", "overround"], capture_output=True, text=True, check=False)
    return said.stdout.endswith(" installed")


def try_package(package: Path, work: Path, libraries: Sequence[str], env: Mapping[str, str]) -> list[Seen]:
    """Install, look, start, remove; the removal is done whatever came before."""
    if words := reason_not_to():
        return [Seen("package", None, words)]
    seen = [try_install(package)]
    try:
        if seen[0].is_good:
            seen += [try_links(libraries), try_command(env), *try_window(work, env)]
    finally:
        seen.append(try_removal())
    return seen


def apt(*words: str) -> Ran:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return run(["apt-get", "-y", "--no-install-recommends", *words], env=env, seconds=APT)


def try_install(package: Path) -> Seen:
    ran = apt("install", str(package))
    if ran.code != 0:  # a fresh system has no lists yet
        apt("update")
        ran = apt("install", str(package))
    return Seen("install", ran.code == 0, f"apt took {ran.seconds:.0f} s" if ran.code == 0 else last_line(ran.errors))


def try_links(libraries: Sequence[str]) -> Seen:
    """Whether all that is linked comes with the package or with what it depends on."""
    strangers = unnamed(Path("/") / HOME, libraries)
    return Seen("libraries", not strangers, f"not in Depends: {', '.join(strangers)}" if strangers else "all come by Depends")


def try_command(env: Mapping[str, str]) -> Seen:
    ran = run([str(COMMAND), "doctor"], env=env, seconds=SHORT)
    is_own = f"/{HOME}/" in ran.out
    return Seen("command", ran.code == 0 and is_own, f"'overround doctor' says: {last_line(ran.out)}")


def try_window(work: Path, env: Mapping[str, str]) -> list[Seen]:
    """Start it on a screen of its own, as a person would, look at it, end it."""
    try:
        with Screen(work / "xvfb") as screen:
            return watch(screen, work, {**env, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"})
    except ScreenError as problem:
        return [Seen("window", False, str(problem))]


def watch(screen: Screen, work: Path, env: Mapping[str, str]) -> list[Seen]:
    started = time.monotonic()
    command = [str(COMMAND), "--practice", "--home", str(work / "home")]
    with subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            window = wait_for_window(screen, program)
            took = time.monotonic() - started
            seen = [Seen("window", window is not None, _shown(window, took)), look(screen, program, work / "deb-window.png")]
        finally:
            code = end(program)
    left = left_running(Path("/") / HOME)
    return [*seen, Seen("end", code == 0 and not left, f"exit code {code} after Ctrl+C, {len(left)} processes left")]


def _shown(window: XWindow | None, seconds: float) -> str:
    if window is None:
        return f"no window '{TITLE}' after {seconds:.0f} s"
    return f"'{window.title}', {window.width}x{window.height}, after {seconds:.1f} s"


def wait_for_window(screen: Screen, program: subprocess.Popen[bytes], seconds: float = SHORT) -> XWindow | None:
    """The program's window, as soon as the X server lists it; None when it ended before, or never showed one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and stays(program, LOOK):
        for window in screen.windows():
            if window.title == TITLE:
                return window
    return None


def stays(program: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it still runs after that time."""
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def look(screen: Screen, program: subprocess.Popen[bytes], target: Path) -> Seen:
    """A picture once prices had time to come; more than a handful of colours means that something was painted."""
    if not stays(program, SETTLED):
        return Seen("picture", False, f"the program ended by itself, exit code {program.returncode}")
    picture = screen.picture()
    save(picture, target)
    colours = picture.colours()
    return Seen("picture", colours > 100, f"{colours} colours in {target}")


def try_removal() -> Seen:
    ran = apt("purge", "overround")
    left = leftovers()
    words = f"left behind: {', '.join(left)}" if left else f"nothing left in {', '.join(PLACES)}"
    return Seen("remove", ran.code == 0 and not left and not is_installed(), words)


def leftovers() -> list[str]:
    """Files and folders of ours, by name, where the package puts some."""
    found = [path for place in PLACES for path in Path(place).rglob("*overround*")]
    return sorted(map(str, found))
