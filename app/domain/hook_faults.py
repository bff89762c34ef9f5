"""What the practice exchange does to its webhooks' deliveries on purpose, for whoever wants to see what becomes of them."""

from __future__ import annotations

from typing import Final

import msgspec

MOST_COPIES: Final = 100
LONGEST_DELAY: Final = 3_600.0  # seconds


class HookFaults(msgspec.Struct, frozen=True):
    """Of each delivery, until it is switched off: not sent at all, sent so many times more, so many seconds late, with a bit of its body
    turned over after it was signed, with its signature's hex in capitals.
    """

    drop: bool = False
    duplicate: int = 0
    delay: float = 0.0
    corrupt: bool = False
    upper: bool = False

    @property
    def words(self) -> str:
        """`drops each delivery, and sends it 2 s late`; empty where nothing is done to any."""
        if self.drop:
            return "drops each delivery"  # nothing else can be seen of it then
        told = [
            f"sends each delivery {self.duplicate + 1:,} times" if self.duplicate else "",
            f"sends it {self.delay:g} s late" if self.delay else "",
            "changes its body after it was signed" if self.corrupt else "",
            "writes its signature in capitals" if self.upper else "",
        ]
        return ", ".join(filter(None, told))
