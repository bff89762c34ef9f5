"""A team's money over the rounds: what it can buy, and what that is worth in a duel. Money is dollars of the game for each player."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Buy(StrEnum):
    PISTOL = "pistol"
    ECO = "eco"
    HALF = "half"
    FULL = "full"


COST = {Buy.PISTOL: 700, Buy.ECO: 200, Buy.HALF: 2_000, Buy.FULL: 4_200}
POWER = {Buy.PISTOL: 0.0, Buy.ECO: -0.5, Buy.HALF: -0.2, Buy.FULL: 0.0}
"""What a buy adds to the logit of a duel."""

FIRST_MONEY = 800
MOST_MONEY = 10_000
WIN = 3_250
KEPT = 1_300  # what survivors of a won round carry on
LOSS, LOSS_STEP, MOST_LOSSES = 1_400, 500, 4
FIRST_ROUNDS = (1, 13)


class Purse(NamedTuple):
    """`losses` is the length of the losing run that the loss bonus counts."""

    money: int = FIRST_MONEY
    losses: int = 1

    def buy(self, number: int) -> Buy:
        """What it buys in the round with this number."""
        if number in FIRST_ROUNDS:
            return Buy.PISTOL
        if self.money >= COST[Buy.FULL] - 300:
            return Buy.FULL
        return Buy.HALF if self.money >= COST[Buy.HALF] else Buy.ECO

    def after(self, number: int, has_won: bool) -> Purse:
        """The purse for the round after `number`."""
        if number + 1 in FIRST_ROUNDS:
            return Purse()
        bought = self.buy(number)
        left = max(0, self.money - COST[bought])
        if has_won:
            kept = 0 if bought is Buy.ECO else KEPT
            return Purse(min(MOST_MONEY, left + WIN + kept), max(0, self.losses - 1))
        bonus = LOSS + LOSS_STEP * min(MOST_LOSSES, self.losses - 1) if self.losses else LOSS
        return Purse(min(MOST_MONEY, left + bonus), self.losses + 1)
