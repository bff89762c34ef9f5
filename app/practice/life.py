"""The life of an event from its start to its end: live, suspended at scores, periods over, finished, unlisted."""

from __future__ import annotations

from collections.abc import Callable

from app.practice.agenda import Agenda, Resume, Unlist
from app.practice.book import Book
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.clock import SECOND
from app.practice.games import Game
from app.practice.makers import Makers
from app.practice.matching import Matcher
from app.practice.model import EventStatus, Market, MarketStatus
from app.practice.settle import VOID, Settlement, result
from app.practice.world import World

STAYS_LISTED = 300 * SECOND  # after the end, wall time
SUSPENSION = 2 * SECOND
BETWEEN_SUSPENSIONS = 10 * SECOND  # so that a game at high speed can be traded at all
SPARE = 8  # finished events are replaced before they are unlisted when more than these are over


class Life:
    """Each method is one action of the agenda, at the time it is due."""

    def __init__(
        self,
        world: World,
        catalogue: Catalogue,
        agenda: Agenda,
        bulletin: Bulletin,
        makers: Makers,
        matcher: Matcher,
        settlement: Settlement,
    ) -> None:
        self._world = world
        self._catalogue = catalogue
        self._agenda = agenda
        self._bulletin = bulletin
        self._makers = makers
        self._matcher = matcher
        self._settlement = settlement

    def go_live(self, event_id: int, now: int) -> None:
        """Unmatched orders are wiped, absent players' markets are void, all that is asked before a game only closes."""
        event, game = self._catalogue.events[event_id], self._world.games[event_id]
        event.status = EventStatus.LIVE
        self._bulletin.event("u", event, now)
        self._settlement.wipe(event_id, now)
        self._settlement.void(event_id, self._books(event_id, lambda book: _is_void(book, game)), now)
        self._close(event_id, lambda book: book.question is not None and book.question.pre_match_only, now)
        self._world.plan(event_id, game)
        self._changed(event_id)

    def score(self, event_id: int, index: int, now: int) -> None:
        """The game's next moment; one worth enough suspends the markets."""
        game = self._world.games[event_id]
        if index != game.played:
            return
        moment = game.play()
        self._world.note_next_score(event_id, game)
        enough = game.how.suspends_at
        if enough and max(moment.home, moment.away) >= enough:
            self._suspend(event_id, game, now)

    def _suspend(self, event_id: int, game: Game, now: int) -> None:
        if game.suspended or now < game.suspended_at + BETWEEN_SUSPENSIONS:
            return
        game.suspended = True
        game.suspended_at = now
        self._set_all(event_id, MarketStatus.ACTIVE, MarketStatus.SUSPENDED, now)
        self._world.look_at(self._catalogue.events[event_id])
        self._agenda.note(now + SUSPENSION, Resume(event_id))

    def resume(self, event_id: int, now: int) -> None:
        """The suspension is over: everything is quoted anew."""
        game = self._world.games.get(event_id)
        if game is None or not game.suspended:
            return
        game.suspended = False
        self._set_all(event_id, MarketStatus.SUSPENDED, MarketStatus.ACTIVE, now)
        for book in self._catalogue.books[event_id]:
            if book.quote is not None and book.market.status is MarketStatus.ACTIVE:
                self._makers.forget(book)
                self._makers.fill(book, game, self._matcher, now)
                self._bulletin.touch(book)
        self._world.choose_favourites(event_id, now)
        self._world.look_at(self._catalogue.events[event_id])

    def end_period(self, event_id: int, period: str, now: int) -> None:
        """A period's markets have their results."""
        game = self._world.games[event_id]
        game.end_period(period)
        self._decide(event_id, lambda book: book.question is not None and book.question.period == period, now)
        self._changed(event_id)

    def finish(self, event_id: int, now: int) -> None:
        """The game is over: all that is left is settled."""
        event, game = self._catalogue.events[event_id], self._world.games[event_id]
        while game.played < len(game.script):
            game.play()
        game.suspended = False
        event.status = EventStatus.FINISHED
        self._decide(event_id, lambda book: True, now)
        self._bulletin.event("u", event, now)
        self._agenda.note(now + STAYS_LISTED, Unlist(event_id))
        self._changed(event_id)
        self._world.replace_finished(now, spare=SPARE)

    def unlist(self, event_id: int, now: int) -> None:
        event = self._catalogue.remove_event(event_id)
        self._world.forget(event_id)
        self._bulletin.event("d", event, now)
        self._world.replace_finished(now)

    # parts

    def _books(self, event_id: int, which: Callable[[Book], bool]) -> set[Book]:
        return {book for book in self._catalogue.books[event_id] if which(book)}

    def _decide(self, event_id: int, which: Callable[[Book], bool], now: int) -> None:
        self._close(event_id, which, now)
        self._settlement.settle(event_id, self._books(event_id, which), self._world.games[event_id], now)

    def _close(self, event_id: int, which: Callable[[Book], bool], now: int) -> None:
        """Close the markets of these books and take the makers' offers away."""
        closing: dict[int, Market] = {}
        for book in self._catalogue.books[event_id]:
            if which(book) and book.market.status is not MarketStatus.CLOSED:
                closing[book.market.id] = book.market
                self._makers.leave(book)
                self._bulletin.touch(book)
        for market in closing.values():
            self._set(market, MarketStatus.CLOSED, now)

    def _set_all(self, event_id: int, old: MarketStatus, new: MarketStatus, now: int) -> None:
        for market in self._catalogue.markets[event_id]:
            if market.status is old:
                self._set(market, new, now)

    def _set(self, market: Market, status: MarketStatus, now: int) -> None:
        market.status = status
        for strike in market.strikes:
            strike.status = status
        self._bulletin.market(market, now)

    def _changed(self, event_id: int) -> None:
        self._world.look_at(self._catalogue.events[event_id])
        self._world.reshaped = True


def _is_void(book: Book, game: Game) -> bool:
    return book.question is not None and book.question.pre_match_only and result(book.question, game) == VOID
