"""The profiles: which account at which venue in which environment, by name, in settings/profiles.json.

No edit of this file leads from practice or sandbox to production. An entry names an environment, but the address comes from
the environment: the Trading API's from a table in the program, practice's from this computer. An entry whose environment is
edited is another profile: its keys (`keyring_name`), journal and lock carry the environment, so it finds none of the old one's,
starts with trading off and asks for production's phrase. An edited provider finds no keys either. A partner's host counts only
while it equals the one a person confirmed, which is kept with the profile's keys and not in this file (`domain.profile.check_pin`).
Two entries of one name or one id are both refused, so that none can take another's place, and "practice" is built in. Two programs
may change the file at the same time, each its own entries (`Profiles.save`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from app.domain.profile import PRACTICE, Profile, ProfileError, keyring_name, same_name
from app.domain.redact import beginning
from app.store import settings
from app.store.turn import alone

FILE: Final = "profiles.json"


class _File(msgspec.Struct, frozen=True):
    """The entries stay plain here, so that a bad one is left out alone."""

    version: int = 1
    profiles: list[Any] = []


class Profiles:
    """The built-in practice profile and those of the file, in its order. `words` says what was left out and why."""

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = settings.utc_now, has_past: Callable[[Profile], bool] = lambda _profile: False
    ) -> None:
        """Read `path`; never raises for what it holds. `has_past`: something of an account that is gone lies where this one's would."""
        self._path = path
        self._has_past = has_past
        self._now = now
        self._changes: list[Callable[[], None]] = []
        self.words = self._read()

    def _read(self) -> tuple[str, ...]:
        """Take what the file has now; sentences about what was left out."""
        found = settings.read(self._path, _File, _File, now=self._now)
        entries = [_entry(place, plain) for place, plain in enumerate(found.value.profiles, 1)]
        good = [entry.profile for entry in entries if entry.profile]
        taken = Counter(mark for profile in good for mark in _marks(profile))
        self._own = [profile for profile in good if all(taken[mark] == 1 for mark in _marks(profile))]
        words = tuple(words for words in (found.words, *(entry.words for entry in entries), *_doubles(taken)) if words)
        self._is_lossy = bool(words)
        return words

    @property
    def all(self) -> tuple[Profile, ...]:
        return (PRACTICE, *self._own)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.all)

    def find(self, name: str) -> Profile:
        """The profile of this name, small and large letters alike; ProfileError names those there are."""
        for profile in self.all:
            if same_name(profile.name) == same_name(name):
                return profile
        there = ", ".join(profile.name for profile in self.all)
        raise ProfileError(f"There is no profile {beginning(name)!r}. There are: {there}")

    def add(self, profile: Profile) -> Profile:
        """The profile as it was added: with an id of its own where another's keys, or the journal of one that was deleted, are filed
        under its name.

        ProfileError when the name is taken. Nothing is written before `save`.
        """
        self._refuse_taken(profile.name, None)
        slugs = {same_name(other.slug) for other in self.all}
        added, number = profile, 1
        while same_name(added.slug) in slugs or self._has_past(added):
            number += 1
            added = msgspec.structs.replace(profile, id=f"{profile.slug[:36].rstrip()}-{number}")
        self._do(lambda: self._append(added))
        return added

    def _append(self, profile: Profile) -> None:
        self._refuse_taken(profile.name, None)
        if any(same_name(profile.slug) == same_name(other.slug) for other in self.all):
            raise ProfileError("Another profile was added meanwhile: try again")
        self._own.append(profile)

    def change(self, name: str, changed: Profile) -> None:
        """Put `changed` in the place of the profile `name`, which keeps its id: so it is renamed without moving its keys.

        ProfileError for the built-in profile, a name that is not there or taken, and another environment or provider.
        """
        profile = self.find(name)
        if profile is PRACTICE:
            raise ProfileError("The practice profile is built in and stays as it is")
        if (profile.environment, profile.provider) != (changed.environment, changed.provider):
            raise ProfileError("A profile keeps its environment and its provider: make another profile")
        self._refuse_taken(changed.name, profile)
        kept_id = profile.slug if changed.name != profile.slug else ""
        after = msgspec.structs.replace(changed, id=kept_id)
        self._do(lambda: self._exchange(profile, after))

    def _exchange(self, before: Profile, after: Profile) -> None:
        if before not in self._own:
            raise ProfileError(f"The profile {before.name!r} was changed elsewhere meanwhile: look at it again")
        self._refuse_taken(after.name, before)
        self._own[self._own.index(before)] = after

    def free_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it where that is taken."""
        taken = {same_name(profile.name) for profile in self.all}
        name, number = wanted, 1
        while same_name(name) in taken:
            number += 1
            name = f"{wanted[:36].rstrip()} {number}"
        return name

    def remove(self, name: str) -> None:
        """ProfileError for the built-in profile and for a name that is not there. Keys and journal stay where they are."""
        profile = self.find(name)
        if profile is PRACTICE:
            raise ProfileError("The practice profile is built in and stays")
        self._do(lambda: self._drop(profile))

    def _drop(self, profile: Profile) -> None:
        self._own = [one for one in self._own if keyring_name(one) != keyring_name(profile)]

    def _do(self, change: Callable[[], None]) -> None:
        """Change what was read, and remember how: `save` does the same to the file as it is then."""
        change()
        self._changes.append(change)

    def _refuse_taken(self, name: str, but: Profile | None) -> None:
        if any(same_name(name) == same_name(other.name) for other in self.all if other != but):
            raise ProfileError(f"There is a profile {name!r} already")

    def save(self) -> None:
        """Do what was done here to the file as it is now: what another program wrote meanwhile stays.

        When something of it had been left out, a copy of it is kept first. ProfileError when the two do not go together, OSError passes
        through; the file is then as it was.
        """
        with alone(self._path):
            self._read()
            for change in self._changes:
                change()
            if self._is_lossy and self._path.is_file():
                settings.copy_aside(self._path, self._now())
            settings.write(self._path, _File(profiles=list(self._own)))
        self._is_lossy = False
        self._changes.clear()


class _Entry(msgspec.Struct, frozen=True):
    profile: Profile | None
    words: str


def _entry(place: int, plain: object) -> _Entry:
    """One entry of the file, with a sentence when something is wrong with it."""
    where = f"Entry {place} of {FILE}" + (f" ({beginning(_named(plain))!r})" if _named(plain) else "")
    try:
        profile = msgspec.convert(plain, Profile)
    except msgspec.ValidationError as error:
        return _Entry(None, f"{where} is left out: {error}.")
    if same_name(profile.name) == same_name(PRACTICE.name):
        return _Entry(None, f"{where} is left out: the practice profile is built in.")
    return _Entry(profile, settings.unknown_words(where, profile, plain))


def _marks(profile: Profile) -> set[tuple[str, str]]:
    """What no two profiles may have in common."""
    return {("named", same_name(profile.name)), ("filed under", same_name(profile.slug))}


def _doubles(taken: Counter[tuple[str, str]]) -> list[str]:
    return [
        f"{count} entries of {FILE} are {how} {beginning(key)!r}; all are left out, because it is not clear which is meant."
        for (how, key), count in taken.items()
        if count > 1 and (how == "named" or taken["named", key] < count)
    ]


def _named(plain: object) -> str:
    name = plain.get("name") if isinstance(plain, dict) else None
    return name if isinstance(name, str) else ""
