"""A piece of what a venue sent, fit to be shown and kept: no secret, no control characters, not long."""

from __future__ import annotations

import re

from app.domain.redact import BASIC, BEARER, HIDDEN, JSON_OTHER, JSON_TEXT, JWK, beginning, shortened

__all__ = ["HIDDEN", "LONGEST", "cut", "redacted"]

LONGEST = 300  # characters
_LONG = re.compile(r"[A-Za-z0-9+/_=.:-]{65,}")  # no id is so long: a token or its like, under whatever name
_READ = 64 * 1024  # of the body: what is behind it is cut off anyway
_HIDING = (
    (JSON_TEXT, rf'\1"{HIDDEN}"'),
    (JSON_OTHER, rf"\1{HIDDEN}"),
    (JWK, rf"\1{HIDDEN}"),
    (BASIC, rf"\1 {HIDDEN}"),
    (BEARER, f"bearer {HIDDEN}"),
    (_LONG, HIDDEN),
)


def cut(text: str, most: int = LONGEST) -> str:
    """At most so many characters of it, and nothing that looks like a secret."""
    return beginning(text, most)


def redacted(body: bytes) -> str:
    """At most LONGEST characters; what a key that looks like a secret names, and whatever is as long as a token, is left out."""
    text = shortened(body[: _READ + 1].decode("utf-8", "replace"), _READ)
    for pattern, kept in _HIDING:
        text = pattern.sub(kept, text)
    shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text[: LONGEST + 1])
    return shortened(shown, LONGEST)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
