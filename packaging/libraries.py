"""Which system libraries the frozen program links, which Debian packages hold them, and which C library it needs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

BASE = ("dpkg", "util-linux", "libc6", "libstdc++6")
"""On every Debian system, or named by the package itself."""

GLIBC = (2, 28)
"""The oldest C library that PySide6's own files allow to be named, should nothing in the tree ask for more."""


class Links(msgspec.Struct, frozen=True):
    """`outside` are the libraries found outside of the tree, `missing` the names that were found nowhere."""

    outside: frozenset[Path]
    missing: frozenset[str]


def programs(tree: Path) -> list[Path]:
    """Every ELF file of the tree, links not counted twice."""
    return sorted(file for file in tree.rglob("*") if file.is_file() and not file.is_symlink() and _is_elf(file))


def _is_elf(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def links(tree: Path) -> Links:
    """Ask the loader itself (ldd), with the search path that the frozen program's starter sets."""
    env = {**os.environ, "LD_LIBRARY_PATH": str(tree / "_internal"), "LC_ALL": "C"}
    said = subprocess.run(["ldd", *map(str, programs(tree))], capture_output=True, text=True, env=env, check=False)
    return read_ldd(said.stdout, tree)


def read_ldd(text: str, tree: Path) -> Links:
    missing = set(re.findall(r"^\s+(\S+) => not found", text, re.MULTILINE))
    found = {Path(path) for path in re.findall(r"=> (/\S+) \(0x", text)}
    return Links(frozenset(path for path in found if not path.is_relative_to(tree)), frozenset(missing))


def glibc_needed(files: Sequence[Path]) -> str:
    """The C library's version the files ask for, as `2.35`."""
    said = subprocess.run(["objdump", "-T", *map(str, files)], capture_output=True, text=True, check=False)
    return newest_glibc(said.stdout)


def newest_glibc(text: str) -> str:
    found = {(int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", text)}
    return ".".join(map(str, max(found | {GLIBC})))


def owners(paths: Iterable[Path]) -> dict[Path, str]:
    """The Debian package of each library; nothing for a file no package owns."""
    found = {path: _owner(path.resolve()) for path in sorted(paths)}
    return {path: owner for path, owner in found.items() if owner}


def _owner(path: Path) -> str:
    # Debian 12 keeps /lib's files in /usr/lib, and its database the old names.
    for name in (str(path), str(path).removeprefix("/usr")):
        said = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            return said.stdout.split(":")[0]
    return ""


def reached(packages: Sequence[str]) -> set[str]:
    """All packages that come with these by Depends and Pre-Depends."""
    quiet = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    said = subprocess.run(["apt-cache", "depends", "--recurse", *quiet, *packages, *BASE], capture_output=True, text=True, check=False)
    return {line.split(":")[0] for line in said.stdout.splitlines() if line and line[0].isalnum()}


def unnamed(tree: Path, packages: Sequence[str]) -> list[str]:
    """What the tree links and the packages would not bring, in words; empty is good."""
    linked = links(tree)
    brought = reached(packages)
    strangers = {f"{path.name} ({owner})" for path, owner in owners(linked.outside).items() if owner not in brought}
    return sorted(strangers | {f"{name} (not on this computer)" for name in linked.missing})
