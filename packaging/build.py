"""`make package`: freezes the program, packs it for Debian and as an archive, and tries all of it out.

Run as `python packaging/build.py` from the project's folder. What was seen is a line each; the exit code is 1 when a line says FAIL.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import archive
import debian
import icons
import installed
import libraries
import licences
import trial
from project import BUILD, DIST, ROOT, TREE, Project, project
from trial import Seen

ICON = ROOT / "resources" / "icons" / "overround.svg"
WORK = BUILD / "freeze"
MARKS = {True: "ok  ", False: "FAIL", None: "skip"}


class Report:
    """Prints each line as it is known and remembers whether one failed."""

    def __init__(self) -> None:
        self.has_failed = False

    def say(self, *seen: Seen) -> None:
        for line in seen:
            self.has_failed |= line.is_good is False
            print(f"{MARKS[line.is_good]} {line.what:<11} {line.words}", flush=True)


class BuildError(Exception):
    """A step could not be done; the text says which and why."""


def freeze() -> None:
    """Run PyInstaller. `-P` keeps this folder's name from hiding the library `packaging` that PyInstaller needs."""
    WORK.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-P",
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level",
        "WARN",
        "--workpath",
        str(WORK),
        "--distpath",
        str(DIST),
    ]
    with (WORK / "log.txt").open("w", encoding="utf-8") as log:
        code = subprocess.run(
            [*command, "packaging/overround.spec"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code:
        raise BuildError(f"PyInstaller failed, its words are in {WORK / 'log.txt'}")


def make_tree(of: Project) -> Seen:
    """The frozen program with its icons and licences."""
    started = time.monotonic()
    icons.render(ICON, BUILD / "icons")
    freeze()
    licences.write(licences.parts(of.requires), TREE / "licences")
    size = sum(file.stat().st_size for file in TREE.rglob("*") if file.is_file() and not file.is_symlink())
    return Seen("frozen", True, f"{TREE}, {size / 1e6:.0f} MB, {time.monotonic() - started:.0f} s")


def make_shared(of: Project) -> Path:
    """The folder a desktop reads, as it goes below /usr/share."""
    folder = BUILD / "share"
    shutil.rmtree(folder, ignore_errors=True)
    day = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), UTC).date().isoformat()
    debian.share(folder, ICON, {size: BUILD / "icons" / f"overround-{size}.png" for size in icons.SIZES}, of.version, day)
    return folder


def make_archive(of: Project, shared: Path) -> tuple[Path, Seen]:
    started = time.monotonic()
    name = f"{of.name}-{of.version}-linux-{platform.machine()}"
    target = DIST / f"{name}.tar.xz"
    archive.pack([(TREE, name), (shared, f"{name}/share")], target)
    return target, made("archive", target, started)


def make_debian(of: Project, shared: Path) -> tuple[Path, Seen]:
    started = time.monotonic()
    root, arch = BUILD / "deb", debian.architecture()
    debian.lay(root, TREE, shared)
    glibc = libraries.glibc_needed(libraries.programs(TREE))
    target = DIST / debian.file_name(of, arch)
    debian.pack(root, debian.control(of, arch=arch, glibc=glibc, kilobytes=debian.kilobytes(root)), target)
    return target, made("debian", target, started)


def made(what: str, file: Path, started: float) -> Seen:
    return Seen(what, True, f"{file}, {file.stat().st_size / 1e6:.0f} MB, {time.monotonic() - started:.0f} s")


def build(of: Project, report: Report) -> Path | None:
    """Everything this system can make; the .deb if there is one."""
    for old in (*DIST.glob("*.deb"), *DIST.glob("*.tar.xz"), *DIST.glob("SHA256SUMS")):
        old.unlink()
    report.say(make_tree(of))
    if not sys.platform.startswith("linux"):
        report.say(Seen("packages", None, f"for {sys.platform} see packaging/{'windows' if os.name == 'nt' else 'macos'}/README.md"))
        return None
    shared = make_shared(of)
    packed, seen = make_archive(of, shared)
    report.say(seen)
    if shutil.which("dpkg-deb") is None:
        report.say(Seen("debian", None, "not made: dpkg-deb is missing"))
        write_checksums([packed])
        return None
    package, seen = make_debian(of, shared)
    report.say(seen)
    write_checksums([packed, package])
    return package


def write_checksums(files: Sequence[Path]) -> None:
    (DIST / "SHA256SUMS").write_text(archive.checksums(files), encoding="utf-8")


def try_out(of: Project, package: Path | None, report: Report) -> None:
    work = BUILD / "tried"
    shutil.rmtree(work, ignore_errors=True)
    env = trial.surroundings(work / "user")
    report.say(*trial.try_frozen(TREE, BUILD / "frozen-tour", env))
    if package is not None:
        report.say(*installed.try_package(package, work, of.libraries, env))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="packaging/build.py", description="Freezes Overround, packs it and tries the packages out.")
    parser.add_argument("--only-try", action="store_true", help="try what is in dist/ again, without building")
    of, report = project(), Report()
    try:
        is_built = parser.parse_args(arguments).only_try
        package = next(iter(DIST.glob("*.deb")), None) if is_built else build(of, report)
        try_out(of, package, report)
    except (BuildError, debian.DebianError, icons.IconError, msgspec.MsgspecError, OSError) as problem:
        report.say(Seen("build", False, str(problem)))
    print("Some of it failed." if report.has_failed else f"All held. What to hand out is in {DIST}.")
    return 1 if report.has_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
