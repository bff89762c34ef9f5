"""When an unattended desk is locked."""

from __future__ import annotations

from typing import Final

import msgspec

MINUTES: Final = range(1, 241)
SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 64


class IdleChoice(msgspec.Struct, frozen=True):
    """Whether the desk is locked after so many minutes without a key or a mouse. ValueError for minutes out of range."""

    is_on: bool = False
    minutes: int = 10

    def __post_init__(self) -> None:
        if self.minutes not in MINUTES:
            raise ValueError(f"The desk can be locked after {MINUTES.start} to {MINUTES.stop - 1} minutes")


def pin_objection(pin: str) -> str:
    """Why this cannot be a PIN; empty when it can."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        return f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} characters"
    if not pin.isprintable() or pin != pin.strip():
        return "A PIN neither begins nor ends with a space, and all of its characters are printed"
    if len(set(pin)) == 1:
        return "A PIN of one character again and again is guessed at once"
    return ""
