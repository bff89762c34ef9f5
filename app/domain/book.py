"""The money waiting in a market, and what an order would meet there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds, from_probability


class Level(msgspec.Struct, frozen=True, gc=False):
    """One price: `takeable` is what a taker can stake there now, `resting` what its makers put there at first.

    The venue calls them value and quantity; on a partly filled level `resting` is too large (contract 1.3), so sizing uses `takeable`.
    """

    odds: Odds
    takeable: Decimal
    resting: Decimal


Side = tuple[Level, ...]


class Book(msgspec.Struct, frozen=True, gc=False):
    """All levels of a market, by selection id, best for the taker first. `sequence` is 0 for a book read over REST."""

    key: MarketKey
    sides: dict[str, Side]
    sequence: int = 0

    def side(self, selection_id: str) -> Side:
        return self.sides.get(selection_id, ())

    def best(self, selection_id: str) -> Level | None:
        side = self.side(selection_id)
        return side[0] if side else None


class Match(msgspec.Struct, frozen=True):
    """What a limit order would do against a side now: how much fills, at what average, and what is left to rest."""

    fills: Decimal
    rests: Decimal
    wins: Decimal
    levels: int


def match(side: Sequence[Level], odds: Odds, stake: Decimal) -> Match:
    """Walk `side` from the best price to the limit `odds` with `stake`."""
    left, wins, levels = stake, ZERO, 0
    for level in side:
        if left <= 0 or level.odds < odds:
            break
        taken = min(left, level.takeable)
        left -= taken
        wins += level.odds.profit(taken)
        levels += 1
    return Match(fills=stake - left, rests=left, wins=wins, levels=levels)


def takeable_at(side: Sequence[Level], odds: Odds) -> Decimal:
    """All the money that can be taken at `odds` or better."""
    return sum((level.takeable for level in side if not level.odds < odds), ZERO)


def overround(book: Book, selection_ids: Sequence[str]) -> Fraction | None:
    """The sum of the best prices' implied shares (1 is a fair book), or None while a selection has no offer."""
    best = [book.best(selection) for selection in selection_ids]
    if not best or any(level is None for level in best):
        return None
    return sum((level.odds.implied for level in best if level), Fraction(0))


def fair(book: Book, selection_ids: Sequence[str], selection_id: str) -> Odds | None:
    """The price of a selection with the margin taken out in proportion, or None while a selection has no offer or stands alone."""
    total = overround(book, selection_ids)
    level = book.best(selection_id)
    if total is None or level is None or level.odds.implied >= total:
        return None
    return from_probability(level.odds.implied / total)
