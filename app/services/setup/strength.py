"""How hard a passphrase is to guess: a rough figure from its length and its signs, in words."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from app.domain.passphrase import SHORTEST, passphrase_objection
from app.domain.secret import Secret

MOST: Final = 4  # the best level
_POOLS: Final = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
_OTHERS: Final = 30  # punctuation and blanks
_LEVELS: Final = (
    (40, 1, "weak: longer is better, as in four words that do not belong together"),
    (60, 2, "fair: a word more makes it good"),
    (80, 3, "good"),
)
"""Below how many bits, which level, in which words."""


class Strength(msgspec.Struct, frozen=True):
    """`level` from 0 (nothing, or too short) to 4; `words` say the same."""

    level: int
    words: str


def strength(passphrase: Secret) -> Strength:
    """Repeated signs count once each run, because `aaaaaaaa` is no longer than `a` for who guesses."""
    text = passphrase.reveal()
    if not text:
        return Strength(0, "nothing typed yet")
    if len(text) < SHORTEST:
        return Strength(0, f"too short: {len(text)} of at least {SHORTEST} characters")
    bits = _different(text) * math.log2(max(_pool(text), 2))
    for below, level, words in _LEVELS:
        if bits < below:
            return Strength(level, words)
    return Strength(MOST, "strong")


def objection(passphrase: Secret, again: Secret) -> str:
    """Why nothing is sealed with it, as a sentence; empty when it can be."""
    if words := passphrase_objection(passphrase, SHORTEST):
        return words
    return "" if passphrase == again else "The two passphrases differ"


def _different(text: str) -> int:
    """Signs that do not just repeat the one before, and at most twice the number of different ones."""
    runs = sum(1 for at, sign in enumerate(text) if at == 0 or text[at - 1] != sign)
    return min(runs, 2 * len(set(text)))


def _pool(text: str) -> int:
    known = sum(size for is_one, size in _POOLS if any(is_one(sign) for sign in text))
    return known + (_OTHERS if any(not sign.isalnum() for sign in text) else 0)
