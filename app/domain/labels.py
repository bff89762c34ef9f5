"""What things are called on the screen of an account: each API's guide asks those who show its markets to use its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from app.domain.profile import Provider


class Labels(msgspec.Struct, frozen=True):
    """Titles, capital first; `odds`, `stake` and `selection` are this program's words for the three. A sentence takes its words from here
    while it is made: what is said already may quote a name that is such a word.
    """

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

    @property
    def many_odds(self) -> str:
        """Several of them, in a sentence: what holds for every one."""
        return _several(self.odds_low)

    @property
    def selections(self) -> str:
        return _several(self.selection_low)

    def fill(self, text: str) -> str:
        """A text of this program with the words in their places: `{stake}` in a sentence, `{Stake}` at its beginning."""
        small = {"odds": self.odds_low, "stake": self.stake_low, "selection": self.selection_low}
        return text.format(**small, Odds=self.odds, Stake=self.stake, Selection=self.selection)

    def column(self, name: str) -> str:
        """What a column is called whose name here may be one of the three."""
        return {"odds": self.odds_low, "stake": self.stake_low, "selection": self.selection_low}.get(name, name)


OWN: Final = Labels()
"""The words of this program, where no account is meant."""

LABELS: Final[Mapping[Provider, Labels]] = {
    Provider.TRADING: Labels("Price", "Quantity", "Participant"),
    Provider.OMNIBUS: OWN,
    Provider.RANKACY: Labels(selection="Side"),
}
"""The Trading API's guide speaks of participant, order, price and quantity; the B2B guide of odds, stake and order."""


def _several(word: str) -> str:
    return word if word.endswith("s") else f"{word}s"
