"""Is this computer ready? Each check is a line in words; the exit code is 0 when nothing that matters is missing."""

from __future__ import annotations

import argparse
import ctypes.util
import importlib.metadata
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

PYTHON = (3, 11)
QT_FROM, QT_BELOW = (6, 11, 3), (6, 12)

# Library to look for, the Debian package that holds it, what is missing without it, and whether the window needs it.
_LIBRARIES = (
    ("GL", "libgl1", "the window", True),
    ("EGL", "libegl1", "the window", True),
    ("xkbcommon", "libxkbcommon0", "the window", True),
    ("dbus-1", "libdbus-1-3", "the window", True),
    ("fontconfig", "libfontconfig1", "the window", True),
    ("xcb-cursor", "libxcb-cursor0", "the window on X11", False),
    ("xkbcommon-x11", "libxkbcommon-x11-0", "the window on X11", False),
    ("pulse", "libpulse0", "sound and video", False),
)


class Finding(msgspec.Struct, frozen=True):
    """One line. `is_needed`: the program cannot run without it."""

    what: str
    is_good: bool
    words: str
    is_needed: bool = True


def bad_pair(python: tuple[int, ...] = sys.version_info[:3], qt: str | None = None) -> str:
    """Why this Python and this Qt must not run together; empty when they may. Asks the installed metadata: Qt itself is not loaded."""
    if python < PYTHON:
        return f"Overround needs Python 3.11 or newer; this is {'.'.join(map(str, python))}."
    version = qt if qt is not None else qt_version()
    if not version:
        return "PySide6 is not installed: run 'make setup'."
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if QT_FROM <= numbers < QT_BELOW:
        return ""
    return (
        f"PySide6 {version} must not be used here: 6.12.0 aborts on Python 3.10 and 3.11 after a few thousand signals. "
        "Overround is made for PySide6 6.11.3 up to, but not including, 6.12: run 'make setup'."
    )


def qt_version() -> str:
    """The installed PySide6's version; empty when there is none. A frozen program carries the pair it was built with."""
    for name in ("PySide6", "PySide6-Essentials"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return _frozen_version()


def _frozen_version() -> str:
    if not getattr(sys, "frozen", False):
        return ""
    import PySide6

    return PySide6.__version__


def check_pair() -> Finding:
    words = bad_pair()
    return Finding("Python and Qt", not words, words or f"Python {sys.version.split()[0]}, PySide6 {qt_version()}")


def check_libraries() -> list[Finding]:
    """System libraries on Linux; elsewhere the wheels bring everything."""
    if not sys.platform.startswith("linux"):
        return [Finding("System libraries", True, "nothing to look for on this platform")]
    return [_library(*row) for row in _LIBRARIES]


def _library(name: str, package: str, use: str, is_needed: bool) -> Finding:
    found = ctypes.util.find_library(name)
    words = found or f"missing: {use} needs it. Debian's package is {package} ('make system' installs it)"
    return Finding(f"Library {name}", found is not None, words, is_needed)


def check_keyring() -> Finding:
    """Which back end would keep secrets; none is a warning: keys then live for the session only."""
    import keyring
    from keyring.backends import fail

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring):
        return Finding("Keyring", False, "no back end: keys would be kept for the session only (practice needs none)", is_needed=False)
    return Finding("Keyring", True, type(backend).__module__)


def check_codecs() -> Finding:
    """Whether Qt Multimedia loads, which plays sounds and streams."""
    try:
        from PySide6.QtCore import QLoggingCategory

        QLoggingCategory.setFilterRules("qt.multimedia*=false")  # which of its optional libraries are absent is no finding
        from PySide6.QtMultimedia import QMediaFormat
    except ImportError as problem:
        return Finding("Sound and video", False, f"Qt Multimedia does not load: {problem}", is_needed=False)
    decoders = QMediaFormat().supportedVideoCodecs(QMediaFormat.ConversionMode.Decode)
    return Finding("Sound and video", True, f"Qt Multimedia loads; {len(decoders)} video codecs listed", is_needed=False)


def check_video(address: str = "") -> Finding:
    """Whether video plays: the practice exchange's clip, or what lies at the address (a file's path or a URL)."""
    from app import doctor_video as video

    try:
        from PySide6.QtCore import QUrl

        from app.store.paths import resources

        place = QUrl.fromUserInput(address, str(Path.cwd())) if address else QUrl.fromLocalFile(str(resources() / video.CLIP))
        shown = video.play(place)
    except ImportError as problem:
        return Finding("Video", False, f"does not play: Qt Multimedia does not load ({problem})", is_needed=False)
    return Finding("Video", not shown.trouble, shown.words(), is_needed=False)


def check_finder() -> Finding:
    """What finds the league's stream at Twitch; without it the browser shows it."""
    from app.doctor_video import finder_words

    return Finding("Twitch's videos", *finder_words(), is_needed=False)


def check_engine() -> Finding:
    """What the official player needs; without it the browser shows it."""
    from app.doctor_video import engine_words

    try:
        return Finding("Qt WebEngine", *engine_words(), is_needed=False)
    except ImportError as problem:
        return Finding("Qt WebEngine", False, f"Qt does not load: {problem}", is_needed=False)


def check_charts() -> Finding:
    """What draws the odds' history."""
    try:
        import numpy
        import pyqtgraph

        import app.ui.feed.chart  # noqa: F401  (loading it is the check)
    except ImportError as problem:
        return Finding("Charts", False, f"cannot be drawn: {problem}", is_needed=False)
    return Finding("Charts", True, f"pyqtgraph {pyqtgraph.__version__} and numpy {numpy.__version__} load", is_needed=False)


def check_display() -> Finding:
    """A desktop to open the window on; without one only the tour and the exchange run."""
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return Finding("Display", True, "there")
    return Finding("Display", False, "none: the window needs one, the tour and the practice exchange do not", is_needed=False)


def check_folders(home: Path | None = None) -> list[Finding]:
    from app.store.paths import folders

    where = folders(home)
    return [_folder(name, path) for name, path in (("Data", where.data), ("Settings", where.settings), ("Logs", where.logs))]


def _folder(name: str, path: Path) -> Finding:
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"overround")
    except OSError as problem:
        return Finding(f"{name} folder", False, f"{path} cannot be written: {problem.strerror or problem}")
    return Finding(f"{name} folder", True, str(path))


def check_port() -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    except OSError as problem:
        return Finding("Free port", False, f"127.0.0.1 gives none: {problem}")
    return Finding("Free port", True, f"127.0.0.1:{port}")


def check_resources() -> Finding:
    from app.store.paths import resources

    needed = ("themes/dark.toml", "icons/overround.svg", "sounds/fill.wav", "practice/stream/clip.toml")
    missing = [name for name in needed if not (resources() / name).is_file()]
    return Finding("Resources", not missing, f"missing: {', '.join(missing)}" if missing else str(resources()))


def findings(home: Path | None = None) -> list[Finding]:
    """Every check, in the order in which a missing thing would be noticed."""
    return list(_each(home))


def _each(home: Path | None) -> Iterator[Finding]:
    """One finding after the other; video comes last, for a broken driver may end the program there."""
    first = check_pair()
    yield first
    if not first.is_good:
        return
    yield from check_libraries()
    checks: list[Callable[[], Finding]] = [check_display, check_keyring, check_port, check_resources, check_charts]
    yield from (check() for check in checks)
    yield from check_folders(home)
    yield from video_findings()


def video_findings(address: str = "") -> Iterator[Finding]:
    """All about video; trading needs none of it."""
    with _application():
        yield from (check_finder(), check_engine(), check_codecs())
        yield check_video(address)


@contextmanager
def _application() -> Iterator[None]:
    """Qt plays nothing without an application; one without a screen is enough."""
    try:
        from PySide6.QtCore import QCoreApplication
    except ImportError:  # the findings say it, each of itself
        yield
        return
    application = QCoreApplication.instance() or QCoreApplication([])
    yield
    del application


def main(arguments: Sequence[str]) -> int:
    """Say what was found; 0 when the program can run, with `--video` when the video plays."""
    parser = argparse.ArgumentParser(prog="overround doctor", description="Says whether this computer is ready for Overround.")
    parser.add_argument("--home", type=Path, metavar="DIR", help="check the folders below DIR")
    parser.add_argument(
        "--video", nargs="?", const="", metavar="ADDRESS", help="only look at video; play what is at ADDRESS instead of a clip of ours"
    )
    options = parser.parse_args(arguments)
    if options.video is not None:
        return _say_of_video(_said(video_findings(options.video)))
    broken = [finding for finding in _said(_each(options.home)) if not finding.is_good and finding.is_needed]
    print(f"{len(broken)} problem(s) that must be solved." if broken else "Ready.")
    return 1 if broken else 0


def _said(found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, each printed as soon as it is known."""
    for finding in found:
        mark = "ok  " if finding.is_good else "BAD " if finding.is_needed else "warn"
        print(f"{mark}  {finding.what:<18} {finding.words}", flush=True)
        yield finding


def _say_of_video(found: Iterable[Finding]) -> int:
    is_playing = [finding.is_good for finding in found if finding.what == "Video"] == [True]
    print("Video plays here." if is_playing else "Video does not play here.")
    return 0 if is_playing else 1
