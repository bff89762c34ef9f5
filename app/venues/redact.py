"""A piece of what a venue sent, fit to be shown and kept: no secret, no control characters, not long."""

from __future__ import annotations

import re

from app.domain.redact import BEARER, HIDDEN, JSON_OTHER, JSON_TEXT

__all__ = ["HIDDEN", "LONGEST", "redacted"]

LONGEST = 300  # characters
_LONG = re.compile(r"[A-Za-z0-9+/_=.:-]{65,}")  # no id is so long: a token or its like, under whatever name
_READ = 64 * 1024  # of the body: what is behind it is cut off anyway


def redacted(body: bytes) -> str:
    """At most LONGEST characters; what a key that looks like a secret names, and whatever is as long as a token, is left out."""
    text = body[:_READ].decode("utf-8", "replace")
    for pattern, kept in ((JSON_TEXT, rf'\1"{HIDDEN}"'), (JSON_OTHER, rf"\1{HIDDEN}"), (BEARER, f"bearer {HIDDEN}"), (_LONG, HIDDEN)):
        text = pattern.sub(kept, text)
    shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
