"""A profile: which account at which venue in which environment. Plain values; the file of them is `store.profiles`."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Literal

import msgspec

from app.domain.environment import Environment
from app.domain.redact import beginning

_NAME: Final = re.compile(r"[A-Za-z0-9 _-]{1,40}")
_ID: Final = re.compile(r"[A-Za-z0-9 _-]{0,40}")
_HOST: Final = re.compile(r"[!-~]{0,300}")
_WORD: Final = re.compile(r"[A-Za-z0-9._:/-]{0,200}")
_CLAIM: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")
_AGGREGATOR: Final = re.compile(r"[A-Za-z0-9_-]{0,40}")
_SELECTIONS: Final = range(2_000_001)
_LONGEST_FILE: Final = 4_000
_FASTEST: Final = 1_000
_MOST_CLAIMS: Final = 20
_CALL: Final = re.compile(r"[a-z_]{1,40}")
_FIELD: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_PATH: Final = re.compile(r"[A-Za-z0-9_./-]{1,100}")
_OURS: Final = frozenset({"iss", "aud", "iat", "nbf", "exp", "jti"})
LIFETIMES: Final = range(10, 301)  # seconds; the venue's sister API takes less than 300


class Provider(StrEnum):
    """Whose API a profile speaks: the Trading API, B2B Omnibus, Rankacy."""

    TRADING = "trading"
    OMNIBUS = "omnibus"
    RANKACY = "rankacy"

    @property
    def called(self) -> str:
        """Its name on the screen."""
        return _CALLED[self]


_CALLED: Final = {
    Provider.TRADING: "ProphetX Trading API",
    Provider.OMNIBUS: "Prophet B2B Omnibus",
    Provider.RANKACY: "Rankacy feed",
}


class ProfileError(ValueError):
    """A profile that cannot be, is not there, or is there twice; `str(error)` is a sentence."""


class PinError(ProfileError):
    """The host in the file is not the one that was confirmed: nothing may be sent to it."""


class TokenShape(msgspec.Struct, frozen=True):
    """How the token of a B2B request is written, where the venue's page does not say it (contract 2.2); the defaults are the likeliest.

    `hash_claim` names the claim with the SHA-256 of the body; `hash_empty`: it is there for a request without a body too.
    `lifetime` is seconds; `claims` are put in beside the program's own and replace none of them. ProfileError when it cannot be.
    """

    algorithm: Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] = "RS256"
    hash_claim: str = "digest"
    hash_encoding: Literal["base64", "base64url", "hex"] = "base64"
    hash_empty: bool = True
    lifetime: int = 60
    claims: dict[str, str | int | bool] = {}

    def __post_init__(self) -> None:
        if words := self._objection():
            raise ProfileError(words)

    def _objection(self) -> str:
        if not _CLAIM.fullmatch(self.hash_claim):
            return "A claim's name has 1 to 60 letters A to Z, digits and . _ : / -"
        if self.hash_claim in _OURS:
            return f"The claim {self.hash_claim!r} has a meaning of its own and cannot hold the hash of the body"
        if self.lifetime not in LIFETIMES:
            return f"A token lives between {LIFETIMES.start} and {LIFETIMES.stop - 1} seconds"
        if len(self.claims) > _MOST_CLAIMS:
            return f"At most {_MOST_CLAIMS} claims can be added"
        for name, value in self.claims.items():
            if not _CLAIM.fullmatch(name):
                return f"The claim {beginning(name)!r} has other signs than letters A to Z, digits and . _ : / -"
            if name in _OURS or name == self.hash_claim:
                return f"The claim {name!r} is the program's own and cannot be added"
            if isinstance(value, str) and (len(value) > 300 or not value.isprintable()):
                return f"The claim {name!r} has more than 300 signs or some that are not printed"
        return ""


class Profile(msgspec.Struct, frozen=True):
    """`host` is empty but for an Omnibus or Rankacy account at a venue. ProfileError when the parts do not fit.

    `id` is what its keys, journal and lock are filed under; it never changes, so that a profile can be renamed. Empty: the name.

    For the Trading API: `spelling` is which of its names are spoken, `paths` puts single ones in the table's place, by the call's name;
    `aggregator` is put before every order's reference, and `check_location` asks the venue before each order whether it may be placed
    from here (both for Direct Linking, contract 5.3). `selections` is how many are read ahead and kept of what nobody looks at.

    For B2B: `issuer` is the issuer id that the venue gave, `key_id` goes into the token's header where there is one, `token` is its shape;
    `paths` as above; `fields` is what an order's parts are called, and `names` puts single names of what requests say in the place of the
    vocabulary's, by our word for each; `batches` whether several orders go in one request, and `many_events` whether the markets of
    several events are asked for in one: the guide speaks of these and prints neither path nor parameter.

    `proxy`: requests go through the proxy that the system names; never unless a person turned it on.

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
    id: str = ""
    issuer: str = ""
    key_id: str = ""
    token: TokenShape = TokenShape()
    fields: Literal["guide", "v4"] = "guide"
    names: dict[str, str] = {}
    batches: bool = False
    many_events: bool = False
    proxy: bool = False

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", self.name.strip(" "))
        if words := _objection(self):
            raise ProfileError(words)

    @property
    def slug(self) -> str:
        """What everything of the profile is filed under: its id, or its name as long as it was never renamed."""
        return self.id or self.name


def same_name(name: str) -> str:
    """Names that differ in small and large letters only would share a file on some systems, so they are one name."""
    return name.strip(" ").lower()


def keyring_name(profile: Profile) -> str:
    """Under which the profile's keys are kept. Names hold no slash, so no two profiles share one, whatever the file says."""
    return f"overround/{profile.environment}/{profile.provider}/{profile.slug}"


def needs_host(profile: Profile) -> bool:
    """Whether a person types its host: a partner's account that is not practice."""
    return profile.provider != Provider.TRADING and profile.environment != Environment.PRACTICE


def check_pin(profile: Profile, pinned: str) -> None:
    """PinError unless `profile.host` is exactly `pinned`, the host a person confirmed for it ("" for none).

    `pinned` must come from where no edit of the profiles' file reaches: it is kept with the profile's keys. Both are the address
    as `hosts.partner` writes it.
    """
    if profile.host != pinned:
        was = f"{pinned} was confirmed for it" if pinned else "no host was confirmed for it"
        named = profile.host or "no host"
        raise PinError(f"The file names {named} for the profile {profile.name!r}, but {was}. Confirm the host again to use it")
    if needs_host(profile) and not profile.host:
        raise PinError(f"The profile {profile.name!r} has no host yet: type the one you were given")


def _objection(profile: Profile) -> str:
    if not _NAME.fullmatch(profile.name):
        return "A profile's name has 1 to 40 letters A to Z, digits, spaces, _ and -"
    if not _ID.fullmatch(profile.id) or profile.id != profile.id.strip(" "):
        return "A profile's id has at most 40 letters A to Z, digits, spaces, _ and -"
    built_in = (Environment.PRACTICE, Provider.TRADING)
    if "practice" in {same_name(profile.name), same_name(profile.slug)} and (profile.environment, profile.provider) != built_in:
        return 'The name "practice" is the built-in practice profile\'s'
    own_feed = (Environment.PRACTICE, Provider.RANKACY)
    if "practice-feed" in {same_name(profile.name), same_name(profile.slug)} and (profile.environment, profile.provider) != own_feed:
        return 'The name "practice-feed" is the built-in practice league\'s'
    if profile.host and profile.environment == Environment.PRACTICE:
        return "A practice profile has no host: practice stays on this computer"
    if profile.host and profile.provider == Provider.TRADING:
        return "A Trading API profile has no host: the venue's own hosts are fixed"
    if not _HOST.fullmatch(profile.host):
        return "A host has at most 300 characters, all of them printable ASCII"
    if profile.provider != Provider.TRADING and (profile.aggregator or profile.check_location):
        return "An aggregator and the check of the location are settings of Trading API profiles only"
    if profile.provider == Provider.RANKACY and profile.paths:
        return "Paths are settings of Trading API and B2B Omnibus profiles only"
    if profile.provider != Provider.OMNIBUS and (profile.fields != "guide" or profile.names or profile.batches or profile.many_events):
        return "An order's fields, batches and markets of several events are settings of B2B Omnibus profiles only"
    if profile.provider != Provider.OMNIBUS and (profile.issuer or profile.key_id or profile.token != TokenShape()):
        return "An issuer id, a key id and a token's shape are settings of B2B Omnibus profiles only"
    if not _WORD.fullmatch(profile.issuer) or not _WORD.fullmatch(profile.key_id):
        return "An issuer id and a key id have at most 200 letters A to Z, digits and . _ : / -"
    if profile.replay and (profile.environment, profile.provider) != built_in:
        return "Only a practice profile of the Trading API plays a recording"
    if not profile.replay.isprintable() or len(profile.replay) > _LONGEST_FILE:
        return f"The name of a recording has at most {_LONGEST_FILE:,} signs, all of them printable"
    if not 0 <= profile.pace <= _FASTEST:
        return f"A recording is played between 0 and {_FASTEST:,} times as fast"
    if profile.selections not in _SELECTIONS:
        return f"Between 0 and {_SELECTIONS.stop - 1:,} selections can be kept"
    if not _AGGREGATOR.fullmatch(profile.aggregator):
        return "An aggregator's id has at most 40 letters A to Z, digits, _ and -"
    for name, theirs in profile.names.items():
        if not _CALL.fullmatch(name) or not _FIELD.fullmatch(theirs):
            return f"The name of the field {beginning(name)!r} has other signs than letters, digits, _, - and ., or more than 40 of them"
    for name, path in profile.paths.items():
        if not _CALL.fullmatch(name) or not _PATH.fullmatch(path):
            return f"The path of {beginning(name)!r} has other signs than letters A to Z, digits, _, -, . and /, or more than 100 of them"
    return ""


PRACTICE: Final = Profile("practice", Environment.PRACTICE, Provider.TRADING)
PRACTICE_FEED: Final = Profile("practice-feed", Environment.PRACTICE, Provider.RANKACY)
"""The exchange's own CS2 league, which is in no file and can be connected beside any practice account."""
