"""What things are called on the screen of an account: each API's guide asks those who show its markets to use its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from app.domain.profile import Provider


class Labels(msgspec.Struct, frozen=True):
    """Titles, capital first; `odds`, `stake` and `selection` are this program's words for the three."""

    odds: str = "Odds"
    stake: str = "Stake"
    selection: str = "Selection"

    @property
    def odds_low(self) -> str:
        """In a sentence."""
        return self.odds.lower()

    @property
    def stake_low(self) -> str:
        return self.stake.lower()

    @property
    def selection_low(self) -> str:
        return self.selection.lower()


LABELS: Final[Mapping[Provider, Labels]] = {
    Provider.TRADING: Labels("Price", "Quantity", "Participant"),
    Provider.OMNIBUS: Labels(),
    Provider.RANKACY: Labels(selection="Side"),
}
"""The Trading API's guide speaks of participant, order, price and quantity; the B2B guide of odds, stake and order."""
