"""What may be a passphrase."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.domain.secret import Secret

SHORTEST: Final = 8  # characters of a new one
LONGEST: Final = 1_000


def passphrase_objection(passphrase: Secret, shortest: int = 1) -> str:
    """Why nothing can be sealed or opened with it, as a sentence without its end; empty when it can.

    `shortest`: SHORTEST for one that is being chosen; what was sealed elsewhere may have a shorter one.
    """
    text = passphrase.reveal()
    if not text and shortest == 1:
        return "Type a passphrase: an empty one protects nothing"
    if len(text) < shortest:
        return f"A passphrase has at least {shortest} characters"
    if len(text) > LONGEST:
        return f"A passphrase has at most {LONGEST:,} characters; this one has {len(text):,}"
    if text.isspace():
        return "A passphrase needs more than spaces"
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        return "A passphrase cannot hold control characters, such as a line end, a tab or NUL"
    return ""
