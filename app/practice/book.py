"""The book of one strike: what rests there, who may take it, and the levels a taker sees.

`offers[i]` is what a taker of outcome i can have, best first. With two outcomes an offer of one is a resting back of the other, so
the makers' and the users' orders stand in one queue. With three or more each outcome is a book of its own: makers offer it
themselves and users' resting backs wait in `backs[i]` for them, unseen by other takers.
"""

from __future__ import annotations

from bisect import insort

import msgspec

from app.practice.games import Question
from app.practice.ladder import LADDER, LAST
from app.practice.model import Level, Market, Strike

DEPTH = 10  # levels a side, as the venue caps them
MAKERS = ""


class Resting(msgspec.Struct, gc=False, array_like=True):
    """An order on the book, makers' or a user's. `open` of its own cents stand against `worth` of a taker's, and shrink together."""

    rung: int  # its own price; a taker gets LAST - rung
    priority: int  # time priority among equals
    stake: int  # cents, as first put there
    open: int
    worth: int
    at: int  # ns of its last change
    order_id: str = MAKERS

    def take(self, stake: int) -> tuple[int, int]:
        """The match a taker of `stake` cents gets: (taker's cents, resting cents); resting is 0 when too small to match a cent."""
        if stake >= self.worth:
            return self.worth, self.open
        return stake, (2 * stake * self.open + self.worth) // (2 * self.worth)


class Quote(msgspec.Struct, gc=False, array_like=True):
    """What the makers keep in mind about one book; a book without one is not quoted. Times are ns, chances 0 to 1."""

    size: int  # cents, a usual level
    margin: float  # added to the fair chance of each outcome at even money
    gap: float  # between levels
    depth: int  # levels a side
    drift: float = 0.0  # their passing opinion about the first outcome
    pushed: tuple[float, ...] = ()  # by takers, per outcome, at `pushed_at`; fades
    pushed_at: int = 0
    barred: tuple[int, ...] = ()  # per outcome, the taker's rung from which nothing new is offered until `barred_until`
    barred_until: int = 0


def _queue_place(resting: Resting) -> tuple[int, int]:
    return resting.rung, resting.priority


class Book:
    """One strike's resting orders. Whoever changes a side calls `touch` for it."""

    __slots__ = ("_shown", "backs", "market", "offers", "question", "quote", "strike")

    def __init__(self, market: Market, strike: Strike, question: Question | None = None) -> None:
        """`question` says what decides the strike; a book without one is never settled."""
        self.market = market
        self.strike = strike
        self.question = question
        self.quote: Quote | None = None
        count = len(strike.outcomes)
        self.offers: tuple[list[Resting], ...] = tuple([] for _ in range(count))
        self.backs: tuple[list[Resting], ...] = (self.offers[1], self.offers[0]) if count == 2 else tuple([] for _ in range(count))
        self._shown: list[tuple[Level, ...] | None] = [None] * count

    @property
    def is_pair(self) -> bool:
        return len(self.offers) == 2

    def offer(self, outcome: int, resting: Resting) -> None:
        """Put a makers' offer of that outcome on the book."""
        insort(self.offers[outcome], resting, key=_queue_place)
        self._shown[outcome] = None

    def back(self, outcome: int, resting: Resting) -> None:
        """Put a user's back of that outcome on the book."""
        insort(self.backs[outcome], resting, key=_queue_place)
        self.touch(outcome)

    def drop(self, outcome: int, order_id: str) -> Resting | None:
        """Take a user's back of that outcome off the book."""
        for place, resting in enumerate(self.backs[outcome]):
            if resting.order_id == order_id:
                self.touch(outcome)
                return self.backs[outcome].pop(place)
        return None

    def touch(self, outcome: int) -> None:
        """Forget the shown levels that a change of backs or offers of that outcome may have altered."""
        self._shown[outcome] = None
        if self.is_pair:
            self._shown[1 - outcome] = None

    def levels(self, outcome: int) -> tuple[Level, ...]:
        """What a taker of that outcome sees, best price first."""
        shown = self._shown[outcome]
        if shown is None:
            shown = self._shown[outcome] = _levels(self.offers[outcome])
        return shown

    def depth(self) -> tuple[tuple[Level, ...], ...]:
        """All sides, in the order of the strike's outcomes."""
        return tuple([self.levels(outcome) for outcome in range(len(self.offers))])

    def is_crossed(self) -> bool:
        """Whether two resting orders could be matched with each other; never true between two steps."""
        return any(
            offers and backs and offers[0].rung + backs[0].rung <= LAST for offers, backs in zip(self.offers, self.backs, strict=True)
        )


def _levels(offers: list[Resting]) -> tuple[Level, ...]:
    levels: list[Level] = []
    rung = -1
    quantity = value = at = 0
    for resting in offers:
        if resting.rung != rung:
            if value:
                levels.append(Level(LADDER[LAST - rung], quantity, value, at))
                if len(levels) == DEPTH:
                    return tuple(levels)
            rung, quantity, value, at = resting.rung, 0, 0, 0
        quantity += resting.stake
        value += resting.worth
        if resting.at > at:
            at = resting.at
    if value:
        levels.append(Level(LADDER[LAST - rung], quantity, value, at))
    return tuple(levels)
