"""A piece of what a venue sent, fit to be shown and kept: no secret, no control characters, not long."""

from __future__ import annotations

import re

from app.domain.redact import BEARER, HIDDEN, JSON_OTHER, JSON_TEXT

__all__ = ["HIDDEN", "LONGEST", "cut", "redacted"]

LONGEST = 300  # characters
_LONG = re.compile(r"[A-Za-z0-9+/_=.:-]{65,}")  # no id is so long: a token or its like, under whatever name
_READ = 64 * 1024  # of the body: what is behind it is cut off anyway
_ENDS = frozenset(" \t\r\n\"'<>(){}[],;\\")  # where a word ends


def cut(text: str, most: int = LONGEST) -> str:
    """At most so many characters. A word at the cut goes as a whole: what cleans the text later would not know half a secret."""
    if len(text) <= most:
        return text
    end = most - 1
    while end and text[end] not in _ENDS:
        end -= 1
    return f"{text[:end]}…"


def redacted(body: bytes) -> str:
    """At most LONGEST characters; what a key that looks like a secret names, and whatever is as long as a token, is left out."""
    text = cut(body[: _READ + 1].decode("utf-8", "replace"), _READ)
    for pattern, kept in ((JSON_TEXT, rf'\1"{HIDDEN}"'), (JSON_OTHER, rf"\1{HIDDEN}"), (BEARER, f"bearer {HIDDEN}"), (_LONG, HIDDEN)):
        text = pattern.sub(kept, text)
    shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text[: LONGEST + 1])
    return cut(shown)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
