"""Where things lie: the platform's own folders for data, settings and logs, and the program's resources."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
from platformdirs import PlatformDirs

NAME = "Overround"


class Folders(msgspec.Struct, frozen=True):
    """`data` holds what must not be lost, `settings` choices, `logs` what may be deleted."""

    data: Path
    settings: Path
    logs: Path

    def make(self) -> None:
        """Create them for this user only. OSError passes through: the caller says which folder and why."""
        for folder in (self.data, self.settings, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
            if os.name == "posix":
                folder.chmod(0o700)


def folders(below: Path | None = None) -> Folders:
    """The user's folders, or folders below `below` (tests, a second setup, a stick)."""
    if below is not None:
        return Folders(below / "data", below / "settings", below / "logs")
    dirs = PlatformDirs(NAME, appauthor=False)
    return Folders(Path(dirs.user_data_dir), Path(dirs.user_config_dir), Path(dirs.user_log_dir))


def root() -> Path:
    """Where the program's own files are: the checkout, or the folder a frozen program unpacks to."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parents[2]


def resources() -> Path:
    return root() / "resources"
