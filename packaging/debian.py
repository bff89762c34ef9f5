"""The Debian package: its control file, the tree it installs, and dpkg-deb's call."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import Template

from project import ROOT, Project

LINUX = ROOT / "packaging" / "linux"
HOME = Path("opt/overround")
"""Where the program lives, from the root of the file system."""


class DebianError(Exception):
    """The package could not be made; the text is dpkg-deb's own."""


def architecture() -> str:
    """Debian's name of this computer's processor."""
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def file_name(project: Project, arch: str) -> str:
    return f"{project.name}_{project.version}_{arch}.deb"


def depends(libraries: Sequence[str], glibc: str) -> str:
    """The control field: the C and C++ libraries, then the window's libraries as the Makefile lists them."""
    return ", ".join([f"libc6 (>= {glibc})", "libstdc++6 (>= 11)", *libraries])


def control(project: Project, *, arch: str, glibc: str, kilobytes: int) -> str:
    """The control file from its template. `kilobytes` is the size once installed."""
    template = Template((LINUX / "control.in").read_text(encoding="utf-8"))
    return template.substitute(
        name=project.name,
        version=project.version,
        arch=arch,
        kilobytes=kilobytes,
        depends=depends(project.libraries, glibc),
        summary=synopsis(project.summary),
    )


def synopsis(summary: str) -> str:
    """Debian's first line: no article, no full stop."""
    return summary.removeprefix("A ").removeprefix("An ").removesuffix(".")


def share(folder: Path, icon: Path, pictures: dict[int, Path], version: str, day: str) -> None:
    """What a desktop reads: entry, description, icons, licence."""
    entry, about = "overround.desktop", "app.overround.Overround.metainfo.xml"
    _copy(LINUX / entry, folder / "applications" / entry)
    described = (LINUX / about).read_text(encoding="utf-8").replace("@VERSION@", version).replace("@DAY@", day)
    _write(folder / "metainfo" / about, described)
    _copy(icon, folder / "icons/hicolor/scalable/apps/overround.svg")
    for size, picture in pictures.items():
        _copy(picture, folder / f"icons/hicolor/{size}x{size}/apps/overround.png")
    _copy(LINUX / "copyright", folder / "doc/overround/copyright")


def lay(root: Path, tree: Path, shared: Path) -> None:
    """Lay out the file system below `root`; the frozen tree by hard links, because it is large."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(tree, root / HOME, symlinks=True, copy_function=os.link)
    shutil.copytree(shared, root / "usr/share")
    starter = root / "usr/bin/overround"
    starter.parent.mkdir(parents=True)
    starter.symlink_to(f"/{HOME}/overround")
    _set_modes(root)


def _set_modes(root: Path) -> None:
    """Whatever the builder's umask was: all may read, nobody but root may write."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def kilobytes(root: Path) -> int:
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(-(-path.stat().st_size // 1024) for path in files)


def pack(root: Path, text: str, target: Path) -> None:
    """Build the package with the control file `text`. Raises DebianError."""
    _write(root / "DEBIAN/control", text)
    said = subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", "-Zxz", "-z2", str(root), str(target)], capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise DebianError(said.stderr.strip())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
