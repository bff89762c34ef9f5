"""A profile that this program alone has open: its lock, and the bell that a second start rings."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.profile import Profile
from app.store.lock import ProfileLock, where_open
from app.store.paths import Folders
from app.ui.doorbell import Doorbell, name_of


def _nobody() -> None:
    """Nobody sits here."""


class Seat:
    """TakenError or LockError when it cannot be had. `rung` is called for each ring; the program that sits here sets it."""

    def __init__(self, profile: Profile, where: Folders) -> None:
        self.profile = profile
        self.rung: Callable[[], None] = _nobody
        self._lock = ProfileLock(where.data, profile)
        self._lock.acquire()
        self._bell = Doorbell(bell_of(profile, where), self._ring)

    def _ring(self) -> None:
        self.rung()

    def leave(self) -> None:
        self.rung = _nobody  # whoever sat here is not held in memory by the seat
        self._bell.close()
        self._lock.release()


def bell_of(profile: Profile, where: Folders) -> str:
    return name_of(where.data, profile.slug)


def why_taken(profile: Profile, where: Folders) -> str:
    """That a program has this profile open, this one or another; empty where none has."""
    return where_open(where.data, profile)
