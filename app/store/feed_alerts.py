"""The alerts on a league as a settings file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.domain.feed_alert import FeedAlert
from app.store import settings


class Alerted(msgspec.Struct, frozen=True):
    """The oldest first."""

    alerts: tuple[FeedAlert, ...] = ()
    version: int = 1


def read(path: Path) -> settings.Read[tuple[FeedAlert, ...]]:
    """The alerts in `path`, and words when it cannot be used."""
    told = settings.read(path, Alerted, Alerted)
    return settings.Read(told.value.alerts, told.words)


def keep(path: Path, alerts: tuple[FeedAlert, ...]) -> str:
    """Write them down; a sentence when that could not be done."""
    try:
        settings.write(path, Alerted(alerts))
    except OSError as problem:
        return f"The alerts hold until the end of the program, but could not be kept: {problem.strerror or problem}"
    except ValueError:
        return "The alerts hold until the end of the program, but they are too many to be kept: remove some"
    return ""
