"""From when on a match was played: with that a chart of its odds begins. Times are seconds since 1970, by the feed's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.cs2 import Match

LEAD_SHARE: Final = 0.08  # of the live part: what is shown before it
LONGEST_LEAD: Final = 300.0


def went_live(match: Match, starts: Mapping[int, float]) -> float | None:
    """When the match did; None before it, or where nothing tells it. `starts` of its rounds, as far as they are known.

    The feed tells when a match was to start and no later word of it. A first round whose price came later says that it began late; one
    that was priced before says nothing, and a second round has never begun before the first.
    """
    if not (match.is_live or match.is_settled):
        return None
    first, second = starts.get(1), starts.get(2)
    told = [at for at in (match.starts_at.timestamp() if match.starts_at is not None else None, first) if at is not None]
    if not told:
        return None
    return max(told) if second is None else min(max(told), second)


def live_part(went_live_at: float | None, times: Sequence[Sequence[float]]) -> float | None:
    """With when the live part begins, and a little before it; None where no price is from before that, or none from after it.

    `times` of the prices of each line. What is before is a share of what is live: at any speed of a practice league it squeezes nothing.
    """
    ends = [(each[0], each[-1]) for each in times if len(each)]
    if went_live_at is None or not ends:
        return None
    first, last = min(first for first, _ in ends), max(last for _, last in ends)
    begin = went_live_at - min((last - went_live_at) * LEAD_SHARE, LONGEST_LEAD)
    return begin if first < begin and last > went_live_at else None
