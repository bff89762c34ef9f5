"""The world: leagues, the fixtures drawn for them, their games and which of their books are quoted."""

from __future__ import annotations

from random import Random

from app.practice.agenda import Agenda, Finish, GoLive, PeriodEnd, Score
from app.practice.book import Book
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.clock import SECOND
from app.practice.fixtures import Fixture, League, draw_fixture
from app.practice.games import Game
from app.practice.leagues import Entrants, read_leagues
from app.practice.makers import Makers
from app.practice.matching import Matcher
from app.practice.model import Category, Event, EventStatus, MarketStatus, Sport, Tournament
from app.practice.pool import LIVE_WEIGHT, Pool
from app.practice.rules import RULES

FIRST_EVENT_ID = 40_001
HOUR = 3600.0
_NEXT = (0.05 * HOUR, 3.0 * HOUR)  # a replacement's start, in game time

# A usual level of a book in cents, by the market's sub_type or else its category.
_LIQUIDITY = {
    "moneyline": 450_00,
    "outrights": 400_00,
    "Game Lines": 300_00,
    "Player Props": 55_00,
    "Team Totals": 120_00,
}
_OTHER_LIQUIDITY = 160_00


class World:
    """Fixtures come from (seed, event id), the rest from `rng`; `speed` is seconds of game time in one of wall time."""

    def __init__(
        self,
        catalogue: Catalogue,
        agenda: Agenda,
        bulletin: Bulletin,
        makers: Makers,
        matcher: Matcher,
        *,
        seed: int,
        speed: float,
    ) -> None:
        self.games: dict[int, Game] = {}
        self.pool = Pool()
        self.next_event_id = FIRST_EVENT_ID
        self.wanted = 0  # fixtures at a time, once populated
        self.rng = Random(f"{seed}:world")
        self.reshaped = False  # events came, went or changed status since somebody last cleared this
        self._catalogue = catalogue
        self._agenda = agenda
        self._bulletin = bulletin
        self._makers = makers
        self._matcher = matcher
        self._seed = seed
        self._speed = speed
        self._leagues = {league.id: league for league in read_leagues()}
        entrants = Entrants(seed)
        self._entrants = {league.id: entrants.of(league, place) for place, league in enumerate(self._leagues.values())}

    # making

    def populate(self, now: int) -> None:
        """The first fixtures: some live, some about to start, some for later."""
        self.wanted = sum(league.fixtures for league in self._leagues.values())
        for league in self._leagues.values():
            self._catalogue.add_tournament(_tournament(league, now))
            for offset in self._first_offsets(league):
                self._add(league, now, offset)

    def _first_offsets(self, league: League) -> list[float]:
        """Seconds of game time until each fixture starts; negative for one that is live."""
        seconds = RULES[league.rules].seconds
        live = [-seconds - part if part < 0 else -seconds * part for part in league.live]
        later = league.fixtures - len(live) - len(league.soon)
        near = [self.rng.uniform(0.2, 6.0) * HOUR for _ in range((later + 1) // 2)]
        far = [self.rng.uniform(25.0, 72.0) * HOUR for _ in range(later // 2)]
        return [*live, *league.soon, *near, *far]

    def _add(self, league: League, now: int, offset: float) -> Event | None:
        """A new fixture `offset` seconds of game time from now; None when the league has nobody free."""
        names = self._draw_entrants(league)
        if names is None:
            return None
        start = now + int(offset * SECOND / self._speed)
        span = int(RULES[league.rules].seconds * SECOND / self._speed)
        event_id, self.next_event_id = self.next_event_id, self.next_event_id + 1
        entrants = tuple(self._entrants[league.id][place] for place in names)
        fixture = draw_fixture(league, entrants, event_id, self._seed, (now, start, span))
        self._list(fixture, now)
        self.reshaped = True
        return fixture.event

    def _draw_entrants(self, league: League) -> list[int] | None:
        everybody = self._entrants[league.id]
        busy = {competitor.id for event in self._catalogue.listed(league.id) for competitor in event.competitors if league.rules != "golf"}
        free = [place for place, entrant in enumerate(everybody) if entrant.id not in busy]
        wanted = min(40, len(everybody)) if league.rules == "golf" else 2
        return self.rng.sample(free, wanted) if len(free) >= wanted else None

    def _list(self, fixture: Fixture, now: int) -> None:
        event, game = fixture.event, fixture.game
        books = [
            Book(asked.market, strike, question)
            for asked in fixture.asked
            for strike, question in zip(asked.market.strikes, asked.questions, strict=True)
        ]
        self._catalogue.add_event(event, books)
        self.games[event.id] = game
        if game.start <= now:
            self._join(event, game, now)
        else:
            self._agenda.note(game.start, GoLive(event.id))
        self._quote_first(event, books, now)
        self.look_at(event)

    def _join(self, event: Event, game: Game, now: int) -> None:
        """Step into a game that has been going on for a while."""
        event.status = EventStatus.LIVE
        part = game.part(now)
        while game.played < len(game.script) and game.script[game.played].part <= part:
            game.play()
        for name, end in game.how.periods:
            if end <= part:
                game.end_period(name)
        for book in self._catalogue.books[event.id]:
            question = book.question
            if question is not None and (question.pre_match_only or question.period in game.at_end_of):
                book.strike.status = book.market.status = MarketStatus.CLOSED
        self.plan(event.id, game)

    def plan(self, event_id: int, game: Game) -> None:
        """Note what is still to happen in a live game."""
        self.note_next_score(event_id, game)
        for name, end in game.how.periods:
            if name not in game.at_end_of:
                self._agenda.note(game.time_of(end), PeriodEnd(event_id, name))
        self._agenda.note(game.start + game.span, Finish(event_id))

    def note_next_score(self, event_id: int, game: Game) -> None:
        if game.played < len(game.script):
            self._agenda.note(game.time_of(game.script[game.played].part), Score(event_id, game.played))

    def _quote_first(self, event: Event, books: list[Book], now: int) -> None:
        game = self.games[event.id]
        rng = Random(f"{self._seed}:{event.id}:makers")
        for book in books:
            if book.market.status is MarketStatus.ACTIVE:
                self._makers.take_on(book, _liquidity(book), rng)
                if book.quote is not None:
                    book.strike.filled = int(book.quote.size * rng.random() * 6)
                self._makers.fill(book, game, self._matcher, now)
        self.choose_favourites(event.id, now, quiet=True)

    def look_at(self, event: Event) -> None:
        """Tell the pool which of the event's books are quoted now."""
        books = [] if self.games[event.id].suspended else [book for book in self._catalogue.books[event.id] if book.quote is not None]
        self.pool.put(event.id, books, LIVE_WEIGHT if event.status is EventStatus.LIVE else 1)

    # favourites

    def choose_favourites(self, event_id: int, now: int, *, quiet: bool = False) -> None:
        """Mark the strike nearest to even money of every open market that has several."""
        game = self.games[event_id]
        by_market: dict[int, list[Book]] = {}
        for book in self._catalogue.books[event_id]:
            if len(book.market.strikes) > 1 and book.market.status is MarketStatus.ACTIVE:
                by_market.setdefault(book.market.id, []).append(book)
        for books in by_market.values():
            nearest = min(books, key=lambda book: _from_even(book, game, now))
            for book in books:
                self._mark_favourite(book, book is nearest, now, quiet=quiet)

    def _mark_favourite(self, book: Book, favourite: bool, now: int, *, quiet: bool) -> None:
        if book.strike.favourite == favourite:
            return
        book.strike.favourite = favourite
        if not quiet:
            self._bulletin.strike(book.market, book.strike, now)

    # replacements

    def replace_finished(self, now: int, *, spare: int = 0) -> None:
        """Add fixtures until all but `spare` of the usual number are still to be decided."""
        running = sum(1 for event_id in self.games if not self._is_over(event_id))
        missing = self.wanted - spare - running
        if missing <= 0:
            return
        for league in self._most_missing()[:missing]:
            event = self._add(league, now, self.rng.uniform(*_NEXT))
            if event is not None:
                self._bulletin.event("c", event, now)

    def _is_over(self, event_id: int) -> bool:
        return self._catalogue.events[event_id].status is EventStatus.FINISHED

    def _most_missing(self) -> list[League]:
        """One league for every fixture it misses."""
        missing: list[League] = []
        for league in self._leagues.values():
            listed = [event for event in self._catalogue.listed(league.id) if event.id in self.games]
            running = sum(1 for event in listed if event.status is not EventStatus.FINISHED)
            missing.extend([league] * (league.fixtures - running))
        self.rng.shuffle(missing)
        return missing

    def forget(self, event_id: int) -> None:
        """The event is unlisted."""
        self.games.pop(event_id, None)
        self.pool.put(event_id, [])
        self.reshaped = True


def _liquidity(book: Book) -> int:
    known = _LIQUIDITY.get(book.market.sub_type) or _LIQUIDITY.get(book.market.category)
    return known or _OTHER_LIQUIDITY


def _from_even(book: Book, game: Game, now: int) -> float:
    return abs(game.chances(book.question, now)[0] - 0.5) if book.question is not None else 1.0


def _tournament(league: League, now: int) -> Tournament:
    sport = Sport(league.sport_id, league.sport)
    return Tournament(league.id, league.name, sport, Category(league.category_id, league.category, league.country), now)
