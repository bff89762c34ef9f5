"""One stake over several prices: equal parts on neighbouring rungs of the ladder, and what a book would do with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from app.domain.book import Level, Match, match
from app.domain.ladder import Ladder
from app.domain.money import CENT
from app.domain.odds import Odds
from app.domain.order import OrderDraft

# The venue documents no least stake. None of its examples is below this one, and every order is judged by the venue itself.
LEAST_SHOWN = Decimal("1.00")


def parts(stake: Decimal, count: int) -> tuple[Decimal, ...]:
    """`stake` in `count` equal parts of whole cents; the cents that cannot be divided go to the first.

    ValueError with a sentence for the screen where a part would be nothing.
    """
    whole, over = divmod(int(stake / CENT), count)
    if whole < 1:
        raise ValueError(f"{stake:,.2f} over {count} prices leaves less than a cent for each: {count * CENT:,.2f} is the least")
    return (CENT * (whole + over), *[CENT * whole] * (count - 1))


def rungs(ladder: Ladder, odds: Odds, count: int) -> tuple[Odds, ...]:
    """`count` rungs from `odds` on, each paying more than the one before it.

    ValueError with a sentence for the screen where `odds` is no rung, or the ladder has not that many left.
    """
    if words := ladder.lack(odds):
        raise ValueError(words)
    first = ladder.steps(ladder.rungs[0], odds)
    found = ladder.rungs[first : first + count]
    if len(found) < count:
        left = "only 1 price is" if len(found) == 1 else f"only {len(found)} prices are"
        raise ValueError(f"The ladder ends at {found[-1].words}: {left} left from {odds.words} on, not {count}")
    return found


def split(draft: OrderDraft, ladder: Ladder, count: int) -> tuple[OrderDraft, ...]:
    """An order as `count` smaller ones: its stake in equal parts, its odds and the next ones that pay more. ValueError as above."""
    pairs = zip(rungs(ladder, draft.odds, count), parts(draft.stake, count), strict=True)
    return tuple(msgspec.structs.replace(draft, odds=odds, stake=stake) for odds, stake in pairs)


def match_in_turn(side: Sequence[Level], drafts: Iterable[OrderDraft]) -> list[Match]:
    """What a side would do with several limit orders in this order: each one meets what those before it left."""
    found: list[Match] = []
    for draft in drafts:
        found.append(match(side, draft.odds, draft.stake))
        side = left_of(side, found[-1].fills)
    return found


def left_of(side: Sequence[Level], taken: Decimal) -> list[Level]:
    """A side after so much of it was taken, from the best price on."""
    left: list[Level] = []
    for level in side:
        part = min(level.takeable, taken)
        taken -= part
        if level.takeable > part:
            left.append(msgspec.structs.replace(level, takeable=level.takeable - part))
    return left
