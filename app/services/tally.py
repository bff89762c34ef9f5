"""What the orders on one market can lose and win, kept as sums, so that the worst result costs nothing however many orders there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from app.domain.market import Market, MarketKey
from app.domain.money import ZERO

_TWO_ANSWERS = 2  # a question has at least so many
MarketOf = Callable[[MarketKey], Market | None]


class Tally:
    """By selection what is at risk and what its matched part wins; the same figures as `domain.risk.worst_loss` has of the orders."""

    def __init__(self, risk: Mapping[str, Decimal] | None = None, wins: Mapping[str, Decimal] | None = None) -> None:
        self._risk: defaultdict[str, Decimal] = defaultdict(lambda: ZERO, risk or {})
        self._wins: defaultdict[str, Decimal] = defaultdict(lambda: ZERO, wins or {})

    def copy(self) -> Tally:
        return Tally(self._risk, self._wins)

    def add(self, selection_id: str, risk: Decimal, wins: Decimal) -> None:
        """Negative figures take an order away again."""
        self._risk[selection_id] += risk
        self._wins[selection_id] += wins
        if not self._risk[selection_id]:
            del self._risk[selection_id], self._wins[selection_id]

    def __bool__(self) -> bool:
        return bool(self._risk)

    def worst(self, selection_ids: Iterable[str]) -> Decimal:
        """The most that can be lost whichever of these, or of those that are held, wins; where fewer than two are known, none may."""
        known = list(selection_ids)
        results = {*known, *self._risk}
        if len(known) < _TWO_ANSWERS:
            results.add("")
        everything = sum(self._risk.values(), ZERO)
        losses = (everything - self._risk.get(winner, ZERO) - self._wins.get(winner, ZERO) for winner in results)
        return max(losses, default=ZERO) if everything else ZERO


def worst_of(tallies: Mapping[MarketKey, Tally], market_of: MarketOf) -> Decimal:
    """The worst losses of an event's markets, added: its markets may all go wrong together."""
    return sum((max(tally.worst(_selections(market_of(key))), ZERO) for key, tally in tallies.items()), ZERO)


def _selections(market: Market | None) -> list[str]:
    return [selection.id for selection in market.selections] if market else []
