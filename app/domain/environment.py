"""Where orders go: part of every address, key, journal file and window, so that none of one kind can be used for another."""

from __future__ import annotations

from enum import StrEnum


class Environment(StrEnum):
    """PRACTICE is the exchange on this computer, SANDBOX the venue's test system, PRODUCTION is money."""

    PRACTICE = "PRACTICE"
    SANDBOX = "SANDBOX"
    PRODUCTION = "PRODUCTION"

    @property
    def colour(self) -> str:
        """The name of its colour in every theme."""
        return f"mode.{self.value.lower()}"
