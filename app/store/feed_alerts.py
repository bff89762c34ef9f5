"""The alerts on a league as a settings file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.domain.feed_alert import FeedAlert
from app.store import lookouts, settings


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
    return lookouts.keep(path, Alerted(alerts), "alerts")
