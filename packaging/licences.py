"""The licences of everything that is frozen into the program, gathered from the installed distributions."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import msgspec

NOT_FROZEN = frozenset({"rich", "pygments", "markdown-it-py", "mdurl", "pyyaml"})
"""Reachable by requirements, left out by `contents.py`."""

OTHERS = (
    ("Qt", "LGPL-3.0-only", "shared libraries, part of PySide6"),
    ("FFmpeg", "LGPL-2.1-or-later", "shared libraries, part of PySide6"),
    ("ICU", "Unicode-3.0", "shared libraries, part of PySide6"),
    ("OpenBLAS and LAPACK", "BSD-3-Clause", "a shared library, part of numpy"),
    ("libgfortran", "GPL-3.0-or-later WITH GCC-exception-3.1", "a shared library, part of numpy"),
    ("libquadmath", "LGPL-2.1-or-later", "a shared library, part of numpy"),
    ("libxml2 and libxslt", "MIT", "inside lxml"),
    ("Inter", "OFL-1.1", "the font; its licence is in _internal/resources/fonts"),
    ("PyInstaller's starter", "GPL-2.0-or-later WITH Bootloader-exception", "the program file's first part"),
)


COMMON = Path("/usr/share/common-licenses")
COMMON_TEXTS = ("Apache-2.0", "GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3")
"""Debian's copies of the licences that the wheels name and do not bring."""


class Part(msgspec.Struct, frozen=True):
    """A distribution that went in. `texts` are its licence files."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]


def names_in(requires: Iterable[str]) -> set[str]:
    """The names in requirement lines, normalised; those behind an extra are left out."""
    wanted = (line for line in requires if "extra ==" not in line)
    return {re.sub(r"[-_.]+", "-", match.group()).lower() for line in wanted if (match := re.match(r"[A-Za-z0-9._-]+", line))}


def parts(requires: Iterable[str]) -> list[Part]:
    """Every installed distribution that the requirements reach, by name."""
    found: dict[str, Part] = {}
    ahead = sorted(names_in(requires) - NOT_FROZEN)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a requirement of another platform
        found[name] = part(name, distribution)
        ahead += sorted(names_in(distribution.requires or ()) - NOT_FROZEN)
    return [found[name] for name in sorted(found)]


def part(name: str, distribution: importlib.metadata.Distribution) -> Part:
    texts = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or ()
        if ".dist-info" in str(file) and re.search(r"licen[cs]e|copying|notice|authors", str(file), re.IGNORECASE)
    ]
    return Part(name, distribution.version, licence(distribution.metadata), tuple(text for text in texts if text.is_file()))


def licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """What the distribution says of itself: the expression, else the first line of the free field, else its classifiers.

    A field that begins with a copyright holds the whole text, and its first line names no licence."""
    for name in ("License-Expression", "License"):
        if name in metadata and not str(metadata[name]).startswith("Copyright"):
            return str(metadata[name]).splitlines()[0]
    classified = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or () if line.startswith("License :: ")]
    return ", ".join(classified) or "see its text"


def place(text: Path) -> Path:
    """Where a text goes in its part's folder: as it lies in the distribution, for numpy has a dozen of the name LICENSE.md."""
    folders = [number for number, name in enumerate(text.parts) if name.endswith(".dist-info")]
    inside = text.parts[folders[-1] + 1 :] if folders else (text.name,)
    return Path(*(inside[1:] if inside[0] == "licenses" and len(inside) > 1 else inside))


def write(found: Iterable[Part], folder: Path) -> None:
    """LIST, and a folder of texts for each part."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = []
    for one in found:
        rows.append(f"{one.name} {one.version}: {one.licence}")
        for text in one.texts:
            target = folder / one.name / place(text)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, target)
    for name in COMMON_TEXTS:
        if (COMMON / name).is_file():
            shutil.copyfile(COMMON / name, folder / f"{name}.txt")
    rows += [f"{name}: {licence} ({where})" for name, licence, where in OTHERS]
    rows.append(f"Python {sysconfig.get_python_version()}: {_python(folder)}")
    (folder / "LIST").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _python(folder: Path) -> str:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if text.is_file():
        (folder / "python").mkdir(exist_ok=True)
        shutil.copyfile(text, folder / "python" / text.name)
    return "PSF-2.0"
