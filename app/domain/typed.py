"""A key as a person types or pastes it, and as it may be used."""

from __future__ import annotations

import re
from typing import Final

LONGEST_KEY: Final = 16_384  # characters
_AROUND: Final = " \t\r\n\v\f\x85\u00a0\u2028\u2029\u200b\u200c\u200d\u2060\ufeff\"'`\u2018\u2019\u201c\u201d\u201e\u201a\u00ab\u00bb"


def cleaned_key(text: str) -> str:
    """Without the blanks, quotes, line ends and marks without width that copying leaves around a key. What is inside stays as it is."""
    return text.strip(_AROUND)


def kind_of(text: str) -> str:
    """What a text is that was pasted as a key and cannot be one, as the end of "it is …"; empty where it may be one."""
    start = text[:40].lower()
    if "://" in start or start.startswith("www."):
        return "an address and no key"
    if start[:1] in {"{", "["}:
        return "a whole piece of JSON: only the value between the quotes is the key"
    if start.startswith("-----begin"):
        return "a PEM file, which this kind of account does not have"
    if re.match(r"(?:bearer|basic)\s|[a-z_-]{1,30}\s*[:=]\s", start):
        return "a line with more than the key: only what follows the name is the key"
    return ""


def is_one_word(text: str) -> bool:
    """Whether it may stand in a header: printable ASCII without a space, and of a length that keys have."""
    return text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= LONGEST_KEY
