"""Why a signature does not match: the mistakes that people make, tried one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.domain.secret import Secret
from app.domain.signature import PREFIX, is_valid, signed


class Outcome(StrEnum):
    GOOD = "✓"
    BAD = "×"
    OPEN = "—"


class Check(msgspec.Struct, frozen=True):
    outcome: Outcome
    words: str


class Diagnosis(msgspec.Struct, frozen=True):
    """`words` in one or two sentences, `remedy` what to do about it (empty where it is valid), `checks` what was looked at."""

    is_valid: bool
    words: str
    remedy: str = ""
    checks: tuple[Check, ...] = ()


NO_TIME = Check(Outcome.OPEN, "no timestamp is signed: replays cannot be seen")


def examine(body: bytes, header: str, secret: Secret, others: Mapping[str, Secret]) -> Diagnosis:
    """`others`: secrets of other subscriptions, by what a person calls them."""
    checks = [_check(header.startswith(PREFIX), "header has sha256="), _check(header == header.lower(), "hex is lower case")]
    if is_valid(body, header.encode(), secret):
        return Diagnosis(True, "Valid.", checks=(*checks, NO_TIME))
    if is_valid(body, header.lower().encode(), secret):
        words = "Does not match as sent. The hex is upper case: the same digest in lower case matches."
        return Diagnosis(False, words, "Send lower case.", (*checks, NO_TIME))
    for name, other in others.items():
        if signed(body, other) == header:
            return Diagnosis(False, f"Signed with the secret of {name}.", f"Use the secret of {name}.", (*checks, NO_TIME))
    return Diagnosis(False, "Does not match.", "Compare the secret and the raw bytes of the body.", (*checks, NO_TIME))


def _check(is_good: bool, words: str) -> Check:
    return Check(Outcome.GOOD if is_good else Outcome.BAD, words)
