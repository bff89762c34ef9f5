"""Which book the makers look at next: any quoted one, those of live events more often."""

from __future__ import annotations

from bisect import bisect_right
from random import Random

from app.practice.book import Book

LIVE_WEIGHT = 5


class Pool:
    """Books by event, drawn in proportion to their number times the event's weight."""

    def __init__(self) -> None:
        self._books: dict[int, tuple[list[Book], int]] = {}
        self._ends: list[int] = []
        self._drawn: list[list[Book]] = []

    def put(self, event_id: int, books: list[Book], weight: int = 1) -> None:
        """The event's books from now on; none takes it out."""
        self._books.pop(event_id, None)
        if books:
            self._books[event_id] = (books, weight)
        self._count()

    def _count(self) -> None:
        self._ends, self._drawn, whole = [], [], 0
        for event_id in sorted(self._books):
            books, weight = self._books[event_id]
            whole += len(books) * weight
            self._ends.append(whole)
            self._drawn.append(books)

    def pick(self, rng: Random) -> Book | None:
        if not self._ends:
            return None
        books = self._drawn[bisect_right(self._ends, int(rng.random() * self._ends[-1]))]
        return books[int(rng.random() * len(books))]
