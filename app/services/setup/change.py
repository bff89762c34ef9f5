"""The settings of a profile that is there, as they are typed: what is still wrong with them, and the profile that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

import msgspec

from app.domain.profile import Profile, ProfileError, Provider
from app.domain.redact import beginning
from app.services.setup import claims

Spelling = Literal["v4", "seed", "legacy"]
SPELLINGS: Final[tuple[Spelling, ...]] = get_args(Spelling)
Fields = Literal["guide", "v4"]
FIELDS: Final[tuple[Fields, ...]] = get_args(Fields)
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


class ProfileChange:
    """Holds what was typed; `objection` is a sentence, empty when it can be saved. `check` has the last word about a profile."""

    def __init__(self, profile: Profile, check: Callable[[Profile], str] = lambda _profile: "") -> None:
        self.before = profile
        self._check = check
        self.spelling: Spelling = profile.spelling
        self.paths = own_text(profile.paths)
        self.names = own_text(profile.names)
        self.aggregator = profile.aggregator
        self.check_location = profile.check_location
        self.selections = str(profile.selections)
        self.proxy = profile.proxy
        self.issuer = profile.issuer
        self.key_id = profile.key_id
        self.token = profile.token
        self.fields: Fields = profile.fields
        self.batches = profile.batches
        self.many_events = profile.many_events
        self.token_objection = ""

    def shape_token(
        self, algorithm: claims.Algorithm, hash_claim: str, encoding: claims.Encoding, lifetime: str, lines: str, *, hash_empty: bool
    ) -> None:
        """Take the token's shape as it was typed; what does not fit is the objection until it does."""
        self.token_objection = ""
        try:
            self.token = claims.shape_of(algorithm, hash_claim, encoding, lifetime, lines, hash_empty=hash_empty)
        except ProfileError as problem:
            self.token_objection = str(problem)

    @property
    def objection(self) -> str:
        if self.token_objection:
            return self.token_objection
        try:
            return self._check(self.profile())
        except ProfileError as problem:
            return str(problem)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        try:
            return bool(self.token_objection) or self.profile() != self.before
        except ProfileError:
            return True

    def profile(self) -> Profile:
        """ProfileError while the fields do not make one."""
        changes: dict[str, object] = {"proxy": self.proxy}
        if self.before.provider is Provider.TRADING:
            changes |= {
                "spelling": self.spelling,
                "paths": paths_of(self.paths),
                "aggregator": self.aggregator.strip(),
                "check_location": self.check_location,
                "selections": _whole(self.selections),
            }
        if self.before.provider is Provider.OMNIBUS:
            changes |= {
                "issuer": self.issuer.strip(),
                "key_id": self.key_id.strip(),
                "token": self.token,
                "paths": paths_of(self.paths),
                "fields": self.fields,
                "names": names_of(self.names),
                "batches": self.batches,
                "many_events": self.many_events,
            }
        return msgspec.structs.replace(self.before, **changes)


def paths_of(text: str) -> dict[str, str]:
    """`call=path` lines. ProfileError."""
    return _own_of(text, "path", "call=path")


def names_of(text: str) -> dict[str, str]:
    """`part=name` lines. ProfileError."""
    return _own_of(text, "name", "part=name")


def _own_of(text: str, what: str, form: str) -> dict[str, str]:
    own: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        ours, sign, theirs = (part.strip() for part in line.partition("="))
        if not sign:
            raise ProfileError(f"Line {number} of the {what}s has no = in it: write {form}")
        if ours in own:
            raise ProfileError(f"The {what} of {beginning(ours)!r} is there twice")
        own[ours] = theirs
    return own


def own_text(own: Mapping[str, str]) -> str:
    """The lines that `paths_of` and `names_of` read back."""
    return "\n".join(f"{ours}={theirs}" for ours, theirs in own.items())


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise ProfileError("The number of selections that are kept is a whole number, like 150000")
    return int(text)
