"""Which prices an account may ask for: the venue's own list, or where it gives none, what this program knows and what it sees.

A price that stands in the venue's own book is one that the venue takes: it becomes a rung of a list that the venue did not give, and stays
one for as long as the session lasts. The list of another account beside it would be longer at once, but it says nothing about what this
account's calls take, and it is not there for somebody who has this account alone. A list that the venue gave is never added to.

Steps along the ladder are counted on the grown one, so that a figure of steps may rise when a price between two others is first seen.
Books of events that nobody looks at are seen too: most prices are known within the first readings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.domain.book import Book
from app.domain.events import BookChanged, MarketsSeeded, VenueEvent
from app.domain.ladder import Ladder
from app.domain.odds import Odds
from app.services.controls import Controls

MOST: Final = 2_000
"""Prices that are added; the venue's other list has 555, so that more than this is no ladder but a fault."""


class Rungs:
    """Keeps `controls.ladder`: None until it was read."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._seen: set[Odds] = set()

    def read(self, ladder: Ladder) -> None:
        """The venue has answered, or this program for it."""
        self._controls.ladder = ladder.grown(self._seen) if ladder.known_for else ladder

    def hear(self, event: VenueEvent) -> None:
        match event:
            case BookChanged(book=book):
                self.see((book,))
            case MarketsSeeded(books=books):
                self.see(books)
            case _:
                return

    def see(self, books: Iterable[Book]) -> None:
        """The prices in these books are rungs from now on."""
        ladder = self._controls.ladder
        if ladder is not None and not ladder.known_for:
            return
        new = {level.odds for book in books for side in book.sides.values() for level in side} - self._seen
        if new and len(self._seen) + len(new) <= MOST:
            self._seen |= new
            if ladder is not None:
                self._controls.ladder = ladder.grown(new)
