"""What the packages say about the project: read from pyproject.toml and the Makefile, so that nothing is said twice."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
DIST = ROOT / "dist"
TREE = DIST / "overround"
"""The frozen program's folder; the program in it is `overround` (`overround.exe` on Windows)."""

NOT_OF_THE_WINDOW = ("python3-venv",)
"""In the Makefile's list for `make setup`, and of no use to a frozen program."""


class Project(msgspec.Struct, frozen=True):
    """`requires` are the requirements of pyproject.toml with those of video, which is always packaged. `libraries` are the Debian
    packages that the window needs."""

    name: str
    version: str
    summary: str
    requires: tuple[str, ...]
    libraries: tuple[str, ...]


def project(root: Path = ROOT) -> Project:
    """Raises KeyError or ValueError when a file does not say it."""
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Project(
        table["name"],
        table["version"],
        table["description"],
        (*table["dependencies"], *table["optional-dependencies"]["video"]),
        window_libraries((root / "Makefile").read_text(encoding="utf-8")),
    )


def window_libraries(makefile: str) -> tuple[str, ...]:
    """The Debian packages in the Makefile's `DEBIAN` list that a frozen program needs, too."""
    found = re.search(r"^DEBIAN :=((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    if found is None:
        raise ValueError("the Makefile has no DEBIAN list")
    names = found.group(1).replace("\\\n", " ").split()
    return tuple(name for name in names if name not in NOT_OF_THE_WINDOW)
