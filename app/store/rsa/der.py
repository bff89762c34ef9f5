"""Just enough DER (X.690) to tell what a key is before a library is trusted with it: tags, lengths, contents. Nothing is decrypted."""

from __future__ import annotations

from typing import Final, NamedTuple

INTEGER: Final = 0x02
BITS: Final = 0x03
BYTES: Final = 0x04
NAME: Final = 0x06
"""An object identifier."""
SEQUENCE: Final = 0x30
FIRST: Final = 0xA0
"""The tag [0], put around something optional."""

_MOST: Final = 64  # parts of one sequence; the keys we know have at most eleven
_LONGEST: Final = 4  # bytes of a length


class DerError(ValueError):
    """This is not DER; nothing of it is in the text."""


class Part(NamedTuple):
    tag: int
    content: bytes

    @property
    def number(self) -> int:
        return int.from_bytes(self.content, "big", signed=True)


def is_sequence(data: bytes) -> bool:
    """Whether it begins as a sequence of more than 127 bytes does, as every key; text cannot."""
    return len(data) > 2 and data[0] == SEQUENCE and 0x80 < data[1] <= 0x80 + _LONGEST


def missing(data: bytes) -> int:
    """How many bytes the first part lacks at its end; negative for what stands after it. DerError."""
    start, length = _head(data, 0)
    return start + length - len(data)


def parts(data: bytes) -> tuple[Part, ...]:
    """The parts that stand one after the other in `data`. DerError."""
    found: list[Part] = []
    at = 0
    while at < len(data):
        start, length = _head(data, at)
        if len(found) == _MOST or start + length > len(data):
            raise DerError("not DER")
        found.append(Part(data[at], data[start : start + length]))
        at = start + length
    return tuple(found)


def inside(part: Part) -> tuple[Part, ...]:
    """The parts of a sequence. DerError when it is none."""
    if part.tag != SEQUENCE:
        raise DerError("not a sequence")
    return parts(part.content)


def only(data: bytes) -> tuple[Part, ...]:
    """The parts of the one sequence that `data` is. DerError."""
    found = parts(data)
    if len(found) != 1:
        raise DerError("not one sequence")
    return inside(found[0])


def _head(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the part at `at` begins, and its length."""
    if at + 2 > len(data):
        raise DerError("not DER")
    short = data[at + 1]
    if short < 0x80:
        return at + 2, short
    start = at + 2 + short - 0x80
    if not 0x80 < short <= 0x80 + _LONGEST or start > len(data):
        raise DerError("not DER")
    return start, int.from_bytes(data[at + 2 : start], "big")
