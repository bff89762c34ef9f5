"""What the feed's own polls told of changes, for whoever compares it with what webhooks tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.services.feed.matches import Step

CREATED: Final = "MATCH_CREATED"
STARTED: Final = "MATCH_STARTED"
FINISHED: Final = "MATCH_FINISHED"


class PollNews:
    """`odds` hears the ids of matches whose odds a poll told anew, `stepped` an event's name and a match, `holed` that some may be missing.

    What nobody could have been told of in time is left out: a first answer, one after a silence, a list that is read for the first time.
    """

    def __init__(self, has_listed: Callable[[], bool]) -> None:
        """`has_listed`: whether all matches had been listed once before."""
        self._has_listed = has_listed
        self.odds: list[Callable[[frozenset[int]], None]] = []
        self.stepped: list[Callable[[str, int], None]] = []
        self.holed: list[Callable[[], None]] = []

    def polled(self, match_ids: frozenset[int]) -> None:
        if match_ids:
            for heard in tuple(self.odds):
                heard(match_ids)

    def hole(self) -> None:
        for heard in tuple(self.holed):
            heard()

    def step(self, step: Step) -> None:
        """A match went on, by a list or by its detail."""
        event = self._event(step)
        if event:
            for heard in tuple(self.stepped):
                heard(event, step.now.id)

    def _event(self, step: Step) -> str:
        was, now = step.was, step.now
        if was is None:
            return CREATED if self._has_listed() and not now.is_live and not now.is_settled else ""
        if now.is_settled:
            return "" if was.is_settled else FINISHED
        return STARTED if now.is_live and not was.is_live and not was.is_settled else ""
