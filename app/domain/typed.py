"""A key as a person types or pastes it, and as it may be used."""

from __future__ import annotations

from typing import Final

LONGEST_KEY: Final = 16_384  # characters
_AROUND: Final = " \t\r\n\v\f\x85\u00a0\u2028\u2029\u200b\u200c\u200d\u2060\ufeff\"'`\u2018\u2019\u201c\u201d\u201e\u201a\u00ab\u00bb"


def cleaned_key(text: str) -> str:
    """Without the blanks, quotes, line ends and marks without width that copying leaves around a key. What is inside stays as it is."""
    return text.strip(_AROUND)


def is_one_word(text: str) -> bool:
    """Whether it may stand in a header: printable ASCII without a space, and of a length that keys have."""
    return text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= LONGEST_KEY
