"""The proof run: that an account works, row by row, before anything of it is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

SWAP: Final = "Swap the two keys"
"""The remedy of a row that found the two keys of an account in each other's place."""


class ProofState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    GOOD = "good"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def mark(self) -> str:
        return {"waiting": "○", "running": "⏳", "good": "✓", "failed": "✗", "skipped": "–"}[self.value]


class ProofRow(msgspec.Struct, frozen=True):
    """One row. `words` says what was found or what failed, `remedy` what to do about it, `details` what a developer wants to see.

    `seconds` is how long it took, None until it ended. No text of it holds a secret: tokens are shown masked.
    """

    title: str
    state: ProofState = ProofState.WAITING
    seconds: float | None = None
    words: str = ""
    remedy: str = ""
    details: str = ""

    @property
    def is_swapped(self) -> bool:
        """Whether the two keys should be swapped."""
        return self.state is ProofState.FAILED and self.remedy == SWAP

    @property
    def is_over(self) -> bool:
        return self.state not in {ProofState.WAITING, ProofState.RUNNING}


class TokenPreview(msgspec.Struct, frozen=True):
    """What a B2B token would say, each as indented JSON: its header and its claims, without a signature."""

    header: str
    claims: str


class Registered(msgspec.Struct, frozen=True):
    """What the venue answered when it took a public key."""

    issuer: str
    key_id: str
