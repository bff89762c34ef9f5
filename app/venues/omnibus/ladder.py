"""The prices of a venue that does not list its own: the vendor's fallback of 291 between -10,000 and +10,000 (contract 1.3).

They are a part of what its other API lists, so that none of them is off its ladder. They are no more than a beginning: a session adds
the prices that stand in the venue's own books (`services.rungs`).
"""

from __future__ import annotations

from itertools import chain
from typing import Final

from app.domain.ladder import Ladder, from_american_list

_STEPS: Final = (
    (100, 120, 1),
    (120, 200, 2),
    (200, 300, 5),
    (300, 500, 10),
    (500, 1_000, 20),
    (1_000, 2_000, 100),
    (2_000, 3_000, 250),
    (3_000, 5_000, 500),
    (5_000, 12_500, 2_500),
)
"""From, up to and without, step; below evens they are mirrored, and -100 is +100."""


def prices() -> list[int]:
    """American, from the shortest to the longest."""
    longer = list(chain.from_iterable(range(*step) for step in _STEPS))
    return [-price for price in reversed(longer) if price != 100] + longer


BUILT_IN: Final[Ladder] = from_american_list(prices(), "B2B accounts")
