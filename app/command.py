"""What the modes without a window begin with: their two options, and the trading profile that is meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app import doorway
from app.domain.profile import Profile
from app.hygiene import keep_memory_private
from app.store import logs
from app.store.paths import Folders, folders
from app.store.profiles import FILE, Profiles


def meant(mode: str, does: str, arguments: Sequence[str]) -> tuple[Profile, Folders]:
    """The profile named in `arguments`, and its folders; logs go to stderr from here on. ProfileError and DoorwayError pass through."""
    options = _options(mode, does, arguments)
    logs.to_stderr()
    where = folders(options.home)
    profiles = Profiles(where.settings / FILE)
    for words in [*keep_memory_private(), *profiles.words]:
        sys.stderr.write(f"{words}\n")
    profile = profiles.find(options.profile)
    doorway.check_trades(profile)
    return profile, where


def _options(mode: str, does: str, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"overround {mode}", description=does)
    parser.add_argument("--profile", default="practice", help="the profile's name (%(default)s)")
    parser.add_argument("--home", type=Path, metavar="DIR", help="where data and settings are kept, if not in the platform's folders")
    return parser.parse_args(arguments)
