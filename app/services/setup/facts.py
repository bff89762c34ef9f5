"""What the page of profiles says of one: where it goes, where its keys are, how old they are, what deleting it removes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from app.domain.environment import Environment
from app.domain.keys import KeyNote, Place
from app.domain.profile import PRACTICE, Profile, Provider, keyring_name

OLD: Final = 90  # days after which keys should be made anew
NO_KEYS: Final = "none yet: press “New keys…”"
_GONE: Final = {
    Place.KEYRING: NO_KEYS,
    Place.PASSPHRASE: "the sealed file is gone: press “New keys…”",
    Place.SESSION: "they were for one run only and are forgotten: press “New keys…”",
}


class Fact(msgspec.Struct, frozen=True):
    """One line. `is_warning`: something should be done about it; `is_code`: an address or a fingerprint, to be read sign by sign."""

    title: str
    words: str
    is_warning: bool = False
    is_code: bool = False


def is_built_in(profile: Profile) -> bool:
    return keyring_name(profile) == keyring_name(PRACTICE)


def days_ago(at: datetime, now: datetime) -> str:
    """In whole days of 24 hours; a clock that was set back does not make it the future."""
    days = max((now - at).days, 0)
    return "today" if days == 0 else "1 day ago" if days == 1 else f"{days:,} days ago"


def is_old(note: KeyNote | None, now: datetime) -> bool:
    return note is not None and (now - note.made_at).days >= OLD


def facts(profile: Profile, address: str, place: Place | None, note: KeyNote | None, now: datetime) -> tuple[Fact, ...]:
    """`address` is where its requests go; empty: this computer."""
    found = [Fact("Address", address or "this computer, where the practice exchange says", is_code=bool(address))]
    if profile.provider is Provider.OMNIBUS:
        found.append(Fact("Issuer id", profile.issuer or "none yet", is_warning=not profile.issuer))
        found.append(Fact("Key id", profile.key_id or "none"))
    found.append(_keys(profile, place, note))
    if place is not None and note is not None:
        found += _ages(note, now)
    return tuple(found)


def _keys(profile: Profile, place: Place | None, note: KeyNote | None) -> Fact:
    if is_built_in(profile):
        return Fact("Keys", "practice's own: its exchange made the pair")
    match place:
        case Place.KEYRING:
            found = "found " if note and note.is_found else ""
            return Fact("Keys", f"{found}in the keyring of this computer, as {keyring_name(profile)}")
        case Place.PASSPHRASE:
            return Fact("Keys", "in a file sealed with a passphrase")
        case Place.SESSION:
            return Fact("Keys", "for this run only: they are forgotten when the program ends")
        case None:
            return Fact("Keys", _GONE[note.place] if note else NO_KEYS, is_warning=True)


def _ages(note: KeyNote, now: datetime) -> list[Fact]:
    made = days_ago(note.made_at, now)
    if note.is_found:
        made = f"not known: what was noted of them was lost, and they were found {made}"
    words = f"{made}, more than {OLD} days: press “New keys…” to replace them" if is_old(note, now) else made
    proven = days_ago(note.proven_at, now) if note.proven_at else "never: press “Test now”"
    found = [
        Fact("Made", words, is_warning=is_old(note, now)),
        Fact("Proven", proven, is_warning=note.proven_at is None),
        Fact("Last used", days_ago(note.used_at, now) if note.used_at else "never"),
    ]
    if note.fingerprint:
        found.append(Fact("Fingerprint", note.fingerprint, is_code=True))
    return found


def removal(profile: Profile, place: Place | None) -> tuple[str, ...]:
    """What deleting it would remove and what would stay, a sentence each."""
    kept = {
        None: "No keys of it are known on this computer.",
        Place.KEYRING: "Its keys are removed from the keyring of this computer.",
        Place.PASSPHRASE: "The file with its sealed keys is removed.",
        Place.SESSION: "Its keys, which were kept for this run only, are forgotten.",
    }[place]
    return (
        f"The profile “{profile.name}” is taken off the list.",
        kept,
        _at_venue(profile),
        "Its journal and its limits stay on this computer, because what was ordered is not forgotten; "
        "an account that is set up under the same name later gets a journal of its own.",
    )


def _at_venue(profile: Profile) -> str:
    if profile.environment is Environment.PRACTICE:
        return "Practice's own keys open nothing else."
    return {
        Provider.TRADING: "Its keys stay valid at ProphetX until you delete them on its API page.",
        Provider.OMNIBUS: "Its public key stays registered at Prophet: ask them to remove it.",
        Provider.RANKACY: "Its key stays valid at Rankacy until its administrator withdraws it.",
    }[profile.provider]
