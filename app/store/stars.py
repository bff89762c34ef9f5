"""The watch list as a settings file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.store import settings


class Starred(msgspec.Struct, frozen=True):
    """Event ids, the oldest star first."""

    events: tuple[int, ...] = ()
    version: int = 1


def read(path: Path) -> settings.Read[tuple[int, ...]]:
    """The stars in `path`, and words when it cannot be used."""
    told = settings.read(path, Starred, Starred)
    return settings.Read(told.value.events, told.words)


def keep(path: Path, events: tuple[int, ...]) -> str:
    """Write them down; a sentence when that could not be done."""
    try:
        settings.write(path, Starred(events))
    except OSError as problem:
        return f"The star holds until the end of the program, but could not be kept: {problem.strerror or problem}"
    return ""
