"""How to reach a profile's account: the venue's address and the kept keys, or the practice exchange that runs on this computer."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from app.domain.environment import Environment
from app.domain.keys import Credentials, VaultError
from app.domain.profile import PRACTICE, PRACTICE_FEED, Profile, ProfileError, Provider
from app.domain.secret import Secret
from app.exchange import fresh_journal
from app.outlet import VenueKeys, address_at_venue, keys_of
from app.services.setup.book import ProfileBook
from app.store import settings
from app.store.journal.shelf import journal_path
from app.store.paths import Folders
from app.store.profiles import FILE, Profiles
from app.store.vault.vault import Vault
from app.venues.hosts import Address, HostError, practice
from app.venues.prophetx.venue import Keys


class DoorwayError(Exception):
    """This profile's account cannot be reached from here; the text says why and what helps."""


class PracticeDoor(msgspec.Struct, frozen=True):
    """Where the practice exchange of a running window is, for a second program of the same person, with the exchange's own pair.

    `fresh` is the folder of the journals where they are others than the profiles' own.
    """

    url: str = ""
    access_key: str = ""
    secret_key: str = ""
    omnibus_url: str = ""
    fresh: str = ""

    def url_of(self, provider: Provider) -> str:
        """Empty where this exchange serves no such account."""
        return {Provider.TRADING: self.url, Provider.OMNIBUS: self.omnibus_url}.get(provider, "")


class Door(msgspec.Struct, frozen=True):
    """An account's address and keys."""

    address: Address
    keys: VenueKeys


def check_trades(profile: Profile) -> None:
    """DoorwayError for an account that nothing is ordered from."""
    if profile.provider is Provider.RANKACY:
        raise DoorwayError("A Rankacy feed takes no orders: there is nothing to be reached there for them")


def note_practice(where: Folders, door: PracticeDoor) -> None:
    """Tell other programs of this person where practice is. OSError passes through."""
    settings.write(_note(where), door)


def journal_of(profile: Profile, where: Folders) -> Path | None:
    """The journal of the practice exchange that runs now, where it is not the profile's own; None otherwise."""
    if profile.environment is not Environment.PRACTICE:
        return None
    fresh = _read_note(where).value.fresh
    return fresh_journal(Path(fresh), profile) if fresh else None


async def find(profile: Profile, where: Folders, read: Callable[[Profile], Awaitable[Credentials]]) -> Door:
    """The door to a profile's account. `read` gives its kept credentials; practice needs none. DoorwayError when there is no door."""
    try:
        if profile.environment is not Environment.PRACTICE:
            return Door(address_at_venue(profile), keys_of(profile, await read(profile)))
        return await _practice(profile, where, read)
    except (HostError, VaultError, ProfileError) as problem:
        raise DoorwayError(str(problem)) from problem


def at_prompt(book: ProfileBook) -> Callable[[Profile], Awaitable[Credentials]]:
    """Kept credentials for a mode without a window: a passphrase is asked for on the terminal, where there is one."""

    async def ask(words: str) -> Secret | None:
        if not sys.stdin.isatty():
            return None
        return Secret(await asyncio.to_thread(getpass.getpass, f"{words.rstrip('.')}: "))

    async def read(profile: Profile) -> Credentials:
        return await book.open_asking(profile, ask)

    return read


def profiles_of(where: Folders) -> Profiles:
    """The profiles' file as it is now. A new profile's id has no journal yet: one account never goes on with another's."""
    return Profiles(where.settings / FILE, has_past=lambda profile: os.path.lexists(journal_path(where, profile.slug, profile.environment)))


def book_of(where: Folders) -> ProfileBook:
    """The profiles and their keys, for a mode without a window."""
    return ProfileBook(lambda: profiles_of(where), Vault(where), now=settings.utc_now)


async def _practice(profile: Profile, where: Folders, read: Callable[[Profile], Awaitable[Credentials]]) -> Door:
    told = _read_note(where)
    noted = told.value
    if not noted.url:
        raise DoorwayError(told.words or "No practice exchange has been started from this folder yet")
    url = noted.url_of(profile.provider)
    if not url:
        raise DoorwayError(f"The practice exchange that runs now does not serve {profile.provider.called} accounts")
    if uses_exchanges_own(profile):
        return Door(practice(url), Keys(Environment.PRACTICE, Secret(noted.access_key), Secret(noted.secret_key)))
    return Door(practice(url), keys_of(profile, await read(profile)))


def uses_exchanges_own(profile: Profile) -> bool:
    """Whether this practice profile is entered with the pair that the exchange says; another one keeps keys of its own."""
    return profile.slug in {PRACTICE.slug, PRACTICE_FEED.slug} or bool(profile.replay)


def _read_note(where: Folders) -> settings.Read[PracticeDoor]:
    return settings.read(_note(where), PracticeDoor, PracticeDoor)


def _note(where: Folders) -> Path:
    return where.data / "practice-door.json"
