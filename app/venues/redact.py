"""A piece of what a venue sent, fit to be shown and kept: no secret, no control characters, not long."""

from __future__ import annotations

import re

LONGEST = 300  # characters
HIDDEN = "…"
_SECRET = r"[^\"\\]*(?:token|secret|auth|key|user_data|password|signature|jwt)[^\"\\]*"
_QUOTES = r"\\*\""  # JSON inside a JSON string carries its quotes behind backslashes
_TEXT = re.compile(rf"({_QUOTES}{_SECRET}{_QUOTES}\s*:\s*)({_QUOTES})(?:(?!\2).)*(?:\2|\Z)", re.IGNORECASE | re.DOTALL)
_OTHER = re.compile(rf"({_QUOTES}{_SECRET}{_QUOTES}\s*:\s*)(?!{_QUOTES})(?:\[[^\]]*\]?|\{{[^}}]*\}}?|[^,}}\]]*)", re.IGNORECASE)
_LONG = re.compile(r"[A-Za-z0-9+/_=.:-]{65,}")  # no id is so long: a token or its like, under whatever name
_BEARER = re.compile(r"bearer\s+[^\s\"\\]+", re.IGNORECASE)
_READ = 64 * 1024  # of the body: what is behind it is cut off anyway


def redacted(body: bytes) -> str:
    """At most LONGEST characters; what a key that looks like a secret names, and whatever is as long as a token, is left out."""
    text = body[:_READ].decode("utf-8", "replace")
    for pattern, kept in ((_TEXT, rf'\1"{HIDDEN}"'), (_OTHER, rf"\1{HIDDEN}"), (_BEARER, f"bearer {HIDDEN}"), (_LONG, HIDDEN)):
        text = pattern.sub(kept, text)
    shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
