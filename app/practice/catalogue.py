"""What is listed: tournaments, events, their markets, and the book behind every strike id."""

from __future__ import annotations

from app.practice.book import Book
from app.practice.model import Event, EventStatus, Market, MarketStatus, RefusalError, Tournament


class Catalogue:
    """Lookups only; who changes an event or a market also announces it."""

    def __init__(self) -> None:
        self.tournaments: dict[int, Tournament] = {}
        self.events: dict[int, Event] = {}
        self.markets: dict[int, list[Market]] = {}  # by event
        self.books: dict[int, list[Book]] = {}  # by event
        self._places: dict[str, tuple[Book, int]] = {}  # by strike id: its book and the outcome's place in it

    def add_tournament(self, tournament: Tournament) -> None:
        self.tournaments[tournament.id] = tournament

    def add_event(self, event: Event, books: list[Book]) -> None:
        """List an event with the books of its markets."""
        self.events[event.id] = event
        self.books[event.id] = books
        self.markets[event.id] = list({book.market.id: book.market for book in books}.values())
        for book in books:
            for place, outcome in enumerate(book.strike.outcomes):
                self._places[outcome.strike_id] = (book, place)

    def remove_event(self, event_id: int) -> Event:
        """Unlist an event and forget its markets and books."""
        event = self.events.pop(event_id)
        event.listed = False
        self.markets.pop(event_id, None)
        for book in self.books.pop(event_id, []):
            for outcome in book.strike.outcomes:
                self._places.pop(outcome.strike_id, None)
        return event

    def find(self, strike_id: str) -> tuple[Book, int] | None:
        return self._places.get(strike_id)

    def listed(self, tournament_id: int) -> list[Event]:
        """The tournament's listed events by start."""
        found = [event for event in self.events.values() if event.tournament_id == tournament_id]
        return sorted(found, key=lambda event: (event.scheduled, event.id))

    def check_takes_orders(self, book: Book) -> None:
        """Raises RefusalError when no order on this book may be placed or activated now."""
        event = self.events[book.strike.event_id]
        if event.status is EventStatus.FINISHED:
            raise RefusalError("event_not_available")
        if event.status is EventStatus.LIVE and not book.market.is_main:
            raise RefusalError("supplemental_market_pre_match_only")
        if book.market.status is not MarketStatus.ACTIVE or book.strike.status is not MarketStatus.ACTIVE:
            raise RefusalError("event_not_available")
