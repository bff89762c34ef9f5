"""How to reach a profile's account: the venue's fixed address and the keyring, or the practice exchange that runs on this computer."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.domain.environment import Environment
from app.store import settings
from app.store.paths import Folders
from app.store.profiles import Profile, Provider
from app.store.secrets import SecretsError, read_pair
from app.venues.hosts import Address, HostError, practice, trading
from app.venues.prophetx.venue import Keys


class DoorwayError(Exception):
    """This profile's account cannot be reached from here; the text says why and what helps."""


class PracticeDoor(msgspec.Struct, frozen=True):
    """Where the practice exchange of a running window is, for a second program of the same person. `journal`: another than its own."""

    url: str
    access_key: str
    secret_key: str
    journal: str = ""


class Door(msgspec.Struct, frozen=True):
    """An account's address and keys."""

    address: Address
    keys: Keys


def note_practice(where: Folders, door: PracticeDoor) -> None:
    """Tell other programs of this person where practice is. OSError passes through."""
    settings.write(_note(where), door)


def journal_of(profile: Profile, where: Folders) -> Path | None:
    """The journal of the practice exchange that runs now, where it is not the profile's own; None otherwise."""
    if profile.environment is not Environment.PRACTICE:
        return None
    journal = _read_note(where).value.journal
    return Path(journal) if journal else None


def find(profile: Profile, where: Folders) -> Door:
    """The door to a profile's account. DoorwayError when there is none."""
    if profile.provider is not Provider.TRADING:
        raise DoorwayError(f"This version does not speak to {profile.provider} accounts yet")
    try:
        return _practice(where) if profile.environment is Environment.PRACTICE else _venue(profile)
    except (HostError, SecretsError) as problem:
        raise DoorwayError(str(problem)) from problem


def _practice(where: Folders) -> Door:
    read = _read_note(where)
    if not read.value.url:
        raise DoorwayError(read.words or "No practice exchange has been started from this folder yet")
    keys = Keys(Environment.PRACTICE, read.value.access_key, read.value.secret_key)
    return Door(practice(read.value.url), keys)


def _venue(profile: Profile) -> Door:
    access, secret = read_pair(profile)
    return Door(trading(profile.environment), Keys(profile.environment, access, secret))


def _read_note(where: Folders) -> settings.Read[PracticeDoor]:
    return settings.read(_note(where), PracticeDoor, lambda: PracticeDoor("", "", ""))


def _note(where: Folders) -> Path:
    return where.data / "practice-door.json"
