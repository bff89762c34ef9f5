"""The .tar.xz of the frozen program, and the checksums of all that is handed out."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PRESET: Final = 2  # measured on 196 MB: 36 s and 63 MB; 6 takes 109 s for 57 MB


def pack(folders: Iterable[tuple[Path, str]], target: Path) -> None:
    """Put each folder under its name into one archive; files belong to root, links stay links."""
    with tarfile.open(target, "w:xz", preset=PRESET) as archive:
        for folder, name in folders:
            archive.add(folder, name, filter=_roots)


def _roots(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def checksums(files: Iterable[Path]) -> str:
    """Lines as `sha256sum --check` reads them, by name."""
    return "".join(f"{sha256(file)}  {file.name}\n" for file in sorted(files))


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
