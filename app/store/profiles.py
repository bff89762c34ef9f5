"""The profiles: which account at which venue in which environment, by name, in settings/profiles.json.

No edit of this file leads from practice or sandbox to production. An entry names an environment, but the address comes from
the environment: the Trading API's from a table in the program, practice's from this computer. An entry whose environment is
edited is another profile: its keys (`keyring_name`), journal and lock carry the environment, so it finds none of the old one's,
starts with trading off and asks for production's phrase. An edited provider finds no keys either. A partner's host counts only
while it equals the one a person confirmed, which the journal keeps and this file does not (`check_pin`). Two entries of one
name are both refused, so that none can take another's place, and "practice" is built in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from app.domain.environment import Environment
from app.store import settings

FILE: Final = "profiles.json"
_NAME: Final = re.compile(r"[A-Za-z0-9 _-]{1,40}")
_HOST: Final = re.compile(r"[!-~]{0,300}")
_AGGREGATOR: Final = re.compile(r"[A-Za-z0-9_-]{0,40}")
_SELECTIONS: Final = range(2_000_001)
_LONGEST_FILE: Final = 4_000
_FASTEST: Final = 1_000
_CALL: Final = re.compile(r"[a-z_]{1,40}")
_PATH: Final = re.compile(r"[A-Za-z0-9_./-]{1,100}")


class Provider(StrEnum):
    """Whose API a profile speaks: the Trading API, B2B Omnibus, Rankacy."""

    TRADING = "trading"
    OMNIBUS = "omnibus"
    RANKACY = "rankacy"


class ProfileError(ValueError):
    """A profile that cannot be, is not there, or is there twice; `str(error)` is a sentence."""


class PinError(ProfileError):
    """The host in the file is not the one that was confirmed: nothing may be sent to it."""


class Profile(msgspec.Struct, frozen=True):
    """`host` is empty but for an Omnibus or Rankacy account at a venue. ProfileError when the parts do not fit.

    For the Trading API: `spelling` is which of its names are spoken, `paths` puts single ones in the table's place, by the call's name;
    `aggregator` is put before every order's reference, and `check_location` asks the venue before each order whether it may be placed
    from here (both for Direct Linking, contract 5.3). `selections` is how many are read ahead and kept of what nobody looks at.

    A practice profile with a `replay` plays that recording, `pace` times as fast as it was recorded (0: as fast as it is taken).
    """

    name: str
    environment: Environment
    provider: Provider
    host: str = ""
    spelling: Literal["v4", "seed", "legacy"] = "v4"
    paths: dict[str, str] = {}
    aggregator: str = ""
    check_location: bool = False
    selections: int = 150_000
    replay: str = ""
    pace: float = 1.0

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", self.name.strip(" "))
        if words := _objection(self):
            raise ProfileError(words)


def _key(name: str) -> str:
    """Names that differ in small and large letters only would share a file on some systems, so they are one name."""
    return name.strip(" ").lower()


def _objection(profile: Profile) -> str:
    if not _NAME.fullmatch(profile.name):
        return "A profile's name has 1 to 40 letters A to Z, digits, spaces, _ and -"
    if _key(profile.name) == "practice" and (profile.environment, profile.provider) != (Environment.PRACTICE, Provider.TRADING):
        return 'The name "practice" is the built-in practice profile\'s'
    if profile.host and profile.environment == Environment.PRACTICE:
        return "A practice profile has no host: practice stays on this computer"
    if profile.host and profile.provider == Provider.TRADING:
        return "A Trading API profile has no host: the venue's own hosts are fixed"
    if not _HOST.fullmatch(profile.host):
        return "A host has at most 300 characters, all of them printable ASCII"
    if profile.provider != Provider.TRADING and (profile.paths or profile.aggregator or profile.check_location):
        return "Paths, an aggregator and the check of the location are settings of Trading API profiles only"
    if profile.replay and (profile.environment, profile.provider) != (Environment.PRACTICE, Provider.TRADING):
        return "Only a practice profile of the Trading API plays a recording"
    if not profile.replay.isprintable() or len(profile.replay) > _LONGEST_FILE:
        return f"The name of a recording has at most {_LONGEST_FILE:,} signs, all of them printable"
    if not 0 <= profile.pace <= _FASTEST:
        return f"A recording is played between 0 and {_FASTEST:,} times as fast"
    if profile.selections not in _SELECTIONS:
        return f"Between 0 and {_SELECTIONS.stop - 1:,} selections can be kept"
    if not _AGGREGATOR.fullmatch(profile.aggregator):
        return "An aggregator's id has at most 40 letters A to Z, digits, _ and -"
    for name, path in profile.paths.items():
        if not _CALL.fullmatch(name) or not _PATH.fullmatch(path):
            return f"The path of {name[:40]!r} has other signs than letters A to Z, digits, _, -, . and /, or more than 100 of them"
    return ""


PRACTICE: Final = Profile("practice", Environment.PRACTICE, Provider.TRADING)


class _File(msgspec.Struct, frozen=True):
    """The entries stay plain here, so that a bad one is left out alone."""

    version: int = 1
    profiles: list[Any] = []


class Profiles:
    """The built-in practice profile and those of the file, in its order. `words` says what was left out and why."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = settings.utc_now) -> None:
        """Read `path`; never raises for what it holds."""
        self._path = path
        self._now = now
        found = settings.read(path, _File, _File, now=now)
        entries = [_entry(place, plain) for place, plain in enumerate(found.value.profiles, 1)]
        good = [entry.profile for entry in entries if entry.profile]
        taken = Counter(_key(profile.name) for profile in good)
        self._own = [profile for profile in good if taken[_key(profile.name)] == 1]
        self.words = tuple(words for words in (found.words, *(entry.words for entry in entries), *_doubles(taken)) if words)
        self._is_lossy = bool(self.words)

    @property
    def all(self) -> tuple[Profile, ...]:
        return (PRACTICE, *self._own)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.all)

    def find(self, name: str) -> Profile:
        """The profile of this name, small and large letters alike; ProfileError names those there are."""
        for profile in self.all:
            if _key(profile.name) == _key(name):
                return profile
        there = ", ".join(profile.name for profile in self.all)
        raise ProfileError(f"There is no profile {name[:40]!r}. There are: {there}")

    def add(self, profile: Profile) -> None:
        """ProfileError when the name is taken. Nothing is written before `save`."""
        if any(_key(profile.name) == _key(other.name) for other in self.all):
            raise ProfileError(f"There is a profile {profile.name!r} already")
        self._own.append(profile)

    def remove(self, name: str) -> None:
        """ProfileError for the built-in profile and for a name that is not there. Keys and journal stay where they are."""
        profile = self.find(name)
        if profile is PRACTICE:
            raise ProfileError("The practice profile is built in and stays")
        self._own.remove(profile)

    def save(self) -> None:
        """Write the file; when something of the old one had been left out, a copy of it is kept first. OSError passes through."""
        if self._is_lossy and self._path.is_file():
            settings.copy_aside(self._path, self._now())
        self._is_lossy = False
        settings.write(self._path, _File(profiles=list(self._own)))


def keyring_name(profile: Profile) -> str:
    """Under which the profile's keys are kept. Names hold no slash, so no two profiles share one, whatever the file says."""
    return f"overround/{profile.environment}/{profile.provider}/{profile.name}"


def check_pin(profile: Profile, pinned: str) -> None:
    """PinError unless `profile.host` is exactly `pinned`, the host a person confirmed for it ("" for none).

    `pinned` must come from where no edit of the profiles' file reaches. Both are the address as `hosts.partner` writes it.
    """
    if profile.host != pinned:
        was = f"{pinned} was confirmed for it" if pinned else "no host was confirmed for it"
        named = profile.host or "no host"
        raise PinError(f"The file names {named} for the profile {profile.name!r}, but {was}. Confirm the host again to use it")
    needs_host = profile.provider != Provider.TRADING and profile.environment != Environment.PRACTICE
    if needs_host and not profile.host:
        raise PinError(f"The profile {profile.name!r} has no host yet: type the one you were given")


class _Entry(msgspec.Struct, frozen=True):
    profile: Profile | None
    words: str


def _entry(place: int, plain: object) -> _Entry:
    """One entry of the file, with a sentence when something is wrong with it."""
    where = f"Entry {place} of {FILE}" + (f" ({_named(plain)[:40]!r})" if _named(plain) else "")
    try:
        profile = msgspec.convert(plain, Profile)
    except msgspec.ValidationError as error:
        return _Entry(None, f"{where} is left out: {error}.")
    if _key(profile.name) == _key(PRACTICE.name):
        return _Entry(None, f"{where} is left out: the practice profile is built in.")
    return _Entry(profile, settings.unknown_words(where, profile, plain))


def _doubles(taken: Counter[str]) -> list[str]:
    return [
        f"{count} entries of {FILE} are named {key[:40]!r}; all are left out, because it is not clear which is meant."
        for key, count in taken.items()
        if count > 1
    ]


def _named(plain: object) -> str:
    name = plain.get("name") if isinstance(plain, dict) else None
    return name if isinstance(name, str) else ""
