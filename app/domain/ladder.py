"""The list of prices a venue allows, ordered by what they pay: its own list, or what this program knows where it gives none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from app.domain.odds import Odds, from_american

PLAUSIBLE = range(10, 10_000)


class Ladder:
    """Rungs from the shortest price to the longest. -100 and +100 are one rung: even money.

    `up` pays more (longer odds), `down` pays less. `known_for` is what kind of account it is known for where the venue lists no prices
    (such a list may lack some); empty for the venue's own list.
    """

    def __init__(self, rungs: Iterable[Odds], known_for: str = "") -> None:
        self.rungs: tuple[Odds, ...] = tuple(sorted(set(rungs)))
        self.known_for = known_for
        self._index = {odds: place for place, odds in enumerate(self.rungs)}

    @property
    def is_plausible(self) -> bool:
        """Whether orders may be priced by it: a handful of rungs, or tens of thousands, is no ladder."""
        return len(self.rungs) in PLAUSIBLE

    def __contains__(self, odds: object) -> bool:
        return odds in self._index

    def __len__(self) -> int:
        return len(self.rungs)

    @property
    def words(self) -> str:
        """Where its prices stand, for a sentence; never the venue's ladder where the venue has told none."""
        return f"among the prices that this program knows for {self.known_for}" if self.known_for else "on the venue's price ladder"

    def lack(self, odds: Odds) -> str:
        """That these odds are none of it; empty where they are."""
        return "" if odds in self else f"{odds.words} is not {self.words}"

    def grown(self, seen: Iterable[Odds]) -> Ladder:
        """The same with prices seen elsewhere as rungs; itself where it has them all."""
        more = {odds for odds in seen if odds not in self}
        return Ladder((*self.rungs, *more), self.known_for) if more else self

    def nearest(self, odds: Odds) -> Odds:
        """The rung whose implied probability is closest to that of `odds`; the shorter one on a tie."""
        place = bisect_left(self.rungs, odds)
        around = self.rungs[max(place - 1, 0) : place + 1]
        return min(around, key=lambda rung: abs(rung.implied - odds.implied))

    def move(self, odds: Odds, steps: int) -> Odds:
        """`steps` rungs up (positive) or down from `odds`, or from the rung nearest to it; stops at the ends."""
        place = self._index.get(odds)
        if place is None:
            place = self._index[self.nearest(odds)]
        return self.rungs[min(max(place + steps, 0), len(self.rungs) - 1)]

    def steps(self, start: Odds, end: Odds) -> int:
        """How many rungs `end` lies above `start`; negative when below."""
        return bisect_left(self.rungs, end) - bisect_left(self.rungs, start)


def from_american_list(values: Iterable[int], known_for: str = "") -> Ladder:
    """A ladder from American integers; ValueError when one of them is no odds."""
    return Ladder((from_american(value) for value in values), known_for)
