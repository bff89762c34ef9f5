"""The guards as a settings file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.domain.guard import Guard
from app.store import lookouts, settings


class Guarded(msgspec.Struct, frozen=True):
    """The oldest first."""

    guards: tuple[Guard, ...] = ()
    version: int = 1


def read(path: Path) -> settings.Read[tuple[Guard, ...]]:
    """The guards in `path`, and words when it cannot be used."""
    told = settings.read(path, Guarded, Guarded)
    return settings.Read(told.value.guards, told.words)


def keep(path: Path, guards: tuple[Guard, ...]) -> str:
    """Write them down; a sentence when that could not be done."""
    return lookouts.keep(path, Guarded(guards), "guards")
