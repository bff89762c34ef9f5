"""Why a signature does not match: the mistakes that people make, tried one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.mistakes.cuts import cut
from app.domain.mistakes.headers import Reading, readings
from app.domain.mistakes.mistake import Mistake, Part
from app.domain.mistakes.search import Found, Search
from app.domain.secret import Secret
from app.domain.signature import PREFIX, is_valid


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


NO_TIME: Final = Check(Outcome.OPEN, "no timestamp is signed: replays cannot be seen")
_DIGITS: Final = 64
_ALWAYS: Final = (Part.PREFIX, Part.CASE, Part.BODY, Part.SECRET)
_TOLD_BY_MATCH: Final = {Part.BODY, Part.SECRET, Part.METHOD}


def examine(body: bytes, header: str, secret: Secret, others: Mapping[str, Secret], called: str = "") -> Diagnosis:
    """`others`: secrets of other subscriptions, by what a person calls them; `called`: whose this one is. Never raises.

    Takes milliseconds for what a webhook has, and below a second for 10 MB; what was not tried then, a check says.
    """
    if not header.strip():
        return Diagnosis(False, "There is no signature: the header is empty.", f"Send {PREFIX} and the digest.", (NO_TIME,))
    if not secret:
        return Diagnosis(False, "There is no secret to verify with.", "Give the secret of this subscription.", (NO_TIME,))
    if is_valid(body, header.encode(errors="replace"), secret):
        words = f"Valid: signed with the secret of {called}." if called else "Valid: this body was signed with this secret."
        return Diagnosis(True, words, checks=_checks((), Found(()), called, len(body)))
    held = readings(header)
    found = Search(body, secret, others).find(held)
    if found.mistakes is None:
        return _unexplained(held, found, called, body)
    return Diagnosis(False, _explained(found.mistakes), _remedy(found.mistakes), _checks(found.mistakes, found, called, len(body)))


def _explained(mistakes: Sequence[Mistake]) -> str:
    first = mistakes[0]
    if len(mistakes) == 1:
        proof = f": {first.proof}" if first.proof else ""
        return f"Does not match as sent. {_begun(first.words)}{proof}."
    *most, last = (mistake.words for mistake in mistakes)
    return (
        f"Does not match as sent, for {len(mistakes)} reasons. {_begun('; '.join(most))}, and {last}. With all of that undone it matches."
    )


def _unexplained(held: Sequence[Reading], found: Found, called: str, body: bytes) -> Diagnosis:
    if not held:
        words = f"Does not match: the header holds no digest. It should be {PREFIX} and {_DIGITS} hex digits."
        shape = Check(Outcome.BAD, Part.SHAPE)
        return Diagnosis(False, words, "Look at the header as it came, before any program changes it.", (shape, NO_TIME))
    noted = (*held[0].mistakes, *_length(held[0].digest))
    if (lost := cut(body)) is not None:
        words = "; ".join(mistake.words for mistake in (lost, *noted))
        return Diagnosis(False, f"Does not match: {words}.", lost.remedy, _checks((lost, *noted), found, called, len(body)))
    besides = f" Besides, {'; '.join(mistake.words for mistake in noted)}." if noted else ""
    remedy = "Compare the secret first; then the bytes: they have to be those that came over the wire, before any JSON is read."
    checks = _checks(noted, found, called, len(body))
    return Diagnosis(False, f"Does not match, and no mistake that is known here explains it.{besides}", remedy, checks)


def _length(digest: str) -> tuple[Mistake, ...]:
    if len(digest) == _DIGITS:
        return ()
    number = "1 hex digit" if len(digest) == 1 else f"{len(digest)} hex digits"
    return (Mistake(Part.LENGTH, f"the digest has {number}, and SHA-256 has {_DIGITS}", "", ""),)


def _remedy(mistakes: Sequence[Mistake]) -> str:
    return " ".join(dict.fromkeys(mistake.remedy for mistake in mistakes))


def _checks(mistakes: Sequence[Mistake], found: Found, called: str, size: int) -> tuple[Check, ...]:
    """Those of every signature, and others where something is wrong with them."""
    wrong = {mistake.part for mistake in mistakes}
    shown = [part for part in Part if part in wrong or (part in _ALWAYS and not (part is Part.CASE and Part.HEX in wrong))]
    told = [_check(part, wrong, called, is_open=found.mistakes is None) for part in shown]
    return (*told, *_not_tried(found.skipped, size), NO_TIME)


def _check(part: Part, wrong: set[Part], called: str, *, is_open: bool) -> Check:
    words = f"secret is that of {called}" if part is Part.SECRET and called else str(part)
    if part in wrong:
        return Check(Outcome.BAD, words)
    if is_open and part in _TOLD_BY_MATCH:
        return Check(Outcome.OPEN, f"{words}: not known")
    return Check(Outcome.GOOD, words)


def _not_tried(skipped: Sequence[str], size: int) -> list[Check]:
    return [Check(Outcome.OPEN, f"not tried, because the body has {size:,} bytes: {'; '.join(skipped)}")] if skipped else []


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
