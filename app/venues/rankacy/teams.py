"""Who plays in which match, as far as it was told: what odds say of teams is held against it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from app.domain.cs2 import Match

MOST: Final = 2000  # matches; the one that was told longest ago goes


class Teams:
    def __init__(self) -> None:
        self._of: OrderedDict[int, frozenset[int]] = OrderedDict()

    def note(self, matches: Iterable[Match]) -> None:
        for match in matches:
            self._of[match.id] = frozenset(team.id for team in match.teams)
            self._of.move_to_end(match.id)
        while len(self._of) > MOST:
            self._of.popitem(last=False)

    def of(self, match_id: int) -> frozenset[int]:
        """Empty where the match is not known."""
        return self._of.get(match_id, frozenset())

    def forget(self) -> None:
        self._of.clear()
